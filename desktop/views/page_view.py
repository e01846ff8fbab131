"""PageView: a document's pages, sharp where one looks, with the places of its reading marked on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from desktop.places import Hit, Place
from desktop.rendering import DrawPage, Renders, Wish
from desktop.theme import view_colours
from desktop.views.overlay import REACH, Marks, box_of, doubt_at, paint_hits, paint_marks, place_at
from desktop.views.page_cache import PageCache, PagePicture
from desktop.views.page_column import PageColumn
from desktop.words import error_words
from engine.errors import DiglotError
from engine.output.blocks import PageResult, Unit

CACHE_BYTES = 160 << 20
MAX_PIXELS = 12_000_000
"""No page is drawn at more pixels than this (48 MB); beyond it the picture is scaled up."""

StandIn = Callable[[int], QImage | None]


def _nothing(_number: int) -> QImage | None:
    return None


class PageView(PageColumn):
    """Shows a document's pages; memory does not grow with their number.

    It is given a document by `show_document` and asks for pictures through the `DrawPage` it was given there.
    """

    pointed = Signal(object)  # Place | None under the mouse
    chosen = Signal(object)  # Place that was clicked
    doubt_chosen = Signal(int, int)  # a doubtful word that was clicked: its page, and which of the page's it is
    page_painted = Signal(int)  # a page's own pixels are on the screen
    page_failed = Signal(int, object)  # number, DiglotError

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Pages"))
        self._cache = PageCache(CACHE_BYTES)
        self._renders: Renders | None = None
        self._stand_in: StandIn = _nothing
        self._results: Mapping[int, PageResult] = {}
        self._failures: dict[int, DiglotError] = {}
        self._fresh: set[int] = set()  # pictures that have not been on the screen yet
        self._hover: Place | None = None
        self._lit: Place | None = None
        self._chosen: Place | None = None
        self._hits: dict[int, list[Hit]] = {}
        self._current_hit: Hit | None = None
        self.settled.connect(self._want_pictures)

    # -- the document

    def show_document(
        self,
        count: int,
        unit: Unit,
        draw: DrawPage,
        *,
        results: Mapping[int, PageResult],
        stand_in: StandIn = _nothing,
    ) -> None:
        """Show a document from its first page.

        Args:
            count: How many pages it has.
            unit: The unit of its page sizes.
            draw: Draws one page.
            results: What has been read so far; looked at again at every paint.
            stand_in: Gives a small picture of a page for the time until the sharp one is there.
        """
        self.clear()
        self._results, self._stand_in = results, stand_in
        self._renders = Renders(draw)
        self._renders.ready.connect(self._picture_ready)
        self._renders.failed.connect(self._picture_failed)
        self.set_pages(count, unit)

    def clear(self) -> None:
        """Show nothing and call off what is being drawn."""
        renders, self._renders = self._renders, None
        if renders is not None:
            renders.want([])
            renders.ready.disconnect()
            renders.failed.disconnect()
        self._cache.clear()
        self._results, self._failures = {}, {}
        self._fresh.clear()
        self._stand_in = _nothing
        self._hover = self._lit = self._chosen = self._current_hit = None
        self._hits = {}
        self.set_pages(0, "pt")

    def result_changed(self, number: int) -> None:
        """Draw a page's marks anew."""
        if number in self.visible_pages():
            self.viewport().update()

    @property
    def cached_bytes(self) -> int:
        """Bytes of page pictures held."""
        return self._cache.size_bytes

    def light(self, place: object) -> None:
        """Mark a Place without moving; None marks the place that was chosen last, if there is one."""
        shown = place if isinstance(place, Place) else self._chosen
        if shown != self._lit:
            self._lit = shown
            self.viewport().update()

    def go_to(self, place: object) -> None:
        """Mark a Place and bring it into sight, moving as little as is needed."""
        if not isinstance(place, Place) or not 1 <= place.number <= self._layout.count:
            return
        self._chosen = place
        self.light(place)
        result = self._results.get(place.number)
        box = box_of(place, result) if result is not None else None
        if box is None:
            self.go_to_page(place.number)
            return
        self._reveal(place.number, self._projection(place.number).rect(box))

    def set_hits(self, hits: object, current: object = None) -> None:
        """Mark the hits of a search; `current` is marked more strongly and brought into sight."""
        grouped: dict[int, list[Hit]] = {}
        if isinstance(hits, Sequence):
            for hit in hits:
                grouped.setdefault(hit.number, []).append(hit)
        self._hits = grouped
        moved = current != self._current_hit
        self._current_hit = current if isinstance(current, Hit) else None
        if self._current_hit is not None and moved and self._current_hit.number <= self._layout.count:
            self._reveal_hit(self._current_hit)
        self.viewport().update()

    def _reveal_hit(self, hit: Hit) -> None:
        """Bring a hit into sight, or at least its page where nobody knows the place."""
        if hit.quad is not None:
            self._reveal(hit.number, self._projection(hit.number).rect(hit.quad.box))
        elif hit.number != self.page:
            self.go_to_page(hit.number)

    # -- pictures

    def _want_pictures(self) -> None:
        if self._renders is None:
            return
        pages = self.visible_pages()
        seen = sorted(pages, key=lambda number: abs(number - self._page))
        ahead = [number for number in (pages[-1] + 1, pages[0] - 1) if 1 <= number <= self._layout.count]
        wishes = []
        for number in (*seen, *ahead):
            if self._layout.unknown(number, number):
                continue  # its size comes first, or it would be drawn twice
            scale = round(self._layout.scale(number) * self.devicePixelRatioF(), 4)
            picture = self._cache.get(number)
            if picture is None or picture.scale != scale:
                wishes.append(Wish(number, scale))
        self._renders.want(wishes)

    def _picture_ready(self, wish: Wish, image: QImage) -> None:
        pages = self.visible_pages()
        self._failures.pop(wish.number, None)
        self._fresh.add(wish.number)
        self._cache.put(wish.number, PagePicture(image, wish.scale), kept=pages)
        if wish.number in pages:
            self.viewport().update()

    def _picture_failed(self, wish: Wish, error: DiglotError) -> None:
        self._failures[wish.number] = error
        self.page_failed.emit(wish.number, error)
        self.viewport().update()

    # -- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what can be seen."""
        painter = QPainter(self.viewport())
        colours = view_colours(self.palette())
        painter.fillRect(event.rect(), colours.desk)
        painted: list[int] = []
        for number in self.visible_pages():
            rect = self._aligned(self._layout.rect(number))
            painter.setPen(QPen(colours.paper_edge, 1))
            painter.drawRect(rect.adjusted(-0.5, -0.5, 0.5, 0.5))
            if self._paint_page(painter, number, rect, event.rect(), colours.paper):
                painted.append(number)
            self._paint_marks(painter, number)
        if self._focus_by_key:
            painter.setPen(QPen(self.palette().highlight().color(), 2))
            painter.drawRect(self.viewport().rect().adjusted(1, 1, -1, -1))
        painter.end()
        for number in self._fresh.intersection(painted):
            self._fresh.discard(number)
            self.page_painted.emit(number)

    def _paint_page(self, painter: QPainter, number: int, rect: QRectF, dirty: QRect, paper: QColor) -> bool:
        """Draw one page; tells whether these were its own pixels and not a stand-in."""
        picture = self._cache.get(number)
        image = picture.image if picture is not None else self._stand_in(number)
        if image is None:
            painter.fillRect(rect, paper)
            self._paint_words(painter, number, rect)
            return False
        part = rect.intersected(QRectF(dirty))
        ratio_x, ratio_y = image.width() / rect.width(), image.height() / rect.height()
        source = QRectF(
            (part.x() - rect.x()) * ratio_x,
            (part.y() - rect.y()) * ratio_y,
            part.width() * ratio_x,
            part.height() * ratio_y,
        )
        # One to one where the picture was drawn for this zoom; anything else is a stand-in or past the pixel limit.
        sharp = abs(ratio_x - self.devicePixelRatioF()) < 0.01
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not sharp and not self._settle.isActive())
        painter.drawImage(part, image, source)
        return picture is not None

    def _paint_words(self, painter: QPainter, number: int, rect: QRectF) -> None:
        error = self._failures.get(number)
        if error is None:
            return
        painter.setPen(QColor(90, 90, 90))
        words = f"{self.tr('This page could not be drawn')}\n{error_words(error).title}"
        seen = rect.intersected(QRectF(self.viewport().rect()))
        painter.drawText(seen, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), words)

    def _paint_marks(self, painter: QPainter, number: int) -> None:
        result = self._results.get(number)
        hits = self._hits.get(number, ())
        if result is None and not hits:
            return
        hover = self._hover if self._hover is not None and self._hover.number == number else None
        lit = self._lit if self._lit is not None and self._lit.number == number else None
        marks = Marks(hover, lit, hits, self._current_hit)
        projection = self._projection(number)
        if result is not None:
            paint_marks(painter, result, marks, projection)
        if hits:
            paint_hits(painter, marks, projection)

    # -- mouse and keys

    def _place_under(self, at: QPointF) -> Place | None:
        if not self._layout.count:
            return None
        number = self._layout.page_at(at.y() + self.verticalScrollBar().value())
        result = self._results.get(number)
        if result is None:
            return None
        to = self._projection(number)
        x, y = (at.x() - to.x0) / to.scale_x, (at.y() - to.y0) / to.scale_y
        return place_at(result, x, y, reach=REACH / to.scale_x)

    def _hover_at(self, at: QPointF | None) -> None:
        place = self._place_under(at) if at is not None else None
        if place != self._hover:
            self._hover = place
            self.pointed.emit(place)
            self.viewport().update()
        self._show_cursor()

    def _show_cursor(self) -> None:
        super()._show_cursor()
        if self._hover is not None and self._pan_from is None and not self._space_down:
            self.viewport().setCursor(Qt.CursorShape.PointingHandCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the place that was clicked."""
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and self._pan_from is None:
            self._chosen = place = self._place_under(event.position())
            self.light(place)
            if place is not None:
                self.look_at(place.number)
                self.chosen.emit(place)
                self._choose_doubt(place.number, event.position())

    def _choose_doubt(self, number: int, at: QPointF) -> None:
        to = self._projection(number)
        x, y = (at.x() - to.x0) / to.scale_x, (at.y() - to.y0) / to.scale_y
        doubt = doubt_at(self._results[number], x, y, reach=REACH / to.scale_x)
        if doubt is not None:
            self.doubt_chosen.emit(number, doubt)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show which place the mouse is over."""
        super().mouseMoveEvent(event)
        if self._pan_from is None:
            self._hover_at(event.position())

    def viewportEvent(self, event: QEvent) -> bool:
        """Notice when the mouse leaves."""
        if event.type() == QEvent.Type.Leave:
            self._hover_at(None)
        return bool(super().viewportEvent(event))
