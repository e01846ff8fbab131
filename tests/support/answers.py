"""Answers of a model in tests: the real ones that are kept, and a page to read them for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from hypothesis import strategies as st

from engine.output.answer import Answer, AnswerForm, FinishReason, Notes
from engine.output.blocks import AnyBlock, PageResult
from engine.output.dialect import HUNYUAN
from engine.output.page_frame import PageFrame
from engine.output.schema import page_from_dict, page_to_dict
from engine.output.sheet import Sheet
from engine.output.stream import AnswerStream

SAMPLES = Path(__file__).parents[1] / "fixtures" / "hunyuanocr"
PAGE = PageFrame(1000.0, 1000.0)
"""A page on which the model's coordinates are page units."""


@dataclass(frozen=True)
class Sample:
    """An answer that was really given, where it is from, and to what kind of task."""

    name: str
    source: str
    form: AnswerForm
    text: str


def samples() -> list[Sample]:
    return [sample(path.stem) for path in sorted(SAMPLES.glob("*.txt"))]


def sample(name: str) -> Sample:
    head, text = (SAMPLES / f"{name}.txt").read_text(encoding="utf-8").removesuffix("\n").split("\n\n", 1)
    source, form = (line.partition(": ")[2] for line in head.split("\n"))
    return Sample(name, source, AnswerForm(form), text)


def sheet() -> Sheet:
    return Sheet(PAGE, HUNYUAN, Notes())


def read(
    text: str | Iterable[str],
    form: AnswerForm = AnswerForm.DOCUMENT,
    *,
    frame: PageFrame = PAGE,
    fields: Sequence[str] = (),
    reason: FinishReason = FinishReason.STOP,
) -> Answer:
    """Read an answer, all at once or in the pieces given."""
    stream = AnswerStream(form, dialect=HUNYUAN, frame=frame, fields=fields)
    for piece in [text] if isinstance(text, str) else text:
        stream.feed(piece)
    return stream.finish(reason)


def blocks(text: str, form: AnswerForm = AnswerForm.DOCUMENT) -> list[tuple[str, str]]:
    """Read an answer; return the kind and the words of each block."""
    return [(block.kind.value, words(block)) for block in read(text, form).blocks]


def words(block: AnyBlock) -> str:
    """Return what a block says, a table's rows with bars and slashes between."""
    match block.kind.value:
        case "table":
            assert hasattr(block, "rows")
            return "/".join("|".join(row) for row in block.rows())
        case "formula":
            return str(getattr(block, "latex", ""))
        case "chart":
            return str(getattr(block, "source", ""))
        case _:
            return str(getattr(block, "text", ""))


def sound(answer: Answer) -> None:
    """Fail unless the answer could stand in a page: every grid a rectangle, every index right, every text a text."""
    page = PageResult(1, 1000.0, 1000.0, "px", "vllm", answer.blocks, answer.lines)
    page_from_dict(page_to_dict(page))
    page_from_dict(page_to_dict(PageResult(1, 1000.0, 1000.0, "px", "vllm", answer.translation)))


FRAGMENTS = st.sampled_from(json.loads((SAMPLES.parent / "answer_fragments.json").read_text(encoding="utf-8")))
"""What means something to one of the parsers."""
_SOUP = st.lists(FRAGMENTS | st.text(max_size=6), max_size=60).map("".join)
_LONG_SOUP = st.lists(FRAGMENTS, min_size=25, max_size=90).map("".join)
HOSTILE = _SOUP | _LONG_SOUP | _LONG_SOUP.map(lambda soup: f"{'begun ' * 25}\n\n{soup}")
"""Texts out of all that, in no good order."""


@st.composite
def pieces(draw: st.DrawFn, texts: st.SearchStrategy[str] = HOSTILE) -> tuple[str, list[str]]:
    """A text, and the same text in pieces."""
    text = draw(texts)
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=24)))
    borders = [0, *cuts, len(text)]
    return text, [text[start:end] for start, end in pairwise(borders)]
