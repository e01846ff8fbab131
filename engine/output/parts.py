"""Parts: which characters of which lines every text of a reading was found in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from engine.output.blocks import Box, Line
from engine.output.folding import Folded
from engine.output.line_parts import part_of
from engine.output.matching import Matching
from engine.output.seeds import Run
from engine.output.spoken import Spoken

MOST_LOOSE = 3
LOOSE_SHARE = 0.15
"""What is left over at a line's edge still belongs to the text beside it when it is no more than this."""


class Part(NamedTuple):
    """The characters `start` to `end` of a line; `runs` are its letters that are the same in the reading."""

    line: int
    start: int
    end: int
    runs: tuple[Run, ...]

    @property
    def matched(self) -> int:
        """How many letters are the same."""
        return sum(run.size for run in self.runs)

    def shifted(self, letters: int) -> Part:
        """Return the same part as that of an equal text, so many letters further on in the reading."""
        return self._replace(runs=tuple(run._replace(at=run.at + letters) for run in self.runs))

    def box(self, lines: Sequence[Line]) -> Box:
        """Where it stands on the page."""
        return part_of(lines[self.line], self.start, self.end)


@dataclass(slots=True)
class _Share:
    piece: int
    runs: list[Run]


def parts_of(spoken: Spoken, matching: Matching, lines: Sequence[Line]) -> dict[int, list[Part]]:
    """Return the parts of each piece of the reading that was found, by its index, in the order of the reading."""
    shares: dict[int, list[_Share]] = defaultdict(list)
    for match in matching.matches:
        for run in match.runs:
            _share_out(run, spoken, shares[match.line])
    parts: dict[int, list[Part]] = defaultdict(list)
    for line, of_line in shares.items():
        of_line.sort(key=lambda share: share.runs[0].line)
        folded = matching.folded[line]
        for number, share in enumerate(of_line):
            start, end = share.runs[0].line, share.runs[-1].line + share.runs[-1].size
            before = of_line[number - 1].runs[-1].line + of_line[number - 1].runs[-1].size if number else 0
            behind = of_line[number + 1].runs[0].line if number + 1 < len(of_line) else len(folded.text)
            start = before if _is_loose(start - before, end - start) else start
            end = behind if _is_loose(behind - end, end - start) else end
            parts[share.piece].append(Part(line, *_characters(folded, lines[line].text, start, end), tuple(share.runs)))
    for of_piece in parts.values():
        of_piece.sort(key=lambda part: part.runs[0].at)
    return dict(parts)


def _share_out(run: Run, spoken: Spoken, shares: list[_Share]) -> None:
    """Give a run to the pieces it lies in: a line may hold several cells."""
    line, at, size = run
    while size > 0:
        index = spoken.index_at(at)
        taken = min(size, spoken.pieces[index].end - at)
        if not shares or shares[-1].piece != index or shares[-1].runs[-1].line > line:
            shares.append(_Share(index, []))
        shares[-1].runs.append(Run(line, at, taken))
        line, at, size = line + taken, at + taken, size - taken


def _is_loose(letters: int, beside: int) -> bool:
    return letters <= max(min(MOST_LOOSE, beside), int(beside * LOOSE_SHARE))


def _characters(folded: Folded, text: str, start: int, end: int) -> tuple[int, int]:
    """Return the characters of a line that folded letters came from, with the marks and brackets that go with them."""
    first = folded.places[start]
    last = folded.places[end - 1] + 1
    if start == 0:
        first = 0
    else:
        while first > 0 and not text[first - 1].isspace() and not text[first - 1].isalnum():
            first -= 1
    if end == len(folded.text):
        last = len(text)
    else:
        while last < len(text) and not text[last].isspace() and not text[last].isalnum():
            last += 1
    return first, last
