"""The event bus: everybody hears everything in order, and a bad listener harms no other."""

from __future__ import annotations

import logging

import pytest

from engine.events import DocumentClosed, DocumentId, Event, EventBus


def closed(number: int) -> DocumentClosed:
    return DocumentClosed(DocumentId(number))


def test_everybody_hears_everything_in_order() -> None:
    bus, first, second = EventBus(), list[Event](), list[Event]()
    bus.subscribe(first.append)
    bus.subscribe(second.append)

    bus.publish(closed(1))
    bus.publish(closed(2))

    assert first == second == [closed(1), closed(2)]


def test_a_listener_that_left_hears_nothing_more_and_may_leave_twice() -> None:
    bus, heard = EventBus(), list[Event]()
    leave = bus.subscribe(heard.append)

    leave()
    leave()
    bus.publish(closed(1))

    assert heard == []


def test_a_listener_may_leave_or_join_while_it_is_told() -> None:
    bus, heard, late = EventBus(), list[Event](), list[Event]()

    def once(event: Event) -> None:
        heard.append(event)
        leave()
        bus.subscribe(late.append)

    leave = bus.subscribe(once)
    bus.publish(closed(1))
    bus.publish(closed(2))

    assert heard == [closed(1)]
    assert late == [closed(2)]


def test_a_listener_that_raises_is_logged_and_the_others_hear(caplog: pytest.LogCaptureFixture) -> None:
    bus, heard = EventBus(), list[Event]()

    def broken(event: Event) -> None:
        raise RuntimeError("no")

    bus.subscribe(broken)
    bus.subscribe(heard.append)
    with caplog.at_level(logging.ERROR):
        bus.publish(closed(1))

    assert heard == [closed(1)]
    assert "DocumentClosed" in caplog.text
