"""A window with the setup's desk in it for tests, with a fake engine and a fake setup behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from PySide6.QtWidgets import QApplication

from desktop.bridge import Bridge
from desktop.dialogs.setup import SetupDialog
from desktop.setup_desk import SetupDesk
from desktop.translations import install
from desktop.views.main_window import MainWindow
from engine.setup.steps import Step
from tests.support.desk import delete, until
from tests.support.fake_engine import FakeEngine, card
from tests.support.fake_setup import LOOKED_AT, FakeSetup

if TYPE_CHECKING:
    from engine.local_engine import LocalEngine
    from engine.local_setup import LocalSetup


@dataclass
class SetupParts:
    """What works behind the dialog, and what it told the window."""

    window: MainWindow
    bridge: Bridge
    engine: FakeEngine
    setup: FakeSetup
    desk: SetupDesk
    dialog: SetupDialog
    lines: list[str] = field(default_factory=list)
    failed: list[tuple[object, str]] = field(default_factory=list)

    async def settled(self) -> None:
        """Wait until nothing is at work and all news have been heard."""
        await until(lambda: self.setup.working is None and not self.desk.busy)


@asynccontextmanager
async def setup_desk(
    *done: Step, engine: FakeEngine | None = None, open_at: Step | None = None
) -> AsyncIterator[SetupParts]:
    """Open the setup on a usual machine where these steps are done; without any, those that are only looked at."""
    install(QApplication.instance() or QApplication([]), "en")  # which has the numbers of things
    window, bridge = MainWindow(), Bridge()
    engine = engine or FakeEngine(card(12.0))
    setup = FakeSetup(engine)
    setup.stand(*(done or LOOKED_AT))
    desk = SetupDesk(window, bridge, cast("LocalEngine", engine), cast("LocalSetup", setup), engine.events.subscribe)
    parts = SetupParts(window, bridge, engine, setup, desk, desk.open(open_at))
    desk.working.connect(parts.lines.append)
    bridge.failed.connect(lambda error, key: parts.failed.append((error, key)))
    await until(lambda: setup.looks and parts.dialog.engine.table.rowCount())
    try:
        yield parts
    finally:
        window.ended.emit()
        await bridge.close()
        delete(window)
