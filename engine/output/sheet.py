"""Sheet: the region a model read, and a tally of what had to be mended in what it said of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.output.answer import Mend, Notes
from engine.output.blocks import Box, Point, Quad
from engine.output.dialect import Dialect
from engine.output.page_frame import PageFrame

Corner = tuple[float, float]
"""A place in the model's own coordinates."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What every parser of an answer is given: how the model writes, where its picture came from, and the tally."""

    frame: PageFrame
    dialect: Dialect
    notes: Notes = field(default_factory=Notes)

    @property
    def area(self) -> Box:
        """The whole region: the box of whatever has no place of its own."""
        return self.frame.area

    def mend(self, code: Mend, count: int = 1) -> None:
        """Count something that was mended."""
        if count > 0:
            self.notes[code] += count

    def aside(self) -> Sheet:
        """Return a sheet with a tally of its own, for a look at text that is not all there yet."""
        return Sheet(self.frame, self.dialect)

    def quad(self, corners: Sequence[Corner]) -> Quad | None:
        """Return where the corners lie on the page, start-top first; None for fewer than two.

        Four corners that go round count as they are; otherwise the first two are the opposite corners of a box.
        """
        if len(corners) < 2:
            return None
        most = float(self.dialect.coordinate_range)
        inside = [(min(max(x, 0.0), most), min(max(y, 0.0), most)) for x, y in corners[:4]]
        if len(inside) == 4 and _goes_round(inside):
            mended = inside != list(corners[:4])
        else:
            (ax, ay), (bx, by) = inside[:2]
            left, right, top, bottom = min(ax, bx), max(ax, bx), min(ay, by), max(ay, by)
            mended = [(left, top), (right, bottom)] != list(corners[:2])
            inside = [(left, top), (right, top), (right, bottom), (left, bottom)]
        self.mend(Mend.PLACES, int(mended))
        a, b, c, d = (self._on_page(x / most, y / most) for x, y in inside)
        return Quad(a, b, c, d)

    def _on_page(self, across: float, down: float) -> Point:
        return self.frame.to_page(across, down)


def _goes_round(corners: Sequence[Corner]) -> bool:
    """Tell whether four corners follow one another around an area, without a turn back."""
    turns = []
    for index in range(4):
        (ax, ay), (bx, by), (cx, cy) = (corners[(index + step) % 4] for step in range(3))
        turns.append((bx - ax) * (cy - by) - (by - ay) * (cx - bx))
    return all(turn > 0 for turn in turns) or all(turn < 0 for turn in turns)
