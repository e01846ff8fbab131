"""The command `diglot` as the app that is killed: started on a job, killed, started again on what is left of it.

What it has kept is read from its library by SQLite alone, while it lives and when it is dead.
"""

from __future__ import annotations

import contextlib
import json
import random
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import psutil

from tests.support.children import left_of
from tests.support.command import DIGLOT, diglot, environment
from tests.support.real_home import engine_processes

LOOK_EVERY_S = 0.05
FINISHED_WITHIN_S = 600.0
GONE_WITHIN_S = 5.0


class Moment(NamedTuple):
    """When the app is killed: so long after so many pages are kept, or after its start where they are kept already."""

    pages: int
    delay_s: float


def moments(count: int, pages: int, *, chance: random.Random) -> list[Moment]:
    """Return so many moments, spread over a job of so many pages."""
    return [Moment(kept, chance.uniform(0.0, 1.5)) for kept in sorted(chance.sample(range(pages - 1), count))]


class KilledApp:
    """One document that is read over several lives of the app, in a folder that holds its home."""

    def __init__(self, folder: Path, document: Path, *, reader: str) -> None:
        """Start nothing yet. The home is `folder`/.home, and must have its settings."""
        self.folder = folder
        self._document = document
        self._reader = reader

    def kept(self) -> dict[int, int]:
        """Return the number of every kept page with the number of its reading: a page read again has a higher one."""
        file = self.folder / ".home" / "data" / "library" / "library.db"
        if not file.exists():
            return {}
        with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=10.0)) as library:
            asked = "SELECT pages.number, readings.id FROM readings JOIN pages ON pages.id = readings.page"
            try:
                return dict(library.execute(asked).fetchall())
            except sqlite3.OperationalError:  # it is just being made
                return {}

    def live_until(self, moment: Moment) -> list[psutil.Process]:
        """Start the app on what is left, kill it at that moment, and return what of it is still there after a while."""
        with self._started() as app:
            self._wait_for_pages(app, moment.pages)
            time.sleep(moment.delay_s)
            return _killed(app)

    def live_until_engine_starts(self) -> list[psutil.Process]:
        """Kill it as soon as its own engine has begun to start."""
        with self._started() as app:
            parent = psutil.Process(app.pid)
            while not engine_processes(parent):
                assert app.poll() is None, "the app ended before its engine was started"
                time.sleep(LOOK_EVERY_S)
            time.sleep(1.0)
            return _killed(app)

    def live_to_the_end(self) -> int:
        """Let it do all that is left and return its exit code."""
        with self._started() as app:
            return app.wait(FINISHED_WITHIN_S)

    def jobs(self) -> list[dict[str, object]]:
        """Return the kept jobs as the command tells them."""
        told = diglot("jobs", "--json", cwd=self.folder)
        assert told.code == 0, told.err
        jobs: list[dict[str, object]] = json.loads(told.out)["jobs"]
        return jobs

    @contextlib.contextmanager
    def _started(self) -> Iterator[subprocess.Popen[bytes]]:
        jobs = self.jobs()
        words = (
            ["jobs", "resume", str(jobs[0]["id"])]
            if jobs
            else ["read", "--keep", "--reader", self._reader, str(self._document)]
        )
        with (self.folder / "app.log").open("ab") as log:
            app = subprocess.Popen(
                [DIGLOT, *words, "-o", "read.md"],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment(self.folder / ".home"),
                start_new_session=True,
            )
            try:
                yield app
            finally:
                app.kill()
                app.wait()

    def _wait_for_pages(self, app: subprocess.Popen[bytes], pages: int) -> None:
        deadline = time.monotonic() + FINISHED_WITHIN_S
        while len(self.kept()) < pages:
            log = self.folder / "app.log"
            assert app.poll() is None, f"the app ended:\n{log.read_text('utf-8', errors='replace')[-2000:]}"
            assert time.monotonic() < deadline, f"{len(self.kept())} of {pages} pages are kept"
            time.sleep(LOOK_EVERY_S)


def _killed(app: subprocess.Popen[bytes]) -> list[psutil.Process]:
    assert app.poll() is None, "the app ended before it was killed"
    family = psutil.Process(app.pid).children(recursive=True)
    app.send_signal(signal.SIGKILL)
    app.wait()
    return left_of(family, within=GONE_WITHIN_S)
