"""Twelve pages read through the app's own façade on the real vLLM: every task word for word, alone and together."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from engine.events import Event, JobOutcome, PageFailed, PageFinished, PagePartly, PageStarted
from engine.output.blocks import Box, PageResult, Paragraph, WarningCode
from engine.readers import asking_pictures
from engine.readers.hunyuan import HunyuanReader
from engine.service import Service
from engine.tasks.family import likely_family
from engine.tasks.page_tokens import resized
from engine.tasks.task import Task, TaskOrder
from tests.support import engine_report
from tests.support.bills import FIELD_NAMES, SIZE, Bill, bills_pdf
from tests.support.bills_read import bill_of, document_said, table_of, text_of, translation_said
from tests.support.plain_vllm import PlainVllm
from tests.support.real_home import set_up_shared
from tests.support.said import said

pytestmark = [pytest.mark.slow, pytest.mark.engine, pytest.mark.usefixtures("long_lived")]

PAGES = 12
DIFFERENT = 4
"""The pages after these are the same again."""
UNHURRIED = 2
"""So many pages at once that each has its second reading: where the model is faster, it is not held up."""
IN_VIEW = 5
A_PIXEL = 1.0
"""Of the grid that the model sees; it tells places in thousandths, which are larger than that."""
ORDERS = (
    TaskOrder(Task.DOCUMENT),
    TaskOrder(Task.TEXT),
    TaskOrder(Task.TABLE),
    TaskOrder(Task.SPOTTING),
    TaskOrder(Task.FIELDS, fields=FIELD_NAMES),
    TaskOrder(Task.TRANSLATION, target_language="en"),
)


@dataclass
class Watch:
    """What was told of a job: how many pages were under way together, and what came of a page before it was whole."""

    under_way: set[int] = field(default_factory=set)
    most_under_way: int = 0
    partly: list[PagePartly] = field(default_factory=list)
    finished: list[PageFinished] = field(default_factory=list)
    failed: list[PageFailed] = field(default_factory=list)

    def __call__(self, event: Event) -> None:
        """Take an event."""
        if isinstance(event, PageStarted):
            self.under_way.add(event.number)
            self.most_under_way = max(self.most_under_way, len(self.under_way))
        elif isinstance(event, PagePartly):
            assert event.number in self.under_way
            self.partly.append(event)
        elif isinstance(event, PageFinished):
            self.under_way.discard(event.number)
            self.finished.append(event)
        elif isinstance(event, PageFailed):
            self.failed.append(event)


@pytest.fixture
def shared(tmp_path: Path, long_lived: PlainVllm, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home that reads with the long-lived server; returns a document of twelve pages."""
    monkeypatch.setenv("DIGLOT_HOME", str(set_up_shared(tmp_path / "home", long_lived)))
    return bills_pdf(tmp_path / "bills.pdf", PAGES)


def read(
    file: Path,
    order: TaskOrder,
    patch: pytest.MonkeyPatch,
    *,
    pages: int = PAGES,
    at_once: int = PAGES,
    look_at: int = 0,
) -> tuple[dict[int, PageResult], Watch]:
    """Read the first pages of a document, so many in flight, and return the results and what was told."""
    patch.setattr(HunyuanReader, "pages_at_once", at_once)  # what it finds out by itself is tested elsewhere
    watch = Watch()

    async def go() -> dict[int, PageResult]:
        service = Service()
        service.subscribe(watch)
        try:
            document = await service.open(file)
            if look_at:
                service.look_at(document, look_at)
            job = service.read(document, numbers=range(1, pages + 1), order=order, reader="vllm")
            outcome = await job.wait()
            assert outcome is JobOutcome.FINISHED, [str(failed.error) for failed in watch.failed]
            return dict(document.results)
        finally:
            await service.close()

    return asyncio.run(go()), watch


def is_right(result: PageResult, bill: Bill) -> bool:
    """Tell whether a reading says, word for word, what its task asks for."""
    match result.task:
        case Task.DOCUMENT:
            return said(result.blocks) == document_said(bill)
        case Task.TEXT:
            return _text(result).splitlines() == text_of(bill)
        case Task.TABLE:
            return said(result.blocks) == [("table", table_of(bill))]
        case Task.SPOTTING:
            return [line.text for line in result.lines] == [words.text for words in bill.words]
        case Task.FIELDS:
            return {each.name: each.value for each in result.fields} == bill.values
        case Task.TRANSLATION:
            return said(result.translation) == translation_said(bill) and "Kunde" in _text(result)
    raise AssertionError(result.task)


def _text(result: PageResult) -> str:
    return "\n".join(block.text for block in result.blocks if isinstance(block, Paragraph))


@pytest.mark.engine_proof("tasks")
@pytest.mark.parametrize("at_once", [1, 4, PAGES])
@pytest.mark.parametrize("order", ORDERS, ids=lambda order: order.task.value)
def test_every_page_comes_back_word_for_word(
    shared: Path, monkeypatch: pytest.MonkeyPatch, order: TaskOrder, at_once: int
) -> None:
    pages = DIFFERENT if at_once == 1 else PAGES  # one after the other they are slow, and the rest would be the same

    results, watch = read(shared, order, monkeypatch, pages=pages, at_once=at_once)

    assert watch.most_under_way == at_once
    assert [number for number in range(1, pages + 1) if not is_right(results[number], bill_of(number))] == []
    assert {warning.code for result in results.values() for warning in result.warnings} <= {WarningCode.SHRUNK}
    engine_report.note(
        "tasks", f"{', '.join(each.task for each in ORDERS)}: every page word for word at 1, 4 and {PAGES} in flight"
    )


@pytest.mark.engine_proof("tasks")
def test_spotted_lines_stand_where_the_words_were_drawn(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    results, _ = read(shared, TaskOrder(Task.SPOTTING), monkeypatch)

    for number, result in results.items():
        across, down = grid_of(result)
        for line, words in zip(result.lines, bill_of(number).words, strict=True):
            drawn = Box(*words.box)
            seen = (line.box.x0 * across, line.box.y0 * down, line.box.x1 * across, line.box.y1 * down)
            true = (
                drawn.x0 * across * result.width / SIZE[0],
                drawn.y0 * down * result.height / SIZE[1],
                drawn.x1 * across * result.width / SIZE[0],
                drawn.y1 * down * result.height / SIZE[1],
            )
            assert seen == pytest.approx(true, abs=A_PIXEL), words.text


def grid_of(result: PageResult) -> tuple[float, float]:
    """Return how many pixels of the model's grid a page unit is, across and down."""
    limits = likely_family("HunyuanOCR").picture
    width, height = resized(*SIZE, limits.min_pixels, limits.max_pixels)
    return width / result.width, height / result.height


@pytest.mark.engine_proof("tasks")
def test_what_is_read_finds_its_place_on_the_page(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    documents, fields, translations = (
        read(shared, order, monkeypatch, pages=DIFFERENT, at_once=UNHURRIED)[0] for order in (ORDERS[0], *ORDERS[-2:])
    )

    for number in range(1, DIFFERENT + 1):
        bill = bill_of(number)
        placed = documents[number]
        heading, customer, total = (drawn_box(words.box, placed.width) for words in bill.lines)
        for block, drawn in zip(placed.blocks, (heading, customer, total), strict=False):
            assert block.placed and meets(block.box, drawn)
        for each, drawn in zip(fields[number].fields, (heading, customer, total), strict=True):
            assert each.box is not None and meets(each.box, drawn), each.name
        translated = translations[number]
        assert translated.language == "en" and len(translated.pairs) == len(translated.translation)
        tables = [index for index, block in enumerate(translated.blocks) if block.kind == "table"]
        assert translated.pairs[-1] in tables  # the table of the translation belongs to the page's


def drawn_box(box: tuple[float, float, float, float], page_width: float) -> Box:
    """Return a drawn box in page units."""
    return Box(*(edge * page_width / SIZE[0] for edge in box))


def meets(found: Box, drawn: Box) -> bool:
    """Tell whether what was found lies, for the most part, where the words were drawn."""
    return found.overlap(drawn) > 0.5 * min(found.area, drawn.area)


@pytest.mark.engine_proof("live")
@pytest.mark.parametrize("order", [ORDERS[0], ORDERS[-1]], ids=lambda order: order.task.value)
def test_the_page_in_view_comes_bit_by_bit_and_the_others_whole(
    shared: Path, monkeypatch: pytest.MonkeyPatch, order: TaskOrder
) -> None:
    # The tiny model says a whole page in less time than lies between two looks at a large one's.
    monkeypatch.setattr(asking_pictures, "TOLD_EVERY_S", 0.005)
    whole, unseen = read(shared, order, monkeypatch)
    results, watch = read(shared, order, monkeypatch, look_at=IN_VIEW)

    assert not unseen.partly
    assert watch.most_under_way == PAGES
    assert {event.number for event in watch.partly} == {IN_VIEW}
    before = [event for event in watch.partly if _is_shorter(event.result, results[IN_VIEW])]
    assert before, "nothing was told before the page was whole"
    assert all(is_right(result, bill_of(number)) for number, result in results.items())
    live, at_once = results[IN_VIEW], whole[IN_VIEW]
    assert live.raw_text == at_once.raw_text
    assert said((*live.blocks, *live.translation)) == said((*at_once.blocks, *at_once.translation))
    engine_report.note("live", f"page {IN_VIEW} told in {len(watch.partly)} parts, {PAGES - 1} others whole")


def _is_shorter(part: PageResult, whole: PageResult) -> bool:
    return len(str(said((*part.blocks, *part.translation)))) < len(str(said((*whole.blocks, *whole.translation))))
