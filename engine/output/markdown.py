"""Markdown in the ways of a model, taken apart block by block while it streams in.

Not CommonMark: tables are HTML, formulas have spaces inside their dollars, figures are `pFig` tags or bare coordinates,
drawings have no fence. Every block ends where it ends, so a block that is done is never looked at again.
"""

from __future__ import annotations

import re
from copy import copy
from enum import Enum
from typing import NamedTuple, Self

from engine.output.answer import Mend
from engine.output.blocks import AnyBlock, Code
from engine.output.charts import mermaid, mermaid_end, opens_mermaid
from engine.output.formulas import bare_formula, display, formula, opens_display
from engine.output.html_tables import opens_rows, opens_table, table_blocks, table_end
from engine.output.marks import MarkStyle, list_mark
from engine.output.pipe_tables import is_row, is_rule, pipe_table
from engine.output.running_text import heading, lines_kept, list_item, paragraph
from engine.output.scanning import Portion
from engine.output.sheet import Sheet

MARK_REACH = 40
"""Characters within which the mark of a list item ends."""
ROW_REACH = 400
"""Characters within which a row of a pipe table has its first bar."""
STRUCTURE_REACH = 8
"""Characters that tell a table or a heading behind an opening fence."""
MOST_PICTURE = 2000
"""Characters of the longest caption inside its tags."""

_INK = re.compile(r"\S")
_BREAK = re.compile(r"\n|<table(?=[\s>])|\$\$|(?<!\\)\\\[|<pFig>", re.IGNORECASE)
_HEADING = re.compile(r"(#{1,6})(?:[ \t]++|(?=\n|\Z))")
_RULE = re.compile(r"(?:-[ \t]*+){3,}\Z|(?:\*[ \t]*+){3,}\Z|(?:_[ \t]*+){3,}\Z")
_BULLET = re.compile(r"([-*+])[ \t]++(?=\S)")
_FENCE = re.compile(r"```[ \t]*+([\w+-]{0,20})[ \t]*+\Z")
_RUN_ON_FENCE = re.compile(r"```(?:markdown|md|html)?+[ \t]*+")
_WRAPPERS = frozenset({"markdown", "md", "html", "text", "plaintext"})
_STRUCTURE = re.compile(r"<table(?=[\s>])|#{1,6}[ \t]|\||\$\$", re.IGNORECASE)


class _Kind(Enum):
    TABLE = "table"
    DISPLAY = "display"
    FENCE = "fence"
    HEADING = "heading"
    RULE = "rule"
    MERMAID = "mermaid"
    PIPES = "pipes"
    ITEM = "item"
    WORDS = "words"


class _Segment(NamedTuple):
    """A stretch of text that is one block, or none; `info` is what its kind has to tell besides."""

    kind: _Kind
    end: int
    body: str
    info: str = ""
    closed: bool = True


class MarkdownScanner:
    """Scans Markdown.

    With `lines` it knows no headings and no lists, and line breaks are the page's own; with `unmarked` a line's `# ` is
    no part of it either.
    """

    def __init__(self, *, lines: bool = False, unmarked: bool = False) -> None:
        self._lines = lines
        self._unmarked = unmarked
        self._wrapped = 0  # fences that are open around the blocks
        self._indents: list[int] = []  # of the levels of the list that is being read
        self._midline = False  # the text to come goes on in a line that has begun

    def fork(self) -> Self:
        """Return one that has taken the same."""
        twin = copy(self)
        twin._indents = list(self._indents)
        return twin

    def scan(self, text: str, sheet: Sheet, *, final: bool) -> Portion:
        """Take the blocks that are certain."""
        portion = Portion()
        while True:
            ink = _INK.search(text, portion.used)
            if ink is None:
                break
            start = ink.start()
            newline = text.rfind("\n", portion.used, start)
            fresh = newline >= 0 or not self._midline
            line_start = newline + 1 if newline >= 0 else portion.used
            segment = self._segment(text, start, fresh, final=final)
            if segment is None:
                return portion
            indent = len(text[line_start:start].replace("\t", "    ")) if fresh else 0
            portion.blocks += self._blocks(segment, indent, sheet)
            self._midline = text[segment.end - 1] != "\n"
            portion.used = segment.end
        if final:
            portion.used = len(text)
        return portion

    # -- where a block ends

    def _segment(self, text: str, start: int, fresh: bool, *, final: bool) -> _Segment | None:
        """Return the block that begins at `start`, None while its end is not certain."""
        if opens_table(text, start) or (fresh and opens_rows(text, start)):
            found = table_end(text, start, final=final)
            return found and _Segment(_Kind.TABLE, found.end, text[start : found.end], closed=found.closed)
        if opens_display(text, start):
            shown = display(text, start, final=final)
            return shown and _Segment(_Kind.DISPLAY, shown.end, shown.latex, closed=shown.closed)
        line_end = text.find("\n", start) if fresh else start
        if line_end < 0:
            if not final:
                return None
            line_end = len(text)
        if text.startswith("```", start):
            if fresh:
                return self._fence(text, start, line_end, final=final)
            return _Segment(_Kind.FENCE, start + 3, "", "-")  # within a line it can only close what was opened
        if fresh:
            line = text[start:line_end]
            if opens_mermaid(line):
                end = mermaid_end(text, start, final=final)
                return None if end is None else _Segment(_Kind.MERMAID, end, text[start:end])
            if "|" in line[:ROW_REACH]:
                end = self._pipes_end(text, start, line_end, final=final)
                if end is None:
                    return None
                if end > 0:
                    return _Segment(_Kind.PIPES, end, text[start:end])
            if not self._lines:
                if mark := _HEADING.match(text, start, line_end):
                    return _Segment(_Kind.HEADING, line_end, text[mark.end() : line_end], info=mark[1])
                if _RULE.match(line):
                    return _Segment(_Kind.RULE, line_end, "")
                if item := _item(line):
                    marker, skipped = item
                    end = self._words_end(text, start + skipped, final=final)
                    return None if end is None else _Segment(_Kind.ITEM, end, text[start + skipped : end], marker)
        end = self._words_end(text, start, final=final)
        return None if end is None else _Segment(_Kind.WORDS, end, text[start:end])

    def _words_end(self, text: str, start: int, *, final: bool) -> int | None:
        """Return where running text ends: at an empty line, or where something else begins."""
        position = start
        while found := _BREAK.search(text, position):
            if found[0] == "\n":
                line = found.end()
                after = text.find("\n", line)
                if after < 0 and not final:
                    return None
                if self._begins(text[line : after if after >= 0 else len(text)]):
                    return found.start()
                position = line
            elif found[0].lower() == "<pfig>":
                # What stands between its tags belongs together, whatever it looks like.
                close = text.find("</pFig>", found.end(), found.end() + MOST_PICTURE)
                if close < 0 and not final and len(text) < found.end() + MOST_PICTURE:
                    return None
                position = max(close, found.end())
            elif found.start() > start:
                return found.start()
            else:
                position = found.end()
        return len(text) if final else None

    def _begins(self, line: str) -> bool:
        """Tell whether something else than running text begins with this line, be it only a gap."""
        stripped = line.strip()
        if not stripped or stripped.startswith("```"):
            return True
        if opens_table(stripped, 0) or opens_rows(stripped, 0) or opens_display(stripped, 0):
            return True
        if is_row(stripped) or opens_mermaid(stripped):
            return True
        if self._lines:
            return False
        return bool(_HEADING.match(stripped) or _RULE.match(stripped) or _item(stripped))

    def _pipes_end(self, text: str, start: int, line_end: int, *, final: bool) -> int | None:
        """Return where a pipe table ends, 0 where none begins, None while that is not certain."""
        first = text[start:line_end]
        rows = 1
        while line_end < len(text):
            after = text.find("\n", line_end + 1)
            if after < 0:
                if not final:
                    return None
                after = len(text)
            line = text[line_end + 1 : after]
            if rows == 1 and not (is_rule(line) or (is_row(first) and is_row(line))):
                break
            if rows > 1 and "|" not in line[:ROW_REACH]:
                break
            rows += 1
            line_end = after
        return line_end if rows > 1 else 0

    def _fence(self, text: str, start: int, line_end: int, *, final: bool) -> _Segment | None:
        """Return a fenced block, or the fence alone where it opens ("+") or closes ("-") what is around the blocks."""
        opening = _FENCE.match(text[start:line_end])
        if opening is None:
            run_on = _RUN_ON_FENCE.match(text, start)
            return _Segment(_Kind.FENCE, run_on.end() if run_on else start + 3, "", "+")
        language = opening[1].lower()
        if language in _WRAPPERS:
            return _Segment(_Kind.FENCE, line_end, "", "+")
        if not language:
            if self._lines and not self._wrapped:
                return _Segment(_Kind.FENCE, line_end, "", "+")
            inside = _INK.search(text, line_end)
            if self._wrapped or (inside is None and final):
                return _Segment(_Kind.FENCE, line_end, "", "-")
            if inside is None or (not final and len(text) - inside.start() < STRUCTURE_REACH):
                return None
            if _STRUCTURE.match(text, inside.start()):
                return _Segment(_Kind.FENCE, line_end, "", "+")
        close = text.find("\n```", line_end)
        end = text.find("\n", close + 1) if close >= 0 else -1
        if end < 0:
            if not final:
                return None
            end = len(text)
        body = text[line_end : close if close >= 0 else end].strip("\n")
        return _Segment(_Kind.FENCE, end, body, language or "code")

    # -- what a block says

    def _blocks(self, segment: _Segment, indent: int, sheet: Sheet) -> list[AnyBlock]:
        if segment.kind is _Kind.ITEM:
            return list_item(segment.info, segment.body.split("\n"), self._level(indent), sheet)
        self._indents.clear()
        match segment.kind:
            case _Kind.TABLE:
                return table_blocks(segment.body, sheet, closed=segment.closed)
            case _Kind.DISPLAY:
                sheet.mend(Mend.FORMULA_UNCLOSED, int(not segment.closed))
                return formula(segment.body, sheet)
            case _Kind.HEADING:
                return heading(_without_closing(segment.body), len(segment.info), sheet)
            case _Kind.MERMAID:
                return mermaid(segment.body, sheet)
            case _Kind.PIPES:
                return pipe_table(segment.body.split("\n"), sheet)
            case _Kind.FENCE:
                return self._fenced(segment, sheet)
            case _Kind.RULE:
                return []
            case _:
                if self._lines:
                    return lines_kept(segment.body, sheet, unmarked=self._unmarked)
                return paragraph(segment.body, sheet)

    def _fenced(self, segment: _Segment, sheet: Sheet) -> list[AnyBlock]:
        if segment.info in ("+", "-"):
            self._wrapped = max(0, self._wrapped + (1 if segment.info == "+" else -1))
            sheet.mend(Mend.WRAPPING)
            return []
        if segment.info == "mermaid" or opens_mermaid(segment.body.split("\n", 1)[0]):
            return mermaid(segment.body, sheet)
        if segment.info in ("latex", "tex", "math"):
            return bare_formula(segment.body.strip().strip("$"), sheet)
        return [Code(sheet.area, text=segment.body, placed=False)] if segment.body.strip() else []

    def _level(self, indent: int) -> int:
        """Return how deep in its list an item stands."""
        while self._indents and indent < self._indents[-1]:
            self._indents.pop()
        if not self._indents or indent > self._indents[-1] + 1:
            self._indents.append(indent)
        return len(self._indents) - 1


def _item(line: str) -> tuple[str, int] | None:
    """Return the mark that a list item begins with and how many characters it takes, None where there is none."""
    if bullet := _BULLET.match(line):
        return "•", bullet.end()
    head = line[:MARK_REACH]
    mark = list_mark(head)
    if mark is None or mark.style is MarkStyle.DOTTED:
        return None
    return mark.marker, len(head.rstrip()) - len(mark.text)


def _without_closing(title: str) -> str:
    """Take away the number signs that may close a heading."""
    bare = title.rstrip().rstrip("#")
    return bare if not bare or bare[-1:].isspace() else title
