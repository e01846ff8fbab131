"""What an owner of the engine answers other commands: how it stands, and their wishes, in JSON on both ways."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import asdict
from typing import Any

from engine.engine_errors import EngineError
from engine.events import EngineChanged, Event
from engine.owner.server import Handler
from engine.owner.travel import told_of
from engine.readers.seat import Seat
from engine.server.state import ServerStatus
from engine.service import Service

STATUS, START, STOP, SLEEP, WAKE, CHECK = "status", "start", "stop", "sleep", "wake", "check"
SEAT = "seat"


def status_as_json(status: ServerStatus) -> dict[str, Any]:
    """Return a status as `diglot engine status --json` prints it."""
    error = status.error
    return {
        "state": status.state,
        "phase": status.phase,
        "progress": status.progress,
        "seconds_left": status.seconds_left,
        "pages_at_once": status.pages_at_once,
        "max_tokens": status.max_tokens,
        "restarts": status.restarts,
        "checked": status.checked,
        "remote": status.remote,
        "error": None if error is None else {**told_of(error), "title": error.title, "advice": error.advice},
    }


def seat_as_json(seat: Seat, status: ServerStatus) -> dict[str, Any]:
    """Return a seat as it is lent over the owner's private socket, key and all; a shared server's is not lent."""
    if seat.shared:
        raise EngineError(detail="a shared server is asked by each command itself")
    endpoint = seat.endpoint
    return {
        "url": endpoint.url,
        "key": endpoint.key,
        "model": endpoint.model,
        "socket": endpoint.socket,
        "max_tokens": seat.max_tokens,
        "max_pixels": seat.max_pixels,
        "model_version": seat.model_version,
        "server_version": seat.server_version,
        "pages_at_once": status.pages_at_once,
    }


def handlers_for(service: Service, *, stopped: Callable[[], None] | None = None) -> Mapping[str, Handler]:
    """Return what can be asked of the process that owns `service`; `stopped` hears that a command has stopped it."""
    engine = service.engine

    async def status(_: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
        yield status_as_json(engine.status)

    async def seat(_: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
        async with engine.seat() as given:
            yield seat_as_json(given, engine.status)
            await asyncio.Event().wait()  # it is theirs until they close the connection

    async def check(_: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
        report = await engine.check()
        yield {**asdict(report), "passed": report.passed}

    async def stop(_: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
        await engine.stop()
        yield status_as_json(engine.status)
        if stopped is not None:
            stopped()

    return {
        STATUS: status,
        CHECK: check,
        SEAT: seat,
        STOP: stop,
        START: lambda _: _followed(service, engine.start),
        SLEEP: lambda _: _followed(service, engine.sleep),
        WAKE: lambda _: _followed(service, engine.wake),
    }


async def _followed(service: Service, wish: Callable[[], Awaitable[None]]) -> AsyncIterator[dict[str, Any]]:
    """Fulfil a wish and tell every change of the status meanwhile. Who asked and goes away does not take it back."""
    news: asyncio.Queue[ServerStatus | None] = asyncio.Queue()

    def hear(event: Event) -> None:
        if isinstance(event, EngineChanged):
            news.put_nowait(event.status)

    unsubscribe = service.subscribe(hear)
    doing = asyncio.ensure_future(wish())
    doing.add_done_callback(lambda _: news.put_nowait(None))
    try:
        while (status := await news.get()) is not None:
            yield status_as_json(status)
        doing.result()
        yield status_as_json(service.engine.status)
    finally:
        unsubscribe()
        doing.add_done_callback(_heard)


def _heard(done: asyncio.Future[None]) -> None:
    """Take note of an error that nobody may wait for any more; the status tells it too."""
    if not done.cancelled():
        done.exception()
