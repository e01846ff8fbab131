"""`diglot jobs resume`, `retry` and `drop`: what was interrupted is finished, and the whole document is written."""

from __future__ import annotations

import dataclasses
import hashlib
import re
import signal
from pathlib import Path

import pytest

from engine.commands.library_arguments import DropOptions, ResumeOptions, parse_jobs
from engine.commands.resuming import chosen
from engine.errors import PageDamaged, UsageError
from engine.output.document import PageFailure
from engine.store.errors import JobTaken
from engine.store.library import Library
from engine.store.records import DocumentFacts, JobState, KeptJob, ReadingKey
from engine.tasks.task import Task, TaskOrder, Way
from tests.support.command import Ended, diglot, pdf_of_scans, pdf_with_text, start
from tests.support.kept_library import with_library
from tests.support.kept_pages import facts, page

KEY = ReadingKey("text")


def library(tmp_path: Path) -> Path:
    return tmp_path / ".home" / "data" / "library"


def facts_of(path: Path, pages: int) -> DocumentFacts:
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    return DocumentFacts(sha256, path.name, "pdf", "pt", pages, path=str(path))


def interrupted(tmp_path: Path, *, read: int = 2, failed: int = 0, key: ReadingKey = KEY) -> str:
    """Leave a job at a book of four pages behind, of which some were read before; return its name."""
    path = pdf_with_text(tmp_path / "book.pdf", *(f"The own text of page {number}." for number in range(1, 5)))

    async def fill(library: Library) -> str:
        book = facts_of(path, 4)
        job = await library.begin_job(book, key, range(1, 5))
        for number in range(1, read + 1):
            kept = dataclasses.replace(page(number, f"Kept words of {number}"), task=key.order.task.value)
            await library.keep(book.sha256, kept, order=key.order, job=job)
        for number in range(read + 1, read + failed + 1):
            await library.fail_page(job, PageFailure.of(number, PageDamaged("page")))
        return job

    return with_library(library(tmp_path), fill)


def job_of(tmp_path: Path) -> KeptJob | None:
    async def look(library: Library) -> KeptJob | None:
        return next(iter(await library.jobs()), None)

    return with_library(library(tmp_path), look)


def run(tmp_path: Path, *words: str) -> Ended:
    return diglot("jobs", *words, cwd=tmp_path)


# -- what may be typed


def test_words_become_options() -> None:
    resumed = parse_jobs(["resume", "3F9C", "-o", "book.md", "-q", "--model", "x"])

    assert isinstance(resumed, ResumeOptions)
    assert (resumed.job, resumed.failed_too, resumed.output, resumed.quiet) == ("3f9c", False, "book.md", True)
    assert resumed.server.model == "x"
    retried = parse_jobs(["retry", "3f9c"])
    assert isinstance(retried, ResumeOptions) and retried.failed_too
    assert parse_jobs(["drop", "3f9c", "77ab", "3f9c"]) == DropOptions(("3f9c", "77ab"))


@pytest.mark.parametrize("words", [["resume"], ["drop"], ["resume", "book.pdf"], ["retry", "a", "b"], ["stop", "a"]])
def test_what_is_no_name_of_a_job_is_refused(words: list[str]) -> None:
    with pytest.raises(UsageError):
        parse_jobs(words)


def test_a_name_may_be_short_as_long_as_it_is_one_job_s_alone() -> None:
    def kept(name: str) -> KeptJob:
        return KeptJob(name, facts(), TaskOrder(), "cpu", Way.USUAL, JobState.OPEN, False, 0.0, 0.0, 3, 1)

    jobs = [kept("3f9c0000aaaa0000"), kept("3f9cffffaaaa0000"), kept("77ab0000aaaa0000")]

    assert chosen(jobs, "3f9cf").id == "3f9cffffaaaa0000"
    assert chosen(jobs, "7").id == "77ab0000aaaa0000"
    with pytest.raises(JobTaken, match="2 jobs"):
        chosen(jobs, "3f9c")
    with pytest.raises(JobTaken, match="no such job"):
        chosen(jobs, "0")


# -- resume


@pytest.mark.slow
def test_the_missing_pages_are_read_and_the_whole_document_is_written(tmp_path: Path) -> None:
    name = interrupted(tmp_path)

    ended = run(tmp_path, "resume", name[:6], "-o", "book.md")

    assert ended.code == 0, ended.err
    written = (tmp_path / "book.md").read_text()
    assert re.findall(r"Kept words of \d|The own text of page \d", written) == [
        "Kept words of 1",
        "Kept words of 2",
        "The own text of page 3",
        "The own text of page 4",
    ]
    assert "2 pages read" in ended.err and "with 2 pages read before, written to book.md" in ended.err
    job = job_of(tmp_path)
    assert job is not None and (job.state, job.done) == (JobState.FINISHED, 4)


@pytest.mark.slow
def test_what_was_finished_and_not_written_is_written(tmp_path: Path) -> None:
    name = interrupted(tmp_path, read=4)

    ended = run(tmp_path, "resume", name, "--format", "txt")

    assert ended.code == 0, ended.err
    assert re.findall(r"Kept words of (\d)", ended.out) == ["1", "2", "3", "4"]
    job = job_of(tmp_path)
    assert job is not None and job.state is JobState.FINISHED


@pytest.mark.slow
def test_a_failed_page_stays_failed_until_it_is_asked_for_again(tmp_path: Path) -> None:
    name = interrupted(tmp_path, read=1, failed=1)

    resumed = run(tmp_path, "resume", name, "-o", "book.md")
    told = (tmp_path / "book.md").read_text()
    retried = run(tmp_path, "retry", name, "-o", "book.md")

    assert resumed.code == 3, resumed.err
    assert "page 2 could not be read" in told.lower() and "The own text of page 4" in told
    assert f"diglot jobs retry {name[:8]}" in resumed.err
    assert retried.code == 0, retried.err
    assert "The own text of page 2" in (tmp_path / "book.md").read_text()


@pytest.mark.slow
def test_a_job_s_own_readings_are_written_and_no_others(tmp_path: Path) -> None:
    key = ReadingKey("text", TaskOrder(Task.TEXT))
    name = interrupted(tmp_path, read=4, key=key)

    async def read_otherwise(library: Library) -> None:
        sha256 = facts_of(tmp_path / "book.pdf", 4).sha256
        await library.keep(sha256, page(1, "Another order's words"))

    with_library(library(tmp_path), read_otherwise)

    ended = run(tmp_path, "resume", name)

    assert "Kept words of 1" in ended.out and "Another" not in ended.out


@pytest.mark.slow
def test_another_document_at_its_place_is_not_taken_for_it(tmp_path: Path) -> None:
    name = interrupted(tmp_path)
    pdf_with_text(tmp_path / "book.pdf", "Quite another book.")

    changed = run(tmp_path, "resume", name, "-o", "book.md")
    (tmp_path / "book.pdf").unlink()
    gone = run(tmp_path, "resume", name)

    assert (changed.code, gone.code) == (59, 10), changed.err + gone.err
    assert "another document" in changed.err
    assert not (tmp_path / "book.md").exists()
    job = job_of(tmp_path)
    assert job is not None and job.interrupted


@pytest.mark.slow
def test_a_place_that_cannot_be_written_is_said_before_anything_is_read(tmp_path: Path) -> None:
    name = interrupted(tmp_path)

    assert run(tmp_path, "resume", name, "-o", "none/book.md").code == 50
    assert run(tmp_path, "resume", name, "-o", "book.pdf", "--format", "md").code == 52
    assert run(tmp_path, "resume", name, "--model", "x").code == 2
    job = job_of(tmp_path)
    assert job is not None and job.left == 2


@pytest.mark.slow
def test_jobs_are_dropped_and_what_they_read_is_kept(tmp_path: Path) -> None:
    name = interrupted(tmp_path)

    unknown = run(tmp_path, "drop", name[:4], "0000000000000000")
    dropped = run(tmp_path, "drop", name[:4])

    assert (unknown.code, dropped.code) == (59, 0)
    assert job_of(tmp_path) is None
    assert "Kept words" in diglot("search", "kept words", cwd=tmp_path).out


def test_without_a_library_there_is_no_job(tmp_path: Path) -> None:
    for command in ("resume", "drop"):
        ended = run(tmp_path, command, "3f9c")
        assert ended.code == 59 and "There is no such job" in ended.err and "there are no jobs" in ended.err
    assert not library(tmp_path).exists()


@pytest.mark.slow
def test_a_stopped_reading_says_how_it_goes_on_and_does(tmp_path: Path) -> None:
    pdf_of_scans(tmp_path / "scan.pdf", 24)
    running = start("read", "--keep", "scan.pdf", "-o", "scan.md", "--reader", "cpu", cwd=tmp_path)
    assert running.stderr is not None
    while b" of 24 pages" not in (line := running.stderr.readline()):
        assert line, "it ended before"
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=60)

    assert running.returncode == 130
    found = re.search(r"“diglot jobs resume ([0-9a-f]{8})” goes on from there", said.decode())
    assert found, said.decode()
    assert f"{found[1]}  " in run(tmp_path).out
    resumed = run(tmp_path, "resume", found[1], "-o", "scan.md")

    assert resumed.code == 0, resumed.err
    numbers = re.findall(r"<!-- page (\d+) -->", (tmp_path / "scan.md").read_text())
    assert [int(number) for number in numbers] == list(range(1, 25))
