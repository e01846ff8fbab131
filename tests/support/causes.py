"""What is to be found in a log of a failure, and whether it was."""

from __future__ import annotations

from dataclasses import dataclass

from engine.engine_errors import EngineError, Remedy, RemedyKind
from engine.errors import DiglotError

GIB = 1 << 30
SET_UP = Remedy(RemedyKind.SET_UP)
AGAIN = Remedy(RemedyKind.START_AGAIN)


@dataclass(frozen=True)
class Cause:
    """What is to be found in a log: the class, words of subject and detail, and the remedy."""

    kind: type[DiglotError]
    words: str = ""
    remedy: Remedy | None = None


def budget(tenths: int) -> Remedy:
    return Remedy(RemedyKind.USE_BUDGET, tenths * GIB // 10)


def length(tokens: int) -> Remedy:
    return Remedy(RemedyKind.USE_LENGTH, tokens)


def remedy_of(error: DiglotError) -> Remedy | None:
    return error.remedy if isinstance(error, EngineError) else None


def check(error: DiglotError, cause: Cause) -> None:
    assert type(error) is cause.kind, str(error)
    assert cause.words in f"{error.subject} {error.detail}"
    assert remedy_of(error) == cause.remedy
