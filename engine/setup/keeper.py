"""Runs one command and outlives nobody: `python -m engine.setup.keeper COMMAND …`.

An installer is told nothing when the app that started it is killed; it would go on filling the disk. So between the two
stands this process. Its standard input is a pipe from the app that carries nothing: when it ends, the app is gone, and
the whole process group goes, too.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

CANNOT_START = 127
"""What a shell says, too, of a command that is not there."""


def main() -> None:
    """Run the command, and end as it ended: with its code, or with 128 and the number of the signal."""
    threading.Thread(target=_end_with_starter, daemon=True).start()
    try:
        code = subprocess.call(sys.argv[1:], stdin=subprocess.DEVNULL)
    except OSError as problem:
        sys.stderr.write(f"error: {sys.argv[1]}: {problem.strerror}\n")
        code = CANNOT_START
    sys.stdout.flush()
    os._exit(code if code >= 0 else 128 - code)  # a thread still waits at the pipe, and shall not be waited for


def _end_with_starter() -> None:
    while os.read(0, 1):
        pass
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
