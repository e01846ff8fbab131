"""A whole window for tests: the real service behind it, nothing remembered unless a store is given."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QSettings

from desktop.app import Parts, compose
from desktop.views.document_pane import DocumentPane
from desktop.views.main_window import MainWindow
from engine.server.state import ServerState
from tests.support.fake_engine import FakeEngine

if TYPE_CHECKING:
    from engine.local_engine import LocalEngine


@asynccontextmanager
async def desk(store: QSettings | None = None, engine: FakeEngine | None = None) -> AsyncIterator[Parts]:
    """Open a window of 1000 × 700 and close it orderly afterwards.

    It never has the real engine, but one that is not set up unless another is given.
    """
    engine = engine or FakeEngine(state=ServerState.ABSENT)
    window = MainWindow()
    window.resize(1000, 700)
    if store is not None:
        window.restore(store)
    window.show()
    parts = compose(window, store, cast("LocalEngine", engine))
    engine.events.subscribe(parts.session.bridge.hear)
    try:
        yield parts
    finally:
        await parts.close()
        delete(window)


def delete(widget: QObject) -> None:
    """Delete it now and here: left to Python's collector, it might be deleted in another thread."""
    widget.deleteLater()
    QCoreApplication.sendPostedEvents(widget, QEvent.Type.DeferredDelete)


def pane(parts: Parts) -> DocumentPane:
    """Return the window's document pane."""
    parts.bench.furnish()
    found = parts.window.findChild(DocumentPane)
    assert isinstance(found, DocumentPane)
    return found


async def until(holds: Callable[[], object], *, within: float = 30.0) -> None:
    """Wait until something holds; fail if it never does."""
    try:
        async with asyncio.timeout(within):
            while not holds():
                await asyncio.sleep(0.01)
    except TimeoutError:
        raise AssertionError("it never came to hold") from None
