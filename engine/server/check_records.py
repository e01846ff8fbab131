"""Which engines have passed their self-check: kept in a small file, so that each is checked once by itself."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.paths import paths
from engine.settings import write_private

log = logging.getLogger(__name__)

MOST_RECORDS = 50
MOST_BYTES = 1 << 18
MOST_PAGES = 4096


@dataclass(frozen=True, slots=True)
class CheckRecord:
    """What the last self-check of an engine said: whether it was right, and how many pages at once are safe."""

    right: bool
    pages_at_once: int


def records_file() -> Path:
    """Return where the records lie."""
    return paths().state / "engine-checks.json"


def recall_check(engine: str, file: Path | None = None) -> CheckRecord | None:
    """Return what is known of an engine; `engine` names release, plug-in, model and card. Blocks for a small file."""
    told = _read(file or records_file()).get(engine)
    if not isinstance(told, dict):
        return None
    right, pages = told.get("right"), told.get("pages_at_once")
    if not isinstance(right, bool) or not isinstance(pages, int) or not 0 <= pages <= MOST_PAGES:
        return None
    return CheckRecord(right, pages)


def keep_check(engine: str, record: CheckRecord, file: Path | None = None) -> None:
    """Remember what a self-check said. A folder that cannot be written only means that it is made again."""
    file = file or records_file()
    records = {name: told for name, told in _read(file).items() if name != engine}
    records[engine] = {"right": record.right, "pages_at_once": record.pages_at_once}
    kept = dict(list(records.items())[-MOST_RECORDS:])
    try:
        write_private(file, json.dumps(kept, indent=2) + "\n")
    except OSError as problem:
        log.warning("The self-check's result could not be kept (%s).", problem.strerror)


def _read(file: Path) -> dict[str, Any]:
    try:
        with file.open("rb") as stream:
            told = json.loads(stream.read(MOST_BYTES))
    except (OSError, ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}
