"""A helper process that was taken over: it tries the network, the home folder and the disk, and answers with rubbish.

It is handed to Python as text, because nothing of `tests` is visible where it runs.
"""

from __future__ import annotations

import json
import os
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from engine.serving import Answer, Call, serve


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
            return {"reached": network(fields["port"], fields["place"])}, ()
        case "look":
            return {"seen": [place for place in fields["places"] if seen(place)]}, ()
        case "write":
            return {"written": [place for place in fields["places"] if written(place)]}, ()
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


def network(port: int, place: str) -> list[str]:
    reached = []
    for host in ("127.0.0.1", "::1", "192.0.2.1", "8.8.8.8"):
        try:
            socket.create_connection((host, port), timeout=1).close()
            reached.append(host)
        except OSError:
            pass
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


def misbehave(call: Call) -> None:
    out: Any = call._out
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
        case "chatter":
            for _ in range(2000):
                call.note(text="x" * 1000)
        case "scream":
            os.write(2, b"x" * 5_000_000)
        case "linger":
            # Somebody who holds on to the pipes after we are gone.
            subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
            os._exit(0)
        case "shut":
            out.close()
            os.close(1)
    if call.op not in ("chatter", "scream"):
        out.flush()
        time.sleep(600)


if __name__ == "__main__":
    serve(attempt)
