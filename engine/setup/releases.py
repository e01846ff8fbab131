"""The vLLM releases that Diglot installs: a table as data, with what was really run of each, and the choice among them.

The table is `resources/engine/releases.toml`. It is ours, and still read with care: a slip in it would install the
wrong engine on somebody's machine, so any doubt about a row refuses the table.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from engine.engine_errors import NoFittingRelease

TABLE = Path(__file__).resolve().parents[2] / "resources" / "engine" / "releases.toml"
PYTHONS = ("3.10", "3.11", "3.12", "3.13")
ALWAYS = "aiohttp<4"
"""Every engine gets it: pre-releases of aiohttp 4 are picked up otherwise, and break vLLM."""

_KEY = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,60}[a-z0-9])?")
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_MODULE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_REQUIREMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:(?:==|>=|<=|!=|<|>)[0-9][A-Za-z0-9.+!]*,?)+(?<!,)")
_NUMBERS = re.compile(r"\d{1,6}(?:\.\d{1,6}){0,4}")
_MONTH = re.compile(r"\d{4}-\d{2}(?:-\d{2})?")


class Device(StrEnum):
    """What the engine computes on."""

    CUDA = "cuda"
    CPU = "cpu"


class Where(StrEnum):
    """On what a release was really run; in rising order of trust."""

    NEVER = "never"
    CPU = "cpu"
    GPU = "gpu"


@dataclass(frozen=True, slots=True)
class Ran:
    """What was really run of a release: on what, when (ISO, to the month at least), what the self-check said."""

    where: Where = Where.NEVER
    date: str = ""
    self_check: str = ""


@dataclass(frozen=True, slots=True)
class Probe:
    """What a finished environment is asked: import this module, and name the version of this distribution."""

    module: str = "vllm"
    distribution: str = "vllm"


@dataclass(frozen=True, slots=True)
class Release:
    """One row: what is installed, for what, and what is known of it. An empty text where a row does not say.

    `requirements` are installed, `removals` taken out again. `python` lists versions in order of preference.
    `download_bytes` and `installed_bytes` are estimates; 0 where nobody knows.
    """

    key: str
    version: str
    requirements: tuple[str, ...]
    python: tuple[str, ...]
    device: Device = Device.CUDA
    removals: tuple[str, ...] = ()
    min_driver: str = ""
    min_capability: str = ""
    min_glibc: str = ""
    cuda: str = ""
    native_class: bool = False
    needs_plugin: bool = False
    refused: str = ""
    download_bytes: int = 0
    installed_bytes: int = 0
    ran: Ran = field(default_factory=Ran)
    probe: Probe = field(default_factory=Probe)


def choose_release(
    driver: str,
    releases: Iterable[Release] | None = None,
    *,
    cpu: bool = False,
    capability: tuple[int, int] | None = None,
) -> Release:
    """Return the release that fits best: what was run on a card first, then on a CPU, then the newest native class.

    Args:
        driver: The NVIDIA driver's version as NVML tells it ("580.95.05"). Not looked at for `cpu`.
        releases: The table, ours by default.
        cpu: Choose among the builds for the processor, and only among those.
        capability: The card's compute capability; not looked at where it is not known.

    Raises:
        NoFittingRelease: None fits; its detail says what is too old, and what would do.
    """
    table = load_releases() if releases is None else tuple(releases)
    device = Device.CPU if cpu else Device.CUDA
    allowed = [release for release in table if release.device is device and not release.refused]
    if not allowed:
        raise NoFittingRelease(detail=f"the table has none for {device}")
    if not cpu:
        allowed = _for_card(allowed, numbers(driver), capability)
    return max(allowed, key=_rank)


def numbers(version: str) -> tuple[int, ...]:
    """Return the leading numbers of a version, for comparing: "580.95.05" is (580, 95, 5), rubbish is ()."""
    found = _NUMBERS.match(version.strip())
    return tuple(int(part) for part in found.group().split(".")) if found else ()


def load_releases(file: Path | None = None) -> tuple[Release, ...]:
    """Read the table; ours is read once.

    Raises:
        ValueError: A row is wrong; the message names row and field.
        OSError: The table cannot be read.
    """
    return _ours() if file is None else parse_releases(file.read_text("utf-8"))


def release_named(key: str, releases: Iterable[Release] | None = None) -> Release:
    """Return the release with this key.

    Raises:
        NoFittingRelease: There is none, or it is refused.
    """
    for release in load_releases() if releases is None else releases:
        if release.key == key:
            if release.refused:
                raise NoFittingRelease(key, detail=release.refused)
            return release
    raise NoFittingRelease(key, detail="this Diglot does not know that release")


def parse_releases(text: str) -> tuple[Release, ...]:
    """Make the rows of a table's text. Raises ValueError, naming row and field."""
    told = tomllib.loads(text)
    rows = told.pop("release", None)
    if told or not isinstance(rows, list) or not rows:
        raise ValueError("a table of releases holds [[release]] rows and nothing else")
    releases = tuple(_release(row, f"release {number}") for number, row in enumerate(rows, 1))
    if len({release.key for release in releases}) != len(releases):
        raise ValueError("two releases have the same key")
    return releases


@functools.cache
def _ours() -> tuple[Release, ...]:
    return parse_releases(TABLE.read_text("utf-8"))


def _rank(release: Release) -> tuple[int, bool, tuple[int, ...]]:
    return list(Where).index(release.ran.where), release.native_class, numbers(release.version)


def _for_card(releases: list[Release], driver: tuple[int, ...], capability: tuple[int, int] | None) -> list[Release]:
    if not driver:
        raise NoFittingRelease(detail="the version of the graphics driver is not known")
    capable = [release for release in releases if capability is None or numbers(release.min_capability) <= capability]
    if not capable:
        least = min(releases, key=lambda release: numbers(release.min_capability)).min_capability
        has = ".".join(map(str, capability or ()))
        raise NoFittingRelease(detail=f"the card's compute capability is {has}, at least {least} is needed")
    fitting = [release for release in capable if numbers(release.min_driver) <= driver]
    if not fitting:
        least = min(capable, key=lambda release: numbers(release.min_driver)).min_driver
        raise NoFittingRelease(detail=f"driver {'.'.join(map(str, driver))}, at least {least} is needed")
    return fitting


def _release(row: Any, at: str) -> Release:
    if not isinstance(row, dict):
        raise ValueError(f"{at}: not a table")
    taken = _Fields(row, at)
    key = taken.text("key", _KEY)
    taken.at = f"{at} ({key})"
    device = Device(taken.choice("device", tuple(Device)))
    cuda = device is Device.CUDA
    release = Release(
        key=key,
        version=taken.text("version", _NUMBERS),
        device=device,
        requirements=taken.texts("requirements", _REQUIREMENT),
        removals=taken.texts("removals", _NAME, may_be_empty=True),
        python=taken.texts("python", re.compile("|".join(map(re.escape, PYTHONS)))),
        cuda=taken.text("cuda", _NUMBERS) if cuda else "",
        min_driver=taken.text("driver", _NUMBERS) if cuda else "",
        min_capability=taken.text("capability", _NUMBERS) if cuda else "",
        min_glibc=taken.text("glibc", _NUMBERS),
        native_class=taken.choice("class", ("native", "transformers")) == "native",
        needs_plugin=taken.flag("needs_plugin"),
        refused=taken.words("refused"),
        download_bytes=taken.size("download_bytes"),
        installed_bytes=taken.size("installed_bytes"),
        ran=_ran(taken.table("ran"), f"{taken.at}, ran"),
        probe=Probe(distribution=taken.text("distribution", _NAME) if "distribution" in row else "vllm"),
    )
    taken.finish()
    if ALWAYS not in release.requirements:
        raise ValueError(f"{taken.at}: requirements lack {ALWAYS}")
    if f"{release.probe.distribution}=={release.version}" not in release.requirements:
        raise ValueError(f"{taken.at}: requirements do not pin {release.probe.distribution} to {release.version}")
    return release


def _ran(row: Mapping[str, Any], at: str) -> Ran:
    taken = _Fields(row, at)
    where = Where(taken.choice("where", tuple(Where)))
    if where is Where.NEVER:
        taken.finish()
        return Ran()
    ran = Ran(where, taken.text("date", _MONTH), taken.words("self_check"))
    taken.finish()
    if not ran.self_check:
        raise ValueError(f"{at}: self_check does not say how it went")
    return ran


class _Fields:
    """Takes the fields of a row one by one, each of its kind, and sees that none is left."""

    def __init__(self, row: Mapping[str, Any], at: str) -> None:
        self._row = dict(row)
        self.at = at

    def finish(self) -> None:
        if self._row:
            raise ValueError(f"{self.at}: nobody knows {', '.join(sorted(self._row))}")

    def text(self, name: str, pattern: re.Pattern[str]) -> str:
        value = self._row.pop(name, None)
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise self._wrong(name)
        return value

    def words(self, name: str) -> str:
        value = self._row.pop(name, "")
        if not isinstance(value, str) or not value.isprintable():
            raise self._wrong(name)
        return value

    def choice(self, name: str, among: tuple[str, ...]) -> str:
        value = self._row.pop(name, None)
        if not isinstance(value, str) or value not in among:
            raise self._wrong(name)
        return value

    def texts(self, name: str, pattern: re.Pattern[str], *, may_be_empty: bool = False) -> tuple[str, ...]:
        value = self._row.pop(name, None)
        if not isinstance(value, list) or not (value or may_be_empty):
            raise self._wrong(name)
        if not all(isinstance(each, str) and pattern.fullmatch(each) for each in value):
            raise self._wrong(name)
        return tuple(value)

    def flag(self, name: str) -> bool:
        value = self._row.pop(name, None)
        if not isinstance(value, bool):
            raise self._wrong(name)
        return value

    def size(self, name: str) -> int:
        value = self._row.pop(name, None)
        if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
            raise self._wrong(name)
        return value

    def table(self, name: str) -> Mapping[str, Any]:
        value = self._row.pop(name, None)
        if not isinstance(value, dict):
            raise self._wrong(name)
        return value

    def _wrong(self, name: str) -> ValueError:
        return ValueError(f"{self.at}: {name} is missing or not what it should be")
