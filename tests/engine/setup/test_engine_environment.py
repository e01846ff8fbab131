"""The tests' own engine is built once, through the app's code; where it cannot be had, the reason is a true one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from engine.setup.releases import choose_release
from engine.setup.runtime import carries
from engine.setup.wheels import build_plugin
from tests.support import engine_environment
from tests.support.engine_environment import EngineForTests, NotAvailable, build_shim, engines_root
from tests.support.stand_in_packages import stand_in_release, stand_in_wheels


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of its own, and a pip that knows no sources but what a test gives it."""
    monkeypatch.setattr(engine_environment, "USERS_CACHE", tmp_path / "cache")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(stand_in_wheels(tmp_path / "packages")))
    return tmp_path


def asked_anew(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> EngineForTests | NotAvailable:
    """Ask as a new process would, for the stand-in."""
    release = stand_in_release(**changes)
    monkeypatch.setattr(engine_environment, "choose_release", lambda *_, **__: release)
    return engine_environment.real_engine.__wrapped__()


@pytest.mark.slow
def test_it_is_built_once_and_only_the_small_wheels_are_ever_renewed(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a machine where it was never built: it is built
    first = asked_anew(monkeypatch)
    assert isinstance(first, EngineForTests), first
    folder = first.environment.folder
    assert folder.is_relative_to(elsewhere / "cache" / "diglot" / "test-engine")
    assert carries(first.environment, (build_plugin(elsewhere), build_shim(elsewhere)))
    # when it is asked for again, nothing is built
    heavy = next(folder.glob("lib/*/site-packages/stand_in_words/ballast.bin"))
    inode = heavy.stat().st_ino
    assert asked_anew(monkeypatch) == first
    # and when the shim has changed since, only the small wheels are put in again
    other = elsewhere / "shim"
    (other / "diglot_cpu_shim").mkdir(parents=True)
    (other / "diglot_cpu_shim" / "__init__.py").write_text('__version__ = "9"\ndef register(): pass\n')
    (other / "diglot_cpu_shim.pth").write_text("import diglot_cpu_shim\n")
    monkeypatch.setattr(engine_environment, "SHIM", other)
    renewed = asked_anew(monkeypatch)
    assert isinstance(renewed, EngineForTests), renewed
    assert renewed.environment.folder == folder and heavy.stat().st_ino == inode
    assert renewed.environment.packages["diglot-cpu-shim"] == "9"


@pytest.mark.slow
def test_a_torch_that_is_out_of_reach_is_the_reason(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    requirements = ("stand-in-torch==2.13.0+cpu", "stand-in-engine==1.0")
    found = asked_anew(monkeypatch, requirements=requirements)
    assert found == NotAvailable("the package sources have no stand-in-torch==2.13.0+cpu for this Python")


@pytest.mark.slow
def test_a_missing_python_is_the_reason(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked_anew(monkeypatch, python=("3.77",)) == NotAvailable("Python 3.77 is needed")


def test_a_full_disk_is_the_reason(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 1000})())
    found = asked_anew(monkeypatch)
    assert isinstance(found, NotAvailable) and "disk is full" in found.reason


def test_another_version_list_is_another_folder() -> None:
    ours = choose_release("", cpu=True)
    assert engines_root(ours) == engines_root(ours)
    assert engines_root(ours).name != engines_root(stand_in_release()).name
