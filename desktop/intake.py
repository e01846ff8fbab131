"""What a person drops or pastes becomes something to open: files, a folder, or a picture's bytes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QBuffer, QCoreApplication, QIODevice, QMimeData
from PySide6.QtGui import QImage

PNG_FASTEST = 100
"""Qt's "quality" for PNG is the lack of compression; this picture is read once and thrown away."""


@dataclass(frozen=True, slots=True)
class Intake:
    """What came in: `paths` of files or folders, or a `picture` without a file."""

    paths: tuple[Path, ...] = ()
    picture: QImage | None = None


def intake(data: QMimeData) -> Intake | None:
    """Return what can be opened of something dropped or pasted, None if nothing can.

    Local files win over a picture; from a browser there is only the picture (we load nothing from the network).
    """
    paths = tuple(Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile())
    if paths:
        return Intake(paths=paths)
    if data.hasImage():
        image = data.imageData()
        if isinstance(image, QImage) and not image.isNull():
            return Intake(picture=image)
    return None


async def picture_bytes(image: QImage) -> bytes:
    """Return a picture as PNG, made in a thread."""
    return await asyncio.to_thread(_png, image)


def picture_name() -> str:
    """Return what to call a picture that has no file name."""
    return QCoreApplication.translate("Intake", "Pasted picture")


def _png(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG", PNG_FASTEST)  # type: ignore[call-overload]
    return bytes(buffer.data().data())
