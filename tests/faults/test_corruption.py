"""Documents of every kind with a few bytes changed: only errors of ours come of it, and nothing is left behind."""

from __future__ import annotations

import asyncio
import contextlib
import random
from pathlib import Path

import pytest

from engine.errors import DiglotError
from engine.pages.opening import open_source
from engine.pages.source import PageSource
from tests.support import bad_files

KINDS = ("pdf", "scan", "png", "jpg", "tif", "gif", "heic", "webp", "bmp", "avif")
TIMES = 12


def sound(folder: Path, kind: str) -> bytes:
    """Return a small whole document of a kind."""
    path = folder / f"a.{kind}"
    if kind == "pdf":
        return bad_files.pdf(path, 3).read_bytes()
    if kind == "scan":
        return bad_files.scanned_pdf(path, 1).read_bytes()
    if kind == "heic":
        import pillow_heif

        pillow_heif.register_heif_opener()
    image = bad_files.picture(120, 90)
    more = {"save_all": True, "append_images": [image.rotate(180)]} if kind in ("tif", "gif", "webp") else {}
    image.save(path, **more)  # type: ignore[arg-type]
    return path.read_bytes()


def harmed(data: bytes, chance: random.Random) -> bytes:
    """Return it with bytes changed, dropped, doubled, or cut off."""
    out = bytearray(data)
    for _ in range(chance.choice((1, 3, 10, 40))):
        at = chance.randrange(len(out))
        match chance.randrange(5):
            case 0:
                out[at] ^= 1 << chance.randrange(8)
            case 1:
                out[at : at + 4] = chance.choice((b"\xff" * 4, b"\0" * 4, b"\x7f\xff\xff\xff", b"9999"))
            case 2:
                del out[at : at + chance.randrange(1, 20)]
            case 3:
                out[at:at] = out[at : at + chance.randrange(1, 200)]
            case 4 if chance.random() < 0.1:
                del out[max(at, 100) :]
    return bytes(out)


async def use(source: PageSource) -> None:
    for number in range(1, min(source.info.page_count, 3) + 1):
        for work in (source.render(number, scale=1.0, max_pixels=500_000), source.text_layer(number)):
            with contextlib.suppress(DiglotError):
                await work
    sizes = await source.sizes(1, min(source.info.page_count, 3))
    assert all(size.width > 0 and size.height > 0 for size in sizes)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_harmed_document_is_read_or_refused_in_words(
    kind: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    chance = random.Random(f"diglot {kind}")
    data = sound(tmp_path, kind)
    path = tmp_path / f"b.{kind}"

    async def one() -> None:
        try:
            source = await open_source(path)
        except DiglotError:
            return
        try:
            await use(source)
        finally:
            await source.close()

    for _ in range(TIMES):
        path.write_bytes(harmed(data, chance))
        asyncio.run(one())

    assert "fault of ours" not in caplog.text
