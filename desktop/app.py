"""The application from start to orderly end: one loop, the parts put together, and nothing left afterwards."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
import sys
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSettings, QTimer, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from desktop.icons import window_icon
from desktop.loop import Loop
from desktop.marks import MEASURE_LOOP, FirstPaint, MeasuredApplication, exit_after, mark
from desktop.no_display import WhileItStarts
from desktop.recent import RecentFiles, settings
from desktop.theme import Theme
from desktop.views.main_window import MainWindow

if TYPE_CHECKING:  # imported after the first paint
    from desktop.library_desk import LibraryDesk
    from desktop.owned_engine import OwnedEngine
    from desktop.session import Session
    from desktop.setup_desk import SetupDesk
    from desktop.unattended import Unattended
    from desktop.workbench import Workbench
    from engine.local_engine import LocalEngine
    from engine.service import Service

THREADS = 4
MEASURE_UNTIL_MS = 400
FURNISH_AFTER_MS = 250
"""With a file to open, its first page comes before the rest of the window, but no longer than this."""


@dataclass(frozen=True, slots=True)
class Arguments:
    """What the command line asked for."""

    files: tuple[Path, ...] = ()
    unattended: Path | None = None
    language: str | None = None


def run(arguments: Arguments) -> int:
    """Run the application until its window is closed and return the exit code."""
    app = make_application()
    from desktop.translations import install

    install(app, arguments.language)
    Theme(app)
    window = MainWindow()
    if arguments.unattended is None:
        store = settings()
        window.restore(store)
        window.show_recent(RecentFiles(store).paths())
    loop = Loop(app)
    loop.set_default_executor(ThreadPoolExecutor(THREADS, thread_name_prefix="desk"))
    asyncio.set_event_loop(loop)
    try:
        return int(loop.run_until_complete(_live(window, arguments)))
    finally:
        asyncio.set_event_loop(None)
        loop.close()


def make_application() -> QApplication:
    """Make the one QApplication; with DIGLOT_MEASURE_LOOP=FILE one that measures itself."""
    target = os.environ.get(MEASURE_LOOP)
    with WhileItStarts():
        app = MeasuredApplication(sys.argv[:1], Path(target)) if target else QApplication(sys.argv[:1])
    if app.platformName() == "offscreen":
        qInstallMessageHandler(_without_noise)
    app.setApplicationName("diglot")
    app.setApplicationDisplayName("")
    app.setDesktopFileName("diglot")
    app.setQuitOnLastWindowClosed(False)  # the end is ours: first the work, then the loop
    return app


def _without_noise(_kind: object, _context: object, message: str) -> None:
    """Pass on what Qt has to say, but for a remark that its windowless platform makes at every window."""
    if "propagateSizeHints" not in message:
        sys.stderr.write(f"{message}\n")


async def _live(window: MainWindow, arguments: Arguments) -> int:
    wanted, painted = exit_after(), asyncio.Event()
    FirstPaint(window, painted.set)
    window.show()
    from desktop.furnishing import BENCH_PARTS, DOCUMENT_PARTS, load_in_turns

    await load_in_turns(BENCH_PARTS)  # while the system makes room for the window, which is painted between two of them
    await painted.wait()
    app = QApplication.instance()
    if isinstance(app, MeasuredApplication):
        app.begin()
    from desktop.opening_desk import SAMPLE

    parts = compose(window, settings() if arguments.unattended is None else None)
    bench, session = parts.bench, parts.session
    over = asyncio.Event()
    window.ended.connect(over.set)
    if wanted == "window":
        mark("window")
        over.set()
    files = arguments.files or ((SAMPLE,) if arguments.unattended is not None else ())
    _arrange_furnishing(window, bench, with_file=bool(files))
    _arrange_measuring(parts)
    alone: Unattended | None = None
    if arguments.unattended is not None:
        from desktop.unattended import Unattended

        alone = Unattended(window, session, arguments.unattended)
    bench.open_paths(files)
    if files:
        await load_in_turns(DOCUMENT_PARTS)  # while the page process is at work
    code = 0
    with _signals_end(over):
        if alone is not None:
            code = await _first_of(alone.work(), over)
        else:
            await over.wait()
            bench.keep()
    await parts.close()
    window.deleteLater()
    return code


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """What works behind a window."""

    window: MainWindow
    service: Service
    session: Session
    bench: Workbench
    owned: OwnedEngine

    async def close(self) -> None:
        """Stop everything in order; afterwards no process, no file and no timer of ours is left."""
        self.window.hide()
        await self.session.close()
        await self.session.bridge.close()
        await self.service.close()
        await self.owned.close()
        clipboard = QApplication.clipboard()
        if clipboard.ownsClipboard():
            clipboard.clear()  # what Python put there must not outlive Python
        app = QApplication.instance()
        if isinstance(app, MeasuredApplication):
            app.write()


def compose(window: MainWindow, store: QSettings | None, engine: LocalEngine | None = None) -> Parts:
    """Put the service, the session and the workbench behind a window; `store` None remembers nothing.

    `engine` takes the place of the service's own, for tests.
    """
    from desktop.bridge import Bridge
    from desktop.owned_engine import OwnedEngine
    from desktop.session import Session
    from desktop.workbench import Workbench
    from engine.service import Service

    service = Service(keeps=None if store is not None else False)
    session = Session(service, Bridge(), lambda name, again: _ask_password(window, name, again))
    owned = OwnedEngine(service, session.bridge, claims=store is not None)

    def make_setup() -> SetupDesk:
        from desktop.setup_desk import SetupDesk

        return SetupDesk(window, session.bridge, engine or owned.take(), service.setup, service.subscribe)

    def make_library() -> LibraryDesk:
        from desktop.library_desk import LibraryDesk

        return LibraryDesk(window, session, service, remembers=store is not None)

    bench = Workbench(window, session, store, lambda: engine or owned.take(), make_setup, make_library)
    return Parts(window, service, session, bench, owned)


async def _ask_password(window: MainWindow, name: str, again: bool) -> str | None:
    from desktop.dialogs.password import ask_password

    return await ask_password(window, name, again=again)


def _arrange_furnishing(window: MainWindow, bench: Workbench, *, with_file: bool) -> None:
    """Build the rest of the window when the first thing to see is on the screen."""

    def page_painted() -> None:
        if exit_after() == "first-page":
            mark("first-page")
            window.close()
        elif soon.isActive():
            soon.start(0)

    def settle() -> None:
        from desktop.furnishing import Steps

        Steps(bench, [_start_log, *bench.furnishing(), _give_icon, _collect_again])

    soon = QTimer(bench, singleShot=True, interval=FURNISH_AFTER_MS if with_file else 0)
    soon.timeout.connect(settle)
    bench.first_page_painted.connect(page_painted)
    soon.start()


def _give_icon() -> None:
    QApplication.setWindowIcon(window_icon())


def _collect_again() -> None:
    gc.freeze()  # what is there now stays: no collection shall look at it again
    # A reading is thousands of objects without a cycle. By the usual thresholds they bring on one whole collection
    # after the other, of some 70 ms each, and the window stands still meanwhile, whichever thread it happens in.
    gc.set_threshold(5_000, 10, 1_000)
    gc.enable()


def _start_log() -> None:
    from engine.logs import start_logging
    from engine.paths import paths

    start_logging(paths().log_file, console=False)


def _arrange_measuring(parts: Parts) -> None:
    """Let the loop be measured until the reading has ended; the measuring began when the window could be seen."""
    app = QApplication.instance()
    if isinstance(app, MeasuredApplication):
        parts.session.reading_ended.connect(lambda _event: QTimer.singleShot(MEASURE_UNTIL_MS, app, app.write))


async def _first_of(work: Coroutine[Any, Any, int], over: asyncio.Event) -> int:
    """Do the work unless the window is closed before."""
    task, ended = asyncio.ensure_future(work), asyncio.ensure_future(over.wait())
    await asyncio.wait((task, ended), return_when=asyncio.FIRST_COMPLETED)
    for other in (task, ended):
        other.cancel()
    await asyncio.gather(task, ended, return_exceptions=True)
    return 130 if task.cancelled() else task.result()


@contextlib.contextmanager
def _signals_end(over: asyncio.Event) -> Any:
    """Let Ctrl-C and a polite kill end the application as closing the window does."""
    loop = asyncio.get_running_loop()
    numbers = (signal.SIGINT, signal.SIGTERM) if os.name == "posix" else ()
    for number in numbers:
        loop.add_signal_handler(number, over.set)
    try:
        yield
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)
