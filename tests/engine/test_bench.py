"""The bench: one name runs one measure, replaces its own entry only, and a missing part is named."""

from __future__ import annotations

import ast
import json
import os
import time
from pathlib import Path

import pytest

from tests.bench import harness
from tests.bench.harness import MEASURES, ROOT, BenchError, Measure, keep, main, run
from tests.bench.processes import python, run_program, seconds_to_mark

FAST = {
    "one": "tests.engine.test_bench:one",
    "two": "tests.engine.test_bench:two",
    "gone": "tests.bench.no_such_part:gone",
    "broken": "tests.engine.test_bench:broken",
}


def one() -> Measure:
    return Measure(1.5, "ratio", "against the bare one")


def two() -> Measure:
    return Measure(2.0, "%", "against the truth")


def broken() -> Measure:
    raise RuntimeError("no such page")


def entries(kept: Path) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = json.loads(kept.read_text(encoding="utf-8"))["measures"]
    return found


def test_each_measure_prints_one_line_and_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = tmp_path / "out" / "bench.json"

    code = run(["one", "two"], kept=kept, measures=FAST)

    assert code == 0
    assert capsys.readouterr().out == "one 1.5 ratio  against the bare one\ntwo 2 %  against the truth\n"
    assert entries(kept) == {
        "one": {"value": 1.5, "unit": "ratio", "against": "against the bare one"},
        "two": {"value": 2.0, "unit": "%", "against": "against the truth"},
    }


def test_one_measure_replaces_only_its_own_entry(tmp_path: Path) -> None:
    kept = tmp_path / "bench.json"
    keep("one", Measure(9.0, "ratio", "an older run"), kept)
    keep("two", Measure(7.0, "%", "an older run"), kept)

    run(["one"], kept=kept, measures=FAST)

    assert entries(kept)["one"]["value"] == 1.5
    assert entries(kept)["two"] == {"value": 7.0, "unit": "%", "against": "an older run"}
    assert [path.name for path in tmp_path.iterdir()] == ["bench.json"]


@pytest.mark.parametrize("name", ["gone", "broken"])
def test_a_measure_that_fails_is_named_and_the_others_are_taken(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "bench.json"
    keep(name, Measure(7.0, "%", "an older run"), kept)

    code = run([name, "two"], kept=kept, measures=FAST)

    printed = capsys.readouterr()
    assert code == 1
    assert f"{name} FAILED" in printed.err
    assert printed.err.endswith(f"1 of 2 measures failed: {name}\n")
    assert printed.out.startswith("two 2 %")
    assert set(entries(kept)) == {name, "two"}


def test_a_kept_file_that_cannot_be_replaced_stays_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = tmp_path / "bench.json"
    keep("one", one(), kept)
    before = kept.read_bytes()

    def no_dump(*_: object, **__: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(json, "dump", no_dump)
    with pytest.raises(OSError, match="disk full"):
        keep("two", two(), kept)

    assert kept.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["bench.json"]


@pytest.mark.parametrize(
    ("arguments", "environment", "wanted"),
    [
        (["text_pages_per_second"], {}, ["text_pages_per_second"]),
        ([], {"ONLY": "cer_noisy_scan"}, ["cer_noisy_scan"]),
        ([], {"ONLY": ""}, list(MEASURES)),
        ([], {}, list(MEASURES)),
        (["cer_noisy_scan"], {"ONLY": "bag_screenshot"}, ["cer_noisy_scan"]),
    ],
)
def test_only_comes_from_the_argument_or_the_environment(
    arguments: list[str], environment: dict[str, str], wanted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[list[str]] = []

    def note(names: list[str], *, kept: Path) -> int:
        ran.append(names)
        return 0

    monkeypatch.setattr(harness, "run", note)

    assert main(arguments, environment) == 0
    assert ran == [wanted]


@pytest.mark.parametrize(
    ("arguments", "environment"), [(["nonsense"], {}), ([], {"ONLY": "nonsense"}), (["a", "b"], {})]
)
def test_an_unknown_name_is_refused_with_the_names_there_are(
    arguments: list[str], environment: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments, environment) == 2
    assert "cer_english_clean" in capsys.readouterr().err


@pytest.mark.parametrize("where", MEASURES.values(), ids=MEASURES)
def test_every_measure_has_its_function(where: str) -> None:
    module, name = where.split(":")
    tree = ast.parse((ROOT / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_a_mark_is_timed_from_before_the_start_of_the_process() -> None:
    begin = time.monotonic()
    code = "import time; print('some words'); print('DIGLOT_MARK window', time.monotonic())"

    seconds = seconds_to_mark(python("-c", code), "window", os.environ)

    assert 0 < seconds <= time.monotonic() - begin


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("print('DIGLOT_MARK first-page 1.0')", "printed no"),
        ("import sys; sys.exit('the window did not open')", "the window did not open"),
    ],
)
def test_a_program_without_its_mark_is_a_failed_measure(code: str, words: str) -> None:
    with pytest.raises(BenchError, match=words):
        seconds_to_mark(python("-c", code), "window", os.environ)


@pytest.mark.slow
def test_a_program_that_does_not_end_is_ended() -> None:
    with pytest.raises(BenchError, match="did not end"):
        run_program(python("-c", "import time; time.sleep(60)"), os.environ, limit_s=0.3)
