"""The engine's own environments on this machine: what a finished one says of itself, and which there are.

An environment is a folder in the engines' root. It counts from the moment its `diglot-engine.json` lies in it, and
that is written last, in one move; a folder without is half made, and nobody uses it. So it can be built where it will
stay: programs in a virtual environment carry their own place in their first line, and would not run after a move.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from engine.engine_errors import OwnedElsewhere
from engine.paths import private_folder
from engine.settings import write_private
from engine.setup.installing import Installer, python_of

MANIFEST = "diglot-engine.json"
FORMAT = 1
LARGEST_MANIFEST = 1 << 20
WORK = ".work"
"""Folder in the root for what is needed while building."""
CACHE = ".cache"
"""Folder in the root for what was downloaded already, so that an interrupted build goes on."""
LOCK = ".lock"

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+!_ :-]{0,99}")
_MAKING = ".making"
_INTERPRETER = re.compile(r"python-[0-9a-f]{12}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Environment:
    """A whole environment: where it is, its interpreter, which vLLM and which row of the table it was made from.

    `wheels` are our own small ones, distribution -> SHA-256 of the file; `plugin_version` is empty where our plug-in is
    not among them, as after a renewal that was interrupted. `packages` maps distribution -> version.
    """

    folder: Path
    python: Path
    vllm_version: str
    release: str
    plugin_version: str = ""
    python_version: str = ""
    installer: Installer = Installer.UV
    built: str = ""  # UTC, ISO
    wheels: Mapping[str, str] = field(default_factory=dict)
    packages: Mapping[str, str] = field(default_factory=dict)


def known_environments(root: Path) -> list[Environment]:
    """Return the whole environments in the engines' root, the newest first. Quick: reads one small file of each."""
    try:
        folders = [entry for entry in root.iterdir() if not entry.name.startswith(".") and entry.is_dir()]
    except OSError:
        return []
    found = [environment for folder in folders if (environment := read_environment(folder)) is not None]
    return sorted(found, key=lambda environment: (environment.built, environment.folder.name), reverse=True)


def read_environment(folder: Path) -> Environment | None:
    """Return the environment in this folder, None where there is no whole one."""
    python = python_of(folder)
    try:
        raw = (folder / MANIFEST).read_bytes()[: LARGEST_MANIFEST + 1]
        if len(raw) > LARGEST_MANIFEST or not os.access(python, os.X_OK):
            return None
        told = json.loads(raw)
    except (OSError, ValueError, RecursionError):
        return None
    match told:
        case {
            "format": int(layout),
            "release": str(release),
            "vllm": str(vllm),
            "plugin": str(plugin),
            "python": str(python_version),
            "installer": str(installer),
            "built": str(built),
            "wheels": dict(wheels),
            "packages": dict(packages),
        } if layout == FORMAT and installer in tuple(Installer) and _plain(release, vllm, python_version, built):
            return Environment(
                folder,
                python,
                vllm,
                release,
                plugin_version=plugin if _PLAIN.fullmatch(plugin) else "",
                python_version=python_version,
                installer=Installer(installer),
                built=built,
                wheels={name: text for name, text in _texts(wheels) if _DIGEST.fullmatch(text)},
                packages=dict(_texts(packages)),
            )
    return None


def write_environment(environment: Environment) -> None:
    """Write what makes the folder count as whole. Raises OSError."""
    told = {
        "format": FORMAT,
        "release": environment.release,
        "vllm": environment.vllm_version,
        "plugin": environment.plugin_version,
        "python": environment.python_version,
        "installer": environment.installer,
        "built": environment.built,
        "wheels": dict(environment.wheels),
        "packages": dict(sorted(environment.packages.items())),
    }
    write_private(environment.folder / MANIFEST, json.dumps(told, indent=1) + "\n")


def remove_environment(environment: Environment) -> None:
    """Delete an environment; it counts no more from the first moment on. Blocking: it has tens of thousands of files.

    Nobody may be running it.

    Raises:
        OwnedElsewhere: Another process is building beside it.
        OSError: Something of it stays.
    """
    with building_in(environment.folder.parent):
        _mark(environment.folder).touch()  # so that a removal which is interrupted is ended by the next build
        (environment.folder / MANIFEST).unlink(missing_ok=True)
        shutil.rmtree(environment.folder)
        _mark(environment.folder).unlink()
        _clear_interpreters(environment.folder.parent)


def new_folder(root: Path, key: str) -> Path:
    """Return the name of a folder that is not there yet, marked as being made: `key`, numbered while that is taken."""
    folder, number = root / key, 2
    while folder.exists():
        folder, number = root / f"{key}-{number}", number + 1
    _mark(folder).touch()
    return folder


def finish_folder(environment: Environment) -> None:
    """Have a folder that `new_folder` gave count as whole."""
    write_environment(environment)
    _mark(environment.folder).unlink()


def clear_half_made(root: Path) -> None:
    """Delete what interrupted builds have left in the root, and interpreters from kits that nobody uses any more.

    Only what was marked as being made, and has not become whole: the root may be a folder with other things in it.
    """
    for mark in root.glob(f".*{_MAKING}"):
        folder = root / mark.name.removeprefix(".").removesuffix(_MAKING)
        if read_environment(folder) is None:
            shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists() or read_environment(folder) is not None:
            mark.unlink(missing_ok=True)
    shutil.rmtree(root / WORK, ignore_errors=True)
    _clear_interpreters(root)


def interpreter_folder(root: Path, digest: str) -> Path:
    """Return where an interpreter from a kit stays, as environments lean on it; `digest` is its archive's SHA-256."""
    return root / f"python-{digest[:12]}"


def _clear_interpreters(root: Path) -> None:
    used = [python_of(environment.folder).resolve() for environment in known_environments(root)]
    for folder in root.iterdir():
        if _INTERPRETER.fullmatch(folder.name) and not any(each.is_relative_to(folder.resolve()) for each in used):
            shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def building_in(root: Path) -> Iterator[None]:
    """Have the root for oneself while something is built or renewed in it.

    Raises:
        OwnedElsewhere: Another process is building there.
        OSError: The root cannot be made or written.
    """
    import fcntl

    private_folder(root)
    handle = os.open(root / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OwnedElsewhere(detail="it is just being installed") from None
        yield
    finally:
        os.close(handle)


def _mark(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}{_MAKING}")


def _plain(*texts: str) -> bool:
    return all(_PLAIN.fullmatch(text) for text in texts)


def _texts(raw: Mapping[object, object]) -> list[tuple[str, str]]:
    return [(name, text) for name, text in raw.items() if isinstance(name, str) and isinstance(text, str)]
