"""Which HunyuanOCR models are here: what one folder is, and what lies somewhere below a folder or on a drive.

All usual layouts are found by walking: the plain repository, 1.0 in `v1.0/` beside 1.5, Hugging Face's cache
(`models--tencent--HunyuanOCR/snapshots/REVISION`), ModelScope's (`hub/models/Tencent-Hunyuan/HunyuanOCR`), and whatever
folder somebody put around one of them. Both calls read the disk; on a loop they belong into a thread.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from engine.engine_errors import NotHunyuanOcr, SetupError
from engine.errors import DiglotError
from engine.setup.checkpoint import Examined, ModelInfo, examine
from engine.setup.checkpoint_config import ModelVersion
from engine.setup.checkpoint_files import CONFIG, DRAFT, MAX_NAMES

__all__ = ["ModelInfo", "ModelVersion", "choose", "examine_model", "find_models"]

MAX_DEPTH = 7
"""From a home folder to a revision in Hugging Face's cache, with 1.0 inside of it, it is seven folders down."""
MAX_FOLDERS = 20_000
MAX_SECONDS = 15.0
NOT_ENTERED = frozenset(
    {
        *(DRAFT, "blobs", "refs", ".git", ".locks", "node_modules", "site-packages", "__pycache__"),
        *("$RECYCLE.BIN", "System Volume Information", "lost+found", "._____temp"),
    }
)
"""`._____temp` is where ModelScope puts files that are not whole yet."""
HALF_MADE = (".importing", ".replaced", ".downloading")
SYSTEM_FOLDERS = frozenset({"/proc", "/sys", "/dev"})


def examine_model(folder: Path) -> ModelInfo:
    """Say what the checkpoint in exactly this folder is; headers and sizes alone are read.

    Raises:
        NotHunyuanOcr: There is no model, or another one.
        ModelIncomplete: Files are missing.
        ModelDamaged: Files are there and cannot be right.
        NotReadable, FileVanished: The system would not let them be read.
    """
    try:
        return examine(folder).info
    except (OSError, RuntimeError, ValueError) as problem:  # a loop of links; a name no folder can have
        raise NotHunyuanOcr(str(folder), detail="this folder cannot be opened") from problem


def find_models(place: Path) -> list[ModelInfo]:
    """Return the whole models in a folder or on a drive, a few levels deep, 1.5 first.

    No link is followed out, what may not be read is passed over, and depth, number and time are bounded.
    """
    return [found.info for found in _look_around(place, lambda: None).whole]


def choose(place: Path, *, look: Callable[[], None] = lambda: None) -> Examined:
    """Return the model to take from a place: the one that lies right there, else the newest version below.

    `look` is called at every folder on the way, and may end the search by raising.

    Raises:
        NotHunyuanOcr: There is none.
        ModelIncomplete, ModelDamaged, NotReadable, FileVanished: There is one, and this is wrong with it.
    """
    try:
        return examine(place)
    except NotHunyuanOcr as here:
        found = _look_around(place, look)
        if found.whole:
            return found.whole[0]
        raise (found.broken[0] if found.broken else here) from None
    except (OSError, RuntimeError, ValueError) as problem:
        raise NotHunyuanOcr(str(place), detail="this folder cannot be opened") from problem


@dataclass(slots=True)
class _Findings:
    whole: list[Examined] = field(default_factory=list)
    broken: list[DiglotError] = field(default_factory=list)


def _look_around(place: Path, look: Callable[[], None]) -> _Findings:
    found = _Findings()
    for folder in _folders_with_config(place, look):
        try:
            found.whole.append(examine(folder))
        except NotHunyuanOcr:
            continue
        except SetupError as wrong:
            if wrong.subject != CONFIG:  # a config that cannot be read may be anybody's
                found.broken.append(wrong)
        except (DiglotError, OSError, RuntimeError):
            continue  # not to be read, or going away under our eyes
    found.whole.sort(key=lambda model: model.info.version, reverse=True)
    return found


def _folders_with_config(place: Path, look: Callable[[], None]) -> Iterator[Path]:
    """Walk down level by level, so that what lies near is found even where a bound ends the search."""
    ends = time.monotonic() + MAX_SECONDS
    left = deque([(place, 0)])
    looked_at = 0
    while left and looked_at < MAX_FOLDERS and time.monotonic() < ends:
        look()
        folder, depth = left.popleft()
        looked_at += 1
        names, inner = _names_of(folder)
        if CONFIG in names:
            yield folder
        if depth < MAX_DEPTH:
            left += [(folder / name, depth + 1) for name in inner]


def _names_of(folder: Path) -> tuple[set[str], list[str]]:
    """Return the names in a folder, and of those the folders that are entered; nothing where it may not be listed."""
    names, inner = set[str](), list[str]()
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                names.add(entry.name)
                if entry.is_dir(follow_symlinks=False) and _is_entered(entry):
                    inner.append(entry.name)
                if len(names) >= MAX_NAMES:
                    break
    except OSError:
        return set(), []
    return names, sorted(inner)


def _is_entered(entry: os.DirEntry[str]) -> bool:
    return entry.name not in NOT_ENTERED and not entry.name.endswith(HALF_MADE) and entry.path not in SYSTEM_FOLDERS
