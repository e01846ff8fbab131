"""PageColumn: white rectangles one under the other: zoom, scrolling, keys and the hand; the pictures come later."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from desktop.views.hand_scroll import HandScroll
from desktop.views.overlay import Projection
from desktop.views.page_layout import Fit, PageLayout, Rect, Spot, Zoom
from engine.output.blocks import Unit
from engine.pages.image import PageSize

SIZES_AT_ONCE = 64
SETTLE_MS = 60
"""Sharp pictures are asked for when zoom and scrolling have been still for so long."""
LOOK_LINE = 0.4
"""The page at this part of the viewport's height is the one being looked at."""


class PageColumn(HandScroll):
    """Scrolls and zooms through pages whose sizes it learns as they come near; knows nothing of what is on them."""

    page_changed = Signal(int)  # the page being looked at
    zoom_changed = Signal(object, float)  # Zoom, the factor at which the current page is shown
    sizes_wanted = Signal(int, int)  # first and last page; answer with `set_sizes`
    settled = Signal()  # zoom and scrolling are still, or sizes became known: pictures are worth asking for

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = PageLayout(0, "pt")
        self._zoom = Zoom()
        self._sizes_asked: set[int] = set()
        self._page = 1
        self._held: int | None = None  # the scroll position for which `_page` was asked for by number
        self._placing = False
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self.settled)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.horizontalScrollBar().valueChanged.connect(self._scrolled)

    def set_pages(self, count: int, unit: Unit) -> None:
        """Show `count` pages from the first one; 0 shows nothing."""
        self._layout = PageLayout(count, unit)
        self._sizes_asked.clear()
        self._page, self._held = 1, None
        self._settle.stop()
        self._set_ranges()
        self._relayout(Spot(1, 0.5, 0.0))
        self.verticalScrollBar().setValue(0)
        self._ask_sizes()
        self.viewport().update()

    def set_sizes(self, first: int, sizes: Sequence[PageSize]) -> None:
        """Learn page sizes; what is on the screen stays where it is."""
        anchor = self._anchor()
        self._layout.set_sizes(first, sizes)
        self._relayout(anchor)
        self.settled.emit()

    # -- what others may ask for

    @property
    def page(self) -> int:
        """The page being looked at."""
        return self._page

    @property
    def zoom(self) -> Zoom:
        """The zoom in use."""
        return self._zoom

    def visible_pages(self) -> range:
        """Return the pages that can be seen, at least in part."""
        if not self._layout.count:
            return range(0)
        top = self.verticalScrollBar().value()
        return self._layout.visible(top, top + self.viewport().height() - 1)

    def go_to_page(self, number: int) -> None:
        """Bring the top of a page to the top."""
        if not self._layout.count:
            return
        number = min(self._layout.count, max(1, number))
        bar = self.verticalScrollBar()
        bar.setValue(round(self._layout.rect(number).y - 6))
        self.look_at(number)

    def look_at(self, number: int) -> None:
        """Make a page the one looked at, until the pages are moved; another may fill more of the view."""
        self._held = self.verticalScrollBar().value()
        self._set_page(number)

    def set_zoom(self, zoom: Zoom, *, around: QPointF | None = None) -> None:
        """Change the zoom; what is at `around` (in the viewport; its top middle by default) stays there."""
        anchor_at = around or QPointF(self.viewport().width() / 2, 0)
        anchor = self._anchor(anchor_at)
        self._zoom = zoom
        self._relayout(anchor, anchor_at)
        self._settle.start()
        self.zoom_changed.emit(self._layout.zoom, self._shown_factor())

    def zoom_by(self, ratio: float, *, around: QPointF | None = None) -> None:
        """Zoom in (ratio > 1) or out, around the pointer where there is one."""
        if around is None:
            mouse = self.viewport().mapFromGlobal(self.cursor().pos())
            around = QPointF(mouse) if self.viewport().rect().contains(mouse) else None
        self.set_zoom(Zoom(Fit.FACTOR, self._shown_factor() * ratio), around=around)

    # -- layout and scrolling

    def _shown_factor(self) -> float:
        return self._layout.factor(self._page) if self._layout.count else self._zoom.factor

    def _anchor(self, at: QPointF | None = None) -> Spot:
        if not self._layout.count:
            return Spot(1, 0.5, 0.0)
        at = at or QPointF(self.viewport().width() / 2, 0)
        return self._layout.spot(at.x() + self._left(), at.y() + self.verticalScrollBar().value())

    def _left(self) -> int:
        return self.horizontalScrollBar().value()

    def _relayout(self, anchor: Spot, at: QPointF | None = None) -> None:
        """Lay out for the zoom and the viewport in use and put `anchor` back to `at`."""
        if not self._layout.count:
            return
        at = at or QPointF(self.viewport().width() / 2, 0)
        self._layout.set_view(self._zoom, self.viewport().width(), self.viewport().height())
        self._zoom = self._layout.zoom
        held = self._held is not None
        self._placing = True  # in between, scroll bars and pages do not fit together
        self._set_ranges()
        x, y = self._layout.where(anchor)
        self.horizontalScrollBar().setValue(round(x - at.x()))
        self.verticalScrollBar().setValue(round(y - at.y()))
        self._placing = False
        if held:
            self._held = self.verticalScrollBar().value()  # the page that was asked for stays the one looked at
        self._scrolled()

    def _set_ranges(self) -> None:
        view = self.viewport().size()
        height, width = (self._layout.height, self._layout.width) if self._layout.count else (0.0, 0.0)
        for bar, whole, part in (
            (self.verticalScrollBar(), height, view.height()),
            (self.horizontalScrollBar(), width, view.width()),
        ):
            bar.setRange(0, max(0, round(whole) - part))
            bar.setPageStep(max(1, part - 40))
            bar.setSingleStep(60)

    def _scrolled(self) -> None:
        self.viewport().update()
        if not self._layout.count or self._placing:
            return
        bar = self.verticalScrollBar()
        if self._held != bar.value():
            self._held = None
            self._set_page(self._layout.page_at(bar.value() + self.viewport().height() * LOOK_LINE))
        self._ask_sizes()
        if not self._settle.isActive():
            self._settle.start()

    def _set_page(self, number: int) -> None:
        if number != self._page:
            self._page = number
            self.page_changed.emit(number)
            if self._zoom.fit is not Fit.FACTOR:
                self.zoom_changed.emit(self._layout.zoom, self._shown_factor())

    def _reveal(self, number: int, rect: QRectF) -> None:
        """Scroll so that a place on a page is in sight, with room around it; its page becomes the one looked at.

        `rect` is in the viewport's coordinates. Another page may fill more of the view: it was not asked for.
        """
        view = QRectF(self.viewport().rect()).adjusted(24, 48, -24, -48)
        down, across = self.verticalScrollBar(), self.horizontalScrollBar()
        if rect.top() < view.top() or rect.bottom() > view.bottom():
            down.setValue(round(down.value() + rect.center().y() - view.center().y()))
        if rect.left() < view.left():
            across.setValue(round(across.value() + rect.left() - view.left()))
        elif rect.right() > view.right():
            shift = min(rect.right() - view.right(), rect.left() - view.left())
            across.setValue(round(across.value() + shift))
        self.look_at(number)

    def _ask_sizes(self) -> None:
        """Ask for the sizes around what is visible, a chunk at a time and each chunk once."""
        pages = self.visible_pages()
        if not pages:
            return
        for chunk in {(pages[0] - 1) // SIZES_AT_ONCE, (pages[-1] - 1) // SIZES_AT_ONCE}:
            if chunk not in self._sizes_asked:
                self._sizes_asked.add(chunk)
                first = chunk * SIZES_AT_ONCE + 1
                self.sizes_wanted.emit(first, min(self._layout.count, first + SIZES_AT_ONCE - 1))

    def _aligned(self, rect: Rect) -> QRectF:
        """Return a page's rectangle in the viewport, its corner on a whole device pixel so that letters stay sharp."""
        ratio = self.devicePixelRatioF()
        x = round((rect.x - self._left()) * ratio) / ratio
        y = round((rect.y - self.verticalScrollBar().value()) * ratio) / ratio
        return QRectF(x, y, max(1, round(rect.width * ratio)) / ratio, max(1, round(rect.height * ratio)) / ratio)

    def _projection(self, number: int) -> Projection:
        rect, size = self._aligned(self._layout.rect(number)), self._layout.size(number)
        return Projection(rect.x(), rect.y(), rect.width() / size.width, rect.height() / size.height)

    # -- mouse and keys

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll, or zoom around the pointer while Ctrl is down."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            steps = event.angleDelta().y() / 120
            self.zoom_by(1.2**steps, around=event.position())
            event.accept()
            return
        super().wheelEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep what is at the top middle where it is."""
        old = event.oldSize()
        anchor = self._anchor(QPointF(old.width() / 2, 0)) if old.isValid() else self._anchor()
        super().resizeEvent(event)
        self._relayout(anchor)
        self._settle.start()
        if self._layout.count and self._zoom.fit is not Fit.FACTOR:
            self.zoom_changed.emit(self._layout.zoom, self._shown_factor())

    def minimumSizeHint(self) -> QSize:
        """Ask for room enough to see a page."""
        return QSize(240, 200)
