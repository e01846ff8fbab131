"""The command `diglot doctor`: what is there, what is missing, and what to do about it."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from engine import __version__
from engine.children.confinement import confinement_works
from engine.commands.exit_codes import ALL_READ, NOT_READY
from engine.exports.characters import one_line
from engine.paths import paths
from engine.readers.models import what_is_missing
from engine.server.planning import what_is_set_up
from engine.settings import LaunchKind, load_settings

LONGEST_WAIT_S = 60.0
LITTLE_SPACE_BYTES = 1 << 30


class State(StrEnum):
    """How one thing stands."""

    OK = "ok"
    NOTE = "note"  # it works, and there is something to know
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report. Without an `essential` thing no document can be read."""

    name: str
    state: State
    found: str
    advice: str = ""
    essential: bool = False


def examine(*, as_json: bool) -> int:
    """Print the report and return the exit code: 0 where documents can be read."""
    findings = find_all()
    ready = not any(finding.essential and finding.state is State.MISSING for finding in findings)
    if as_json:
        report = {"diglot": __version__, "ready": ready, "findings": [asdict(finding) for finding in findings]}
        text = json.dumps(report, ensure_ascii=False, indent=2)
    else:
        text = "\n".join([*_lines(findings), "", _verdict(findings, ready)])
    sys.stdout.buffer.write(text.encode("utf-8", "replace") + b"\n")
    return ALL_READ if ready else NOT_READY


def find_all() -> list[Finding]:
    """Look at everything, the slow things side by side; no check can keep the others from being made."""
    checks: list[Callable[[], Finding]] = [
        _python,
        _pdf,
        _pictures,
        _built_in_reader,
        _qt,
        _display,
        _fonts,
        _graphics_card,
        _engine,
        _confinement,
        _folders,
        _space,
    ]
    with ThreadPoolExecutor(max_workers=4) as pool:
        return list(pool.map(_carefully, checks))


def _carefully(check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except (OSError, subprocess.SubprocessError, ValueError) as problem:
        name = check.__name__.strip("_").replace("_", " ")
        return Finding(name, State.NOTE, f"could not be looked at ({type(problem).__name__})")


def _python() -> Finding:
    found = f"{platform.python_version()} ({platform.machine()}, {platform.system()} {platform.release()})"
    return Finding("Python", State.OK, found, essential=True)


def _pdf() -> Finding:
    return _packages("PDF library", {"PyMuPDF": "pymupdf"}, essential=True)


def _pictures() -> Finding:
    return _packages("pictures", {"pillow": "PIL.Image", "pillow-heif": "pillow_heif"}, essential=True)


def _built_in_reader() -> Finding:
    name = "built-in reader"
    if missing := what_is_missing():
        return Finding(name, State.MISSING, f"without {missing}", "Install the application again.", essential=True)
    loaded = {"onnxruntime": "onnxruntime", "opencv-python-headless": "cv2", "numpy": "numpy"}
    finding = _packages(name, loaded, essential=True)
    if finding.state is not State.OK:
        return finding
    return Finding(name, State.OK, f"RapidOCR {_version('rapidocr')} with its models, {finding.found}", essential=True)


def _qt() -> Finding:
    advice = "Install the application again."
    if sys.platform.startswith("linux"):
        advice = (
            "Install Qt's system libraries (Debian, Ubuntu: libegl1 libgl1 libxkbcommon0 libdbus-1-3 libfontconfig1)."
        )
    return _packages("window (Qt)", {"PySide6-Essentials": "PySide6.QtWidgets", "qasync": ""}, advice=advice)


def _display() -> Finding:
    if not sys.platform.startswith("linux"):
        return Finding("display", State.OK, "the system's own")
    for variable, kind in (("WAYLAND_DISPLAY", "Wayland"), ("DISPLAY", "X11")):
        if os.environ.get(variable):
            return Finding("display", State.OK, f"{kind} ({one_line(os.environ[variable])})")
    return Finding("display", State.NOTE, "none", "The window needs one; “diglot read” works without.")


def _fonts() -> Finding:
    name = "Chinese font"
    if not sys.platform.startswith("linux"):
        return Finding(name, State.OK, "the system's own")
    if shutil.which("fc-list") is None:
        return Finding(name, State.NOTE, "unknown (fontconfig's fc-list is not there)")
    advice = "Install one (Debian, Ubuntu: fonts-noto-cjk), or Chinese text shows as boxes in the window."
    families = sorted({line.split(",")[0] for line in _said("fc-list", ":lang=zh", "family").splitlines() if line})
    if not families:
        return Finding(name, State.MISSING, "none", advice)
    more = f" and {len(families) - 1} more" if len(families) > 1 else ""
    return Finding(name, State.OK, one_line(families[0]) + more)


def _graphics_card() -> Finding:
    name = "graphics card"
    tool = shutil.which("nvidia-smi") or shutil.which("nvidia-smi", path="/usr/lib/wsl/lib")
    if tool is not None:
        fields = "--query-gpu=name,memory.total,driver_version"
        cards = [one_line(line) for line in _said(tool, fields, "--format=csv,noheader").splitlines() if line.strip()]
        if cards:
            return Finding(name, State.OK, "; ".join(cards))
        return Finding(name, State.NOTE, "nvidia-smi is there but finds no card", "Look at the driver.")
    driver = Path("/proc/driver/nvidia/version")
    if driver.exists():
        return Finding(name, State.NOTE, "an NVIDIA driver is loaded, nvidia-smi is not there")
    return Finding(name, State.NOTE, "no NVIDIA card found", "The built-in reader does not need one.")


def _engine() -> Finding:
    name, advice = "engine", "Set it up in the window (F8), or see “diglot engine --help”."
    settings = load_settings().engine
    if settings.use_remote:
        return Finding(name, State.NOTE, f"a shared server reads: pages go to {one_line(settings.remote.url)}")
    environment, model = what_is_set_up(settings)
    if environment is None and settings.launch is LaunchKind.NATIVE:
        return Finding(name, State.NOTE, "not set up yet; the built-in reader is used", advice)
    engine = f"vLLM {environment.vllm_version}" if environment is not None else str(settings.launch)
    if model is None:
        return Finding(name, State.NOTE, f"{one_line(engine)}, but no model", advice)
    return Finding(name, State.OK, one_line(f"{engine} with HunyuanOCR {model.version} in {model.folder}"))


def _confinement() -> Finding:
    name = "confinement"
    if confinement_works():
        return Finding(name, State.OK, "files are parsed without network, home folder or anything to write")
    if not sys.platform.startswith("linux"):
        return Finding(name, State.NOTE, "files are parsed in a process of their own, with the user's rights")
    found = "runs unconfined: files are parsed in a process of their own that can write nothing, but sees your files"
    if shutil.which("bwrap") is None:
        return Finding(name, State.NOTE, found, "Install bubblewrap (Debian, Ubuntu: bubblewrap).")
    advice = "Bubblewrap is there but may not work here; allow unprivileged user namespaces for it."
    return Finding(name, State.NOTE, found, advice)


def _folders() -> Finding:
    own = paths()
    for folder in (own.config, own.data, own.state, own.cache):
        nearest = folder
        while not nearest.exists() and nearest != nearest.parent:
            nearest = nearest.parent
        if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
            return Finding("folders", State.NOTE, f"{folder} cannot be written", f"Make {nearest} yours to write.")
    return Finding("folders", State.OK, f"settings in {own.config}, log {own.log_file}")


def _space() -> Finding:
    nearest = paths().data
    while not nearest.exists() and nearest != nearest.parent:
        nearest = nearest.parent
    free = shutil.disk_usage(nearest).free
    found = f"{free / (1 << 30):.1f} GiB free at {nearest}"
    if free < LITTLE_SPACE_BYTES:
        return Finding("disk", State.NOTE, found, "Free some space before reading large documents.")
    return Finding("disk", State.OK, found)


def _packages(
    name: str, modules: dict[str, str], *, essential: bool = False, advice: str = "Install the application again."
) -> Finding:
    """Look whether packages are installed, and whether their modules load: tried in a process of its own.

    Args:
        name: What the finding is about.
        modules: Package to the module that shows that it works; "" where it need not be loaded.
        essential: See `Finding`.
        advice: What to do where it does not load.
    """
    versions = []
    for package in modules:
        version = _version(package)
        if not version:
            again = "Install the application again."
            return Finding(name, State.MISSING, f"{package} is not installed", again, essential)
        versions.append(f"{package} {version}")
    loads = "; ".join(f"import {module}" for module in modules.values() if module)
    tried = _run([sys.executable, "-P", "-c", loads])
    if tried.returncode != 0:
        last = one_line((tried.stderr.strip().splitlines() or [f"ended with {tried.returncode}"])[-1])
        return Finding(name, State.MISSING, f"{', '.join(versions)} does not load: {last[:200]}", advice, essential)
    return Finding(name, State.OK, ", ".join(versions), essential=essential)


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _said(*command: str) -> str:
    return _run(command).stdout


def _run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        timeout=LONGEST_WAIT_S,
        check=False,
    )


def _lines(findings: Sequence[Finding]) -> list[str]:
    width = max(len(finding.name) for finding in findings)
    lines = [f"Diglot {__version__}", ""]
    for finding in findings:
        lines.append(f"{finding.state:<8} {finding.name:<{width}}  {finding.found}")
        if finding.advice:
            lines.append(f"{'':<8} {'':<{width}}  → {finding.advice}")
    return lines


def _verdict(findings: Sequence[Finding], ready: bool) -> str:
    if not ready:
        return "Documents cannot be read yet; see what is missing above."
    if any(finding.state is State.MISSING for finding in findings):
        return "Documents can be read; what is missing above is needed for the window."
    return "Documents can be read."
