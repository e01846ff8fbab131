"""A PDF's pages are drawn within their budget, and its own text stands where it can be seen."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pymupdf
import pytest

from engine.output.blocks import Box, Origin
from engine.pages.image import PageImage, PageSize
from engine.pages.opening import open_source
from engine.pages.source import PageSource, TextLayer
from tests.support import bad_files

T = TypeVar("T")
RTL_FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")


def ask(path: Path, question: Callable[[PageSource], Awaitable[T]]) -> T:
    async def run() -> T:
        source = await open_source(path)
        try:
            return await question(source)
        finally:
            await source.close()

    return asyncio.run(run())


def layer_of(path: Path, number: int = 1) -> TextLayer:
    layer = ask(path, lambda source: source.text_layer(number))
    assert layer is not None
    return layer


def ink(image: PageImage) -> Box:
    """Return the box around everything dark, in page units."""
    dark = [at for at, value in enumerate(image.pixels[::3]) if value < 128]
    xs, ys = [at % image.width for at in dark], [at // image.width for at in dark]
    across, down = image.page.width / image.width, image.page.height / image.height
    return Box(min(xs) * across, min(ys) * down, (max(xs) + 1) * across, (max(ys) + 1) * down)


def made(path: Path, draw: Callable[[pymupdf.Page], object], *, width: float = 400, height: float = 300) -> Path:
    with pymupdf.open() as document:
        draw(document.new_page(width=width, height=height))
        document.save(path)
    return path


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("crop", [False, True])
@pytest.mark.parametrize("direction", [0, 90, 180, 270])
@pytest.mark.slow
def test_text_stands_where_it_is_seen(rotation: int, crop: bool, direction: int, tmp_path: Path) -> None:
    # given a page that is turned, and perhaps cropped, with one word on it
    def draw(page: pymupdf.Page) -> None:
        page.insert_text((200, 150), "HHHHHH", fontsize=20, rotate=direction)
        if crop:
            page.set_cropbox(pymupdf.Rect(40, 30, 380, 290))
        page.set_rotation(rotation)

    path = made(tmp_path / "a.pdf", draw)

    # when it is drawn and its text is asked for
    async def both(source: PageSource) -> tuple[PageImage, TextLayer | None, PageSize]:
        image = await source.render(1, scale=3, max_pixels=10**8)
        return image, await source.text_layer(1), await source.size(1)

    image, layer, size = ask(path, both)
    assert layer is not None
    (line,) = layer.lines
    seen = ink(image)

    # then the word's box is around its ink, to a point along the line, and the quad runs with the reading
    assert (
        image.page
        == size
        == (
            PageSize(*((340, 260) if crop else (400, 300)))
            if rotation % 180 == 0
            else PageSize(*((260, 340) if crop else (300, 400)))
        )
    )
    box = line.box
    assert box.x0 - 0.5 <= seen.x0 and box.y0 - 0.5 <= seen.y0
    assert seen.x1 <= box.x1 + 0.5 and seen.y1 <= box.y1 + 0.5
    turn = (rotation - direction) % 360
    along = {0: (1, 0), 90: (0, 1), 180: (-1, 0), 270: (0, -1)}[turn]
    a, b, _, d = line.quad
    length = (b.x - a.x) * along[0] + (b.y - a.y) * along[1]
    assert length == pytest.approx(max(seen.width, seen.height), abs=4)
    assert (d.x - a.x) * -along[1] + (d.y - a.y) * along[0] == pytest.approx(20, abs=0.1)
    assert line.origin is Origin.TEXT_LAYER and line.score == 1.0


def test_leaning_text_has_a_leaning_quad(tmp_path: Path) -> None:
    def draw(page: pymupdf.Page) -> None:
        origin = pymupdf.Point(100, 150)
        page.insert_text(origin, "leaning text", fontsize=20, morph=(origin, pymupdf.Matrix(30)))

    (line,) = layer_of(made(tmp_path / "a.pdf", draw)).lines

    length = pymupdf.get_text_length("leaning text", fontsize=20)
    a, b, _, d = line.quad
    assert ((b.x - a.x) ** 2 + (b.y - a.y) ** 2) ** 0.5 == pytest.approx(length, abs=1)
    assert (b.x - a.x) / (b.y - a.y) == pytest.approx((3**0.5) * (1 if b.y > a.y else -1), rel=0.02)
    assert ((d.x - a.x) ** 2 + (d.y - a.y) ** 2) ** 0.5 == pytest.approx(20, abs=0.1)


def test_positions_of_a_known_page(tmp_path: Path) -> None:
    def draw(page: pymupdf.Page) -> None:
        page.insert_text((72, 100), "Invoice 4711", fontsize=12, fontname="hebo")
        page.insert_text((72, 130), "合同编号", fontsize=10, fontname="china-s")

    layer = layer_of(made(tmp_path / "a.pdf", draw))

    heading, chinese = layer.lines
    assert heading.text == "Invoice 4711" and heading.bold
    assert heading.box.x0 == pytest.approx(72, abs=0.5)
    assert heading.box.x1 == pytest.approx(72 + pymupdf.get_text_length("Invoice 4711", "hebo", 12), abs=0.5)
    assert heading.box.y0 < 92 and 100 < heading.box.y1 < 104
    assert chinese.text == "合同编号" and not chinese.bold
    assert chinese.box.width == pytest.approx(40, abs=0.5)
    assert [round(font.size) for font in layer.fonts] == [12, 10]
    assert layer.fonts[0].font == "Helvetica-Bold"


def test_text_that_cannot_be_seen_is_known(tmp_path: Path) -> None:
    def draw(page: pymupdf.Page) -> None:
        page.insert_text((50, 50), "seen")
        page.insert_text((50, 80), "old scanner", render_mode=3)
        page.insert_text((50, 110), "like glass", fill_opacity=0, stroke_opacity=0)
        page.insert_text((50, 140), "outlined", render_mode=1)

    layer = layer_of(made(tmp_path / "a.pdf", draw))

    seen = {line.text: font.visible for line, font in zip(layer.lines, layer.fonts, strict=True)}
    assert seen == {"seen": True, "old scanner": False, "like glass": False, "outlined": True}


def test_lines_are_split_where_columns_begin(tmp_path: Path) -> None:
    text = "Total        12.50     7 pieces of cake"

    layer = layer_of(made(tmp_path / "a.pdf", lambda page: page.insert_text((50, 50), text, fontsize=11)))

    assert [line.text for line in layer.lines] == ["Total", "12.50", "7 pieces of cake"]
    boxes = [line.box for line in layer.lines]
    assert boxes[0].x1 < boxes[1].x0 < boxes[1].x1 < boxes[2].x0


@pytest.mark.parametrize("rotation", [0, 90, 270])
def test_lines_are_split_where_a_border_is_drawn(rotation: int, tmp_path: Path) -> None:
    def draw(page: pymupdf.Page) -> None:
        page.insert_text((50, 50), "Adults Children", fontsize=11)
        across = 50 + pymupdf.get_text_length("Adults", fontsize=11) + 1.5
        page.draw_line((across, 30), (across, 60))
        page.insert_text((50, 80), "Adults Children", fontsize=11)
        page.set_rotation(rotation)

    layer = layer_of(made(tmp_path / "a.pdf", draw))

    assert [line.text for line in layer.lines] == ["Adults", "Children", "Adults Children"]


def test_right_to_left_text_is_in_reading_order(tmp_path: Path) -> None:
    if not RTL_FONT.exists():
        pytest.skip("DejaVu Sans is not installed")
    css = f"@font-face{{font-family:D;src:url({RTL_FONT});}} *{{font-family:D}}"

    def draw(page: pymupdf.Page) -> None:
        page.insert_htmlbox((10, 10, 390, 60), '<p dir="rtl">שלום עולם 123 (abc) סוף</p>', css=css, archive="/")
        page.insert_htmlbox((10, 80, 390, 130), '<p dir="rtl">فاتورة رقم 4711</p>', css=css, archive="/")

    layer = layer_of(made(tmp_path / "a.pdf", draw))

    assert [line.text for line in layer.lines] == ["שלום עולם 123 (abc) סוף", "فاتورة رقم 4711"]


@pytest.mark.parametrize("rotation", [0, 90])
def test_rules_and_figures(rotation: int, tmp_path: Path) -> None:
    # given a table's frame, a hair line made of a thin box, a shaded area, a slanted line and two pictures
    def draw(page: pymupdf.Page) -> None:
        page.insert_text((30, 30), "x")
        page.draw_rect((50, 50, 150, 90))
        page.draw_rect((50, 120, 350, 120.5), color=None, fill=(0, 0, 0))
        page.draw_rect((50, 140, 350, 180), color=None, fill=(0.9, 0.9, 0.9))
        page.draw_line((10, 10), (100, 60))
        page.draw_line((-50, 200), (90, 200))
        grey = pymupdf.Pixmap(pymupdf.csGRAY, pymupdf.IRect(0, 0, 4, 4))
        grey.clear_with(99)
        page.insert_image((200, 200, 280, 280), pixmap=grey, keep_proportion=False)
        page.insert_image((300, 200, 303, 203), pixmap=grey, keep_proportion=False)
        page.set_rotation(rotation)

    layer = layer_of(made(tmp_path / "a.pdf", draw))

    def shown(x0: float, y0: float, x1: float, y1: float) -> tuple[float, ...]:
        return (x0, y0, x1, y1) if rotation == 0 else (300 - y1, x0, 300 - y0, x1)

    rules = {tuple(round(side, 1) for side in (rule.x0, rule.y0, rule.x1, rule.y1)) for rule in layer.rules}
    wanted: set[tuple[float, float, float, float]] = {
        (50, 50, 150, 50),
        (150, 50, 150, 90),
        (50, 90, 150, 90),
        (50, 50, 50, 90),
    }
    wanted |= {(50, 120.2, 350, 120.2), (0, 200, 90, 200)}
    assert {tuple(round(side) for side in rule) for rule in rules} == {
        tuple(round(side) for side in shown(*rule)) for rule in wanted
    }
    assert [tuple(round(side) for side in box) for box in layer.figures] == [shown(200, 200, 280, 280)]


def test_a_page_without_characters_has_no_layer(tmp_path: Path) -> None:
    path = made(tmp_path / "a.pdf", lambda page: page.draw_rect((50, 50, 150, 90)))

    assert ask(path, lambda source: source.text_layer(1)) is None


@pytest.mark.parametrize(("width", "height"), [(14_400, 14_400), (14_400, 3), (3, 14_400), (3, 3), (595.3, 841.9)])
@pytest.mark.parametrize("grid", [1, 32])
@pytest.mark.slow
def test_a_page_of_any_size_keeps_to_its_budget(width: float, height: float, grid: int, tmp_path: Path) -> None:
    path = made(tmp_path / "a.pdf", lambda page: None, width=width, height=height)

    image = ask(path, lambda source: source.render(1, scale=200 / 72, max_pixels=4_000_000, grid=grid))

    assert image.width * image.height <= 4_000_000
    assert image.width % grid == image.height % grid == 0
    assert image.page.width == pytest.approx(width, abs=0.1)
    assert set(image.pixels[:3000]) == {255}


def test_a_page_of_a_hundredth_of_a_point_can_be_drawn(tmp_path: Path) -> None:
    path = made(tmp_path / "a.pdf", lambda page: None, width=0.01, height=0.01)

    async def both(source: PageSource) -> tuple[PageImage, PageSize]:
        return await source.render(1, scale=2, max_pixels=10**6, grid=32), await source.size(1)

    image, size = ask(path, both)

    assert (image.width, image.height) == (32, 32)
    assert image.page == size


@pytest.mark.slow
def test_a_document_of_two_thousand_pages_is_opened_without_touching_them(tmp_path: Path) -> None:
    path = bad_files.pdf(tmp_path / "a.pdf", 2000)

    async def several(source: PageSource) -> tuple[int, list[PageSize], TextLayer | None, int]:
        sizes = await source.sizes(1, 2000)
        last = await source.render(2000, scale=1, max_pixels=10**6)
        return source.info.page_count, sizes, await source.text_layer(1999), last.width

    count, sizes, layer, width = ask(path, several)

    assert count == len(sizes) == 2000 and set(sizes) == {PageSize(595, 842)}
    assert layer is not None and layer.lines[0].text == "Page 1999"
    assert width == 595


def test_the_title_is_told(tmp_path: Path) -> None:
    with pymupdf.open() as document:
        document.new_page()
        document.set_metadata({"title": "Contract\x07 合同 "})
        document.save(tmp_path / "a.pdf")

    async def title(source: PageSource) -> str:
        return source.info.title

    assert ask(tmp_path / "a.pdf", title) == "Contract 合同"
