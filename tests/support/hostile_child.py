"""A helper process that was taken over: it tries the network, the home folder and the disk, and answers with rubbish.

It is handed to Python as text, because nothing of `tests` is visible where it runs.
"""

from __future__ import annotations

import json
import mmap
import os
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from engine.children import serving
from engine.children.serving import Answer, Call, serve


def attempt(call: Call) -> Answer:
    """Do what the request says and tell how far it came."""
    fields = call.fields
    match call.op:
        case "echo":
            return {"blob": len(call.blob), **fields}, (call.blob,)
        case "wait":
            deadline = time.monotonic() + fields["seconds"]
            while time.monotonic() < deadline:
                if call.cancelled and not fields.get("deaf"):
                    return {"cancelled": True}, ()
                time.sleep(0.01)
            return {"waited": True}, ()
        case "network":
            return {"reached": network(fields["port"], fields["places"])}, ()
        case "look":
            return {"seen": [place for place in fields["places"] if seen(place)]}, ()
        case "write":
            return {"written": [place for place in fields["places"] if written(place)]}, ()
        case "harm":
            return {"done": harm(fields["fd"])}, ()
        case "processes":
            return {"pids": [int(place.name) for place in Path("/proc").iterdir() if place.name.isdigit()]}, ()
        case "environment":
            return {"names": sorted(os.environ), "words": sys.argv}, ()
        case "grow":
            return {"grown": len(bytearray(fields["bytes"]))}, ()
        case "exit":
            os._exit(fields["code"])
        case "signal":
            os.kill(os.getpid(), fields["signal"])
    misbehave(call)
    return {}, ()


def network(port: int, places: list[str]) -> list[str]:
    """Return which hosts and which Unix sockets take a call; an abstract one's name begins with a zero byte."""
    reached = []
    for host in ("127.0.0.1", "::1", "192.0.2.1", "8.8.8.8"):
        try:
            socket.create_connection((host, port), timeout=1).close()
            reached.append(host)
        except OSError:
            pass
    for place in places:
        try:
            with socket.socket(socket.AF_UNIX) as client:
                client.connect(place)
            reached.append(place)
        except OSError:
            pass
    return reached


def seen(place: str) -> bool:
    try:
        return bool(list(Path(place).iterdir()) if os.path.isdir(place) else Path(place).read_bytes())
    except OSError:
        return False


def written(place: str) -> bool:
    try:
        with open(os.path.join(place, "diglot-was-here"), "wb"):
            return True
    except OSError:
        return False


def harm(fd: int) -> list[str]:
    """Try to change the open file `fd` in every way there is; return those that the system let pass."""
    own = f"/proc/self/fd/{fd}"

    def map_and_write() -> None:
        with mmap.mmap(os.open(own, os.O_RDWR), 0) as view:
            view[:4] = b"EVIL"

    ways: dict[str, Callable[[], object]] = {
        "write": lambda: os.write(fd, b"EVIL"),
        "open and write": lambda: os.write(os.open(own, os.O_WRONLY), b"EVIL"),
        "open and map": map_and_write,
        "open and cut": lambda: os.open(own, os.O_RDONLY | os.O_TRUNC),
        "cut": lambda: os.ftruncate(fd, 3),
        "cut by name": lambda: os.truncate(own, 3),
        "permissions": lambda: os.fchmod(fd, 0o777),
        "permissions by name": lambda: Path(own).chmod(0o777),
        "owner": lambda: os.fchown(fd, os.getuid(), os.getgid()),
        "times": lambda: os.utime(fd, (1, 1)),
        "times by name": lambda: os.utime(own, (1, 1)),
        "attribute": lambda: os.setxattr(fd, "user.diglot", b"EVIL"),
        "link": lambda: os.link(own, "/tmp/diglot-was-here", follow_symlinks=True),
        "run": lambda: subprocess.run([sys.executable, "-c", ""], check=True),
    }
    done = []
    for name, way in ways.items():
        try:
            way()
            done.append(name)
        except (OSError, subprocess.SubprocessError):
            pass
    return done


_pipes: list[Any] = []


def _kept_pipes() -> tuple[Any, Any]:
    _pipes[:] = _private_pipes()
    return _pipes[0], _pipes[1]


_private_pipes = serving._private_pipes
serving._private_pipes = _kept_pipes


def misbehave(call: Call) -> None:
    out = _pipes[1]
    body = json.dumps({"fine": True}).encode()
    match call.op:
        case "rubbish":
            out.write(os.urandom(100_000))
        case "huge":
            out.write(struct.pack("!II", 0xFFFFFFFF, 0xFFFFFFFF))
        case "large blob":
            out.write(struct.pack("!II", len(body), call.fields["bytes"]) + body + b"\0" * 1000)
        case "list":
            out.write(struct.pack("!II", 2, 0) + b"[]")
        case "deep":
            out.write(struct.pack("!II", 200_000, 0) + b"[" * 200_000)
        case "half":
            out.write(struct.pack("!II", len(body), 0) + body[:3])
        case "scream":
            os.write(2, b"x" * 5_000_000)
        case "linger":
            # Somebody who holds on to the pipes after we are gone.
            if os.fork() == 0:
                time.sleep(600)
            os._exit(0)
        case "shut":
            out.close()
            os.close(1)
    if call.op != "scream":
        out.flush()
        time.sleep(600)


if __name__ == "__main__":
    serve(attempt)
