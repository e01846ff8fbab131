"""Where Qt has no screen to draw on it aborts with a core dump; here this ends with words and an exit code instead."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler


class WhileItStarts:
    """Hears what Qt says while the application is made; nothing is loaded for it unless that fails."""

    def __init__(self) -> None:
        self._said: list[str] = []

    def __enter__(self) -> None:
        qInstallMessageHandler(self._hear)

    def __exit__(self, *_failure: object) -> None:
        """Pass on what was said: it was no reason not to start."""
        qInstallMessageHandler(None)
        for message in self._said:
            sys.stderr.write(f"{message}\n")

    def _hear(self, kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
        if kind is QtMsgType.QtFatalMsg:
            give_up()
        self._said.append(message)


def give_up() -> NoReturn:
    """Say why there is no window, and end at once: back in Qt the process would be aborted."""
    from engine.errors import NoDisplay

    library = missing_library()
    detail = f"the system has no {library}, which Qt needs; install the package that has it" if library else ""
    sys.stderr.write(f"diglot: {NoDisplay(os.environ.get('DISPLAY', ''), detail=detail)}\n")
    sys.stderr.flush()
    os._exit(NoDisplay.exit_code)


def missing_library() -> str:
    """Return the shared library without which Qt cannot draw on an X server; "" where none is missing or known."""
    import ctypes

    import PySide6

    plugin = Path(PySide6.__file__).parent / "Qt" / "plugins" / "platforms" / "libqxcb.so"
    try:
        if plugin.is_file():
            ctypes.CDLL(str(plugin))
    except OSError as failure:
        name, _, why = str(failure).partition(":")
        return name if "cannot open shared object file" in why else ""
    return ""
