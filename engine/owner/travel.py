"""Errors on their way between processes: their class by name, their words, and the change that would help."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine import engine_errors, errors
from engine.engine_errors import EngineError, Remedy, RemedyKind
from engine.errors import DiglotError

LONGEST_WORDS = 2000


def told_of(error: DiglotError) -> dict[str, Any]:
    """Return an error as JSON. A class that only this process has travels as the nearest one that all have."""
    kind = next(each for each in type(error).__mro__ if each in _known().values())
    told: dict[str, Any] = {
        "class": kind.__name__,
        "subject": error.subject[:LONGEST_WORDS],
        "detail": error.detail[:LONGEST_WORDS],
    }
    remedy = error.remedy if isinstance(error, EngineError) else None
    if error.for_good:
        told["for_good"] = True
    if remedy is not None:
        told["remedy"] = {"kind": remedy.kind, "value": remedy.value}
    return told


def error_of(untrusted_error: Any) -> DiglotError:
    """Return the error that was told. What is not known becomes an EngineError with the same words."""
    told = untrusted_error if isinstance(untrusted_error, dict) else {}
    name = told.get("class")
    kind = _known().get(name, EngineError) if isinstance(name, str) else EngineError
    subject, detail = _words(told.get("subject")), _words(told.get("detail"))
    if issubclass(kind, EngineError):
        error: DiglotError = kind(subject, detail=detail, remedy=_remedy(told.get("remedy")))
    else:
        error = kind(subject, detail=detail)
    error.for_good = told.get("for_good") is True
    return error


def _remedy(untrusted_remedy: Any) -> Remedy | None:
    told = untrusted_remedy if isinstance(untrusted_remedy, dict) else {}
    kind, value = told.get("kind"), told.get("value")
    if not isinstance(kind, str) or kind not in set(RemedyKind):
        return None
    return Remedy(RemedyKind(kind), value if isinstance(value, int) and not isinstance(value, bool) else 0)


def _words(untrusted_words: Any) -> str:
    return untrusted_words[:LONGEST_WORDS] if isinstance(untrusted_words, str) else ""


def _known() -> dict[str, type[DiglotError]]:
    return {kind.__name__: kind for kind in _from(DiglotError)}


def _from(kind: type[DiglotError]) -> Iterator[type[DiglotError]]:
    if kind.__module__ in (errors.__name__, engine_errors.__name__):
        yield kind
    for special in kind.__subclasses__():
        yield from _from(special)
