"""The toolbar: open, read or stop, the reader and its task, the page's number, the zoom, find and save."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QIntValidator
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QToolBar, QToolButton, QWidget

from desktop.actions import Actions, plain_words
from desktop.views.choice_button import Choice, ChoiceButton

ALL_THERE_IS = 8000


class Toolbar(QToolBar):
    """Holds the actions used most, and small things that are no actions: reader, task, language, page number, zoom."""

    page_asked = Signal(int)
    reader_chosen = Signal(str)
    task_chosen = Signal(str)
    language_chosen = Signal(str)

    def __init__(self, actions: Actions, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("toolbar")
        self.setWindowTitle(self.tr("Toolbar"))
        self.setMovable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.setIconSize(QSize(20, 20))
        self._count = 0
        self._add(actions.thumbnails)
        self._add(actions.open, text=self.tr("Open"))
        self.addSeparator()
        self._add(actions.read, text=self.tr("Read"))
        self._add(actions.stop, text=self.tr("Stop"))
        self._reader = self._add_reader()
        self.task = self._add_task()
        self.language, self._language_place = self._add_language()
        self.addSeparator()
        self._page: QLineEdit | None = None  # made with the first document: a text field costs the start its time
        self._page_place, self._of = self._add_page_place()
        self.addSeparator()
        self._add(actions.zoom_out)
        self._zoom = QLabel(self)
        self._zoom.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._zoom.setFixedWidth(self.fontMetrics().horizontalAdvance("1600 %") + 8)
        self._zoom.setAccessibleName(self.tr("Zoom"))
        self.addWidget(self._zoom)
        self._add(actions.zoom_in)
        self._add(actions.fit_width)
        self._add(actions.fit_page)
        room = QWidget(self)
        room.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(room)
        self._add(actions.find, text=self.tr("Find"))
        self._add(actions.save, text=self.tr("Save as"))
        self.show_page(0, 0)

    def sizeHint(self) -> QSize:
        """Ask for all the width there is; the badge beside it keeps what it needs."""
        return QSize(ALL_THERE_IS, super().sizeHint().height())

    def show_page(self, number: int, count: int) -> None:
        """Show which page is being looked at; nothing when there is none."""
        self._count = count
        self._of.setText(self.tr("of {count}").format(count=count) if count else "")
        if self._page is None and not count:
            return
        if self._page is None:
            self._page = self._add_page_field()
        self._page.setEnabled(bool(count))
        self._page.setText(str(number) if count else "")
        self._page.setFixedWidth(self.fontMetrics().horizontalAdvance("0" * max(3, len(str(count)))) + 18)

    def show_zoom(self, factor: float | None) -> None:
        """Show the zoom in per cent."""
        self._zoom.setText("" if factor is None else f"{factor * 100:.0f} %")

    def show_reader(self, name: str) -> None:
        """Show which reader is chosen."""
        self._reader.setCurrentIndex(max(0, self._reader.findData(name)))

    def offer_tasks(self, groups: Sequence[Sequence[Choice]], task: str) -> None:
        """Offer what can be asked of a page, and show what is."""
        self.task.offer(groups, task)

    def offer_languages(self, choices: Sequence[Choice], language: str) -> None:
        """Offer languages to translate into, and show the chosen one; without any, nothing is seen of it."""
        self._language_place.setVisible(bool(choices))
        self.language.offer([choices] if choices else [], language)

    def ask_for_task(self) -> None:
        """Open the list of what can be asked of a page."""
        if self.task.isEnabled():
            self.task.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.task.showMenu()

    def ask_for_page(self) -> None:
        """Put the cursor into the page's number."""
        if self._page is not None:
            self._page.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self._page.selectAll()

    def _add(self, action: QAction, *, text: str = "") -> None:
        button = QToolButton(self)
        button.setDefaultAction(action)
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(plain_words(action))
        if text:
            button.setText(text)  # shorter than the menu's words
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            action.changed.connect(lambda: button.setText(text))
        place = self.addWidget(button)
        place.setVisible(action.isVisible())
        action.visibleChanged.connect(lambda: place.setVisible(action.isVisible()))

    def _add_reader(self) -> QComboBox:
        box = QComboBox(self)
        box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        box.setAccessibleName(self.tr("How pages are read"))
        box.setToolTip(self.tr("How pages are read"))
        for name, text, tip in (
            ("auto", self.tr("Automatic"), self.tr("The document's own text where it is sound, else the picture")),
            ("cpu", self.tr("From the picture"), self.tr("Recognise every page from what can be seen")),
            ("text", self.tr("Own text only"), self.tr("Take only the text that the document carries")),
            ("vllm", self.tr("HunyuanOCR"), self.tr("Let the engine read every page; it is started if need be")),
        ):
            box.addItem(text, name)
            box.setItemData(box.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        box.activated.connect(lambda index: self.reader_chosen.emit(box.itemData(index)))
        self.addWidget(box)
        return box

    def _add_task(self) -> ChoiceButton:
        button = ChoiceButton(self.tr("What is read"), room_for=self.tr("Lines with places"), parent=self)
        button.setText(self.tr("Document"))  # until it is known what else there is
        button.chosen.connect(self.task_chosen)
        self.addWidget(button)
        return button

    def _add_language(self) -> tuple[ChoiceButton, QAction]:
        button = ChoiceButton(self.tr("Into which language"), sign="→ ", parent=self)
        button.chosen.connect(self.language_chosen)
        place = self.addWidget(button)
        place.setVisible(False)
        return button, place

    def _add_page_place(self) -> tuple[QHBoxLayout, QLabel]:
        place, of = QWidget(self), QLabel(self)
        row = QHBoxLayout(place)
        row.setContentsMargins(0, 0, 0, 0)
        metrics = self.fontMetrics()
        place.setMinimumWidth(metrics.horizontalAdvance("000") + 18)
        place.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        of.setMinimumWidth(metrics.horizontalAdvance(self.tr("of {count}").format(count="0000")) + 8)
        of.setContentsMargins(4, 0, 4, 0)
        self.addWidget(place)
        self.addWidget(of)
        return row, of

    def _add_page_field(self) -> QLineEdit:
        field = QLineEdit(self)
        field.setAlignment(Qt.AlignmentFlag.AlignRight)
        field.setValidator(QIntValidator(1, 10_000_000, field))
        field.setAccessibleName(self.tr("Page number"))
        field.setToolTip(self.tr("Go to a page by its number (Ctrl+G)"))
        field.returnPressed.connect(lambda: self._page_entered(field.text()))
        field.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._page_place.addWidget(field)
        return field

    def _page_entered(self, text: str) -> None:
        if text:
            self.page_asked.emit(min(self._count, max(1, int(text))))
