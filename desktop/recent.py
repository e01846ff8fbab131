"""The files opened lately, and where the window stood: what the application remembers between two starts."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

KEPT = 12


def settings() -> QSettings:
    """Open window.ini in the folder that `engine.paths` names; found out here, as that import costs start-up time."""
    if own := os.environ.get("DIGLOT_HOME"):
        return QSettings(os.path.join(own, "config", "window.ini"), QSettings.Format.IniFormat)
    return QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "diglot", "window")


class RecentFiles:
    """The last files, the newest first."""

    def __init__(self, store: QSettings) -> None:
        self._store = store

    def paths(self) -> list[Path]:
        """Return them, those that are gone included."""
        value = self._store.value("recent/files", [])
        entries = [value] if isinstance(value, str) else value  # a list of one comes back as its only entry
        if not isinstance(entries, list):
            return []
        return [Path(entry) for entry in entries if isinstance(entry, str) and entry]

    def add(self, path: Path) -> None:
        """Put a file at the front."""
        path = path.absolute()
        others = [other for other in self.paths() if other != path]
        self._store.setValue("recent/files", [str(entry) for entry in [path, *others][:KEPT]])

    def clear(self) -> None:
        """Forget them all."""
        self._store.remove("recent/files")


def remembered_number(store: QSettings, name: str, *, least: int, most: int, usual: int) -> int:
    """Return a kept number within its bounds, the usual one where there is none or it makes no sense."""
    value = store.value(f"window/{name}", usual)
    try:
        return min(most, max(least, int(value))) if isinstance(value, (int, str)) else usual
    except ValueError:
        return usual


def remembered(store: QSettings, name: str) -> QByteArray | None:
    """Return a kept geometry or state, None if there is none."""
    value = store.value(f"window/{name}")
    return value if isinstance(value, QByteArray) else None
