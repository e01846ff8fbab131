"""Draws the rows of the library: documents with a small picture, and hits with the words around them, as plain text."""

from __future__ import annotations

from pathlib import PurePath

from PySide6.QtCore import (
    QCoreApplication,
    QDateTime,
    QLocale,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QPainter,
    QPalette,
    QPen,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktop.aligning import utf16_offsets
from desktop.models.kept_pictures import KeptPictures, PictureKey
from desktop.models.library import ROW_ROLE, Head, More
from desktop.theme import found_colour, view_colours
from desktop.views.reading_style import is_rtl, safe
from engine.store.records import DocumentFacts, Hit, KeptDocument

PAPER = QSize(46, 60)
"""The room for a page's picture, in logical pixels."""
PAD = 9
GAP = 12
INDENT = 14
"""Of hits below the name of their document."""
SNIPPET_LINES = 2
FADED = 165
"""Of 255: how strongly what matters less is drawn."""


class LibraryRows(QStyledItemDelegate):
    """Draws documents, heads, hits, and rows that bring more."""

    def __init__(self, pictures: KeptPictures, parent: QWidget) -> None:
        super().__init__(parent)
        self._pictures = pictures

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Return the height of a row; its width is the view's."""
        line = QFontMetrics(option.font).height()
        match index.data(ROW_ROLE):
            case Head():
                return QSize(200, 2 * line + 2 * PAD + 4)
            case More():
                return QSize(200, line + 2 * PAD)
            case _:
                return QSize(200, max(PAPER.height(), (1 + SNIPPET_LINES) * line + 6) + 2 * PAD)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw a row."""
        row = index.data(ROW_ROLE)
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.setClipRect(option.rect)
        self._paint_ground(painter, option, row)
        brush = _Brush(painter, option)
        area: QRect = option.rect
        match row:
            case KeptDocument():
                self._paint_document(brush, area.adjusted(PAD, PAD, -PAD, -PAD), row)
            case Head():
                _paint_head(brush, area.adjusted(PAD, PAD, -PAD, -PAD), row)
            case Hit():
                self._paint_hit(brush, area.adjusted(PAD + INDENT, PAD, -PAD, -PAD), row)
            case More():
                indent = PAD + INDENT + PAPER.width() + GAP
                brush.line(area.adjusted(indent, PAD, -PAD, -PAD), more_words(row), link=True)
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem, row: object) -> None:
        palette: QPalette = option.palette
        if isinstance(row, Head):
            rule = QColor(palette.color(QPalette.ColorRole.Text))
            rule.setAlpha(38)
            painter.setPen(QPen(rule, 1))
            painter.drawLine(option.rect.topLeft(), option.rect.topRight())
            if not option.state & QStyle.StateFlag.State_HasFocus:
                return
        widget: QWidget = option.widget
        style = widget.style()
        style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, widget)
        if option.state & QStyle.StateFlag.State_HasFocus and not option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Highlight), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5))

    def _paint_document(self, brush: _Brush, area: QRect, kept: KeptDocument) -> None:
        self._paint_paper(brush, area, PictureKey(kept.facts.sha256, 1))
        right = area.adjusted(PAPER.width() + GAP, 0, 0, 0)
        top = right.top() + max(0, (right.height() - 3 * brush.height - 6) // 2)
        for number, (text, bold, faded) in enumerate(
            (
                (kept.facts.name, True, False),
                (where(kept.facts), False, True),
                (read_words(kept), False, True),
            )
        ):
            line = QRect(right.left(), top + number * (brush.height + 3), right.width(), brush.height)
            brush.line(line, text, bold=bold, faded=faded)

    def _paint_hit(self, brush: _Brush, area: QRect, hit: Hit) -> None:
        self._paint_paper(brush, area, PictureKey(hit.document.sha256, hit.number))
        right = area.adjusted(PAPER.width() + GAP, 0, 0, 0)
        brush.line(QRect(right.left(), right.top(), right.width(), brush.height), page_words(hit.number), faded=True)
        brush.snippet(right.adjusted(0, brush.height + 3, 0, 0), hit)

    def _paint_paper(self, brush: _Brush, area: QRect, key: PictureKey) -> None:
        painter, colours = brush.painter, view_colours(brush.palette)
        room = QRectF(area.left(), area.top() + (area.height() - PAPER.height()) / 2, PAPER.width(), PAPER.height())
        image = self._pictures.picture(key)
        paper = QRectF(room)
        if image is not None:
            scale = min(room.width() / image.width(), room.height() / image.height())
            paper.setSize(QSize(round(image.width() * scale), round(image.height() * scale)).toSizeF())
            paper.moveCenter(room.center())
        painter.fillRect(paper, colours.paper)
        if image is not None:
            painter.drawImage(paper, image)
        else:
            _paint_lines(painter, paper)
        painter.setPen(QPen(colours.paper_edge, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(paper.adjusted(-0.5, -0.5, 0.5, 0.5))


class _Brush:
    """Draws lines of foreign text in the colours of a row; nothing of it is taken for markup."""

    def __init__(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        self.painter = painter
        self.palette: QPalette = option.palette
        self._font: QFont = option.font
        self.height = QFontMetrics(self._font).height()
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        active = bool(option.state & QStyle.StateFlag.State_Active)
        group = QPalette.ColorGroup.Active if active else QPalette.ColorGroup.Inactive
        role = QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Text
        self._ink = self.palette.color(group, role)
        self._marker = None if selected else found_colour(self.palette)
        self._link = self._ink if selected else self.palette.color(group, QPalette.ColorRole.Link)

    def line(self, area: QRect, text: str, *, bold: bool = False, faded: bool = False, link: bool = False) -> int:
        """Draw one line, cut in its middle where it has no room; return its width."""
        font = QFont(self._font)
        font.setBold(bold)
        metrics = QFontMetrics(font)
        shown = metrics.elidedText(_one_line(text), Qt.TextElideMode.ElideMiddle, area.width())
        self.painter.setFont(font)
        self.painter.setPen(self._link if link else self._faded() if faded else self._ink)
        self.painter.drawText(area, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), shown)
        return metrics.horizontalAdvance(shown)

    def snippet(self, area: QRect, hit: Hit) -> None:
        """Draw the words around a hit, those that were found in bold; what has no room is left out."""
        text = safe(hit.snippet.text).replace("\u2028", " ")
        layout = QTextLayout(text, self._font)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        option.setTextDirection(Qt.LayoutDirection.RightToLeft if is_rtl(text) else Qt.LayoutDirection.LeftToRight)
        layout.setTextOption(option)
        layout.setFormats(_marked(text, hit.snippet.marks, self._marker))
        layout.beginLayout()
        y = 0.0
        for _ in range(SNIPPET_LINES):
            line = layout.createLine()
            if not line.isValid():
                break
            line.setLineWidth(area.width())
            line.setPosition(QPointF(0.0, y))
            y += line.height()
        layout.endLayout()
        self.painter.setPen(self._ink)
        layout.draw(self.painter, QPointF(area.topLeft()))

    def _faded(self) -> QColor:
        ink = QColor(self._ink)
        ink.setAlpha(FADED)
        return ink


def _paint_head(brush: _Brush, area: QRect, head: Head) -> None:
    pages = page_count_words(head.pages)
    wide = QFontMetrics(brush.painter.font()).horizontalAdvance(pages) + GAP
    first = QRect(area.left(), area.top() + 2, area.width() - wide, brush.height)
    brush.line(first, head.document.name, bold=True)
    brush.line(QRect(area.right() - wide + GAP, first.top(), wide, brush.height), pages, faded=True)
    brush.line(first.translated(0, brush.height + 2), where(head.document), faded=True)


def _paint_lines(painter: QPainter, paper: QRectF) -> None:
    """Hint at a page of which there is no picture."""
    painter.setPen(QPen(QColor(0, 0, 0, 34), 2))
    for number, share in enumerate((0.45, 0.72, 0.72, 0.6, 0.72, 0.3)):
        y = paper.top() + 12 + number * 7
        painter.drawLine(QPointF(paper.left() + 7, y), QPointF(paper.left() + 7 + paper.width() * share, y))


def _marked(text: str, marks: tuple[tuple[int, int], ...], marker: QColor | None) -> list[QTextLayout.FormatRange]:
    offsets = utf16_offsets(text)
    found = []
    for start, end in marks:
        if 0 <= start < end <= len(text):
            each = QTextLayout.FormatRange()
            each.start, each.length = offsets[start], offsets[end] - offsets[start]
            each.format = QTextCharFormat()
            each.format.setFontWeight(QFont.Weight.Bold)
            if marker is not None:
                each.format.setBackground(marker)
            found.append(each)
    return found


def _one_line(text: str) -> str:
    return safe(text).replace("\u2028", " ").replace("\t", " ")


def where(document: DocumentFacts) -> str:
    """Return the folder that a document was last met in."""
    return str(PurePath(document.path).parent) if document.path else _tr("came from no file")


def read_words(kept: KeptDocument) -> str:
    """Say how much of a document was read, and when it was last met."""
    moment = QDateTime.fromSecsSinceEpoch(int(kept.last_seen))
    met = QLocale().toString(moment, QLocale.FormatType.ShortFormat)
    total = kept.facts.page_count
    if kept.pages_read >= total:
        pages = QCoreApplication.translate("LibraryRows", "%n page(s) read", "", total)
    else:
        words = QCoreApplication.translate("LibraryRows", "{read} of %n page(s) read", "", total)
        pages = words.format(read=kept.pages_read)
    return f"{pages} · {met}"


def page_words(number: int) -> str:
    """Name a page."""
    return _tr("Page {number}").format(number=number)


def page_count_words(count: int) -> str:
    """Say how many pages there are."""
    return QCoreApplication.translate("LibraryRows", "%n page(s)", "", count)


def more_words(more: More) -> str:
    """Say how many pages of a document are not shown yet."""
    return QCoreApplication.translate("LibraryRows", "%n more page(s) of this document", "", more.left)


def _tr(text: str) -> str:
    return QCoreApplication.translate("LibraryRows", text)
