"""Whether the window stands still while pages are read: the longest wait of its loop, and its timer's delay."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.bench.harness import BenchError, Measure
from tests.bench.longpdf import mixed_pdf
from tests.bench.processes import platform_of, python, run_program, stage

PAGES = 50
SCANS = 6
LIMIT_S = 240.0


@dataclass(frozen=True, slots=True)
class _Loop:
    longest_ms: float
    where: str
    delay_p99_ms: float
    platform: str


@cache
def _measured() -> _Loop:
    with stage() as environment:
        home = Path(environment["HOME"])
        document, report, out = home / "fifty.pdf", home / "loop.json", home / "out"
        mixed_pdf(document, PAGES, scans=SCANS)
        command = python("-m", "desktop", "--unattended", str(out), str(document))
        run_program(command, {**environment, "DIGLOT_MEASURE_LOOP": str(report)}, limit_s=LIMIT_S)
        if not report.exists():
            raise BenchError("the window wrote no measurement of its loop (DIGLOT_MEASURE_LOOP)")
        read = json.loads(report.read_text(encoding="utf-8"))
        written = [path for path in out.rglob("*.json") if path.is_file()] if out.is_dir() else []
        if not written:
            raise BenchError(f"the window read nothing: there is no JSON in {out.name}/")
        pages = len(json.loads(written[0].read_text(encoding="utf-8"))["pages"])
        if pages != PAGES:
            raise BenchError(f"the window read {pages} of {PAGES} pages")
        return _Loop(
            float(read["longest_ms"]), str(read["where"]), float(read["delay_p99_ms"]), platform_of(environment)
        )


def loop_longest_wait_ms() -> Measure:
    """The longest single callback or event handler, in the window thread's own CPU time."""
    loop = _measured()
    against = (
        f"the longest callback of the window's thread, in its CPU time ({loop.where}), "
        f"while {PAGES} pages ({SCANS} scans) are read {loop.platform}; at most 16"
    )
    return Measure(round(loop.longest_ms, 2), "ms", against)


def loop_delay_p99_ms() -> Measure:
    """The delay of a timer of 5 ms."""
    loop = _measured()
    against = f"wall delay of a 5 ms timer, 99 of 100, while {PAGES} pages ({SCANS} scans) are read {loop.platform}"
    return Measure(round(loop.delay_p99_ms, 2), "ms", against)
