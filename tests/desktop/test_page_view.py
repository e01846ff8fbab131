"""The page view with pages drawn on the spot: pictures only for what is seen, flat memory, places found both ways."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop.places import Hit, Place
from desktop.rendering import Renders, Wish, to_qimage
from desktop.views.overlay import Marks, paint_hits
from desktop.views.page_cache import PageCache, PagePicture
from desktop.views.page_layout import Fit, Zoom
from desktop.views.page_view import CACHE_BYTES, PageView
from engine.errors import PageDamaged
from engine.output.blocks import Box, Cell, Line, PageResult, Paragraph, Quad, Table
from engine.pages.image import PageImage, PageSize, fit
from tests.support.desk import until

A4 = PageSize(595.0, 842.0)


@dataclass
class Drawer:
    """Draws grey pages and notes which were asked for; `damaged` ones fail, `held` ones never come."""

    damaged: frozenset[int] = frozenset()
    held: frozenset[int] = frozenset()
    asked: list[Wish] = field(default_factory=list)
    cancelled: list[int] = field(default_factory=list)

    async def __call__(self, wish: Wish) -> PageImage:
        self.asked.append(wish)
        if wish.number in self.damaged:
            raise PageDamaged(f"page {wish.number}")
        try:
            while wish.number in self.held:
                await asyncio.sleep(0.01)
        except asyncio.CancelledError:
            self.cancelled.append(wish.number)
            raise
        width, height = fit(A4, scale=wish.scale, max_pixels=4_000_000)
        return PageImage(width, height, bytes([255 - wish.number % 200]) * (width * height * 3), A4)


def result(number: int = 1) -> PageResult:
    words = Line("Words", Quad.from_box(Box(100, 100, 300, 120)), score=0.5)
    more = Line("more", Quad.from_box(Box(100, 122, 300, 140)))
    cells = (Cell(0, 0, "a", box=Box(100, 300, 200, 330)), Cell(0, 1, "b", box=Box(200, 300, 300, 330)))
    table = Table(Box(100, 300, 300, 330), row_count=1, column_count=2, cells=cells)
    blocks = (Paragraph(Box(100, 100, 300, 140), (0, 1), text="Words more"), table)
    return PageResult(number, A4.width, A4.height, "pt", "text", blocks, (words, more))


def shown(count: int, drawer: Drawer, results: dict[int, PageResult] | None = None) -> PageView:
    view = PageView()
    view.resize(500, 600)
    view.sizes_wanted.connect(lambda first, last: view.set_sizes(first, [A4] * (last - first + 1)))
    view.show()
    view.show_document(count, "pt", drawer, results={} if results is None else results)
    return view


@pytest.mark.qloop
async def test_only_pages_in_sight_and_their_neighbours_are_drawn() -> None:
    drawer = Drawer()
    view = shown(2000, drawer)
    painted: list[int] = []
    view.page_painted.connect(painted.append)

    await until(lambda: 1 in painted)
    await until(lambda: len(drawer.asked) >= 2)
    await asyncio.sleep(0.1)

    assert {wish.number for wish in drawer.asked} <= {1, 2, 3}
    view.clear()


@pytest.mark.qloop
@pytest.mark.slow
async def test_memory_stays_flat_through_two_thousand_pages() -> None:
    view = shown(2000, Drawer())
    view.set_zoom(Zoom(Fit.FACTOR, 1.5))
    largest = 0
    for number in range(1, 2001, 25):
        view.go_to_page(number)
        view.settled.emit()
        await until(lambda number=number: view._cache.get(number) is not None)  # type: ignore[misc]
        largest = max(largest, view.cached_bytes)

    assert 0 < largest <= CACHE_BYTES
    assert len(view._cache) < 80
    view.clear()
    assert view.cached_bytes == 0


@pytest.mark.qloop
async def test_pages_scrolled_away_are_called_off() -> None:
    drawer = Drawer(held=frozenset({1, 2}))
    view = shown(100, drawer)
    await until(lambda: drawer.asked)

    view.go_to_page(60)
    await until(lambda: view._cache.get(60) is not None)

    assert 1 in drawer.cancelled
    view.clear()


@pytest.mark.qloop
async def test_a_damaged_page_says_so_and_is_not_asked_for_again() -> None:
    drawer = Drawer(damaged=frozenset({1}))
    view = shown(3, drawer)
    failed: list[int] = []
    view.page_failed.connect(lambda number, _error: failed.append(number))

    await until(lambda: failed)
    view.settled.emit()
    await asyncio.sleep(0.05)

    assert failed == [1]
    assert [wish.number for wish in drawer.asked].count(1) == 1
    view.clear()


@pytest.mark.qloop
async def test_zooming_keeps_what_is_under_the_pointer() -> None:
    view = shown(50, Drawer())
    view.go_to_page(20)
    at = QPointF(250, 333)
    before = view._anchor(at)

    view.zoom_by(1.7, around=at)

    after = view._anchor(at)
    assert after.number == before.number
    assert after.across == pytest.approx(before.across, abs=0.01)
    assert after.down == pytest.approx(before.down, abs=0.01)
    view.clear()


@pytest.mark.qloop
async def test_sizes_that_come_late_do_not_make_the_page_jump() -> None:
    view = PageView()
    view.resize(500, 600)
    view.show()
    asked: list[tuple[int, int]] = []
    view.sizes_wanted.connect(lambda first, last: asked.append((first, last)))
    view.show_document(500, "pt", Drawer(), results={})
    view.set_sizes(1, [A4] * 64)

    view.go_to_page(300)
    before = view._anchor()
    view.set_sizes(257, [PageSize(595, 200)] * 64)

    assert asked == [(1, 64), (257, 320)]
    assert view.page == 300
    assert view._anchor().number == before.number
    view.clear()


@pytest.mark.qloop
async def test_the_mouse_points_at_lines_and_cells_and_chooses_them() -> None:
    view = shown(1, Drawer(), {1: result()})
    pointed: list[Place | None] = []
    chosen: list[Place] = []
    view.pointed.connect(pointed.append)
    view.chosen.connect(chosen.append)

    def at(x: float, y: float) -> QPoint:
        return view._projection(1).point(x, y).toPoint()

    spot = QPointF(at(150, 131))
    none = Qt.MouseButton.NoButton
    moved = QMouseEvent(QEvent.Type.MouseMove, spot, spot, none, none, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(view.viewport(), moved)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at(150, 131))
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at(250, 315))
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at(500, 700))

    assert Place(1, 0, 1) in pointed
    assert chosen == [Place(1, 0, 1), Place(1, 1, None, 0, 1)]
    assert view._lit is None, "a click beside everything takes the light away"
    view.clear()


@pytest.mark.qloop
async def test_light_and_hits_are_drawn_where_they_belong() -> None:
    view = shown(1, Drawer(), {1: result()})
    await until(lambda: view._cache.get(1) is not None)
    view.verticalScrollBar().setValue(0)

    def colour(x: float, y: float) -> QColor:
        image = view.viewport().grab().toImage()
        return image.pixelColor((view._projection(1).point(x, y) * image.devicePixelRatio()).toPoint())

    plain, cell_plain, hit_plain = colour(110, 105), colour(250, 315), colour(250, 130)

    view.light(Place(1, 0, 0))
    assert colour(110, 105) != plain
    view.light(Place(1, 1, None, 0, 1))
    assert colour(110, 105) == plain
    assert colour(250, 315) != cell_plain
    view.light(None)
    hit = Hit(1, 1, 0, 4, Quad.from_box(Box(200, 122, 300, 140)))
    view.set_hits([hit], None)
    marked = colour(250, 130)
    assert marked != hit_plain
    view.set_hits([hit], hit)
    assert colour(250, 130) not in (marked, hit_plain)
    view.clear()


@pytest.mark.qloop
async def test_going_to_a_place_brings_it_into_sight() -> None:
    view = shown(40, Drawer(), {33: result(33)})

    view.go_to(Place(33, 1, None, 0, 0))

    assert view.viewport().rect().contains(view._projection(33).point(150, 315).toPoint())
    view.light(Place(33, 0))
    view.light(None)
    assert view._lit == Place(33, 1, None, 0, 0), "what was chosen is lit again when the mouse has gone"
    view.go_to(Place(77, 0))  # of another document
    assert view.page in (32, 33)
    view.clear()


@pytest.mark.qloop
async def test_the_page_of_a_hit_or_of_a_click_is_the_one_looked_at_though_another_fills_the_view() -> None:
    drawer = Drawer()
    found = result(2)
    view = shown(5, drawer, {2: found})
    view.set_zoom(Zoom(Fit.FACTOR, 0.4))  # several pages are in sight, the first one at the line of looking
    await until(lambda: len(view.visible_pages()) > 1)
    view.verticalScrollBar().setValue(0)
    assert view.page == 1

    hit = Hit(2, 0, 0, 5, found.lines[0].quad)
    view.set_hits([hit], hit)
    assert (view.page, view.verticalScrollBar().value()) == (2, 0), "it was in sight already: nothing moves"

    view.go_to_page(1)
    box = view._projection(2).rect(found.lines[1].box)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=box.center().toPoint())
    assert view.page == 2
    view.clear()


@pytest.mark.qloop
async def test_what_is_found_can_still_be_read() -> None:
    found = result()
    view = shown(1, Drawer(), {1: found})
    await until(lambda: not view.visible_pages() or view._cache.get(1) is not None)
    black = QImage(view.viewport().size(), QImage.Format.Format_RGB32)
    black.fill(QColor("black"))
    hit = Hit(1, 0, 0, 5, found.lines[0].quad)
    painter = QPainter(black)
    paint_hits(painter, Marks(hits=[hit], current=hit), view._projection(1))
    painter.end()

    middle = view._projection(1).rect(found.lines[0].box).center().toPoint()
    assert black.pixelColor(middle) == QColor("black"), "ink under the mark stays as dark as it was"
    view.clear()


@pytest.mark.qloop
async def test_a_new_list_of_wishes_replaces_the_old_one() -> None:
    drawer = Drawer(held=frozenset({1}))
    renders = Renders(drawer, at_once=1)
    ready: list[int] = []
    renders.ready.connect(lambda wish, _image: ready.append(wish.number))

    renders.want([Wish(1, 0.1), Wish(2, 0.1), Wish(3, 0.1)])
    await until(lambda: drawer.asked)
    renders.want([Wish(3, 0.1), Wish(2, 0.1)])
    await until(lambda: renders.idle)

    assert ready == [3, 2]
    assert drawer.cancelled == [1]


def test_pixels_arrive_unharmed() -> None:
    pixels = bytes((x * 7 + y * 13 + c * 50) % 256 for y in range(700) for x in range(5) for c in range(3))

    image = to_qimage(PageImage(5, 700, pixels, A4))

    assert (image.width(), image.height(), image.format()) == (5, 700, QImage.Format.Format_RGB32)
    for x, y in ((0, 0), (4, 699), (2, 350)):
        first = (y * 5 + x) * 3
        colour = image.pixelColor(x, y)
        assert (colour.red(), colour.green(), colour.blue()) == tuple(pixels[first : first + 3])


def test_the_cache_forgets_what_was_used_longest_ago_but_never_what_is_seen() -> None:
    def picture() -> PagePicture:
        return PagePicture(QImage(10, 10, QImage.Format.Format_RGB32), 1.0)

    cache = PageCache(3 * 400)
    for number in (1, 2, 3):
        cache.put(number, picture())
    cache.get(1)

    cache.put(4, picture(), kept={2, 4})

    assert [number for number in range(1, 5) if cache.get(number)] == [1, 2, 4]
    assert cache.size_bytes == 1200
    cache.put(4, picture())
    assert cache.size_bytes == 1200, "a page's new picture takes the old one's place"
