"""Running text of a model becomes blocks: paragraphs, headings, list items, and the pictures among their words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from engine.output.answer import Mend
from engine.output.blocks import AnyBlock, Caption, Formula, Heading, ListItem, Paragraph
from engine.output.inline import only_formula, plain, verbatim
from engine.output.joining import is_rtl, join_lines
from engine.output.marks import caption_mark
from engine.output.pictures import figures, take_pictures, take_trailing
from engine.output.places import without_places
from engine.output.sheet import Sheet

MOST_CAPTION = 300
"""Characters of the longest paragraph that is taken for a caption by its first word ("Figure 3.")."""

_HEADING_SIGN = re.compile(r"^#{1,6}[ \t]++", re.MULTILINE)


def paragraph(text: str, sheet: Sheet) -> list[AnyBlock]:
    """Return a paragraph of Markdown: its lines joined, its pictures beside it."""
    taken = take_pictures(text, sheet)
    placed = figures(taken.pictures, sheet)
    blocks: list[AnyBlock] = []
    run: list[str] = []
    for line in taken.text.split("\n"):
        trailing = take_trailing(line, sheet)
        if not trailing.pictures:
            run.append(line)
            continue
        run.append(trailing.text)
        blocks += _run(run, sheet)
        run.clear()
        blocks += figures(trailing.pictures, sheet)
    blocks += _run(run, sheet)
    return [*placed, *blocks] if taken.leading else [*blocks, *placed]


def lines_kept(text: str, sheet: Sheet, *, unmarked: bool = False) -> list[AnyBlock]:
    """Return a paragraph whose line breaks are the page's own; `unmarked` takes the sign of a heading off a line."""
    if unmarked:
        text, marks = _HEADING_SIGN.subn("", text)
        sheet.mend(Mend.CHATTER, marks)
    taken = take_pictures(text, sheet)
    words, strays = without_places(verbatim(taken.text, sheet))
    sheet.mend(Mend.COORDINATES, strays)
    words = "\n".join(line.strip() for line in words.strip().split("\n"))
    blocks: list[AnyBlock] = [Paragraph(sheet.area, text=words, rtl=is_rtl([words]), placed=False)] if words else []
    return [*blocks, *figures(taken.pictures, sheet)]


def heading(text: str, level: int, sheet: Sheet) -> list[AnyBlock]:
    """Return a heading; nothing where it has no words."""
    words, beside = _words([text], sheet)
    blocks: list[AnyBlock] = [Heading(sheet.area, text=words, level=level, placed=False)] if words else []
    return [*blocks, *beside]


def list_item(marker: str, lines: Sequence[str], level: int, sheet: Sheet) -> list[AnyBlock]:
    """Return an item of a list with the lines that go on it."""
    words, beside = _words(lines, sheet)
    blocks: list[AnyBlock] = []
    if words:
        blocks.append(ListItem(sheet.area, text=words, marker=marker, level=level, placed=False))
    return [*blocks, *beside]


def _words(lines: Sequence[str], sheet: Sheet) -> tuple[str, list[AnyBlock]]:
    """Return the words of a block that can hold no picture, and the pictures that were in it."""
    taken = take_pictures("\n".join(lines), sheet)
    text, strays = without_places(taken.text)
    sheet.mend(Mend.COORDINATES, strays)
    return plain(_joined(text.split("\n")), sheet).strip(), figures(taken.pictures, sheet)


def _run(lines: Sequence[str], sheet: Sheet) -> list[AnyBlock]:
    """Return lines of running text as one block: a formula or a caption where they are nothing else."""
    joined = _joined(lines)
    latex = only_formula(joined)
    if latex is not None:
        return [Formula(sheet.area, latex=latex, placed=False)]
    text = plain(joined, sheet).strip()
    if not text:
        return []
    mark = caption_mark(text) if len(text) <= MOST_CAPTION else None
    if mark is not None and mark.certain:
        return [Caption(sheet.area, text=text, placed=False)]
    return [Paragraph(sheet.area, text=text, rtl=is_rtl([text]), placed=False)]


def _joined(lines: Sequence[str]) -> str:
    """Join lines as their language wants; two spaces or a backslash at the end of one keep its break."""
    parts: list[list[str]] = [[]]
    for line in lines:
        kept = line.endswith(("  ", "\\")) and not line.endswith("\\\\")
        parts[-1].append(line.rstrip().removesuffix("\\") if kept else line)
        if kept:
            parts.append([])
    return "\n".join(filter(None, map(join_lines, parts)))
