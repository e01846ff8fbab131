"""An environment is built from a kit and from an index, by uv and by pip, and counts only when it is whole."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.engine_errors import InstallFailed, KitDamaged, NoFittingRelease, NoInterpreter, OwnedElsewhere
from engine.errors import DiskFull
from engine.setup.environments import LOCK, MANIFEST, building_in, read_environment
from engine.setup.progress import CopyProgress
from engine.setup.runtime import (
    BuildOrder,
    Environment,
    Installer,
    build_environment,
    carries,
    known_environments,
    plugin_is_current,
    remove_environment,
    renew_wheels,
)
from engine.setup.wheels import build_plugin, build_wheel, plugin_version
from tests.support.stand_in_packages import (
    FOLDER,
    MINOR,
    from_index,
    from_kit,
    stand_in_kit,
    stand_in_release,
    stand_in_wheels,
)

both = pytest.mark.parametrize("installer", [Installer.UV, pytest.param(Installer.PIP, marks=pytest.mark.slow)])


def build(order: BuildOrder) -> tuple[Environment, list[CopyProgress]]:
    told: list[CopyProgress] = []
    return asyncio.run(build_environment(order, on_progress=told.append)), told


def left_in(root: Path) -> set[str]:
    """Everything in the root but the lock, which stays."""
    return {path.name for path in root.iterdir()} - {LOCK}


def imports(environment: Environment, module: str) -> bool:
    """Whether a module of it can be imported in it, from anywhere but here."""
    done = subprocess.run([environment.python, "-I", "-c", f"import {module}"], cwd="/", capture_output=True)
    return done.returncode == 0


@both
@pytest.mark.slow
def test_a_kit_becomes_an_environment(tmp_path: Path, installer: Installer) -> None:
    # given a kit on a stick whose path has everything a path can have
    kit = stand_in_kit(tmp_path / FOLDER / "kit", part_bytes=20_000)
    assert any(file.split for file in kit.files)
    root = tmp_path / FOLDER / "engines"

    # when
    environment, told = build(from_kit(root, kit.folder, installer))

    # then it can be used, and says what it is
    assert imports(environment, "stand_in_engine, stand_in_words, diglot_vllm")
    assert not imports(environment, "stand_in_unwanted")
    assert environment.folder == root / "stand-in-1.0"
    assert (environment.vllm_version, environment.release) == ("1.0", "stand-in-1.0")
    assert (environment.plugin_version, environment.installer) == (plugin_version(), installer)
    assert environment.packages["stand-in-words"] == "1.0"
    assert known_environments(root) == [environment]
    assert plugin_is_current(environment)
    # and nothing but it is there
    assert left_in(root) == {"stand-in-1.0"}
    # and the bar went from nothing to its end without going back
    done = [progress.done_bytes for progress in told]
    length = kit.bytes + sum(wheel.unpacked_bytes for wheel in kit.wheels) * 11 // 10
    assert done == sorted(done) and done[-1] == told[-1].total_bytes == length
    names = {progress.name for progress in told}
    assert "stand_in_engine" in names and any(name.endswith(".whl") for name in names)


@both
@pytest.mark.slow
def test_an_index_becomes_an_environment(tmp_path: Path, installer: Installer) -> None:
    wheels = stand_in_wheels(tmp_path / "wheels")
    settings = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels), "UV_OFFLINE": "1", "UV_FIND_LINKS": str(wheels)}
    environment, told = build(from_index(tmp_path / "engines", settings, installer))
    assert imports(environment, "stand_in_engine, stand_in_words, diglot_vllm")
    assert not imports(environment, "stand_in_unwanted"), "what is to be removed was left"
    assert left_in(tmp_path / "engines") == {"stand-in-1.0"}
    length = 200_000 + (100_000 if installer is Installer.PIP else 0)
    assert told[-1].done_bytes == told[-1].total_bytes == length


@pytest.mark.slow
def test_a_kit_brings_its_python_which_stays_as_long_as_somebody_leans_on_it(tmp_path: Path) -> None:
    kit = stand_in_kit(tmp_path / "kit", python=True)
    root = tmp_path / "engines"
    environment, _ = build(from_kit(root, kit.folder, interpreter=None))
    assert kit.interpreter is not None
    place = f"python-{kit.interpreter.sha256[:12]}"
    assert left_in(root) == {"stand-in-1.0", place}
    assert (root / place / "python" / "bin" / f"python{MINOR}").stat().st_mode & 0o111

    remove_environment(environment)
    assert left_in(root) == set()
    assert known_environments(root) == []


@pytest.mark.slow
def test_whoever_is_there_already_is_left_alone(tmp_path: Path) -> None:
    kit = stand_in_kit(tmp_path / "kit")
    root = tmp_path / "engines"
    first, _ = build(from_kit(root, kit.folder))
    second, _ = build(from_kit(root, kit.folder))
    assert [each.folder.name for each in (first, second)] == ["stand-in-1.0", "stand-in-1.0-2"]
    assert sorted(known_environments(root), key=str) == sorted((first, second), key=str)
    (root / "somebody's").mkdir()
    (root / "somebody's" / "file").touch()
    remove_environment(first)
    build(from_kit(root, kit.folder))
    assert left_in(root) == {"stand-in-1.0", "stand-in-1.0-2", "somebody's"}


@pytest.mark.parametrize(
    ("engine", "words"),
    [
        ("raise ImportError('libcudart.so.13: cannot open shared object file')\n", r"ImportError: libcudart\.so\.13"),
        ("import os; os.kill(os.getpid(), 11)\n", "code 139"),
        ('__version__ = "0.9"\n', "it says it is version 0.9"),
        ("", "it says it is version unknown"),
    ],
)
@pytest.mark.slow
def test_what_cannot_be_used_does_not_count(tmp_path: Path, engine: str, words: str) -> None:
    kit = stand_in_kit(tmp_path / "kit", engine=engine or "x = 1\n")
    with pytest.raises(InstallFailed, match=words):
        build(from_kit(tmp_path / "engines", kit.folder))
    assert left_in(tmp_path / "engines") == set()


@pytest.mark.slow
def test_an_environment_without_our_plug_in_does_not_count(tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "other.py").touch()
    other = build_wheel(
        tmp_path / "source", name="other", version="1", modules=("other",), entry_points={}, into=tmp_path / "out"
    )
    kit = stand_in_kit(tmp_path / "kit")
    with pytest.raises(InstallFailed, match="our plug-in is not in it"):
        build(from_kit(tmp_path / "engines", kit.folder, plugin=other))


@pytest.mark.slow
def test_a_wheel_beside_the_kit_is_not_taken_however_new_it_calls_itself(tmp_path: Path) -> None:
    kit = stand_in_kit(tmp_path / "kit")
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "stand_in_words.py").write_text("raise SystemExit('planted')\n")
    for version in ("1.0", "9.0"):
        planted = build_wheel(
            tmp_path / "source",
            name="stand-in-words",
            version=version,
            modules=("stand_in_words",),
            entry_points={},
            into=tmp_path / "planted",
        )
        if version == "9.0":
            (kit.folder / "wheels" / planted.name).write_bytes(planted.read_bytes())
    environment, _ = build(from_kit(tmp_path / "engines", kit.folder))
    assert environment.packages["stand-in-words"] == "1.0" and imports(environment, "stand_in_words")


@pytest.mark.slow
def test_a_kit_that_lacks_a_package_says_which(tmp_path: Path) -> None:
    kit = stand_in_kit(tmp_path / "kit")
    told = json.loads((kit.folder / "kit.json").read_text())
    told["files"] = [file for file in told["files"] if "engine" not in file["path"]]
    (kit.folder / "kit.json").write_text(json.dumps(told))
    with pytest.raises((KitDamaged, InstallFailed), match="stand"):
        build(from_kit(tmp_path / "engines", kit.folder))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"release": "stand-in-2.0"}, "the kit is for stand-in-2.0"),
        ({"platform": "linux_vax"}, "the kit is for linux_vax"),
        ({"python": "3.99"}, "the kit is for Python 3.99"),
        ({"glibc": "99.1"}, "at least 99.1 is needed"),
    ],
)
def test_a_kit_for_another_machine_is_refused_before_anything_is_made(
    tmp_path: Path, changes: dict[str, str], words: str
) -> None:
    kit = stand_in_kit(tmp_path / "kit")
    file = kit.folder / "kit.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))
    with pytest.raises(NoFittingRelease, match=words):
        build(from_kit(tmp_path / "engines", kit.folder))
    assert not (tmp_path / "engines").exists()


def test_a_refused_release_is_not_built(tmp_path: Path) -> None:
    release = stand_in_release(refused="it cannot start HunyuanOCR")
    with pytest.raises(NoFittingRelease, match="cannot start"):
        build(from_index(tmp_path / "engines", {}, Installer.UV, release=release))
    assert not (tmp_path / "engines").exists()


def test_a_python_of_another_version_is_refused(tmp_path: Path) -> None:
    kit = stand_in_kit(tmp_path / "kit")
    script = tmp_path / "python"
    script.write_text(
        f'#!/bin/sh\necho \'DIGLOT {{"path": "{script}", "version": "3.9.1", "kind": "CPython", "bits": 64'
    )
    script.write_text(script.read_text() + ', "release": "final", "venv": true, "threads": true}\'\n')
    script.chmod(0o755)
    with pytest.raises(NoInterpreter, match=r"it is Python 3\.9\.1"):
        build(from_kit(tmp_path / "engines", kit.folder, interpreter=script))
    with pytest.raises(NoInterpreter, match="does not run here"):
        build(from_kit(tmp_path / "engines", kit.folder, interpreter=tmp_path / "nothing"))
    assert left_in(tmp_path / "engines") == set()


@pytest.mark.slow
def test_a_disk_without_room_is_found_before_the_first_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kit = stand_in_kit(tmp_path / "kit")
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 70 << 20})())
    build(from_kit(tmp_path / "roomy", kit.folder))
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 60 << 20})())
    with pytest.raises(DiskFull, match="more are needed"):
        build(from_kit(tmp_path / "engines", kit.folder))
    assert left_in(tmp_path / "engines") == set()


@pytest.mark.slow
def test_two_builds_in_one_root_are_one_too_many(tmp_path: Path) -> None:
    kit = stand_in_kit(tmp_path / "kit")
    with building_in(tmp_path / "engines"), pytest.raises(OwnedElsewhere, match="just being installed"):
        build(from_kit(tmp_path / "engines", kit.folder))
    build(from_kit(tmp_path / "engines", kit.folder))


@pytest.mark.slow
def test_a_newer_plug_in_replaces_the_older_one_alone(tmp_path: Path) -> None:
    kit = stand_in_kit(tmp_path / "kit")
    environment, _ = build(from_kit(tmp_path / "engines", kit.folder))
    source = tmp_path / "newer" / "diglot_vllm"
    source.mkdir(parents=True)
    (source / "__init__.py").write_text('__version__ = "99.0"\ndef register(): pass\n')
    newer = build_plugin(tmp_path / "out", source=tmp_path / "newer")
    inode = (environment.folder / "lib" / f"python{MINOR}/site-packages/stand_in_words/ballast.bin").stat().st_ino

    renewed = asyncio.run(renew_wheels(environment, stand_in_release(), plugin=newer))

    assert renewed.plugin_version == "99.0" and known_environments(tmp_path / "engines") == [renewed]
    assert carries(renewed, (newer,)) and not carries(environment, (newer,)) and not plugin_is_current(renewed)
    assert (
        environment.folder / "lib" / f"python{MINOR}/site-packages/stand_in_words/ballast.bin"
    ).stat().st_ino == inode
    again = asyncio.run(renew_wheels(renewed, stand_in_release()))
    assert again.plugin_version == plugin_version() and plugin_is_current(again)


@pytest.mark.slow
def test_a_renewal_that_fails_leaves_an_environment_that_says_it_has_no_plug_in(tmp_path: Path) -> None:
    kit = stand_in_kit(tmp_path / "kit")
    environment, _ = build(from_kit(tmp_path / "engines", kit.folder))
    broken = tmp_path / "diglot_vllm-9-py3-none-any.whl"
    broken.write_bytes(b"no wheel")
    with pytest.raises((InstallFailed, KitDamaged)):
        asyncio.run(renew_wheels(environment, stand_in_release(), plugin=broken))
    assert [each.plugin_version for each in known_environments(tmp_path / "engines")] == [""]
    asyncio.run(renew_wheels(environment, stand_in_release()))
    assert plugin_is_current(known_environments(tmp_path / "engines")[0])


@pytest.mark.parametrize(
    "spoil",
    [
        lambda folder: (folder / MANIFEST).unlink(),
        lambda folder: (folder / MANIFEST).write_bytes(b"{"),
        lambda folder: (folder / MANIFEST).write_bytes(b"[" * 100_000),
        lambda folder: (folder / MANIFEST).write_bytes(b" " * (2 << 20)),
        lambda folder: change(folder, format=2),
        lambda folder: change(folder, release="../elsewhere"),
        lambda folder: change(folder, packages=[]),
        lambda folder: change(folder, installer="conda"),
        lambda folder: (folder / "bin" / "python").unlink(),
    ],
)
def test_a_folder_whose_manifest_is_not_right_does_not_count(tmp_path: Path, spoil: Any) -> None:
    folder = tmp_path / "stand-in-1.0"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").symlink_to(sys.executable)
    told: dict[str, Any] = {"format": 1, "release": "stand-in-1.0", "vllm": "1.0", "plugin": "1", "python": "3.11.7"}
    told |= {"installer": "uv", "built": "2026-11-25 10:00:00", "wheels": {}, "packages": {"a": "1"}}
    (folder / MANIFEST).write_text(json.dumps(told))
    known = read_environment(folder)
    assert known is not None and dataclasses.asdict(known)["packages"] == {"a": "1"}
    spoil(folder)
    assert read_environment(folder) is None and known_environments(tmp_path) == []


def change(folder: Path, **changes: Any) -> None:
    file = folder / MANIFEST
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))


manifest_values = st.recursive(
    st.none() | st.integers() | st.text(max_size=20) | st.sampled_from(["uv", "1.0", "2026-11-25"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
FIELDS = ("release", "vllm", "plugin", "python", "installer", "built", "wheels", "packages")


@given(st.dictionaries(st.sampled_from(FIELDS), manifest_values))
@pytest.mark.slow
def test_no_manifest_is_too_strange(tmp_path_factory: pytest.TempPathFactory, told: dict[str, Any]) -> None:
    folder = tmp_path_factory.mktemp("environment")
    (folder / "bin").mkdir()
    (folder / "bin" / "python").symlink_to(sys.executable)
    (folder / MANIFEST).write_text(json.dumps({"format": 1, **told}))
    found = read_environment(folder)
    assert found is None or (set(told) == set(FIELDS) and found.release == told["release"])


def test_no_root_has_no_environments(tmp_path: Path) -> None:
    assert known_environments(tmp_path / "nowhere") == []
