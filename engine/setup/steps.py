"""The steps of the setup, each of which may be skipped, retried, and fails alone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from engine.errors import DiglotError


class Step(StrEnum):
    """What has to be so before pages can be read with the engine, in order."""

    CARD = "card"
    DRIVER = "driver"
    SPACE = "space"
    ENGINE = "engine"
    WEIGHTS = "weights"
    LICENCE = "licence"
    START = "start"
    CHECK = "check"


class StepState(StrEnum):
    """How a step stands."""

    OPEN = "open"
    WORKING = "working"
    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class StepStatus:
    """A step, how it stands, what was found (names and numbers, no sentences) and what went wrong."""

    step: Step
    state: StepState
    found: str = ""
    error: DiglotError | None = None
