"""Windows in tests are offscreen and leave nothing on the clipboard; async tests run on the window's loop."""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
LONGEST_TEST_S = 90


@pytest.fixture(scope="session", autouse=True)
def frozen_imports() -> Iterator[None]:
    """Python's collector is called by the tests alone, and need not look at what was imported."""
    gc.collect()
    gc.freeze()
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(autouse=True)
def garbage_collected_here() -> Iterator[None]:
    """Windows that a test lets go of die in this thread: a collector running in a worker's would crash Qt."""
    yield
    gc.collect()


@pytest.fixture(autouse=True)
def clean_clipboard() -> Iterator[None]:
    yield
    from PySide6.QtGui import QGuiApplication

    if QGuiApplication.instance() is not None:
        QGuiApplication.clipboard().clear()


@pytest.fixture
def qloop(qapp: Any) -> Iterator[asyncio.AbstractEventLoop]:
    from desktop.loop import Loop

    qapp.setQuitOnLastWindowClosed(False)
    loop = Loop(qapp)
    loop.set_default_executor(ThreadPoolExecutor(2))
    asyncio.set_event_loop(loop)
    yield loop
    loop.run_until_complete(asyncio.sleep(0))
    asyncio.set_event_loop(None)
    loop.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if isinstance(item, pytest.Function) and item.get_closest_marker("qloop"):
            item.fixturenames.insert(0, "qloop")


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    if pyfuncitem.get_closest_marker("qloop") is None:
        return None
    wanted = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    loop = pyfuncitem.funcargs["qloop"]
    assert isinstance(loop, asyncio.AbstractEventLoop)
    loop.run_until_complete(asyncio.wait_for(pyfuncitem.obj(**wanted), LONGEST_TEST_S))
    return True
