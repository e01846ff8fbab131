"""A page is sent with as few pixels as its print wants, in a size the model leaves alone; every place leads back."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pymupdf
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from engine.output.blocks import Box, Line, Origin, Quad
from engine.output.page_frame import PageFrame
from engine.pages.image import PageImage, PageSize
from engine.pages.opening import open_source
from engine.pages.page_picture import PagePicture, encoded, picture_of
from engine.pages.print_height import drawn_print, printed_size
from engine.pages.sent_size import halves, sent_size
from engine.pages.source import FontUse, PageSource, TextLayer
from engine.tasks.family import PixelLimits, family_for
from engine.tasks.page_tokens import resized, tokens_of_page
from tests.support.drawn_pages import ENGLISH, drawn_pdf

V1_0 = family_for("1.0").picture
V1_5 = family_for("1.5").picture
SAMPLES = Path(__file__).resolve().parents[3] / "resources" / "samples"
RED, BLUE = (255, 0, 0), (0, 0, 255)

turns = st.sampled_from([0, 90, 180, 270])
sides = st.floats(1, 20_000)


@asynccontextmanager
async def opened(document: bytes | Path) -> AsyncIterator[PageSource]:
    source = await (open_source(document) if isinstance(document, Path) else open_source(document, name="drawn"))
    try:
        yield source
    finally:
        await source.close()


def sent(document: bytes | Path, number: int = 1, *, limits: PixelLimits = V1_5, **more: Any) -> PagePicture:
    async def run() -> PagePicture:
        async with opened(document) as source:
            return await picture_of(source, number, limits=limits, **more)

    return asyncio.run(run())


def png(image: Image.Image) -> bytes:
    packed = io.BytesIO()
    image.save(packed, "PNG")
    return packed.getvalue()


def decoded(picture: PagePicture) -> Image.Image:
    image = Image.open(io.BytesIO(picture.data))
    image.load()
    return image.convert("RGB")


def marked(width: int, height: int, spot: tuple[int, int]) -> Image.Image:
    """A white picture with a red cross at a spot."""
    image = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(image)
    x, y = spot
    draw.rectangle((x - 12, y - 3, x + 12, y + 3), fill=RED)
    draw.rectangle((x - 3, y - 12, x + 3, y + 12), fill=RED)
    return image


def centre_of(image: Image.Image) -> tuple[float, float]:
    """Where the red is, in pixels."""
    _, green, _ = image.split()
    left, top, right, bottom = green.point([255] * 128 + [0] * 128).getbbox() or (0, 0, 0, 0)
    return (left + right) / 2, (top + bottom) / 2


def layer_of_size(*sizes: float, figures: tuple[Box, ...] = ()) -> TextLayer:
    quad = Quad.from_box(Box(0, 0, 10, 10))
    lines = tuple(Line("some words of print", quad, 1.0, Origin.TEXT_LAYER) for _ in sizes)
    return TextLayer(lines, tuple(FontUse("f", size, True) for size in sizes), (), figures)


def prose(size: float, *, paper: tuple[float, float] = (595, 842)) -> bytes:
    """One page full of print of this size in points."""
    with pymupdf.open() as document:
        page = document.new_page(width=paper[0], height=paper[1])
        words = "The lighthouse keeper counted gulls before the storm reached the harbour wall. " * 40
        page.insert_textbox((40, 40, paper[0] - 40, paper[1] - 40), words[:1600], fontsize=size)
        return bytes(document.tobytes())


def scanned(document: bytes, dpi: int) -> bytes:
    """The same page as a PDF of one picture."""
    with pymupdf.open(stream=document) as drawn, pymupdf.open() as scan:
        rect = drawn[0].rect
        page = scan.new_page(width=rect.width, height=rect.height)
        page.insert_image(rect, stream=drawn[0].get_pixmap(dpi=dpi).tobytes("png"))
        return bytes(scan.tobytes())


# -- the size ------------------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(
    width=sides,
    height=sides,
    scale=st.floats(0.01, 20),
    limits=st.sampled_from([V1_0, V1_5, V1_5.within(3072**2), V1_5.within(2048**2)]),
)
def test_the_model_leaves_a_picture_of_the_size_sent_alone(
    width: float, height: float, scale: float, limits: PixelLimits
) -> None:
    across, down = sent_size(width, height, scale=scale, limits=limits)

    assert resized(across, down, limits.min_pixels, limits.max_pixels) == (across, down)
    if max(width, height) < 20 * min(width, height):
        assert across / down == pytest.approx(width / height, rel=0.25)


@pytest.mark.parametrize(
    ("dpi", "tokens"), [(100, 1001), (150, 2202), (200, 3871), (250, 6008), (300, 8692), (400, 15186)]
)
def test_an_a4_page_costs_what_it_is_known_to_cost(dpi: int, tokens: int) -> None:
    across, down = sent_size(595.28, 841.89, scale=dpi / 72, limits=V1_5)

    assert tokens_of_page(across, down, V1_5.min_pixels, V1_5.max_pixels) == tokens


@pytest.mark.parametrize(
    ("size", "dpi"), [(14.0, 150), (11.0, 150), (10.0, 170), (8.0, 200), (7.0, 240), (5.5, 300), (4.0, 300)]
)
@pytest.mark.slow
def test_a_page_is_drawn_as_large_as_its_smallest_print_wants(size: float, dpi: int) -> None:
    picture = sent(prose(size))

    assert (picture.width, picture.height) == sent_size(595, 842, scale=dpi / 72, limits=V1_5)
    assert picture.shrunk == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize(("size", "dpi"), [(14.0, 200), (8.0, 200), (5.0, 300)])
@pytest.mark.slow
def test_a_scan_is_drawn_as_usual_and_again_where_its_print_is_small(size: float, dpi: int) -> None:
    picture = sent(scanned(prose(size), 300))

    assert (picture.width, picture.height) == sent_size(595, 842, scale=dpi / 72, limits=V1_5)


@pytest.mark.slow
def test_a_large_photograph_is_shrunk_unless_its_print_is_small() -> None:
    with pymupdf.open(stream=prose(12.0)) as large, pymupdf.open(stream=prose(6.0)) as small:
        pictures = [page.get_pixmap(dpi=400).tobytes("png") for page in (large[0], small[0])]

    easy, hard = (sent(picture) for picture in pictures)

    assert easy.width * easy.height <= 1664 * 2336
    assert hard.width * hard.height > 1.5 * easy.width * easy.height


def test_a_small_picture_is_brought_to_the_least_the_model_looks_at() -> None:
    picture = sent(png(Image.new("RGB", (120, 40), "white")))

    assert picture.width * picture.height >= V1_5.min_pixels
    assert decoded(picture).size == (picture.width, picture.height)


@pytest.mark.slow
def test_a_page_too_large_for_the_server_says_by_how_much_it_was_shrunk() -> None:
    picture = sent(prose(5.5, paper=(1190, 1684)), limits=V1_5.within(2048**2))

    assert picture.width * picture.height <= 2048**2
    assert picture.shrunk == pytest.approx((2048**2 / (1190 * 1684 * (300 / 72) ** 2)) ** 0.5, abs=0.02)


@pytest.mark.slow
def test_another_try_is_smaller() -> None:
    first, second = (sent(prose(8.0), scale_down=share) for share in (1.0, 0.7))

    assert second.width * second.height == pytest.approx(0.49 * first.width * first.height, rel=0.05)
    assert second.shrunk == pytest.approx(0.7, abs=0.02)


# -- the places ----------------------------------------------------------------------------------------------------


@pytest.mark.slow
@settings(max_examples=12, deadline=None)
@given(
    width=st.integers(80, 2200),
    height=st.integers(80, 2200),
    at=st.tuples(st.floats(0.1, 0.9), st.floats(0.1, 0.9)),
    cut=st.tuples(st.floats(0, 0.08), st.floats(0, 0.08), st.floats(0.92, 1), st.floats(0.92, 1)),
    turned=turns,
    whole=st.booleans(),
)
def test_a_place_on_the_picture_is_right_to_a_pixel_of_the_sent_picture(
    width: int, height: int, at: tuple[float, float], cut: tuple[float, float, float, float], turned: int, whole: bool
) -> None:
    # given a picture with one cross on it
    spot = round(width * at[0]), round(height * at[1])
    assume(20 < spot[0] < width - 20 and 20 < spot[1] < height - 20)
    region = None if whole else Box(cut[0] * width, cut[1] * height, cut[2] * width, cut[3] * height)
    assume(region is None or (region.x0 + 16 < spot[0] < region.x1 - 16 and region.y0 + 16 < spot[1] < region.y1 - 16))

    # when it is cropped, turned and resized, and the cross is found on what is sent
    picture = sent(png(marked(width, height, spot)), region=region, turned=turned)
    found = centre_of(decoded(picture))
    place = picture.frame.to_page(found[0] / picture.width, found[1] / picture.height)

    # then it leads to where the cross is, to a pixel of what was sent and of what was there
    shown = picture.frame.area
    pixels = (picture.height, picture.width) if turned in (90, 270) else (picture.width, picture.height)
    assert place.x == pytest.approx(spot[0] + 0.5, abs=1 + shown.width / pixels[0])
    assert place.y == pytest.approx(spot[1] + 0.5, abs=1 + shown.height / pixels[1])


@pytest.mark.slow
def test_a_turned_page_of_a_pdf_is_sent_as_it_is_shown() -> None:
    with pymupdf.open() as document:
        page = document.new_page(width=400, height=600)
        page.draw_rect((100, 200, 110, 210), color=(1, 0, 0), fill=(1, 0, 0))
        page.set_rotation(90)
        turned = bytes(document.tobytes())

    picture = sent(turned)
    x, y = centre_of(decoded(picture))

    assert picture.width > picture.height
    place = picture.frame.to_page(x / picture.width, y / picture.height)
    assert place == pytest.approx((600 - 205, 105), abs=1)
    assert (picture.frame.width, picture.frame.height) == (600, 400)


@pytest.mark.slow
def test_a_part_of_a_page_is_that_part_at_the_same_scale() -> None:
    document = prose(12.0)
    whole = sent(document)
    top, bottom = halves(PageSize(595, 842))

    parts = [sent(document, region=half) for half in (top, bottom)]

    for half, part in zip((top, bottom), parts, strict=True):
        assert part.frame.area.x1 == pytest.approx(half.x1, abs=1)
        assert part.frame.area.y0 == pytest.approx(half.y0, abs=1)
        assert part.height / part.frame.area.height == pytest.approx(whole.height / 842, rel=0.05)


@settings(deadline=None)
@given(width=sides, height=sides, turned=turns, at=st.floats(0.2, 0.8))
def test_the_upper_half_of_a_turned_page_is_the_upper_one_when_it_is_turned(
    width: float, height: float, turned: int, at: float
) -> None:
    first, second = halves(PageSize(width, height), at=at, turned=turned)

    whole, upper = PageFrame(width, height, turned=turned), PageFrame(width, height, first, turned)
    assert first.united(second) == Box(0, 0, width, height)
    assert first.overlap(second) == 0
    assert upper.to_page(0.25, 0.5) == pytest.approx(whole.to_page(0.25, at / 2))


@settings(deadline=None)
@given(width=sides, height=sides)
def test_two_halves_are_the_page_and_share_what_is_on_the_cut(width: float, height: float) -> None:
    first, second = halves(PageSize(width, height))

    assert first.united(second) == Box(0, 0, width, height)
    assert first.overlap(second) == pytest.approx(0.06 * width * height, rel=1e-6)


@pytest.mark.parametrize(
    "wrong",
    [{"region": Box(700, 0, 800, 100)}, {"region": Box(10, 10, 10, 50)}, {"turned": 45}, {"scale_down": 1.5}],
)
def test_what_makes_no_picture_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        sent(drawn_pdf(ENGLISH), **wrong)


# -- which way up ----------------------------------------------------------------------------------------------------


def on_its_side(document: bytes, turned: int) -> bytes:
    """The same page, its text turned on the paper by so many degrees clockwise, with its text layer."""
    with pymupdf.open(stream=document) as upright, pymupdf.open() as turned_over:
        rect = upright[0].rect
        width, height = (rect.height, rect.width) if turned in (90, 270) else (rect.width, rect.height)
        page = turned_over.new_page(width=width, height=height)
        page.show_pdf_page(page.rect, upright, 0, rotate=-turned)
        return bytes(turned_over.tobytes())


def looked_at(document: bytes, answer: int, **more: Any) -> tuple[PagePicture, list[PageImage]]:
    """Send a page without saying how it is to be turned; return what was looked at, too."""
    shown: list[PageImage] = []

    async def look(image: PageImage) -> int:
        shown.append(image)
        return answer

    return sent(document, turned=None, look=look, **more), shown


@pytest.mark.slow
@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_a_page_whose_own_text_says_how_it_stands_is_turned_and_not_looked_at(turned: int) -> None:
    picture, shown = looked_at(on_its_side(prose(10.0), turned), 90)

    assert picture.frame.turned == (360 - turned) % 360 and not shown
    assert picture.height > picture.width


@pytest.mark.slow
@pytest.mark.parametrize("scale_down", [1.0, 0.7])
def test_a_scan_is_looked_at_where_its_lines_do_not_run_across(scale_down: float) -> None:
    upright, on_side = scanned(prose(10.0), 150), scanned(on_its_side(prose(10.0), 90), 150)

    straight, not_shown = looked_at(upright, 270, scale_down=scale_down)
    picture, shown = looked_at(on_side, 270, scale_down=scale_down)

    assert straight.frame.turned == 0 and not not_shown
    assert picture.frame.turned == 270 and len(shown) == 1
    assert (picture.width, picture.height) == (straight.width, straight.height)
    assert sent(on_side, turned=None).frame.turned == 0  # there is nobody to look


@pytest.mark.slow
def test_a_stamp_does_not_say_how_a_page_stands() -> None:
    with pymupdf.open(stream=scanned(on_its_side(prose(10.0), 90), 150)) as document:
        document[0].insert_text((100, 100), "Received in November")
        stamped = bytes(document.tobytes())

    picture, shown = looked_at(stamped, 270)

    assert picture.frame.turned == 270 and len(shown) == 1


# -- the bytes -----------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_what_was_drawn_is_sent_without_loss() -> None:
    document = prose(12.0)

    async def run() -> tuple[PagePicture, PageImage]:
        async with opened(document) as source:
            picture = await picture_of(source, 1, limits=V1_5)
            return picture, await source.render(1, scale=150 / 72, max_pixels=V1_5.max_pixels, grid=32)

    picture, drawing = asyncio.run(run())

    assert picture.mime == "image/png"
    assert decoded(picture).size == (drawing.width, drawing.height)
    assert decoded(picture).tobytes() == bytes(drawing.pixels)


@pytest.mark.parametrize(
    ("name", "mime", "mode"),
    [
        ("invoice.pdf", "image/png", "RGB"),
        ("screenshot.png", "image/png", "RGB"),
        ("letter-scan.png", "image/png", "P"),  # grey, as a palette
        ("noisy-scan.jpg", "image/jpeg", "L"),
    ],
)
@pytest.mark.slow
def test_the_kind_follows_what_is_seen(name: str, mime: str, mode: str) -> None:
    picture = sent(SAMPLES / name)

    assert picture.mime == mime
    image = Image.open(io.BytesIO(picture.data))
    assert f"image/{(image.format or '').lower()}" == mime
    assert (image.mode, image.size) == (mode, (picture.width, picture.height))


@settings(deadline=None)
@given(width=st.integers(2, 90), height=st.integers(1, 90), seed=st.integers(0, 255))
@pytest.mark.slow
def test_a_picture_of_any_content_can_be_packed(width: int, height: int, seed: int) -> None:
    pixels = bytes((value * (seed + 1) + value // 7) % 256 for value in range(width * height * 3))
    image = Image.frombytes("RGB", (width, height), pixels)

    mime, data = encoded(image)

    again = Image.open(io.BytesIO(data))
    assert again.size == image.size
    assert mime in ("image/png", "image/jpeg")
    if mime == "image/png":
        assert again.convert("RGB").tobytes() == pixels


@settings(deadline=None)
@given(width=st.integers(2, 90), height=st.integers(1, 90), levels=st.integers(1, 256))
def test_a_drawing_without_colour_comes_back_as_it_was(width: int, height: int, levels: int) -> None:
    rows = (bytes([(row * 7) % levels]) * 3 * width for row in range(height))
    image = Image.frombytes("RGB", (width, height), b"".join(rows))

    mime, data = encoded(image)

    again = Image.open(io.BytesIO(data))
    assert (mime, again.mode) == ("image/png", "P")
    assert again.convert("RGB").tobytes() == image.tobytes()


@pytest.mark.slow
def test_the_picture_itself_shows_in_no_representation() -> None:
    assert "PNG" not in repr(sent(drawn_pdf(ENGLISH)))


# -- how small the print is ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layer", "size"),
    [
        (layer_of_size(12, 12, 7), 7.0),
        (TextLayer(), 0.0),
        (layer_of_size(0.5, 12, 9), 9.0),
        (layer_of_size(900), 0.0),
        (
            TextLayer(
                (Line("2", Quad.from_box(Box(0, 0, 1, 1))), Line("much longer print", Quad.from_box(Box(0, 0, 9, 9)))),
                (FontUse("f", 5, True), FontUse("f", 11, True)),
            ),
            11.0,
        ),
    ],
)
def test_the_smallest_print_that_somebody_wants_to_read(layer: TextLayer, size: float) -> None:
    assert printed_size(layer) == size


@pytest.mark.parametrize("turned", [0, 90, 180])
@pytest.mark.parametrize("size", [6.0, 9.0, 14.0])
def test_print_is_measured_on_a_picture_whichever_way_it_runs(size: float, turned: int) -> None:
    with pymupdf.open(stream=prose(size)) as document:
        pixmap = document[0].get_pixmap(dpi=200)
    image = Image.frombytes("RGB", (pixmap.width, pixmap.height), pixmap.samples).rotate(turned, expand=True)

    found = drawn_print(image)

    assert found.size == pytest.approx(size / 72 * 200, rel=0.3)
    assert found.sideways == (turned == 90)


def test_light_print_on_dark_paper_is_measured_alike() -> None:
    with pymupdf.open(stream=prose(10.0)) as document:
        pixmap = document[0].get_pixmap(dpi=200)
    image = Image.frombytes("RGB", (pixmap.width, pixmap.height), pixmap.samples)

    assert drawn_print(image.point([255 - value for value in range(256)] * 3)).size == drawn_print(image).size > 0


@pytest.mark.parametrize("colour", ["white", "black", "grey"])
@pytest.mark.parametrize("size", [(1, 1), (15, 40), (3000, 8), (700, 700)])
def test_where_there_is_no_print_none_is_measured(size: tuple[int, int], colour: str) -> None:
    assert drawn_print(Image.new("RGB", size, colour)) == (0.0, False)


def test_a_page_with_pictures_in_it_is_not_drawn_smaller_than_usual() -> None:
    with pymupdf.open(stream=prose(14.0)) as document:
        page = document[0]
        page.insert_image((100, 500, 500, 700), stream=png(marked(400, 200, (50, 50))))
        document_bytes = bytes(document.tobytes())

    picture = sent(document_bytes)

    assert (picture.width, picture.height) == sent_size(595, 842, scale=200 / 72, limits=V1_5)
