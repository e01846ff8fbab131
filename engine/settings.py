"""What the user has chosen, in one frozen dataclass with defaults; loaded, saved whole or not at all, and migrated."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import logging
import os
import tempfile
import threading
import typing
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from engine.errors import DiskFull, OutputNotWritable
from engine.paths import paths, private_folder

log = logging.getLogger(__name__)

VERSION = 1
_CHANGING = threading.Lock()


class LaunchKind(StrEnum):
    """Where the engine runs."""

    NATIVE = "native"
    CONTAINER = "container"
    WSL = "wsl"


@dataclass(frozen=True, slots=True)
class RemoteSettings:
    """A shared server in the house. The key lies elsewhere, see `engine.secrets`."""

    url: str = ""
    model: str = ""
    ca_file: str = ""
    plain_http_accepted_for: str = ""  # the address for which the warning was read and accepted


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """How the engine is run. Bytes and minutes; None and "" mean that Diglot chooses."""

    budget_bytes: int | None = None
    card: str = ""  # NVML's UUID
    max_tokens: int | None = None
    launch: LaunchKind = LaunchKind.NATIVE
    image: str = ""  # of a container
    distribution: str = ""  # of WSL
    environment: str = ""  # folder of the engine's own environment
    model: str = ""  # folder of the checkpoint
    licence_accepted: str = ""  # which text, and when
    idle_minutes: int = 10  # 0: never sleeps
    start_with_window: bool = False
    pages_at_once_limit: int = 0  # what a self-check found to be safe; 0: no limit
    use_remote: bool = False
    remote: RemoteSettings = field(default_factory=RemoteSettings)


@dataclass(frozen=True, slots=True)
class LibrarySettings:
    """Whether, and where, what was read is kept."""

    folder: str = ""  # "": among the data of this user
    keep: bool = True  # what the window reads; a command says it for itself
    keep_protected: bool = False  # also documents that took a password, whose text lies open in the library


@dataclass(frozen=True, slots=True)
class ReadingSettings:
    """How pages are read."""

    second_reader: bool = True  # compare what the model says with the page's own text or the built-in reader's


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything."""

    version: int = VERSION
    engine: EngineSettings = field(default_factory=EngineSettings)
    library: LibrarySettings = field(default_factory=LibrarySettings)
    reading: ReadingSettings = field(default_factory=ReadingSettings)


def settings_file() -> Path:
    """Return where the settings lie."""
    return paths().config / "settings.json"


def load_settings(file: Path | None = None) -> Settings:
    """Read the settings. What cannot be read or is of the wrong kind counts as not chosen; the file stays as it is."""
    file = settings_file() if file is None else file
    try:
        told = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError, RecursionError) as problem:
        log.warning("The settings in %s cannot be read (%s); the defaults are used.", file, type(problem).__name__)
        return Settings()
    made = _made(Settings, _migrated(told) if isinstance(told, dict) else {})
    assert isinstance(made, Settings)
    return made


def save_settings(settings: Settings, file: Path | None = None) -> None:
    """Write the settings whole or not at all.

    Raises:
        DiskFull: No space left.
        OutputNotWritable: The folder cannot be written.
    """
    file = settings_file() if file is None else file
    try:
        write_private(file, json.dumps(dataclasses.asdict(settings), ensure_ascii=False, indent=2) + "\n")
    except OSError as problem:
        kind = DiskFull if problem.errno in (28, 122) else OutputNotWritable  # ENOSPC, EDQUOT
        raise kind(str(file)) from problem


def change_settings(change: Callable[[Settings], Settings], file: Path | None = None) -> Settings:
    """Change what is kept and return it. It is read anew first: engine and library are chosen in different places.

    Raises:
        DiskFull: No space left.
        OutputNotWritable: The folder cannot be written.
    """
    with _CHANGING:
        changed = change(load_settings(file))
        save_settings(changed, file)
        return changed


def change_library(**changes: Any) -> None:
    """Choose something else for the library (fields of `LibrarySettings`). Raises what `change_settings` does."""
    change_settings(
        lambda kept: dataclasses.replace(kept, library=dataclasses.replace(kept.library, **changes)),
    )


def write_private(file: Path, text: str) -> None:
    """Write a small file that only this user can read, whole or not at all. Raises OSError."""
    private_folder(file.parent)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")  # made with mode 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).replace(file)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def _migrated(told: dict[str, Any]) -> dict[str, Any]:
    """Bring older settings to today's names. A newer version's are taken as far as they are understood."""
    return told


def _made(kind: type[Any], told: dict[str, Any]) -> Any:
    """Make a dataclass of what fits, field by field."""
    hints = typing.get_type_hints(kind)
    values: dict[str, Any] = {}
    for each in dataclasses.fields(kind):
        if each.name in told and each.name != "version":
            taken = _taken(hints[each.name], told[each.name])
            if taken is not None:
                values[each.name] = taken
    return kind(**values)


def _taken(hint: Any, value: Any) -> Any:
    """Return the value if it is of the field's kind, else None."""
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return _made(hint, value) if isinstance(value, dict) else None
    wanted = [part for part in typing.get_args(hint) if part is not type(None)] or [hint]
    for part in wanted:
        if isinstance(part, type) and issubclass(part, StrEnum):
            return part(value) if value in set(part) else None
        if part is int and isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
        if part is not int and isinstance(part, type) and isinstance(value, part):
            return value
    return None
