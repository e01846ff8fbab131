"""Task: what a person wants of a page, and the order in which it travels from the fronts to the readers."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Task(StrEnum):
    """What is asked of a reader; each reader names those it can do."""

    DOCUMENT = "document"  # headings, paragraphs, lists, tables in reading order
    TEXT = "text"  # the lines, in reading order
    TABLE = "table"  # tables alone
    SPOTTING = "spotting"  # the lines, each with its place
    LAYOUT = "layout"  # where headings, paragraphs, tables and figures stand
    FORMULA = "formula"
    CHART = "chart"  # charts and flowcharts
    FIELDS = "fields"  # the values of fields that a person names
    SUBTITLES = "subtitles"
    TRANSLATION = "translation"
    QUESTION = "question"


class Way(StrEnum):
    """How a page is asked: as usual, or in another way after that went wrong."""

    USUAL = "usual"
    PLAIN = "plain"  # for its plain text
    SMALLER = "smaller"  # with fewer pixels
    HALVES = "halves"  # its upper and its lower half by themselves


NOT_IN_PLAIN = frozenset({Task.FIELDS, Task.TRANSLATION, Task.QUESTION})
"""What a page's plain text is no answer to: these are never asked so."""


@dataclass(frozen=True, slots=True)
class TaskOrder:
    """A task and what it takes beside the page.

    `target_language` is the one to translate into, `source_language` the page's own where it is known ("" where not);
    both as in "en" or "zh-CN". `fields` are the names a person asks the values of, `question` is in their own words.
    Neither shows in a representation: names and questions belong to the person.
    """

    task: Task = Task.DOCUMENT
    target_language: str = ""
    fields: tuple[str, ...] = field(default=(), repr=False)
    question: str = field(default="", repr=False)
    source_language: str = ""
