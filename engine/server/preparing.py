"""Prepares one start: a fresh key, a fresh token, a socket of its own, and a process that has not been started yet."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from engine.logs import keep_secret
from engine.private_place import make_private, meeting_place
from engine.server.command import StartOrder, token_name
from engine.server.launch import Launch
from engine.server.leftovers import marker
from engine.server.process import ServerProcess
from engine.server.run import Life

SOCKET = "s"
"""The socket's name: a path to a socket may have 107 bytes, and a folder of ours has taken many of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """What stays the same from start to start; calling it makes the rest. See `StartOrder` for the fields."""

    launch: Launch
    python: Path
    model: Path
    flags: tuple[str, ...]
    home: Path
    can_sleep: bool
    card: str = ""
    draft: Path | None = None
    extra_flags: tuple[str, ...] = ()
    extra_environment: tuple[tuple[str, str], ...] = ()

    async def __call__(self, on_line: Callable[[str], None]) -> Life:
        """Make a life ready to begin.

        Raises:
            EngineError: This way of running the engine is not available, or its folder is not ours alone.
        """
        await self.launch.check()
        key, token = secrets.token_urlsafe(32), secrets.token_hex(8)
        keep_secret(key)
        folder = await asyncio.to_thread(_socket_folder, token) if self.launch.over_socket else None
        order = StartOrder(
            python=self.python,
            model=self.model,
            flags=self.flags,
            token=token,
            key=key,
            home=self.home,
            socket=folder / SOCKET if folder is not None else None,
            port=free_port() if folder is None else None,
            can_sleep=self.can_sleep and folder is not None,
            card=self.card,
            draft=self.draft,
            extra_flags=self.extra_flags,
            extra_environment=self.extra_environment,
            marker=marker(),
        )
        process = ServerProcess(await asyncio.to_thread(self.launch.command, order), on_line=on_line)
        return Life(process, self.launch.endpoint(order), token_name(token), lambda: _clean(folder))


def free_port() -> int:
    """Return a port of the loopback device that nobody has just now. Who takes it meanwhile cannot prove to be us."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _socket_folder(token: str) -> Path:
    """Make a folder for the socket alone: it is all of our meeting place that a confined engine gets to see."""
    place = meeting_place()
    make_private(place.folder)
    folder = place.file(f"e-{token[:8]}")
    make_private(folder)
    return folder


def _clean(folder: Path | None) -> None:
    if folder is not None:
        with contextlib.suppress(OSError):
            (folder / SOCKET).unlink()
        with contextlib.suppress(OSError):
            folder.rmdir()
