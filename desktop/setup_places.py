"""What lies at a place that a person chose for the setup: an engine kit, models, an archive, a licence."""

from __future__ import annotations

import asyncio
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import NotFound

if TYPE_CHECKING:
    from engine.setup.kit import Kit
    from engine.setup.model import ModelInfo


@dataclass(frozen=True, slots=True)
class ModelPlace:
    """What was found: whole models, the best first, or an archive of so many bytes, which nobody looked into."""

    path: Path
    models: tuple[ModelInfo, ...] = ()
    archive_bytes: int = 0


async def kit_at(untrusted_folder: Path) -> Kit:
    """Read the list of a kit. Raises NotAKit, KitDamaged."""
    from engine.setup.kit import read_kit

    return await asyncio.to_thread(read_kit, untrusted_folder)


async def models_at(place: Path) -> ModelPlace:
    """Look for models.

    Raises:
        NotFound: There is nothing at this place, or it cannot be looked at.
        NotHunyuanOcr, ModelIncomplete, ModelDamaged, NotReadable, FileVanished: There is no whole model.
    """
    return await asyncio.to_thread(_models_at, place)


async def licence_in(folder: Path) -> str | None:
    """Return the licence that lies in a model's folder."""
    from engine.setup.licence import licence_text

    return await asyncio.to_thread(licence_text, folder)


async def holds_kit(untrusted_path: Path) -> bool:
    """Tell whether the list of a kit lies in this folder, or in one that is right in it."""
    return await asyncio.to_thread(_holds_kit, untrusted_path)


def _models_at(place: Path) -> ModelPlace:
    from engine.setup.model import choose, find_models

    try:
        about = place.stat()
    except OSError as problem:
        raise NotFound(str(place), detail=problem.strerror or "") from problem
    if stat.S_ISREG(about.st_mode):
        return ModelPlace(place, archive_bytes=about.st_size)
    models = find_models(place)
    return ModelPlace(place, tuple(models) or (choose(place).info,))


def _holds_kit(untrusted_path: Path) -> bool:
    from engine.setup.kit import LIST

    try:
        inside = [untrusted_path, *(each for each in untrusted_path.iterdir() if each.is_dir())]
        return any((each / LIST).is_file() for each in inside)
    except OSError:
        return False
