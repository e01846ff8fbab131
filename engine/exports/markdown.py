"""Pages as Markdown (CommonMark with GitHub's tables): the page's own signs are escaped, so nothing on it is obeyed."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from engine.exports.characters import clean, one_line
from engine.exports.content import NO_VALUE, Content, pairs_of, told_blocks, with_list_runs
from engine.exports.html import html_table
from engine.exports.text import failure_note
from engine.output.blocks import (
    AnyBlock,
    Caption,
    Chart,
    Code,
    FieldValue,
    Figure,
    Formula,
    Heading,
    ListItem,
    PageResult,
    Paragraph,
    Table,
)
from engine.output.document import PageFailure

_PUNCTUATION = r"!-/:-@\[-`{-~"
_INLINE = re.compile(
    rf"\\(?=[{_PUNCTUATION}]|$)"  # a backslash only escapes before punctuation; at a line's end it breaks the line
    r"|[`*\[~$|]"
    r"|(?<![^\W_])_+|_+(?![^\W_])"  # inside a word an underscore means nothing
    r"|<(?=[A-Za-z/!?])"
    r"|&(?=#|[A-Za-z][A-Za-z0-9]*;)",
    re.MULTILINE,
)
_LINE_START = re.compile(r"^(?:[#>]|[-+](?=\s|$)|[-=:](?=[-=:|\\\s]*$)|(\d{1,9})(?=[.)](?:\s|$)))", re.MULTILINE)
_NOTHING = "<!-- -->"
_NUMBERED = re.compile(r"(\d{1,9})([.)])")
_BULLETS = frozenset("•·-–—*+◦▪▫●○■□◆◇➢➤✓✔‣⁃∙・")


def escape(text: str) -> str:
    """Escape everything in a text that Markdown would take for a sign of its own; line breaks stay line breaks."""
    return _INLINE.sub(lambda found: "".join("\\" + sign for sign in found[0]), text)


def markdown(
    pages: Sequence[PageResult | PageFailure], *, numbered: bool = True, content: Content = Content.BOTH
) -> str:
    """Return the pages as Markdown, each headed by a comment with its number where they are `numbered`.

    With both texts of a translated page every block is followed by its translation, as a quotation.
    """
    parts: list[str] = []
    for page in pages:
        if numbered:
            parts.append(f"<!-- page {page.number} -->")
        if isinstance(page, PageFailure):
            parts.append(f"*{escape('[' + failure_note(page) + ']')}*")
        else:
            parts += _told(page, content)
    return "".join(part + "\n\n" for part in parts).rstrip("\n") + "\n" if parts else ""


def _told(page: PageResult, content: Content) -> list[str]:
    parts = [_fields(page.fields)] if page.fields else []
    if not page.translation or content is Content.SOURCE:
        return parts + _blocks([block for _, block in told_blocks(page)])
    if content is Content.TRANSLATION:
        return parts + _blocks(page.translation)
    for pair in pairs_of(page):
        parts += _blocks(pair.source)
        if meant := "\n\n".join(_blocks(pair.translation)):
            parts.append("\n".join(f"> {line}".rstrip() for line in meant.split("\n")))
    return parts


def _fields(fields: Sequence[FieldValue]) -> str:
    rows = [
        (escape(one_line(field.name)), NO_VALUE if field.value is None else escape(one_line(field.value)))
        for field in fields
    ]
    return "\n".join(["|  |  |", "| --- | --- |", *(f"| {name} | {value} |" for name, value in rows)])


def _blocks(blocks: Sequence[AnyBlock]) -> list[str]:
    parts: list[str] = []
    for run in with_list_runs(list(enumerate(blocks))):
        items = [block for _, block in run if isinstance(block, ListItem)]
        parts.append(_list(items) if items else _block(run[0][1]))
    return [part for part in parts if part]


def _block(block: AnyBlock) -> str:
    match block:
        case Heading(text=text, level=level):
            words = escape(one_line(text))
            # A row of # at the end would be taken for the closing of the heading.
            words = re.sub(r"(#+)$", r"\\\1", words)
            return f"{'#' * min(level, 6)} {words}" if words else ""
        case Paragraph(text=text):
            return _running(text)
        case Caption(text=text):
            words = escape(one_line(text))
            return f"*{words}*" if words else ""
        case Figure(text=text):
            words = one_line(text)
            return f"*{escape(f'[figure: {words}]' if words else '[figure]')}*"
        case Table():
            return _table(block)
        case Formula(latex=latex):
            return _fenced(latex, "math")
        case Chart(source=source, notation=notation):
            return _fenced(source, "mermaid" if notation == "mermaid" else "")
        case Code(text=text):
            return _fenced(text, "")
        case ListItem():
            return _list([block])


def _running(text: str) -> str:
    """Return running text; its own line breaks are kept as Markdown's hard ones."""
    lines = [escape(line) for line in (" ".join(line.split()) for line in clean(text).split("\n")) if line]
    return "\\\n".join(_LINE_START.sub(_guarded, line) for line in lines)


def _guarded(found: re.Match[str]) -> str:
    return found[1] + "\\" if found[1] else "\\" + found[0]


def _list(items: Sequence[ListItem]) -> str:
    lines: list[str] = []
    widths: list[int] = []  # how far the text of each open level stands in from its parent's
    numbers: dict[int, tuple[str, int]] = {}  # per open level: the sign after the number, and the number
    for item in items:
        level = min(item.level, len(widths))
        indent = " " * sum(widths[:level])
        marker = one_line(item.marker)
        words = _running(item.text)
        numbered = _NUMBERED.fullmatch(marker)
        for deeper in [open_level for open_level in numbers if open_level > level]:
            del numbers[deeper]
        if numbered:
            sign = f"{int(numbered[1])}{numbered[2]}"
            before = numbers.get(level)
            skips = before is not None and before[0] == numbered[2] and before[1] + 1 != int(numbered[1])
            # Markdown counts by itself; a new list keeps the page's own number. Only one that begins with 1 may follow
            # its parent's text directly.
            if skips or (lines and before is None and int(numbered[1]) != 1):
                lines.append(f"{indent}{_NOTHING}")
            numbers[level] = (numbered[2], int(numbered[1]))
        else:
            sign = "-"
            numbers.pop(level, None)
            if marker and marker not in _BULLETS:
                words = f"{_LINE_START.sub(_guarded, escape(marker))} {words}".rstrip()
        widths[level:] = [len(sign) + 1]
        inner = indent + " " * widths[level]
        # Without words a marker would be taken for something else.
        lines.append(f"{indent}{sign} " + (words.replace("\n", "\n" + inner) or _NOTHING))
    return "\n".join(lines)


def _table(table: Table) -> str:
    if not table.row_count or not table.column_count:
        return ""
    spanning = any(cell.row_span > 1 or cell.column_span > 1 for cell in table.cells)
    broken = any("\n" in clean(cell.text).strip() for cell in table.cells)
    if spanning or broken or table.header_rows > 1:
        return html_table(table)
    rows = [[escape(one_line(text)) for text in row] for row in table.rows()]
    header = rows.pop(0) if table.header_rows else [""] * table.column_count
    written = [header, ["---"] * table.column_count, *rows]
    return "\n".join("| " + " | ".join(row) + " |" for row in written)


def _fenced(text: str, language: str) -> str:
    inside = clean(text).strip("\n")
    longest = max((len(run) for run in re.findall("`+", inside)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{html.escape(language)}\n{inside}\n{fence}" if inside.strip() else ""
