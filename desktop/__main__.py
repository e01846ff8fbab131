"""`python -m desktop [FILES…]`: the window. The file's page process starts before Qt is even imported."""

from __future__ import annotations

import gc
import sys
from pathlib import Path

USAGE = """usage: python -m desktop [FILES…] [--unattended OUT] [--language zh|en]

FILES             a PDF, a picture, a folder of pictures, or several pictures to open as one document
--unattended OUT  open and read the file (or the sample), write Markdown, JSON and a picture of the window into OUT
--language        the window's language; otherwise that of the system
"""
OPTIONS = ("--unattended", "--language")


def main(words: list[str] | None = None) -> int:
    """Understand the command line, start the page process early, run the application."""
    words = sys.argv[1:] if words is None else words
    if "-h" in words or "--help" in words:
        sys.stdout.write(USAGE)
        return 0
    parsed = parse(words)
    if isinstance(parsed, str):
        sys.stderr.write(f"{parsed}\n\n{USAGE}")
        return 2
    files, options = parsed
    if files or "--unattended" in options:
        _start_early(files[0] if len(files) == 1 else None)
    gc.disable()  # until the window stands: everything made so far stays, there is nothing to collect
    from desktop.app import Arguments, run

    out = options.get("--unattended")
    return run(Arguments(tuple(files), Path(out) if out is not None else None, options.get("--language")))


def parse(words: list[str]) -> tuple[list[Path], dict[str, str]] | str:
    """Return the files and the options, or what is wrong. By hand: argparse costs a tenth of our start."""
    files: list[Path] = []
    options: dict[str, str] = {}
    rest = iter(words)
    for word in rest:
        if word == "--":
            files += [Path(name) for name in rest]
        elif word.startswith("--"):
            name, given, value = word.partition("=")
            if name not in OPTIONS:
                return f"There is no option {name}."
            options[name] = value if given else next(rest, "")
            if not options[name]:
                return f"{name} needs a value."
        else:
            files.append(Path(word))
    if options.get("--language", "en") not in ("en", "zh"):
        return "The languages are zh and en."
    return files, options


def _start_early(path: Path | None) -> None:
    if path is not None:
        from engine.pages.opening import start_early

        start_early(path)


if __name__ == "__main__":
    sys.exit(main())
