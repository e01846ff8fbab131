"""The memory bar: a card's memory as one bar of stretches, with a legend, in colours and in words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QHelpEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QToolTip, QVBoxLayout, QWidget

from desktop.engine_figures import gib
from desktop.models.engine import Part, Share
from desktop.theme import as_tip, share_colours, view_colours

HEIGHT = 22
SQUARE = 10
LEGEND_COLUMNS = 2
GAP = 1.0


class MemoryBar(QWidget):
    """Shows shares of a total, left to right; what is more than the total is hatched in red at its end."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shares: list[Share] = []
        self._total = 0
        self._bar = _Bar(self)
        self._legend = QGridLayout()
        self._legend.setContentsMargins(0, 0, 0, 0)
        self._legend.setHorizontalSpacing(12)
        self._legend.setVerticalSpacing(2)
        for column in range(LEGEND_COLUMNS):
            self._legend.setColumnStretch(column, 1)
        self._entries: list[_Entry] = []
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(6)
        rows.addWidget(self._bar)
        rows.addLayout(self._legend)

    def show_shares(self, shares: list[Share], total: int) -> None:
        """Show what fills a card of `total` bytes."""
        if (shares, total) == (self._shares, self._total):
            return
        self._shares, self._total = shares, total
        self._bar.show_shares(shares, total)
        while len(self._entries) < len(shares):
            entry = _Entry(self)
            place = len(self._entries)
            self._legend.addWidget(entry, place // LEGEND_COLUMNS, place % LEGEND_COLUMNS)
            self._entries.append(entry)
        while len(self._entries) > len(shares):
            gone = self._entries.pop()
            self._legend.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        for entry, share in zip(self._entries, shares, strict=True):
            entry.show_share(share)

    def words(self) -> str:
        """Return everything it shows as text."""
        return self._bar.accessibleDescription()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            shares, self._shares = self._shares, []
            self.show_shares(shares, self._total)


class _Bar(QWidget):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._shares: list[Share] = []
        self._total = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_shares(self, shares: list[Share], total: int) -> None:
        self._shares, self._total = shares, total
        self.setAccessibleName(_tr("What the graphics memory is used for"))
        self.setAccessibleDescription(", ".join(share_words(share) for share in shares if share.bytes))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, HEIGHT)

    def stretches(self) -> list[tuple[Share, QRectF]]:
        """Return where each share lies: ours from the left, the others from the right end."""
        if self._total <= 0:
            return []
        width, height = float(self.width()), float(self.height())
        placed: list[tuple[Share, QRectF]] = []
        left, right = 0.0, width
        for share in self._shares:
            span = share.bytes / self._total * width
            if share.part not in (Part.FREE, Part.OTHERS):
                placed.append((share, QRectF(left, 0, span, height)))
                left += span
        for share in reversed(self._shares):
            span = share.bytes / self._total * width
            if share.part is Part.OTHERS:
                right -= span
                placed.append((share, QRectF(right, 0, span, height)))
        placed += [(share, QRectF(left, 0, right - left, height)) for share in self._shares if share.part is Part.FREE]
        return [(share, room) for share, room in placed if share.bytes]

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        whole = QRectF(self.rect())
        colours = share_colours(self.palette())
        painter.fillRect(whole, colours.free)
        ours_end, others_begin = 0.0, whole.right()
        for share, room in self.stretches():
            if share.part is Part.FREE:
                continue
            if share.part is Part.OTHERS:
                others_begin = min(others_begin, room.left())
            else:
                ours_end = max(ours_end, room.right())
            _fill(painter, share.part, room.adjusted(0, 0, -min(GAP, room.width() / 2), 0), self.palette())
        failed = view_colours(self.palette()).failed
        if ours_end > min(others_begin, whole.right()) + 0.5:
            clash = QRectF(others_begin, 0, max(2.0, min(ours_end, whole.right()) - others_begin), whole.height())
            painter.fillRect(clash, QBrush(failed, Qt.BrushStyle.BDiagPattern))
            painter.setPen(QPen(failed, 2))
            painter.drawRect(clash.adjusted(1, 1, -1, -1))
        painter.setPen(QPen(view_colours(self.palette()).paper_edge, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(whole.adjusted(0.5, 0.5, -0.5, -0.5))

    def event(self, event: QEvent) -> bool:
        """Name the stretch under the mouse."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            for share, room in self.stretches():
                if room.contains(event.pos().toPointF()):
                    QToolTip.showText(event.globalPos(), as_tip(f"{share_words(share)}. {_meaning(share.part)}"), self)
                    return True
            QToolTip.hideText()
            return True
        return super().event(event)


class _Entry(QWidget):
    """A square of a share's colour and its words."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._part = Part.FREE
        self._name, self._size = _Name(self), QLabel(self)
        self._size.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        row = QGridLayout(self)
        row.setContentsMargins(SQUARE + 6, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self._name, 0, 0)
        row.addWidget(self._size, 0, 1, Qt.AlignmentFlag.AlignRight)
        row.setColumnStretch(0, 1)

    def show_share(self, share: Share) -> None:
        self._part = share.part
        self._name.setText(_called(share))
        self._size.setText(gib(share.bytes))
        self.setToolTip(as_tip(f"{share_words(share)}. {_meaning(share.part)}"))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        square = QRectF(0, (self.height() - SQUARE) / 2, SQUARE, SQUARE)
        painter.fillRect(square, share_colours(self.palette()).free)
        _fill(painter, self._part, square, self.palette())
        painter.setPen(QPen(view_colours(self.palette()).paper_edge, 1))
        painter.drawRect(square.adjusted(0.5, 0.5, -0.5, -0.5))


class _Name(QLabel):
    """A name that is cut in its middle where there is no room for all of it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().averageCharWidth() * 5, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideMiddle, self.width())
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), shown)


def _fill(painter: QPainter, part: Part, room: QRectF, palette: QPalette) -> None:
    colours = share_colours(palette)
    colour: QColor = getattr(colours, part.name.lower())
    painter.fillRect(room, colour)
    if part is Part.OTHERS:  # a pattern, too: it is not ours
        lines = QColor(colours.free)
        lines.setAlpha(130)
        painter.fillRect(room, QBrush(lines, Qt.BrushStyle.FDiagPattern))


def share_words(share: Share) -> str:
    """Return a share as it is spoken: “Weights 1.9 GiB”."""
    return f"{_called(share)} {gib(share.bytes)}"


def _called(share: Share) -> str:
    match share.part:
        case Part.WEIGHTS:
            return _tr("Model")
        case Part.VISION:
            return _tr("Vision")
        case Part.WORKING:
            return _tr("Working space")
        case Part.PAGES:
            return _tr("Pages")
        case Part.SPARE:
            return _tr("Spare")
        case Part.FREE:
            return _tr("Free")
        case Part.OTHERS:
            return share.name or _tr("Other programs")


def _meaning(part: Part) -> str:
    match part:
        case Part.WEIGHTS:
            return _tr("The model's weights")
        case Part.VISION:
            return _tr("For looking at the largest page")
        case Part.WORKING:
            return _tr("For computing")
        case Part.PAGES:
            return _tr("Holds the pages that are read at once")
        case Part.SPARE:
            return _tr("Not needed for these pages; a little of it is for gaps")
        case Part.FREE:
            return _tr("Stays free for other programs")
        case Part.OTHERS:
            return _tr("Used by another program")


def _tr(text: str) -> str:
    return QCoreApplication.translate("MemoryBar", text)
