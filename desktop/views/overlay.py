"""What is drawn over a page: the lit place, the hits of a search, doubtful lines; and which place is under a point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from desktop.places import Hit, Place
from desktop.theme import PAGE_COLOURS
from engine.output.blocks import AnyBlock, Box, PageResult, Quad, Table

DOUBTFUL_BELOW = 0.8
REACH = 3.0
"""How far beside a block, in logical pixels, the mouse still means it."""
BELOW = QPointF(0, 1)
"""The mark of a word stands just below its letters."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What to mark on one page."""

    hover: Place | None = None
    lit: Place | None = None
    hits: Sequence[Hit] = ()
    current: Hit | None = None


@dataclass(frozen=True, slots=True)
class Projection:
    """Page units to logical pixels: `x0 + unit * scale_x`, `y0 + unit * scale_y`."""

    x0: float
    y0: float
    scale_x: float
    scale_y: float

    def polygon(self, quad: Quad) -> QPolygonF:
        """Return a line's four corners."""
        return QPolygonF([self.point(corner.x, corner.y) for corner in quad])

    def point(self, x: float, y: float) -> QPointF:
        """Return one place."""
        return QPointF(self.x0 + x * self.scale_x, self.y0 + y * self.scale_y)

    def rect(self, box: Box) -> QRectF:
        """Return a box."""
        return QRectF(self.point(box.x0, box.y0), self.point(box.x1, box.y1))


def box_of(place: Place, result: PageResult) -> Box | None:
    """Return the smallest box a place names: its own, else its cell, line or block; None where nobody knows it."""
    if place.box is not None:
        return place.box
    block = _block(place, result)
    if isinstance(block, Table) and place.row is not None and place.column is not None:
        for cell in block.cells:
            if cell.row == place.row and cell.column == place.column and cell.box is not None:
                return cell.box
    if place.line is not None and place.line < len(result.lines):
        return result.lines[place.line].box
    return block.box if block is not None and block.placed else None


def place_at(result: PageResult, x: float, y: float, *, reach: float) -> Place | None:
    """Return the block, and in it the line or cell, that stands at (x, y) in page units, or None beside all text."""
    found: int | None = None
    for index, block in enumerate(result.blocks):
        box = block.box
        inside = box.x0 - reach <= x <= box.x1 + reach and box.y0 - reach <= y <= box.y1 + reach
        if block.placed and inside and (found is None or box.area < result.blocks[found].box.area):
            found = index
    if found is None:
        return None
    block = result.blocks[found]
    line = _nearest_line(result, block.lines, x, y)
    if isinstance(block, Table):
        for cell in block.cells:
            if cell.box is not None and cell.box.contains(x, y):
                inner = _nearest_line(result, cell.lines, x, y)
                return Place(result.number, found, inner, cell.row, cell.column)
    return Place(result.number, found, line)


def paint_marks(painter: QPainter, result: PageResult, marks: Marks, projection: Projection) -> None:
    """Draw all marks of one page."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _paint_doubts(painter, result, projection)
    if marks.hover is not None and marks.hover != marks.lit:
        _paint_place(painter, marks.hover, result, projection, quiet=True)
    if marks.lit is not None:
        _paint_place(painter, marks.lit, result, projection, quiet=False)
    painter.restore()


def paint_hits(painter: QPainter, marks: Marks, projection: Projection) -> None:
    """Draw the hits of a search, the current one stronger; several in one block whose place is the same but once."""
    quads: dict[Quad, bool] = {}
    for hit in marks.hits:
        if hit.quad is not None:
            quads[hit.quad] = quads.get(hit.quad, False) or hit == marks.current
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Multiply)  # as a marker does: ink stays black
    for quad, current in quads.items():
        painter.setBrush(PAGE_COLOURS.current_hit if current else PAGE_COLOURS.hit)
        painter.drawPolygon(projection.polygon(quad))
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(PAGE_COLOURS.current_hit_edge, 1.5))
    for quad, current in quads.items():
        if current:
            box = projection.polygon(quad).boundingRect()
            painter.drawRoundedRect(box.adjusted(-2, -2, 2, 2), 2, 2)  # around the word, not across its letters
    painter.restore()


def _paint_place(painter: QPainter, place: Place, result: PageResult, projection: Projection, *, quiet: bool) -> None:
    block = _block(place, result)
    box = place.box if place.box is not None else block.box if block is not None and block.placed else None
    if box is not None:
        rect = projection.rect(box).adjusted(-REACH, -REACH, REACH, REACH)
        painter.setBrush(PAGE_COLOURS.hover if quiet else PAGE_COLOURS.lit)
        painter.setPen(Qt.PenStyle.NoPen if quiet else QPen(PAGE_COLOURS.lit_edge, 1.5))
        painter.drawRoundedRect(rect, 3, 3)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(PAGE_COLOURS.hover if quiet else PAGE_COLOURS.line)
    if place.row is not None:
        box = box_of(place, result)
        if box is not None:
            painter.drawRect(projection.rect(box))
    elif place.line is not None and place.line < len(result.lines) and (block is None or len(block.lines) > 1):
        painter.drawPolygon(projection.polygon(result.lines[place.line].quad))


def doubt_at(result: PageResult, x: float, y: float, *, reach: float) -> int | None:
    """Return which of the page's doubtful words stands at (x, y) in page units, the graver where two meet."""
    for index, doubt in enumerate(result.doubts):
        box = doubt.box
        if box is not None and box.x0 - reach <= x <= box.x1 + reach and box.y0 - reach <= y <= box.y1 + reach:
            return index
    return None


def _paint_doubts(painter: QPainter, result: PageResult, projection: Projection) -> None:
    """Draw dots below lines of a low score, and below doubtful words a dash, or a line where a mistake does harm."""
    pen = QPen(QColor(PAGE_COLOURS.doubt), 1.4)
    pen.setStyle(Qt.PenStyle.DotLine)
    painter.setPen(pen)
    for line in result.lines:
        if line.score < DOUBTFUL_BELOW:
            end, start = line.quad.c, line.quad.d
            painter.drawLine(projection.point(start.x, start.y), projection.point(end.x, end.y))
    for grave in (False, True):
        pen = QPen(PAGE_COLOURS.grave if grave else PAGE_COLOURS.doubt, 2.0 if grave else 1.4)
        pen.setStyle(Qt.PenStyle.SolidLine if grave else Qt.PenStyle.DashLine)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        for doubt in result.doubts:
            if doubt.grave is grave and doubt.box is not None:
                rect = projection.rect(doubt.box)
                painter.drawLine(rect.bottomLeft() + BELOW, rect.bottomRight() + BELOW)


def _block(place: Place, result: PageResult) -> AnyBlock | None:
    if place.block is None or not 0 <= place.block < len(result.blocks):
        return None
    return result.blocks[place.block]


def _nearest_line(result: PageResult, indices: Sequence[int], x: float, y: float) -> int | None:
    best, best_distance = None, float("inf")
    for index in indices:
        if index >= len(result.lines):
            continue
        box = result.lines[index].box
        across = max(box.x0 - x, 0.0, x - box.x1)
        down = max(box.y0 - y, 0.0, y - box.y1)
        distance = across + down
        if distance < best_distance:
            best, best_distance = index, distance
    return best
