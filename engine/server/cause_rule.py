"""What a known cause of failure is: the words by which the log tells it, and the error it becomes for a person.

The tables are in `card_causes`, `model_causes` and `system_causes`. Their patterns are taken from the sources of vLLM,
PyTorch, CUDA, transformers, safetensors, Python and the C library. Quantifiers are bounded and alternatives disjoint: a
line is untrusted, and may be long.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, IntEnum, auto
from pathlib import PurePosixPath

from engine.engine_errors import EngineError, Remedy, RemedyKind
from engine.errors import DiglotError
from engine.server.log_lines import showable

SET_UP = Remedy(RemedyKind.SET_UP)
AGAIN = Remedy(RemedyKind.START_AGAIN)
MAIN_MEMORY_FULL = "the computer's main memory is full"

Builder = Callable[[re.Match[str]], DiglotError]


class Rank(IntEnum):
    """How near to the root a cause is. The nearest wins, then the one that stands first in the log."""

    ROOT = 0
    BROAD = 1  # true, but the same words come with other causes too
    CONSEQUENCE = 2  # something else may be behind it


class Reads(Enum):
    """Which lines a rule looks at."""

    ERRORS = auto()  # records of errors, ends of tracebacks, and what was printed past the log
    ALL = auto()  # warnings, too: some things are said only there
    FRAMES = auto()  # the functions that a traceback went through


@dataclass(frozen=True, slots=True)
class Rule:
    """One known cause. `mark` is a part of every line that the pattern matches: the quick look before the slow one."""

    mark: str
    pattern: re.Pattern[str]
    build: Builder
    rank: Rank
    reads: Reads


def rule(mark: str, build: Builder, pattern: str = "", *, rank: Rank = Rank.ROOT, reads: Reads = Reads.ERRORS) -> Rule:
    """Make a row of a table; without a pattern the mark alone is it."""
    return Rule(mark, re.compile(pattern or re.escape(mark)), build, rank, reads)


def always(kind: type[EngineError], detail: str = "", remedy: Remedy | None = None) -> Builder:
    """Return what builds this error, whatever the rest of the line says."""
    return lambda match: kind(detail=detail, remedy=remedy)


def quoting(kind: type[EngineError], *, remedy: Remedy | None = None, most: int = 120) -> Builder:
    """Return what builds this error with the group `name` as detail, or with all that was matched."""

    def build(match: re.Match[str]) -> DiglotError:
        words = match.groupdict().get("name") if "name" in match.re.groupindex else match[0]
        return kind(detail=showable((words or "").strip(" '\"`[]{}"), most=most), remedy=remedy)

    return build


def last_part(untrusted_path: str) -> str:
    """Return a file's name, without the folders it lies in."""
    return showable(PurePosixPath(untrusted_path.replace("\\", "/")).name, most=80)
