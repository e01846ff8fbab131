"""The real command in a child process, and small real documents for it to read."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pymupdf

DIGLOT = Path(sys.executable).with_name("diglot.exe" if sys.platform == "win32" else "diglot")
LONGEST_S = 120


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


def environment(home: Path, **changes: str) -> dict[str, str]:
    """Return an environment whose Diglot folders lie under `home`."""
    return {**os.environ, "DIGLOT_HOME": str(home), **changes}


def diglot(*words: str | Path, cwd: Path, stdin: str = "", **changes: str) -> Ended:
    """Run the command in `cwd` and wait for its end; its own folders lie in `cwd`/.home."""
    ended = subprocess.run(
        [DIGLOT, *words],
        cwd=cwd,
        input=stdin.encode(),
        capture_output=True,
        env=environment(cwd / ".home", **changes),
        timeout=LONGEST_S,
        check=False,
    )
    return Ended(ended.returncode, ended.stdout.decode(), ended.stderr.decode())


def start(*words: str | Path, cwd: Path) -> subprocess.Popen[bytes]:
    """Start the command with pipes, in a session of its own (as a terminal would not)."""
    return subprocess.Popen(
        [DIGLOT, *words],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(cwd / ".home"),
        start_new_session=True,
    )


def pdf_with_text(path: Path, *pages: str, password: str = "") -> Path:
    """Write a PDF whose pages carry these texts themselves."""
    with pymupdf.open() as document:
        for text in pages:
            document.new_page().insert_text((72, 100), text, fontsize=12)
        encryption = pymupdf.PDF_ENCRYPT_AES_256 if password else pymupdf.PDF_ENCRYPT_NONE
        document.save(path, encryption=encryption, user_pw=password or None, owner_pw=password or None)
    return path


def pdf_of_scans(path: Path, count: int) -> Path:
    """Write a PDF of pictures of text: nothing in it can be read but by the built-in reader."""
    with pymupdf.open() as text, pymupdf.open() as scans:
        text.new_page().insert_text((72, 100), "A scanned page of words", fontsize=18)
        picture = text[0].get_pixmap(dpi=110).tobytes("png")
        xref = 0
        for _ in range(count):
            page = scans.new_page()
            xref = page.insert_image(page.rect, xref=xref) if xref else page.insert_image(page.rect, stream=picture)
        scans.save(path)
    return path


def picture(path: Path, text: str = "") -> Path:
    """Write a small picture (PNG) of a line of text."""
    with pymupdf.open() as document:
        page = document.new_page(width=300, height=80)
        page.insert_text((20, 50), text or "A picture of words", fontsize=20)
        path.write_bytes(page.get_pixmap(dpi=110).tobytes("png"))
    return path
