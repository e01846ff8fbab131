"""What drafts turn out to be: the roles of blocks before they are written."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from engine.output.paragraphs import Draft


class Role(Enum):
    """What a draft turned out to be."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list item"
    CAPTION = "caption"


@dataclass(frozen=True, slots=True)
class Named:
    """A draft with its role; `level` counts from 1 for headings and from 0 for list items."""

    draft: Draft
    role: Role
    text: str
    level: int = 0
