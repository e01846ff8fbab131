"""What a person has chosen, as one frozen value: read from a JSON file, written whole, mended where it is damaged."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import secrets
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from engine.paths import private_folder

log = logging.getLogger(__name__)

SETTINGS_VERSION = 1


@dataclass(frozen=True, slots=True)
class Settings:
    """Every choice with its default; change one with `dataclasses.replace`.

    `language` is "" for the system's, else a code such as "en" or "zh". `theme` is "system", "light" or "dark".
    `unknown` holds keys of a newer version, kept as they are. Recent files and window places are the window's own.
    """

    language: str = ""
    theme: str = "system"
    reader: str = "auto"
    unknown: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What `load_settings` found; `kept_aside` is where a damaged file now lies, for the front to say so."""

    settings: Settings
    kept_aside: Path | None = None


def load_settings(file: Path) -> Loaded:
    """Read the settings. No file means the defaults; so does a damaged one, which is kept under another name."""
    try:
        text = file.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return Loaded(Settings())
    except OSError as problem:
        log.warning("The settings cannot be read (%s); the usual ones are used.", problem.strerror)
        return Loaded(Settings())
    except UnicodeDecodeError:
        return Loaded(Settings(), _keep_aside(file))
    try:
        return Loaded(_from_object(json.loads(text)))
    except (ValueError, RecursionError):
        return Loaded(Settings(), _keep_aside(file))


def save_settings(file: Path, settings: Settings) -> None:
    """Write the settings whole or not at all.

    Raises:
        OSError: They cannot be written; the old file is unharmed.
    """
    known = {name: getattr(settings, name) for name in _names()}
    text = json.dumps({**settings.unknown, "version": SETTINGS_VERSION, **known}, ensure_ascii=False, indent=2)
    private_folder(file.parent)
    # Not exports.writing: the settings lie below it, and a link of the person's own (dotfiles) is followed as well.
    target = file.resolve()
    temporary = target.with_name(f".{target.name}-{secrets.token_hex(4)}")
    try:
        with temporary.open("x", encoding="utf-8", errors="replace") as stream:
            stream.write(text + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def _names() -> list[str]:
    return [each.name for each in fields(Settings) if each.name != "unknown"]


def _from_object(obj: object) -> Settings:
    """Take what is sound; a single value of the wrong sort falls back to its default.

    Raises:
        ValueError: It is no settings file at all.
    """
    if not isinstance(obj, dict):
        raise ValueError("not an object")
    usual = Settings()
    return Settings(
        language=_text(obj, "language", usual.language),
        theme=_text(obj, "theme", usual.theme, allowed=("system", "light", "dark")),
        reader=_text(obj, "reader", usual.reader, allowed=("auto", "cpu", "text")),
        unknown={key: value for key, value in obj.items() if key not in (*_names(), "version")},
    )


def _text(obj: dict[str, Any], key: str, usual: str, *, allowed: tuple[str, ...] = ()) -> str:
    value = obj.get(key)
    return value if isinstance(value, str) and (not allowed or value in allowed) else usual


def _keep_aside(file: Path) -> Path | None:
    aside = file.with_name(file.name + ".damaged")
    try:
        file.replace(aside)
    except OSError:
        return None
    log.warning("The settings were damaged; they are kept as %s, and the usual ones are used.", aside)
    return aside
