"""`diglot library`: what may be typed, what is told of it, what is forgotten, and where it goes."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.commands.library_command import chosen, library
from engine.commands.library_telling import document_line, forgotten_lines, in_bytes
from engine.commands.library_words import ForgetOptions, ListOptions, MoveOptions, SizeOptions, parse_library
from engine.errors import OutputNotWritable, UsageError
from engine.settings import load_settings
from engine.store.errors import NotKept, StoreLocked, StorePlaceTaken, StoreUnreachable
from engine.store.files import SET_ASIDE
from engine.store.library import Library
from engine.store.records import DocumentFacts, Forgotten, KeptDocument, NameSeen
from tests.support.command import DIGLOT, environment
from tests.support.kept_library import bytes_in, with_library
from tests.support.kept_pages import facts, page

Answer = TypeVar("Answer")
CONTRACT, INVOICE = facts("contract.pdf", pages=9), facts("invoice.pdf", pages=1)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with two documents of three pages in its library."""
    monkeypatch.setenv("DIGLOT_HOME", str(tmp_path / "home"))

    async def fill(library: Library) -> None:
        for document, texts in ((CONTRACT, ("ozone one", "ozone two")), (INVOICE, ("total of helium",))):
            await library.note(document)
            for number, text in enumerate(texts, 1):
                await library.keep(document.sha256, page(number, text))

    with_library(tmp_path / "home" / "data" / "library", fill)
    return tmp_path / "home"


def ask(folder: Path, question: Callable[[Library], Awaitable[Answer]]) -> Answer:
    return with_library(folder, question)


async def documents(library: Library) -> list[str]:
    return [kept.facts.name for kept in await library.documents()]


def run(*words: str) -> int:
    return library(parse_library(words))


# -- what may be typed


def test_what_was_typed_is_understood() -> None:
    assert parse_library([]) == SizeOptions(json=False)
    assert parse_library(["--json"]) == SizeOptions(json=True)
    assert parse_library(["list", "--limit", "7"]) == ListOptions(7, json=False)
    assert parse_library(["forget", "a", "b", "a"]) == ForgetOptions(("a", "b"), all=False, yes=False)
    assert parse_library(["forget", "--all", "--yes"]) == ForgetOptions((), all=True, yes=True)
    assert parse_library(["move", "over there", "-q"]) == MoveOptions("over there", quiet=True)


@pytest.mark.parametrize(
    "typed",
    [
        ["sizes"],
        ["list", "--limit", "0"],
        ["list", "a"],
        ["forget"],
        ["forget", "--all", "a"],
        ["forget", " "],
        ["move"],
    ],
)
def test_what_makes_no_sense_is_refused(typed: list[str]) -> None:
    with pytest.raises(UsageError):
        parse_library(typed)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["list", "forget", "move", "--all", "--json", "--limit"]) | st.text(max_size=6)))
def test_anything_typed_is_understood_or_refused(typed: list[str]) -> None:
    if not {"-h", "--help"} & set(typed):
        with contextlib.suppress(UsageError):
            parse_library(typed)


# -- what is told


def test_the_size_is_told_for_people_and_for_scripts(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (run(), run("--json")) == (0, 0)

    told = capsys.readouterr().out
    folder = home / "data" / "library"
    first, counts, size = told.splitlines()[:3]
    assert first == str(folder)
    assert counts == "2 documents, 3 pages read, 3 readings"
    assert size.endswith("0 bytes of it small pictures of pages")
    known = json.loads(told[told.index("{") :])
    assert (known["folder"], known["there"], known["documents"], known["pages"]) == (str(folder), True, 2, 3)
    assert known["file_bytes"] > 10_000 and known["set_aside"] == []


def test_where_nothing_is_kept_looking_makes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DIGLOT_HOME", str(tmp_path / "home"))

    assert [run(), run("list"), run("forget", "--all")] == [0, 0, 0]
    with pytest.raises(NotKept):
        run("forget", "a.pdf")

    told = capsys.readouterr()
    assert told.out == f"Nothing is kept yet. It would lie in {tmp_path / 'home' / 'data' / 'library'}\n"
    assert told.err == "Nothing is kept yet.\nNothing is kept yet.\n"
    assert not (tmp_path / "home").exists()


def test_documents_are_listed_with_how_much_was_read(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("list", "--limit", "1") == 0
    told = capsys.readouterr()
    assert told.out.startswith(INVOICE.sha256[:8])
    assert told.out.endswith("/home/user/invoice.pdf: 1 of 1 page read\n")
    assert told.err == "1 of 2 documents; --limit shows more.\n"

    assert run("list", "--json") == 0
    known = json.loads(capsys.readouterr().out)
    assert (known["total"], [each["name"] for each in known["documents"]]) == (2, ["invoice.pdf", "contract.pdf"])
    assert (known["documents"][1]["read"], known["documents"][1]["pages"]) == (2, 9)


def kept(name: str, sha256: str, path: str = "") -> KeptDocument:
    return KeptDocument(
        DocumentFacts(sha256, name, "pdf", "pt", 1, path=path), (NameSeen(name, path, 1.0),), 0.0, 1.0, 1
    )


def test_a_name_cannot_speak_to_the_terminal() -> None:
    assert "\x1b" not in document_line(kept("a\x1b[2Jb\n.pdf", "ab" * 32))


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 kB"), (312_400_000, "312 MB"), (4_240_000_000, "4.2 GB")],
)
def test_sizes_are_written_as_file_managers_do(size: int, words: str) -> None:
    assert in_bytes(size) == words


# -- forgetting


def test_a_document_is_meant_by_its_path_its_name_or_its_hash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    one = kept("a.pdf", "1234" + "a" * 60, str(tmp_path / "a.pdf"))
    two = kept("a.pdf", "1234" + "b" * 60, "/elsewhere/a.pdf")
    three = kept("1234", "cafe" * 16)
    known = [one, two, three]

    assert chosen(known, "./a.pdf") is one  # the path wins over the name that both have
    assert chosen(known, "/elsewhere/a.pdf") is two
    assert chosen(known, "1234") is three  # a name wins over a hash
    assert chosen(known, "1234BB") is two
    for name in ("caf", "b.pdf", "", "12345"):
        with pytest.raises(NotKept):
            chosen(known, name)
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path / "sub")
    with pytest.raises(UsageError, match="2 documents are meant; name one by how its hash begins: 1234aaaa, 1234bbbb"):
        chosen(known, "a.pdf")


def test_what_is_forgotten_is_gone_and_the_rest_stays(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = home / "data" / "library"

    assert run("forget", "contract.pdf", CONTRACT.sha256[:8], "--yes") == 0

    assert capsys.readouterr().err == "1 document forgotten. No text of theirs is left in the library's files.\n"
    assert ask(folder, documents) == ["invoice.pdf"]
    assert b"ozone" not in bytes_in(folder) and b"helium" in bytes_in(folder)


def test_nobody_is_forgotten_where_one_name_is_wrong_or_nobody_can_be_asked(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NotKept):
        run("forget", "contract.pdf", "nowhere.pdf", "--yes")
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(UsageError, match="nobody can be asked"):
        run("forget", "contract.pdf")

    assert len(ask(home / "data" / "library", documents)) == 2


def test_everything_is_damaged_libraries_too(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = home / "data" / "library"
    aside = folder / f"{SET_ASIDE}2027-01-02 03.04.05.db"
    aside.write_bytes(b"helium")

    assert run("forget", "invoice.pdf", "--yes") == 0
    assert str(aside) in capsys.readouterr().err
    assert run() == 0
    assert str(aside) in capsys.readouterr().out
    assert run("forget", "--all", "--yes") == 0

    assert ask(folder, documents) == []
    assert not aside.exists()


def test_what_could_not_be_wiped_yet_is_said() -> None:
    assert "once it does no more" in forgotten_lines(Forgotten(2, wiped=False))[0]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs a terminal of its own")
@pytest.mark.parametrize(("answer", "code", "left"), [("n", 130, 2), ("", 130, 2), ("y", 0, 1)])
def test_a_terminal_is_asked(home: Path, answer: str, code: int, left: int) -> None:
    import pty

    ours, theirs = pty.openpty()
    try:
        asking = subprocess.Popen(
            [DIGLOT, "library", "forget", "contract.pdf"], stdin=theirs, stderr=subprocess.PIPE, env=environment(home)
        )
        os.write(ours, f"{answer}\n".encode())
        _, told = asking.communicate(timeout=60)
    finally:
        os.close(ours)
        os.close(theirs)

    assert asking.returncode == code
    assert "/home/user/contract.pdf: 2 of 9 pages read\nForget 1 document, with 2 pages read?" in told.decode()
    assert len(ask(home / "data" / "library", documents)) == left


# -- moving


def test_it_is_moved_and_found_there_from_then_on(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    assert run("move", "far/away") == 0

    told = capsys.readouterr().err
    assert " to move; " in told and told.endswith(f"The library lies in {tmp_path / 'far' / 'away'} now.\n")
    assert load_settings().library.folder == str(tmp_path / "far" / "away")
    assert not (home / "data" / "library").exists()
    assert run("list") == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


@pytest.mark.slow
def test_a_place_that_is_taken_and_a_library_in_use_are_refused(home: Path, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a.txt").touch()
    with pytest.raises(StorePlaceTaken):
        run("move", str(tmp_path / "full"), "-q")

    code = "import sys; from engine.__main__ import run; sys.exit(run(sys.argv[1:]))"

    async def move_meanwhile(library: Library) -> int:
        command = [sys.executable, "-c", code, "library", "move", str(tmp_path / "free"), "-q"]
        return subprocess.run(command, env=environment(home), capture_output=True, check=False).returncode

    assert with_library(home / "data" / "library", move_meanwhile) == StoreLocked.exit_code
    assert load_settings().library.folder == ""
    assert not (tmp_path / "free").exists()


def test_where_nothing_is_kept_a_place_is_chosen_and_a_library_there_taken_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DIGLOT_HOME", str(tmp_path / "home"))
    assert run("move", str(tmp_path / "new")) == 0
    assert load_settings().library.folder == str(tmp_path / "new")
    assert run("list") == 0 and "Nothing is kept yet" in capsys.readouterr().err
    monkeypatch.setenv("DIGLOT_HOME", str(tmp_path / "another home"))

    async def note(library: Library) -> None:
        await library.note(CONTRACT)

    with_library(tmp_path / "other", note)
    assert run("move", str(tmp_path / "other")) == 0
    assert "is used from now on" in capsys.readouterr().err
    assert run("list") == 0
    assert "contract.pdf" in capsys.readouterr().out
    (tmp_path / "file").touch()
    monkeypatch.setenv("DIGLOT_HOME", str(tmp_path / "second"))
    with pytest.raises(OutputNotWritable):
        run("move", str(tmp_path / "file"))


def test_a_library_whose_drive_is_away_is_said_to_be_and_another_can_be_begun(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drive = tmp_path / "drive"
    assert run("move", str(drive / "library"), "-q") == 0
    drive.rename(tmp_path / "pulled out")
    drive.mkdir()  # where it was mounted, and it can be written

    for words in (["list"], ["forget", "--all", "--yes"], []):
        with pytest.raises(StoreUnreachable):
            run(*words)
    assert not list(drive.iterdir())
    assert run("move", str(tmp_path / "new")) == 0
    told = capsys.readouterr().err
    assert f"The library in {drive / 'library'} cannot be reached, and stays as it is." in told
    assert run("list") == 0 and not capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no Ctrl-C to another process")
def test_ctrl_c_leaves_it_where_it_lay(home: Path, tmp_path: Path) -> None:
    # A slow drive: the copy is held up until Ctrl-C has been heard.
    held_up = (
        "import sys, time, pathlib\n"
        "from engine.store import files\n"
        "from engine.commands import library_command as command\n"
        "from engine.__main__ import run\n"
        "files.PAGES_AT_ONCE = 1\n"
        "before = command._tell\n"
        "def tell(report, stop, share, total):\n"
        "    pathlib.Path(sys.argv[1]).touch()\n"
        "    while not stop.is_set(): time.sleep(0.01)\n"
        "    before(report, stop, share, total)\n"
        "command._tell = tell\n"
        "sys.exit(run(['library', 'move', sys.argv[2]]))\n"
    )
    begun = tmp_path / "begun"
    moving = subprocess.Popen(
        [sys.executable, "-c", held_up, begun, tmp_path / "new"], env=environment(home), stderr=subprocess.PIPE
    )
    until = time.monotonic() + 60
    while not begun.exists() and time.monotonic() < until:
        time.sleep(0.01)
    moving.send_signal(signal.SIGINT)
    _, told = moving.communicate(timeout=60)

    assert moving.returncode == 130
    assert told.decode().endswith(f"Stopped. The library lies in {home / 'data' / 'library'}, as before.\n")
    assert load_settings().library.folder == "" and not (tmp_path / "new").exists()
    assert len(ask(home / "data" / "library", documents)) == 2
