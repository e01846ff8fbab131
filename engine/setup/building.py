"""One environment in the making: runs the installer step by step, measures how far it is, and asks what came of it."""

from __future__ import annotations

import dataclasses
import json
import logging
import os
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from engine.engine_errors import InstallFailed
from engine.setup.background import Stop
from engine.setup.installer_output import Tally, cause_of_failure, without_secrets
from engine.setup.installing import (
    Installer,
    Shelf,
    SourceKind,
    Workplace,
    install_argv,
    installer_environment,
    python_of,
    removal_argv,
    secrets_in,
    venv_argv,
    wheels_argv,
)
from engine.setup.progress import CopyProgress, ProgressListener, ProgressMeter
from engine.setup.releases import Probe
from engine.setup.tool import Ended, run_tool
from engine.setup.wheels import PLUGIN_GROUP, PLUGIN_NAME

log = logging.getLogger(__name__)

ANSWER_WITHIN_S = 600.0
"""Importing vLLM for the first time compiles some ten thousand files; a slow disk takes minutes."""
LOGGED_LINES = 40
MEASURE_SHARE = 10
"""Measuring a folder may take one part in so many of the time."""

_ERROR = re.compile(r"[A-Za-z_.]*(?:Error|Exception|Interrupt|Exit)\b")
_QUESTION = """
import importlib, importlib.metadata as metadata, json, sys
module, distribution, group, plugin = sys.argv[1:]
version = getattr(importlib.import_module(module), "__version__", "")
points = [point for point in metadata.entry_points(group=group) if point.name == plugin]
print("\\nDIGLOT " + json.dumps({
    "imported": str(version),
    "version": metadata.version(distribution),
    "plugin": points[0].dist.version if points and callable(points[0].load()) else "",
    "packages": {each.metadata["Name"]: each.version for each in metadata.distributions()},
}), flush=True)
"""


class Bar:
    """One bar for the whole of a build: it never goes back, and never beyond its end."""

    def __init__(self, total_bytes: int, listener: ProgressListener) -> None:
        """Begin at nothing; a total of 0 is one that nobody knows."""
        self._total = total_bytes
        self._listener = listener
        self._meter = ProgressMeter(total_bytes, self._tell)
        self.done = 0

    def move_to(self, done: int, name: str) -> None:
        """Say how many bytes are done, and what is in work."""
        if self._total:
            done = min(done, self._total)
        step = max(0, done - self.done)
        self.done += step
        self._meter.add(step, name)

    def add(self, count: int, name: str) -> None:
        """Say how many more bytes are done."""
        self.move_to(self.done + count, name)

    def _tell(self, progress: CopyProgress) -> None:
        """Hold back the time left while next to nothing is done: installers begin by thinking for a while."""
        early = progress.done_bytes * 100 < progress.total_bytes
        self._listener(dataclasses.replace(progress, seconds_left=None) if early else progress)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a finished environment said of itself. `plugin` is our plug-in's version, empty where it is not there."""

    imported: str
    version: str
    plugin: str
    packages: Mapping[str, str]


@dataclass(slots=True)
class Bench:
    """Where an environment is made: the installer, its folder, what the installer may know, and who may stop it."""

    installer: Installer
    folder: Path
    work: Workplace
    kind: SourceKind
    base: Mapping[str, str]
    stop: Stop
    bar: Bar
    _pip: tuple[int, ...] = field(default=())

    @property
    def python(self) -> Path:
        """The environment's interpreter."""
        return python_of(self.folder)

    def make_empty(self, interpreter: Path) -> None:
        """Make the empty environment."""
        self._run(venv_argv(self.installer, interpreter, self.folder), "Python")
        if self.installer is Installer.PIP:
            ended = self._run([str(self.python), "-I", "-m", "pip", "--version"], "pip")
            found = re.match(r"pip (\d+)\.(\d+)", ended.lines[-1] if ended.lines else "")
            self._pip = (int(found[1]), int(found[2])) if found else ()

    def install(
        self, requirements: Sequence[str], *, shelf: Shelf | None, download_bytes: int, installed_bytes: int
    ) -> None:
        """Bring the packages; the bar moves by what is downloaded and by what is there."""
        tally, begun, pip = Tally(), self.bar.done, self.installer is Installer.PIP
        before = _packages_in(self.folder)
        packed = Growth(self.work.temporary)
        # uv unpacks into its cache while it downloads; what it then links from there counts once.
        unpacked = Growth(self.folder) if pip else Growth(self.work.cache, self.folder)

        def look() -> None:
            if pip and not tally.installing:
                tally.grown(packed.bytes() - tally.whole_bytes)
                done = min(tally.loaded_bytes, download_bytes)
            else:
                there = unpacked.bytes()
                done = download_bytes + (min(there, installed_bytes) if installed_bytes else there)
            if tally.packages:
                number = _packages_in(self.folder) - before
                tally.name = tally.packages[min(number, len(tally.packages) - 1)][:100]
            self.bar.move_to(begun + done, tally.name)

        argv = install_argv(
            self.installer, self.folder, requirements, work=self.work, shelf=shelf, pip_version=self._pip
        )
        self._run(argv, "", on_line=tally.feed, on_tick=look, at=lambda: tally.name)
        self.bar.move_to(begun + download_bytes + installed_bytes, "")

    def remove(self, names: Sequence[str]) -> None:
        """Take packages out again."""
        if names:
            self._run(removal_argv(self.installer, self.folder, names), "")

    def put_in(self, wheels: Iterable[Path]) -> None:
        """Put our own small wheels in, in the place of earlier ones."""
        self._run(wheels_argv(self.installer, self.folder, wheels), "")

    def ask(self, probe: Probe) -> Answer:
        """Run the environment's Python: import the engine, name its version, find our plug-in.

        Raises:
            InstallFailed: It cannot be imported, or has no such distribution.
        """
        # A home of its own: what is imported may write settings and caches, and the user's are not for it.
        home = str(self.work.temporary)
        told = {name: self.base[name] for name in ("PATH", "LANG", "LC_ALL", "SYSTEMROOT") if name in self.base}
        told |= {"HOME": home, "TMPDIR": home, "HF_HUB_OFFLINE": "1", "VLLM_NO_USAGE_STATS": "1", "DO_NOT_TRACK": "1"}
        question = [probe.module, probe.distribution, PLUGIN_GROUP, PLUGIN_NAME]
        argv = [str(self.python), "-I", "-c", _QUESTION, *question]
        self.bar.move_to(self.bar.done, probe.module)
        ended = run_tool(
            argv,
            environment=told,
            stop=self.stop,
            on_tick=lambda: self.bar.add(0, probe.module),
            within_s=ANSWER_WITHIN_S,
        )
        said = next((line for line in reversed(ended.lines) if line.startswith("DIGLOT ")), "")
        answer = _answer(said.removeprefix("DIGLOT ")) if ended.code == 0 else None
        if answer is None:
            self._log(ended)
            why = [line.strip() for line in ended.lines if _ERROR.match(line)]
            detail = why[-1][:200] if why else f"it ended with code {ended.code}"
            raise InstallFailed(probe.module, detail=f"it is there and cannot be used: {detail}")
        return answer

    def _run(
        self,
        argv: Sequence[str],
        name: str,
        *,
        on_line: Callable[[str], None] = lambda _: None,
        on_tick: Callable[[], None] = lambda: None,
        at: Callable[[], str] | None = None,
    ) -> Ended:
        told = installer_environment(self.base, kind=self.kind, work=self.work)
        ended = run_tool(argv, environment=told, stop=self.stop, on_line=on_line, on_tick=on_tick)
        if ended.code != 0:
            self._log(ended)
            lines = [*ended.lines, *_skipped(self.work.pip_log)]
            lines = [without_secrets(line, secrets_in(told)) for line in lines]
            raise cause_of_failure(lines, ended.code, kind=self.kind, name=at() if at is not None else name)
        return ended

    def _log(self, ended: Ended) -> None:
        """Write what it said last into the log: the one place where somebody may look for more than the advice."""
        secrets = secrets_in(self.base)
        for line in ended.lines[-LOGGED_LINES:]:
            log.error("The installer said: %s", without_secrets(line, secrets))


class Growth:
    """How many bytes lie in folders, measured as often as that is cheap. A file with several names counts once."""

    def __init__(self, *folders: Path) -> None:
        """Measure nothing yet."""
        self._folders = folders
        self._bytes = 0
        self._not_before = 0.0

    def bytes(self) -> int:
        """Return the size now, or a moment ago."""
        begun = time.monotonic()
        if begun >= self._not_before:
            self._bytes = bytes_in(self._folders)
            ended = time.monotonic()
            self._not_before = ended + (ended - begun) * MEASURE_SHARE
        return self._bytes


def bytes_in(folders: Iterable[Path]) -> int:
    """Return the size of all files in folders, those that come and go meanwhile more or less."""
    total, left, seen = 0, [os.fspath(folder) for folder in folders], set[int]()
    while left:
        try:
            with os.scandir(left.pop()) as entries:
                for entry in entries:
                    try:
                        about = entry.stat(follow_symlinks=False)
                        if entry.is_dir(follow_symlinks=False):
                            left.append(entry.path)
                        elif about.st_nlink == 1 or about.st_ino not in seen:
                            seen.add(about.st_ino)
                            total += about.st_size
                    except OSError:
                        continue
        except OSError:
            continue
    return total


def _packages_in(environment: Path) -> int:
    """Return how many packages an environment has; the one that is just being installed does not count."""
    return sum(1 for _ in environment.glob("lib/python3*/site-packages/*.dist-info/RECORD"))


def _answer(raw: str) -> Answer | None:
    try:
        match json.loads(raw):
            case {
                "imported": str(imported),
                "version": str(version),
                "plugin": str(plugin),
                "packages": dict(packages),
            }:
                texts = {str(name): str(text)[:100] for name, text in sorted(packages.items()) if name and text}
                return Answer(imported, version, plugin, texts)
    except (ValueError, RecursionError):
        pass
    return None


def _skipped(pip_log: Path) -> list[str]:
    """Return why pip skipped sources; a package that one of several does not have is none of these."""
    try:
        lines = pip_log.read_text("utf-8", "replace").splitlines()
    except OSError:
        return []
    return [line for line in lines if "Could not fetch URL" in line and "404 Client Error" not in line][-20:]
