"""What is to be built, and whether it can be: release, kit and machine for each other, and room on the disk."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from engine.engine_errors import NoFittingRelease
from engine.setup.installing import Installer, SourceKind, WheelSource
from engine.setup.kit import Kit, read_kit
from engine.setup.kit_files import room_for_parts
from engine.setup.releases import Release, numbers

COMPILED_PERCENT = 10
"""What compiling the Python files adds to what the wheels hold, as measured with the CPU build."""


@dataclass(frozen=True, slots=True)
class BuildOrder:
    """What to build, of what, with what.

    Attributes:
        release: The row of the table.
        root: Folder of the engines, made if need be; the environment becomes a folder in it.
        source: A kit's folder, or the index.
        installer: None lets Diglot choose: uv, or pip where only pip was told where this house's packages are.
        interpreter: None takes the kit's Python, else looks for one.
        plugin: Our plug-in's wheel; None makes it from our source.
        extra_wheels: More small wheels of ours; tests bring one.
        environment: Where the installer's settings are looked for; None is this process's.
    """

    release: Release
    root: Path
    source: WheelSource
    installer: Installer | None = None
    interpreter: Path | None = None
    plugin: Path | None = None
    extra_wheels: tuple[Path, ...] = ()
    environment: Mapping[str, str] | None = field(default=None, repr=False)


def kit_of(order: BuildOrder) -> Kit | None:
    """Read the order's kit; None where it names the index. Raises what `read_kit` raises."""
    if order.source.kind is SourceKind.INDEX:
        return None
    assert order.source.folder is not None, "a kit lies in a folder"
    return read_kit(order.source.folder)


def see_that_it_fits(release: Release, kit: Kit | None) -> None:
    """See that release and kit are for each other and for this machine.

    Raises:
        NoFittingRelease: They are not; its detail says what does not go with what.
    """
    if release.refused:
        raise NoFittingRelease(release.key, detail=release.refused)
    system, machine = platform.system().lower(), platform.machine()
    least = release.min_glibc
    if kit is not None:
        if kit.release != release.key:
            raise NoFittingRelease(release.key, detail=f"the kit is for {kit.release}")
        if kit.platform != f"{system}_{machine}":
            raise NoFittingRelease(release.key, detail=f"the kit is for {kit.platform}, this is {system}_{machine}")
        if kit.python not in release.python:
            raise NoFittingRelease(release.key, detail=f"the kit is for Python {kit.python}")
        least = max(least, kit.glibc, key=numbers)
    library, version = platform.libc_ver()
    if least and library == "glibc" and numbers(version) < numbers(least):
        raise NoFittingRelease(release.key, detail=f"this system's glibc is {version}, at least {least} is needed")


def room_needed(release: Release, kit: Kit | None, installer: Installer) -> int:
    """Return how many bytes a build takes on the disk at its height.

    pip keeps what it downloads twice until it has installed it; uv unpacks it while it comes, and links.
    """
    loading = 2 * release.download_bytes if kit is None and installer is Installer.PIP else 0
    parts = room_for_parts(kit) if kit is not None else 0
    python = kit.interpreter.unpacked_bytes if kit is not None and kit.interpreter is not None else 0
    return installed_bytes(release, kit) + loading + parts + python


def installed_bytes(release: Release, kit: Kit | None) -> int:
    """Return how large the environment becomes; 0 where nobody knows."""
    if kit is None:
        return release.installed_bytes
    return sum(wheel.unpacked_bytes for wheel in kit.wheels) * (100 + COMPILED_PERCENT) // 100


def bar_length(release: Release, kit: Kit | None, installer: Installer) -> int:
    """Return how long the bar is; 0 where nobody knows."""
    installed = installed_bytes(release, kit)
    if kit is not None:
        return kit.bytes + installed
    return installed + (release.download_bytes if installer is Installer.PIP else 0) if installed else 0
