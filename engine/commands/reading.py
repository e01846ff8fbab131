"""The command `diglot read`: inputs one after the other, results where they are wanted, every failure named."""

from __future__ import annotations

import asyncio
import contextlib
import getpass
import logging
import os
import sys
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from engine.commands.arguments import ReadOptions
from engine.commands.destination import Destination, destination_for
from engine.commands.exit_codes import ALL_READ, SOME_FAILED
from engine.commands.interrupt import stopped_by_signals
from engine.commands.page_ranges import in_words
from engine.commands.progress import ProgressReport, duration, manner_of
from engine.errors import Cancelled, Defect, DiglotError, NotFound, OutputError, UsageError
from engine.events import EngineChanged, Event, JobProgressed
from engine.exports.characters import one_line
from engine.exports.formats import render
from engine.jobs.job import Job, PageState
from engine.logs import keep_secret
from engine.output.blocks import WarningCode
from engine.output.document import PageFailure
from engine.service import Document, Service
from engine.tasks.task import TaskOrder

if TYPE_CHECKING:
    from engine.owner.ownership import Ownership

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")

MOST_PASSWORD_BYTES = 1 << 16

NOTES = {
    WarningCode.NOTHING_FOUND: "no text was found",
    WarningCode.TEXT_LAYER_UNSOUND: "the page's own text does not match what can be seen, so the picture was read",
    WarningCode.TEXT_LAYER_UNCONFIRMED: "the page's own text was not confirmed but kept; compare it with the page",
    WarningCode.DOUBTFUL_LINES: "some lines are doubtful; compare them with the page",
    WarningCode.SCRIPT_NOT_COVERED: "probably in a script that the built-in reader does not know",
    WarningCode.REPAIRED: "the file is damaged and was repaired; something may be missing",
    WarningCode.PARTLY_DRAWN: "a picture on it is damaged and was drawn in part; text in the rest of it is missing",
    WarningCode.LOOPED: "the model repeated itself; the repetition was cut off, and something may be missing",
    WarningCode.CUT_OFF: "the answer ended before the page did; something is missing at its end",
    WarningCode.SHRUNK: "the page is so large that it was read at fewer pixels than wished",
}
"""What is worth a word on stderr; a turned page is not."""


def read(options: ReadOptions) -> int:
    """Do what `diglot read` was asked for and return the exit code.

    Raises:
        DiglotError: Nothing could be begun.
    """
    inputs = [Path(given) for given in options.inputs]
    if "" in options.inputs:
        raise NotFound('""')
    key = options.password_file
    keep = [] if key is None or key == "-" else [Path(key)]
    destination = destination_for(inputs, output=options.output, format_name=options.format_name, keep=keep)
    destination.check()
    password = read_password(key) if key is not None else None
    report = ProgressReport(manner_of(sys.stderr, quiet=options.quiet))
    return asyncio.run(_read(options, inputs, destination, password, report))


async def _read(
    options: ReadOptions, inputs: list[Path], destination: Destination, password: str | None, report: ProgressReport
) -> int:
    stop = asyncio.Event()
    service = Service(workers=options.jobs, keeps=options.keep)
    ownership = _engine_of(service, report) if options.reader == "vllm" else None
    with stopped_by_signals(stop):
        try:
            return await ReadingCommand(options, inputs, destination, password, report, service, stop).run()
        finally:
            report.clear()
            await service.close()
            if ownership is not None:
                await ownership.close()


def _engine_of(service: Service, report: ProgressReport) -> Ownership:
    """Let pages be read by the engine: that of a window or of another command, else one that is started for them."""
    from engine.owner.lock import OwnerKind
    from engine.owner.ownership import Ownership
    from engine.server.state import ServerState

    told: set[ServerState] = set()

    def hear(event: Event) -> None:
        if isinstance(event, EngineChanged) and event.status.state not in told:
            told.add(event.status.state)
            if event.status.state is ServerState.STARTING:
                where = f" on {event.status.remote}" if event.status.remote else ""
                report.note(f"starting the engine{where}")
            elif event.status.remote:
                report.note(f"pages are read on {one_line(event.status.remote)}; they leave this computer")

    service.subscribe(hear)
    return Ownership(service, kind=OwnerKind.COMMAND)


def read_password(name: str) -> str:
    """Return the first line of a password file, its line break dropped; "-" is standard input.

    Raises:
        UsageError: It cannot be read, or is not text.
    """
    try:
        if name == "-":
            if sys.stdin is None:
                raise UsageError("--password-file -", detail="standard input is closed")
            if sys.stdin.isatty():
                return getpass.getpass("Password: ")
            data = sys.stdin.buffer.read(MOST_PASSWORD_BYTES)
        else:
            with Path(name).open("rb") as stream:
                data = stream.read(MOST_PASSWORD_BYTES)
        password = data.split(b"\n", 1)[0].removesuffix(b"\r").decode("utf-8-sig")
    except OSError as problem:
        raise UsageError(f"--password-file {name}", detail=problem.strerror or "it cannot be read") from problem
    except (UnicodeDecodeError, EOFError):
        raise UsageError(f"--password-file {name}", detail="its first line is not text in UTF-8") from None
    keep_secret(password)
    return password


class ReadingCommand:
    """One run of `diglot read`."""

    def __init__(
        self,
        options: ReadOptions,
        inputs: list[Path],
        destination: Destination,
        password: str | None,
        report: ProgressReport,
        service: Service,
        stop: asyncio.Event,
    ) -> None:
        """Begin nothing yet; `stop` may be set at any time."""
        self._options = options
        self._inputs = inputs
        self._destination = destination
        self._password = password
        self._report = report
        self._service = service
        self._stop = stop
        self._codes: list[int] = []

    async def run(self) -> int:
        """Read all inputs and return the exit code. Raises `OutputError` where the result has no place to go."""
        unsubscribe = self._service.subscribe(self._heard)
        try:
            for index in range(len(self._inputs)):
                self._codes.append(await self._one(index))
                if self._stop.is_set():
                    break
        except BrokenPipeError:
            _silence_standard_output()  # nobody listens any more: no reason to complain
        finally:
            unsubscribe()
        await self._destination.finish()
        unbegun = [one_line(path.name) for path in self._inputs[len(self._codes) :]]
        if self._stop.is_set() and unbegun:
            self._report.say(f"Stopped before {', '.join(unbegun)}.")
            return Cancelled.exit_code
        return _exit_code(self._codes)

    async def _one(self, index: int) -> int:
        """Read one input and return its exit code."""
        name = one_line(str(self._inputs[index]))
        try:
            document = await self._unless_stopped(self._service.open(self._inputs[index], password=self._password))
            try:
                return await self._read_document(index, name, document)
            finally:
                await self._service.close_document(document)
        except Cancelled:
            self._report.say(f"Stopped. {name}: no page was read.")
            return Cancelled.exit_code
        except OutputError as error:
            if not self._destination.place(index) or len(self._inputs) == 1:
                raise
            self._report.say(f"diglot: {one_line(str(error))}")
            return error.exit_code
        except DiglotError as error:
            subject = "" if error.subject else f"{name}: "
            self._report.say(f"diglot: {subject}{one_line(str(error))}")
            return error.exit_code

    async def _read_document(self, index: int, name: str, document: Document) -> int:
        pages = self._options.pages
        numbers = None if pages is None else pages.pages(document.info.page_count)
        job = self._service.read(
            document, numbers=numbers, order=TaskOrder(self._options.task), reader=self._options.reader
        )
        self._report.begin(name, len(job.numbers))
        begun = time.monotonic()
        with contextlib.suppress(Cancelled):
            await self._unless_stopped(job.wait())
        await self._service.cancel(job)
        self._report.clear()
        await self._write(index, document, job)
        self._tell(index, name, document, job, time.monotonic() - begun)
        return _code_of(job)

    async def _write(self, index: int, document: Document, job: Job) -> None:
        results = [document.results[number] for number in job.numbers if number in document.results]
        if not results:
            return
        failures = [PageFailure.of(page.number, page.error) for page in job.failures if page.error is not None]
        form = self._destination.format_name
        text = await asyncio.to_thread(render, document.info, results, form, failures=failures)
        await self._destination.put(index, text)

    def _tell(self, index: int, name: str, document: Document, job: Job, seconds: float) -> None:
        """Say what was read, what failed and why, and what is worth knowing about the rest."""
        failed: dict[str, list[int]] = {}
        for page in job.failures:
            error = page.error or Defect()
            failed.setdefault(_why(error), []).append(page.number)
        for why, numbers in failed.items():
            self._report.say(f"diglot: {name}, {in_words(numbers)}: {why}")
        noted: dict[WarningCode, list[int]] = {}
        for number, result in sorted(document.results.items()):
            for warning in result.warnings:
                noted.setdefault(warning.code, []).append(number)
        for code, numbers in noted.items():
            if code in NOTES:
                self._report.note(f"{name}, {in_words(numbers)}: {NOTES[code]}.")
        done = _in_state(job, PageState.DONE)
        dropped = _in_state(job, PageState.DROPPED)
        place = self._destination.place(index)
        where = f" to {one_line(place)}" if place else ""
        if dropped and done:
            verb = "is" if len(done) == 1 else "are"
            self._report.say(f"Stopped. {name}: {in_words(done)} {verb} written{where}; {in_words(dropped)} not read.")
        elif dropped:
            self._report.say(f"Stopped. {name}: no page was finished; nothing is written.")
        elif done:
            count = "1 page" if len(done) == 1 else f"{len(done)} pages"
            self._report.note(f"{name}: {count} read in {duration(seconds)}{', written' + where if where else ''}.")

    async def _unless_stopped(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        """Wait for `work`; raise `Cancelled`, the work cancelled, where the person stops it first."""
        task = asyncio.create_task(work)
        stopped = asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait({task, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                raise Cancelled()
            return task.result()
        finally:
            stopped.cancel()
            task.cancel()
            await asyncio.gather(task, stopped, return_exceptions=True)

    def _heard(self, event: Event) -> None:
        if isinstance(event, JobProgressed):
            self._report.show(event.progress)


def _in_state(job: Job, state: PageState) -> list[int]:
    return [page.number for page in job.pages.values() if page.state is state]


def _why(error: DiglotError) -> str:
    """Say an error without its subject, which is the page that is named already."""
    detail = f" ({one_line(error.detail)})" if error.detail else ""
    return f"{error.title}{detail}. {error.advice}"


def _code_of(job: Job) -> int:
    if _in_state(job, PageState.DROPPED):
        return Cancelled.exit_code
    if not job.failures:
        return ALL_READ
    if len(job.failures) < len(job.pages):
        return SOME_FAILED
    first = job.failures[0].error
    return first.exit_code if first is not None else Defect.exit_code


def _exit_code(codes: list[int]) -> int:
    """Return one exit code for all inputs."""
    if Cancelled.exit_code in codes:
        return Cancelled.exit_code
    if not any(codes):
        return ALL_READ
    if ALL_READ in codes or SOME_FAILED in codes:
        return SOME_FAILED
    return codes[0]


def _silence_standard_output() -> None:
    """Point standard output nowhere, so that Python's last flush does not fail."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())
    os.close(null)
