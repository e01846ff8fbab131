"""What a model said about a page becomes the page's reading: placed on it, with what is doubtful about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.output.answer import Mend
from engine.output.blocks import AnyBlock, FieldValue, Line, PageResult, PageWarning, Paragraph, WarningCode
from engine.output.page_frame import turn_of, turn_words
from engine.tasks.task import Task

if TYPE_CHECKING:
    from engine.output.answer import Answer
    from engine.pages.image import PageSize
    from engine.pages.page_picture import PagePicture
    from engine.readers.asking_pages import PageHeard
    from engine.readers.reader import ReadingRequest

SHRUNK_BELOW = 0.7
"""The share of the size its print wants, below which small print may be wrong."""
NOT_ON_THE_PAGE = frozenset({Task.QUESTION})
"""The answers to these are the model's own words: they stand nowhere, and no reader of the page says the same."""
KNOWS_THE_SCRIPT = 0.5
"""A reader of pictures who has fewer of the words than this share cannot read this page: it says nothing about them."""
LINES_THAT_TELL = 3
"""The built-in reader's lines that say which way up a page stands; of fewer, one may be a stamp."""
WORTH_KNOWING = (
    *(Mend.TABLE_UNCLOSED, Mend.TABLE_TAGS, Mend.TABLE_SPANS, Mend.TABLE_GAPS, Mend.TABLE_NESTED, Mend.TABLE_DIVIDED),
    *(Mend.FORMULA_UNCLOSED, Mend.TRUNCATED, Mend.PLACES, Mend.MARKER_MISSING, Mend.JSON, Mend.FIELD_TWICE),
)
"""What was mended where it may have been mended wrongly; of the rest, nothing of the page is lost."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What another reader has on the page: its lines, and who it is ("text", "cpu"; "" where there is none)."""

    lines: tuple[Line, ...] = ()
    by: str = ""


NO_OPINION = Opinion()


def so_far(request: ReadingRequest, size: PageSize, answer: Answer, *, reader: str) -> PageResult:
    """Return a page as it is heard so far: nothing is placed or doubted, and what was said stays unsaid."""
    return PageResult(
        number=request.number,
        width=size.width,
        height=size.height,
        unit=request.source.info.unit,
        reader=reader,
        blocks=_told(answer),
        lines=answer.lines,
        task=request.task.value,
        translation=answer.translation,
        language=language_of(request) if answer.translation else "",
        pairs=(-1,) * len(answer.translation),
        fields=answer.fields,
    )


def placed_share(request: ReadingRequest, heard: PageHeard, lines: Sequence[Line]) -> float:
    """Return which share of what was read would find its place by these lines, 0 to 1; takes some milliseconds."""
    from engine.output.align import place_blocks, place_fields

    answer = heard.heard.answer
    if request.task is not Task.FIELDS:
        return place_blocks(_told(answer), lines).quality
    found = [field for field in place_fields(answer.fields, lines) if field.value is not None]
    return sum(field.box is not None for field in found) / len(found) if found else 1.0


def turned_otherwise(request: ReadingRequest, heard: PageHeard, opinion: Opinion) -> int | None:
    """Return how the page is to be turned clockwise, where it was sent otherwise and hardly understood; else None.

    It takes some milliseconds.
    """
    if opinion.by != "cpu" or len(opinion.lines) < LINES_THAT_TELL:
        return None
    turned = turn_of([line.quad for line in opinion.lines])
    if turned == heard.pictures[0].frame.turned or placed_share(request, heard, opinion.lines) >= KNOWS_THE_SCRIPT:
        return None
    return turned


def made(
    request: ReadingRequest,
    size: PageSize,
    heard: PageHeard,
    opinion: Opinion,
    places: Sequence[Line] = (),
    *,
    reader: str,
    seconds: float,
) -> PageResult:
    """Return the finished page; takes some milliseconds, and some hundred for a page full of print.

    Args:
        request: What was asked.
        size: The page's.
        heard: What the model said.
        opinion: What another reader says, for places and for doubt.
        places: Lines by which the page is placed instead, where the other reader cannot read it.
        reader: Who reads.
        seconds: How long it took.
    """
    from engine.output.align import find_fields, pair_translation, place_blocks
    from engine.output.doubt import doubts_of

    answer = heard.heard.answer
    page = so_far(request, size, answer, reader=reader)
    blocks, fields, translation, pairs = page.blocks, page.fields, page.translation, page.pairs
    lines: tuple[Line, ...] = page.lines or tuple(places) or opinion.lines
    misread: dict[int, Line] = {}
    if request.task is Task.FIELDS:
        found = find_fields(fields, lines)
        fields = tuple(each.field for each in found)
        # Only the value stands on the page, its name need not: the two are not compared as other text is.
        blocks, own = _where_fields_are(blocks, fields), lines is opinion.lines
        answered = [each for each in found if each.field.value is not None]
        misread = {at: each.other for at, each in enumerate(answered) if own and each.other is not None}
    elif request.task not in NOT_ON_THE_PAGE:
        placed = place_blocks(blocks, lines)
        blocks = placed.blocks
        if opinion.by == "cpu" and lines is opinion.lines and placed.quality < KNOWS_THE_SCRIPT:
            opinion = NO_OPINION
        if translation:
            translation, pairs = pair_translation(blocks, translation)
    else:
        opinion = NO_OPINION
    doubts = doubts_of(
        blocks,
        raw_text=answer.raw_text,
        tokens=heard.heard.tokens,
        second=() if request.task is Task.FIELDS else opinion.lines,
        by=opinion.by,
        lines=lines,
        fields=fields,
        misread=misread,
    )
    return replace(
        page,
        blocks=blocks,
        lines=lines,
        translation=translation,
        pairs=pairs,
        fields=fields,
        turned=heard.pictures[0].frame.turned,
        doubts=doubts,
        raw_text=answer.raw_text,
        warnings=_warnings(answer, heard.pictures, smaller=heard.smaller),
        seconds=seconds,
    )


def language_of(request: ReadingRequest) -> str:
    """Return the language that is translated into: "en" for "en-GB"."""
    return request.order.target_language.strip().lower().replace("_", "-").partition("-")[0]


def _told(answer: Answer) -> tuple[AnyBlock, ...]:
    """Return what the page says; where the model gave lines with places and nothing else, one block for each."""
    if answer.blocks or not answer.lines:
        return answer.blocks
    return tuple(Paragraph(line.box, (index,), text=line.text) for index, line in enumerate(answer.lines))


def _where_fields_are(blocks: Sequence[AnyBlock], fields: Sequence[FieldValue]) -> tuple[AnyBlock, ...]:
    """Give each block of a field's name and value the place of the value; there is one for each value, in order."""
    answered = [field for field in fields if field.value is not None]
    if len(answered) != len(blocks):
        return tuple(blocks)
    return tuple(
        block if field.box is None else replace(block, box=field.box, placed=True)
        for block, field in zip(blocks, answered, strict=True)
    )


def _warnings(answer: Answer, pictures: Sequence[PagePicture], *, smaller: bool) -> tuple[PageWarning, ...]:
    found = []
    if not answer.blocks and not answer.lines and not answer.translation:
        found.append(PageWarning(WarningCode.NOTHING_FOUND))
    if answer.looped is not None:
        found.append(PageWarning(WarningCode.LOOPED, f"{answer.count(Mend.REPETITION)} characters"))
    elif not answer.complete:
        found.append(PageWarning(WarningCode.CUT_OFF))
    if turned := pictures[0].frame.turned:
        found.append(PageWarning(WarningCode.TURNED, turn_words(turned)))
    if any(picture.partly for picture in pictures):
        found.append(PageWarning(WarningCode.PARTLY_DRAWN))
    if smaller or any(picture.shrunk < SHRUNK_BELOW for picture in pictures):
        found.append(PageWarning(WarningCode.SHRUNK))
    for mend in WORTH_KNOWING:
        if count := answer.count(mend):
            found.append(PageWarning(WarningCode.MENDED, f"{mend} {count}"))
    return tuple(found)
