"""PyMuPDF, in the page process only: open, count, measure and draw PDF pages; its exceptions end here."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pymupdf

from engine.children.serving import Blob, Refusal
from engine.pages.image import PageSize, fit

pymupdf.TOOLS.mupdf_display_errors(False)
pymupdf.TOOLS.mupdf_display_warnings(False)

LONGEST_TITLE = 300
MEMORY_WORDS = re.compile(r"malloc|calloc|realloc|out of memory|cannot allocate|too large", re.IGNORECASE)
"""How MuPDF says that it asked for more memory than it may have."""
HARMED_WORDS = re.compile(
    r"premature end of file|truncated image|failed to decode|jpeg error|jbig2dec error|image format"
)
"""How it says that it drew a picture only in part, or not at all."""


def warm_up() -> None:
    """Draw a letter on a scrap of paper: fonts and tables are loaded then, and the first page need not wait for it."""
    with pymupdf.open() as scrap:
        page = scrap.new_page(width=20, height=20)
        page.insert_text((2, 15), "a")
        page.get_pixmap(alpha=False)


@contextmanager
def border(otherwise: str) -> Iterator[None]:
    """Turn whatever PyMuPDF raises into a `Refusal`: "memory" where that was the reason, else `otherwise`.

    MuPDF's exceptions share no base class but Exception, and their texts may quote the document: none of it passes.
    """
    try:
        yield
    except (Refusal, MemoryError):
        raise
    except pymupdf.EmptyFileError:
        raise Refusal("empty") from None
    except pymupdf.mupdf.FzErrorLimit:
        raise Refusal("memory") from None
    except Exception as problem:
        raise Refusal("memory" if MEMORY_WORDS.search(str(problem)) else otherwise) from None


class PdfDocument:
    """One open PDF."""

    def __init__(self, fd: int, place: str, password: str | None) -> None:
        """Open it from the descriptor `fd`, or from `place` where descriptors have no names (fd < 0).

        Raises:
            Refusal: "damaged", "empty", "no pages", "password needed", "wrong password", "memory".
        """
        self._drawn: Any = None
        with border("damaged"):
            self._document = _open(fd, place)
            self._protected = bool(self._document.needs_pass)
            if self._protected:
                if password is None:
                    raise Refusal("password needed")
                if not self._document.authenticate(password):
                    raise Refusal("wrong password")
            if self._document.page_count < 1:
                # Where MuPDF had to mend the file, the pages are what was lost.
                raise Refusal("damaged" if self._document.is_repaired else "no pages")

    def describe(self) -> dict[str, Any]:
        """Return what is known without touching the pages."""
        with border("damaged"):
            title = str((self._document.metadata or {}).get("title") or "")
            return {
                "pages": self._document.page_count,
                "unit": "pt",
                "title": "".join(char for char in title if char.isprintable())[:LONGEST_TITLE].strip(),
                "repaired": bool(self._document.is_repaired),
                "protected": self._protected,  # not asked again: MuPDF would try the empty password, and lock it
            }

    def size(self, number: int) -> tuple[float, float]:
        """Return the page's size in points, rotation applied."""
        with border("page damaged"):
            rect = self._document[number - 1].rect
            return rect.width, rect.height

    def render(self, number: int, *, scale: float, max_pixels: int, grid: int) -> tuple[dict[str, Any], Blob]:
        """Draw the page as RGB without alpha, on white."""
        self._drawn = None
        with border("page damaged"), self._page(number) as page:
            rect = page.rect
            size = PageSize(rect.width, rect.height)
            width, height = fit(size, max_pixels=max_pixels, scale=scale, grid=grid)
            matrix = pymupdf.Matrix(width / size.width, height / size.height)
            pymupdf.TOOLS.reset_mupdf_warnings()
            pixmap = page.get_pixmap(matrix=matrix, colorspace=pymupdf.csRGB, alpha=False)
            partly = HARMED_WORDS.search(pymupdf.TOOLS.mupdf_warnings().lower()) is not None
            if (pixmap.width, pixmap.height) != (width, height):
                pixmap = _exactly(pixmap, width, height)
            self._drawn = pixmap  # its memory goes with it, and the answer is only written after this
            header = {"width": width, "height": height, "page": [size.width, size.height], "partly": partly}
            return header, pixmap.samples_mv

    def text(self, number: int) -> dict[str, Any] | None:
        """Return the page's text layer, None where it has no characters."""
        from engine.pages.extract import extract

        with border("page damaged"), self._page(number) as page:
            return extract(page)

    @contextmanager
    def _page(self, number: int) -> Iterator[Any]:
        if not 1 <= number <= self._document.page_count:
            raise Refusal("page damaged")
        try:
            yield self._document[number - 1]
        finally:
            pymupdf.TOOLS.store_shrink(100)  # or its store of 256 MB fills up with pages that nobody looks at


def _open(fd: int, place: str) -> Any:
    if fd < 0:
        return pymupdf.open(place, filetype="pdf")
    try:
        os.close(os.open(place, os.O_RDONLY))
    except OSError:
        # Confined, root may no longer open another person's file a second time: then it is read whole.
        with os.fdopen(os.dup(fd), "rb") as stream:
            stream.seek(0)
            return pymupdf.open(stream=stream.read(), filetype="pdf")
    return pymupdf.open(place, filetype="pdf")


def _exactly(pixmap: Any, width: int, height: int) -> Any:
    """Return the picture with exactly these sides: MuPDF's rounding may give a row or column more or less."""
    exact = pymupdf.Pixmap(pymupdf.csRGB, pymupdf.IRect(0, 0, width, height), False)
    exact.clear_with(255)
    pixmap.set_origin(0, 0)
    exact.copy(pixmap, pymupdf.IRect(0, 0, min(width, pixmap.width), min(height, pixmap.height)))
    return exact
