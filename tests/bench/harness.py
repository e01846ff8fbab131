"""Runs measures by name, prints one line each and keeps them in one file, an entry replaced at a time."""

from __future__ import annotations

import importlib
import json
import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "out" / "bench.json"


@dataclass(frozen=True, slots=True)
class Measure:
    """One measured value, its unit, and in words what it was measured against."""

    value: float
    unit: str
    against: str


class BenchError(Exception):
    """A measure could not be taken; the words say why."""


Taken = Callable[[], Measure]

MEASURES: dict[str, str] = {
    "cer_english_clean": "tests.bench.accuracy:cer_english_clean",
    "cer_chinese_clean": "tests.bench.accuracy:cer_chinese_clean",
    "cer_invoice_scan": "tests.bench.accuracy:cer_invoice_scan",
    "cer_noisy_scan": "tests.bench.accuracy:cer_noisy_scan",
    "cer_turned_scan": "tests.bench.accuracy:cer_turned_scan",
    "cer_article_columns": "tests.bench.accuracy:cer_article_columns",
    "cer_article_text": "tests.bench.accuracy:cer_article_text",
    "cer_arabic_text": "tests.bench.accuracy:cer_arabic_text",
    "cer_tour": "tests.bench.accuracy:cer_tour",
    "bag_screenshot": "tests.bench.accuracy:bag_screenshot",
    "reading_order_article": "tests.bench.accuracy:reading_order_article",
    "reading_order_article_text": "tests.bench.accuracy:reading_order_article_text",
    "table_cells_ruled": "tests.bench.accuracy:table_cells_ruled",
    "table_cells_ruled_text": "tests.bench.accuracy:table_cells_ruled_text",
    "table_cells_borderless": "tests.bench.accuracy:table_cells_borderless",
    "table_cells_borderless_text": "tests.bench.accuracy:table_cells_borderless_text",
    "cpu_reader_vs_rapidocr": "tests.bench.cpu_reader:cpu_reader_vs_rapidocr",
    "start_vs_bare_window": "tests.bench.starting:start_vs_bare_window",
    "first_page_vs_pymupdf": "tests.bench.starting:first_page_vs_pymupdf",
    "loop_longest_wait_ms": "tests.bench.loop:loop_longest_wait_ms",
    "loop_delay_p99_ms": "tests.bench.loop:loop_delay_p99_ms",
    "loop_longest_wait_streaming_ms": "tests.bench.streaming:loop_longest_wait_streaming_ms",
    "text_pages_per_second": "tests.bench.throughput:text_pages_per_second",
    "queue_vs_bare": "tests.bench.queue_costs:queue_vs_bare",
    "job_2000_pages_memory_growth_mb": "tests.bench.growth:job_2000_pages_memory_growth_mb",
}
"""Every measure by its name, which stays, and where its function is. Imported only when it is its turn."""


def main(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Take all measures, or the one named by the first argument or by ONLY; return the exit code."""
    only = arguments[0] if arguments else environment.get("ONLY", "")
    if len(arguments) > 1 or (only and only not in MEASURES):
        print(
            f"There is no measure “{' '.join(arguments) or only}”. There are: {', '.join(MEASURES)}.", file=sys.stderr
        )
        return 2
    return run([only] if only else list(MEASURES), kept=KEPT)


def run(names: Sequence[str], *, kept: Path, measures: Mapping[str, str] = MEASURES) -> int:
    """Take the named measures one after the other; a failed one is named and the rest go on. Returns 0 or 1."""
    failed = []
    for name in names:
        try:
            measure = _function(measures[name])()
        except Exception as error:  # whatever a part does, the other measures are taken and this one is named
            if not isinstance(error, BenchError):
                traceback.print_exc()
            print(f"{name} FAILED  {type(error).__name__}: {error}", file=sys.stderr, flush=True)
            failed.append(name)
            continue
        print(f"{name} {measure.value:g} {measure.unit}  {measure.against}", flush=True)
        keep(name, measure, kept)
    if failed:
        print(f"{len(failed)} of {len(names)} measures failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _function(where: str) -> Taken:
    module, name = where.split(":")
    found: Taken = getattr(importlib.import_module(module), name)
    return found


def keep(name: str, measure: Measure, kept: Path) -> None:
    """Put one entry into the file, leaving the others as they are; the file is replaced whole."""
    try:
        whole = json.loads(kept.read_text(encoding="utf-8"))
        entries = dict(whole["measures"])
    except FileNotFoundError:
        entries = {}
    entries[name] = {"value": measure.value, "unit": measure.unit, "against": measure.against}
    kept.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=kept.parent, prefix=".bench-", suffix=".json")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump({"measures": entries}, file, ensure_ascii=False, indent=2)
            file.write("\n")
        Path(temporary).replace(kept)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
