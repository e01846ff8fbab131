"""The loop of the window and of everything behind it."""

from __future__ import annotations

import asyncio
import socket
import sys
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from desktop.loop import Loop


@pytest.mark.skipif(sys.platform == "win32", reason="sockets are watched otherwise there")
@pytest.mark.parametrize("given_up", [False, True])
def test_who_waits_for_a_socket_is_woken_and_who_gave_up_is_let_alone(qapp: QApplication, given_up: bool) -> None:
    troubles: list[dict[str, Any]] = []
    loop = Loop(qapp)
    loop.set_exception_handler(lambda _loop, context: troubles.append(context))
    here, there = socket.socketpair()

    async def wait() -> bool:
        readable: asyncio.Future[None] = loop.create_future()
        writable: asyncio.Future[None] = loop.create_future()
        loop.add_reader(here, readable.set_result, None)
        loop.add_writer(here, writable.set_result, None)
        if given_up:
            readable.cancel()
            writable.cancel()
        there.send(b"a page")
        await asyncio.sleep(0.05)
        loop.remove_reader(here)
        loop.remove_writer(here)
        return not readable.cancelled() and readable.done() and writable.done()

    asyncio.set_event_loop(loop)
    try:
        woken = loop.run_until_complete(wait())
    finally:
        asyncio.set_event_loop(None)
        loop.close()
        here.close()
        there.close()

    assert woken is not given_up
    assert not troubles
