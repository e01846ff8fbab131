"""The list of pages: a small picture of each, and in words of shape and colour how far its reading is."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPalette, QPen, QPolygonF, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktop.models.pages import STATUS_ROLE, PagesModel, PageStatus, ReadState
from desktop.rendering import DrawPage, Renders, Wish
from desktop.theme import ViewColours, view_colours
from desktop.views.page_cache import PageCache, PagePicture
from engine.pages.image import PageSize

CACHE_BYTES = 24 << 20
PAPER = QSize(96, 124)
"""The room for a page's picture, in logical pixels."""
FOOT = 24
PAD = 8
BADGE = 13.0
SETTLE_MS = 90


class Thumbnails(QListView):
    """Shows a PagesModel; pictures are drawn only for the rows that can be seen, after the pages themselves."""

    page_chosen = Signal(int)

    def __init__(self, model: PagesModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setItemDelegate(PageDelegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QListView.SelectionMode.SingleSelection)
        self.setAccessibleName(self.tr("List of pages"))
        self.setMinimumWidth(PAPER.width() + 2 * PAD + 18)
        self.verticalScrollBar().setSingleStep(40)
        self._cache = PageCache(CACHE_BYTES)
        self._renders: Renders | None = None
        self._sizes: dict[int, PageSize] = {}
        self._current = 0
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self._want_pictures)
        self.verticalScrollBar().valueChanged.connect(lambda _value: self._settle.start())
        self.clicked.connect(self._choose)
        self.activated.connect(self._choose)

    def show_document(self, draw: DrawPage) -> None:
        """Show the pages of a document; the model has been reset to it."""
        self.clear()
        self._renders = Renders(draw, at_once=1)
        self._renders.ready.connect(self._picture_ready)

    def clear(self) -> None:
        """Forget all pictures and call off what is being drawn."""
        renders, self._renders = self._renders, None
        if renders is not None:
            renders.want([])
            renders.ready.disconnect()
        self._cache.clear()
        self._sizes.clear()
        self._current = 0
        self._settle.stop()

    def set_sizes(self, first: int, sizes: list[PageSize]) -> None:
        """Learn page sizes: a picture is asked for at the scale that fits."""
        self._sizes.update(enumerate(sizes, first))
        self._settle.start()

    def set_current(self, number: int) -> None:
        """Show which page is being looked at, and keep it in sight."""
        if number == self._current:
            return
        self._current = number
        index = self.model().index(number - 1, 0)
        self.setCurrentIndex(index)
        self.scrollTo(index, QListView.ScrollHint.EnsureVisible)

    def picture(self, number: int) -> QImage | None:
        """Return the small picture of a page, if it has been drawn."""
        kept = self._cache.get(number)
        return kept.image if kept is not None else None

    @property
    def cached_bytes(self) -> int:
        """Bytes of pictures held."""
        return self._cache.size_bytes

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Ask for what has come into sight."""
        super().resizeEvent(event)
        self._settle.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for what has come into sight."""
        super().showEvent(event)
        self._settle.start()

    def _choose(self, index: QModelIndex) -> None:
        self._current = index.row() + 1
        self.page_chosen.emit(index.row() + 1)

    def _visible(self) -> range:
        area = self.viewport().rect()
        first = self.indexAt(QRect(area).topLeft() + QPointF(area.width() / 2, 1).toPoint())
        last = self.indexAt(area.bottomLeft() + QPointF(area.width() / 2, -1).toPoint())
        count = self.model().rowCount()
        if not count or not first.isValid():
            return range(0)
        return range(first.row() + 1, (last.row() + 1 if last.isValid() else count) + 1)

    def _want_pictures(self) -> None:
        if self._renders is None or not self.isVisible():
            return
        wishes = []
        for number in self._visible():
            size = self._sizes.get(number)
            if size is not None and self._cache.get(number) is None:
                fit = min(PAPER.width() / max(1.0, size.width), PAPER.height() / max(1.0, size.height))
                wishes.append(Wish(number, round(fit * self.devicePixelRatioF(), 5)))
        self._renders.want(wishes)

    def _picture_ready(self, wish: Wish, image: QImage) -> None:
        self._cache.put(wish.number, PagePicture(image, wish.scale), kept=self._visible())
        self.update(self.model().index(wish.number - 1, 0))


class PageDelegate(QStyledItemDelegate):
    """Draws one row: the paper, the page's number and the badge of its state."""

    def __init__(self, view: Thumbnails) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Return the same size for every row."""
        del option, index
        return QSize(PAPER.width() + 2 * PAD, PAPER.height() + FOOT + PAD)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw the row."""
        status: PageStatus = index.data(STATUS_ROLE)
        area: QRect = option.rect
        state: QStyle.StateFlag = option.state
        palette: QPalette = option.palette
        colours = view_colours(palette)
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        selected = bool(state & QStyle.StateFlag.State_Selected)
        room = QRectF(area.x() + (area.width() - PAPER.width()) / 2, area.y() + PAD, PAPER.width(), PAPER.height())
        paper = self._paint_paper(painter, status.number, room, colours)
        if selected or state & QStyle.StateFlag.State_MouseOver:
            edge = QColor(palette.color(QPalette.ColorRole.Highlight))
            edge.setAlpha(255 if selected else 110)
            painter.setPen(QPen(edge, 2.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(paper.adjusted(-2.5, -2.5, 2.5, 2.5), 2, 2)
        foot = QRectF(area.x(), room.bottom() + 3, area.width(), FOOT - 3)
        font = painter.font()
        font.setBold(selected)
        painter.setFont(font)
        painter.setPen(palette.color(QPalette.ColorRole.WindowText))
        painter.drawText(foot, int(Qt.AlignmentFlag.AlignCenter), str(status.number))
        half = painter.fontMetrics().horizontalAdvance(str(status.number)) / 2
        centre = QPointF(foot.center().x() + half + BADGE, foot.center().y())
        paint_badge(painter, status, centre, colours)
        painter.restore()

    def _paint_paper(self, painter: QPainter, number: int, room: QRectF, colours: ViewColours) -> QRectF:
        image = self._view.picture(number)
        paper = QRectF(room)
        if image is not None:
            scale = min(room.width() / image.width(), room.height() / image.height())
            paper.setSize(QSize(round(image.width() * scale), round(image.height() * scale)).toSizeF())
            paper.moveCenter(room.center().toPoint().toPointF())
        else:
            paper.adjust(4, 0, -4, 0)
        painter.fillRect(paper, colours.paper)
        if image is not None:
            painter.drawImage(paper, image)
        painter.setPen(QPen(colours.paper_edge, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(paper.adjusted(-0.5, -0.5, 0.5, 0.5))
        return paper


def paint_badge(painter: QPainter, status: PageStatus, centre: QPointF, colours: ViewColours) -> None:
    """Draw the sign of a state: nothing, a dotted ring, a filling pie, a tick, a triangle with a bar."""
    radius = BADGE / 2
    ring = QRectF(centre.x() - radius, centre.y() - radius, BADGE, BADGE)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    match status.state:
        case ReadState.UNREAD:
            return
        case ReadState.WAITING:
            painter.setPen(QPen(colours.quiet, 1.4, Qt.PenStyle.DotLine))
            painter.drawEllipse(ring.adjusted(1, 1, -1, -1))
        case ReadState.READING:
            painter.setPen(QPen(colours.busy, 1.6))
            painter.drawEllipse(ring.adjusted(1, 1, -1, -1))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.busy)
            painter.drawPie(ring.adjusted(3, 3, -3, -3), 90 * 16, -round(max(0.08, status.fraction) * 360 * 16))
        case ReadState.DONE:
            painter.setPen(
                QPen(colours.done, 2.0, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
            )
            x, y = centre.x(), centre.y()
            painter.drawPolyline(QPolygonF([QPointF(x - 4.5, y), QPointF(x - 1.5, y + 3.5), QPointF(x + 4.5, y - 4)]))
        case ReadState.FAILED:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.failed)
            x, y = centre.x(), centre.y()
            painter.drawPolygon(QPolygonF([QPointF(x, y - 6), QPointF(x + 6.5, y + 5.5), QPointF(x - 6.5, y + 5.5)]))
            painter.setPen(QPen(colours.paper, 1.6))
            painter.drawLine(QPointF(x, y - 2), QPointF(x, y + 1.5))
            painter.drawPoint(QPointF(x, y + 3.8))
