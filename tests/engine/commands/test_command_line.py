"""The command line as people use it: real documents in, text out, the exit code of the table."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from engine.__main__ import COMMANDS, window_command
from engine.commands.arguments import guess_command, parse
from engine.commands.destination import ToFile, ToFolder, ToStandardOutput, destination_for, names_for
from engine.commands.exit_codes import exit_codes
from engine.commands.reading_arguments import ReadOptions
from engine.errors import OutputNotWritable, UsageError
from engine.output.document import document_from_dict
from tests.support.command import DIGLOT, diglot, environment, pdf_of_scans, pdf_with_text, picture


@pytest.fixture
def report(tmp_path: Path) -> Path:
    return pdf_with_text(tmp_path / "report.pdf", *(f"Page {n} of the report is here." for n in range(1, 6)))


TEXT = ("--reader", "text")


# -- results --


@pytest.mark.slow
def test_the_result_goes_to_standard_output_as_markdown(report: Path, tmp_path: Path) -> None:
    ended = diglot("read", report, *TEXT, cwd=tmp_path)

    assert ended.code == 0
    assert ended.out.startswith("<!-- page 1 -->\n\n")
    assert [f"Page {n} of the report is here." in ended.out for n in range(1, 6)] == [True] * 5
    assert "5 pages" in ended.err
    assert "\r" not in ended.err


@pytest.mark.slow
def test_the_usual_reader_reads_text_and_pictures(tmp_path: Path) -> None:
    pdf_with_text(tmp_path / "born.pdf", "A born digital sentence.")
    picture(tmp_path / "shot.png", "A picture of words")

    ended = diglot("read", "born.pdf", "shot.png", cwd=tmp_path)

    assert ended.code == 0
    assert "<!-- file born.pdf -->" in ended.out and "A born digital sentence." in ended.out
    assert "<!-- file shot.png -->" in ended.out and "A picture of words" in ended.out


@pytest.mark.parametrize(
    ("ranges", "pages"),
    [("2", [2]), ("1-2,5", [1, 2, 5]), ("4-", [4, 5]), ("-2", [1, 2]), ("-1,5", [1, 5]), ("5-99", [5])],
)
@pytest.mark.slow
def test_only_the_wanted_pages_are_read(report: Path, tmp_path: Path, ranges: str, pages: list[int]) -> None:
    ended = diglot("read", report, *TEXT, "--pages", ranges, "--format", "json", "-q", cwd=tmp_path)

    assert ended.code == 0
    assert ended.err == ""
    reading = document_from_dict(json.loads(ended.out))
    assert [page.number for page in reading.pages] == pages
    assert reading.head.page_count == 5
    assert len(reading.head.sha256) == 64


@pytest.mark.parametrize(
    ("name", "beginning"), [("a.html", "<!doctype"), ("a.json", '{"diglot":1'), ("a.txt", "Page 1")]
)
@pytest.mark.slow
def test_the_suffix_chooses_the_format(report: Path, tmp_path: Path, name: str, beginning: str) -> None:
    ended = diglot("read", report, *TEXT, "-o", name, cwd=tmp_path)

    assert (ended.code, ended.out) == (0, "")
    assert (tmp_path / name).read_text(encoding="utf-8").startswith(beginning)
    assert f"written to {name}" in ended.err


@pytest.mark.slow
def test_several_inputs_become_one_file_each(report: Path, tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    pdf_with_text(tmp_path / "b" / "Report.pdf", "The other report.")

    ended = diglot("read", report, tmp_path / "b" / "Report.pdf", *TEXT, "-o", "out/", cwd=tmp_path)

    assert ended.code == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["Report.pdf (2).md", "report.pdf.md"]
    assert "The other report." in (tmp_path / "out" / "Report.pdf (2).md").read_text()


@pytest.mark.slow
def test_several_inputs_as_json_are_one_document_on_each_line(report: Path, tmp_path: Path) -> None:
    ended = diglot("read", report, report, *TEXT, "--format", "json", cwd=tmp_path)

    documents = [document_from_dict(json.loads(line)) for line in ended.out.splitlines()]
    assert [len(document.pages) for document in documents] == [5, 5]


@pytest.mark.parametrize("name", ["合同 第一页.pdf", "-odd.pdf", 'a\'b "c".pdf', "read"])
@pytest.mark.slow
def test_odd_names_are_names_like_others(tmp_path: Path, name: str) -> None:
    pdf_with_text(tmp_path / name, "Whatever the name says.")

    ended = diglot("read", *TEXT, "-o", "out/", "--", name, cwd=tmp_path)

    assert ended.code == 0, ended.err
    assert (tmp_path / "out" / (name.removesuffix(".pdf") + ".md")).read_text().strip() == "Whatever the name says."


@pytest.mark.slow
def test_a_folder_of_pictures_is_one_document(tmp_path: Path) -> None:
    (tmp_path / "scans").mkdir()
    picture(tmp_path / "scans" / "2.png", "The second one")
    picture(tmp_path / "scans" / "1.png", "The first one")

    ended = diglot("read", "scans", "--format", "txt", cwd=tmp_path)

    assert ended.code == 0
    assert ended.out.index("The first one") < ended.out.index("The second one")


# -- passwords --


@pytest.mark.slow
def test_a_password_file_opens_and_the_password_is_written_nowhere(tmp_path: Path) -> None:
    pdf_with_text(tmp_path / "locked.pdf", "Between us.", password="geh€im ")
    (tmp_path / "key").write_bytes("geh€im \r\nsecond line".encode())

    ended = diglot("read", "locked.pdf", *TEXT, "--password-file", "key", cwd=tmp_path)
    by_pipe = diglot("read", "locked.pdf", *TEXT, "--password-file", "-", cwd=tmp_path, stdin="geh€im \n")

    assert ended.code == by_pipe.code == 0, ended.err
    assert "Between us." in ended.out
    assert "Between us." in by_pipe.out
    logs = "".join(path.read_text() for path in (tmp_path / ".home").rglob("*.log*"))
    assert "geh€im" not in ended.err + by_pipe.err + logs


@pytest.mark.slow
def test_no_password_and_a_wrong_one_have_codes_of_their_own(tmp_path: Path) -> None:
    pdf_with_text(tmp_path / "locked.pdf", "Between us.", password="geheim")

    without = diglot("read", "locked.pdf", cwd=tmp_path)
    wrong = diglot("read", "locked.pdf", "--password-file", "-", cwd=tmp_path, stdin="Falsches-Wort")

    assert (without.code, wrong.code) == (16, 17)
    assert "--password-file" in without.err
    assert "Falsches-Wort" not in wrong.err


def test_a_password_file_that_is_not_there_is_a_mistake_of_the_command(report: Path, tmp_path: Path) -> None:
    ended = diglot("read", report, "--password-file", "none", cwd=tmp_path)

    assert (ended.code, ended.out) == (2, "")
    assert "--password-file none" in ended.err


# -- partly --


@pytest.mark.slow
def test_pages_that_fail_are_named_and_the_rest_is_written(tmp_path: Path) -> None:
    pdf_of_scans(tmp_path / "scan.pdf", 1)
    pdf_with_text(tmp_path / "text.pdf", "Sound text.")
    import pymupdf

    with pymupdf.open(tmp_path / "text.pdf") as mixed, pymupdf.open(tmp_path / "scan.pdf") as scan:
        mixed.insert_pdf(scan)
        mixed.save(tmp_path / "mixed.pdf")

    ended = diglot("read", "mixed.pdf", *TEXT, "-o", "mixed.md", cwd=tmp_path)

    assert ended.code == 3
    assert "mixed.pdf, page 2: This page carries no text of its own" in ended.err
    written = (tmp_path / "mixed.md").read_text()
    assert "Sound text." in written
    assert "page 2 could not be read" in written.lower()


@pytest.mark.slow
def test_inputs_that_fail_are_named_and_the_others_are_read(report: Path, tmp_path: Path) -> None:
    ended = diglot("read", "none.pdf", report, *TEXT, cwd=tmp_path)

    assert ended.code == 3
    assert "none.pdf: There is no such file" in ended.err
    assert "Page 5 of the report" in ended.out


@pytest.mark.slow
def test_the_first_failure_speaks_where_nothing_could_be_read(tmp_path: Path) -> None:
    (tmp_path / "empty.pdf").write_bytes(b"")

    assert diglot("read", "empty.pdf", "none.pdf", cwd=tmp_path).code == 12
    assert diglot("read", "none.pdf", "empty.pdf", cwd=tmp_path).code == 10


@pytest.mark.slow
def test_a_document_whose_pages_all_fail_writes_nothing(tmp_path: Path) -> None:
    pdf_of_scans(tmp_path / "scan.pdf", 2)

    ended = diglot("read", "scan.pdf", *TEXT, "-o", "out/", cwd=tmp_path)

    assert ended.code == 41
    assert "pages 1-2" in ended.err
    assert not (tmp_path / "out").exists()


# -- wrong words --


@pytest.mark.parametrize(
    "words",
    [
        ["read"],
        ["read", "a.pdf", "--reader", "oracle"],
        ["read", "a.pdf", "--pages", "0"],
        ["read", "a.pdf", "--pages", "3-1"],
        ["read", "a.pdf", "--jobs", "0"],
        ["read", "a.pdf", "--jobs", "many"],
        ["read", "a.pdf", "--task", "translation"],
        ["read", "a.pdf", "-o", "a.docx"],
        ["read", "a.pdf", "-o", ""],
        ["read", "a.pdf", "b.pdf", "--format", "html"],
        ["read", "a.pdf", "--form", "md"],
        ["raed", "a.pdf"],
        ["doctor", "more"],
    ],
)
def test_wrong_usage_is_code_2_in_one_line(tmp_path: Path, words: list[str]) -> None:
    ended = diglot(*words, cwd=tmp_path)

    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("diglot: ")
    assert ended.err.count("\n") == 1
    assert "Traceback" not in ended.err


@pytest.mark.slow
def test_pages_past_the_end_are_refused_in_words(report: Path, tmp_path: Path) -> None:
    ended = diglot("read", report, "--pages", "6", cwd=tmp_path)

    assert ended.code == 2
    assert "pages 1 to 5, not 6" in ended.err


@pytest.mark.slow
def test_help_lists_every_exit_code_and_the_version_is_said(tmp_path: Path) -> None:
    help_text = diglot("read", "--help", cwd=tmp_path)

    assert help_text.code == 0
    for code, meaning in exit_codes().items():
        assert f"{code}  {meaning}" in help_text.out
    assert diglot("--version", cwd=tmp_path).out.startswith("Diglot ")
    assert "diglot read INPUT" in diglot("--help", cwd=tmp_path).out


# -- the window --


def test_everything_else_opens_the_window_and_nothing_else_is_run(tmp_path: Path) -> None:
    command = window_command(["a.pdf", "b.pdf"])

    assert command[1:] == ["-P", "-m", "desktop", "a.pdf", "b.pdf"]
    trap = tmp_path / "desktop"
    trap.mkdir()
    (trap / "__init__.py").write_text("")
    (trap / "__main__.py").write_text("print('trapped')")
    found = [sys.executable, "-P", "-c", "import importlib.util as u; print(u.find_spec('desktop').origin)"]
    where = subprocess.run(found, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert str(tmp_path) not in where


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is always a display")
@pytest.mark.parametrize(("words", "display"), [([], ""), (["report.pdf"], ""), ([], ":4711"), ([], "unix:4711.0")])
def test_no_display_is_said_in_words(report: Path, tmp_path: Path, words: list[str], display: str) -> None:
    nowhere = {"DISPLAY": display, "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": ""}

    ended = diglot(*words, cwd=tmp_path, **nowhere)

    assert (ended.code, ended.out) == (60, "")
    assert "diglot read FILE" in ended.err


def test_a_word_close_to_a_command_is_asked_back_but_files_are_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "raed").write_text("")

    assert guess_command("docter", COMMANDS) == "doctor"
    assert guess_command("raed", COMMANDS) is None
    assert guess_command("./read", COMMANDS) is None
    assert guess_command("invoice.pdf", COMMANDS) is None


# -- the parts --


def test_words_become_options() -> None:
    given = parse(["read", "a.pdf", "--pages", "-2", "b.pdf", "--jobs", "3", "--", "--pages", "-q"])

    assert isinstance(given, ReadOptions)
    assert given.inputs == ("a.pdf", "b.pdf", "--pages", "-q")
    assert given.pages is not None and given.pages.spans == ((1, 2),)
    assert (given.jobs, given.reader, given.quiet, given.format_name) == (3, "auto", False, None)


def test_where_results_go(tmp_path: Path) -> None:
    one, two = [Path("a.pdf")], [Path("a.pdf"), Path("b.pdf")]

    assert isinstance(destination_for(one, output=None, format_name=None), ToStandardOutput)
    assert isinstance(destination_for(one, output=str(tmp_path), format_name=None), ToFolder)
    assert isinstance(destination_for(one, output="new/", format_name=None), ToFolder)
    assert isinstance(destination_for(two, output="new", format_name=None), ToFolder)
    assert isinstance(destination_for(one, output="new", format_name=None), ToFile)
    assert isinstance(destination_for(two, output="all.txt", format_name=None), ToFile)
    assert destination_for(one, output="a.weird", format_name="txt").format_name == "txt"
    with pytest.raises(UsageError, match=r"\.docx"):
        destination_for(one, output="a.docx", format_name=None)


def test_a_place_that_cannot_work_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    for output in ("none/a.md", "file/"):
        destination = destination_for(
            [Path("a.pdf")], output=str(tmp_path / output) + output[-1:].strip("md"), format_name=None
        )
        with pytest.raises(OutputNotWritable):
            destination.check()


@pytest.mark.skipif(sys.platform != "linux", reason="a folder that takes no file, whatever its permissions say")
@pytest.mark.parametrize("output", ["/proc/a.md", "/proc/"])
def test_a_folder_that_takes_no_file_is_found_out_by_trying(output: str) -> None:
    with pytest.raises(OutputNotWritable):
        destination_for([Path("a.pdf")], output=output, format_name=None).check()


def test_trying_leaves_nothing_behind(tmp_path: Path) -> None:
    for output in (tmp_path / "a.md", tmp_path):
        destination_for([Path("a.pdf")], output=str(output), format_name=None).check()

    assert not list(tmp_path.iterdir())


def test_names_never_collide_and_are_never_too_long(tmp_path: Path) -> None:
    (tmp_path / "v1.2").mkdir()
    inputs = [
        "a.pdf",
        "x/b.pdf",
        "x/b.png",
        "y/B.pdf",
        "b.pdf",
        "b.pdf (2)",
        f"{tmp_path}/v1.2",
        "长" * 80 + ".pdf",
        ".pdf",
    ]

    names = names_for([Path(name) for name in inputs], ".md")

    assert names[:5] == ["a.md", "b.pdf.md", "b.png.md", "B.pdf (2).md", "b.pdf (3).md"]
    assert names[6] == "v1.2.md"
    assert len({name.casefold() for name in names}) == len(names)
    assert all(len(name.encode()) <= 255 and name.endswith(".md") for name in names)


def test_the_command_is_installed_beside_python(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "engine", "--version"], capture_output=True, env=environment(tmp_path), check=True
    )

    assert DIGLOT.exists()
    assert ended.stdout.decode() == diglot("--version", cwd=tmp_path).out
