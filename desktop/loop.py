"""The one loop: qasync's, which wakes nobody who has given up waiting for a socket."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from qasync import QEventLoop


class Loop(QEventLoop):  # type: ignore[misc]  # qasync has no types
    """qasync's loop inside Qt's.

    Qt tells of a socket a turn before qasync passes it on. A page that is stopped in between has given up its future,
    and setting that would write a traceback into the log for every such page.
    """

    def _add_reader(self, fd: Any, callback: Callable[..., Any], *args: Any) -> None:
        super()._add_reader(fd, _unless_over(callback), *args)

    def _add_writer(self, fd: Any, callback: Callable[..., Any], *args: Any) -> None:
        super()._add_writer(fd, _unless_over(callback), *args)


def _unless_over(callback: Callable[..., Any]) -> Callable[..., Any]:
    """Return what calls back unless that would set a future which is over."""
    future = getattr(callback, "__self__", None)
    if not isinstance(future, asyncio.Future):
        return callback

    def wake(*args: Any) -> None:
        if not future.done():
            callback(*args)

    return wake
