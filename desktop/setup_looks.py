"""Looks at the places that a person chose or dropped for the setup, and shows in its dialog what lies there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop.bridge import Bridge
from desktop.setup_places import holds_kit, kit_at, licence_in, models_at
from engine.errors import DiglotError
from engine.setup.steps import Step

if TYPE_CHECKING:
    from desktop.dialogs.setup import SetupDialog

LOOK_KEY = "setup look"


class SetupLooks(QObject):
    """What is wrong with a place is said beside the button that chose it: it is no failure of the step."""

    chosen = Signal()
    """Something was found, and a step could be taken with it."""

    def __init__(self, dialog: SetupDialog, bridge: Bridge) -> None:
        super().__init__(dialog)
        self._dialog = dialog
        self._bridge = bridge
        self._licence_of: Path | None = None
        for asked, look in (
            (dialog.kit_chosen, self._at_kit),
            (dialog.model_chosen, self._for_models),
            (dialog.dropped, self._at_dropped),
        ):
            asked.connect(lambda path, look=look: bridge.start(look(path), key=LOOK_KEY))

    def show_licence_of(self, folder: Path) -> None:
        """Show the licence that lies in the model's folder; the machine is looked at often, this only once."""
        if folder != self._licence_of:
            self._licence_of = folder
            self._bridge.start(self._at_licence(folder), key=LOOK_KEY)

    async def _at_kit(self, untrusted_folder: Path) -> None:
        """Say what kind of kit a folder is; nothing of it is read but its list."""
        dialog = self._dialog
        dialog.go_to(Step.ENGINE)
        dialog.engine.show_looking()
        try:
            dialog.engine.show_kit(await kit_at(untrusted_folder))
        except DiglotError as error:
            dialog.engine.show_kit_error(error)
        else:
            self.chosen.emit()

    async def _for_models(self, place: Path) -> None:
        """Say which models are in a folder or on a drive; an archive is only named."""
        dialog = self._dialog
        dialog.go_to(Step.WEIGHTS)
        dialog.weights.show_looking()
        try:
            found = await models_at(place)
        except DiglotError as error:
            dialog.weights.show_place_error(error)
            return
        dialog.weights.show_place(found)
        self.chosen.emit()
        if found.models:
            await self._at_licence(found.models[0].folder)

    async def _at_dropped(self, path: Path) -> None:
        """What was dropped is a kit, if its list lies in it; else a model is looked for."""
        look = self._at_kit if await holds_kit(path) else self._for_models
        await look(path)

    async def _at_licence(self, folder: Path) -> None:
        self._dialog.licence.show_text(await licence_in(folder))
