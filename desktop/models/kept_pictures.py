"""Small pictures of kept pages: those in sight are asked for, a bounded number is held."""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QTimer, Signal
from PySide6.QtGui import QImage, QImageReader

MOST_BYTES = 24 << 20
MOST_WANTED = 48
"""Of those that came into sight while others were being looked for, the newest ones count."""
LONGEST_SIDE = 1024


class PictureKey(NamedTuple):
    """A page of a document."""

    sha256: str
    number: int


class KeptPictures(QObject):
    """Gives the picture of a page if it is there, and notes that it is wanted if nobody has looked for it yet."""

    wanted = Signal()  # `take_wanted` has some
    changed = Signal()  # a picture came: draw again

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._known: OrderedDict[PictureKey, QImage | None] = OrderedDict()
        self._wanted: OrderedDict[PictureKey, None] = OrderedDict()
        self._bytes = 0
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self.wanted)

    def picture(self, key: PictureKey) -> QImage | None:
        """Return a page's picture, None where there is none, or none yet."""
        if key in self._known:
            self._known.move_to_end(key)
            return self._known[key]
        self._wanted[key] = None
        self._wanted.move_to_end(key)
        while len(self._wanted) > MOST_WANTED:
            self._wanted.popitem(last=False)
        if not self._soon.isActive():
            self._soon.start()
        return None

    def take_wanted(self) -> PictureKey | None:
        """Return the page that came into sight last and was not looked for yet; it is wanted no more."""
        return self._wanted.popitem()[0] if self._wanted else None

    def put(self, key: PictureKey, image: QImage | None) -> None:
        """Take a picture, None where there is none."""
        self._drop(key)
        self._known[key] = image
        self._bytes += _bytes_of(image)
        while self._bytes > MOST_BYTES and len(self._known) > 1:
            self._drop(next(iter(self._known)))
        if image is not None:
            self.changed.emit()

    def clear(self) -> None:
        """Hold none, and look for all of them again."""
        self._known.clear()
        self._wanted.clear()
        self._bytes = 0

    def _drop(self, key: PictureKey) -> None:
        if key in self._known:
            self._bytes -= _bytes_of(self._known.pop(key))


def decoded(untrusted_image: bytes) -> QImage | None:
    """Decode a small JPEG or PNG, None where it is neither or not small. Call it beside the loop."""
    form = b"jpeg" if untrusted_image[:2] == b"\xff\xd8" else b"png" if untrusted_image[:4] == b"\x89PNG" else b""
    if not form:
        return None
    buffer = QBuffer()
    buffer.setData(QByteArray(untrusted_image))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(form))
    size = reader.size()
    if not size.isValid() or max(size.width(), size.height()) > LONGEST_SIDE:
        return None
    image = reader.read()
    return None if image.isNull() else image.convertToFormat(QImage.Format.Format_RGB32)


def _bytes_of(image: QImage | None) -> int:
    return image.sizeInBytes() if image is not None else 64
