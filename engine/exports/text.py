"""Pages as plain text: blocks with an empty line between, tables separated by tabs, a form feed between pages."""

from __future__ import annotations

from collections.abc import Sequence

from engine.exports.characters import clean, one_line
from engine.output.blocks import AnyBlock, Chart, Figure, Formula, ListItem, PageResult, Table
from engine.output.document import PageFailure

PAGE_BREAK = "\f"


def plain_text(pages: Sequence[PageResult | PageFailure]) -> str:
    """Return the pages as plain text; a page that could not be read leaves a note in brackets."""
    return PAGE_BREAK.join(_page(page) for page in pages)


def failure_note(failure: PageFailure) -> str:
    """Say in one line which page is missing and why."""
    return f"Page {failure.number} could not be read: {failure.title}"


def _page(page: PageResult | PageFailure) -> str:
    if isinstance(page, PageFailure):
        return f"[{failure_note(page)}]\n"
    written: list[str] = []
    previous: AnyBlock | None = None
    for block in page.blocks:
        text = _block(block)
        if not text:
            continue
        if previous is not None and not (isinstance(previous, ListItem) and isinstance(block, ListItem)):
            written.append("")
        written.append(text)
        previous = block
    return "".join(line + "\n" for line in written)


def _block(block: AnyBlock) -> str:
    match block:
        case Table():
            return "\n".join("\t".join(one_line(text) for text in row) for row in block.rows())
        case ListItem(text=text, marker=marker, level=level):
            return "  " * level + " ".join(filter(None, (one_line(marker), clean(text).strip())))
        case Formula(latex=latex):
            return clean(latex).strip()
        case Figure(text=text):
            inside = clean(text).strip()
            return f"[Figure: {inside}]" if inside else "[Figure]"
        case Chart(source=source):
            return clean(source).strip()
        case _:
            return clean(block.text).strip("\n")
