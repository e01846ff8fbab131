"""What ends a build in the middle leaves nothing that runs and nothing that counts; the next build goes on."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from engine.engine_errors import DownloadFailed, InstallFailed
from engine.errors import DiskFull, OutputNotWritable
from engine.logs import CarefulFormatter, stop_logging
from engine.setup.environments import CACHE, LOCK
from engine.setup.progress import CopyProgress
from engine.setup.runtime import BuildOrder, Installer, build_environment, known_environments
from tests.support.package_index import PackageIndex
from tests.support.stand_in_packages import from_index, from_kit, stand_in_kit, stand_in_wheels

both = pytest.mark.parametrize("installer", [Installer.UV, pytest.param(Installer.PIP, marks=pytest.mark.slow)])
PASSWORD = "hunter2-and-more"


def quiet(progress: CopyProgress) -> None:
    pass


def eventually(true: Callable[[], bool], within: float = 15.0) -> bool:
    deadline = time.monotonic() + within
    while not true() and time.monotonic() < deadline:
        time.sleep(0.05)
    return true()


def settled(folder: Path) -> None:
    """Wait until nothing new has come into a folder for a while: an installer that stalls has put away what it has."""
    seen: set[Path] = set()
    while (now := set(folder.rglob("*"))) != seen:
        seen = now
        time.sleep(0.7)


def running_in(root: Path) -> list[psutil.Process]:
    """Whoever on this machine has the root on its command line, but for this process."""

    def names_it(process: psutil.Process) -> bool:
        try:
            alive = process.status() != psutil.STATUS_ZOMBIE
            return alive and process.pid != os.getpid() and any(str(root) in word for word in process.cmdline())
        except psutil.Error:
            return False

    return [process for process in psutil.process_iter() if names_it(process)]


@pytest.mark.slow
@pytest.mark.parametrize("installer", Installer)
def test_a_cancelled_build_leaves_only_what_was_downloaded(tmp_path: Path, installer: Installer) -> None:
    # given an index that stalls at the second wheel
    root = tmp_path / "engines"
    with PackageIndex(stand_in_wheels(tmp_path / "wheels"), stalls_at="words") as index:
        order = from_index(root, index.settings(), installer)

        # when the build is cancelled there
        async def cancelled() -> None:
            building = asyncio.ensure_future(build_environment(order, on_progress=quiet))
            assert await asyncio.to_thread(index.stalled.wait, 60)
            await asyncio.to_thread(settled, root / CACHE)
            assert running_in(root)
            building.cancel()
            with pytest.raises(asyncio.CancelledError):
                await building
            # then, the moment it is over, nothing of it runs and nothing of it is left
            assert running_in(root) == []
            assert {path.name for path in root.iterdir()} <= {LOCK, CACHE}

        asyncio.run(cancelled())

        # and the next build goes on: what came before is not asked for again
        index.go_on.set()
        before = list(index.served)
        asyncio.run(build_environment(order, on_progress=quiet))
        again = index.served[len(before) :]
        assert "stand_in_words-1.0-py3-none-any.whl" in again
        assert not {name for name in before if "words" not in name} & set(again)
        assert [each.release for each in known_environments(root)] == ["stand-in-1.0"]
        assert not (root / CACHE).exists(), "what was downloaded has served"


@both
@pytest.mark.slow
def test_a_killed_app_takes_the_installer_with_it_and_the_next_one_goes_on(
    tmp_path: Path, installer: Installer
) -> None:
    root = tmp_path / "engines"
    with PackageIndex(stand_in_wheels(tmp_path / "wheels"), stalls_at="words") as index:
        settings = {**index.settings(), "INSTALLER": installer.value}
        app = subprocess.Popen(
            [sys.executable, "-m", "tests.support.interrupted_build", root, *(f"{k}={v}" for k, v in settings.items())],
            cwd=Path(__file__).parents[3],
        )
        try:
            assert index.stalled.wait(60)
            assert len(running_in(root)) > 1
            app.send_signal(signal.SIGKILL)
        finally:
            app.kill()
            app.wait()
        assert eventually(lambda: running_in(root) == []), running_in(root)
        assert known_environments(root) == []
        assert {path.name for path in root.iterdir()} - {LOCK, CACHE}, "it was killed too early to show anything"

        index.go_on.set()
        environment = asyncio.run(build_environment(from_index(root, index.settings(), installer), on_progress=quiet))
    assert known_environments(root) == [environment]
    assert {path.name for path in root.iterdir()} == {LOCK, "stand-in-1.0"}


@both
@pytest.mark.slow
def test_a_password_of_an_index_stays_out_of_log_error_and_command_line(
    tmp_path: Path, installer: Installer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    wheels = stand_in_wheels(tmp_path / "wheels")
    seen: list[str] = []
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(0.02):
            for process in running_in(tmp_path / "engines"):
                try:
                    seen.extend(process.cmdline())
                except psutil.Error:
                    continue

    (wheels / "stand_in_words-1.0-py3-none-any.whl").unlink()
    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        with PackageIndex(wheels, password=PASSWORD) as index:
            order = from_index(tmp_path / "engines", index.settings(), installer)
            assert PASSWORD not in repr(order)
            with pytest.raises((InstallFailed, DownloadFailed)) as caught:
                asyncio.run(build_environment(order, on_progress=quiet))
        assert "stand-in-words" in str(caught.value)
        assert not any(PASSWORD in text for text in (str(caught.value), caplog.text)) and caplog.text
        assert seen and not any(PASSWORD in word for word in seen)
        record = logging.makeLogRecord({"msg": f"somebody else writes {PASSWORD}", "levelno": logging.ERROR})
        assert PASSWORD not in CarefulFormatter().format(record)
    finally:
        ended.set()
        watcher.join()
        stop_logging()


@pytest.mark.slow
def test_a_wrong_password_is_told_as_such(tmp_path: Path) -> None:
    with PackageIndex(stand_in_wheels(tmp_path / "wheels"), password=PASSWORD) as index:
        settings = {name: text.replace(PASSWORD, "wrong") for name, text in index.settings().items()}
        with pytest.raises(DownloadFailed, match="another user or password"):
            asyncio.run(build_environment(from_index(tmp_path / "e", settings, Installer.UV), on_progress=quiet))


@pytest.mark.slow
def test_pip_says_at_last_why_it_skipped_a_source(tmp_path: Path) -> None:
    with PackageIndex(stand_in_wheels(tmp_path / "wheels"), password=PASSWORD) as index:
        settings = {name: text.replace(PASSWORD, "wrong") for name, text in index.settings().items()}
        with pytest.raises(DownloadFailed, match="another user or password"):
            asyncio.run(build_environment(from_index(tmp_path / "e", settings, Installer.PIP), on_progress=quiet))


def test_a_disk_that_fills_up_meanwhile_is_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kit = stand_in_kit(tmp_path / "kit", part_bytes=20_000)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("engine.setup.runtime.prepare_kit", full)
    with pytest.raises(DiskFull):
        asyncio.run(build_environment(from_kit(tmp_path / "engines", kit.folder), on_progress=quiet))
    assert {path.name for path in (tmp_path / "engines").iterdir()} == {LOCK}


def test_a_root_that_cannot_be_written_is_told_as_such(tmp_path: Path) -> None:
    kit = stand_in_kit(tmp_path / "kit")
    (tmp_path / "engines").touch()
    with pytest.raises(OutputNotWritable):
        asyncio.run(build_environment(from_kit(tmp_path / "engines", kit.folder), on_progress=quiet))


@pytest.mark.parametrize("moment", range(0, 12, 2))
@pytest.mark.slow
def test_cancelled_at_any_moment_it_is_whole_or_not_there(tmp_path: Path, moment: int) -> None:
    kit = stand_in_kit(tmp_path / "kit", part_bytes=20_000)
    root = tmp_path / "engines"
    told: list[CopyProgress] = []

    async def run(order: BuildOrder) -> None:
        building = asyncio.ensure_future(build_environment(order, on_progress=told.append))
        await asyncio.sleep(moment / 10)
        building.cancel()
        await asyncio.wait([building])
        if not building.cancelled():
            building.result()

    asyncio.run(run(from_kit(root, kit.folder)))
    assert running_in(root) == []
    left = {path.name for path in root.iterdir()} - {LOCK, CACHE} if root.exists() else set()
    assert left == {each.folder.name for each in known_environments(root)}
