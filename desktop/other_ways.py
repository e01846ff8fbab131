"""Other ways of reading pages than an engine beside the app: a shared server in the house, a container, WSL."""

from __future__ import annotations

import asyncio
import dataclasses
import importlib
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop.bridge import Bridge
from desktop.engine_words import host_of, remote_words
from desktop.models.setup import NEEDED
from desktop.setup_words import step_words
from engine.errors import DiglotError
from engine.settings import LaunchKind, RemoteSettings
from engine.setup.steps import Step

if TYPE_CHECKING:
    from desktop.dialogs.launch_way import LaunchDialog
    from desktop.dialogs.shared_server import SharedServerDialog
    from desktop.dialogs.trying import TryDialog
    from engine.local_engine import LocalEngine
    from engine.server.remote import RemoteReport

KEY = "other ways"


class OtherWays(QObject):
    """Opens the dialogs for them, tries what was entered, and uses it."""

    changed = Signal()
    """Another way is used now."""

    def __init__(self, parent: QWidget, bridge: Bridge, engine: LocalEngine) -> None:
        super().__init__(parent)
        self._parent = parent
        self._bridge = bridge
        self._engine = engine
        self._trying: asyncio.Task[Any] | None = None

    # -- what is used now

    def words(self) -> tuple[str, str]:
        """Say what is used in place of an engine beside the app, and what that means; two empty texts for none."""
        settings = self._engine.settings
        if settings.use_remote:
            return (
                remote_words(settings.remote.url),
                self.tr("They leave this computer. Nothing has to be set up here for that."),
            )
        needless = self.tr("The step “{step}” is not needed then.").format(step=step_words(Step.ENGINE).name)
        match settings.launch:
            case LaunchKind.CONTAINER:
                return self.tr("The engine runs in a container: {image}").format(image=settings.image), needless
            case LaunchKind.WSL:
                name = settings.distribution or self.tr("the usual distribution")
                return self.tr("The engine runs in WSL: {name}").format(name=name), needless
        return "", ""

    def in_place(self) -> tuple[Step, ...]:
        """Return the steps that the way in use stands in for."""
        return () if self._engine.settings.launch is LaunchKind.NATIVE else (Step.ENGINE,)

    def shut(self) -> tuple[Step, ...]:
        """Return the steps that make no sense with the way in use: nothing is started while a server reads."""
        return tuple(NEEDED) if self._engine.settings.use_remote else ()

    def use_this_computer(self) -> None:
        """Read on this computer again, with an engine beside the app."""
        self._bridge.start(self._use_this_computer(), key=KEY)

    async def _use_this_computer(self) -> None:
        """Tell the engine; one that is in use otherwise is let go, and none is started in its place."""
        try:
            await self._engine.change(use_remote=False, launch=LaunchKind.NATIVE)
            await self._let_go()
        finally:
            self.changed.emit()

    async def _let_go(self) -> None:
        if self._engine.status.running or self._engine.status.remote:
            await self._engine.stop()

    # -- a shared server

    def open_server(self) -> SharedServerDialog:
        """Ask for a shared server."""
        from desktop.dialogs.shared_server import SharedServerDialog

        settings = self._engine.settings
        dialog = SharedServerDialog(self._parent, settings.remote, in_use=settings.use_remote)
        dialog.test_asked.connect(lambda: self._try(dialog, self._test_server(dialog)))
        dialog.use_asked.connect(lambda: self._try(dialog, self._use_server(dialog)))
        dialog.stop_asked.connect(lambda: self._try(dialog, self._stop_using(dialog)))
        dialog.given_up.connect(self._give_up)
        self._trying = self._bridge.start(self._show_kept_key(dialog, settings.remote.url), key=KEY)
        dialog.open()
        return dialog

    async def _show_kept_key(self, dialog: SharedServerDialog, url: str) -> None:
        """Say whether a key is kept; meanwhile load what asking a server needs, which takes its time."""
        await asyncio.to_thread(importlib.import_module, "httpx2")
        if url and await _kept_key(url):
            dialog.show_kept_key(url)

    async def _test_server(self, dialog: SharedServerDialog) -> None:
        report = await self._ask_server(dialog, dialog.settings(), dialog.typed_key())
        dialog.show_report(report)

    async def _use_server(self, dialog: SharedServerDialog) -> None:
        """Ask it first: what does not answer is not chosen. The key is kept before anything names the server."""
        from engine.secrets import keep_server_key

        settings, typed = dialog.settings(), dialog.typed_key()
        report = await self._ask_server(dialog, settings, typed)
        if typed:
            await keep_server_key(report.url, typed)
        chosen = dataclasses.replace(settings, url=report.url, model=report.model)
        await self._engine.change(use_remote=True, remote=chosen)
        self.changed.emit()
        await self._engine.start()
        self._close(dialog)

    async def _ask_server(self, dialog: SharedServerDialog, settings: RemoteSettings, typed: str) -> RemoteReport:
        """Ask who it is; a key that is kept is shown to no other address than its own."""
        from engine.server.remote import check_remote

        dialog.show_busy(self.tr("Asking {host} …").format(host=host_of(settings.url)))
        return await check_remote(settings, typed or await _kept_key(settings.url))

    async def _stop_using(self, dialog: TryDialog) -> None:
        await self._use_this_computer()
        self._close(dialog)

    # -- containers and WSL

    def open_launch(self, kind: LaunchKind) -> LaunchDialog:
        """Ask for an image, or for a distribution."""
        from desktop.dialogs.launch_way import LaunchDialog

        settings = self._engine.settings
        name = settings.image if kind is LaunchKind.CONTAINER else settings.distribution
        dialog = LaunchDialog(self._parent, kind, name, in_use=settings.launch is kind and not settings.use_remote)
        dialog.test_asked.connect(lambda: self._try(dialog, self._test_launch(dialog)))
        dialog.use_asked.connect(lambda: self._try(dialog, self._use_launch(dialog)))
        dialog.stop_asked.connect(lambda: self._try(dialog, self._stop_using(dialog)))
        dialog.archive_chosen.connect(lambda path: self._try(dialog, self._load_image(dialog, path)))
        dialog.given_up.connect(self._give_up)
        dialog.open()
        return dialog

    async def _test_launch(self, dialog: LaunchDialog) -> None:
        await self._look_at_launch(dialog)
        dialog.show_result(self.tr("It is there and can be used."))

    async def _use_launch(self, dialog: LaunchDialog) -> None:
        changes = await self._look_at_launch(dialog)
        await self._engine.change(use_remote=False, **changes)
        await self._let_go()
        self.changed.emit()
        self._close(dialog)

    async def _look_at_launch(self, dialog: LaunchDialog) -> dict[str, Any]:
        """Find out whether the engine can be run there; return what to change in the settings for it."""
        from engine.server.launch import launch_for

        name = dialog.name.text().strip()
        field = "image" if dialog.kind is LaunchKind.CONTAINER else "distribution"
        changes: dict[str, Any] = {"launch": dialog.kind, field: name}
        dialog.show_busy(self.tr("Looking …"))
        await launch_for(dataclasses.replace(self._engine.settings, **changes)).check()
        return changes

    async def _load_image(self, dialog: LaunchDialog, archive: Path) -> None:
        from engine.server.container import ContainerLaunch

        dialog.show_busy(self.tr("Loading the image; this can take many minutes …"))
        name = await ContainerLaunch("").load(archive)
        dialog.show_name(name)
        dialog.show_result(self.tr("The image is loaded."))

    # -- trying

    def _try(self, dialog: TryDialog, work: Coroutine[Any, Any, None]) -> None:
        self._give_up()
        self._trying = self._bridge.start(self._shown(dialog, work), key=KEY)

    async def _shown(self, dialog: TryDialog, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except DiglotError as error:
            dialog.show_error(error)
        finally:
            work.close()

    def _give_up(self) -> None:
        if self._trying is not None:
            self._trying.cancel()
            self._trying = None

    def _close(self, dialog: TryDialog) -> None:
        self._trying = None  # its end is not to be taken for a change of mind
        dialog.accept()


async def _kept_key(url: str) -> str:
    from engine.secrets import server_key

    return await server_key(url) or ""
