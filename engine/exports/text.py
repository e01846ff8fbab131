"""Pages as plain text: blocks with an empty line between, tables separated by tabs, a form feed between pages."""

from __future__ import annotations

from collections.abc import Sequence

from engine.exports.characters import clean, one_line
from engine.exports.content import NO_VALUE, Content, pairs_of, told_blocks
from engine.output.blocks import AnyBlock, Chart, Figure, Formula, ListItem, PageResult, Table
from engine.output.document import PageFailure

PAGE_BREAK = "\f"


def plain_text(pages: Sequence[PageResult | PageFailure], *, content: Content = Content.BOTH) -> str:
    """Return the pages as plain text; a page that could not be read leaves a note in brackets.

    With both texts of a translated page every block stands directly over its translation.
    """
    return PAGE_BREAK.join(_page(page, content) for page in pages)


def failure_note(failure: PageFailure) -> str:
    """Say in one line which page is missing and why."""
    return f"Page {failure.number} could not be read: {failure.title}"


def _page(page: PageResult | PageFailure, content: Content) -> str:
    if isinstance(page, PageFailure):
        return f"[{failure_note(page)}]\n"
    groups = [[f"{one_line(field.name)}: {_value(field.value)}" for field in page.fields]]
    if not page.translation or content is Content.SOURCE:
        groups += _groups([block for _, block in told_blocks(page)])
    elif content is Content.TRANSLATION:
        groups += _groups(page.translation)
    else:
        for pair in pairs_of(page):
            texts = [text for blocks in (pair.source, pair.translation) for group in _groups(blocks) for text in group]
            groups.append(texts)
    return "\n".join("".join(f"{text}\n" for text in group) for group in groups if group)


def _value(value: str | None) -> str:
    return NO_VALUE if value is None else one_line(value)


def _groups(blocks: Sequence[AnyBlock]) -> list[list[str]]:
    """Return the texts of blocks; those between which no empty line stands are together."""
    groups: list[list[str]] = []
    previous: AnyBlock | None = None
    for block in blocks:
        if not (text := _block(block)):
            continue
        if isinstance(previous, ListItem) and isinstance(block, ListItem):
            groups[-1].append(text)
        else:
            groups.append([text])
        previous = block
    return groups


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
