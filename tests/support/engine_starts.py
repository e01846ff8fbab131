"""Counts how often the real vLLM is started below this process, whoever starts it.

A start takes half a minute and three gigabytes, so the suite has a budget of them. They are seen, not declared: what
runs below the tests is looked at once a second, and no server that is started is gone by then.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

import psutil

from tests.support.real_home import FRONT

LOOK_EVERY_S = 0.5


class Starts:
    """The front processes of vLLM that were seen so far."""

    def __init__(self) -> None:
        """See none yet."""
        self._seen: set[tuple[int, float]] = set()

    @property
    def count(self) -> int:
        """How many there were."""
        return len(self._seen)

    def look(self) -> None:
        """Look below this process."""
        for process in psutil.Process().children(recursive=True):
            with contextlib.suppress(psutil.Error):
                parent = process.parent()
                # A process that has just been forked still has its parent's words.
                if _is_front(process) and not (parent is not None and _is_front(parent)):
                    self._seen.add((process.pid, process.create_time()))


@contextlib.contextmanager
def counted_starts() -> Iterator[Starts]:
    """Count for as long as the block takes."""
    starts, over = Starts(), threading.Event()

    def watch() -> None:
        while not over.wait(LOOK_EVERY_S):
            starts.look()

    watching = threading.Thread(target=watch, name="starts-of-vllm", daemon=True)
    watching.start()
    try:
        yield starts
    finally:
        over.set()
        watching.join()


def _is_front(process: psutil.Process) -> bool:
    return process.cmdline()[1:3] == ["-m", FRONT]
