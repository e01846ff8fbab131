"""Logs of the real vLLM: recorded ones, and for want of a card some that were composed from its sources."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parents[1] / "fixtures" / "vllm_logs"
COMPOSED = "# composed from "
"""How the first line of those begins that nobody recorded."""
SERVES = "Application startup complete"

GOOD_STARTS = ("started_read_slept_stopped", "gpu_start_new_runner", "gpu_start_old_runner", "gpu_start_eager")
"""Those that came up."""


def names() -> list[str]:
    """Return the names of all logs."""
    return sorted(_files())


def log_of(name: str) -> list[str]:
    """Return the lines of a log as the engine's process hands them on: split at line feeds only."""
    lines = _files()[name].read_text("utf-8").removesuffix("\n").split("\n")
    return lines[1:] if lines[0].startswith(COMPOSED) else lines


def good_start(name: str) -> list[str]:
    """Return the log of a start that came up, as far as that."""
    lines = log_of(name)
    last = next(index for index, line in enumerate(lines) if SERVES in line)
    return lines[: last + 1]


def _files() -> dict[str, Path]:
    return {file.stem: file for file in FOLDER.rglob("*.txt")}
