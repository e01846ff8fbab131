"""The exit codes of the command line in one table, drawn from the error tree."""

from __future__ import annotations

from collections.abc import Iterator

from engine.engine_errors import EngineError
from engine.errors import Cancelled, Defect, DiglotError, ReaderMissing, UsageError
from engine.store.errors import StoreError

ALL_READ = 0
SOME_FAILED = 3
NOT_READY = ReaderMissing.exit_code
"""What `diglot doctor` ends with where the main job cannot work."""

_OWN_WORDS = {
    ALL_READ: "Every page was read",
    Defect.exit_code: "A fault in Diglot itself; the log says where",
    EngineError.exit_code: EngineError.title,
    UsageError.exit_code: "The command was not understood",
    SOME_FAILED: "Some pages or inputs failed and are named; the others are written",
    Cancelled.exit_code: "Stopped by Ctrl-C; finished pages are written",
}


def exit_codes() -> dict[int, str]:
    """Return every exit code with what it means, in order. From 10 to 99 nothing could be read and nothing is written.

    An error that has more special ones below it stands for what none of them says, and gives way to them here.
    """
    table = dict(_OWN_WORDS)
    for error in (*_leaves(DiglotError), *_leaves(EngineError), *_leaves(StoreError)):
        table.setdefault(error.exit_code, error.title)
    return dict(sorted(table.items()))


def as_lines() -> list[str]:
    """Return the table as lines of text, the codes to the right of a narrow column."""
    return [f"{code:>5}  {meaning}" for code, meaning in exit_codes().items()]


def _leaves(error: type[DiglotError]) -> Iterator[type[DiglotError]]:
    special = error.__subclasses__()
    if not special:
        yield error
    for below in special:
        yield from _leaves(below)
