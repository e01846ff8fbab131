"""Page ranges as people write them: "1-3,7,10-" and "-5" to pages, and pages back to words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from engine.errors import UsageError

_RANGE = re.compile(r"([0-9]{1,9})?\s*(-)?\s*([0-9]{1,9})?")
_ENDLESS = 10**9


@dataclass(frozen=True, slots=True)
class PageRanges:
    """Wanted pages, before the document's length is known: (first, last) each, counted from 1, both included."""

    text: str
    spans: tuple[tuple[int, int], ...]

    def pages(self, count: int) -> list[int]:
        """Return the wanted pages of a document with `count` pages, in order, each once.

        A range may reach past the end ("3-99"); one that lies past it altogether is a mistake.

        Raises:
            UsageError: A page that the document does not have.
        """
        for first, _ in self.spans:
            if first > count:
                has = "1 page" if count == 1 else f"pages 1 to {count}"
                raise UsageError(f"--pages {self.text}", detail=f"the document has {has}, not {first}")
        wanted: set[int] = set()
        for first, last in self.spans:
            wanted.update(range(first, min(last, count) + 1))
        return sorted(wanted)


def parse_ranges(text: str) -> PageRanges:
    """Read what a person wrote: single pages, "from-to", "from-" to the end and "-to" from the first page.

    Raises:
        UsageError: It is not understood, counts from 0, or runs backwards.
    """
    spans: list[tuple[int, int]] = []
    for part in text.split(","):
        found = _RANGE.fullmatch(part.strip())
        if found is None or not (found[1] or found[3]) or (found[1] and found[3] and not found[2]):
            raise UsageError(f"--pages {text[:80]}", detail="pages are written like 1-3,7,10- or -5")
        first = int(found[1]) if found[1] else 1
        last = int(found[3]) if found[3] else _ENDLESS if found[2] else first
        if first < 1 or last < 1:
            raise UsageError(f"--pages {text[:80]}", detail="pages are counted from 1")
        if last < first:
            raise UsageError(f"--pages {text[:80]}", detail=f"{first}-{last} runs backwards")
        spans.append((first, last))
    return PageRanges(text, tuple(spans))


def in_words(numbers: Iterable[int]) -> str:
    """Return pages for a sentence: "page 7" or "pages 1-3, 7"."""
    spans: list[list[int]] = []
    for number in sorted(set(numbers)):
        if spans and spans[-1][1] + 1 == number:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    one = len(spans) == 1 and spans[0][0] == spans[0][1]
    written = ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in spans)
    return f"page {written}" if one else f"pages {written}"
