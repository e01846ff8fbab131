"""Pictures of every kind come out upright, 8-bit RGB, on white."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

import pytest
from PIL import Image

from engine.pages.image import PageImage, PageSize
from engine.pages.opening import open_source
from engine.pages.source import SourceKind
from tests.support import bad_files

RED, BLUE, WHITE = (255, 0, 0), (0, 0, 255), (255, 255, 255)
TURNS = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""EXIF orientation -> how the stored picture differs from the upright one."""


def drawn(
    path: Path, *, scale: float = 1.0, max_pixels: int = 10**8, grid: int = 1
) -> tuple[list[PageSize], list[PageImage]]:
    async def run() -> tuple[list[PageSize], list[PageImage]]:
        source = await open_source(path)
        try:
            assert source.info.kind in (SourceKind.PICTURE, SourceKind.FOLDER) and source.info.unit == "px"
            assert await source.text_layer(1) is None
            sizes = await source.sizes(1, source.info.page_count)
            numbers = range(1, source.info.page_count + 1)
            return sizes, [await source.render(n, scale=scale, max_pixels=max_pixels, grid=grid) for n in numbers]
        finally:
            await source.close()

    return asyncio.run(run())


def corner_colours(image: PageImage) -> tuple[tuple[int, ...], ...]:
    places = ((0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8))
    colours = []
    for x, y in places:
        at = (int(y * image.height) * image.width + int(x * image.width)) * 3
        colours.append(tuple(image.pixels[at : at + 3]))
    return tuple(colours)


def assert_upright(image: PageImage, *, tolerance: int = 30) -> None:
    for seen, wanted in zip(corner_colours(image), (RED, WHITE, BLUE, WHITE), strict=True):
        assert all(abs(a - b) <= tolerance for a, b in zip(seen, wanted, strict=True)), corner_colours(image)


@pytest.mark.parametrize("suffix", ["jpg", "png", "tif", "webp", "heic"])
@pytest.mark.parametrize("orientation", TURNS)
def test_the_orientation_of_the_camera_is_obeyed(orientation: int, suffix: str, tmp_path: Path) -> None:
    if suffix == "heic":
        import pillow_heif

        pillow_heif.register_heif_opener()
    upright = bad_files.picture(120, 80)
    turn = TURNS[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / f"a.{suffix}"
    (upright.transpose(turn) if turn is not None else upright).save(path, exif=exif.tobytes())

    sizes, images = drawn(path)

    assert sizes == [PageSize(120, 80)]
    assert (images[0].width, images[0].height) == (120, 80)
    assert_upright(images[0], tolerance=60)


@pytest.mark.parametrize("orientation", [1, 6])
def test_orientation_holds_in_folders_too(orientation: int, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    (tmp_path / "scans").mkdir()
    turn = TURNS[orientation]
    upright = bad_files.picture(120, 80)
    (upright.transpose(turn) if turn is not None else upright).save(tmp_path / "scans" / "a.jpg", exif=exif)

    sizes, images = drawn(tmp_path / "scans")

    assert sizes == [PageSize(120, 80)] == [images[0].page]
    assert_upright(images[0], tolerance=60)


@pytest.mark.parametrize("suffix", ["png", "jpg", "tif", "bmp", "webp", "gif", "avif", "heic"])
def test_formats(suffix: str, tmp_path: Path) -> None:
    import pillow_heif

    pillow_heif.register_heif_opener()
    bad_files.picture(64, 48).save(tmp_path / f"a.{suffix}")

    _, images = drawn(tmp_path / f"a.{suffix}")

    assert_upright(images[0], tolerance=60)


def cmyk(path: Path) -> None:
    bad_files.picture().convert("CMYK").save(path, "JPEG", quality=95)


def sixteen_bits(path: Path) -> None:
    image = Image.new("I;16", (60, 40), 65535)
    for x in range(30):
        for y in range(20):
            image.putpixel((x, y), 0)
            image.putpixel((x + 30, y + 20), 32768)
    image.save(path, "PNG")


def alpha(path: Path) -> None:
    image = bad_files.picture().convert("RGBA")
    for x in range(30, 60):
        for y in range(20):
            image.putpixel((x, y), (0, 0, 0, 0))  # black that cannot be seen
    image.save(path, "PNG")


def palette_alpha(path: Path) -> None:
    image = Image.new("P", (60, 40), 0)
    image.putpalette([0, 0, 0, 255, 0, 0, 0, 0, 255])
    for x in range(30):
        for y in range(20):
            image.putpixel((x, y), 1)
            image.putpixel((x + 30, y + 20), 2)
    image.save(path, "PNG", transparency=0)


def black_and_white(path: Path) -> None:
    bad_files.picture().convert("1", dither=Image.Dither.NONE).save(path, "TIFF", compression="group4")


def test_cmyk_becomes_the_colours_it_means(tmp_path: Path) -> None:
    cmyk(tmp_path / "a.jpg")
    assert_upright(drawn(tmp_path / "a.jpg")[1][0], tolerance=60)


@pytest.mark.parametrize("make", [alpha, palette_alpha])
def test_what_is_transparent_is_white(make: object, tmp_path: Path) -> None:
    make(tmp_path / "a.png")  # type: ignore[operator]
    assert_upright(drawn(tmp_path / "a.png")[1][0])


def test_sixteen_bits_are_scaled_and_not_cut(tmp_path: Path) -> None:
    sixteen_bits(tmp_path / "a.png")

    colours = corner_colours(drawn(tmp_path / "a.png")[1][0])

    assert colours[0] == (0, 0, 0)
    assert colours[1] == (255, 255, 255)
    assert colours[2][0] in (127, 128)


def test_a_fax_is_black_and_white(tmp_path: Path) -> None:
    black_and_white(tmp_path / "a.tif")

    assert set(corner_colours(drawn(tmp_path / "a.tif")[1][0])) == {(0, 0, 0), (255, 255, 255)}


@pytest.mark.parametrize("suffix", ["tif", "gif"])
def test_every_frame_is_a_page(suffix: str, tmp_path: Path) -> None:
    frames = [bad_files.picture(60 + (n if suffix == "tif" else 0), 40) for n in range(4)]
    frames[1].paste((0, 0, 0), (5, 5, 10, 10))  # equal frames are written once
    frames[2].paste((0, 200, 0), (0, 0, 30, 20))
    frames[0].save(tmp_path / f"a.{suffix}", save_all=True, append_images=frames[1:])

    sizes, images = drawn(tmp_path / f"a.{suffix}")

    assert len(sizes) == len(images) == 4
    assert [image.width for image in images] == [int(size.width) for size in sizes]
    assert corner_colours(images[2])[0][1] > 150
    assert_upright(images[3], tolerance=60)


@pytest.mark.slow
def test_a_picture_is_never_blown_up_and_fits_its_budget(tmp_path: Path) -> None:
    bad_files.picture(640, 480).save(tmp_path / "a.png")

    _, (twice,) = drawn(tmp_path / "a.png", scale=2.0)
    _, (half,) = drawn(tmp_path / "a.png", scale=0.5)
    _, (small,) = drawn(tmp_path / "a.png", max_pixels=10_000, grid=32)

    assert (twice.width, twice.height) == (640, 480)
    assert (half.width, half.height) == (320, 240)
    assert small.width * small.height <= 10_000 and small.width % 32 == small.height % 32 == 0
    assert small.page == PageSize(640, 480)
    assert_upright(small)


@pytest.mark.slow
def test_a_hundred_million_pixels_are_fine(tmp_path: Path) -> None:
    bad_files.picture(10_000, 10_000).save(tmp_path / "a.jpg", quality=50)

    _, (image,) = drawn(tmp_path / "a.jpg", scale=1.0, max_pixels=2_000_000)

    assert image.page == PageSize(10_000, 10_000)
    assert 1_900_000 < image.width * image.height <= 2_000_000
    assert_upright(image, tolerance=60)


def test_a_damaged_page_of_a_scan_leaves_the_others_alone(tmp_path: Path) -> None:
    from engine.errors import PageDamaged

    frames = [bad_files.picture() for _ in range(3)]
    buffer = io.BytesIO()
    frames[0].save(buffer, "TIFF", save_all=True, append_images=frames[1:], compression="tiff_lzw")
    data = bytearray(buffer.getvalue())
    with Image.open(io.BytesIO(data)) as image:
        image.seek(1)
        start, length = image.tag_v2[273][0], image.tag_v2[279][0]  # type: ignore[attr-defined]
    data[start : start + length] = b"\xff" * length
    (tmp_path / "a.tif").write_bytes(data)

    async def run() -> None:
        source = await open_source(tmp_path / "a.tif")
        try:
            assert source.info.page_count == 3
            await source.render(1, scale=1, max_pixels=10**6)
            with pytest.raises(PageDamaged):
                await source.render(2, scale=1, max_pixels=10**6)
            assert_upright(await source.render(3, scale=1, max_pixels=10**6))
        finally:
            await source.close()

    asyncio.run(run())
