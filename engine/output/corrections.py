"""Corrections: the person's words in the place of what was read. Pure: the reading itself stays as it was.

A correction is about a place: a block, a cell of a table, a line; or it tells which doubtful words of a block or a cell
are right as they are. Places are named by texts (`block/3`, `cell/3/1/2` …), under which the library keeps them. A page
may be read again and come out otherwise: a correction is for the text that it replaced, wherever on the page that
stands now, and is left alone where that is gone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol

from engine.output.blocks import AnyBlock, Chart, Doubt, Formula, Line, PageResult, Table, text_of

PLACE = re.compile(
    r"(?P<kind>block|cell|kept|line|translation|field)/(?P<index>\d{1,6})(?:/(?P<row>\d{1,6})/(?P<column>\d{1,6}))?"
)
"""Only `cell` has a row and a column always; `block`, `line` and `field` never do."""


class Written(Protocol):
    """What was written, and what stood there then; of words that are right, one a line."""

    @property
    def text(self) -> str:
        """What stands there now."""
        ...

    @property
    def replaced(self) -> str:
        """What was read there when it was written, "" where nobody noted that."""
        ...


class Site(NamedTuple):
    """A text of a page: a block, or a cell of it where it is a table."""

    block: int
    row: int | None = None
    column: int | None = None

    @property
    def place(self) -> str:
        """The name of the place where its text is corrected."""
        return self._named("block", "cell")

    @property
    def kept_place(self) -> str:
        """The name of the place where it is told which of its doubtful words are right."""
        return self._named("kept", "kept")

    @property
    def translation_place(self) -> str:
        """The name of the place where it is corrected, where it is one of `PageResult.translation`."""
        return self._named("translation", "translation")

    def _named(self, block: str, cell: str) -> str:
        return f"{block}/{self.block}" if self.row is None else f"{cell}/{self.block}/{self.row}/{self.column or 0}"


def is_place(text: str) -> bool:
    """Tell whether a text names the place of a correction."""
    return _found(text) is not None


def _found(place: str) -> re.Match[str] | None:
    found = PLACE.fullmatch(place)
    if found is None or found["kind"] in ("kept", "translation"):
        return found
    return found if (found["row"] is not None) == (found["kind"] == "cell") else None


def site_of(doubt: Doubt) -> Site:
    """Return the text that a doubt lies in."""
    return Site(doubt.block, doubt.row, doubt.column)


def text_at(result: PageResult, site: Site) -> str | None:
    """Return a text of a page, None where it has no such text."""
    return _text_in(result.blocks, site)


def _text_in(blocks: Sequence[AnyBlock], site: Site) -> str | None:
    if not 0 <= site.block < len(blocks):
        return None
    block = blocks[site.block]
    if isinstance(block, Table):
        found = (cell for cell in block.cells if (cell.row, cell.column) == (site.row, site.column))
        return next((cell.text for cell in found), None)
    return text_of(block) if site.row is None else None


def words_in_doubt(result: PageResult, doubt: Doubt) -> str:
    """Return the words that a doubt is about, their white space made one space."""
    text = text_at(result, site_of(doubt)) or ""
    return " ".join(text[max(0, doubt.start) : max(0, doubt.end)].split())


def written_at(result: PageResult, site: Site, written: Mapping[str, Written]) -> str | None:
    """Return the place under which the text was written that stands at a site now, None where it is as it was read."""
    here = text_at(result, site)
    kind = "block/" if site.row is None else "cell/"
    fitting = [place for place, one in written.items() if place.startswith(kind) and one.text == here != one.replaced]
    return site.place if site.place in fitting else next(iter(fitting), None)


def corrected(result: PageResult, written: Mapping[str, Written]) -> PageResult:
    """Return the page as the person left it: their words in place, and doubts dropped about words they settled."""
    places = [(found, one) for place, one in written.items() if (found := _found(place)) is not None]
    for found, one in places:
        if found["kind"] == "kept":
            result = _without_doubts(result, _site(found), one.text)
    for found, one in places:
        match found["kind"]:
            case "block" | "cell":
                site = _present(result, _site(found), one)
                result = result if site is None else with_text(result, site, one.text)
            case "line":
                result = _with_line(result, int(found["index"]), one)
            case "translation":
                result = _with_translation(result, _site(found), one)
            case "field":
                result = _with_field(result, int(found["index"]), one)
    return result


def with_text(result: PageResult, site: Site, text: str) -> PageResult:
    """Return the page with another text at a site; doubts in what changed are dropped, the others move along."""
    before = text_at(result, site)
    if before is None or before == text:
        return result
    changes = list(_changes(before, text))
    blocks = list(result.blocks)
    block = blocks[site.block]
    lines = _lines_at(block, site)
    blocks[site.block] = _rewritten(block, site, text)
    doubts = tuple(
        moved for doubt in result.doubts if (moved := _moved(doubt, changes) if site_of(doubt) == site else doubt)
    )
    return replace(
        result, blocks=tuple(blocks), doubts=doubts, lines=_lines_after(result.lines, lines, before, text, changes)
    )


@dataclass(frozen=True, slots=True)
class _Change:
    """Characters `start` to `end` of the old text became `said`, which is at `at` in the new one."""

    start: int
    end: int
    at: int
    said: str


def _changes(before: str, after: str) -> Iterator[_Change]:
    """Yield what changed, from both ends inwards: a person changes a word or two, and one stretch is enough to say."""
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    tail = 0
    while tail < min(len(before), len(after)) - start and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    yield _Change(start, len(before) - tail, start, after[start : len(after) - tail])


def _moved(doubt: Doubt, changes: list[_Change]) -> Doubt | None:
    shift = 0
    for change in changes:
        if doubt.end <= change.start:
            continue
        if doubt.start < change.end or (change.start == change.end and doubt.start < change.start):
            return None
        shift += len(change.said) - (change.end - change.start)
    return replace(doubt, start=doubt.start + shift, end=doubt.end + shift)


def _lines_after(
    lines: tuple[Line, ...], taken: tuple[int, ...], before: str, after: str, changes: list[_Change]
) -> tuple[Line, ...]:
    """Change the line in which the old words stand, so that the new ones are found by a search.

    Lines may come from a second reader that read something else: where it cannot be told, they stay as they were.
    """
    said = list(lines)
    for change in changes:
        left, right = _word_edges(before, change.start, change.end)
        old = before[left:right]
        new = after[left : right + len(change.said) - (change.end - change.start)]
        standing = [at for at in taken if 0 <= at < len(said) and said[at].text.count(old) == 1] if old else []
        if len(standing) == 1:
            line = said[standing[0]]
            said[standing[0]] = replace(line, text=line.text.replace(old, new))
    return tuple(said)


def _word_edges(text: str, start: int, end: int) -> tuple[int, int]:
    """Draw a stretch out to whole words."""
    while start > 0 and not text[start - 1].isspace():
        start -= 1
    while end < len(text) and not text[end].isspace():
        end += 1
    return start, end


def _site(found: re.Match[str]) -> Site:
    row, column = found["row"], found["column"]
    return Site(int(found["index"]), None if row is None else int(row), None if column is None else int(column))


def _present(result: PageResult, site: Site, one: Written) -> Site | None:
    """Return where the text stands that a correction is for."""
    here = text_at(result, site)
    if here is not None and (not one.replaced or here in (one.replaced, one.text)):
        return site
    alike = [other for other in _sites(result) if (other.row is None) == (site.row is None)]
    found = [other for other in alike if one.replaced and text_at(result, other) == one.replaced]
    return found[0] if len(found) == 1 else None


def _sites(result: PageResult) -> Iterator[Site]:
    for index, block in enumerate(result.blocks):
        if isinstance(block, Table):
            yield from (Site(index, cell.row, cell.column) for cell in block.cells)
        else:
            yield Site(index)


def _without_doubts(result: PageResult, site: Site, words: str) -> PageResult:
    right = {" ".join(line.split()) for line in words.splitlines()}
    doubts = tuple(
        doubt for doubt in result.doubts if site_of(doubt) != site or words_in_doubt(result, doubt) not in right
    )
    return result if len(doubts) == len(result.doubts) else replace(result, doubts=doubts)


def _with_line(result: PageResult, index: int, one: Written) -> PageResult:
    if index >= len(result.lines) or one.replaced not in ("", result.lines[index].text):
        return result
    lines = list(result.lines)
    lines[index] = replace(lines[index], text=one.text)
    return replace(result, lines=tuple(lines))


def _with_translation(result: PageResult, site: Site, one: Written) -> PageResult:
    here = _text_in(result.translation, site)
    if here is None or one.replaced not in ("", here):
        return result
    blocks = list(result.translation)
    blocks[site.block] = _rewritten(blocks[site.block], site, one.text)
    return replace(result, translation=tuple(blocks))


def _with_field(result: PageResult, index: int, one: Written) -> PageResult:
    if index >= len(result.fields) or one.replaced not in ("", result.fields[index].value or ""):
        return result
    fields = list(result.fields)
    fields[index] = replace(fields[index], value=one.text)
    return replace(result, fields=tuple(fields))


def _rewritten(block: AnyBlock, site: Site, text: str) -> AnyBlock:
    match block:
        case Table():
            cells = tuple(
                replace(cell, text=text) if (cell.row, cell.column) == (site.row, site.column) else cell
                for cell in block.cells
            )
            return replace(block, cells=cells)
        case Formula():
            return replace(block, latex=text)
        case Chart():
            return replace(block, source=text)
        case _:
            return replace(block, text=text)


def _lines_at(block: AnyBlock, site: Site) -> tuple[int, ...]:
    if not isinstance(block, Table):
        return block.lines
    return next((cell.lines for cell in block.cells if (cell.row, cell.column) == (site.row, site.column)), ())
