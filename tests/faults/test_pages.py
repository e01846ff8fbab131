"""A page process that crashes, hangs, swells or lies costs one page; the others go on and nothing is left."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import psutil
import pymupdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.children.child import Reply
from engine.errors import (
    BadInput,
    DamagedFile,
    DiglotError,
    FileVanished,
    PageCrashed,
    PageDamaged,
    PageError,
    PageTimedOut,
    PageTooComplex,
)
from engine.pages import document
from engine.pages import process as page_process
from engine.pages.document import FileSource
from engine.pages.layer import layer_of
from engine.pages.opening import open_source
from engine.pages.process import checked_image, checked_opening, checked_size
from tests.support import bad_files
from tests.support.children import descendants, left_of

PIXELS = 2_000_000


def with_source(
    target: Path, work: Callable[[FileSource], Coroutine[Any, Any, None]], *, password: str | None = None
) -> None:
    """Open a document, let `work` do its worst, close it, and see that nothing of it runs or stays open."""

    async def run() -> list[psutil.Process]:
        source = await open_source(target, password=password)
        assert isinstance(source, FileSource)
        family: list[psutil.Process] = []
        try:
            await work(source)
            family = descendants(source.process.pid)
        finally:
            await source.close()
        return family

    before = len(list(Path("/proc/self/fd").iterdir()))
    family = asyncio.run(run())
    assert not left_of(family)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


async def page(source: FileSource, number: int, *, urgent: bool = False) -> int:
    return (await source.render(number, scale=1.0, max_pixels=PIXELS, urgent=urgent)).width


async def error_of(source: FileSource, number: int) -> DiglotError | None:
    try:
        await page(source, number)
    except DiglotError as error:
        return error
    return None


@pytest.mark.slow
def test_a_crash_on_page_seven_is_an_error_on_page_seven(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGLOT_CHILD_FAULT", "page:crash:7")

    async def work(source: FileSource) -> None:
        errors = {number: await error_of(source, number) for number in range(1, 11)}
        assert {number: type(error) for number, error in errors.items() if error} == {7: PageCrashed}
        assert "page 7" in str(errors[7])
        assert await source.text_layer(8) is not None
        with pytest.raises(PageCrashed):
            await source.text_layer(7)

    with_source(bad_files.pdf(tmp_path / "a.pdf", 10), work)


@pytest.mark.slow
def test_a_crash_while_measuring_costs_the_size_of_one_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGLOT_CHILD_FAULT", "size:crash:7")
    path = tmp_path / "a.pdf"
    with pymupdf.open() as made:
        for number in range(1, 21):
            made.new_page(width=200 + number, height=300)
        made.save(path)

    async def work(source: FileSource) -> None:
        widths = [size.width for size in await source.sizes(1, 20)]
        assert widths == [document.A4.width if number == 7 else 200 + number for number in range(1, 21)]

    with_source(path, work)


@pytest.mark.slow
def test_a_hang_on_page_three_is_an_error_on_page_three(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGLOT_CHILD_FAULT", "page:hang:3")
    monkeypatch.setattr(page_process, "PAGE_WITHIN_S", 1.0)

    async def work(source: FileSource) -> None:
        errors = {number: await error_of(source, number) for number in range(1, 6)}
        assert {number: type(error) for number, error in errors.items() if error} == {3: PageTimedOut}

    with_source(bad_files.pdf(tmp_path / "a.pdf", 5), work)


@pytest.mark.slow
def test_all_pages_asked_at_once_meet_their_own_fate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGLOT_CHILD_FAULT", "page:crash:4")

    async def work(source: FileSource) -> None:
        errors = await asyncio.gather(*(error_of(source, number) for number in range(1, 9)))
        assert [type(error) for error in errors if error] == [PageCrashed]

    with_source(bad_files.pdf(tmp_path / "a.pdf", 8), work)


@pytest.mark.slow
def test_kill_9_in_the_middle_of_pages_costs_nothing(tmp_path: Path) -> None:
    async def work(source: FileSource) -> None:
        done = 0
        killed = set()
        for number in range(1, 13):
            drawing = asyncio.ensure_future(page(source, number))
            await asyncio.sleep(0.02)
            if number in (3, 6, 9):
                assert not drawing.done()  # in the middle of it, or this shows nothing
                for process in descendants(source.process.pid):
                    killed.add(process.pid)
                    process.kill()
            await drawing
            done += 1
        assert done == 12 and len(killed) >= 3

    with_source(bad_files.scanned_pdf(tmp_path / "a.pdf", 12), work)


@pytest.mark.slow
def test_the_password_still_opens_after_a_crash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGLOT_CHILD_FAULT", "page:crash:1")

    async def work(source: FileSource) -> None:
        assert type(await error_of(source, 1)) is PageCrashed
        assert await error_of(source, 2) is None

    with_source(bad_files.encrypted_pdf(tmp_path / "a.pdf", user="密码"), work, password="密码")


@pytest.mark.slow
def test_a_file_taken_away_while_open_is_still_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGLOT_CHILD_FAULT", "page:crash:2")
    path = bad_files.pdf(tmp_path / "a.pdf", 3)

    async def work(source: FileSource) -> None:
        path.unlink()
        assert type(await error_of(source, 2)) is PageCrashed
        assert await error_of(source, 3) is None  # the new process was given the same open file

    with_source(path, work)


@pytest.mark.parametrize("how", ["cut", "rewritten", "emptied"])
def test_a_file_that_changes_while_open_is_told(how: str, tmp_path: Path) -> None:
    path = bad_files.pdf(tmp_path / "a.pdf", 50)
    other = bad_files.pdf(tmp_path / "b.pdf", 30).read_bytes()

    async def work(source: FileSource) -> None:
        assert await error_of(source, 1) is None
        if how == "cut":
            os.truncate(path, path.stat().st_size // 3)
        elif how == "emptied":
            os.truncate(path, 0)
        else:
            path.write_bytes(other)
        assert type(await error_of(source, 40)) is FileVanished
        with pytest.raises(FileVanished):
            await source.text_layer(41)
        with pytest.raises(FileVanished):
            await source.content_hash()

    with_source(path, work)


def test_a_picture_that_vanishes_from_its_folder_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "scans"
    folder.mkdir()
    for number in range(3):
        bad_files.picture().save(folder / f"{number}.png")
    bad_files.cut(folder / "2.png", 0.7)

    async def run() -> list[type[DiglotError] | None]:
        source = await open_source(folder)
        (folder / "1.png").unlink()
        endings: list[type[DiglotError] | None] = []
        for number in range(1, 4):
            try:
                await source.render(number, scale=1, max_pixels=PIXELS)
                endings.append(None)
            except DiglotError as error:
                endings.append(type(error))
        await source.close()
        return endings

    assert asyncio.run(run()) == [None, FileVanished, PageDamaged]


@pytest.mark.slow
def test_a_page_with_an_enormous_picture_leaves_the_others_alone(tmp_path: Path) -> None:
    async def work(source: FileSource) -> None:
        assert await error_of(source, 1) is None
        assert type(await error_of(source, 2)) in (type(None), PageTooComplex, PageDamaged)
        assert await error_of(source, 3) is None

    with_source(bad_files.hungry_pdf(tmp_path / "a.pdf"), work)


def test_too_little_memory_is_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_process, "MEMORY_BYTES", 500 << 20)

    async def work(source: FileSource) -> None:
        with pytest.raises(PageTooComplex):
            await source.render(1, scale=19.0, max_pixels=400_000_000)
        assert await error_of(source, 1) is None

    with_source(bad_files.pdf(tmp_path / "a.pdf"), work)


@pytest.mark.slow
def test_the_window_goes_before_the_job(tmp_path: Path) -> None:
    async def work(source: FileSource) -> None:
        order: list[str] = []

        async def ask(number: int, who: str) -> None:
            await page(source, number, urgent=who == "window")
            order.append(f"{who} {number}")

        jobs = [asyncio.ensure_future(ask(number, "job")) for number in range(1, 6)]
        await asyncio.sleep(0)
        dropped = jobs.pop()
        await asyncio.sleep(0.01)
        dropped.cancel()
        await asyncio.gather(*jobs, *(ask(number, "window") for number in (11, 12)))
        assert order[0] == "job 1"  # it was at work already
        assert order[1:3] == ["window 11", "window 12"]
        assert order[3:] == ["job 2", "job 3", "job 4"]

    with_source(bad_files.scanned_pdf(tmp_path / "a.pdf", 12), work)


@pytest.mark.slow
def test_a_page_drawn_ahead_is_the_page_that_was_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "QUIET_S", 0.02)

    async def work(source: FileSource) -> None:
        drawn = 0
        for number in (1, 2, 3, 7, 8, 2, 10):
            image = await source.render(number, scale=0.5, max_pixels=PIXELS)
            direct = await source.render(number, scale=0.5, max_pixels=PIXELS, urgent=True)
            assert bytes(image.pixels) == bytes(direct.pixels)
            await asyncio.sleep(0.1)  # quiet enough for the next one to be drawn
            drawn += 1
        assert drawn == 7 and len(source._ready) <= 1

    with_source(bad_files.pdf(tmp_path / "a.pdf", 10), work)


@pytest.mark.slow
def test_an_error_ahead_is_told_when_its_page_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGLOT_CHILD_FAULT", "page:crash:2")

    async def work(source: FileSource) -> None:
        assert await error_of(source, 1) is None
        await asyncio.sleep(0.3)
        assert type(await error_of(source, 2)) is PageCrashed
        assert await error_of(source, 3) is None

    with_source(bad_files.pdf(tmp_path / "a.pdf", 4), work)


@pytest.mark.slow
def test_closing_at_work_ends_at_once_and_cancels_who_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGLOT_CHILD_FAULT", "page:hang:1")

    async def run() -> None:
        source = await open_source(bad_files.pdf(tmp_path / "a.pdf", 3))
        assert isinstance(source, FileSource)
        waiting = [asyncio.ensure_future(page(source, number)) for number in (1, 2, 3)]
        await asyncio.sleep(0.2)
        family = descendants(source.process.pid)
        await source.close()
        await source.close()
        endings = await asyncio.gather(*waiting, return_exceptions=True)
        assert [type(ending) for ending in endings] == [asyncio.CancelledError] * 3
        assert family and not left_of(family)

    asyncio.run(run())


def test_a_document_whose_opening_crashes_is_a_bad_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGLOT_CHILD_FAULT", "open:crash:0")

    with pytest.raises(DamagedFile, match="stops the program"):
        with_source(bad_files.pdf(tmp_path / "a.pdf"), lambda source: error_of(source, 1))  # type: ignore[arg-type, return-value]


@pytest.mark.slow
def test_memory_stays_flat_over_many_pages(tmp_path: Path) -> None:
    async def work(source: FileSource) -> None:
        sizes = []
        for number in range(1, 61):
            await source.render(number, scale=1.5, max_pixels=PIXELS)
            if number in (15, 60):
                sizes.append(max(process.memory_info().rss for process in descendants(source.process.pid)))
        assert sizes[1] < sizes[0] * 1.2 and sizes[1] < 200 << 20

    with_source(bad_files.scanned_pdf(tmp_path / "a.pdf", 60), work)


# -- what a hostile page process may say

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=14) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=30,
)


@given(
    st.dictionaries(st.sampled_from(["width", "height", "page", "pages", "title", "repaired"]), anything), st.binary()
)
@pytest.mark.slow
def test_no_answer_harms_the_app(header: dict[str, Any], blob: bytes) -> None:
    reply = Reply(header, bytearray(blob))
    for check in (lambda: checked_image(reply, "page 1", max_pixels=100), lambda: checked_opening(reply, "a.pdf")):
        with contextlib.suppress(PageError, BadInput):
            check()
    size = checked_size(header.get("page"))
    assert size is None or (size.width > 0 and size.height > 0)


@given(anything | st.fixed_dictionaries({"lines": anything, "rules": anything, "figures": anything}))
@pytest.mark.slow
def test_no_text_layer_harms_the_app(untrusted: Any) -> None:
    layer = layer_of(untrusted)

    assert layer is None or len(layer.lines) == len(layer.fonts) > 0


@given(
    st.lists(
        st.tuples(
            st.text(), *[st.floats() | st.integers()] * 8, st.text(), st.floats(), st.booleans(), st.booleans()
        ).map(list)
    )
)
@pytest.mark.slow
def test_only_lines_with_a_place_are_believed(lines: list[Any]) -> None:
    layer = layer_of({"lines": lines, "rules": [], "figures": []})

    assert all(abs(side) < 1e7 for line in (layer.lines if layer else ()) for side in line.box)


def test_a_process_that_lies_about_its_pages_is_not_believed() -> None:
    for pages in (0, -1, 10**9, True, 1.5, "3", None):
        with pytest.raises(BadInput):
            checked_opening(Reply({"pages": pages, "title": ""}), "a.pdf")


@pytest.mark.slow
def test_a_process_that_died_between_two_pages_is_replaced_unnoticed(tmp_path: Path) -> None:
    async def work(source: FileSource) -> None:
        assert await error_of(source, 1) is None
        for process in descendants(source.process.pid):
            process.terminate()  # bubblewrap passes it on as an end of its own
        await asyncio.sleep(0.3)
        assert await error_of(source, 2) is None

    with_source(bad_files.pdf(tmp_path / "a.pdf", 3), work)
