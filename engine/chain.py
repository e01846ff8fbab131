"""The chain of an exception: what it arose from, and what that arose from."""

from __future__ import annotations

from collections.abc import Iterator


def causes_of(problem: BaseException) -> Iterator[BaseException]:
    """Walk from an exception to what it arose from, groups included."""
    waiting, seen = [problem], set[int]()
    while waiting:
        each = waiting.pop(0)
        if id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        if isinstance(each, BaseExceptionGroup):
            waiting += each.exceptions
        waiting += [cause for cause in (each.__cause__, each.__context__) if cause is not None]
