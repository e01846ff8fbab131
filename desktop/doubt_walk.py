"""The way from one doubtful word to the next: through the page, then on to the next page that has some. Pure."""

from __future__ import annotations

import bisect
from collections.abc import Mapping
from typing import NamedTuple


class Stop(NamedTuple):
    """A doubtful word: its page, and which of the page's it is."""

    number: int
    which: int


class Step(NamedTuple):
    """Where a step led; `wrapped` tells that it went past an end of the document and began again at the other."""

    stop: Stop
    wrapped: bool = False


def next_stop(counts: Mapping[int, int], at: Stop | None, page: int, *, forward: bool) -> Step | None:
    """Return the word after (or before) the one that is looked at, None where there is none in the whole document.

    Args:
        counts: How many doubtful words each page has; pages without any may be left out.
        at: The word that is looked at, if any.
        page: The page that is looked at. Whoever has gone to another page than that of `at` begins there.
        forward: Which way to go.
    """
    pages = sorted(number for number, count in counts.items() if count > 0)
    if not pages:
        return None
    here = at if at is not None and at.number == page else None
    if here is not None:
        which = here.which + (1 if forward else -1)
        if 0 <= which < counts.get(page, 0):
            return Step(Stop(page, which))
    elif counts.get(page, 0) > 0:
        return Step(Stop(page, 0 if forward else counts[page] - 1))
    beyond = bisect.bisect_right(pages, page) if forward else bisect.bisect_left(pages, page) - 1
    wrapped = not 0 <= beyond < len(pages)
    number = pages[(0 if forward else -1) if wrapped else beyond]
    return Step(Stop(number, 0 if forward else counts[number] - 1), wrapped)
