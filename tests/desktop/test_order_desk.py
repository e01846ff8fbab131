"""What the window offers to be read, how a choice reaches the reader, and how its answer is shown."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from desktop.app import Parts
from desktop.models.pages import ReadState
from desktop.task_words import GROUPS, language_name, task_name, task_tip
from desktop.translations import install
from desktop.views.choice_button import Choice
from desktop.views.main_window import MainWindow
from desktop.views.reading_side import ReadingSide
from desktop.views.reading_tabs import Tab
from engine.server.state import ServerState
from engine.tasks.task import Task, TaskOrder
from tests.support.bad_files import pdf
from tests.support.desk import delete, desk, pane, until
from tests.support.fake_engine import FakeEngine, card
from tests.support.model_reader import ModelReader, use


@pytest.fixture(autouse=True)
def english(qapp: QApplication) -> None:
    install(qapp, "en")


def side_of(parts: Parts) -> ReadingSide:
    pane(parts)
    side = parts.window.findChild(ReadingSide)
    assert isinstance(side, ReadingSide)
    return side


async def opened(parts: Parts, folder: Path, pages: int = 2) -> tuple[ModelReader, ReadingSide]:
    """Open a document that is read by the model."""
    reader = use(parts)
    parts.bench.furnish()
    parts.bench.orders.choose_reader("vllm")
    parts.bench.open_paths([pdf(folder / "a.pdf", pages, text="Words on page {n} that can be read")])
    await until(lambda: len(parts.session.results) == pages and parts.session.job is None)
    return reader, side_of(parts)


async def ended(parts: Parts, reader: ModelReader, *, asked: int) -> None:
    await until(lambda: len(reader.asked) >= asked and parts.session.job is None)


def type_words(side: ReadingSide, words: str) -> None:
    side.asking._field.clear()
    QTest.keyClicks(side.asking._field, words)
    QTest.keyClick(side.asking._field, Qt.Key.Key_Return)


@pytest.mark.qloop
async def test_only_what_the_reader_can_do_is_offered() -> None:
    async with desk() as parts:
        use(parts)
        toolbar = parts.window.toolbar
        assert not toolbar.task.isEnabled(), "nobody has been asked yet"
        parts.bench.furnish()

        assert toolbar.task.offered() == ["document", "text", "table"]
        parts.bench.orders.choose_reader("vllm")
        assert sorted(toolbar.task.offered()) == sorted(Task)
        menu = toolbar.task.menu()
        assert [action.text() for action in menu.actions() if not action.isSeparator()][-1] == "Subtitles"
        assert sum(action.isSeparator() for action in menu.actions()) == 2
        assert all(action.toolTip() for action in menu.actions() if not action.isSeparator())
        assert not toolbar._language_place.isVisible()
        parts.bench.orders.choose_task(Task.TRANSLATION)
        assert toolbar._language_place.isVisible() and toolbar.language.offered() == ["zh", "en"]


@pytest.mark.qloop
@pytest.mark.slow
async def test_another_task_is_read_anew_and_the_same_one_goes_on(tmp_path: Path) -> None:
    async with desk() as parts:
        reader, side = await opened(parts, tmp_path)
        assert {order for _, order in reader.asked} == {TaskOrder()}

        menu = parts.window.toolbar.task.menu()
        table = next(action for action in menu.actions() if isinstance(action, QAction) and action.data() == "table")
        table.trigger()
        await ended(parts, reader, asked=4)

        assert reader.asked[2:] == [(1, TaskOrder(Task.TABLE)), (2, TaskOrder(Task.TABLE))]
        assert parts.window.toolbar.task.value == "table"
        assert "table 0 of page 1" in side.reading.text.toPlainText()


@pytest.mark.qloop
@pytest.mark.slow
async def test_f5_goes_on_with_the_pages_that_the_same_order_left(tmp_path: Path) -> None:
    async with desk() as parts:
        reader, _side = await opened(parts, tmp_path, pages=3)
        reader.holds = asyncio.Event()
        parts.bench.orders.choose_task(Task.TEXT)
        await until(lambda: len(reader.asked) == 6)
        parts.session.stop()
        await until(lambda: parts.session.job is None)
        reader.holds = None
        reader.asked.clear()

        parts.window.acts.read_page.trigger()
        await ended(parts, reader, asked=1)
        parts.window.acts.read.trigger()
        await ended(parts, reader, asked=3)

        assert reader.asked == [(number, TaskOrder(Task.TEXT)) for number in (1, 2, 3)]


@pytest.mark.qloop
@pytest.mark.slow
async def test_a_translation_is_shown_beside_its_source(tmp_path: Path) -> None:
    async with desk() as parts:
        reader, side = await opened(parts, tmp_path)
        tabs = side.reading.tabs
        assert not tabs.isTabVisible(tabs.index_of(Tab.BOTH))

        parts.bench.orders.choose_task(Task.TRANSLATION)
        parts.bench.orders.choose_language("zh")
        await ended(parts, reader, asked=4)

        assert reader.asked[-1][1] == TaskOrder(Task.TRANSLATION, target_language="zh")
        await until(lambda: tabs.tab in (Tab.TRANSLATION, Tab.BOTH))
        tabs.open(Tab.TRANSLATION)
        assert side.reading.pages.translation is not None
        assert side.reading.pages.translation.toPlainText() == "译文\n译文\n译文"
        tabs.open(Tab.RAW)
        assert side.reading.raw.toPlainText() == "raw translation"


@pytest.mark.qloop
@pytest.mark.slow
async def test_fields_are_typed_found_and_shown_on_the_page(tmp_path: Path) -> None:
    async with desk() as parts:
        reader, side = await opened(parts, tmp_path)
        parts.bench.orders.choose_task(Task.FIELDS)
        find = side.asking.findChild(QPushButton)
        assert side.asking.isVisible() and find is not None and not find.isEnabled()
        assert parts.session.order == TaskOrder(), "nothing is asked before there are names"

        type_words(side, "Invoice number, Total")
        await ended(parts, reader, asked=4)

        assert reader.asked[-1][1] == TaskOrder(Task.FIELDS, fields=("Invoice number", "Total"))
        await until(lambda: side.reading.tabs.tab is Tab.FIELDS)
        model = side.reading.pages.fields.model  # type: ignore[union-attr]
        assert model.index(1, 1).data() == "value of Total"
        side.reading.tabs.open(Tab.TEXT)
        assert "Fields" in side.reading.pages.message.text()


@pytest.mark.qloop
@pytest.mark.slow
async def test_a_question_is_asked_of_the_page_in_view_and_never_by_itself(tmp_path: Path) -> None:
    async with desk() as parts:
        reader, side = await opened(parts, tmp_path)
        pane(parts).pages.go_to_page(2)
        parts.bench.orders.choose_task(Task.QUESTION)
        type_words(side, "When is it due?")
        await ended(parts, reader, asked=3)
        question = (2, TaskOrder(Task.QUESTION, question="When is it due?"))
        assert reader.asked[2:] == [question]
        parts.bench.orders.choose_reader("vllm")
        await ended(parts, reader, asked=4)
        assert reader.asked[3:] == [question], "another reader is asked about the same page, not about every page"

        parts.bench.open_paths([pdf(tmp_path / "b.pdf", 1, text="Other words on page {n}")])
        await until(lambda: parts.window.windowTitle().startswith("b.pdf"))
        await asyncio.sleep(0.9)
        assert len(reader.asked) == 4
        assert side.asking.isVisible()


@pytest.mark.qloop
@pytest.mark.slow
async def test_closing_the_line_leaves_everything_as_it_was(tmp_path: Path) -> None:
    async with desk() as parts:
        reader, side = await opened(parts, tmp_path)
        parts.bench.orders.choose_task(Task.FIELDS)
        QTest.keyClick(side.asking._field, Qt.Key.Key_Escape)

        assert not side.asking.isVisible()
        assert (parts.window.toolbar.task.value, len(reader.asked)) == ("document", 2)


@pytest.mark.qloop
@pytest.mark.slow
async def test_a_reader_that_cannot_do_it_reads_the_document_and_says_so(tmp_path: Path) -> None:
    async with desk() as parts:
        reader, side = await opened(parts, tmp_path)
        parts.bench.orders.choose_task(Task.TRANSLATION)
        await ended(parts, reader, asked=4)

        parts.bench.orders.choose_reader("text")
        assert "cannot do “Translation”" in parts.window.strip._aside.text()
        assert parts.window.toolbar.task.value == "document"
        await until(lambda: parts.session.job is None and parts.session.results[2].reader == "text")
        assert side.reading.tabs.tab is Tab.TEXT

        parts.bench.orders.choose_reader("vllm")
        await ended(parts, reader, asked=6)
        assert parts.window.strip._aside.text() == ""
        assert reader.asked[-1][1].task is Task.TRANSLATION, "the wish was not forgotten"


@pytest.mark.qloop
async def test_without_a_document_nobody_is_asked_for_words() -> None:
    async with desk() as parts:
        use(parts)
        parts.bench.furnish()
        parts.bench.orders.choose_reader("vllm")
        parts.bench.orders.choose_task(Task.QUESTION)

        assert "Open a document first" in parts.window.strip._words.text()
        assert parts.window.toolbar.task.value == "document"


@pytest.mark.qloop
async def test_the_choice_is_there_again_at_the_next_start(tmp_path: Path) -> None:
    store = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    async with desk(store) as parts:
        use(parts)
        parts.bench.orders.choose_reader("vllm")
        parts.bench.orders.choose_task(Task.TRANSLATION)
        parts.bench.orders.choose_language("zh")
    async with desk(store) as parts:
        use(parts)
        parts.bench.furnish()
        toolbar = parts.window.toolbar
        assert (parts.session.reader, toolbar.task.value, toolbar.language.value) == ("vllm", "translation", "zh")


@pytest.mark.qloop
@pytest.mark.slow
async def test_a_page_streams_in_while_it_is_looked_at_and_ends_in_the_whole(tmp_path: Path) -> None:
    async with desk() as parts:
        reader = use(parts)
        reader.holds = asyncio.Event()
        side = side_of(parts)
        parts.bench.orders.choose_reader("vllm")
        parts.bench.open_paths([pdf(tmp_path / "a.pdf", 2, text="Words on page {n} that can be read")])

        await until(lambda: side.reading.text.growing)
        await until(lambda: "document 2 of page 1" in side.reading.text.toPlainText())
        assert side.reading._origin.text() == "Still being read …"
        assert pane(parts).model.status(1).state is ReadState.READING
        reader.holds.set()
        await until(lambda: parts.session.job is None)
        await until(lambda: not side.reading.text.growing)
        assert side.reading._origin.text() == "Read by HunyuanOCR"


@pytest.mark.qloop
async def test_a_page_that_waits_for_the_engine_says_so() -> None:
    engine = FakeEngine(card(12))
    async with desk(engine=engine) as parts:
        side = side_of(parts)
        parts.session.reader = "vllm"
        engine.become(ServerState.STARTING)
        await until(lambda: "engine is starting" in side._waits_for)
        engine.become(ServerState.READY)
        await until(lambda: side._waits_for == "")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_toolbar_has_room_for_everything_at_1280(qapp: QApplication, language: str) -> None:
    install(qapp, language)
    window = MainWindow()
    window.acts.set_document_open(True)
    window.resize(1280, 800)
    toolbar = window.toolbar
    toolbar.show_page(1, 2000)
    toolbar.show_zoom(12.5)
    groups = [[Choice(task, task_name(task), task_tip(task)) for task in group] for group in GROUPS]
    toolbar.offer_tasks(groups, "spotting")
    toolbar.offer_languages([Choice(tag, language_name(tag)) for tag in ("zh", "en")], "en")
    window.show()
    qapp.processEvents()
    try:
        shown = [toolbar.widgetForAction(action) for action in toolbar.actions() if action.isVisible()]
        assert all(widget.isVisible() and widget.geometry().right() < toolbar.width() for widget in shown)
    finally:
        install(qapp, "en")
        delete(window)
