"""The model from the internet, only ever on a button that says so: fetched, held against known hashes, and taken in.

What has come stays when a connection breaks or the program ends, and is gone on with the next time.
"""

from __future__ import annotations

import asyncio
import functools
import shutil
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

from engine.engine_errors import DownloadFailed
from engine.errors import Cancelled, DiglotError
from engine.setup.background import Stop, in_thread
from engine.setup.checkpoint import ModelInfo, examine
from engine.setup.checkpoint_files import WEIGHTS
from engine.setup.fetching import Fetcher, NotThereError
from engine.setup.hubs import HUBS, Hub, HubName, RemoteFile
from engine.setup.importing import check, take_in, told_nobody
from engine.setup.model_manifest import read_own
from engine.setup.part_file import PartFile
from engine.setup.progress import ProgressListener, ProgressMeter
from engine.setup.storing import DOWNLOADING, alone_in, cannot_write, check_space, clear_leftovers

__all__ = ["HUBS", "Hub", "HubName", "download_model", "forget_download"]

Result = TypeVar("Result")

CONNECT_WITHIN_S = 20.0
ANSWER_WITHIN_S = 60.0
PAUSE_S = 1.0
"""Before the second try."""
MODEL_FOLDER = "HunyuanOCR-1.5"


async def download_model(hub: HubName | Hub, into: Path, *, on_progress: ProgressListener) -> ModelInfo:
    """Download HunyuanOCR 1.5 into a folder of its own below `into`. A proxy that the environment names is used.

    A copy that is there, whole, is not fetched again.

    Raises:
        DownloadFailed: The network or the server said no; what has come is kept.
        ModelDamaged: What came is not what was published.
        DiskFull, OutputNotWritable: It cannot be written; `DiskFull` says how much is missing.
        SetupError: Another import into this folder is running.
    """
    place = HUBS[hub] if isinstance(hub, HubName) else hub
    return await in_thread(functools.partial(_download, place, into), on_progress)


def forget_download(into: Path) -> None:
    """Throw away what an unfinished download has left."""
    shutil.rmtree(into / f".{MODEL_FOLDER}{DOWNLOADING}", ignore_errors=True)


def _download(hub: Hub, into: Path, stop: Stop, tell: ProgressListener) -> ModelInfo:
    with alone_in(into):
        clear_leftovers(into)
        there = _already_there(hub, into / MODEL_FOLDER, stop, tell)
        if there is not None:
            return there
        folder = into / f".{MODEL_FOLDER}{DOWNLOADING}"
        try:
            folder.mkdir(exist_ok=True)
        except OSError as problem:
            raise cannot_write(folder, problem) from problem
        hashes = _until_stopped(_fetch_all(hub, folder, stop, tell), stop)
        model = take_in(examine(folder), into, hashes=None, stop=stop, tell=told_nobody, owned=hashes)
        forget_download(into)
        return model


def _already_there(hub: Hub, target: Path, stop: Stop, tell: ProgressListener) -> ModelInfo | None:
    """Return the copy that is there if its weights are the published ones, and nothing of it is damaged."""
    published = {file.sha256 for file in hub.files if file.name == WEIGHTS and file.sha256}
    try:
        own = read_own(target)
        if own is None or published != {entry.sha256 for entry in own.entries if entry.path == WEIGHTS}:
            return None
        return check(target, stop, tell)
    except Cancelled:
        raise
    except DiglotError:
        return None


async def _fetch_all(hub: Hub, folder: Path, stop: Stop, tell: ProgressListener) -> dict[Path, str]:
    """Fetch what is missing and return the hash of every file."""
    import httpx2

    timeout = httpx2.Timeout(ANSWER_WITHIN_S, connect=CONNECT_WITHIN_S)
    try:
        client = httpx2.AsyncClient(timeout=timeout, trust_env=True, headers={"User-Agent": "Diglot"})
    except (ValueError, ImportError, OSError, httpx2.InvalidURL) as problem:
        detail = "the proxy or the file of certificates that the environment names cannot be used"
        raise DownloadFailed(hub.title, detail=detail) from problem
    async with client:
        fetcher = Fetcher(client, hub, pause_s=PAUSE_S)
        sizes = await _sizes(fetcher, hub)
        parts = {file: PartFile(folder / file.name, keep=bool(file.sha256)) for file in sizes}
        try:
            for part in parts.values():
                part.open(stop)
            already = sum(part.bytes for part in parts.values())
            whole = sum(size or 0 for size in sizes.values())
            check_space(folder, whole - already)
            meter = ProgressMeter(whole, tell, already_bytes=already)
            for file, part in parts.items():
                await fetcher.fetch(file, part, sizes[file], functools.partial(meter.add, name=file.name))
                part.finish()
        finally:
            for part in parts.values():
                part.close()
    return {part.target: part.sha256 for part in parts.values()}


async def _sizes(fetcher: Fetcher, hub: Hub) -> dict[RemoteFile, int | None]:
    """Ask for the sizes of all files, leaving out those that are not there and not needed."""
    sizes: dict[RemoteFile, int | None] = {}
    for file in hub.files:
        try:
            sizes[file] = await fetcher.size_of(file)
        except NotThereError:
            continue
    return sizes


def _until_stopped(work: Coroutine[Any, Any, Result], stop: Stop) -> Result:
    """Run a coroutine on a loop of this thread's own: two gigabytes in small pieces would keep the app's loop busy."""
    loop = asyncio.new_event_loop()

    async def watched() -> Result:
        task = asyncio.current_task()
        assert task is not None
        stop.when_asked(functools.partial(loop.call_soon_threadsafe, task.cancel))
        try:
            return await work
        finally:
            stop.when_asked(None)

    try:
        return loop.run_until_complete(watched())
    except asyncio.CancelledError:
        raise Cancelled from None
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()  # without waiting for a name that is still being looked up
