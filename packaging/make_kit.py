"""Makes an offline kit of an engine: `python packaging/make_kit.py vllm-0.28.0 /media/stick/diglot-kit`. Run by hand.

On a machine with a network, of the same kind as the one that the kit is for: it needs the Python that the wheels are
for, and takes them from wherever its pip is told to. The interpreter is a python-build-standalone archive
("install_only"), given with --python-archive; without one, the other machine must have that Python itself.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from engine.engine_errors import InstallFailed
from engine.errors import DiglotError
from engine.setup.background import Stop
from engine.setup.installing import Installer, SourceKind, WheelSource, python_of
from engine.setup.interpreters import Interpreter, ask_interpreter, find_interpreter
from engine.setup.kit import FORMAT, LIST, PYTHON, WHEELS, Kit, read_kit
from engine.setup.progress import CopyProgress
from engine.setup.releases import Release, numbers, release_named
from engine.setup.runtime import BuildOrder, build_environment
from engine.setup.wheels import package_of

PART_BYTES = 2 << 30
"""FAT32, as sticks come with it, takes no file of 4 GiB; some copying programs fail at 2."""
CHUNK_BYTES = 4 << 20
USUAL_GLIBC = "2.28"
OLDER_NAMES = {"manylinux1": "2.5", "manylinux2010": "2.12", "manylinux2014": "2.17"}


def make_kit(
    release: Release,
    out: Path,
    *,
    interpreter: Interpreter,
    archive: Path | None = None,
    pip_options: Sequence[str] = (),
    part_bytes: int = PART_BYTES,
    glibc: str = "",
) -> Kit:
    """Download a release's wheels into the folder `out`, which must be empty or not there, and list them.

    Args:
        release: What the kit is for.
        out: The kit's folder.
        interpreter: A Python of the version that the wheels shall be for; its pip downloads them.
        archive: An interpreter to bring along.
        pip_options: More for pip, as where to find packages.
        part_bytes: What is larger is split.
        glibc: The oldest the kit shall run on; as the release says, if not given. Newer systems have their own builds
            of some packages, which would shut the older ones out.
    """
    if out.exists() and any(out.iterdir()):
        raise SystemExit(f"{out} is not empty.")
    wheels = out / WHEELS
    wheels.mkdir(parents=True)
    download(release, wheels, interpreter, [*platforms(glibc or release.min_glibc or USUAL_GLIBC), *pip_options])
    if archive is not None:
        (out / PYTHON).mkdir()
        shutil.copy(archive, out / PYTHON)
    return write_list(release, out, python=interpreter.minor, part_bytes=part_bytes)


def write_list(release: Release, out: Path, *, python: str, part_bytes: int = PART_BYTES) -> Kit:
    """Make a kit of a folder that holds the wheels, and perhaps an interpreter: split what is large, list it all."""
    files = [listed(wheel, WHEELS, wheel_room(wheel)) for wheel in sorted((out / WHEELS).iterdir())]
    if (out / PYTHON).is_dir():
        files += [listed(archive, PYTHON, archive_room(archive)) for archive in (out / PYTHON).iterdir()]
    for entry in files:
        if entry["bytes"] > part_bytes:
            entry["parts"] = split(out / entry["path"], part_bytes, entry["path"])
    least = glibc_of(Path(entry["path"]).name for entry in files)
    told = {
        "diglot_kit": FORMAT,
        "made": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d"),
        "release": release.key,
        "platform": f"{platform.system().lower()}_{platform.machine()}",
        "glibc": max(release.min_glibc or least, least, key=numbers),
        "python": python,
        "cuda": release.cuda,
        "files": files,
    }
    (out / LIST).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return read_kit(out)


def download(release: Release, into: Path, interpreter: Interpreter, pip_options: Sequence[str]) -> None:
    """Have pip bring the wheels, and drop those that would be removed again after the installation."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "venv"
        subprocess.run([str(interpreter.path), "-I", "-m", "venv", str(folder)], check=True)
        argv = [str(python_of(folder)), "-I", "-m", "pip", "download", "--only-binary", ":all:", "--no-input"]
        done = subprocess.run([*argv, *pip_options, "--dest", str(into), *release.requirements], check=False)
    if done.returncode != 0:
        raise InstallFailed(release.key, detail="pip could not download it; what it wrote stands above")
    unwanted = {re.sub(r"[-_.]+", "-", name).lower() for name in release.removals}
    for wheel in into.iterdir():
        package = package_of(wheel.name)
        if package is None:
            raise InstallFailed(wheel.name, detail="it is no wheel")
        if package[0] in unwanted:
            wheel.unlink()


def platforms(glibc: str, machine: str = platform.machine()) -> list[str]:
    """Return what tells pip to take nothing that needs a newer glibc than this."""
    major, minor, *_ = numbers(glibc)
    names = [f"manylinux_{major}_{each}" for each in range(minor, 4, -1)] + [*OLDER_NAMES, "linux"]
    return [f"--platform={name}_{machine}" for name in names]


def listed(file: Path, folder: str, unpacked_bytes: int) -> dict[str, Any]:
    """Return a file's entry for the list."""
    about = {"path": f"{folder}/{file.name}", "bytes": file.stat().st_size, "sha256": digest(file)}
    return {**about, "unpacked_bytes": unpacked_bytes}


def split(file: Path, part_bytes: int, path: str) -> list[dict[str, Any]]:
    """Put parts in the place of a file, and return their entries."""
    parts: list[dict[str, Any]] = []
    with file.open("rb") as stream:
        while stream.tell() < file.stat().st_size:
            part = file.with_name(f"{file.name}.part{len(parts) + 1:03}")
            left = part_bytes
            with part.open("wb") as out:
                while left and (piece := stream.read(min(CHUNK_BYTES, left))):
                    out.write(piece)
                    left -= len(piece)
            name = f"{path}.part{len(parts) + 1:03}"
            parts.append({"path": name, "bytes": part.stat().st_size, "sha256": digest(part)})
    file.unlink()
    return parts


def digest(file: Path) -> str:
    """Return a file's SHA-256 in hex."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def wheel_room(wheel: Path) -> int:
    """Return how many bytes a wheel's content takes."""
    with zipfile.ZipFile(wheel) as archive:
        return sum(entry.file_size for entry in archive.infolist())


def archive_room(archive: Path) -> int:
    """Return how many bytes an interpreter's archive unpacks to."""
    with tarfile.open(archive, "r:*") as stream:
        return sum(member.size for member in stream)


def glibc_of(names: Iterable[str]) -> str:
    """Return the oldest glibc that all these wheels run on, as their tags tell."""
    least = "2.5"
    for name in names:
        tags = [OLDER_NAMES[old] for old in OLDER_NAMES if f"{old}_" in name]
        tags += [f"{major}.{minor}" for major, minor in re.findall(r"manylinux_(\d+)_(\d+)_", name)]
        if tags:  # a wheel with several tags takes the oldest of them
            least = max(least, min(tags, key=numbers), key=numbers)
    return least


async def try_kit(kit: Kit, release: Release) -> None:
    """Build an environment from the finished kit in a folder that goes away again."""

    def tell(progress: CopyProgress) -> None:
        sys.stdout.write(f"\r{progress.done_bytes / 1e6:10,.0f} MB  {progress.name[:60]:60}")

    with tempfile.TemporaryDirectory(dir=kit.folder.parent, prefix=".trying-") as root:
        order = BuildOrder(release, Path(root), WheelSource(SourceKind.KIT, kit.folder))
        environment = await build_environment(order, on_progress=tell)
        sys.stdout.write(f"\nTried: vLLM {environment.vllm_version} on Python {environment.python_version}.\n")


def main(arguments: Sequence[str] | None = None) -> None:
    """Make a kit as the command line says."""
    parser = argparse.ArgumentParser(description="Make an offline kit of an engine.")
    parser.add_argument("release", help="a key of resources/engine/releases.toml")
    parser.add_argument("out", type=Path, help="the kit's folder")
    parser.add_argument("--python", type=Path, help="a Python of the version that the wheels shall be for")
    parser.add_argument("--python-archive", type=Path, help="an interpreter to bring along (.tar.gz)")
    parser.add_argument("--glibc", default="", help="the oldest glibc that the kit shall run on")
    parser.add_argument("--find-links", action="append", default=[], help="take wheels from here, too")
    parser.add_argument("--no-index", action="store_true", help="and from nowhere else")
    parser.add_argument("--part-mib", type=int, default=PART_BYTES >> 20, help="split what is larger than this")
    parser.add_argument("--try", dest="tried", action="store_true", help="build an environment from the kit at the end")
    given = parser.parse_args(arguments)
    options = [f"--find-links={place}" for place in given.find_links] + (["--no-index"] if given.no_index else [])
    try:
        release = release_named(given.release)
        if given.python is None:
            python = find_interpreter(release.python, installer=Installer.PIP, environment=os.environ, stop=Stop())
        elif (asked := ask_interpreter(given.python.absolute(), environment=os.environ, stop=Stop())) is not None:
            python = asked
        else:
            raise SystemExit(f"{given.python} does not run, or is no CPython.")
        kit = make_kit(
            release,
            given.out.absolute(),
            interpreter=python,
            archive=given.python_archive,
            pip_options=options,
            part_bytes=given.part_mib << 20,
            glibc=given.glibc,
        )
        sys.stdout.write(f"{kit.folder}: {len(kit.files)} files, {kit.bytes / 1e9:.2f} GB, {kit.fingerprint}\n")
        if given.tried:
            asyncio.run(try_kit(kit, release))
    except DiglotError as problem:
        raise SystemExit(str(problem)) from problem


if __name__ == "__main__":
    main()
