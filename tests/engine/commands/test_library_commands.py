"""`diglot search` and `diglot jobs`: what may be typed, what people see, what scripts get."""

from __future__ import annotations

import contextlib
import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.commands.library_arguments import JobsOptions, SearchOptions, parse_jobs, parse_search
from engine.commands.searching import found_lines, jobs, search
from engine.errors import PageDamaged, UsageError
from engine.output.document import PageFailure
from engine.store.library import Library
from engine.store.records import Found, Hit, JobState, ReadingKey, Snippet
from tests.support.kept_library import with_library
from tests.support.kept_pages import facts, line_box, page

CONTRACT = facts("contract.pdf", pages=9)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A library with three pages read, one failed, and the job that was interrupted."""

    async def fill(library: Library) -> None:
        job = await library.begin_job(CONTRACT, ReadingKey("auto"), range(1, 8))
        for number, text in enumerate(("Invoice of Hansen", "本合同一式两份", "Total of Hansen"), 1):
            await library.keep(CONTRACT.sha256, page(number, text), job=job)
        await library.fail_page(job, PageFailure.of(4, PageDamaged("page 4")))
        done = await library.begin_job(facts("a\x1b[31m.pdf"), ReadingKey("cpu"), [1])
        await library.end_job(done, JobState.CANCELLED)

    with_library(tmp_path / "library", fill)
    return tmp_path / "library"


# -- what may be typed


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        (["invoice", "hansen"], "invoice hansen"),
        (["annual report", "2026"], '"annual report" 2026'),
        (['"annual report" x'], '"annual report" x'),
        (["“annual report”"], "“annual report”"),
        (["合同", "--json", "违约"], "合同 违约"),
        (["--", "-40°C", "--json"], "-40°C --json"),
        (["invoi*", "--", "-x"], "invoi* -x"),
    ],
)
def test_words_are_what_was_typed(typed: list[str], query: str) -> None:
    assert parse_search(typed) == SearchOptions(
        query, 20, "--json" in typed[: typed.index("--") if "--" in typed else 9]
    )


@pytest.mark.parametrize("typed", [[], [""], ["  "], ["--"], ["a", "--limit", "0"], ["a", "--limit", "x"], ["a", "-z"]])
def test_what_is_no_search_is_refused(typed: list[str]) -> None:
    with pytest.raises(UsageError):
        parse_search(typed)


def test_jobs_take_no_words() -> None:
    assert parse_jobs(["--json", "--limit", "3"]) == JobsOptions(3, True)
    with pytest.raises(UsageError):
        parse_jobs(["contract.pdf"])


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(max_size=8), max_size=5))
def test_anything_typed_is_understood_or_refused(typed: list[str]) -> None:
    for parse in (parse_search, parse_jobs):
        if {"-h", "--help"} & set(typed):
            continue
        with contextlib.suppress(UsageError):
            parse(typed)


def test_a_query_does_not_show_in_what_may_be_logged() -> None:
    assert "secret" not in repr(parse_search(["secret"]))


# -- what people see


def test_hits_are_told_with_their_page_and_the_words_around(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert search(parse_search(["hansen", "--limit", "1"]), folder=folder) == 0

    told = capsys.readouterr()
    assert told.out == "/home/user/contract.pdf, page 1\n    Invoice of Hansen\n"
    assert told.err == "1 of 2 pages; --limit shows more.\n"


def test_no_hit_and_no_library_are_told_apart(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert search(parse_search(["nowhere"]), folder=folder) == 0
    assert search(parse_search(["nowhere"]), folder=folder / "none") == 0
    assert jobs(JobsOptions(50, False), folder=folder / "none") == 0

    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "Nothing was found.\nNothing has been read yet.\nThere are no jobs.\n")
    assert not (folder / "none").exists()  # looking makes nothing


def test_what_a_page_says_cannot_speak_to_the_terminal() -> None:
    snippet = Snippet("a \x1b[2J\x9b b", ((0, 1),))
    found = Found((Hit(facts("x\r\ny\x1b.pdf"), 3, ReadingKey("cpu"), snippet, line_box(0), -1.0),), 1)

    plain, bold = found_lines(found, bold=False), found_lines(found, bold=True)

    assert plain == ["/home/user/x y�.pdf, page 3", "    a �[2J� b"]
    assert bold[1] == "    \x1b[1ma\x1b[0m �[2J� b"


def test_jobs_say_how_they_stand(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert jobs(JobsOptions(50, False), folder=folder) == 0

    told = capsys.readouterr()
    first, failed, second = told.out.splitlines()
    assert re.match(r"[0-9a-f]{8}  \d{4}-", first)
    assert told.err == f"“diglot jobs resume {first[:8]}” goes on where that one was left.\n"
    assert first.endswith("  /home/user/contract.pdf  document, auto: interrupted, 3 of 7 pages read")
    assert failed == "    page 4: This page is damaged"
    assert second.endswith("  /home/user/a�[31m.pdf  document, cpu: cancelled, 0 of 1 page read")


# -- what scripts get


def test_hits_as_json_carry_their_place(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert search(parse_search(["合同", "--json"]), folder=folder) == 0

    told = json.loads(capsys.readouterr().out)
    (hit,) = told["hits"]
    assert (told["query"], told["total"]) == ("合同", 1)
    assert hit["document"] == {
        "sha256": CONTRACT.sha256,
        "name": "contract.pdf",
        "path": "/home/user/contract.pdf",
        "pages": 9,
    }
    assert (hit["page"], hit["reader"], hit["task"], hit["unit"]) == (2, "cpu", "document", "pt")
    assert hit["box"] == list(line_box(0))
    ((start, end),) = hit["marks"]
    assert hit["snippet"][start:end] == "合同"


def test_jobs_as_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert jobs(JobsOptions(1, True), folder=folder) == 0

    (job,) = json.loads(capsys.readouterr().out)["jobs"]
    assert (job["state"], job["running"], job["interrupted"]) == ("open", False, True)
    assert (job["pages"], job["done"], job["left"]) == (7, 3, 3)
    assert job["failed"] == [{"number": 4, "code": 30, "title": "This page is damaged", "detail": ""}]


def test_nothing_is_found_as_json_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert search(parse_search(["x", "--json"]), folder=tmp_path) == 0
    assert json.loads(capsys.readouterr().out) == {"query": "x", "total": 0, "hits": []}
