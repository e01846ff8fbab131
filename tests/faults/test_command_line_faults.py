"""The command line when things go wrong: bad inputs, bad places, Ctrl-C, broken pipes, full disks, our own faults."""

from __future__ import annotations

import os
import pty
import re
import signal
import struct
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pymupdf
import pytest

from tests.support.command import DIGLOT, diglot, environment, pdf_of_scans, pdf_with_text, start

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and devices of Unix")
IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


# -- every kind of bad input --


def png_header(path: Path, width: int, height: int) -> None:
    """Write a PNG that claims this size and holds one row of nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data))

    header = struct.pack("!IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + body)


def no_pages(path: Path) -> None:
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>"]
    written, places = b"%PDF-1.4\n", []
    for number, obj in enumerate(objects, 1):
        places.append(len(written))
        written += b"%d 0 obj %s endobj\n" % (number, obj)
    table = b"xref\n0 3\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    path.write_bytes(written + table + b"trailer << /Size 3 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(written))


def truncated(path: Path) -> None:
    with pymupdf.open() as document:
        document.new_page()
        path.write_bytes(document[0].get_pixmap().tobytes("png")[:200])


def unreadable(path: Path) -> None:
    path.write_bytes(b"%PDF-1.4")
    path.chmod(0)


BAD: dict[str, tuple[str, Callable[[Path], object], int]] = {
    "not there": ("a.pdf", lambda path: None, 10),
    "not readable": ("a.pdf", unreadable, 11),
    "empty": ("a.pdf", lambda path: path.write_bytes(b""), 12),
    "text named as PDF": ("a.pdf", lambda path: path.write_text("Dear Sir or Madam, " * 50), 13),
    "cut picture": ("a.png", truncated, 14),
    "cut PDF": ("a.pdf", lambda path: path.write_bytes(b"%PDF-1.7\n" + b"\xff\0" * 500), 14),
    "no pixels": ("a.gif", lambda path: path.write_bytes(b"GIF89a" + struct.pack("<HHBBB", 0, 0, 0, 0, 0) + b";"), 19),
    "no pages": ("a.pdf", no_pages, 15),
    "bomb": ("a.png", lambda path: png_header(path, 100_000, 100_000), 18),
    "empty folder": ("scans", lambda path: path.mkdir(), 20),
    "folder as file": ("a.pdf", lambda path: path.mkdir(), 21),
    "pipe": ("a.pdf", lambda path: os.mkfifo(path), 22),
}


@pytest.mark.parametrize("kind", BAD)
@pytest.mark.slow
def test_each_bad_input_has_its_code_and_nothing_is_written(tmp_path: Path, kind: str) -> None:
    if kind == "not readable" and IS_ROOT:
        pytest.skip("root may read everything")
    name, make, code = BAD[kind]
    make(tmp_path / name)

    ended = diglot("read", name, "-o", "result.md", cwd=tmp_path)

    assert (ended.code, ended.out) == (code, ""), ended.err
    assert not (tmp_path / "result.md").exists()
    assert re.fullmatch(rf"diglot: .*{re.escape(name)}.*\.\n", ended.err)


def test_a_name_with_control_characters_cannot_speak_to_the_terminal(tmp_path: Path) -> None:
    ended = diglot("read", "\x1b[31mred\nline.pdf", cwd=tmp_path)

    assert ended.code == 10
    assert "\x1b" not in ended.err
    assert ended.err.count("\n") == 1


# -- bad places --


@pytest.fixture
def report(tmp_path: Path) -> Path:
    return pdf_with_text(tmp_path / "report.pdf", *(f"Page {n} of the report." for n in range(1, 6)))


@pytest.mark.slow
def test_a_place_that_cannot_be_written_is_refused_before_reading(report: Path, tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir()
    locked.chmod(0o500)
    (tmp_path / "file").write_text("mine")
    places = ["none/a.md", "file/a.md", "/proc/diglot.md", os.devnull] + ([] if IS_ROOT else ["locked/a.md", "locked/"])

    for place in places:
        ended = diglot("read", report, "--reader", "text", "--format", "md", "-o", place, cwd=tmp_path)
        assert ended.code == 50, (place, ended.err)

    assert (tmp_path / "file").read_text() == "mine"
    assert list(locked.iterdir()) == []


@pytest.mark.parametrize("place", ["report.pdf", "link.md", "./report.pdf"])
def test_the_original_is_never_overwritten(report: Path, tmp_path: Path, place: str) -> None:
    (tmp_path / "link.md").symlink_to(report)
    before = report.read_bytes()

    ended = diglot("read", report, "--format", "md", "-o", place, cwd=tmp_path)

    assert ended.code == 52
    assert report.read_bytes() == before


def test_the_password_file_is_never_overwritten(report: Path, tmp_path: Path) -> None:
    (tmp_path / "key.txt").write_text("secret")
    os.link(tmp_path / "key.txt", tmp_path / "same.txt")

    for place in ("key.txt", "same.txt"):
        ended = diglot("read", report, "--reader", "text", "--password-file", "key.txt", "-o", place, cwd=tmp_path)
        assert ended.code == 52, ended.err

    assert (tmp_path / "key.txt").read_text() == "secret"


@pytest.mark.parametrize("place", ["-", "/dev/stdout"])
@pytest.mark.slow
def test_standard_output_may_be_named(report: Path, tmp_path: Path, place: str) -> None:
    ended = diglot("read", report, "--reader", "text", "-q", "-o", place, cwd=tmp_path)

    assert (ended.code, ended.err) == (0, "")
    assert "Page 5 of the report" in ended.out
    assert not (tmp_path / "-").exists()


@pytest.mark.slow
def test_a_full_disk_leaves_the_old_result_and_no_rubbish(report: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.json").write_text("old")
    limited = "import os, resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000)); "
    limited += "os.execv(sys.argv[1], sys.argv[1:])"
    command = [sys.executable, "-c", limited, str(DIGLOT), "read", str(report), "--reader", "text", "-o", "out/a.json"]

    ended = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, env=environment(tmp_path / ".home"), check=False
    )

    assert ended.returncode == 51, ended.stderr
    assert "The disk is full" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert [(path.name, path.read_text()) for path in (tmp_path / "out").iterdir()] == [("a.json", "old")]


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "tiny"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", place], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("no tiny disk can be made here")
    yield place
    subprocess.run(["umount", place], check=True)


@pytest.mark.slow
def test_a_really_full_disk(tmp_path: Path, tiny_disk: Path) -> None:
    report = pdf_with_text(tmp_path / "long.pdf", *["Words that fill a disk. " * 4] * 30)

    ended = diglot("read", report, "--reader", "text", "-o", tiny_disk / "a.json", cwd=tmp_path)

    assert ended.code == 51, ended.err
    assert "written to" not in ended.err
    assert list(tiny_disk.iterdir()) == []


@pytest.mark.slow
def test_standard_output_on_a_full_disk(report: Path, tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            [DIGLOT, "read", report, "--reader", "text"],
            stdout=full,
            stderr=subprocess.PIPE,
            env=environment(tmp_path / ".home"),
            check=False,
        )

    assert ended.returncode == 51
    assert b"standard output: The disk is full" in ended.stderr
    assert b"Traceback" not in ended.stderr and b"Exception" not in ended.stderr


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >out.md 2>&-"])
@pytest.mark.slow
def test_closed_streams_are_no_defect(report: Path, tmp_path: Path, closed: str) -> None:
    ended = subprocess.run(
        ["sh", "-c", f'"$0" read report.pdf --reader text {closed}', DIGLOT],
        cwd=tmp_path,
        capture_output=True,
        env=environment(tmp_path / ".home"),
        check=False,
    )

    assert ended.returncode == (50 if closed == ">&-" else 0), ended.stderr
    assert b"Traceback" not in ended.stderr


@pytest.mark.slow
def test_a_reader_of_the_pipe_that_leaves_is_no_reason_to_complain(report: Path, tmp_path: Path) -> None:
    running = start("read", report, report, "--reader", "text", "-q", cwd=tmp_path)
    assert running.stdout is not None
    running.stdout.close()

    code = running.wait(60)

    assert running.stderr is not None
    assert (code, running.stderr.read()) == (0, b"")
    running.stderr.close()


@pytest.mark.slow
def test_a_log_that_cannot_be_kept_stops_nothing(report: Path, tmp_path: Path) -> None:
    (tmp_path / ".home").write_text("a file where the folder should be")

    ended = diglot("read", report, "--reader", "text", "-q", cwd=tmp_path)

    assert ended.code == 0
    assert "No log can be kept" in ended.err
    assert "Page 5" in ended.out


# -- stopping --


def first_progress(running: subprocess.Popen[bytes]) -> bytes:
    """Read stderr up to the first line that tells of finished pages."""
    assert running.stderr is not None
    said = b""
    while not re.search(rb": [1-9]\d* of ", said):
        line = running.stderr.readline()
        assert line, said
        said += line
    return said


def ending(running: subprocess.Popen[bytes]) -> tuple[int, str]:
    assert running.stdout is not None and running.stderr is not None
    _, err = running.communicate(timeout=60)
    return running.returncode, err.decode()


def gone(processes: list[psutil.Process]) -> bool:
    left = psutil.wait_procs(processes, timeout=10)[1]
    return not [process for process in left if process.status() != psutil.STATUS_ZOMBIE]


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_writes_the_finished_pages_and_says_which(tmp_path: Path, number: int) -> None:
    pdf_of_scans(tmp_path / "scan.pdf", 60)
    running = start("read", "scan.pdf", "never.pdf", "-o", "out/", cwd=tmp_path)
    first_progress(running)
    children = psutil.Process(running.pid).children(recursive=True)

    running.send_signal(number)
    code, said = ending(running)

    assert code == 130
    found = re.search(
        r"Stopped\. scan\.pdf: pages? ([\d, -]+) (?:is|are) written to (\S+); pages? [\d, -]+ not read\.", said
    )
    assert found, said
    written = (tmp_path / found[2]).read_text()
    from engine.commands.page_ranges import parse_ranges

    assert [int(page) for page in re.findall(r"<!-- page (\d+) -->", written)] == parse_ranges(found[1]).pages(60)
    assert "Stopped before never.pdf" in said
    assert "Traceback" not in said
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["scan.md"]
    assert children and gone(children)


@pytest.mark.slow
def test_a_stop_before_the_first_page_writes_nothing(tmp_path: Path) -> None:
    pdf_of_scans(tmp_path / "scan.pdf", 3)
    running = start("read", "scan.pdf", "-o", "scan.md", cwd=tmp_path)
    assert running.stderr is not None
    running.stderr.readline()  # it has begun

    running.send_signal(signal.SIGINT)
    code, said = ending(running)

    assert code == 130
    finished = (tmp_path / "scan.md").exists()
    assert ("no page was" in said) is not finished


@pytest.mark.slow
def test_a_second_ctrl_c_leaves_at_once(tmp_path: Path) -> None:
    pdf_with_text(tmp_path / "long.pdf", *["\n".join(["Words and more words, line by line."] * 40)] * 60)
    running = start("read", "long.pdf", "--reader", "text", "--format", "json", "-q", cwd=tmp_path)
    assert running.stdout is not None
    wait_until_full(running.stdout.fileno())  # nobody reads: the first Ctrl-C cannot end it
    children = psutil.Process(running.pid).children(recursive=True)

    running.send_signal(signal.SIGINT)
    time.sleep(0.2)
    assert running.poll() is None
    running.send_signal(signal.SIGINT)

    assert running.wait(10) == 130
    assert gone(children)
    ending(running)


def wait_until_full(pipe: int) -> None:
    """Wait until a pipe holds as much as it can."""
    import fcntl
    import termios

    capacity = fcntl.fcntl(pipe, fcntl.F_GETPIPE_SZ)
    deadline = time.monotonic() + 60
    while struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, b"\0" * 4))[0] < capacity:
        assert time.monotonic() < deadline
        time.sleep(0.05)


# -- the terminal --


@pytest.mark.slow
def test_a_terminal_gets_a_bar_that_goes_away_again(report: Path, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    said: list[bytes] = []

    def listen() -> None:
        try:
            while data := os.read(ours, 4096):
                said.append(data)
        except OSError:
            pass  # the other end is closed

    listener = threading.Thread(target=listen)
    listener.start()
    ended = subprocess.run(
        [DIGLOT, "read", report, "none.pdf", "--reader", "text", "-o", "out/"],
        cwd=tmp_path,
        stderr=theirs,
        env=environment(tmp_path / ".home", TERM="xterm", COLUMNS="70"),
        check=False,
    )
    os.close(theirs)
    listener.join()
    os.close(ours)

    shown = b"".join(said).decode()
    assert ended.returncode == 3
    assert "[------------------------]" in shown
    assert all(len(drawn) <= 70 for drawn in re.split(r"[\r\n]+", shown) if "[" in drawn)
    final_lines = [line.rsplit("\r", 1)[-1] for line in shown.replace("\r\n", "\n").split("\n")]
    assert [line for line in final_lines if "[-" in line or "[#" in line] == []
    assert any("none.pdf: There is no such file" in line for line in final_lines)


# -- our own faults --


@pytest.mark.slow
def test_a_defect_of_ours_is_code_1_with_the_traceback_in_the_log_alone(report: Path, tmp_path: Path) -> None:
    broken = (
        "import sys, engine.commands.reading as command\n"
        "def explode(*words, **more): raise KeyError('Confidential page text')\n"
        "command.render = explode\n"
        "from engine.__main__ import main\n"
        "main()\n"
    )

    ended = subprocess.run(
        [sys.executable, "-c", broken, "read", report, "--reader", "text", "-q"],
        capture_output=True,
        text=True,
        env=environment(tmp_path / ".home"),
        check=False,
    )

    log = next((tmp_path / ".home").rglob("diglot.log"))
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.splitlines()[-1].startswith("diglot: This is a fault in Diglot itself (KeyError)")
    assert str(log) in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "explode" in log.read_text()
    assert "Confidential" not in log.read_text() + ended.stderr
