"""Tiny packages that stand in for vLLM and what it needs, as wheels; and kits and orders made of them.

They are called what they are. Everything around them is real: uv and pip, the wheels, the kits, the environments.
"""

from __future__ import annotations

import importlib.util
import io
import os
import sys
import tarfile
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from engine.setup.installing import Installer, SourceKind, WheelSource
from engine.setup.kit import PYTHON, WHEELS, Kit
from engine.setup.order import BuildOrder
from engine.setup.releases import Device, Probe, Release
from engine.setup.wheels import build_wheel

MINOR = f"{sys.version_info.major}.{sys.version_info.minor}"
ENGINE = '''"""Stands in for vLLM in Diglot's tests."""
__version__ = "1.0"
'''
FOLDER = "Büro 办公室, Anna's stick"
"""A path as people have them."""


def stand_in_release(**changes: Any) -> Release:
    """The row that a table would have for the stand-in."""
    given = {
        "key": "stand-in-1.0",
        "version": "1.0",
        "requirements": ("stand-in-engine==1.0",),
        "removals": ("stand-in-unwanted",),
        "python": (MINOR,),
        "device": Device.CPU,
        "needs_plugin": True,
        "probe": Probe("stand_in_engine", "stand-in-engine"),
        "download_bytes": 100_000,
        "installed_bytes": 200_000,
    }
    return Release(**{**given, **changes})


def stand_in_wheels(into: Path, *, engine: str = ENGINE, ballast: int = 50_000, unwanted: bool = True) -> Path:
    """Make the wheels: the engine, one that it needs and one that is removed again; return the folder."""
    source = into.with_name(into.name + "-source")
    for module, text in {"stand_in_engine": engine, "stand_in_words": "", "stand_in_unwanted": ""}.items():
        (source / module).mkdir(parents=True, exist_ok=True)
        (source / module / "__init__.py").write_text(text or f'"""Stands in for a package: {module}."""\n')
    (source / "stand_in_words" / "ballast.bin").write_bytes(os.urandom(ballast))
    needs = ("stand-in-words==1.0", *(["stand-in-unwanted"] if unwanted else []))
    for name, requires in {"engine": needs, "words": (), "unwanted": ()}.items():
        build_wheel(
            source,
            name=f"stand-in-{name}",
            version="1.0",
            modules=(f"stand_in_{name}",),
            entry_points={},
            requires=requires,
            into=into,
        )
    return into


def kit_maker() -> ModuleType:
    """`packaging/make_kit.py`, which is no package on purpose."""
    name = "diglot_make_kit"
    if name not in sys.modules:
        place = Path(__file__).parents[2] / "packaging" / "make_kit.py"
        spec = importlib.util.spec_from_file_location(name, place)
        assert spec is not None and spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


def stand_in_kit(folder: Path, *, part_bytes: int = 1 << 30, python: bool = False, **wheels: Any) -> Kit:
    """Make a kit of the stand-in's wheels without asking a pip; its Python only calls the one that runs the tests."""
    (folder / WHEELS).mkdir(parents=True)
    for wheel in stand_in_wheels(folder.with_name(folder.name + "-wheels"), **wheels).iterdir():
        if "unwanted" not in wheel.name:
            (folder / WHEELS / wheel.name).write_bytes(wheel.read_bytes())
    if python:
        (folder / PYTHON).mkdir()
        calling_python(folder / PYTHON / "cpython-stand-in.tar.gz")
    kit = kit_maker().write_list(stand_in_release(), folder, python=MINOR, part_bytes=part_bytes)
    assert isinstance(kit, Kit)
    return kit


def calling_python(archive: Path) -> None:
    """Pack an interpreter as python-build-standalone does, but one that only starts the Python of the tests."""
    script = f'#!/bin/sh\nexec "{sys.executable}" "$@"\n'.encode()
    with tarfile.open(archive, "w:gz") as stream:
        entry = tarfile.TarInfo(f"python/bin/python{MINOR}")
        entry.size, entry.mode = len(script), 0o755
        stream.addfile(entry, io.BytesIO(script))
        link = tarfile.TarInfo("python/bin/python3")
        link.type, link.linkname = tarfile.SYMTYPE, f"python{MINOR}"
        stream.addfile(link)


def from_kit(root: Path, kit: Path, installer: Installer = Installer.UV, **changes: Any) -> BuildOrder:
    """An order for what is in a kit."""
    source = WheelSource(SourceKind.KIT, kit)
    given = {"installer": installer, "interpreter": Path(sys.executable), "environment": plain_environment(root)}
    return BuildOrder(changes.pop("release", stand_in_release()), root, source, **{**given, **changes})


def from_index(root: Path, settings: Mapping[str, str], installer: Installer, **changes: Any) -> BuildOrder:
    """An order for what the installer finds where these settings send it."""
    given = {
        "installer": installer,
        "interpreter": Path(sys.executable),
        "environment": {**plain_environment(root), **settings},
    }
    source = WheelSource(SourceKind.INDEX)
    return BuildOrder(changes.pop("release", stand_in_release()), root, source, **{**given, **changes})


def plain_environment(home: Path) -> dict[str, str]:
    """An environment without any setting of the machine that runs the tests, and a home without files."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home.parent / "empty home"),
        "PIP_CONFIG_FILE": os.devnull,
        "UV_NO_CONFIG": "1",
    }
