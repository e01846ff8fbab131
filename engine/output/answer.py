"""Answer: what a model's text says once it is blocks, and what had to be mended on the way."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from engine.output.blocks import AnyBlock, FieldValue, Line, Table, text_of


class AnswerForm(StrEnum):
    """How a model writes its answer to a task; a model family's file names one for each of its prompts."""

    DOCUMENT = "document"  # Markdown with HTML tables, LaTeX and figures
    TEXT = "text"  # lines and empty lines; tables and formulas where it cannot help it
    SUBTITLES = "subtitles"  # lines alone
    QUESTION = "question"  # free words, mostly Markdown
    TABLE = "table"  # an HTML or a pipe table
    FORMULA = "formula"  # LaTeX, with or without dollars
    CHART = "chart"  # mermaid, or a pipe table
    SPOTTING = "spotting"  # lines with places, in any of five notations
    LAYOUT = "layout"  # a JSON list of regions, or the older hy-meta tags
    FIELDS = "fields"  # a JSON object, or the one value asked for
    TRANSLATION = "translation"  # the source, a marker, the translation


class FinishReason(StrEnum):
    """Why the text ended, in the words of an OpenAI-compatible server where it has one."""

    STOP = "stop"  # the model was done
    LENGTH = "length"  # it had no room left
    REPETITION = "repetition"  # the server noticed a loop
    CLOSED = "closed"  # we closed the request, or it broke off


class Mend(StrEnum):
    """What was mended or removed; the window has words for each."""

    REPETITION = "repetition"  # characters of a loop taken away
    CHATTER = "chatter"  # words about the picture instead of words in it
    WRAPPING = "wrapping"  # a fence or a tag around the whole answer
    SPECIAL_TOKENS = "special_tokens"  # the model's own signs, where none belong
    STRAY_TAGS = "stray_tags"  # tags without a meaning here
    BROKEN_CHARACTERS = "broken_characters"  # halves of characters, control characters
    COORDINATES = "coordinates"  # coordinates in the middle of text
    PLACES = "places"  # places outside the picture, or with their corners swapped
    UNPLACED = "unplaced"  # lines whose place was asked for and not given
    NO_TEXT = "no_text"  # the model says that there is nothing to read
    TRUNCATED = "truncated"  # the last item broke off
    TABLE_UNCLOSED = "table_unclosed"  # a table without its end
    TABLE_TAGS = "table_tags"  # a cell outside a row, text outside a cell
    TABLE_SPANS = "table_spans"  # spans of zero, past the edge, over one another
    TABLE_GAPS = "table_gaps"  # places of the grid that no cell covers
    TABLE_NESTED = "table_nested"  # a table in a cell, made text
    TABLE_DIVIDED = "table_divided"  # too many rows or columns for one table
    FORMULA_UNCLOSED = "formula_unclosed"  # a formula without its end
    JSON = "json"  # quotes, commas and brackets set right
    FIELD_TWICE = "field_twice"  # a field answered more than once
    FIELD_UNASKED = "field_unasked"  # a field that nobody asked for
    MARKER_MISSING = "marker_missing"  # source and translation could not be told apart


@dataclass(frozen=True, slots=True)
class Mended:
    """One kind of mending and how often it was done; for `REPETITION`, how many characters went."""

    code: Mend
    count: int


Notes = Counter[Mend]
"""What was mended so far."""


@dataclass(frozen=True, slots=True)
class LoopFound:
    """The model said the same again and again: `unit` characters, `repeats` times over, counted when it was noticed."""

    unit: int
    repeats: int


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer.

    `blocks` say what stands on the page, `translation` what it means in the other language. `lines` are those whose
    place the model gave; blocks point at them. `raw_text` is everything the model said, unmended. `complete` tells
    whether the model came to its end by itself and without repeating itself.
    """

    blocks: tuple[AnyBlock, ...] = ()
    lines: tuple[Line, ...] = ()
    translation: tuple[AnyBlock, ...] = ()
    fields: tuple[FieldValue, ...] = ()
    notes: tuple[Mended, ...] = ()
    raw_text: str = ""
    looped: LoopFound | None = None
    complete: bool = True

    @property
    def wordless(self) -> bool:
        """Tell whether the model saw something and read nothing of it: a page to be asked for in another way."""
        return bool(self.blocks) and not any(map(_says_something, (*self.blocks, *self.translation)))

    def count(self, code: Mend) -> int:
        """Return how often something was mended, 0 where it was not."""
        return next((note.count for note in self.notes if note.code is code), 0)


def _says_something(block: AnyBlock) -> bool:
    return any(cell.text for cell in block.cells) if isinstance(block, Table) else bool(text_of(block))
