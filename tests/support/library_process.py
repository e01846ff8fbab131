"""A process that works in a library, to be killed: `python -m tests.support.library_process WORK FOLDER …`."""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil

from engine.store.records import ReadingKey
from tests.support.kept_library import opened
from tests.support.kept_pages import facts, page

ROOT = Path(__file__).parents[2]
PAGES_AT_ONCE = 4


def start(work: str, folder: Path, *words: str | int | Path) -> subprocess.Popen[str]:
    """Start one; it tells on standard output how far it is, line by line, and waits for nobody."""
    command = [sys.executable, "-m", "tests.support.library_process", work, str(folder), *map(str, words)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def deadly_run(work: str, folder: Path, *words: str | int | Path) -> None:
    """Let one work until it is killed."""
    process = start(work, folder, *words)
    process.communicate()
    assert process.returncode == -signal.SIGKILL


def whole_run(work: str, folder: Path, *words: str | int | Path) -> list[str]:
    """Let one do all of its work and return what it told."""
    return ended(start(work, folder, *words))


def ended(process: subprocess.Popen[str]) -> list[str]:
    """Wait for the orderly end of one and return what it told."""
    told, _ = process.communicate()
    assert process.returncode == 0
    return told.splitlines()


def words_of_page(name: str, number: int) -> str:
    """Return what stands on a page that a process keeps."""
    return f"Page {number} of {name} tells of number{number} and 第{number}页合同"


async def keep(folder: Path, name: str, first: str, last: str) -> None:
    """Keep pages, several at once as they are read, and say each number once it is kept."""
    async with opened(folder) as library:
        document, numbers = facts(name, int(last)), range(int(first), int(last) + 1)
        job = await library.begin_job(document, ReadingKey("cpu"), numbers)
        _tell("begun")
        row = asyncio.Semaphore(PAGES_AT_ONCE)

        async def one(number: int) -> None:
            async with row:
                assert await library.keep(document.sha256, page(number, words_of_page(name, number)), job=job)
                _tell(number)

        await asyncio.gather(*(one(number) for number in numbers))


async def grow(folder: Path, last: str) -> None:
    """Keep many pages, search now and then, and say after every five hundred how much memory that takes."""
    me = psutil.Process()
    async with opened(folder) as library:
        document = facts("long.pdf", int(last))
        await library.note(document)
        for number in range(1, int(last) + 1):
            texts = [f"{words_of_page('long.pdf', number)} paragraph {part} " * 8 for part in range(12)]
            await library.keep(document.sha256, page(number, *texts))
            if number % 50 == 0:
                await library.search(f"number{number} 合同")
                await library.newest(document.sha256, range(number - 20, number))
            if number % 500 == 0:
                _tell(json.dumps({"pages": number, "rss": me.memory_info().rss}))


async def forget(folder: Path, name: str, die_at: str = "") -> None:
    """Forget a document, and die at some step on the way."""
    async with opened(folder) as library:
        _die_at(die_at)
        await library.forget(facts(name).sha256)


async def move(folder: Path, to: str, note: str, die_at: str = "") -> None:
    """Move the library, note its new place in a file as the settings would, and die at some step on the way."""

    def settle(place: Path) -> None:
        written = Path(f"{note}.part")
        written.write_text(str(place))
        written.replace(note)

    async with opened(folder) as library:
        _die_at(die_at)
        await library.move(Path(to), settle=settle)


def _die_at(step: str) -> None:
    """Have the process killed before or after a function of the store: "before engine.store.moving copy_whole"."""
    if not step:
        return
    when, module, *way, name = step.split()
    owner: Any = importlib.import_module(module)
    for each in way:
        owner = getattr(owner, each)
    real = getattr(owner, name)

    def deadly(*words: Any, **more: Any) -> Any:
        if when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        real(*words, **more)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(owner, name, deadly)


def _tell(what: object) -> None:
    print(what, flush=True)


if __name__ == "__main__":
    works: dict[str, Any] = {"keep": keep, "grow": grow, "forget": forget, "move": move}
    asyncio.run(works[sys.argv[1]](Path(sys.argv[2]), *sys.argv[3:]))
