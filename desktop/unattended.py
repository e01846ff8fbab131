"""The whole way without a person: read the document, write Markdown and JSON, take a picture of the window."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from PySide6.QtWidgets import QWidget

from desktop.session import Session

SETTLE_S = 0.6
"""Time for the last pictures to be drawn and the reading to be laid out."""


class Unattended:
    """Waits for the document and its reading, and writes everything into a folder. Make it before anything is opened.

    Errors are printed and give their own exit code; no dialog is ever shown.
    """

    def __init__(self, window: QWidget, session: Session, out: Path) -> None:
        """Listen from now on: a file may be refused before anybody waits."""
        self._window = window
        self._session = session
        self._out = out
        self._ended: asyncio.Future[BaseException | None] = asyncio.get_running_loop().create_future()
        session.reading_ended.connect(lambda _event: self._settle(None))
        session.bridge.failed.connect(lambda problem, _key: self._settle(problem))
        session.not_opened.connect(self._not_opened)

    async def work(self) -> int:
        """Write when the reading has ended, and return the exit code."""
        from engine.errors import DiglotError

        session = self._session
        try:
            problem = await self._ended
            if problem is not None:
                raise problem
            for path in await _write(self._window, session, self._out):
                sys.stdout.write(f"Wrote {path}\n")
        except DiglotError as error:
            sys.stderr.write(f"{error}\n")
            return error.exit_code
        assert session.document is not None
        missing = session.document.info.page_count - len(session.results)
        if missing:
            sys.stderr.write(f"{missing} of {session.document.info.page_count} pages could not be read.\n")
        return 3 if missing else 0

    def _not_opened(self) -> None:
        from engine.errors import DiglotError

        asyncio.get_running_loop().call_later(0.1, self._settle, DiglotError())  # unless the reason comes first

    def _settle(self, problem: BaseException | None) -> None:
        if not self._ended.done():
            self._ended.set_result(problem)


async def _write(window: QWidget, session: Session, out: Path) -> list[Path]:
    from desktop.saving import write
    from engine.errors import OutputNotWritable

    document = session.document
    assert document is not None
    try:
        await asyncio.to_thread(out.mkdir, parents=True, exist_ok=True)
    except OSError as problem:
        raise OutputNotWritable(str(out)) from problem
    stem = Path(document.info.name).stem or "document"
    written = []
    for format_name in ("md", "json"):
        path = out / f"{stem}.{format_name}"
        await asyncio.to_thread(write, document, {}, path, format_name)
        written.append(path)
    await asyncio.sleep(SETTLE_S)
    picture = out / "window.png"
    if not window.grab().save(str(picture)):
        raise OutputNotWritable(str(picture))
    return [*written, picture]
