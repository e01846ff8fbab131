"""What a reading says, whoever placed it where on the page: for comparing words with words."""

from __future__ import annotations

from collections.abc import Iterable

from engine.output.blocks import AnyBlock, Formula, Heading, Paragraph, Table

Said = tuple[str, object]


def said(blocks: Iterable[AnyBlock]) -> list[Said]:
    """Return each block as its kind and its words; the rows of a table, the source of a formula."""
    return [(block.kind.value, _words_of(block)) for block in blocks]


def _words_of(block: AnyBlock) -> object:
    match block:
        case Table():
            return block.rows()
        case Formula():
            return block.latex
        case Heading() | Paragraph():
            return block.text
    return repr(block)  # none of these is on a page whose words are compared
