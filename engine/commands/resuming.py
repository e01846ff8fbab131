"""The commands `diglot jobs resume`, `retry` and `drop`: kept jobs are taken up where they were left, or forgotten."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from engine.commands.destination import Destination, destination_for
from engine.commands.exit_codes import ALL_READ, SOME_FAILED
from engine.commands.following import PATIENCE_S, follow, unless_stopped
from engine.commands.interrupt import stopped_by_signals
from engine.commands.library_arguments import DropOptions, ResumeOptions
from engine.commands.library_place import library_place
from engine.commands.page_ranges import in_words
from engine.commands.progress import ProgressReport, manner_of
from engine.commands.reading import check_content, code_of, engine_of, read_password, silence_standard_output
from engine.commands.server_arguments import ServerOptions, is_address
from engine.commands.telling import SHOWN_NAME, Closing, tell
from engine.errors import Cancelled, UsageError
from engine.exports.characters import one_line
from engine.exports.content import Content
from engine.exports.formats import render
from engine.output.corrections import corrected
from engine.output.document import PageFailure
from engine.service import Document, Service
from engine.store.errors import JobTaken, NoSuchJob
from engine.store.library import open_library
from engine.store.records import JobState

if TYPE_CHECKING:
    from engine.jobs.job import Job
    from engine.output.blocks import PageResult
    from engine.store.library import Library
    from engine.store.records import KeptJob

MOST_LOOKED_THROUGH = 10_000
"""More jobs than a library ever holds."""


def resume(options: ResumeOptions) -> int:
    """Do what `diglot jobs resume` or `retry` was asked for and return the exit code.

    Raises:
        JobTaken: There is no such job, it is at work, nothing is left of it, or its document is not what it was.
        DiglotError: Nothing could be begun.
    """
    kept = asyncio.run(_look(options.job))
    path = Path(kept.document.path)
    if not kept.document.path:
        raise JobTaken(kept.document.name, detail="the document came from no file; open it and read it again")
    if options.server != ServerOptions() and not is_address(kept.reader):
        raise UsageError(detail="a server goes with jobs that were read with one")
    key = options.password_file
    keep = [] if key is None or key == "-" else [Path(key)]
    destination = destination_for([path], output=options.output, format_name=options.format_name, keep=keep)
    check_content(options.content, destination)
    destination.check()
    password = read_password(key) if key is not None else None
    report = ProgressReport(manner_of(sys.stderr, quiet=options.quiet))
    return asyncio.run(_resume(options, kept, destination, password, report))


def drop(options: DropOptions) -> int:
    """Do what `diglot jobs drop` was asked for and return the exit code.

    Raises:
        JobTaken: There is no such job, or somebody works at it.
    """
    asyncio.run(_drop(options))
    return ALL_READ


def chosen(jobs: Sequence[KeptJob], beginning: str) -> KeptJob:
    """Return the one job whose name begins like this. Raises `JobTaken` where there is none, or several."""
    fitting = [job for job in jobs if job.id.startswith(beginning)]
    if not fitting:
        raise NoSuchJob(beginning)
    if len(fitting) > 1:
        raise NoSuchJob(beginning, detail=f"the names of {len(fitting)} jobs begin like this")
    return fitting[0]


async def _look(beginning: str) -> KeptJob:
    folder, is_there = await asyncio.to_thread(library_place)
    if not is_there:
        raise NoSuchJob(beginning, detail="there are no jobs")
    library = await open_library(folder, check=False)
    try:
        return chosen(await library.jobs(limit=MOST_LOOKED_THROUGH), beginning)
    finally:
        await library.close()


async def _drop(options: DropOptions) -> None:
    folder, is_there = await asyncio.to_thread(library_place)
    if not is_there:
        raise NoSuchJob(options.jobs[0], detail="there are no jobs")
    library = await open_library(folder, check=False)
    try:
        jobs = await library.jobs(limit=MOST_LOOKED_THROUGH)
        for job in [chosen(jobs, beginning) for beginning in options.jobs]:
            await library.drop_job(job.id)
    finally:
        await library.close()


async def _resume(
    options: ResumeOptions, kept: KeptJob, destination: Destination, password: str | None, report: ProgressReport
) -> int:
    stop = asyncio.Event()
    service = Service(workers=options.jobs, keeps=True, patience_s=PATIENCE_S)
    ownership = engine_of(service, report) if kept.reader == "vllm" else None
    with stopped_by_signals(stop):
        try:
            if is_address(kept.reader):
                from engine.commands.chosen_server import use_server

                await use_server(service, kept.reader, options.server, report)
            return await ResumeCommand(options, kept, destination, report, service, stop).run(password)
        finally:
            report.clear()
            await service.close()
            if ownership is not None:
                await ownership.close()


class ResumeCommand:
    """One run of `diglot jobs resume` or `retry`."""

    def __init__(
        self,
        options: ResumeOptions,
        kept: KeptJob,
        destination: Destination,
        report: ProgressReport,
        service: Service,
        stop: asyncio.Event,
    ) -> None:
        """Begin nothing yet; `stop` may be set at any time."""
        self._options = options
        self._kept = kept
        self._destination = destination
        self._report = report
        self._service = service
        self._stop = stop
        self._name = one_line(kept.document.path)

    async def run(self, password: str | None) -> int:
        """Read what is missing, write the whole document, and return the exit code.

        Raises:
            JobTaken: The document is not what it was, or somebody works at the job.
            DiglotError: The document cannot be opened, or the result has no place to go.
        """
        try:
            opening = self._service.open(Path(self._kept.document.path), password=password)
            document = await unless_stopped(opening, self._stop)
            if await document.source.content_hash() != self._kept.document.sha256:
                raise JobTaken(self._name, detail="what lies there now is another document")
            if not self._kept.left and not (self._options.failed_too and self._kept.failures):
                return await self._write_alone(document)
            return await self._go_on(document)
        except Cancelled:
            self._report.say(f"Stopped. {self._name}: nothing is written.")
            return Cancelled.exit_code
        except BrokenPipeError:
            silence_standard_output()
            return ALL_READ

    async def _write_alone(self, document: Document) -> int:
        """Write a document of which nothing is left to read: the light went out before it was written."""
        library = await self._service.library()
        results = await self._results(library)
        await self._write(document, results, self._kept.failures)
        if self._kept.interrupted:
            await library.end_job(self._kept.id, JobState.INCOMPLETE if self._kept.failures else JobState.FINISHED)
        place = self._destination.place(0)
        read = "1 page was" if len(results) == 1 else f"{len(results)} pages were"
        where = f", written to {one_line(place)}" if place else ""
        self._report.note(f"{self._name}: nothing is left to read. {read} read before{where}.")
        self._tell_failed(self._kept.failures)
        return SOME_FAILED if self._kept.failures else ALL_READ

    async def _go_on(self, document: Document) -> int:
        job = await self._service.resume(document, self._kept.id, failed_too=self._options.failed_too)
        self._report.begin(self._name, len(job.numbers))
        begun = time.monotonic()
        await follow(self._service, job, report=self._report, stop=self._stop, goes_on=True)
        library = await self._service.library()
        results = await self._results(library)
        failures = await self._failures(library, job)
        await self._write(document, results, failures)
        fresh = [result for result in results if result.number in job.pages]
        closing = Closing(
            time.monotonic() - begun,
            self._destination.place(0),
            kept=len(results) - len(fresh),
            job=self._kept.id,
        )
        tell(self._report, self._name, job, fresh, closing)
        before = [failure for failure in failures if failure.number not in job.pages]
        self._tell_failed(before)
        code = code_of(job)
        if code == Cancelled.exit_code or (code == ALL_READ and not before):
            return code
        return SOME_FAILED if results else code

    async def _results(self, library: Library) -> list[PageResult]:
        """Return what the job has read, now and before, as the person left it."""
        kept = await library.read_by_job(self._kept.id)
        return await asyncio.to_thread(lambda: [corrected(reading.result, reading.corrections) for reading in kept])

    async def _failures(self, library: Library, job: Job) -> list[PageFailure]:
        """Return the pages that could not be read, now or before."""
        kept = await library.job(self._kept.id)
        failures = {failure.number: failure for failure in kept.failures} if kept is not None else {}
        for page in job.failures:
            if page.error is not None:
                failures[page.number] = PageFailure.of(page.number, page.error)
        return list(failures.values())

    async def _write(self, document: Document, results: list[PageResult], failures: Sequence[PageFailure]) -> None:
        if not results:
            return
        form, content = self._destination.format_name, self._options.content or Content.BOTH
        text = await asyncio.to_thread(render, document.info, results, form, failures=failures, content=content)
        await self._destination.put(0, text)
        await self._destination.finish()

    def _tell_failed(self, failures: Sequence[PageFailure]) -> None:
        if failures:
            pages = in_words(failure.number for failure in failures)
            again = f"“diglot jobs retry {self._kept.id[:SHOWN_NAME]}” reads again what failed"
            self._report.note(f"{self._name}, {pages}: could not be read before; {again}.")
