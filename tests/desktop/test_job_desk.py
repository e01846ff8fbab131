"""Jobs in the window: pausing, waiting, a page beside them, what failed, what was read before, what was interrupted."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from desktop.app import Parts
from desktop.engine_words import remedy_words
from desktop.models.pages import ReadState
from desktop.views.banner import BannerStack
from engine.engine_errors import EngineCrashed, Remedy, RemedyKind
from engine.errors import PageDamaged
from engine.readers.reader import ReadingEvent, ReadingRequest
from engine.server.state import ServerState
from engine.store.records import DocumentFacts, ReadingKey
from engine.tasks.task import Way
from tests.support.bad_files import pdf
from tests.support.desk import desk, pane, until
from tests.support.fake_engine import FakeEngine
from tests.support.model_reader import ModelReader


class MoodyReader(ModelReader):
    """Reads one page at a time; pages may be held back, may fail, or the engine may be away."""

    pages_at_once = 1

    def __init__(self) -> None:
        super().__init__()
        self.ways: list[tuple[int, Way]] = []
        self.held: set[int] = set()
        self.bad: set[int] = set()
        self.away = False
        self.for_good: Remedy | None = None

    async def read(self, request: ReadingRequest) -> AsyncGenerator[ReadingEvent]:
        self.ways.append((request.number, request.way))
        while request.number in self.held:
            await asyncio.sleep(0.01)
        if self.away:
            raise self._gone()
        if request.number in self.bad:
            raise PageDamaged(f"page {request.number}")
        async for event in super().read(request):
            yield event

    def _gone(self) -> EngineCrashed:
        error = EngineCrashed(remedy=self.for_good)
        error.for_good = self.for_good is not None
        return error


def moody(parts: Parts) -> MoodyReader:
    reader = MoodyReader()
    parts.service._readers._made["vllm"] = reader
    parts.bench.furnish()
    parts.bench.orders.choose_reader("vllm")
    return reader


def words(parts: Parts) -> str:
    return parts.window.strip._words.text()


def book(folder: Path, pages: int = 4, name: str = "book.pdf") -> Path:
    return pdf(folder / name, pages, text="Words on page {n} that can be read")


@pytest.mark.qloop
@pytest.mark.slow
async def test_a_job_is_paused_and_goes_on(tmp_path: Path) -> None:
    async with desk() as parts:
        reader = moody(parts)
        reader.held = {2}
        parts.bench.open_paths([book(tmp_path)])
        await until(lambda: len(parts.session.results) == 1)
        strip = parts.window.strip

        QTest.mouseClick(strip._pause, Qt.MouseButton.LeftButton)
        await until(lambda: words(parts).startswith("Paused · "))
        reader.held.clear()
        await until(lambda: len(parts.session.results) == 2)
        await asyncio.sleep(0.1)

        assert len(parts.session.results) == 2, "no further page is begun"
        assert strip._pause.isHidden() and strip._go_on.text() == "Go on"
        parts.window.acts.pause.trigger()
        await until(lambda: parts.session.job is None)
        assert len(parts.session.results) == 4
        assert strip._go_on.isHidden()


@pytest.mark.qloop
@pytest.mark.slow
async def test_what_is_waited_for_is_said_and_can_be_tried_at_once(tmp_path: Path) -> None:
    async with desk() as parts:
        reader = moody(parts)
        reader.away = True
        parts.bench.open_paths([book(tmp_path)])

        await until(lambda: words(parts).startswith("Waiting: "))

        strip = parts.window.strip
        assert EngineCrashed.title in words(parts)
        assert strip._go_on.toolTip() and strip._go_on.text() == "Go on now"
        reader.away = False
        QTest.mouseClick(strip._go_on, Qt.MouseButton.LeftButton)
        await until(lambda: parts.session.job is None)
        assert len(parts.session.results) == 4


@pytest.mark.qloop
@pytest.mark.slow
async def test_where_only_a_change_of_the_engine_helps_the_button_makes_it(tmp_path: Path) -> None:
    engine = FakeEngine(state=ServerState.FAILED)
    async with desk(engine=engine) as parts:
        reader = moody(parts)
        reader.away, reader.for_good = True, Remedy(RemedyKind.USE_LENGTH, 4096)
        parts.bench.open_paths([book(tmp_path)])
        strip = parts.window.strip
        await until(lambda: words(parts).startswith("Waiting: "))
        assert strip._go_on.text() == remedy_words(reader.for_good)
        tried = len(reader.ways)

        QTest.mouseClick(strip._go_on, Qt.MouseButton.LeftButton)

        await until(lambda: ("apply", reader.for_good) in engine.calls)
        assert len(reader.ways) == tried and parts.session.job is not None, "it goes on when the engine is ready"
        reader.away = False
        parts.window.acts.pause.trigger()
        await until(lambda: parts.session.job is None)
        assert len(parts.session.results) == 4


@pytest.mark.qloop
@pytest.mark.slow
async def test_a_page_is_read_again_beside_the_job_that_is_under_way(tmp_path: Path) -> None:
    async with desk() as parts:
        reader = moody(parts)
        reader.held = {3}
        parts.bench.open_paths([book(tmp_path)])
        await until(lambda: len(reader.ways) == 3)
        job = parts.session.job

        parts.bench.desk().side.reading.way_asked.emit(Way.PLAIN)
        await asyncio.sleep(0.1)
        assert parts.session.job is job, "the job is not stopped"
        assert words(parts).startswith("2 of 4"), "the foot tells of the job"
        reader.held.clear()
        await until(lambda: parts.session.job is None)

        assert reader.ways[3] == (1, Way.PLAIN), "it comes before the job's other pages"
        assert reader.ways[4:] == [(4, Way.USUAL)]
        assert [pane(parts).model.status(n).state for n in range(1, 5)] == [ReadState.DONE] * 4


@pytest.mark.qloop
@pytest.mark.slow
async def test_stop_stops_single_pages_too(tmp_path: Path) -> None:
    async with desk() as parts:
        reader = moody(parts)
        reader.held = {2}
        parts.bench.open_paths([book(tmp_path)])
        await until(lambda: len(reader.ways) == 2)
        parts.session.read([1])
        await until(lambda: len(parts.session.jobs._pages) == 1)

        parts.session.stop()

        await until(lambda: parts.session.job is None and not parts.session.jobs._pages)
        assert words(parts).startswith("Stopped")


@pytest.mark.qloop
@pytest.mark.slow
async def test_pages_that_failed_are_read_again_and_no_others(tmp_path: Path) -> None:
    async with desk() as parts:
        reader = moody(parts)
        reader.bad = {2, 4}
        parts.bench.open_paths([book(tmp_path)])
        await until(lambda: parts.session.jobs.last is not None)
        strip, acts = parts.window.strip, parts.window.acts
        assert acts.retry.isEnabled()
        assert strip._retry.isVisible() and "2" in strip._retry.text()
        reader.bad, reader.ways = set(), []

        QTest.mouseClick(strip._retry, Qt.MouseButton.LeftButton)

        await until(lambda: len(parts.session.results) == 4 and parts.session.job is None)
        assert {number for number, _ in reader.ways} == {2, 4}
        assert not acts.retry.isEnabled() and strip._retry.isHidden()


# -- from one day to the next


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> QSettings:
    monkeypatch.setenv("DIGLOT_HOME", str(tmp_path / "home"))
    return QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)


def offer(parts: Parts) -> dict[str, QPushButton]:
    """Return the buttons of the banner that tells of an interrupted job."""
    stack = parts.window.findChild(BannerStack)
    banners = stack.banners if isinstance(stack, BannerStack) else []
    return {button.text(): button for banner in banners for button in banner.choices}


async def interrupt(store: QSettings, path: Path, *, after: int) -> None:
    """Read some pages of a document, then close the window in the middle of the next one."""
    async with desk(store) as parts:
        reader = moody(parts)
        reader.held = {after + 1}
        parts.bench.open_paths([path])
        await until(lambda: len(reader.ways) == after + 1 and len(parts.session.results) == after)


@pytest.mark.qloop
@pytest.mark.slow
async def test_what_was_read_is_there_again_and_is_not_read_again(tmp_path: Path, store: QSettings) -> None:
    path = book(tmp_path)
    async with desk(store) as parts:
        moody(parts)
        parts.bench.open_paths([path])
        await until(lambda: len(parts.session.results) == 4 and parts.session.job is None)

    async with desk(store) as parts:
        reader = moody(parts)
        recalled: list[int] = []
        parts.session.recalled.connect(recalled.append)
        parts.bench.open_paths([path])
        await until(lambda: recalled)
        await asyncio.sleep(0.2)

        assert recalled == [4] and not reader.ways and parts.session.job is None
        assert [pane(parts).model.status(n).state for n in range(1, 5)] == [ReadState.DONE] * 4
        side = parts.bench.desk().side
        assert "document 0 of page 1" in side.reading.text.toPlainText()
        assert "read on" in side.reading._origin.text()
        parts.session.read([1])
        await until(lambda: parts.session.job is None and parts.session.jobs.last is not None)
        assert "read on" not in side.reading._origin.text(), "it was read just now"


@pytest.mark.qloop
@pytest.mark.slow
async def test_an_interrupted_job_is_offered_and_goes_on_where_it_was(tmp_path: Path, store: QSettings) -> None:
    path = book(tmp_path)
    await interrupt(store, path, after=2)

    async with desk(store) as parts:
        reader = moody(parts)
        await until(lambda: offer(parts))
        stack = parts.window.findChild(BannerStack)
        assert isinstance(stack, BannerStack)
        assert stack.banners[0].title == "Reading “book.pdf” was interrupted at page 2 of 4"

        QTest.mouseClick(offer(parts)["Go on"], Qt.MouseButton.LeftButton)

        await until(lambda: len(parts.session.results) == 4 and parts.session.job is None)
        assert [number for number, _ in reader.ways] == [3, 4]
        assert not offer(parts)

    async with desk(store) as parts:
        moody(parts)
        assert await parts.session.interrupted() == []


@pytest.mark.qloop
@pytest.mark.slow
async def test_opening_the_document_goes_on_with_it_as_well(
    tmp_path: Path, store: QSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = Path(book(tmp_path).name)  # as it is typed in its own folder
    await interrupt(store, path, after=1)

    async with desk(store) as parts:
        reader = moody(parts)
        await until(lambda: offer(parts))
        parts.bench.open_paths([path])
        await until(lambda: len(parts.session.results) == 4 and parts.session.job is None)

        assert [number for number, _ in reader.ways] == [2, 3, 4]
        assert not offer(parts), "it is not interrupted any more"


@pytest.mark.qloop
@pytest.mark.slow
async def test_what_a_command_had_a_server_read_is_not_offered_and_the_document_is_read_as_usual(
    tmp_path: Path, store: QSettings
) -> None:
    path = book(tmp_path)
    async with desk(store) as parts:
        library = await parts.service.library()
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        there = DocumentFacts(sha256, path.name, "pdf", "pt", 4, path=str(path))
        await library.begin_job(there, ReadingKey("https://ocr.house.example"), range(1, 5))

    async with desk(store) as parts:
        reader = moody(parts)
        assert await parts.session.interrupted() == []
        parts.bench.open_paths([path])

        await until(lambda: len(parts.session.results) == 4 and parts.session.job is None)
        assert [number for number, _ in reader.ways] == [1, 2, 3, 4]


@pytest.mark.qloop
@pytest.mark.slow
async def test_the_toolbar_shows_who_goes_on_with_it(tmp_path: Path, store: QSettings) -> None:
    path = book(tmp_path)
    await interrupt(store, path, after=1)

    async with desk(store) as parts:
        reader = moody(parts)
        parts.bench.orders.choose_reader("auto")
        reader.held = {3}
        parts.bench.open_paths([path])
        await until(lambda: len(parts.session.results) == 2)

        assert parts.session.reader == "vllm"
        assert parts.window.toolbar._reader.currentData() == "vllm"
        reader.held.clear()
        await until(lambda: parts.session.job is None)


@pytest.mark.qloop
@pytest.mark.slow
async def test_a_job_can_be_dropped_or_left_for_later(tmp_path: Path, store: QSettings) -> None:
    await interrupt(store, book(tmp_path), after=1)
    async with desk(store) as parts:
        moody(parts)
        await until(lambda: offer(parts))
        QTest.mouseClick(offer(parts)["Not now"], Qt.MouseButton.LeftButton)
        assert not offer(parts)
        assert len(await parts.session.interrupted()) == 1

        parts.bench.review().jobs.offer_interrupted()
        await until(lambda: offer(parts))
        QTest.mouseClick(offer(parts)["Drop"], Qt.MouseButton.LeftButton)

        assert not offer(parts)
        async with asyncio.timeout(10):
            while await parts.session.interrupted():
                await asyncio.sleep(0.02)


@pytest.mark.qloop
@pytest.mark.slow
async def test_a_file_that_is_gone_is_said_to_be(tmp_path: Path, store: QSettings) -> None:
    path = book(tmp_path)
    await interrupt(store, path, after=1)
    path.unlink()
    async with desk(store) as parts:
        moody(parts)
        await until(lambda: offer(parts))

        QTest.mouseClick(offer(parts)["Go on"], Qt.MouseButton.LeftButton)

        stack = parts.window.findChild(BannerStack)
        assert isinstance(stack, BannerStack)
        await until(lambda: stack.banners)
        assert stack.banners[0].title == "book.pdf: There is no such file"
        assert len(await parts.session.interrupted()) == 1, "it may come back"


@pytest.mark.qloop
@pytest.mark.slow
async def test_a_file_that_has_changed_is_read_from_its_beginning(tmp_path: Path, store: QSettings) -> None:
    path = book(tmp_path)
    await interrupt(store, path, after=2)
    pdf(path, 3, text="Other words on page {n} altogether")
    async with desk(store) as parts:
        reader = moody(parts)
        await until(lambda: offer(parts))

        QTest.mouseClick(offer(parts)["Go on"], Qt.MouseButton.LeftButton)

        await until(lambda: len(parts.session.results) == 3 and parts.session.job is None)
        assert [number for number, _ in reader.ways] == [1, 2, 3]
