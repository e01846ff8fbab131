"""The library's window: what was read is sought as one types, documents are opened, forgotten, put elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QKeySequence, QPalette, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop.icons import icon
from desktop.models.kept_pictures import KeptPictures
from desktop.models.library import DocumentsModel, GrowingModel, HitsModel, More, document_of, goal_of
from desktop.views.banner import BannerStack
from desktop.views.library_foot import LibraryFoot
from desktop.views.library_rows import LibraryRows
from engine.store.records import KeptDocument

TYPED_MS = 220
"""A search begins when nothing was typed for so long."""
STEP_ROWS = 24


class LibraryDialog(QDialog):
    """Shows what it is told; whoever opened it searches, opens and forgets."""

    searched = Signal(str)  # what stands in the field, "" for nothing
    goal_chosen = Signal(object)  # Goal
    more_of_document = Signal(object)  # More
    forget_asked = Signal(object)  # list of hashes

    def __init__(self, parent: QWidget | None, pictures: KeptPictures) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Library"))
        self.setWindowFlags(Qt.WindowType.Window)  # of its own: the document can be brought before it
        self.banners = BannerStack(self)
        self.field = QLineEdit(self)
        self.field.setClearButtonEnabled(True)
        self.field.setPlaceholderText(self.tr("Find in everything that was read"))
        self.field.setAccessibleName(self.tr("Find in everything that was read"))
        self._find_sign = self.field.addAction(QIcon(), QLineEdit.ActionPosition.LeadingPosition)
        self.count = QLabel(self)
        self.count.setTextFormat(Qt.TextFormat.PlainText)
        self.count.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.count.hide()
        self.documents, self.hits = DocumentsModel(self), HitsModel(self)
        self.document_list = _list(self.documents, pictures, self.tr("Documents read last"), self)
        self.document_list.setUniformItemSizes(True)
        self.document_list.setLayoutMode(QListView.LayoutMode.Batched)
        self.document_list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.hit_list = _list(self.hits, pictures, self.tr("Pages that were found"), self)
        self.note = QLabel(self)
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.note.setWordWrap(True)
        self.note.setMargin(32)
        self.note.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.stack = QStackedWidget(self)
        for each in (self.document_list, self.hit_list, self.note):
            self.stack.addWidget(each)
        self.open_button = QPushButton(self.tr("&Open"), self)
        self.forget_button = QPushButton(self.tr("&Forget…"), self)
        self.close_button = QPushButton(self.tr("&Close"), self)
        self.foot = LibraryFoot(self)
        self._typed = QTimer(self, singleShot=True, interval=TYPED_MS)
        self._build()
        self._listen(pictures)
        self._dress()
        self._show_choice()
        self.field.setFocus()
        self.resize(820, 680)

    # -- what is told

    def replace_documents(self, documents: Sequence[KeptDocument], *, has_more: bool) -> None:
        """Take these in the place of those that are listed; where one was chosen, it or its neighbour is then."""
        current = self.document_list.currentIndex()
        chosen = document_of(self.documents.row_at(current))
        self.documents.show(documents, has_more=has_more)
        if chosen is not None and documents:
            row = self.documents.row_of(chosen.sha256)
            at = row if row >= 0 else min(current.row(), len(documents) - 1)
            self.document_list.setCurrentIndex(self.documents.index(at))

    def show_documents(self) -> None:
        """Show the documents, or say why there are none."""
        self.stack.setCurrentWidget(self.document_list if self.documents.rowCount() else self.note)
        self.count.hide()
        self._show_choice()

    def show_hits(self, total: int) -> None:
        """Show what was found."""
        self.stack.setCurrentWidget(self.hit_list if self.hits.rowCount() else self.note)
        self.count.setText(self.tr("%n page(s) found", "", total))
        self.count.show()
        if self.hits.rowCount() > 1:
            self.hit_list.setCurrentIndex(self.hits.index(1))
            self.hit_list.scrollToTop()
        self._show_choice()

    def show_note(self, words: str) -> None:
        """Say why there is nothing to show."""
        self.note.setText(words)
        self.count.hide()
        self.stack.setCurrentWidget(self.note)
        self._show_choice()

    def chosen_hashes(self) -> list[str]:
        """Return the documents that are chosen, by their hashes."""
        view = self._view()
        if view is None:
            return []
        indexes = view.selectionModel().selectedIndexes() or [view.currentIndex()]
        documents = [document_of(_model(view).row_at(index)) for index in indexes]
        return list(dict.fromkeys(document.sha256 for document in documents if document is not None))

    def at_top(self) -> bool:
        """Tell whether nothing would jump if the rows were shown anew: no search, no scrolling, no choice."""
        view = self.document_list
        return not self.field.text() and view.verticalScrollBar().value() == 0 and len(self.chosen_hashes()) < 2

    # -- the frame

    def _build(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self.field, 1)
        top.addWidget(self.count)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.open_button)
        buttons.addWidget(self.forget_button)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        for button in (self.forget_button, self.close_button):
            button.setAutoDefault(False)
        self.open_button.setDefault(True)
        inner = QVBoxLayout()
        inner.setContentsMargins(14, 12, 14, 12)
        inner.setSpacing(10)
        inner.addLayout(top)
        inner.addWidget(self.stack, 1)
        inner.addLayout(buttons)
        inner.addWidget(self.foot)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banners)
        column.addLayout(inner, 1)

    def _listen(self, pictures: KeptPictures) -> None:
        self.field.textChanged.connect(lambda _text: self._typed.start())
        self._typed.timeout.connect(lambda: self.searched.emit(self.field.text()))
        self.field.installEventFilter(self)
        for view in (self.document_list, self.hit_list):
            view.doubleClicked.connect(self._choose)
            view.clicked.connect(self._bring_more)
            view.selectionModel().selectionChanged.connect(lambda _on, _off: self._show_choice())
            view.selectionModel().currentChanged.connect(lambda _new, _old: self._show_choice())
            view.model().modelReset.connect(self._show_choice)
            pictures.changed.connect(view.viewport().update)
        self.open_button.clicked.connect(lambda _checked=False: self._open())
        self.forget_button.clicked.connect(lambda _checked=False: self._forget())
        self.close_button.clicked.connect(lambda _checked=False: self.reject())
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.activated.connect(self._go_to_field)

    def _view(self) -> QListView | None:
        shown = self.stack.currentWidget()
        return shown if isinstance(shown, QListView) else None

    def _show_choice(self) -> None:
        """Let only be pressed what makes sense with what is chosen."""
        view = self._view()
        goal = goal_of(_model(view).row_at(view.currentIndex())) if view is not None else None
        row = _model(view).row_at(view.currentIndex()) if view is not None else None
        self.open_button.setEnabled(goal is not None or isinstance(row, More))
        self.forget_button.setEnabled(bool(self.chosen_hashes()))

    def _open(self) -> None:
        view = self._view()
        if view is not None:
            self._choose(view.currentIndex())

    def _choose(self, index: QModelIndex) -> None:
        view = self._view()
        row = _model(view).row_at(index) if view is not None else None
        goal = goal_of(row)
        if isinstance(row, More):
            self.more_of_document.emit(row)
        elif goal is not None:
            self.goal_chosen.emit(goal)

    def _bring_more(self, index: QModelIndex) -> None:
        row = self.hits.row_at(index) if self._view() is self.hit_list else None
        if isinstance(row, More):
            self.more_of_document.emit(row)

    def _forget(self) -> None:
        hashes = self.chosen_hashes()
        if hashes:
            self.forget_asked.emit(hashes)

    def _go_to_field(self) -> None:
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    # -- events

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrow keys go from the field into the list, and Esc empty it before it closes the window."""
        if watched is self.field and event.type() == QEvent.Type.KeyPress:
            assert isinstance(event, QKeyEvent)
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_PageDown) and (view := self._view()) is not None:
                view.setFocus(Qt.FocusReason.TabFocusReason)
                if not view.currentIndex().isValid():
                    view.setCurrentIndex(_model(view).index(1 if view is self.hit_list else 0))
                return True
            if event.key() == Qt.Key.Key_Escape and self.field.text():
                self.field.clear()
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Forget what is chosen with Del."""
        if event.key() == Qt.Key.Key_Delete and self._view() is self.focusWidget():
            self._forget()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._dress()

    def _dress(self) -> None:
        self._find_sign.setIcon(icon("find", self.palette()))
        clear = [button for button in self.field.findChildren(QToolButton) if button.defaultAction() is None]
        for button in self.field.findChildren(QToolButton):
            own = button in clear
            button.setAccessibleName(self.tr("Empty the field") if own else self.tr("Find"))


def _list(model: GrowingModel, pictures: KeptPictures, name: str, parent: QWidget) -> QListView:
    view = QListView(parent)
    view.setModel(model)
    view.setItemDelegate(LibraryRows(pictures, view))
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setResizeMode(QListView.ResizeMode.Adjust)
    view.setAccessibleName(name)
    view.verticalScrollBar().setSingleStep(STEP_ROWS)
    return view


def _model(view: QListView) -> GrowingModel:
    model = view.model()
    assert isinstance(model, GrowingModel)
    return model
