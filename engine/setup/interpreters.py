"""Which Python an engine's environment is made with: the kit's, else one that is found on this machine and answers."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.engine_errors import InstallFailed, NoInterpreter
from engine.setup.background import Stop
from engine.setup.installing import Installer, uv_program
from engine.setup.tool import run_tool

ANSWER_WITHIN_S = 20.0
"""A Python that takes longer to say its version is of no use."""
_QUESTION = """
import importlib.util, json, platform, struct, sys
print("DIGLOT " + json.dumps({
    "path": getattr(sys, "_base_executable", None) or sys.executable,
    "version": "%d.%d.%d" % sys.version_info[:3],
    "kind": platform.python_implementation(),
    "bits": struct.calcsize("P") * 8,
    "release": sys.version_info.releaselevel,
    "venv": all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")),
    "threads": bool(getattr(sys, "_is_gil_enabled", lambda: True)()),
}))
"""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python that was asked: where it is, its version ("3.12.7"), and whether it can make environments with pip."""

    path: Path
    version: str
    makes_venv: bool

    @property
    def minor(self) -> str:
        """The version as wheels are made for it: "3.12"."""
        return ".".join(self.version.split(".")[:2])


def find_interpreter(
    versions: Sequence[str], *, installer: Installer, environment: Mapping[str, str], stop: Stop
) -> Interpreter:
    """Return the first Python on this machine of the versions, which are in order of preference.

    Each candidate is asked, not believed: a name on the path may be a shim that leads nowhere.

    Raises:
        NoInterpreter: There is none; the detail says what would do, and what was found instead.
        Cancelled: It was stopped.
    """
    met: set[str] = set()
    without_pip = ""
    for version in versions:
        for path in _candidates(version, environment, stop):
            found = ask_interpreter(path, environment=environment, stop=stop)
            if found is None:
                continue
            if found.minor != version:
                met.add(found.minor)
            elif found.makes_venv or installer is Installer.UV:
                return found
            else:
                without_pip = version
    raise NoInterpreter(detail=_why_none(versions, met, without_pip))


def ask_interpreter(path: Path, *, environment: Mapping[str, str], stop: Stop) -> Interpreter | None:
    """Return what a Python says of itself; None where it does not answer, or is not a finished 64-bit CPython."""
    told = {name: environment[name] for name in ("PATH", "HOME", "LANG", "SYSTEMROOT") if name in environment}
    try:
        ended = run_tool(
            [os.fspath(path), "-I", "-c", _QUESTION], environment=told, stop=stop, within_s=ANSWER_WITHIN_S
        )
    except OSError:
        return None
    said = next((line for line in reversed(ended.lines) if line.startswith("DIGLOT ")), "")
    if ended.code != 0 or not said:
        return None
    try:
        match json.loads(said.removeprefix("DIGLOT ")):
            case {
                "path": str(real),
                "version": str(version),
                "kind": "CPython",
                "bits": 64,
                "release": "final",
                "venv": bool(venv),
                "threads": True,
            }:
                # The real one: what was asked may be a shim, or belong to an environment that goes away.
                return Interpreter(Path(real) if Path(real).is_file() else path, version, venv)
    except ValueError:
        pass
    return None


def _candidates(version: str, environment: Mapping[str, str], stop: Stop) -> Iterator[Path]:
    """Name the places where this version may be, each once: uv's finds, the path, the one that we run on."""
    seen: set[Path] = set()
    for path in _places(version, environment, stop):
        if path.is_absolute() and path not in seen:
            seen.add(path)
            yield path


def _places(version: str, environment: Mapping[str, str], stop: Stop) -> Iterator[Path]:
    path = environment.get("PATH", os.defpath)
    if found := shutil.which(f"python{version}", path=path):
        yield Path(found)
    if not getattr(sys, "frozen", False) and f"{sys.version_info.major}.{sys.version_info.minor}" == version:
        yield Path(sys.executable)
    told = {name: environment[name] for name in ("PATH", "HOME", "XDG_DATA_HOME") if name in environment}
    told |= {"UV_PYTHON_DOWNLOADS": "never", "NO_COLOR": "1"}
    try:
        argv = [uv_program(), "python", "find", "--no-project", "--no-config", "--system", version]
        ended = run_tool(argv, environment=told, stop=stop, within_s=ANSWER_WITHIN_S)
    except (OSError, InstallFailed):
        return
    if ended.code == 0 and ended.lines:
        yield Path(ended.lines[-1].strip())


def _why_none(versions: Sequence[str], met: set[str], without_pip: str) -> str:
    if without_pip:
        return f"Python {without_pip} is there, but without its venv; install python{without_pip}-venv"
    wanted = " or ".join(versions)
    return f"Python {wanted} is needed" + (f", found were {', '.join(sorted(met))}" if met else "")
