"""The engine's own virtual environment: built from an offline kit or an index, checked, and only then counted.

    order ─▶ kit (hashes, parts) ─▶ interpreter ─▶ empty environment ─▶ packages ─▶ removals ─▶ our wheels ─▶ check

Interpreter, installer and source of the packages are data in the order, so the app and its tests build in the same way.
The network is used only where the order says so. Whatever ends the build before its last step, the folder is deleted;
what was downloaded stays, and the next build goes on from there. After a kill the next build clears up.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from engine.engine_errors import InstallFailed, NoInterpreter
from engine.logs import keep_secret
from engine.paths import private_folder
from engine.setup.background import Stop, in_thread
from engine.setup.building import Answer, Bar, Bench
from engine.setup.environments import (
    CACHE,
    WORK,
    Environment,
    building_in,
    clear_half_made,
    finish_folder,
    interpreter_folder,
    known_environments,
    new_folder,
    remove_environment,
    write_environment,
)
from engine.setup.installing import Installer, SourceKind, WheelSource, Workplace, choose_installer, secrets_in
from engine.setup.interpreters import Interpreter, ask_interpreter, find_interpreter
from engine.setup.kit import Kit
from engine.setup.kit_files import Unpacked, prepare_kit, unpack_python
from engine.setup.order import BuildOrder, bar_length, installed_bytes, kit_of, room_needed, see_that_it_fits
from engine.setup.progress import ProgressListener
from engine.setup.releases import Release
from engine.setup.storing import cannot_write, check_space
from engine.setup.wheels import build_plugin, file_digest, package_of

__all__ = [
    "BuildOrder",
    "Environment",
    "Installer",
    "SourceKind",
    "WheelSource",
    "build_environment",
    "known_environments",
    "plugin_is_current",
    "remove_environment",
    "renew_wheels",
]


async def build_environment(order: BuildOrder, *, on_progress: ProgressListener) -> Environment:
    """Build an environment; return it when it is whole. Cancelled, it leaves nothing but what was downloaded.

    An environment that is there already is left alone; `remove_environment` is for whoever knows that nobody runs it.

    Raises:
        NotAKit, KitDamaged: The folder holds no kit, or a harmed one.
        NoFittingRelease: The release is refused, or the kit is for another machine.
        NoInterpreter: No Python that would do.
        DiskFull: Not enough room, found before the first step where it can be.
        DownloadFailed: The network or a server said no.
        InstallFailed: Anything else that ended the installer, or the check afterwards.
        OwnedElsewhere: Another process is building in the same root.
        OutputNotWritable: The root may not be written.
    """
    return await in_thread(lambda stop, tell: _build(order, stop, tell), on_progress)


async def renew_wheels(
    environment: Environment, release: Release, *, plugin: Path | None = None, extra_wheels: Sequence[Path] = ()
) -> Environment:
    """Replace our own small wheels in an environment, as after an update of Diglot; return how it is now.

    Interrupted, it stays an environment without a plug-in (`plugin_version` is empty) until it is renewed again.

    Raises:
        InstallFailed: The wheels could not be put in, or the environment cannot be used.
        OwnedElsewhere: Another process is building in the same root.
        OutputNotWritable: The environment may not be written.
    """
    return await in_thread(
        lambda stop, tell: _renew(environment, release, plugin, tuple(extra_wheels), stop, tell), lambda _: None
    )


def plugin_is_current(environment: Environment) -> bool:
    """Tell whether the environment carries our plug-in as this Diglot has it. Takes a few milliseconds of disk."""
    with tempfile.TemporaryDirectory(prefix="diglot-") as place:
        return carries(environment, (build_plugin(Path(place)),))


def carries(environment: Environment, wheels: Sequence[Path]) -> bool:
    """Tell whether exactly these files are the wheels of ours that an environment has among others."""
    return all(environment.wheels.get(name) == digest for name, digest in _digests(wheels).items())


def _build(order: BuildOrder, stop: Stop, tell: ProgressListener) -> Environment:
    release, kit = order.release, kit_of(order)
    see_that_it_fits(release, kit)
    base = dict(os.environ if order.environment is None else order.environment)
    for secret in secrets_in(base):
        keep_secret(secret)
    installer = order.installer or (Installer.UV if kit is not None else choose_installer(base))
    try:
        with building_in(order.root):
            clear_half_made(order.root)
            check_space(order.root, room_needed(release, kit, installer))
            with _workplace(order.root, keep_downloads=kit is None) as work:
                bar = Bar(bar_length(release, kit, installer), tell)
                folder = new_folder(order.root, release.key)
                bench = Bench(installer, folder, work, order.source.kind, base, stop, bar)
                try:
                    environment = _make(order, kit, bench)
                    stop.check()
                    finish_folder(environment)
                except BaseException:
                    with contextlib.suppress(OSError):  # the next build will try again
                        clear_half_made(order.root)
                    raise
            shutil.rmtree(order.root / CACHE, ignore_errors=True)  # it has served; gigabytes that nobody misses
            return environment
    except OSError as problem:
        raise cannot_write(order.root, problem) from problem


def _make(order: BuildOrder, kit: Kit | None, bench: Bench) -> Environment:
    """Do the work, step by step."""
    release, work, pip = order.release, bench.work, bench.installer is Installer.PIP
    unpacked = None
    if kit is not None:
        unpacked = prepare_kit(kit, work.temporary / "kit", counted=bench.bar.add, stop=bench.stop)
    interpreter = _interpreter(order, kit, unpacked, bench)
    bench.make_empty(interpreter.path)
    bench.install(
        release.requirements,
        shelf=unpacked.shelf if unpacked is not None else None,
        download_bytes=release.download_bytes if kit is None and pip else 0,
        installed_bytes=installed_bytes(release, kit),
    )
    bench.remove(release.removals)
    wheels = (order.plugin or build_plugin(work.temporary), *order.extra_wheels)
    bench.put_in(wheels)
    answer = bench.ask(release.probe)
    _see_that_it_is(release, answer)
    return Environment(
        folder=bench.folder,
        python=bench.python,
        vllm_version=answer.version,
        release=release.key,
        plugin_version=answer.plugin,
        python_version=interpreter.version,
        installer=bench.installer,
        built=_now(),
        wheels=_digests(wheels),
        packages=answer.packages,
    )


def _renew(
    environment: Environment,
    release: Release,
    plugin: Path | None,
    extra_wheels: tuple[Path, ...],
    stop: Stop,
    tell: ProgressListener,
) -> Environment:
    root = environment.folder.parent
    try:
        with building_in(root), _workplace(root, keep_downloads=False) as work:
            wheels = (plugin or build_plugin(work.temporary), *extra_wheels)
            base = dict(os.environ)
            # A kit's rules: what is put in lies here, and nothing else is asked for.
            bench = Bench(environment.installer, environment.folder, work, SourceKind.KIT, base, stop, Bar(0, tell))
            write_environment(dataclasses.replace(environment, plugin_version="", wheels={}))
            bench.put_in(wheels)
            answer = bench.ask(release.probe)
            _see_that_it_is(release, answer)
            renewed = dataclasses.replace(
                environment, plugin_version=answer.plugin, wheels=_digests(wheels), packages=answer.packages
            )
            write_environment(renewed)
            return renewed
    except OSError as problem:
        raise cannot_write(environment.folder, problem) from problem


def _interpreter(order: BuildOrder, kit: Kit | None, unpacked: Unpacked | None, bench: Bench) -> Interpreter:
    """Return the order's Python, else the kit's, else one of this machine; a kit's wheels fit one version only."""
    wanted = (kit.python,) if kit is not None else order.release.python
    path = order.interpreter
    if path is None and kit is not None and unpacked is not None and unpacked.interpreter is not None:
        path = _kits_python(order.root, kit, unpacked.interpreter, bench)
    if path is None:
        return find_interpreter(wanted, installer=bench.installer, environment=bench.base, stop=bench.stop)
    found = ask_interpreter(path, environment=bench.base, stop=bench.stop)
    if found is None or found.minor not in wanted:
        said = f"it is Python {found.version}" if found is not None else "it does not run here"
        raise NoInterpreter(str(path), detail=f"{said}; Python {' or '.join(wanted)} is needed")
    if bench.installer is Installer.PIP and not found.makes_venv:
        raise NoInterpreter(str(path), detail="it comes without venv and pip")
    return found


def _kits_python(root: Path, kit: Kit, archive: Path, bench: Bench) -> Path:
    """Unpack the kit's Python to where it will stay, unless it is there already, and return it."""
    assert kit.interpreter is not None
    place = interpreter_folder(root, kit.interpreter.sha256)
    if not place.exists():
        making = bench.work.temporary / "python"
        making.mkdir()
        unpack_python(archive, kit.interpreter, making, stop=bench.stop)
        making.rename(place)
    for inner in ("python/bin", "bin", "python/install/bin"):
        if (found := place / inner / f"python{kit.python}").exists():
            return found
    raise NoInterpreter(kit.interpreter.name, detail=f"there is no bin/python{kit.python} in it")


def _see_that_it_is(release: Release, answer: Answer) -> None:
    """See that what was installed is what was ordered. A build's own mark (“+cpu”) does not count."""
    for told in (answer.version, answer.imported):
        if told.partition("+")[0] != release.version:
            raise InstallFailed(release.key, detail=f"it says it is version {told[:40] or 'unknown'}")
    if not answer.plugin:
        raise InstallFailed(release.key, detail="our plug-in is not in it")


@contextlib.contextmanager
def _workplace(root: Path, *, keep_downloads: bool) -> Iterator[Workplace]:
    """Give folders to work with, in the root; what was downloaded stays where the next build may want it."""
    shutil.rmtree(root / WORK, ignore_errors=True)
    temporary = private_folder(root / WORK / "tmp")
    try:
        yield Workplace(temporary, root / (CACHE if keep_downloads else f"{WORK}/cache"))
    finally:
        shutil.rmtree(root / WORK, ignore_errors=True)


def _digests(wheels: Sequence[Path]) -> dict[str, str]:
    """Return distribution -> hash of our own wheels."""
    packages = ((package_of(wheel.name), wheel) for wheel in wheels)
    return {package[0]: file_digest(wheel) for package, wheel in packages if package is not None}


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M:%S")
