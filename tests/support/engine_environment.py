"""The real engine for tests: vLLM's CPU build in an environment that Diglot itself builds, once, into the user's cache.

    engine = real_engine()
    if isinstance(engine, NotAvailable):
        pytest.skip(engine.reason)

The 3.5 GB are kept by the row of the table of releases: another version list is another folder. Our plug-in and the
shim for the CPU are small wheels in it; they are put in anew where their source has changed since. Who comes while
another process builds waits for it. `python -m tests.support.engine_environment` builds it and says where it is.
"""

from __future__ import annotations

import asyncio
import fcntl
import functools
import hashlib
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from engine.engine_errors import EngineError
from engine.errors import DiglotError
from engine.paths import private_folder
from engine.setup.installing import Installer, SourceKind, WheelSource
from engine.setup.order import BuildOrder
from engine.setup.progress import CopyProgress
from engine.setup.releases import Release, choose_release
from engine.setup.runtime import Environment, build_environment, carries, known_environments, renew_wheels
from engine.setup.wheels import PLUGIN_GROUP, build_plugin, build_wheel, source_version

SHIM = Path(__file__).parent / "cpu_shim"
SHIM_MODULE = "diglot_cpu_shim"
USERS_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
"""Taken when the tests begin: some of them move the home."""


@dataclass(frozen=True, slots=True)
class EngineForTests:
    """A whole environment with the real vLLM, our plug-in and the CPU shim, and the row it was made from."""

    environment: Environment
    release: Release


@dataclass(frozen=True, slots=True)
class NotAvailable:
    """The real vLLM cannot be had on this machine, and why."""

    reason: str


@functools.cache
def real_engine() -> EngineForTests | NotAvailable:
    """Return the engine, built if need be (some minutes, once); or why there is none. Asked once per process."""
    release = choose_release("", cpu=True)
    try:
        with _alone(engines_root(release)) as root, tempfile.TemporaryDirectory(prefix="diglot-wheels-") as place:
            plugin, shim = build_plugin(Path(place)), build_shim(Path(place))
            environment = _whole_one(root, release)
            if environment is None:
                environment = _built(root, release, plugin, shim)
            elif not carries(environment, (plugin, shim)):
                renewing = renew_wheels(environment, release, plugin=plugin, extra_wheels=(shim,))
                environment = asyncio.run(renewing)
            return EngineForTests(environment, release)
    except EngineError as problem:
        return NotAvailable(problem.detail or problem.title)
    except (DiglotError, OSError) as problem:
        return NotAvailable(str(problem))


def engines_root(release: Release) -> Path:
    """Return where environments of this version list lie."""
    listed = "\n".join((*release.requirements, "-", *release.removals, "-", *release.python))
    return USERS_CACHE / "diglot" / "test-engine" / hashlib.sha256(listed.encode()).hexdigest()[:16]


def build_shim(into: Path) -> Path:
    """Make the wheel that lets the CPU build serve HunyuanOCR."""
    return build_wheel(
        SHIM,
        name="diglot-cpu-shim",
        version=source_version(SHIM / SHIM_MODULE / "__init__.py"),
        modules=(SHIM_MODULE,),
        entry_points={PLUGIN_GROUP: {SHIM_MODULE: f"{SHIM_MODULE}:register"}},
        extra_files=(f"{SHIM_MODULE}.pth",),
        into=into,
    )


def _whole_one(root: Path, release: Release) -> Environment | None:
    return next((each for each in known_environments(root) if each.release == release.key), None)


def _built(root: Path, release: Release, plugin: Path, shim: Path) -> Environment:
    order = BuildOrder(
        release=release,
        root=root,
        source=WheelSource(SourceKind.INDEX),
        installer=Installer.PIP,
        plugin=plugin,
        extra_wheels=(shim,),
    )
    return asyncio.run(build_environment(order, on_progress=_say))


def _say(progress: CopyProgress) -> None:
    if sys.stderr.isatty():
        total = progress.total_bytes / 1e6
        sys.stderr.write(f"\r{progress.done_bytes / 1e6:8,.0f} of {total:,.0f} MB  {progress.name[:50]:50}")


@contextmanager
def _alone(root: Path) -> Iterator[Path]:
    """Wait for whoever builds there, and have it for oneself."""
    with (private_folder(root.parent) / f"{root.name}.lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield root


if __name__ == "__main__":
    found = real_engine()
    sys.exit(f"\nnot available: {found.reason}") if isinstance(found, NotAvailable) else print(found.environment.folder)
