"""Reads a sample through the façade, as both fronts do."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from engine.events import JobOutcome
from engine.output.blocks import PageResult
from engine.service import Service
from tests.support.scoring import SAMPLES


def read_file(path: Path, *, reader: str, numbers: Sequence[int] | None = None) -> list[PageResult]:
    """Open a file, read its pages (all by default) and return the results in page order; any failure is raised."""
    return asyncio.run(_read(path, reader, numbers))


def read_sample(name: str, *, reader: str, numbers: Sequence[int] | None = None) -> list[PageResult]:
    """Read a sample by its file name."""
    return read_file(SAMPLES / name, reader=reader, numbers=numbers)


async def _read(path: Path, reader: str, numbers: Sequence[int] | None) -> list[PageResult]:
    service = Service()
    try:
        document = await service.open(path)
        job = service.read(document, numbers=numbers, reader=reader)
        outcome = await job.wait()
        for failure in job.failures:
            assert failure.error is not None
            raise failure.error
        assert outcome is JobOutcome.FINISHED, outcome
        return [document.results[number] for number in sorted(document.results)]
    finally:
        await service.close()
