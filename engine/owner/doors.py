"""Where the owner is reached: a Unix socket that tells who knocks, or a loopback port with a token in a private file.

Both begin alike. Owner and command each show, for a number the other has just made up, that they know the door's
token. At a Unix socket the token is empty, because the system itself says whose process the other one is.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
import os
import secrets
import socket
import struct
import sys
from typing import Any, Protocol

from engine.engine_errors import Impostor, NoOwner
from engine.private_place import SOCKET, Place
from engine.settings import write_private

PORT_FILE = "owner.json"
WAITING = 64
"""How many may knock at once before one of them is let in."""

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Door(Protocol):
    """One way to reach the owner."""

    token: str

    def open(self) -> socket.socket:
        """Return a listening socket; what a dead owner left there is replaced. Blocks for a moment; raises OSError."""

    def admits(self, connection: socket.socket) -> bool:
        """Return whether the other end belongs to this user, as far as the system says so."""

    async def knock(self) -> Streams:
        """Reach the owner.

        Raises:
            NoOwner: Nobody is there.
            Impostor: Another user's process is.
        """

    def remove(self) -> None:
        """Leave no file."""


def door_of(place: Place) -> Door:
    """Return this system's door where owner and commands meet."""
    return UnixDoor(place) if os.name == "posix" else LoopbackDoor(place)


class UnixDoor:
    """A socket in a folder that only this user can enter."""

    token = ""

    def __init__(self, place: Place) -> None:
        """Open nothing yet."""
        self._path = place.file(SOCKET)

    def open(self) -> socket.socket:
        """Return a listening socket; what a dead owner left there is replaced."""
        self.remove()
        listening = socket.socket(socket.AF_UNIX)
        try:
            listening.bind(str(self._path))
            self._path.chmod(0o600)  # before `listen`, so that nobody was let in before
            listening.listen(WAITING)
        except BaseException:
            listening.close()
            raise
        return listening

    def admits(self, connection: socket.socket) -> bool:
        """Return whether the other end is a process of this user's."""
        return peer_user(connection) == os.getuid()

    async def knock(self) -> Streams:
        """Reach the owner."""
        try:
            reader, writer = await asyncio.open_unix_connection(str(self._path))
        except OSError as problem:
            raise NoOwner from problem
        if not self.admits(writer.get_extra_info("socket")):
            writer.transport.abort()
            raise Impostor(detail="it belongs to another user")
        return reader, writer

    def remove(self) -> None:
        """Leave no socket."""
        with contextlib.suppress(OSError):
            self._path.unlink()


class LoopbackDoor:
    """A port of this machine alone, and a file that says which, with the token.

    On Windows the file is kept from others by standing in the user's own profile.
    """

    def __init__(self, place: Place) -> None:
        """Open nothing yet."""
        self._file = place.file(PORT_FILE)
        self.token = ""

    def open(self) -> socket.socket:
        """Return a listening socket; what a dead owner left there is replaced."""
        listening = socket.socket(socket.AF_INET)
        try:
            if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):  # else Windows lets another program share the port
                listening.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
            listening.bind(("127.0.0.1", 0))
            listening.listen(WAITING)
            self.token = secrets.token_hex(32)
            told = {"port": listening.getsockname()[1], "token": self.token}
            write_private(self._file, json.dumps(told))
        except BaseException:
            listening.close()
            raise
        return listening

    def admits(self, connection: socket.socket) -> bool:
        """Admit everybody: the token decides."""
        return True

    async def knock(self) -> Streams:
        """Reach the owner."""
        try:
            port, self.token = await asyncio.to_thread(self._read)
            return await asyncio.open_connection("127.0.0.1", port)
        except (OSError, ValueError) as problem:
            raise NoOwner from problem

    def remove(self) -> None:
        """Leave no file."""
        with contextlib.suppress(OSError):
            self._file.unlink()

    def _read(self) -> tuple[int, str]:
        with self._file.open("rb") as stream:
            raw = stream.read(4096)
        try:
            told: Any = json.loads(raw)
        except RecursionError:
            told = None
        port, token = (told.get("port"), told.get("token")) if isinstance(told, dict) else (None, None)
        if not isinstance(port, int) or not 0 < port < 1 << 16 or not isinstance(token, str) or len(token) < 32:
            raise ValueError("not what an owner writes")
        return port, token


def peer_user(connection: socket.socket) -> int | None:
    """Return the user of the process at the other end of a Unix socket, None where the system does not say."""
    if sys.platform == "darwin":
        # struct xucred: version, user, …; SOL_LOCAL is 0, LOCAL_PEERCRED 1
        with contextlib.suppress(OSError):
            version, user = struct.unpack_from("=II", connection.getsockopt(0, 1, 76))
            return int(user) if version == 0 else None
    elif hasattr(socket, "SO_PEERCRED"):
        with contextlib.suppress(OSError):
            said = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("iII"))
            return int(struct.unpack("iII", said)[1])
    return None


def proof(token: str, whose: str, nonce: str) -> str:
    """Return what only who knows the token can say about a number; `whose` keeps one side from echoing the other."""
    return hmac.new(token.encode(), f"{whose}:{nonce}".encode(errors="replace"), hashlib.sha256).hexdigest()


def proves(token: str, whose: str, nonce: str, untrusted_proof: Any) -> bool:
    """Return whether the other end knows the token."""
    if not isinstance(untrusted_proof, str):
        return False
    return hmac.compare_digest(untrusted_proof.encode(errors="replace"), proof(token, whose, nonce).encode())
