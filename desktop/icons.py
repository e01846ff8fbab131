"""Our own icons, drawn in the colour of the palette so that they are seen by day and by night."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QImageReader, QPalette, QPixmap

FOLDER = Path(__file__).resolve().parent.parent / "resources" / "icons"
SIDE = 20
"""Logical pixels of a toolbar's icon."""


def icon(name: str, palette: QPalette) -> QIcon:
    """Return the icon resources/icons/NAME.svg, its black replaced by the palette's ink."""
    source = (FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    ink = palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.ButtonText)
    made = QIcon()  # the style greys it where it is disabled
    for ratio in {1.0, *(screen.devicePixelRatio() for screen in QGuiApplication.screens())}:
        pixmap = _draw(source, ink, round(SIDE * ratio))
        pixmap.setDevicePixelRatio(ratio)
        made.addPixmap(pixmap)
    return made


def picture(name: str, size: int) -> QPixmap:
    """Return an icon in its own colours, `size` pixels wide and high."""
    return _draw((FOLDER / f"{name}.svg").read_text(encoding="utf-8"), None, size)


def window_icon() -> QIcon:
    """Return the icon of the window, drawn for title bars, task bars and switchers."""
    made = QIcon()
    for size in (16, 24, 32, 48, 64, 128):
        made.addPixmap(picture("diglot", size))
    return made


def _draw(source: str, ink: QColor | None, size: int) -> QPixmap:
    if ink is not None:
        source = source.replace("#000000", ink.name())
    data = QBuffer()
    data.setData(QByteArray(source.encode()))
    data.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(data, QByteArray(b"svg"))
    reader.setScaledSize(QSize(size, size))
    return QPixmap.fromImageReader(reader)
