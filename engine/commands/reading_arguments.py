"""The words of `diglot read`: what may be typed, what it means, and the help."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.commands.exit_codes import as_lines
from engine.commands.page_ranges import PageRanges, parse_ranges
from engine.commands.parser import Parser
from engine.commands.server_arguments import (
    KEY_VARIABLE,
    ServerOptions,
    add_server_options,
    reader_name,
    server_options,
    way_of,
)
from engine.commands.wishes import order_of
from engine.errors import UsageError
from engine.exports.content import Content
from engine.exports.formats import FORMATS
from engine.tasks.task import Task, TaskOrder, Way

_EXAMPLES = f"""\
examples:
  diglot read invoice.pdf                        Markdown on the screen
  diglot read invoice.pdf -o invoice.html        one file; its suffix chooses the format
  diglot read scans/ letter.png -o texts/        one file for each input
  diglot read book.pdf --pages 1-3,7,10- --format json | jq '.pages[].blocks'
  diglot read --password-file key.txt contract.pdf
  diglot read -- -odd-name.pdf                   a name that begins with a dash

examples with HunyuanOCR:
  diglot read letter.pdf --reader vllm --to en -o letter.html       the translation beside the page's own words
  diglot read letter.pdf --reader vllm --to zh --only translation   the translation alone
  diglot read bill.png --reader vllm --fields 'Invoice number,"Total, net"' --format json
  diglot read photo.jpg --reader vllm --question "Who signed it?"
  diglot read scan.pdf --reader https://ocr.house.example --task table

where the result goes:
  Without -o it goes to standard output, documents one after the other (JSON: one line for each).
  With -o FOLDER each input becomes one file: invoice.pdf becomes invoice.md. Where two inputs would
  get the same name, they become invoice.pdf.md and invoice.png.md, and then invoice.pdf (2).md.
  -o is a folder if it is one, if it ends with a slash, or if there are several inputs and its name
  ends with none of the formats' suffixes. A file is written whole or not at all. Originals are never changed.

what may be wrong:
  Words that the model was not sure of, or that a second reader reads otherwise, are counted at the end.
  HTML marks them with both readings; JSON lists them under “doubts”, with their place on the page.

a server of your house:
  An address after --reader is used for this run only, and pages go there and nowhere else. Its key is taken from
  {KEY_VARIABLE}; where it is the shared server of the settings, key, model and CA file are known already.

stopping:
  Ctrl-C stops after writing the finished pages and says which they are; a second one leaves at once.
  With --keep “diglot jobs resume” goes on from there.
"""


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What `diglot read` was asked for. `content` is None where nothing was said about translations."""

    inputs: tuple[str, ...]
    reader: str
    order: TaskOrder
    pages: PageRanges | None
    format_name: str | None
    output: str | None
    password_file: str | None
    jobs: int | None
    quiet: bool
    keep: bool = False
    way: Way = Way.USUAL
    content: Content | None = None
    server: ServerOptions = field(default_factory=ServerOptions)


def parse_read(arguments: Sequence[str]) -> ReadOptions:
    """Read the words after `diglot read`.

    Raises:
        UsageError: They were not understood.
        SystemExit: The help was asked for and has been shown.
    """
    # Cut at "--" by hand: argparse loses count of inputs that stand on both sides of an option.
    cut = list(arguments).index("--") if "--" in arguments else len(arguments)
    given = _read_parser().parse_intermixed_args(_bound(arguments[:cut]))
    inputs = (*given.inputs, *arguments[cut + 1 :])
    if not inputs:
        raise UsageError(detail="no INPUT was given")
    order = order_of(
        task=given.task, to=given.to, source=given.source, fields=given.fields or (), question=given.question
    )
    if given.only is not None and order.task is not Task.TRANSLATION:
        raise UsageError("--only", detail="it goes with --to")
    return ReadOptions(
        inputs=inputs,
        reader=given.reader,
        order=order,
        pages=None if given.pages is None else parse_ranges(given.pages),
        format_name=given.format,
        output=given.output,
        password_file=given.password_file,
        jobs=given.jobs,
        quiet=given.quiet,
        keep=given.keep,
        way=way_of(given.way, given.reader),
        content=None if given.only is None else Content(given.only),
        server=server_options(given, given.reader),
    )


def add_output_options(add: Callable[..., Any]) -> None:
    """Add what is said about results, cores and words on the screen, the same for every command that reads."""
    add("--format", choices=tuple(FORMATS), help="usually what the suffix of -o says, else md")
    add("-o", "--output", metavar="FILE|FOLDER", help="write there instead of standard output (-)")
    add(
        "--only",
        choices=tuple(Content),
        help="of a translated page: the translation, the source, or both (the usual way); JSON holds always both",
    )
    add("--password-file", metavar="FILE", help="the password is its first line; - reads it from standard input")
    add("--jobs", type=_workers, metavar="N", help="how many processor cores to use (usually all)")
    add("-q", "--quiet", action="store_true", help="no progress, only errors")


# A question may begin with a dash, and "-5,9" is pages: argparse would take either for an option.
_BOUND = ("--pages", "--question", "--fields")


def _bound(arguments: Iterable[str]) -> list[str]:
    """Bind an option and its value together: "--pages=-5,9"."""
    bound: list[str] = []
    words = iter(arguments)
    for word in words:
        if word in _BOUND and (value := next(words, None)) is not None:
            word = f"{word}={value}"
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
        type=reader_name,
        default="auto",
        metavar="READER",
        help="auto: a page's own text where it is sound, else its picture (the usual way); "
        "cpu: always the picture; text: only the page's own text; vllm: HunyuanOCR on the engine; "
        "https://…: HunyuanOCR on that server, for this run",
    )
    add(
        "--task",
        choices=tuple(Task),
        help="document: headings, paragraphs, lists and tables (the usual one); text: the lines; table: tables alone. "
        "Only HunyuanOCR does these: spotting (lines with places), layout, formula, chart, fields, subtitles, "
        "translation, question",
    )
    add("--to", metavar="LANGUAGE", help="translate into zh or en")
    add("--from", dest="source", metavar="LANGUAGE", help="the page's own language, where you know it")
    add(
        "--fields",
        action="append",
        metavar="NAMES",
        help='find the values of these fields, such as "Invoice number,Total"; may be given several times',
    )
    add("--question", metavar="WORDS", help="answer a question about each page")
    add(
        "--way",
        choices=tuple(Way),
        default=Way.USUAL.value,
        help="how HunyuanOCR is asked: usual; plain (for its plain text), smaller (with fewer pixels) or halves "
        "(upper and lower half by themselves) where the usual way went wrong",
    )
    add("--pages", metavar="PAGES", help="which pages, such as 1-3,7,10- or -5 (usually all)")
    add("--keep", action="store_true", help="keep what is read in the library, where “diglot search” finds it")
    add_output_options(add)
    add_server_options(add)
    return parser
