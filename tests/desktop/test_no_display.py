"""A window without a screen: words and an exit code of its own instead of a core dump."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from pathlib import Path

import pytest

from desktop.no_display import missing_library

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="displays of Linux")


@pytest.mark.parametrize("more", [{}, {"DISPLAY": ":4711"}, {"QT_QPA_PLATFORM": "nonsense"}])
def test_a_window_without_a_screen_says_so(more: dict[str, str], tmp_path: Path) -> None:
    without = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
    kept = {name: value for name, value in os.environ.items() if name not in without}
    ended = subprocess.run(
        [sys.executable, "-m", "desktop"],
        capture_output=True,
        text=True,
        timeout=60,
        env={**kept, **more, "DIGLOT_HOME": str(tmp_path)},
        check=False,
    )

    assert ended.returncode == 60, ended.stderr
    assert "There is no display to open the window on" in ended.stderr
    assert "diglot read" in ended.stderr and len(ended.stderr.splitlines()) == 1


def test_the_library_that_qt_lacks_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_path: str) -> None:
        raise OSError("libxcb-cursor.so.0: cannot open shared object file: No such file or directory")

    assert missing_library() == "" or missing_library().startswith("lib")
    monkeypatch.setattr(ctypes, "CDLL", fail)

    assert missing_library() == "libxcb-cursor.so.0"
