"""The exit codes for pages and readers that fail, met by the real command on real files and real dead processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest

from engine.readers.models import what_is_missing
from tests.support import bad_files
from tests.support.command import DIGLOT, Ended, diglot, environment, pdf_of_scans, pdf_with_text

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and descriptors of Unix")


def impatient(folder: Path, changes: str, *words: str | Path, **more: str) -> Ended:
    """Run the command with some of its limits changed: nobody waits a minute in a test."""
    code = f"{changes}\nfrom engine.__main__ import main\nmain()\n"
    ended = subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        env=environment(folder / ".home", **more),
        check=False,
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr)


def nothing_written(folder: Path, ended: Ended) -> bool:
    return ended.out == "" and not list(folder.glob("out*")) and "Traceback" not in ended.err


@pytest.mark.slow
def test_31_a_page_that_crashes_its_parser(tmp_path: Path) -> None:
    pdf_with_text(tmp_path / "a.pdf", "one page")

    ended = diglot("read", "a.pdf", "-o", "out.md", cwd=tmp_path, DIGLOT_CHILD_FAULT="page:crash:1")

    assert ended.code == 31 and nothing_written(tmp_path, ended), ended.err
    assert "made its parser crash" in ended.err


@pytest.mark.slow
def test_3_one_page_that_crashes_among_others(tmp_path: Path) -> None:
    pdf_with_text(tmp_path / "a.pdf", "one", "two", "three")

    ended = diglot("read", "a.pdf", "--reader", "text", cwd=tmp_path, DIGLOT_CHILD_FAULT="page:crash:2")

    assert ended.code == 3
    assert "a.pdf, page 2: This page made its parser crash" in ended.err
    assert "one" in ended.out and "three" in ended.out and "<!-- page 2 -->" in ended.out


@pytest.mark.slow
def test_32_a_page_that_takes_too_long(tmp_path: Path) -> None:
    pdf_with_text(tmp_path / "a.pdf", "one page")
    changes = "from engine.pages import process; process.PAGE_WITHIN_S = 1.0"

    ended = impatient(
        tmp_path, changes, "read", "a.pdf", "--reader", "text", "-o", "out.md", DIGLOT_CHILD_FAULT="page:hang:1"
    )

    assert ended.code == 32 and nothing_written(tmp_path, ended), ended.err
    assert "took too long (more than 1 s)" in ended.err


def test_33_a_page_that_wants_too_much_memory(tmp_path: Path) -> None:
    (tmp_path / "scans").mkdir()
    bad_files.picture().save(tmp_path / "scans" / "1.png")
    os.truncate(tmp_path / "scans" / "1.png", 600 << 20)  # holes: it takes no room on the disk

    ended = diglot("read", "scans", "--reader", "cpu", "-o", "out.md", cwd=tmp_path)

    assert ended.code == 33 and nothing_written(tmp_path, ended), ended.err


def test_30_a_picture_damaged_behind_its_head(tmp_path: Path) -> None:
    (tmp_path / "scans").mkdir()
    bad_files.picture(600, 400).save(tmp_path / "scans" / "1.png")
    bad_files.cut(tmp_path / "scans" / "1.png", 0.6)

    ended = diglot("read", "scans", "-o", "out.md", cwd=tmp_path)

    assert ended.code == 30 and nothing_written(tmp_path, ended), ended.err


@pytest.mark.slow
def test_23_a_file_that_is_cut_while_it_is_read(tmp_path: Path) -> None:
    pdf_with_text(tmp_path / "a.pdf", "one page")
    changes = (
        "import os\n"
        "from engine.pages import process\n"
        "opened = process.PageProcess.open\n"
        "async def cut(self):\n"
        "    opening = await opened(self)\n"
        "    os.truncate('a.pdf', 300)\n"
        "    return opening\n"
        "process.PageProcess.open = cut"
    )

    ended = impatient(tmp_path, changes, "read", "a.pdf", "--reader", "text", "-o", "out.md")

    assert ended.code == 23 and nothing_written(tmp_path, ended), ended.err


@pytest.mark.slow
def test_41_pictures_for_the_reader_of_text(tmp_path: Path) -> None:
    pdf_of_scans(tmp_path / "a.pdf", 2)

    ended = diglot("read", "a.pdf", "--reader", "text", "-o", "out.md", cwd=tmp_path)

    assert ended.code == 41 and nothing_written(tmp_path, ended), ended.err
    assert "a.pdf, pages 1-2: This page carries no text of its own" in ended.err


@pytest.mark.slow
@pytest.mark.parametrize(("how", "code"), [(signal.SIGKILL, 42), (signal.SIGSTOP, 43)])
def test_42_and_43_a_reader_that_dies_or_hangs_every_time(tmp_path: Path, how: signal.Signals, code: int) -> None:
    pdf_of_scans(tmp_path / "a.pdf", 1)
    changes = "from engine.readers import cpu; cpu.CpuReader.__init__.__kwdefaults__['stall_s'] = 4.0"
    over = threading.Event()

    def strike() -> None:
        while not over.wait(0.05):
            for process in psutil.Process().children(recursive=True):
                try:
                    if "engine.readers.cpu_worker" in process.cmdline() and process.name() != "bwrap":
                        process.send_signal(how)
                except psutil.Error:
                    continue

    striker = threading.Thread(target=strike)
    striker.start()
    try:
        ended = impatient(tmp_path, changes, "read", "a.pdf", "--reader", "cpu", "-o", "out.md")
    finally:
        over.set()
        striker.join()

    assert ended.code == code and nothing_written(tmp_path, ended), ended.err


@pytest.mark.slow
def test_44_a_reader_without_its_networks(tmp_path: Path) -> None:
    import rapidocr

    if what_is_missing() or os.geteuid() != 0:
        pytest.skip("only root may hide the networks")
    pdf_of_scans(tmp_path / "a.pdf", 1)
    hide = 'mount -t tmpfs none "$0" && exec "$@"'
    models = str(Path(rapidocr.__file__).parent / "models")
    command: list[str | Path] = [
        "unshare",
        "-m",
        "sh",
        "-c",
        hide,
        models,
        DIGLOT,
        "read",
        "a.pdf",
        "--reader",
        "cpu",
        "-o",
        "out.md",
    ]
    ended = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, env=environment(tmp_path / ".home"), check=False
    )
    if "mount" in ended.stderr or "unshare" in ended.stderr:
        pytest.skip("nothing can be mounted here")

    assert ended.returncode == 44, ended.stderr
    assert "not installed completely" in ended.stderr
    assert not (tmp_path / "out.md").exists()


# -- pages at the edge of what is sensible, and the other pages beside them


@pytest.mark.slow
def test_pages_of_absurd_sizes_are_read_or_told(tmp_path: Path) -> None:
    import pymupdf

    with pymupdf.open() as document:
        for width, height in ((14_400, 14_400), (0.01, 0.01), (595, 842), (14_400, 3)):
            page = document.new_page(width=width, height=height)
            page.insert_text((min(72, width / 2), min(72, height / 2)), "Words", fontsize=min(12, height / 3))
        document.save(tmp_path / "a.pdf")

    for reader in ("text", "auto", "cpu"):
        ended = diglot("read", "a.pdf", "--reader", reader, "--format", "json", cwd=tmp_path)
        assert ended.code in (0, 3), (reader, ended.err)
        assert "fault" not in ended.err
        assert "Words" in ended.out or reader != "text"


@pytest.mark.slow
def test_a_page_of_a_hundred_thousand_curves_is_read(tmp_path: Path) -> None:
    bad_files.heavy_pdf(tmp_path / "a.pdf")

    ended = diglot("read", "a.pdf", "--reader", "text", cwd=tmp_path)

    assert (ended.code, ended.out.strip()) == (0, "x"), ended.err


@pytest.mark.slow
def test_a_picture_in_a_pdf_that_claims_gigabytes_costs_its_page_at_most(tmp_path: Path) -> None:
    bad_files.hungry_pdf(tmp_path / "a.pdf")
    most = [0]
    over = threading.Event()

    def weigh() -> None:
        while not over.wait(0.02):
            for process in psutil.Process().children(recursive=True):
                try:
                    if "engine.pages.worker" in process.cmdline():
                        most[0] = max(most[0], process.memory_info().rss)
                except psutil.Error:
                    continue

    scales = threading.Thread(target=weigh)
    scales.start()
    try:
        ended = diglot("read", "a.pdf", "--reader", "cpu", cwd=tmp_path)
    finally:
        over.set()
        scales.join()

    assert ended.code in (0, 3), ended.err
    assert 0 < most[0] < 3 << 30
