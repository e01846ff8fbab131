"""What the queue costs: pages per second through the façade against the same requests sent bare to the same vLLM."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from engine.events import JobOutcome
from engine.readers import appetite
from engine.service import Service
from engine.settings import ReadingSettings, load_settings, save_settings
from engine.tasks.request import ChatRequest
from tests.bench.harness import BenchError, Measure
from tests.support.bills import bills_pdf
from tests.support.engine_environment import NotAvailable, real_engine
from tests.support.plain_vllm import PLUGIN, SHIM, PlainVllm, plain_vllm
from tests.support.real_home import set_up_shared
from tests.support.shared_stand_in import free_port
from tests.support.tiny_model import tiny_model

PAGES = 192
"""So many that the first ones, which the bare client need not draw, do not count for much."""
ROUNDS = 5
AT_ONCE = 12


def queue_vs_bare() -> Measure:
    """Pages per second through the queue divided by those of a bare closed-loop client."""
    engine = real_engine()
    if isinstance(engine, NotAvailable):
        raise BenchError(f"the real vLLM cannot be had: {engine.reason}")
    with _server(engine.environment.python) as server, _home(server) as folder:
        file = bills_pdf(folder / "bills.pdf", PAGES)
        ours, bare = asyncio.run(_in_turn(server, file))
    queue, client = statistics.median(ours), statistics.median(bare)
    against = (
        f"{queue:.2f} pages/s (from {min(ours):.2f} to {max(ours):.2f}) against {client:.2f} of a bare httpx client "
        f"that sends the same requests, {AT_ONCE} at once, to the same vLLM with the tiny model, which has a core of "
        f"this machine for itself as it would have a card; medians of {ROUNDS} interleaved runs of {PAGES} pages, "
        "the ratio that of neighbours, without the second reader; at least 0.95"
    )
    ratio = statistics.median(one / other for one, other in zip(ours, bare, strict=True))
    return Measure(round(ratio, 3), "ratio", against)


@contextmanager
def _server(python: Path) -> Iterator[PlainVllm]:
    """Start the real vLLM on a core of its own: it calculates there, and whoever asks must not take that from it."""
    cores = os.sched_getaffinity(0)
    if len(cores) < 2:
        raise BenchError("it takes two cores: one for the server, and one for whoever asks it")
    own = {min(cores)}
    model = tiny_model(python)
    os.sched_setaffinity(0, own)  # what is started now, stays there
    try:
        with plain_vllm(
            python, model, plugins=[PLUGIN, SHIM], environment={"OMP_NUM_THREADS": "1"}, port=free_port()
        ) as server:
            os.sched_setaffinity(0, cores - own)
            yield server
    finally:
        os.sched_setaffinity(0, cores)


@contextmanager
def _home(server: PlainVllm) -> Iterator[Path]:
    """Give a home of its own whose reader is that server, without a second reader."""
    with tempfile.TemporaryDirectory(prefix="diglot-bench-") as name:
        folder = Path(name)
        settings = set_up_shared(folder / "home", server) / "config" / "settings.json"
        alone = ReadingSettings(second_reader=False)
        save_settings(dataclasses.replace(load_settings(settings), reading=alone), settings)
        with mock.patch.dict(os.environ, {"DIGLOT_HOME": str(folder / "home")}):
            yield folder


async def _in_turn(server: PlainVllm, file: Path) -> tuple[list[float], list[float]]:
    """Read and ask in turn, after one round that does not count; return pages per second of each."""
    sent: list[bytes] = []
    whole = ChatRequest.as_bytes

    def noted(request: ChatRequest) -> bytes:
        body = whole(request)
        sent.append(body)
        return body

    service = Service()
    with mock.patch.multiple(appetite, FIRST_AT_SHARED=AT_ONCE, MOST_AT_SHARED=AT_ONCE):
        try:
            with mock.patch.object(ChatRequest, "as_bytes", noted):
                await _through_the_queue(service, file)
            await _bare(server, sent)
            ours, bare = [], []
            for _ in range(ROUNDS):
                ours.append(await _through_the_queue(service, file))
                bare.append(await _bare(server, sent))
            return ours, bare
        finally:
            await service.close()


async def _through_the_queue(service: Service, file: Path) -> float:
    document = await service.open(file)
    try:
        began = time.perf_counter()
        outcome = await service.read(document, reader="vllm").wait()
        seconds = time.perf_counter() - began
    finally:
        await service.close_document(document)
    if outcome is not JobOutcome.FINISHED:
        raise BenchError(f"the job ended {outcome}")
    return PAGES / seconds


async def _bare(server: PlainVllm, bodies: Sequence[bytes]) -> float:
    """Send every request, so many at once, and read the answers to their ends; they are not looked at."""
    waiting = list(bodies)
    async with server.client() as client:

        async def work() -> None:
            while waiting:
                body = waiting.pop()
                headers = {"content-type": "application/json"}
                async with client.stream("POST", "/v1/chat/completions", content=body, headers=headers) as answer:
                    async for _ in answer.aiter_bytes():
                        pass
                    if answer.status_code != 200:
                        raise BenchError(f"the server answered {answer.status_code}")

        began = time.perf_counter()
        await asyncio.gather(*(work() for _ in range(AT_ONCE)))
        return len(bodies) / (time.perf_counter() - began)
