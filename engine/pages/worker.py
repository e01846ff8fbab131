"""The page process: it parses one untrusted document, answers for its pages, and knows nothing of the app.

It is handed an open descriptor (or, for folders, the bytes of one picture with each request). The app's end is
`engine.pages.process`. What it may be asked:

    open    fd, place, password, stamp   ->  pages, unit, title, repaired
    sizes   first, last                  ->  sizes: [[width, height], …] in page units; null for a damaged page
    render  number, scale, max_pixels, grid  ->  width, height, page: [width, height]; partly: true where a picture on
                                         the page is damaged; the pixels as the blob
    text    number                       ->  layer: null, or what `engine.pages.layer` writes
    frame   number; a picture as the blob    ->  size
    measure lengths: [[bytes, format], …]; the first bytes of pictures as the blob
                                         ->  pictures: [{"size", "pages"}, …], size null where they do not suffice

It answers "changed" when the file is no longer what it was when it was opened.
"""

from __future__ import annotations

import os
import signal
import time
from typing import Any, Protocol

from engine.children.serving import Answer, Blob, Call, Refusal, arguments, serve

PDF, PICTURE, FOLDER = "pdf", "picture", "folder"
EARLY = "early"
"""On the command line where the process was started before anybody asked for a page."""


class Document(Protocol):
    """What `engine.pages.pdf` and `engine.pages.picture` make of a file. Pages count from 1. All raise `Refusal`."""

    def describe(self) -> dict[str, Any]:
        """Return what `open` answers."""
        ...

    def size(self, number: int) -> tuple[float, float]:
        """Return width and height in page units."""
        ...

    def render(self, number: int, *, scale: float, max_pixels: int, grid: int) -> tuple[dict[str, Any], Blob]:
        """Draw one page."""
        ...

    def text(self, number: int) -> dict[str, Any] | None:
        """Return the page's own text."""
        ...


class Worker:
    """Answers for one document."""

    def __init__(self, kind: str) -> None:
        """Take the kind of document it will be."""
        self._kind = kind
        self._document: Document | None = None
        self._fd = -1
        self._stamp: list[int] = []

    def prepare(self) -> None:
        """Import what the kind needs before the first request arrives; warm up where that is still far."""
        if self._kind == PDF:
            from engine.pages.pdf import warm_up

            if EARLY in arguments():
                warm_up()
        else:
            import engine.pages.picture  # noqa: F401

    def __call__(self, call: Call) -> Answer:
        """Answer one request."""
        fields = call.fields
        match call.op:
            case "open":
                return self._open(fields), ()
            case "measure":
                return self._measure(call.blob, fields["lengths"]), ()
            case "sizes":
                return {"sizes": [self._size(n) for n in range(int(fields["first"]), int(fields["last"]) + 1)]}, ()
        number = int(fields["number"])
        play_fault(number)
        document = self._of(call.blob, fields)
        try:
            if call.op == "render":
                header, pixels = document.render(
                    number, scale=float(fields["scale"]), max_pixels=int(fields["max_pixels"]), grid=int(fields["grid"])
                )
                answer: Answer = header, (pixels,)
            elif call.op == "text":
                answer = {"layer": document.text(number)}, ()
            elif call.op == "frame":
                answer = {"size": document.size(number)}, ()
            else:
                raise Refusal("unknown")
        finally:
            self._look()
        return answer

    def _open(self, fields: dict[str, Any]) -> dict[str, Any]:
        self._fd = int(fields["fd"])
        self._stamp = [int(part) for part in fields["stamp"]]
        self._look()
        play_fault(0, where="open")
        try:
            if self._kind == PDF:
                from engine.pages.pdf import PdfDocument

                self._document = PdfDocument(self._fd, str(fields["place"]), fields.get("password"))
            else:
                from engine.pages.picture import PictureDocument

                place: int | str = self._fd if self._fd >= 0 else str(fields["place"])
                stream = open(place, "rb", closefd=self._fd < 0)  # noqa: SIM115 - it lives as long as the process
                self._document = PictureDocument(stream, str(fields["format"]))
        finally:
            self._look()
        return self._document.describe()

    def _of(self, blob: bytearray, fields: dict[str, Any]) -> Document:
        if self._kind == FOLDER:
            import io

            from engine.pages.picture import PictureDocument

            return PictureDocument(io.BytesIO(blob), str(fields["format"]))
        if self._document is None:
            raise Refusal("unknown")
        return self._document

    def _size(self, number: int) -> tuple[float, float] | None:
        assert self._document is not None
        play_fault(number, where="size")
        try:
            return self._document.size(number)
        except Refusal:
            return None

    def _measure(self, blob: bytearray, pictures: list[list[Any]]) -> dict[str, Any]:
        from engine.pages.picture import measure

        answers, start = [], 0
        for length, kind in pictures:
            answers.append(measure(bytes(memoryview(blob)[start : start + length]), str(kind)))
            start += length
        return {"pictures": answers}

    def _look(self) -> None:
        """Refuse to go on with a file that was cut or rewritten since it was opened."""
        if self._fd < 0 or not self._stamp:
            return
        try:
            now = os.fstat(self._fd)
        except OSError:
            raise Refusal("changed") from None
        if [now.st_size, now.st_mtime_ns] != self._stamp:
            raise Refusal("changed")


def play_fault(number: int, where: str = "page") -> None:
    """Misbehave when a test asked for it: DIGLOT_CHILD_FAULT="page:crash:7", "size:hang:7", "open:crash:0"."""
    who, _, wish = os.environ.get("DIGLOT_CHILD_FAULT", "").partition(":")
    if who != where or not wish.endswith(f":{number}"):
        return
    if wish.startswith("crash"):
        os.kill(os.getpid(), signal.SIGSEGV)
    elif wish.startswith("hang"):
        time.sleep(3600)


def main() -> None:
    """Run as the page process."""
    worker = Worker(arguments()[0])
    serve(worker, prepare=worker.prepare)


if __name__ == "__main__":
    main()
