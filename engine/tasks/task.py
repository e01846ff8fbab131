"""Task: what a person wants of a page."""

from __future__ import annotations

from enum import StrEnum


class Task(StrEnum):
    """What is asked of a reader; each reader names those it can do."""

    DOCUMENT = "document"  # headings, paragraphs, lists, tables in reading order
    TEXT = "text"  # the lines, in reading order
    TABLE = "table"  # tables alone
    SPOTTING = "spotting"
    FORMULA = "formula"
    CHART = "chart"
    FIELDS = "fields"
    SUBTITLES = "subtitles"
    TRANSLATION = "translation"
    QUESTION = "question"
