"""What the tests with the real vLLM share: an environment that has it, and a tiny model that it can serve.

`DIGLOT_TEST_ENGINE` may name the folder of an environment that is there; else one is built into the user's cache.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.engine_environment import NotAvailable, real_engine
from tests.support.tiny_model import tiny_model

OWN_ENVIRONMENT = "DIGLOT_TEST_ENGINE"


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
