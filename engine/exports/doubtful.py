"""Doubtful spans of a text as HTML that does nothing: marked, with the other reading to be seen under the mouse."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from itertools import pairwise

from engine.exports.characters import clean, one_line
from engine.output.blocks import Doubt, DoubtKind

_READERS = {"text": "the document's own text", "cpu": "the built-in reader"}


def marked(text: str, doubts: Sequence[Doubt] = (), *, single_line: bool = False) -> str:
    """Return a text as HTML, cleaned and without white space around it; doubtful spans stand in `<mark>`.

    Args:
        text: The text of a block or a cell, as its reader gave it.
        doubts: Those of this text; of two that overlap the first one counts.
        single_line: Make every run of white space one space, as in a heading.
    """
    if not doubts:
        whole = one_line(text) if single_line else clean(text).strip()
        return _with_breaks(whole)
    pieces = [(_spaced(piece) if single_line else clean(piece), doubt) for piece, doubt in _pieces(text, doubts)]
    return "".join(
        _with_breaks(piece) if doubt is None or not piece else _mark(piece, doubt)
        for piece, doubt in _stripped(pieces, single_line=single_line)
    )


def marked_source(text: str, doubts: Sequence[Doubt] = ()) -> str:
    """Return code, a formula or a chart as HTML for `<pre>`: every space and line break stays."""
    return "".join(
        escape(clean(piece)) if doubt is None or not piece else _mark(clean(piece), doubt, breaks=False)
        for piece, doubt in _pieces(text, doubts)
    )


def _pieces(text: str, doubts: Sequence[Doubt]) -> Iterable[tuple[str, Doubt | None]]:
    at = 0
    for doubt in sorted(doubts, key=lambda doubt: (doubt.start, not doubt.grave)):
        start, end = _between_signs(text, doubt.start), _between_signs(text, doubt.end)
        if start < at or end == start:
            continue
        yield text[at:start], None
        yield text[start:end], doubt
        at = end
    yield text[at:], None


def _between_signs(text: str, at: int) -> int:
    """Return the next place that does not part what is cleaned as one: a line break of two characters."""
    return at + 1 if text[max(0, at - 1) : at + 1] == "\r\n" else at


def _spaced(piece: str) -> str:
    """Return a piece on one line, a space kept at either end."""
    words = one_line(piece)
    before = " " if piece[:1].isspace() else ""
    after = " " if words and piece[-1:].isspace() else ""
    return f"{before}{words}{after}"


def _stripped(pieces: Sequence[tuple[str, Doubt | None]], *, single_line: bool) -> Sequence[tuple[str, Doubt | None]]:
    """Take white space away at both ends, and, on one line, where two pieces meet in it."""
    texts = [piece for piece, _ in pieces]
    for index in range(len(texts)):
        texts[index] = texts[index].lstrip()
        if texts[index]:
            break
    for index in reversed(range(len(texts))):
        texts[index] = texts[index].rstrip()
        if texts[index]:
            break
    if single_line:
        for left, right in pairwise(range(len(texts))):
            if texts[left].endswith(" ") and texts[right].startswith(" "):
                texts[right] = texts[right][1:]
    return [(text, doubt) for text, (_, doubt) in zip(texts, pieces, strict=True)]


def _mark(piece: str, doubt: Doubt, *, breaks: bool = True) -> str:
    inside = _with_breaks(piece) if breaks else escape(piece)
    grave = ' class="grave"' if doubt.grave else ""
    return f'<mark{grave} title="{escape(_reason(doubt))}">{inside}</mark>'


def _reason(doubt: Doubt) -> str:
    if doubt.kind is DoubtKind.UNSURE or doubt.other is None:
        return "may be wrong: the model was not sure"
    reader, other = _READERS.get(doubt.by, "a second reader"), one_line(doubt.other)
    return f"may be wrong: {reader} reads “{other}”" if other else f"may be wrong: {reader} reads nothing here"


def _with_breaks(text: str) -> str:
    return escape(text).replace("\n", "<br>")
