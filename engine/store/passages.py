"""A page as passages: pieces of text within which words belong together, each with its place on the page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from engine.output.blocks import AnyBlock, Box, Line, ListItem, PageResult, Table, text_of
from engine.store.records import (
    Correction,
    Snippet,
    place_of_block,
    place_of_cell,
    place_of_field,
    place_of_line,
    place_of_translation,
)
from engine.store.words import BREAK, Term, words_of

SNIPPET_BEFORE = 60
SNIPPET_LENGTH = 160
"""Characters of a snippet, and how many of them at most stand before the first hit."""
WORD_EDGE = 15
"""A snippet begins and ends at a space where one is so near."""

MOST_TERMS = 16
MOST_MARKS = 500
MOST_WEIGHED = 32
"""So many terms are marked, at so many places of a page each, and so many of the rarest one's are compared.

A page may be made to hold a million.
"""

_SPACES = re.compile(r"[\s\x00-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Passage:
    """A block, a cell, a field, or lines that no block took; `lines` are those it was made of.

    A translation stands where its source does.
    """

    text: str
    box: Box
    lines: tuple[Line, ...] = ()


def passages_of(result: PageResult, corrections: Mapping[str, Correction] | None = None) -> list[Passage]:
    """Cut a reading into passages, the person's words in the place of what was read.

    What the model said before it was mended is none of them.
    """
    said = {place: correction.text for place, correction in (corrections or {}).items()}
    lines = [replace(line, text=said.get(place_of_line(index), line.text)) for index, line in enumerate(result.lines)]
    passages: list[Passage] = []
    taken: set[int] = set()
    fields = {f"{field.name}: {field.value}" for field in result.fields}
    for index, block in enumerate(result.blocks):
        taken.update(block.lines)
        if place_of_block(index) not in said and _shown(block) in fields:
            continue  # the field itself knows better where it stands
        if isinstance(block, Table):
            for cell in block.cells:
                taken.update(cell.lines)
                text = said.get(place_of_cell(index, cell.row, cell.column), cell.text)
                passages.append(Passage(text, cell.box or block.box, _picked(lines, cell.lines)))
        else:
            text = said.get(place_of_block(index), _shown(block))
            passages.append(Passage(text, block.box, _picked(lines, block.lines)))
    loose = [line for index, line in enumerate(lines) if index not in taken]
    if loose:
        box = loose[0].box
        for line in loose[1:]:
            box = box.united(line.box)
        passages.append(Passage("\n".join(line.text for line in loose), box, tuple(loose)))
    return [*passages, *_translated(result, said), *_found(result, said)]


def _translated(result: PageResult, said: Mapping[str, str]) -> Iterator[Passage]:
    for index, block in enumerate(result.translation):
        source = result.pairs[index] if index < len(result.pairs) else -1
        box = result.blocks[source].box if source >= 0 else block.box
        if isinstance(block, Table):
            for cell in block.cells:
                text = said.get(place_of_translation(index, cell.row, cell.column), cell.text)
                yield Passage(text, cell.box or box)
        else:
            yield Passage(said.get(place_of_translation(index), _shown(block)), box)


def _found(result: PageResult, said: Mapping[str, str]) -> Iterator[Passage]:
    page = Box(0.0, 0.0, result.width, result.height)
    for index, field in enumerate(result.fields):
        value = said.get(place_of_field(index), field.value)
        if value is not None:
            yield Passage(f"{field.name}: {value}", field.box or page)


def index_text(passages: Sequence[Passage]) -> str:
    """Return the words of a page as they go into the index."""
    return f" {BREAK} ".join(" ".join(word.text for word in words_of(passage.text)) for passage in passages)


def best_hit(passages: Sequence[Passage], terms: Sequence[Term]) -> tuple[Snippet, Box] | None:
    """Return the text around the hit that tells most, and its place; None where none of the terms stands there.

    That is one of the rarest term on the page, where most others are near it, and of those the first.
    """
    counts: Counter[Term] = Counter()
    marked = [_marked(passage, terms[:MOST_TERMS], counts) for passage in passages]
    if not counts:
        return None
    rarest = min(counts, key=lambda term: (counts[term], terms.index(term)))
    chances = [(passage, hit) for passage, hits in zip(passages, marked, strict=True) for hit in hits]
    near = [
        (len({other.term for at, other in chances if at is passage and hit.is_near(other)}), passage, hit)
        for passage, hit in [chance for chance in chances if chance[1].term == rarest][:MOST_WEIGHED]
    ]
    _, passage, hit = max(near, key=lambda each: each[0])  # the first of the best
    hits = next(hits for each, hits in zip(passages, marked, strict=True) if each is passage)
    return _snippet(passage.text, hit.start, hits), _place(passage, hit)


@dataclass(frozen=True, slots=True)
class _Mark:
    """A place in a passage's text where a term stands, and the words that make it up."""

    term: Term
    words: tuple[str, ...]
    start: int
    end: int

    def is_near(self, other: _Mark) -> bool:
        """Whether the other one shows in a snippet around this one."""
        return -SNIPPET_BEFORE <= other.start - self.start <= SNIPPET_LENGTH - SNIPPET_BEFORE


def _marked(passage: Passage, terms: Sequence[Term], counts: Counter[Term]) -> list[_Mark]:
    """Return the places of the terms in a passage, and count them."""
    words = words_of(passage.text)
    texts = [word.text for word in words]
    marks = []
    for term in terms:
        for place in term.places(texts)[: MOST_MARKS - counts[term]]:
            counts[term] += 1
            last = place + len(term.words) - 1
            marks.append(_Mark(term, tuple(texts[place : last + 1]), words[place].start, words[last].end))
    return sorted(marks, key=lambda mark: (mark.start, -mark.end))


def _shown(block: AnyBlock) -> str:
    """Return what is read of a block, the marker of a list's item too."""
    return f"{block.marker} {block.text}" if isinstance(block, ListItem) else text_of(block)


def _picked(lines: Sequence[Line], indices: Sequence[int]) -> tuple[Line, ...]:
    return tuple(lines[index] for index in indices)


def _place(passage: Passage, hit: _Mark) -> Box:
    """Return the line that holds the hit, or where a break runs through it, its beginning; else the whole passage."""
    texts = [[word.text for word in words_of(line.text)] for line in passage.lines]
    for line, in_line in zip(passage.lines, texts, strict=True):
        if hit.term.places(in_line):
            return line.box
    for length in range(len(hit.words) - 1, 0, -1):
        for line, in_line in zip(passage.lines, texts, strict=True):
            if in_line[-length:] == list(hit.words[:length]):
                return line.box
    return passage.box


def _snippet(text: str, first: int, hits: Sequence[_Mark]) -> Snippet:
    start = max(0, first - SNIPPET_BEFORE)
    if start:
        edge = _SPACES.search(text, start, min(first, start + WORD_EDGE))
        start = edge.end() if edge else start
    end = min(len(text), start + SNIPPET_LENGTH)
    if end < len(text):
        edges = list(_SPACES.finditer(text, max(first + 1, end - WORD_EDGE), end))
        end = edges[-1].start() if edges else end
    before, after = "… " if start else "", " …" if end < len(text) else ""
    shift = len(before) - start
    marks: list[tuple[int, int]] = []
    for hit in hits:
        left, right = max(hit.start, start) + shift, min(hit.end, end) + shift
        if left < right and (not marks or left >= marks[-1][1]):
            marks.append((left, right))
    return Snippet(before + _SPACES.sub(" ", text[start:end]) + after, tuple(marks))
