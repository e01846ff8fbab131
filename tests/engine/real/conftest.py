"""What the tests with the real vLLM share: an environment that has it, and a tiny model that it can serve.

`DIGLOT_TEST_ENGINE` may name the folder of an environment that is there; else one is built into the user's cache.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import engine_report
from tests.support.engine_environment import NotAvailable, real_engine
from tests.support.engine_starts import Starts, counted_starts
from tests.support.plain_vllm import PLUGIN, SHIM, PlainVllm, plain_vllm
from tests.support.shared_stand_in import free_port
from tests.support.tiny_model import tiny_model

OWN_ENVIRONMENT = "DIGLOT_TEST_ENGINE"
MOST_STARTS = 8
"""How often `make test` may start the real vLLM. What needs more is `make soak`'s."""


@pytest.fixture(scope="session", autouse=True)
def starts(request: pytest.FixtureRequest) -> Iterator[Starts]:
    """How often vLLM is started by these tests. More than the budget is a failure."""
    soaking = any(item.get_closest_marker("soak") for item in request.session.items)
    with counted_starts() as seen:
        yield seen
    engine_report.add("start", f"vLLM was started {seen.count} times")
    assert soaking or seen.count <= MOST_STARTS, f"vLLM was started {seen.count} times"


@pytest.fixture(scope="session")
def engine_python() -> Path:
    """The interpreter of an environment with the real vLLM, our plug-in and the shim for the CPU."""
    if folder := os.environ.get(OWN_ENVIRONMENT):
        python = Path(folder) / "bin" / "python"
        assert python.exists(), f"{OWN_ENVIRONMENT} is {folder}, where there is no bin/python"
        return python
    engine = real_engine()
    if isinstance(engine, NotAvailable):
        pytest.skip(engine.reason)
    return engine.environment.python


@pytest.fixture(scope="session")
def tiny_checkpoint(engine_python: Path) -> Path:
    """Folder of a model that knows the lessons of `tests.support.tiny_model`."""
    return tiny_model(engine_python)


@pytest.fixture(scope="session")
def long_lived(engine_python: Path, tiny_checkpoint: Path) -> Iterator[PlainVllm]:
    """One server for many tests, on a port of this machine, as a shared server of a house is.

    It carries our plug-in, and the door stands before everything that vLLM can serve, the developer's routes too. A
    module that uses it says so of all its tests: it is then there before a module's leftovers are counted.
    """
    door, all_routes = ("--middleware", "diglot_vllm.door.Door"), {"VLLM_SERVER_DEV_MODE": "1"}
    with plain_vllm(
        engine_python, tiny_checkpoint, plugins=[PLUGIN, SHIM], flags=door, environment=all_routes, port=free_port()
    ) as server:
        yield server
