"""The built-in reader against a bare default RapidOCR() loop on the same pages, page by page in turn."""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.output.blocks import PageResult
from engine.pages.opening import open_source
from engine.pages.source import PageSource
from engine.readers.cpu import CpuReader
from engine.readers.reader import ReadingDone, ReadingRequest
from tests.bench.harness import BenchError, Measure
from tests.support.scoring import SAMPLES, bag_errors, text_of, truth_of

SAMPLES_READ = ("letter-scan.png", "contract-zh-scan.png", "invoice-scan.png", "noisy-scan.jpg", "screenshot.png")
ROUNDS = 3

BARE = """
import json, os, sys, time
os.nice(10)  # as our OCR process runs
import cv2
from rapidocr import RapidOCR
ocr = RapidOCR(params={"Global.log_level": "critical"})
for line in sys.stdin:
    picture = cv2.imread(line.strip())
    begin, begin_cpu = time.perf_counter(), time.process_time()
    found = ocr(picture)
    seconds, cpu = time.perf_counter() - begin, time.process_time() - begin_cpu
    print(json.dumps({"seconds": seconds, "cpu": cpu, "texts": list(found.txts or ())}), flush=True)
"""


@dataclass(frozen=True, slots=True)
class PageTimes:
    """One page: seconds a reading (medians), and characters missing or surplus, as shares of the truth."""

    name: str
    ours_s: float
    bare_s: float
    ours_errors: float
    bare_errors: float


def cpu_reader_vs_rapidocr() -> Measure:
    """Seconds a page of ours divided by those of the bare loop, over all pages."""
    pages = measure(SAMPLES_READ)
    ours, bare = sum(page.ours_s for page in pages), sum(page.bare_s for page in pages)
    ours_errors = statistics.fmean(page.ours_errors for page in pages)
    bare_errors = statistics.fmean(page.bare_errors for page in pages)
    against = (
        f"{ours / len(pages):.2f} s a page against {bare / len(pages):.2f} s of a bare default RapidOCR() loop, page "
        f"by page in turn, characters missing or surplus {ours_errors:.2%} against {bare_errors:.2%}, "
        f"on {', '.join(SAMPLES_READ)}"
    )
    return Measure(round(ours / bare, 3), "ratio", against)


def measure(names: Sequence[str], *, rounds: int = ROUNDS) -> list[PageTimes]:
    """Read every sample with both, in turn, after one round that does not count.

    RapidOCR's order interleaves columns, so characters are counted whatever their order.
    """
    return asyncio.run(_measure(names, rounds))


async def _measure(names: Sequence[str], rounds: int) -> list[PageTimes]:
    bare = subprocess.Popen([sys.executable, "-c", BARE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    reader = CpuReader()
    try:
        return [await _one(name, reader, bare, rounds) for name in names]
    finally:
        await reader.close()
        bare.terminate()
        bare.communicate()


async def _one(name: str, reader: CpuReader, bare: subprocess.Popen[str], rounds: int) -> PageTimes:
    path = SAMPLES / name
    truth = truth_of(name)[0].text
    source = await open_source(path)
    ours: list[float] = []
    theirs: list[float] = []
    try:
        for _ in range(rounds + 1):
            seconds, result = await _ours(reader, source)
            ours.append(seconds)
            answer = await asyncio.to_thread(_theirs, bare, path)
            theirs.append(answer["seconds"])
    finally:
        await source.close()
    return PageTimes(
        name,
        statistics.median(ours[1:]),
        statistics.median(theirs[1:]),
        bag_errors(truth, text_of(result)),
        bag_errors(truth, "\n".join(answer["texts"])),
    )


async def _ours(reader: CpuReader, source: PageSource) -> tuple[float, PageResult]:
    begin = time.perf_counter()
    async with aclosing(reader.read(ReadingRequest(source, 1))) as reading:
        async for event in reading:
            if isinstance(event, ReadingDone):
                return time.perf_counter() - begin, event.result
    raise BenchError("the reading ended without a result")


def _theirs(bare: subprocess.Popen[str], path: Path) -> dict[str, Any]:
    assert bare.stdin is not None and bare.stdout is not None
    bare.stdin.write(f"{os.fspath(path)}\n")
    bare.stdin.flush()
    line = bare.stdout.readline()
    if not line:
        raise BenchError("the bare RapidOCR() loop ended")
    answer: dict[str, Any] = json.loads(line)
    return answer
