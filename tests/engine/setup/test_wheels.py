"""Wheels of ours are the same bytes each time, and real installers take them."""

from __future__ import annotations

import base64
import csv
import hashlib
import os
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.setup.wheels import PLUGIN_SOURCE, build_plugin, build_wheel, package_of, plugin_version, source_version


def source(folder: Path) -> Path:
    (folder / "words" / "inner").mkdir(parents=True)
    (folder / "words" / "__init__.py").write_text('__version__ = "1.2"\n')
    (folder / "words" / "inner" / "字.txt").write_text("字\n", encoding="utf-8")
    (folder / "words" / "__pycache__").mkdir()
    (folder / "words" / "__pycache__" / "old.pyc").write_bytes(b"\0")
    (folder / "single.py").write_text("x = 1\n")
    (folder / "words.pth").write_text("import words\n")
    return folder


def made(folder: Path, into: Path) -> Path:
    return build_wheel(
        folder,
        name="Tiny.Words",
        version="1.2",
        modules=("words", "single"),
        entry_points={"a.group": {"one": "words:run"}},
        extra_files=("words.pth",),
        requires=("other==1",),
        into=into,
    )


def test_the_same_source_gives_the_same_bytes_whatever_the_clock_and_the_order_say(tmp_path: Path) -> None:
    first = made(source(tmp_path / "a"), tmp_path / "out1").read_bytes()
    other = source(tmp_path / "b")
    for number, path in enumerate(sorted(other.rglob("*"), reverse=True)):
        os.utime(path, (time.time() - 1000 * number, 1_000_000_000 + number))
    assert made(other, tmp_path / "out2").read_bytes() == first
    (other / "single.py").write_text("x = 2\n")
    assert made(other, tmp_path / "out3").read_bytes() != first


def test_a_wheel_holds_what_the_standard_asks_for(tmp_path: Path) -> None:
    wheel = made(source(tmp_path / "a"), tmp_path)
    assert wheel.name == "tiny_words-1.2-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        about = "tiny_words-1.2.dist-info"
        assert names == [
            "single.py",
            "words/__init__.py",
            "words/inner/字.txt",
            "words.pth",
            *(f"{about}/{name}" for name in ("METADATA", "WHEEL", "entry_points.txt", "RECORD")),
        ]
        record = list(csv.reader(archive.read(f"{about}/RECORD").decode().splitlines()))
        assert [row[0] for row in record] == names and record[-1][1:] == ["", ""]
        for name, digest, size in record[:-1]:
            data = archive.read(name)
            packed = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            assert (digest, size) == (f"sha256={packed}", str(len(data)))
        assert b"Requires-Dist: other==1" in archive.read(f"{about}/METADATA")
        assert archive.read(f"{about}/entry_points.txt") == b"[a.group]\none = words:run\n"
        assert not archive.testzip()


def test_our_plug_in_becomes_a_wheel_with_the_version_of_its_source(tmp_path: Path) -> None:
    wheel = build_plugin(tmp_path)
    assert wheel.name == f"diglot_vllm-{plugin_version()}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        named = archive.read(f"diglot_vllm-{plugin_version()}.dist-info/entry_points.txt").decode()
        assert "diglot = diglot_vllm:register" in named
        for path in (PLUGIN_SOURCE / "diglot_vllm").glob("*.py"):
            assert archive.read(f"diglot_vllm/{path.name}") == path.read_bytes()


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "-r"},
        {"name": "a/b"},
        {"version": "1.0/../../x"},
        {"version": "v1"},
        {"modules": ("nothing",)},
        {"modules": ("../words",)},
        {"extra_files": ("../words.pth",)},
    ],
)
def test_names_that_lead_elsewhere_make_no_wheel(tmp_path: Path, changes: dict[str, object]) -> None:
    folder = source(tmp_path / "a")
    given = {"name": "words", "version": "1.0", "modules": ("words",), "entry_points": {}, **changes}
    with pytest.raises(ValueError):
        build_wheel(folder, into=tmp_path / "out", **given)  # type: ignore[arg-type]
    assert not (tmp_path / "out").exists()


def test_a_version_is_read_and_not_run(tmp_path: Path) -> None:
    file = tmp_path / "m.py"
    file.write_text('raise SystemExit\n__version__ = "2.5"\n')
    assert source_version(file) == "2.5"
    file.write_text("__version__ = 1\n")
    with pytest.raises(ValueError, match="no version"):
        source_version(file)


@pytest.mark.parametrize(
    ("name", "package"),
    [
        ("torch-2.13.0+cpu-cp311-cp311-manylinux_2_28_x86_64.whl", ("torch", "2.13.0+cpu")),
        ("nvidia_cublas_cu12-12.8.4.1-py3-none-manylinux_2_27_x86_64.whl", ("nvidia-cublas-cu12", "12.8.4.1")),
        ("build_tag-1.0-1abc-py3-none-any.whl", ("build-tag", "1.0")),
        ("Zope.Interface-5-py2.py3-none-any.whl", ("zope-interface", "5")),
        ("torch-2.13.0.tar.gz", None),
        ("../a-1.0-py3-none-any.whl", None),
        ("a-1.0-none-any.whl", None),
    ],
)
def test_a_wheels_name_tells_package_and_version(name: str, package: tuple[str, str] | None) -> None:
    assert package_of(name) == package


@given(st.text())
def test_no_name_is_too_strange(name: str) -> None:
    found = package_of(name)
    assert found is None or (name.endswith(".whl") and "/" not in name)
