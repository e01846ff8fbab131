"""A library opened for a test, and its files as their neighbours see them.

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

Answer = TypeVar("Answer")
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
