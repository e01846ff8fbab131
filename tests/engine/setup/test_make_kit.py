"""A kit is made of what pip finds, without a network here, and what was made becomes an environment."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from engine.setup.background import Stop
from engine.setup.interpreters import Interpreter, ask_interpreter
from engine.setup.runtime import Installer, build_environment
from tests.support.stand_in_packages import (
    MINOR,
    calling_python,
    from_kit,
    kit_maker,
    stand_in_release,
    stand_in_wheels,
)


def this_python() -> Interpreter:
    found = ask_interpreter(Path(sys.executable), environment=os.environ, stop=Stop())
    assert found is not None
    return found


@pytest.mark.slow
def test_a_kit_is_downloaded_split_listed_and_installed_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # given packages that pip finds in a folder, and nowhere else
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    wheels = stand_in_wheels(tmp_path / "packages")
    archive = tmp_path / "cpython-3+stand-in-install_only.tar.gz"
    calling_python(archive)

    # when
    kit = kit_maker().make_kit(
        stand_in_release(),
        tmp_path / "kit",
        interpreter=this_python(),
        archive=archive,
        pip_options=["--no-index", f"--find-links={wheels}"],
        part_bytes=20_000,
    )

    # then it holds what the engine needs, without what would be removed again
    assert [wheel.package for wheel in kit.wheels] == [("stand-in-engine", "1.0"), ("stand-in-words", "1.0")]
    assert kit.interpreter is not None and kit.python == MINOR and kit.wheels[1].split
    assert {path.name for path in (tmp_path / "kit").iterdir()} == {"kit.json", "wheels", "python"}

    # and both installers build from it, with the Python that it brings
    for installer in Installer:
        order = from_kit(tmp_path / installer, kit.folder, installer, interpreter=None)
        environment = asyncio.run(build_environment(order, on_progress=lambda _: None))
        assert environment.packages["stand-in-words"] == "1.0"


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").touch()
    with pytest.raises(SystemExit, match="not empty"):
        kit_maker().make_kit(stand_in_release(), tmp_path, interpreter=this_python())
    assert [path.name for path in tmp_path.iterdir()] == ["holiday.jpg"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["vllm-9.9", "out"], "does not know that release"),
        (["vllm-0.29.0", "out"], "cannot start HunyuanOCR"),
        (["vllm-0.28.0", "out", "--python", "/nonexistent/python"], "does not run"),
    ],
)
def test_what_cannot_be_made_is_said(tmp_path: Path, arguments: list[str], words: str) -> None:
    with pytest.raises(SystemExit, match=words):
        kit_maker().main([arguments[0], str(tmp_path / arguments[1]), *arguments[2:]])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("names", "glibc"),
    [
        (["a-1-py3-none-any.whl"], "2.5"),
        (["a-1-cp311-cp311-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl"], "2.27"),
        (["a-1-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.whl", "b-1-py3-none-any.whl"], "2.17"),
        (["a-1-cp311-cp311-manylinux_2_9_x86_64.whl", "b-1-cp311-abi3-manylinux_2_31_x86_64.whl"], "2.31"),
    ],
)
def test_the_oldest_system_is_read_from_the_wheels_names(names: list[str], glibc: str) -> None:
    assert kit_maker().glibc_of(names) == glibc


def test_pip_is_told_to_take_nothing_for_a_newer_system() -> None:
    told = kit_maker().platforms("2.7", "x86_64")
    assert told == [
        *(f"--platform=manylinux_2_{minor}_x86_64" for minor in (7, 6, 5)),
        *(f"--platform={name}_x86_64" for name in ("manylinux1", "manylinux2010", "manylinux2014", "linux")),
    ]
