"""Whether the window stands still while one page streams into it and many are read behind it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.bench.harness import BenchError, Measure
from tests.bench.longpdf import mixed_pdf
from tests.bench.processes import platform_of, python, run_program, stage
from tests.support.real_home import set_up_shared
from tests.support.shared_stand_in import shared_stand_in
from tests.support.stand_in_behaviour import Behaviour

BEHIND = 32
LIMIT_S = 400.0
PARAGRAPHS, ROWS, COLUMNS = 60, 120, 8
PIECE_S = 0.003
"""Between two pieces: some 300 tokens a second, as a fast card has for one page."""


def loop_longest_wait_streaming_ms() -> Measure:
    """The longest single callback or event handler, in the window thread's own CPU time."""
    told = answer()
    with stage() as environment, shared_stand_in(Behaviour(answer=told, piece_seconds=PIECE_S)) as server:
        home = Path(environment["HOME"])
        document, report, out = home / "pages.pdf", home / "loop.json", home / "out"
        mixed_pdf(document, BEHIND + 1, scans=0)
        words = {
            **environment,
            "DIGLOT_HOME": str(set_up_shared(home / "diglot", server)),
            "DIGLOT_MEASURE_LOOP": str(report),
        }
        command = python("-m", "tests.bench.streaming_window", str(BEHIND + 1), str(out), str(document))
        run_program(command, words, limit_s=LIMIT_S)
        if not report.exists():
            raise BenchError("the window wrote no measurement of its loop")
        pages = json.loads((out / "pages.json").read_text("utf-8"))["pages"]
        if len(pages) != BEHIND + 1 or {page["reader"] for page in pages} != {"vllm"}:
            raise BenchError(f"the window read {len(pages)} of {BEHIND + 1} pages")
        read = json.loads(report.read_text("utf-8"))
        where = platform_of(environment)
    against = (
        f"the longest callback of the window's thread, in its CPU time ({read['where']}), while one page of "
        f"{len(told)} characters with a table of {ROWS} rows streams and {BEHIND} such pages are read behind it "
        f"{where}; the answers are the stand-in server's; at most 16"
    )
    return Measure(round(float(read["longest_ms"]), 2), "ms", against)


def answer() -> str:
    """Return a long answer: paragraphs, formulas, and a large table between them."""
    half = PARAGRAPHS // 2
    paragraphs = [
        f"## Section {number}\n\nThe ferry {number} leaves at noon and comes back at six, in summer and in winter, "
        f"with mail, bread and passengers, unless the wind says otherwise.\n\n$$ E_{{{number}}}=mc^{{2}} $$"
        for number in range(PARAGRAPHS)
    ]
    cells = ("".join(f"<td>{row * 37 + column}.50 EUR</td>" for column in range(COLUMNS)) for row in range(ROWS))
    table = "<table>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</table>"
    return "\n\n".join((*paragraphs[:half], table, *paragraphs[half:]))
