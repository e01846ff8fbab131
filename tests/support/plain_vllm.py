"""The real vLLM, started as plainly as can be: what is seen here is vLLM's doing and our plug-in's, nothing else's.

Our own way of starting, watching and stopping an engine is tested elsewhere; this is what it is compared with.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
import secrets
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx2

MODEL_NAME = "HunyuanOCR"
READY_WITHIN_S = 420.0
GONE_WITHIN_S = 30.0
LONGEST = "20480"
"""Tokens of a page and its answer: as many as a shared server is taken to have room for, and some."""
SHIM = "diglot_cpu_shim"
PLUGIN = "diglot"

QUIET = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "VLLM_NO_USAGE_STATS": "1",
    "DO_NOT_TRACK": "1",
}
ON_THE_CPU = {
    "VLLM_CPU_OMP_THREADS_BIND": "nobind",  # bound threads starve a machine with two cores
    "OMP_NUM_THREADS": "2",
    "VLLM_CPU_KVCACHE_SPACE": "1",  # GiB
}


@dataclass(frozen=True, slots=True)
class PlainVllm:
    """A server that is ready: its address, its key, its process and the file it writes its log into.

    `socket` is the Unix socket where it listens on one; else `url` is its address on this machine.
    """

    socket: Path | None
    url: str
    key: str
    process: subprocess.Popen[bytes]
    log: Path

    def client(self, *, with_key: bool = True) -> httpx2.AsyncClient:
        """Return a client for the server."""
        headers = {"Authorization": f"Bearer {self.key}"} if with_key else {}
        transport = httpx2.AsyncHTTPTransport(uds=None if self.socket is None else str(self.socket))
        return httpx2.AsyncClient(transport=transport, base_url=self.url, headers=headers, timeout=120, trust_env=False)

    def log_text(self) -> str:
        """What it has written so far."""
        return self.log.read_text("utf-8", errors="replace")


async def ask(client: httpx2.AsyncClient, png: bytes, prompt: str) -> str:
    """Ask for the text of a page as the official clients do: an empty system message, the picture before the words."""
    picture = "data:image/png;base64," + base64.b64encode(png).decode()
    content = [{"type": "image_url", "image_url": {"url": picture}}, {"type": "text", "text": prompt}]
    question = {
        "model": MODEL_NAME,
        "messages": [{"role": "system", "content": ""}, {"role": "user", "content": content}],
        "temperature": 0,
        "max_tokens": 400,
    }
    answer = await client.post("/v1/chat/completions", json=question)
    answer.raise_for_status()
    text: str = answer.json()["choices"][0]["message"]["content"]
    return text


@contextlib.contextmanager
def plain_vllm(
    python: Path,
    model: Path,
    *,
    plugins: Sequence[str] = (PLUGIN, SHIM),
    flags: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
    port: int | None = None,
) -> Iterator[PlainVllm]:
    """Start a server in a folder of its own, wait until it is ready, and leave nothing of it.

    Args:
        python: The interpreter of the environment that vLLM is installed in.
        model: Folder of the checkpoint.
        plugins: Which of vLLM's plug-ins are switched on.
        flags: More of vLLM's own.
        environment: More variables.
        port: Where it listens on this machine; on a Unix socket by default.
    """
    with tempfile.TemporaryDirectory(prefix="vllm-") as name:  # short: a socket's path may have 107 bytes
        home = Path(name)
        log, key = home / "log.txt", secrets.token_hex(24)
        socket = home / "s" if port is None else None
        place = ["--uds", str(socket)] if port is None else ["--host", "127.0.0.1", "--port", str(port)]
        variables = {
            **{name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ},
            **QUIET,
            **ON_THE_CPU,
            "HOME": name,
            "TMPDIR": name,
            "VLLM_API_KEY": key,
            "VLLM_PLUGINS": ",".join(plugins),
            **(environment or {}),
        }
        words = [str(python), "-m", "vllm.entrypoints.openai.api_server", "--model", str(model)]
        words += ["--served-model-name", MODEL_NAME, *place, "--max-model-len", LONGEST]
        words += ["--enforce-eager", "--no-enable-prefix-caching", "--mm-processor-cache-gb", "0", *flags]
        with log.open("wb") as stream:
            process = subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                env=variables,
                cwd=home,
                start_new_session=True,
            )
        url = "http://vllm" if port is None else f"http://127.0.0.1:{port}"
        server = PlainVllm(socket, url, key, process, log)
        try:
            asyncio.run(_ready(server))
            yield server
        finally:
            _stop(process)


async def _ready(server: PlainVllm) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    async with server.client() as client:
        while time.monotonic() < deadline and server.process.poll() is None:
            with contextlib.suppress(httpx2.TransportError):
                if (await client.get("/health")).status_code == 200:
                    return
            await asyncio.sleep(0.3)
    raise AssertionError("vLLM did not become ready:\n" + server.log_text()[-6000:])


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the whole group, in two rungs.

    The front process leaves first and the others after it, the last of them the one that takes shared memory away.
    """
    deadline = time.monotonic() + GONE_WITHIN_S
    number: int = signal.SIGINT
    while _signalled(process.pid, number):
        number = 0 if time.monotonic() < deadline else signal.SIGKILL
        process.poll()
        time.sleep(0.1)
    process.wait()


def _signalled(group: int, number: int) -> bool:
    """Send a signal to a process group (0: only look); return whether there is still anybody."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    return True
