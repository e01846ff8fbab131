"""The doctor: every line has a state, what is missing has advice, the exit code tells whether documents can be read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.commands import doctor
from engine.commands.doctor import Finding, State, find_all
from tests.support.command import diglot


@pytest.mark.slow
def test_the_report_is_said_in_words_and_as_json(tmp_path: Path) -> None:
    said = diglot("doctor", cwd=tmp_path)
    as_json = diglot("doctor", "--json", cwd=tmp_path)

    assert (said.code, as_json.code) == (0, 0)
    assert said.out.rstrip().endswith("Documents can be read.") or "needed for the window" in said.out
    report = json.loads(as_json.out)
    assert report["ready"] is True
    names = [finding["name"] for finding in report["findings"]]
    assert names == [
        "Python", "PDF library", "pictures", "built-in reader", "window (Qt)", "display", "Chinese font",
        "graphics card", "engine", "confinement", "folders", "disk",
    ]  # fmt: skip
    assert all(name in said.out for name in names)
    assert str(tmp_path) in said.out  # where the log lies


@pytest.mark.slow
def test_every_finding_that_is_missing_says_what_to_do() -> None:
    for finding in find_all():
        assert finding.found
        assert finding.state is not State.MISSING or finding.advice


def test_a_missing_essential_thing_is_code_44(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor, "what_is_missing", lambda: "PP-OCRv6_rec_small.onnx")
    monkeypatch.setattr(doctor, "_packages", lambda name, modules, **more: Finding(name, State.OK, "there"))

    code = doctor.examine(as_json=False)

    said = capsys.readouterr().out
    assert code == 44
    assert "missing  built-in reader" in said
    assert "without PP-OCRv6_rec_small.onnx" in said
    assert "Documents cannot be read yet" in said


def test_a_missing_window_does_not_stop_reading(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = doctor._packages

    def without_qt(name: str, modules: dict[str, str], **more: object) -> Finding:
        if "Qt" in name:
            return real(name, {"no-such-package": "no_such_module"})
        return Finding(name, State.OK, "there")

    monkeypatch.setattr(doctor, "_packages", without_qt)

    assert doctor.examine(as_json=False) == 0
    said = capsys.readouterr().out
    assert "no-such-package is not installed" in said
    assert "needed for the window" in said


def test_a_package_that_does_not_load_is_missing_with_the_reason() -> None:
    finding = doctor._packages("thing", {"pillow": "no_such_module_at_all"}, advice="Do this.")

    assert finding.state is State.MISSING
    assert "no_such_module_at_all" in finding.found
    assert finding.advice == "Do this."


@pytest.mark.slow
def test_a_check_that_fails_is_a_line_and_not_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Finding:
        raise OSError("no")

    monkeypatch.setattr(doctor, "_space", broken)
    broken.__name__ = "_space"

    assert Finding("space", State.NOTE, "could not be looked at (OSError)") in find_all()


@pytest.mark.parametrize(
    ("variables", "found"),
    [({"WAYLAND_DISPLAY": "wayland-0"}, "Wayland"), ({"DISPLAY": ":9"}, "X11 (:9)"), ({}, "none")],
)
def test_the_display(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], found: str) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("WAYLAND_DISPLAY", "DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert found in doctor._display().found


@pytest.mark.parametrize("way", ["no bubblewrap", "not allowed"])
def test_running_unconfined_is_said_with_what_to_do(monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(doctor, "confinement_works", lambda: False)
    monkeypatch.setattr("shutil.which", lambda name, path=None: None if way == "no bubblewrap" else "/usr/bin/bwrap")

    finding = doctor._confinement()

    assert finding.state is State.NOTE
    assert "unconfined" in finding.found
    assert ("Install bubblewrap" if way == "no bubblewrap" else "user namespaces") in finding.advice
