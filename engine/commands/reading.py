"""The command `diglot read`: inputs one after the other, results where they are wanted, every failure named."""

from __future__ import annotations

import asyncio
import getpass
import logging
import os
import re
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from engine.commands.destination import Destination, destination_for
from engine.commands.exit_codes import ALL_READ, SOME_FAILED
from engine.commands.following import PATIENCE_S, follow, unless_stopped
from engine.commands.interrupt import stopped_by_signals
from engine.commands.progress import ProgressReport, manner_of
from engine.commands.reading_arguments import ReadOptions
from engine.commands.server_arguments import OWN_READERS, is_address
from engine.commands.telling import Closing, in_state, tell
from engine.errors import Cancelled, Defect, DiglotError, NotFound, OutputError, TaskNotSupported, UsageError
from engine.events import EngineChanged, Event
from engine.exports.characters import one_line
from engine.exports.content import Content
from engine.exports.formats import render
from engine.jobs.job import Job, PageState
from engine.logs import keep_secret
from engine.output.document import PageFailure
from engine.service import Document, Service
from engine.tasks.task import Task, TaskOrder

if TYPE_CHECKING:
    from engine.output.blocks import PageResult
    from engine.owner.ownership import Ownership

log = logging.getLogger(__name__)

MOST_PASSWORD_BYTES = 1 << 16


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
    check_content(options.content, destination)
    destination.check()
    password = read_password(key) if key is not None else None
    report = ProgressReport(manner_of(sys.stderr, quiet=options.quiet))
    return asyncio.run(_read(options, inputs, destination, password, report))


async def _read(
    options: ReadOptions, inputs: list[Path], destination: Destination, password: str | None, report: ProgressReport
) -> int:
    stop = asyncio.Event()
    service = Service(workers=options.jobs, keeps=options.keep, patience_s=PATIENCE_S)
    ownership = engine_of(service, report) if options.reader == "vllm" else None
    with stopped_by_signals(stop):
        try:
            reader = options.reader
            if is_address(reader):
                from engine.commands.chosen_server import use_server

                reader = await use_server(service, reader, options.server, report)
            refuse_what_it_cannot(service, reader, options.order)
            return await ReadingCommand(options, inputs, destination, password, report, service, stop, reader).run()
        finally:
            report.clear()
            await service.close()
            if ownership is not None:
                await ownership.close()


def check_content(content: Content | None, destination: Destination) -> None:
    """Raise `UsageError` where only some of the texts are wanted of a format that holds all."""
    if content not in (None, Content.BOTH) and destination.format_name == "json":
        raise UsageError(f"--only {content}", detail="JSON always holds both")


def refuse_what_it_cannot(service: Service, reader: str, order: TaskOrder) -> None:
    """Raise `TaskNotSupported` before anything is opened: no engine is started that nobody asked for."""
    tasks = service.tasks_of(reader)
    if order.task not in tasks:
        other = "; HunyuanOCR can, with --reader vllm" if reader in OWN_READERS and reader != "vllm" else ""
        raise TaskNotSupported(reader, detail=f"it cannot do “{order.task}”{other}")
    targets = service.targets_of(reader)
    if order.task is Task.TRANSLATION and re.split("[-_]", order.target_language.lower())[0] not in targets:
        can = " and ".join(targets) or "no language"
        raise TaskNotSupported(reader, detail=f"it translates into {can}, not into “{order.target_language}”")


def engine_of(service: Service, report: ProgressReport) -> Ownership:
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
        reader: str,
    ) -> None:
        """Begin nothing yet; `stop` may be set at any time. `reader` is its name in the service."""
        self._options = options
        self._inputs = inputs
        self._destination = destination
        self._password = password
        self._report = report
        self._service = service
        self._stop = stop
        self._reader = reader
        self._codes: list[int] = []

    async def run(self) -> int:
        """Read all inputs and return the exit code. Raises `OutputError` where the result has no place to go."""
        try:
            for index in range(len(self._inputs)):
                self._codes.append(await self._one(index))
                if self._stop.is_set():
                    break
        except BrokenPipeError:
            silence_standard_output()  # nobody listens any more: no reason to complain
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
            document = await unless_stopped(
                self._service.open(self._inputs[index], password=self._password), self._stop
            )
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
            document, numbers=numbers, order=self._options.order, reader=self._reader, way=self._options.way
        )
        self._report.begin(name, len(job.numbers))
        begun = time.monotonic()
        await follow(self._service, job, report=self._report, stop=self._stop, goes_on=self._options.keep)
        results = [document.results[number] for number in job.numbers if number in document.results]
        await self._write(index, document, job, results)
        if index == len(self._inputs) - 1 or self._stop.is_set():
            await self._destination.finish()  # before it is told that all is written
        keeper = document.keepers.get(job.id)
        if self._options.keep and keeper is None:
            self._report.note(f"{name}: it is protected by a password and not kept; the settings can change that.")
        kept = "" if keeper is None else keeper.name
        closing = Closing(time.monotonic() - begun, self._destination.place(index), job=kept)
        tell(self._report, name, job, results, closing)
        return code_of(job)

    async def _write(self, index: int, document: Document, job: Job, results: list[PageResult]) -> None:
        if not results:
            return
        failures = [PageFailure.of(page.number, page.error) for page in job.failures if page.error is not None]
        form, content = self._destination.format_name, self._options.content or Content.BOTH
        text = await asyncio.to_thread(render, document.info, results, form, failures=failures, content=content)
        await self._destination.put(index, text)


def code_of(job: Job) -> int:
    """Return the exit code for what became of a job."""
    done = in_state(job, PageState.DONE)
    if job.error is not None:
        return SOME_FAILED if done else job.error.exit_code
    if in_state(job, PageState.DROPPED):
        return Cancelled.exit_code
    if not job.failures:
        return ALL_READ
    if done:
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


def silence_standard_output() -> None:
    """Point standard output nowhere, so that Python's last flush does not fail."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())
    os.close(null)
