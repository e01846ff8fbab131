"""Places in a model's text: its coordinates found, read and taken out, in every notation it has for them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.output.sheet import Corner

POINT = r"\(-?\d{1,5},-?\d{1,5}\)"
"""One corner as the model writes it: tight, so that a point in a page's own formula is hardly taken for one."""
SPAN = rf"{POINT},?[ \t]?{POINT}"
PLACE_TAGS = ("quad", "box", "poly")

POINTS = rf"{POINT}(?:[ \t]?[,，]?[ \t]?{POINT})*+"
"""The corners of a place whose tag is not closed: what follows them are words."""

_SPAN = re.compile(SPAN)
_NUMBER = re.compile(r"-?\d{1,6}(?:\.\d{1,6})?")
_NAMED_TAG = re.compile(r"</?pos_[a-z][^<>]{0,16}>")
_BETWEEN = re.compile(r"[\s,，]*\Z")


def corners_in(text: str) -> list[Corner]:
    """Return the corners in what stands where a place should, however it is written: `(1,2),(3,4)`, `[1, 2, 3, 4]`, ….

    A bracket may be missing; at most eight numbers are read.
    """
    head = _NAMED_TAG.sub(" ", text[:400])
    numbers = [float(found[0]) for found in _NUMBER.finditer(head)][:8]
    return list(zip(numbers[::2], numbers[1::2], strict=False))


@dataclass(frozen=True, slots=True)
class Trailing:
    """A line that ends in coordinates: its text without them, and each place, in order."""

    text: str
    places: tuple[list[Corner], ...]


def trailing_places(line: str) -> Trailing | None:
    """Return what a line says before the coordinates at its end, None where it ends in none."""
    if not line.rstrip().endswith(")"):
        return None
    spans = list(_SPAN.finditer(line))
    if not spans:
        return None
    places: list[list[Corner]] = []
    end = len(line)
    for span in reversed(spans):
        if not _BETWEEN.fullmatch(line, span.end(), end):
            break
        places.append(corners_in(span[0]))
        end = span.start()
    return Trailing(line[:end].rstrip(" \t,，"), tuple(reversed(places))) if places else None


def without_places(text: str) -> tuple[str, int]:
    """Take away the coordinates at the ends of lines; return the text and how many were taken."""
    if "(" not in text:
        return text, 0
    taken = 0
    lines = []
    for line in text.split("\n"):
        found = trailing_places(line)
        taken += len(found.places) if found else 0
        lines.append(found.text if found else line)
    return "\n".join(lines), taken
