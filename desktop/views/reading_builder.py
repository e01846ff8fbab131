"""Builds the text document of a page from its blocks, out of plain text alone.

Everything goes in by `insertText`: nothing that stands in a document can become markup, a link or a picture. Rules of
tables are gaps between filled cells, because Qt's collapsed borders cost twice the layout and four times the painting.
"""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import (
    QFont,
    QFontDatabase,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextOption,
    QTextTable,
    QTextTableCellFormat,
    QTextTableFormat,
)

from desktop.aligning import align, extent, utf16_offsets
from desktop.models.tables import looks_numeric
from desktop.views.column_widths import ColumnWidths, cell_metrics
from desktop.views.reading_document import BlockSpan, CellSpan, InertDocument, ReadingDocument
from desktop.views.reading_doubts import Site, doubt_format, reach_in, sites_of
from desktop.views.reading_style import (
    CELL_SCALE,
    CELLS_SHOWN,
    DOUBTFUL_BELOW,
    HEADING_SCALE,
    MONO_FAMILIES,
    Ink,
    hangs,
    has_cjk,
    is_one_word,
    is_rtl,
    safe,
)
from engine.output.blocks import (
    AnyBlock,
    Caption,
    Chart,
    Code,
    Figure,
    Formula,
    Heading,
    ListItem,
    PageResult,
    Paragraph,
    Table,
    text_of,
)

_PROPORTIONAL = QTextBlockFormat.LineHeightTypes.ProportionalHeight.value


CELLS_A_STEP = 20


class Builder:
    """Builds the document of a page in `font`: 1 ms for an ordinary page, but 30 for one that is full of cells."""

    def __init__(self, result: PageResult, font: QFont, ink: Ink) -> None:
        self.result = result
        self.font = font
        self.ink = ink
        self.em = font.pixelSize() if font.pixelSize() > 0 else font.pointSizeF() * 96 / 72
        self.padding = self.em * 0.35
        self.document = InertDocument()
        self.document.setUndoRedoEnabled(False)
        self.document.setDefaultFont(font)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.document.setDefaultTextOption(option)
        self.cursor = QTextCursor(self.document)
        self.spans: list[BlockSpan] = []
        self.fresh = True
        self.hangs = hangs(result.blocks, font, self.em)
        self.doubts = sites_of(result)

    def steps(self) -> Iterator[None]:
        """Build a little between any two steps; afterwards the document is `finished`. Laying it out comes later."""
        self.cursor.beginEditBlock()
        before: AnyBlock | None = None
        for index, block in enumerate(self.result.blocks):
            yield from self.add(index, block, before=before)
            before = block
        if self.fresh and self.spans:
            self._thin()
        self.cursor.endEditBlock()

    def add(self, index: int, block: AnyBlock, *, before: AnyBlock | None) -> Iterator[None]:
        """Put a block at the end in steps; `index` is its place on the page, `before` what stands there so far."""
        if isinstance(block, Table):
            yield from self._table(index, block)
            return
        if isinstance(block, ListItem) and isinstance(before, ListItem):
            shape = self.cursor.blockFormat()
            shape.setBottomMargin(self.em * 0.3)
            self.cursor.setBlockFormat(shape)
        self._words(index, block)
        yield

    def finished(self) -> ReadingDocument:
        """Return what was built and its map."""
        return ReadingDocument(self.result, self.document, self.spans)

    # -- running text

    def _words(self, index: int, block: AnyBlock) -> None:
        text = text_of(block)
        shape, letters = self._formats(index, block, text)
        self._begin(shape, letters)
        start = self.cursor.position()
        if isinstance(block, ListItem):
            self.cursor.insertText(safe(block.marker) + "\t", letters)
        elif isinstance(block, Figure):
            figure = QCoreApplication.translate("ReadingView", "[Figure]")
            self.cursor.insertText(figure + (" " if text else ""), letters)
        text_start = self.cursor.position()
        self.cursor.insertText(safe(text.rstrip()), letters)
        self.spans.append(BlockSpan(index, start, self.cursor.position(), text_start))
        self._underline_lines(text, block.lines, text_start)
        self._underline_doubts(Site(index), text.rstrip(), text_start)

    def _formats(self, index: int, block: AnyBlock, text: str) -> tuple[QTextBlockFormat, QTextCharFormat]:
        shape, letters = QTextBlockFormat(), QTextCharFormat()
        shape.setLineHeight(140, _PROPORTIONAL)
        shape.setBottomMargin(self.em * 0.75)
        if (isinstance(block, Paragraph) and block.rtl) or is_rtl(text):
            shape.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        else:
            shape.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        match block:
            case Heading():
                scale = HEADING_SCALE[min(max(block.level, 1), len(HEADING_SCALE)) - 1]
                letters.setFontWeight(QFont.Weight.Bold)
                self._scale(letters, scale)
                shape.setLineHeight(120, _PROPORTIONAL)
                shape.setTopMargin(self.em * 0.6 if self.spans else 0)
                shape.setBottomMargin(self.em * 0.5)
                shape.setHeadingLevel(min(max(block.level, 1), 6))
            case ListItem():
                hang = self.hangs[index]
                shape.setLeftMargin(self.em * (0.4 + 1.5 * min(block.level, 6)) + hang)
                shape.setTextIndent(-hang)
                tab = QTextOption.Tab()
                tab.position = hang
                shape.setTabPositions([tab])
            case Caption():
                letters.setFontItalic(not has_cjk(text))  # slanted Chinese is no typography
                letters.setForeground(self.ink.quiet)
            case Figure():
                letters.setForeground(self.ink.quiet)
            case Formula() | Chart() | Code():
                mono = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
                letters.setFontFamilies([*mono.families(), *MONO_FAMILIES, *self.font.families()])
                letters.setFontFixedPitch(True)
                if isinstance(block, Formula):
                    shape.setAlignment(Qt.AlignmentFlag.AlignHCenter)
                else:
                    shape.setLineHeight(120, _PROPORTIONAL)
                    shape.setBackground(self.ink.header)
            case _:
                pass
        return shape, letters

    def _scale(self, letters: QTextCharFormat, scale: float) -> None:
        if self.font.pointSizeF() > 0:
            letters.setFontPointSize(self.font.pointSizeF() * scale)
        else:
            letters.setProperty(QTextCharFormat.Property.FontPixelSize, round(self.font.pixelSize() * scale))

    def _begin(self, shape: QTextBlockFormat, letters: QTextCharFormat) -> None:
        """Go to a new block; the one that is there at the start, or after a table, is used first."""
        if self.fresh:
            self.cursor.setBlockFormat(shape)
            self.cursor.setBlockCharFormat(letters)
            self.fresh = False
        else:
            self.cursor.insertBlock(shape, letters)

    def _underline_doubts(self, site: Site, text: str, start: int) -> None:
        """Mark the words that may be wrong, the grave ones last: they are seen where two meet."""
        for doubt in reversed(self.doubts.get(site, ())):
            found = reach_in(text, doubt)
            if found is not None:
                cursor = QTextCursor(self.document)
                cursor.setPosition(start + found[0])
                cursor.setPosition(start + found[1], QTextCursor.MoveMode.KeepAnchor)
                cursor.mergeCharFormat(doubt_format(doubt, self.ink))

    def _underline_lines(self, text: str, numbers: tuple[int, ...], start: int) -> None:
        numbers = tuple(number for number in numbers if 0 <= number < len(self.result.lines))
        lines = [self.result.lines[number] for number in numbers]
        if all(line.score >= DOUBTFUL_BELOW for line in lines):
            return
        offsets = utf16_offsets(text)
        cursor = QTextCursor(self.document)
        for line, places in zip(lines, align(text, [line.text for line in lines]), strict=True):
            found = extent(places)
            if line.score >= DOUBTFUL_BELOW or found is None:
                continue
            mark = QTextCharFormat()
            mark.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DotLine)
            mark.setUnderlineColor(self.ink.doubt)
            sure = QCoreApplication.translate("ReadingView", "The reader is not sure of this line ({percent} %).")
            mark.setToolTip(sure.format(percent=round(max(0.0, line.score) * 100)))
            cursor.setPosition(start + offsets[found[0]])
            cursor.setPosition(start + offsets[found[1]], QTextCursor.MoveMode.KeepAnchor)
            cursor.mergeCharFormat(mark)

    # -- tables

    def _table(self, index: int, block: Table) -> Iterator[None]:
        rows, columns = block.row_count, block.column_count
        if rows < 1 or columns < 1:
            return
        shown = min(rows, max(1, CELLS_SHOWN // columns)) if rows * columns > CELLS_SHOWN else rows
        if self.fresh:
            self._thin()
            self.fresh = False
        table = self.cursor.insertTable(shown, columns, self._table_format(block))
        widths = ColumnWidths(columns, self.padding)
        span = BlockSpan(index, table.firstPosition() - 1, table.lastPosition(), table.firstPosition(), table, widths)
        # In the order of the document, so that filling a cell moves only those still to come.
        cells = sorted(
            (cell for cell in block.cells if 0 <= cell.row < shown and 0 <= cell.column < columns),
            key=lambda cell: (cell.row, cell.column),
        )
        for cell in cells:
            height, width = min(cell.row_span, shown - cell.row), min(cell.column_span, columns - cell.column)
            if height > 1 or width > 1:
                table.mergeCells(cell.row, cell.column, height, width)
        yield
        self._fill_cells(table, block)
        plain, header = cell_metrics(self.font)
        for count, cell in enumerate(cells):
            if count % CELLS_A_STEP == 0:
                yield
            place = table.cellAt(cell.row, cell.column).firstCursorPosition()
            start = place.position()
            shape, letters = QTextBlockFormat(), QTextCharFormat()
            self._scale(letters, CELL_SCALE)
            if is_rtl(cell.text):
                shape.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
            elif looks_numeric(cell.text):
                shape.setAlignment(Qt.AlignmentFlag.AlignRight)
            unbroken = is_one_word(cell.text)
            shape.setNonBreakableLines(unbroken)
            if cell.row < block.header_rows:
                letters.setFontWeight(QFont.Weight.DemiBold)
            place.setBlockFormat(shape)
            place.insertText(safe(cell.text), letters)
            widths.add(cell, header if cell.row < block.header_rows else plain, unbroken=unbroken)
            span.cells.append(CellSpan(start, place.position(), cell))
        for found in span.cells:
            self._underline_lines(found.cell.text, found.cell.lines, found.start)
            self._underline_doubts(Site(index, found.cell.row, found.cell.column), found.cell.text, found.start)
        span.end = table.lastPosition()
        self.spans.append(span)
        self.cursor.movePosition(QTextCursor.MoveOperation.End)
        self._after_table(rows - shown)

    def _fill_cells(self, table: QTextTable, block: Table) -> None:
        plain, header = QTextTableCellFormat(), QTextTableCellFormat()
        plain.setBackground(self.ink.base)
        header.setBackground(self.ink.header)
        for row in range(table.rows()):
            for column in range(table.columns()):
                table.cellAt(row, column).setFormat(header if row < block.header_rows else plain)

    def _table_format(self, block: Table) -> QTextTableFormat:
        shape = QTextTableFormat()
        shape.setBorderCollapse(False)  # the default, and slow
        shape.setBorder(0)
        shape.setCellSpacing(1)
        shape.setCellPadding(self.padding)
        shape.setBackground(self.ink.rule)
        shape.setTopMargin(round(self.em * 0.15))
        shape.setBottomMargin(round(self.em * 0.75))
        shape.setHeaderRowCount(min(block.header_rows, block.row_count))
        return shape

    def _after_table(self, hidden_rows: int) -> None:
        """Qt keeps a paragraph after each table: it says what is not shown, or is the next block's."""
        if hidden_rows <= 0:
            self.fresh = True
            return
        words = QCoreApplication.translate("ReadingView", "%n more row(s): see the tab “Tables”.", "", hidden_rows)
        shape, letters = QTextBlockFormat(), QTextCharFormat()
        shape.setBottomMargin(self.em * 0.75)
        letters.setForeground(self.ink.quiet)
        self.cursor.setBlockFormat(shape)
        self.cursor.insertText(words, letters)
        self.fresh = False

    def _thin(self) -> None:
        """Make the empty paragraph that Qt keeps before a table as good as invisible."""
        shape, letters = QTextBlockFormat(), QTextCharFormat()
        shape.setLineHeight(1, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        letters.setFontPointSize(1)
        self.cursor.setBlockFormat(shape)
        self.cursor.setBlockCharFormat(letters)
