"""Tests own what they start: a module that leaves a process or a helper thread behind fails."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import psutil
import pytest
from hypothesis import settings

settings.register_profile("unhurried", settings.get_profile(settings.get_current_profile_name()), deadline=None)
settings.load_profile("unhurried")  # on a busy machine everything is slow, and no time is ever asserted

GRACE_S = 5.0
"""How long something that was told to end may take; a leftover stays for ever."""


def _processes() -> set[psutil.Process]:
    return {child for child in psutil.Process().children(recursive=True) if child.status() != psutil.STATUS_ZOMBIE}


def _threads() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name.endswith("-child")}


@pytest.fixture(scope="module", autouse=True)
def nothing_left_behind() -> Iterator[None]:
    processes, threads = _processes(), _threads()
    yield
    deadline = time.monotonic() + GRACE_S
    while (left := [*(_processes() - processes), *(_threads() - threads)]) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not left, f"left behind: {left}"
