"""ShownDoubts: the doubtful word that is looked at, in whichever view of a page's text or tables it is shown."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QRect, Signal
from PySide6.QtWidgets import QWidget

from desktop.views.reading_text import ReadingText
from desktop.views.table_view import TablesView

DoubtsView = ReadingText | TablesView


class ShownDoubts(QObject):
    """Speaks for all views that show what was read; one of them at most has the word that is looked at."""

    chosen = Signal(int)
    """Which of the page's doubtful words was clicked."""
    moved = Signal()
    """The word that is looked at has come into view, or stands elsewhere in it now."""
    gone = Signal()
    """The text is another, or hidden: no word is looked at any more."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._view: DoubtsView | None = None

    def listen(self, view: DoubtsView) -> None:
        """Speak for a view, too."""
        view.doubts.chosen.connect(self.chosen)
        view.doubts.moved.connect(lambda: self._tell_of(view, self.moved.emit))
        view.doubts.gone.connect(lambda: self._tell_of(view, self.gone.emit))

    def _tell_of(self, view: DoubtsView, tell: Callable[[], None]) -> None:
        if view is self._view:
            tell()

    def go_to(self, view: DoubtsView, which: int) -> None:
        """Mark a word in a view and bring it into sight."""
        if self._view is not None and self._view is not view:
            self._view.go_to_doubt(None)
        self._view = view
        view.go_to_doubt(which)

    def leave(self) -> None:
        """Look at no word any more."""
        view, self._view = self._view, None
        if view is not None:
            view.go_to_doubt(None)

    def hide(self, view: QWidget) -> None:
        """Note that a part of the window is seen no more; the word that was looked at in it is gone."""
        if self._view is not None and (view is self._view or view.isAncestorOf(self._view)):
            self.leave()
            self.gone.emit()

    def rect_in(self, window: QWidget) -> QRect | None:
        """Return where the word stands in a window, None where it cannot be seen.

        Of a word in a part of a long table that is cut off, it is the head of the text.
        """
        if self._view is None:
            return None
        rect, port = self._view.doubts.rect(), self._view.viewport()
        if rect is None and not self._view.doubts.shows_current:
            rect = QRect(port.width() // 2, 8, 1, 1)
        return QRect(port.mapTo(window, rect.topLeft()), rect.size()) if rect is not None else None
