"""The words of the command line: what may be typed, what it means, and the help."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine import __version__
from engine.commands.engine_arguments import EngineOptions, parse_engine
from engine.commands.exit_codes import NOT_READY
from engine.commands.library_arguments import JobsCommand, SearchOptions, parse_jobs, parse_search
from engine.commands.library_words import LibraryCommand, parse_library
from engine.commands.parser import Parser
from engine.commands.reading_arguments import ReadOptions, parse_read

OVERVIEW = """\
usage: diglot [FILE…]            open the window, with these files if there are any
       diglot read INPUT…        read documents and write their text
       diglot search WORD…       find pages in everything that was kept
       diglot jobs               what is being read, what was interrupted; resume it
       diglot library            how much was kept, and where; list it, forget it, move it
       diglot engine COMMAND     the local engine: install, start, stop and more
       diglot doctor             say what is installed and what is missing

Diglot reads PDF files and pictures on this computer. Nothing leaves it, unless you name a server of your own.

commands:
  read      documents to Markdown, plain text, HTML or JSON
  search    kept pages on which all words stand, with their places
  jobs      jobs and how far they came; take up the interrupted ones
  library   everything that was kept: its size, its documents, forgetting, moving
  engine    a local vLLM with HunyuanOCR ("diglot engine --help" lists its commands)
  doctor    what is there, what is missing, and what to do about it

options:
  -h, --help    show this help ("diglot read --help" shows that of a command)
  --version     show the version

A file that is named like a command is opened as ./read.
"""


@dataclass(frozen=True, slots=True)
class DoctorOptions:
    """What `diglot doctor` was asked for."""

    json: bool


Options = ReadOptions | DoctorOptions | SearchOptions | JobsCommand | LibraryCommand | EngineOptions


def parse(arguments: Sequence[str]) -> Options:
    """Read the words after `diglot`; the first one is a command.

    Raises:
        UsageError: They were not understood.
        SystemExit: The help was asked for and has been shown.
    """
    command, *rest = arguments
    if command == "engine":
        return parse_engine(rest)
    if command == "search":
        return parse_search(rest)
    if command == "jobs":
        return parse_jobs(rest)
    if command == "library":
        return parse_library(rest)
    if command == "doctor":
        return DoctorOptions(_doctor_parser().parse_args(rest).json)
    return parse_read(rest)


def guess_command(word: str, commands: Sequence[str]) -> str | None:
    """Return which of the commands a first word was probably meant to be, None where it may be a file."""
    import difflib

    if Path(word).exists() or re.search(r"[./\\]", word):
        return None
    return next(iter(difflib.get_close_matches(word.lower(), commands, n=1, cutoff=0.7)), None)


def version_line() -> str:
    """Return the name and the version."""
    return f"Diglot {__version__}"


def _doctor_parser() -> Parser:
    parser = Parser(
        prog="diglot doctor",
        description="Say what is installed, what is missing, and what to do about it.",
        epilog=f"It ends with 0 where documents can be read, else with {NOT_READY}.",
        allow_abbrev=False,
    )
    parser.add_argument("--json", action="store_true", help="the same as JSON")
    return parser
