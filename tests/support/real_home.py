"""A user's folders with the real vLLM set up in them: their own one with the tiny model, or a shared server."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import psutil

from engine.settings import EngineSettings, RemoteSettings, Settings, save_settings, write_private
from engine.setup.licence import consent
from tests.support.plain_vllm import MODEL_NAME, PlainVllm

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


def set_up_shared(home: Path, server: PlainVllm) -> Path:
    """Write the settings of a user who reads with a shared server, and return `home` (for DIGLOT_HOME).

    The key goes into the file that is for machines without a keyring: no test touches the user's own.
    """
    engine = EngineSettings(use_remote=True, remote=RemoteSettings(server.url, MODEL_NAME))
    save_settings(Settings(engine=engine), home / "config" / "settings.json")
    write_private(home / "state" / "server-keys.json", json.dumps({server.url: server.key}))
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
