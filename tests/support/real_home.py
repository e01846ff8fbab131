"""A user's folders with the real vLLM and the tiny model set up in them; both lie in the cache and are only named."""

from __future__ import annotations

import datetime
from pathlib import Path

import psutil

from engine.settings import EngineSettings, Settings, save_settings
from engine.setup.licence import consent

FRONT = "vllm.entrypoints.openai.api_server"
CORE = "VLLM::EngineCore"
WORKER = "VLLM::Worker"


def set_up_real(home: Path, python: Path, model: Path, **settings: object) -> Path:
    """Write the settings of a user who has both, and return `home` (for DIGLOT_HOME)."""
    chosen = {
        "environment": str(python.parent.parent),
        "model": str(model),
        "licence_accepted": consent(datetime.date(2026, 11, 25)),
        "idle_minutes": 0,
        **settings,
    }
    save_settings(Settings(engine=EngineSettings(**chosen)), home / "config" / "settings.json")  # type: ignore[arg-type]
    return home


def engine_processes(parent: psutil.Process | None = None) -> list[psutil.Process]:
    """Return the engine's processes below a process of ours, keeper and bubblewrap included."""
    found = []
    for process in (parent or psutil.Process()).children(recursive=True):
        try:
            words = " ".join(process.cmdline())
        except psutil.Error:
            continue
        if FRONT in words or "VLLM::" in words or "resource_tracker" in words or "spawn_main" in words:
            found.append(process)
    return found


def named(processes: list[psutil.Process], name: str) -> psutil.Process:
    """Return the process that vLLM calls so; the front is the one that bubblewrap and keeper lead to."""
    alike = []
    for process in processes:
        words = process.cmdline()
        own = name in " ".join(words[:1]) if name != FRONT else words[1:3] == ["-m", FRONT]
        if own:
            alike.append(process)
    assert alike, f"no {name} among {[process.cmdline()[:3] for process in processes]}"
    return alike[-1]
