"""How soon there is a window, and how soon the first page of a long document: ours against the bare thing."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.bench.harness import Measure
from tests.bench.longpdf import long_pdf
from tests.bench.processes import platform_of, python, seconds_to_mark, stage

HERE = Path(__file__).resolve().parent
RUNS = 7
PAGES = 2000


def start_vs_bare_window() -> Measure:
    """Process start to the main window shown and painted, against a bare QMainWindow."""
    with stage() as environment:
        return _ratio(
            python("-m", "desktop"),
            python(str(HERE / "bare_window.py")),
            "window",
            environment,
            "a bare PySide6 QMainWindow",
        )


def first_page_vs_pymupdf() -> Measure:
    """Process start to the first page of a long PDF painted, against a bare window that opens and renders in it."""
    with stage() as environment:
        path = Path(environment["HOME"]) / "long.pdf"
        long_pdf(path, PAGES)
        return _ratio(
            python("-m", "desktop", str(path)),
            python(str(HERE / "bare_first_page.py"), str(path)),
            "first-page",
            environment,
            f"a bare PySide6 window that renders page 1 of the same {PAGES} pages with PyMuPDF",
        )


def _ratio(ours: Sequence[str], bare: Sequence[str], mark: str, environment: Mapping[str, str], what: str) -> Measure:
    own_environment = {**environment, "DIGLOT_EXIT_AFTER": mark}
    own, bares = [], []
    for turn in range(RUNS + 1):
        first, second = seconds_to_mark(ours, mark, own_environment), seconds_to_mark(bare, mark, environment)
        if turn:  # the first pair fills the caches
            own.append(first)
            bares.append(second)
    mine, theirs = statistics.median(own), statistics.median(bares)
    against = (
        f"{mine:.3f} s (from {min(own):.3f} to {max(own):.3f}) against {theirs:.3f} s of {what}, "
        f"medians of {RUNS} interleaved runs {platform_of(environment)}"
    )
    return Measure(round(mine / theirs, 3), "ratio", against)
