"""The stand-in for vLLM as a shared server on a port of this machine: it outlives whoever asks it."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.support.plain_vllm import PlainVllm
from tests.support.stand_in_behaviour import Behaviour
from tests.support.stand_in_server import MODULE

ROOT = Path(__file__).parents[2]
LISTENS_WITHIN_S = 20.0


def free_port() -> int:
    """Return a port of this machine that nobody has at the moment."""
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        port: int = place.getsockname()[1]
        return port


@contextlib.contextmanager
def shared_stand_in(behaviour: Behaviour) -> Iterator[PlainVllm]:
    """Start one, wait until it listens, and end it."""
    port, key = free_port(), secrets.token_hex(24)
    with tempfile.TemporaryDirectory(prefix="stand-in-") as name:
        log = Path(name) / "log.txt"
        with log.open("wb") as stream:
            process = subprocess.Popen(
                [sys.executable, "-s", "-m", MODULE, "--host", "127.0.0.1", "--port", str(port)],
                cwd=ROOT,
                env={
                    **os.environ,
                    "HOME": name,
                    "VLLM_API_KEY": key,
                    "STAND_IN": json.dumps(dataclasses.asdict(behaviour)),
                },
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
            )
        try:
            _wait_until_it_listens(port, process, log)
            yield PlainVllm(None, f"http://127.0.0.1:{port}", key, process, log)
        finally:
            process.terminate()
            process.wait()


def _wait_until_it_listens(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + LISTENS_WITHIN_S
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1.0):
            return
        time.sleep(0.05)
    raise AssertionError("the stand-in does not listen:\n" + log.read_text("utf-8", errors="replace")[-2000:])
