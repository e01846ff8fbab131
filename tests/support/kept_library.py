"""A library on the disk as its neighbours see it: its bytes, its rows, and processes of their own that write to it.

Nothing here opens the file in the test's own process but through SQLite: closing it would drop SQLite's locks.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from engine.store.library import Library, open_library
from engine.store.records import ReadingKey
from tests.support.kept_pages import facts, page

Answer = TypeVar("Answer")
ROOT = Path(__file__).parents[2]
_READ_ALL = """
import pathlib, sys
for file in pathlib.Path(sys.argv[1]).rglob("*"):
    if file.is_file():
        sys.stdout.buffer.write(file.read_bytes())
"""


@asynccontextmanager
async def opened(folder: Path, *, check: bool = True) -> AsyncIterator[Library]:
    """Open a library and close it at the end."""
    library = await open_library(folder, check=check)
    try:
        yield library
    finally:
        await library.close()


def with_library(folder: Path, work: Callable[[Library], Awaitable[Answer]]) -> Answer:
    """Open a library, do something with it, close it."""

    async def run() -> Answer:
        async with opened(folder) as library:
            return await work(library)

    return asyncio.run(run())


def bytes_in(folder: Path) -> bytes:
    """Return the bytes of every file in a folder, read by another process."""
    return subprocess.run([sys.executable, "-c", _READ_ALL, folder], capture_output=True, check=True).stdout


def writing_process(folder: Path, name: str, first: int, last: int, *, job: bool = True) -> subprocess.Popen[str]:
    """Start a process that keeps pages of a document and says each number once it is kept."""
    words = [
        sys.executable,
        "-m",
        "tests.support.kept_library",
        str(folder),
        name,
        str(first),
        str(last),
        str(int(job)),
    ]
    return subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def words_of_page(name: str, number: int) -> str:
    """Return what stands on a page that a writing process keeps."""
    return f"Page {number} of {name} tells of number{number} and 第{number}页合同"


async def _write(folder: Path, name: str, first: int, last: int, job: bool) -> None:
    async with opened(folder) as library:
        document, numbers = facts(name, last), range(first, last + 1)
        work = await library.begin_job(document, ReadingKey("cpu"), numbers) if job else ""
        if not job:
            await library.note(document)
        print("begun", flush=True)
        # Several at once, as pages are read.
        row = asyncio.Semaphore(4)

        async def keep(number: int) -> None:
            async with row:
                assert await library.keep(document.sha256, page(number, words_of_page(name, number)), job=work)
                print(number, flush=True)

        await asyncio.gather(*(keep(number) for number in numbers))


if __name__ == "__main__":
    asyncio.run(_write(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5] == "1"))
