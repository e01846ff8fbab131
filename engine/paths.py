"""Where the product keeps its things: one folder for each purpose, as each system wants it."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

APP = "diglot"


@dataclass(frozen=True, slots=True)
class Paths:
    """The folders of one user. None of them need be there yet; whoever writes makes its own with `private_folder`."""

    config: Path
    data: Path
    state: Path
    cache: Path
    runtime: Path

    @property
    def log_file(self) -> Path:
        """The newest log; older ones lie beside it with a number."""
        return self.state / "diglot.log"


def paths(environment: Mapping[str, str] | None = None, *, platform: str = sys.platform) -> Paths:
    """Return the folders for this user.

    `DIGLOT_HOME` puts them all under one folder. Else they follow the XDG base directories on Linux, `AppData` on
    Windows and `Library` on macOS. As XDG says, a variable that holds a relative path counts for nothing.
    """
    env = os.environ if environment is None else environment
    if own := env.get("DIGLOT_HOME"):
        root = Path(own).absolute()
        return Paths(root / "config", root / "data", root / "state", root / "cache", root / "run")
    home = Path(env.get("USERPROFILE" if platform == "win32" else "HOME") or Path.home())
    if platform == "win32":
        roaming = _folder(env, "APPDATA", home / "AppData" / "Roaming") / "Diglot"
        local = _folder(env, "LOCALAPPDATA", home / "AppData" / "Local") / "Diglot"
        return Paths(roaming, local / "Data", local / "State", local / "Cache", local / "Run")
    if platform == "darwin":
        library = home / "Library"
        support = library / "Application Support" / "Diglot"
        return Paths(support, support, library / "Logs" / "Diglot", library / "Caches" / "Diglot", support / "Run")
    return Paths(
        config=_folder(env, "XDG_CONFIG_HOME", home / ".config") / APP,
        data=_folder(env, "XDG_DATA_HOME", home / ".local" / "share") / APP,
        state=_folder(env, "XDG_STATE_HOME", home / ".local" / "state") / APP,
        cache=_folder(env, "XDG_CACHE_HOME", home / ".cache") / APP,
        runtime=_folder(env, "XDG_RUNTIME_DIR", _own_temporary()) / APP,
    )


def private_folder(path: Path) -> Path:
    """Make the folder, its parents too, so that only this user can look into it; return it."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def _folder(environment: Mapping[str, str], name: str, otherwise: Path) -> Path:
    given = environment.get(name, "")
    # Not Path.is_absolute: tests ask for another system's folders.
    return Path(given) if given.startswith("/") or given[1:2] == ":" else otherwise


def _own_temporary() -> Path:
    user = os.getuid() if hasattr(os, "getuid") else 0
    return Path(tempfile.gettempdir()) / f"{APP}-{user}"
