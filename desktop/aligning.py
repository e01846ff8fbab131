"""Which characters of a block's text a line of the page is: pure, linear, never more than a guess where they differ."""

from __future__ import annotations

from collections.abc import Sequence

_HYPHENS = frozenset("-\u2010\u00ad")
PROBE = 8
"""So many characters of a line must be found again before the rest of the line is followed from there."""
REACH = 400
"""How far ahead, in characters, the place is looked for after the two went apart."""


def align(text: str, lines: Sequence[str]) -> list[Sequence[int]]:
    """Return for each line, for each of its characters, where it stands in `text` (-1 where it does not).

    `text` is the lines joined as the language wants: white space may differ, hyphens at line ends may be gone, a list's
    marker may be missing. The lines are taken in order.
    """
    aligned: list[Sequence[int]] = []
    at = 0
    for line in lines:
        places, at = _as_it_stands(text, line, at) or _follow(text, line, at)
        aligned.append(places)
    return aligned


def _as_it_stands(text: str, line: str, at: int) -> tuple[Sequence[int], int] | None:
    """Return the places of a line that stands here letter by letter, which most do; None for the others."""
    words = line.strip()
    healed = words[-1:] in _HYPHENS and not text.startswith(words, _skip_space(text, at))
    body = words[:-1] if healed else words
    start = _skip_space(text, at)
    if not body or not text.startswith(body, start):
        return None
    before = len(line) - len(line.lstrip())
    after = len(line) - before - len(body)
    return [*[-1] * before, *range(start, start + len(body)), *[-1] * after], start + len(body)


def _follow(text: str, line: str, at: int) -> tuple[list[int], int]:
    places = [-1] * len(line)
    start, lost = at, False
    for index, character in enumerate(line):
        if character.isspace():
            continue
        here = _skip_space(text, at)
        if here < len(text) and text[here] == character and not lost:
            places[index] = here
            at = here + 1
        elif character in _HYPHENS and not line[index + 1 :].strip():
            break  # healed
        else:
            lost = True
            probe = line[index : index + PROBE].strip()
            found = text.find(probe, start, at + REACH) if len(probe) >= min(PROBE, len(line.strip())) // 2 else -1
            if found >= 0:
                places[index] = found
                at, lost = found + 1, False
    return places, at


def _skip_space(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def extent(places: Sequence[int]) -> tuple[int, int] | None:
    """Return the first and the one past the last place of characters that stand in the text, None where none does."""
    there = [place for place in places if place >= 0]
    return (min(there), max(there) + 1) if there else None


def utf16_offsets(text: str) -> Sequence[int]:
    """Return for each character of `text`, and for its end, its offset in UTF-16 units, which is how Qt counts."""
    if not text or max(text) <= "\uffff":
        return range(len(text) + 1)
    offsets = [0]
    for character in text:
        offsets.append(offsets[-1] + (2 if character > "\uffff" else 1))
    return offsets
