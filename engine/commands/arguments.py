"""The words of the command line: what may be typed, what it means, and the help."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine import __version__
from engine.commands.engine_arguments import EngineOptions, parse_engine
from engine.commands.exit_codes import NOT_READY, as_lines
from engine.commands.library_arguments import JobsOptions, SearchOptions, parse_jobs, parse_search
from engine.commands.page_ranges import PageRanges, parse_ranges
from engine.commands.parser import Parser
from engine.errors import UsageError
from engine.exports.formats import FORMATS
from engine.tasks.task import Task

OVERVIEW = """\
usage: diglot [FILE…]            open the window, with these files if there are any
       diglot read INPUT…        read documents and write their text
       diglot search WORD…       find pages in everything that was read
       diglot jobs               what is being read, what was interrupted
       diglot engine COMMAND     the local engine: install, start, stop and more
       diglot doctor             say what is installed and what is missing

Diglot reads PDF files and pictures on this computer. Nothing leaves it.

commands:
  read      documents to Markdown, plain text, HTML or JSON
  search    pages on which all words stand, with their places
  jobs      jobs and how far they came
  engine    a local vLLM with HunyuanOCR ("diglot engine --help" lists its commands)
  doctor    what is there, what is missing, and what to do about it

options:
  -h, --help    show this help ("diglot read --help" shows that of a command)
  --version     show the version

A file that is named like a command is opened as ./read.
"""

_EXAMPLES = """\
examples:
  diglot read invoice.pdf                        Markdown on the screen
  diglot read invoice.pdf -o invoice.html        one file; its suffix chooses the format
  diglot read scans/ letter.png -o texts/        one file for each input
  diglot read book.pdf --pages 1-3,7,10- --format json | jq '.pages[].blocks'
  diglot read --password-file key.txt contract.pdf
  diglot read -- -odd-name.pdf                   a name that begins with a dash

where the result goes:
  Without -o it goes to standard output, documents one after the other (JSON: one line for each).
  With -o FOLDER each input becomes one file: invoice.pdf becomes invoice.md. Where two inputs would
  get the same name, they become invoice.pdf.md and invoice.png.md, and then invoice.pdf (2).md.
  -o is a folder if it is one, if it ends with a slash, or if there are several inputs and its name
  ends with none of the formats' suffixes. A file is written whole or not at all. Originals are never changed.

stopping:
  Ctrl-C stops after writing the finished pages and says which they are; a second one leaves at once.
"""


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What `diglot read` was asked for."""

    inputs: tuple[str, ...]
    reader: str
    task: Task
    pages: PageRanges | None
    format_name: str | None
    output: str | None
    password_file: str | None
    jobs: int | None
    quiet: bool
    keep: bool = False


@dataclass(frozen=True, slots=True)
class DoctorOptions:
    """What `diglot doctor` was asked for."""

    json: bool


def parse(arguments: Sequence[str]) -> ReadOptions | DoctorOptions | SearchOptions | JobsOptions | EngineOptions:
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
    if command == "doctor":
        return DoctorOptions(_doctor_parser().parse_args(rest).json)
    # Cut at "--" by hand: argparse loses count of inputs that stand on both sides of an option.
    cut = rest.index("--") if "--" in rest else len(rest)
    given = _read_parser().parse_intermixed_args(_ranges_bound(rest[:cut]))
    inputs = (*given.inputs, *rest[cut + 1 :])
    if not inputs:
        raise UsageError(detail="no INPUT was given")
    return ReadOptions(
        inputs=inputs,
        reader=given.reader,
        task=Task(given.task),
        pages=None if given.pages is None else parse_ranges(given.pages),
        format_name=given.format,
        output=given.output,
        password_file=given.password_file,
        jobs=given.jobs,
        quiet=given.quiet,
        keep=given.keep,
    )


def guess_command(word: str, commands: Sequence[str]) -> str | None:
    """Return which of the commands a first word was probably meant to be, None where it may be a file."""
    import difflib

    if Path(word).exists() or re.search(r"[./\\]", word):
        return None
    return next(iter(difflib.get_close_matches(word.lower(), commands, n=1, cutoff=0.7)), None)


def version_line() -> str:
    """Return the name and the version."""
    return f"Diglot {__version__}"


def _ranges_bound(arguments: Sequence[str]) -> list[str]:
    """Bind "--pages -5,9" together: argparse would take "-5,9" for an option."""
    bound: list[str] = []
    words = iter(arguments)
    for word in words:
        if word == "--pages" and (value := next(words, None)) is not None:
            word = f"--pages={value}"
        bound.append(word)
    return bound


def _workers(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,3}", text) or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to 999")
    return int(text)


def _read_parser() -> Parser:
    codes = "exit codes:\n" + "\n".join(as_lines())
    parser = Parser(
        prog="diglot read",
        usage="diglot read [options] INPUT…",
        description="Read documents and write their text.",
        epilog=f"{_EXAMPLES}\n{codes}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("inputs", nargs="*", metavar="INPUT", help="a PDF, a picture (PNG, JPEG, TIFF, …) or a folder of pictures")
    add(
        "--reader",
        choices=("auto", "cpu", "text", "vllm"),
        default="auto",
        help="auto: a page's own text where it is sound, else its picture (the usual way); "
        "cpu: always the picture; text: only the page's own text; vllm: HunyuanOCR on the engine",
    )
    add(
        "--task",
        choices=("document", "text", "table", "formula", "chart", "spotting"),
        default="document",
        help="document: headings, paragraphs, lists and tables (the usual one); text: the lines; table: tables alone; "
        "formula, chart, spotting (lines with places): with the reader vllm",
    )
    add("--pages", metavar="PAGES", help="which pages, such as 1-3,7,10- or -5 (usually all)")
    add("--format", choices=tuple(FORMATS), help="usually what the suffix of -o says, else md")
    add("-o", "--output", metavar="FILE|FOLDER", help="write there instead of standard output (-)")
    add("--password-file", metavar="FILE", help="the password is its first line; - reads it from standard input")
    add("--jobs", type=_workers, metavar="N", help="how many processor cores to use (usually all)")
    add("--keep", action="store_true", help="keep what is read in the library, where “diglot search” finds it")
    add("-q", "--quiet", action="store_true", help="no progress, only errors")
    return parser


def _doctor_parser() -> Parser:
    parser = Parser(
        prog="diglot doctor",
        description="Say what is installed, what is missing, and what to do about it.",
        epilog=f"It ends with 0 where documents can be read, else with {NOT_READY}.",
        allow_abbrev=False,
    )
    parser.add_argument("--json", action="store_true", help="the same as JSON")
    return parser
