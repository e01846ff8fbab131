"""What is said at the end of a document: failures, notes, doubtful words counted, and how a stopped job goes on."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import cast

from engine.commands.progress import Manner, ProgressReport
from engine.commands.telling import NOTES, UNTRANSLATED, Closing, tell
from engine.engine_errors import EngineCrashed
from engine.errors import PageDamaged
from engine.events import DocumentId, JobId, JobOutcome
from engine.jobs.job import Job, PageState
from engine.output.blocks import Box, Doubt, DoubtKind, PageResult, PageWarning, Paragraph, WarningCode
from engine.pages.source import PageSource
from engine.tasks.task import Task

PARAGRAPH = Paragraph(Box(0, 0, 1, 1), text="Pay 500 now")


def page(number: int, *, doubts: int = 0, grave: int = 0, warning: WarningCode | None = None) -> PageResult:
    found = tuple(Doubt(0, 0, 3, DoubtKind.UNSURE, grave=index < grave) for index in range(doubts))
    warnings = () if warning is None else (PageWarning(warning),)
    return PageResult(number, 1, 1, "px", "vllm", (PARAGRAPH,), warnings=warnings, doubts=found)


def job_of(done: int, *, failed: int = 0, dropped: int = 0) -> Job:
    numbers = tuple(range(1, done + failed + dropped + 1))
    job = Job(JobId(1), DocumentId(1), cast(PageSource, None), numbers)
    for number, work in job.pages.items():
        if number > done + failed:
            work.move(PageState.DROPPED)
            continue
        job.begin(work)
        job.finish(work, PageDamaged("page") if number > done else None)
    return job


def told(job: Job, *results: PageResult, closing: Closing, manner: Manner = Manner.LINES) -> list[str]:
    stream = io.StringIO()
    tell(ProgressReport(manner, stream=stream), "a.pdf", job, results, closing)
    return stream.getvalue().splitlines()


def test_doubtful_words_are_counted_with_their_pages() -> None:
    results = (page(1, doubts=2), page(2), page(3, doubts=10, grave=4))

    lines = told(job_of(3), *results, closing=Closing(4.0, "a.md"))

    assert lines == [
        "a.pdf, pages 1, 3: 12 words may be wrong, 4 of them in numbers, dates, amounts or fields; "
        "HTML marks them, JSON lists them.",
        "a.pdf: 3 pages read in 4 s, written to a.md.",
    ]
    assert told(job_of(1), page(1, doubts=1), closing=Closing(1.0, ""))[0].startswith("a.pdf, page 1: 1 word may be")


def test_a_quiet_run_says_nothing_of_doubts_and_notes() -> None:
    results = (page(1, doubts=2, warning=WarningCode.LOOPED),)

    assert told(job_of(1), *results, closing=Closing(1.0, ""), manner=Manner.QUIET) == []


def test_a_page_that_went_wrong_is_offered_another_way() -> None:
    (line, _) = told(job_of(1), page(1, warning=WarningCode.LOOPED), closing=Closing(1.0, ""))

    assert line == f"a.pdf, page 1: {NOTES[WarningCode.LOOPED]}." and "--way" in line


def test_failures_are_named_and_the_rest_counted() -> None:
    lines = told(job_of(2, failed=1), page(1), page(2), closing=Closing(2.0, "out/a.md"))

    assert lines[0].startswith("diglot: a.pdf, page 3: This page is damaged.")
    assert lines[1] == "a.pdf: 2 pages read in 2 s, written to out/a.md."


def test_a_stopped_job_says_what_is_written_and_how_it_goes_on() -> None:
    job = job_of(2, dropped=3)

    kept = told(job, page(1), page(2), closing=Closing(2.0, "a.md", job="3f9c0000aaaa0000"))
    bare = told(job, page(1), page(2), closing=Closing(2.0, ""))

    assert kept == [
        "Stopped. a.pdf: pages 1-2 are written to a.md; pages 3-5 not read.",
        "“diglot jobs resume 3f9c0000” goes on from there.",
    ]
    assert bare == ["Stopped. a.pdf: pages 1-2 are written; pages 3-5 not read."]
    assert told(job_of(1), page(1), closing=Closing(1.0, "", job="3f9c0000aaaa0000")) == ["a.pdf: 1 page read in 1 s."]


def test_a_page_that_was_read_at_the_moment_of_the_stop_is_written_and_said_to_be() -> None:
    lines = told(job_of(2, dropped=3), page(1), page(2), page(3), closing=Closing(4.0, "a.md"))

    assert lines == ["Stopped. a.pdf: pages 1-3 are written to a.md; pages 4-5 not read."]


def test_what_a_halted_job_waited_for_is_said() -> None:
    job = job_of(1, dropped=1)
    job.end(JobOutcome.HALTED, error=EngineCrashed())

    lines = told(job, page(1), closing=Closing(2.0, ""))

    assert lines[0].startswith("diglot: a.pdf: The engine stopped unexpectedly.")


def test_pages_read_before_are_counted_apart() -> None:
    assert told(job_of(2), page(3), page(4), closing=Closing(3.0, "a.md", kept=2))[-1] == (
        "a.pdf: 2 pages read in 3 s, with 2 pages read before, written to a.md."
    )
    stopped = told(job_of(0, dropped=2), closing=Closing(3.0, "a.md", kept=2))
    assert stopped == [
        "Stopped. a.pdf: no further page is written to a.md, with 2 pages read before; pages 1-2 not read."
    ]


def test_a_translation_that_is_none_is_never_written_without_a_word() -> None:
    untranslated = replace(page(2), task=Task.TRANSLATION.value)
    meant = replace(page(1), task=Task.TRANSLATION.value, translation=(PARAGRAPH,))

    loud = told(job_of(2), meant, untranslated, closing=Closing(1.0, "a.md"))
    quiet = told(job_of(2), meant, untranslated, closing=Closing(1.0, "a.md"), manner=Manner.QUIET)

    assert loud[0] == f"a.pdf, page 2: {UNTRANSLATED}." and quiet[0] == loud[0]


def test_what_was_put_right_is_told_once_for_a_page() -> None:
    mended = replace(page(1), warnings=(PageWarning(WarningCode.MENDED, "json 1"),) * 2)

    (line, _) = told(job_of(1), mended, closing=Closing(1.0, ""))

    assert line == f"a.pdf, page 1: {NOTES[WarningCode.MENDED]}."
