"""Keeps the key of a shared server: in the system's keyring where there is one, else in a file that is ours alone."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import stat
import threading
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from engine.engine_errors import EngineNotPermitted
from engine.errors import DiskFull
from engine.logs import keep_secret
from engine.paths import paths
from engine.settings import write_private

log = logging.getLogger(__name__)

SERVICE = "diglot"
KEYRING_WITHIN_S = 8.0
"""A locked keyring asks for its password, and some hang: whoever is slower than this has no keyring this time."""
MOST_BYTES = 1 << 18

T = TypeVar("T")


class KeyPlace(StrEnum):
    """Where a key was put."""

    KEYRING = "keyring"
    FILE = "file"


class NoKeyringError(Exception):
    """There is no keyring that can be used, or it does not answer."""


_hanging: threading.Thread | None = None


def key_file() -> Path:
    """Return where keys lie that no keyring took."""
    return paths().state / "server-keys.json"


async def keep_server_key(url: str, key: str) -> KeyPlace:
    """Keep the key for the server at this address, in place of an older one; return where.

    Raises:
        EngineNotPermitted: The file cannot be written, or others can read it.
        DiskFull: No space left.
    """
    keep_secret(key)
    try:
        await _with_keyring(lambda keyring: _keep(keyring, url, key))
    except NoKeyringError:
        await asyncio.to_thread(_change_file, url, key)
        return KeyPlace.FILE
    await asyncio.to_thread(_change_file, url, None)
    return KeyPlace.KEYRING


async def server_key(url: str) -> str | None:
    """Return the key for the server at this address, None where none was kept.

    The file is asked first: what lies there is newer, for a key that the keyring takes is removed from it.

    Raises:
        EngineNotPermitted: Others can read the file.
    """
    key = (await asyncio.to_thread(_read_file)).get(url)
    if key is None:
        with contextlib.suppress(NoKeyringError):
            key = await _with_keyring(lambda keyring: keyring.get_password(SERVICE, url))
    if key is not None:
        keep_secret(key)
    return key


async def forget_server_key(url: str) -> None:
    """Remove the key for the server at this address from wherever it lies.

    Raises:
        EngineNotPermitted: The file cannot be written, or others can read it.
    """
    with contextlib.suppress(NoKeyringError):
        await _with_keyring(lambda keyring: _forget(keyring, url))
    await asyncio.to_thread(_change_file, url, None)


# -- the keyring, asked in a thread of its own that nobody has to wait for


async def _with_keyring(use: Callable[[Any], T]) -> T:
    """Return what `use` makes of the keyring.

    Raises:
        NoKeyringError: There is none, it refuses, or it takes too long.
    """
    global _hanging
    if _hanging is not None and _hanging.is_alive():
        raise NoKeyringError  # it still waits for somebody; a second question would only wait behind the first
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[T] = loop.create_future()

    def settle(value: T | None, problem: Exception | None) -> None:
        if outcome.done():
            return
        if problem is None:
            outcome.set_result(value)  # type: ignore[arg-type]
        else:
            outcome.set_exception(NoKeyringError(type(problem).__name__))

    def ask() -> None:
        value, problem = None, None
        try:
            value = use(_keyring())
        except Exception as any_kind:  # each system's backend raises what its own libraries raise
            problem = any_kind
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, value, problem)

    asking = threading.Thread(target=ask, name="keyring", daemon=True)
    asking.start()
    try:
        async with asyncio.timeout(KEYRING_WITHIN_S):
            return await outcome
    except TimeoutError:
        _hanging = asking
        log.warning("The system's keyring does not answer; the server's key is kept in a file.")
        raise NoKeyringError from None


def _keyring() -> Any:
    """Return the system's keyring. One that keeps keys in plain text, or none at all, counts as no keyring."""
    import keyring
    from keyring.backends import chainer, fail, null

    chosen = keyring.get_keyring()
    offered = list(chosen.backends) if isinstance(chosen, chainer.ChainerBackend) else [chosen]
    for each in offered:
        plain = type(each).__module__.startswith("keyrings.alt")  # files, in plain text or with a password asked for
        if not plain and not isinstance(each, fail.Keyring | null.Keyring) and each.priority >= 1:
            return each
    raise NoKeyringError


def _keep(keyring: Any, url: str, key: str) -> None:
    keyring.set_password(SERVICE, url, key)
    if keyring.get_password(SERVICE, url) != key:
        raise NoKeyringError


def _forget(keyring: Any, url: str) -> None:
    if keyring.get_password(SERVICE, url) is not None:
        keyring.delete_password(SERVICE, url)


# -- the file


def _read_file() -> dict[str, str]:
    """Return all keys of the file. What is no key is left out."""
    file = key_file()
    try:
        handle = os.open(file, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(handle, "rb") as stream:
            _see_that_it_is_ours(file, os.fstat(handle))
            raw = stream.read(MOST_BYTES)
    except FileNotFoundError:
        return {}
    except OSError as problem:
        raise EngineNotPermitted(str(file), detail=problem.strerror or "") from problem
    try:
        told = json.loads(raw)
    except (ValueError, RecursionError):
        log.warning("The keys in %s cannot be read; they count as not there.", file)
        told = None
    return {url: key for url, key in told.items() if isinstance(key, str)} if isinstance(told, dict) else {}


def _see_that_it_is_ours(file: Path, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise EngineNotPermitted(str(file), detail="it is not an ordinary file")
    if os.name != "posix":
        return  # there the user's own profile keeps others out
    if found.st_uid != os.getuid():
        raise EngineNotPermitted(str(file), detail="it belongs to another user")
    if found.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise EngineNotPermitted(str(file), detail="others can read it; change the key, and remove this file")


def _change_file(url: str, key: str | None) -> None:
    """Put a key into the file, or take it out; the last one takes the file with it."""
    keys = _read_file()
    if keys.get(url) == key:
        return
    if key is None:
        del keys[url]
    else:
        keys[url] = key
    try:
        if keys:
            write_private(key_file(), json.dumps(keys, indent=2) + "\n")
        else:
            key_file().unlink()
    except OSError as problem:
        if problem.errno in (28, 122):  # ENOSPC, EDQUOT
            raise DiskFull(str(key_file())) from problem
        raise EngineNotPermitted(str(key_file()), detail=problem.strerror or "") from problem
