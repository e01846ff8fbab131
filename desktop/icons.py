"""Our own icons, drawn in the colour of the palette so that they are seen by day and by night."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize
from PySide6.QtGui import QColor, QIcon, QImageReader, QPalette, QPixmap

FOLDER = Path(__file__).resolve().parent.parent / "resources" / "icons"
SIZES = (20, 40)
"""Pixels of an icon of 20 logical pixels on screens of 100 % and 200 %."""


def icon(name: str, palette: QPalette) -> QIcon:
    """Return the icon resources/icons/NAME.svg, its black replaced by the palette's ink."""
    source = (FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    made = QIcon()
    for group, mode in (
        (QPalette.ColorGroup.Active, QIcon.Mode.Normal),
        (QPalette.ColorGroup.Disabled, QIcon.Mode.Disabled),
    ):
        ink = palette.color(group, QPalette.ColorRole.ButtonText)
        for size in SIZES:
            made.addPixmap(_draw(source, ink, size), mode)
    return made


def picture(name: str, size: int) -> QPixmap:
    """Return an icon in its own colours, `size` pixels wide and high."""
    return _draw((FOLDER / f"{name}.svg").read_text(encoding="utf-8"), None, size)


def _draw(source: str, ink: QColor | None, size: int) -> QPixmap:
    if ink is not None:
        source = source.replace("#000000", ink.name())
    data = QBuffer()
    data.setData(QByteArray(source.encode()))
    data.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(data, QByteArray(b"svg"))
    reader.setScaledSize(QSize(size, size))
    return QPixmap.fromImageReader(reader)
