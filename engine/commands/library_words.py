"""The words of `diglot library`: what may be typed, what it means, and the help."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.commands.parser import Parser
from engine.errors import UsageError

USUAL_DOCUMENTS = 50
MOST_DOCUMENTS = 9999
LIST, FORGET, MOVE = "list", "forget", "move"

_EXAMPLES = """\
examples:
  diglot library                         how much is kept, and where
  diglot library list                    the documents, those met last first
  diglot library forget invoice.pdf      forget one, by its name, its path or how its hash begins
  diglot library forget 3f9c77ab 1d04    forget two
  diglot library forget --all --yes      forget everything without being asked
  diglot library move /data/diglot       put it into a folder that is new or empty

Documents themselves are never touched: the library holds what was read of them, and small pictures of their pages.
"""


@dataclass(frozen=True, slots=True)
class SizeOptions:
    """`diglot library`: how much is kept, and where."""

    json: bool


@dataclass(frozen=True, slots=True)
class ListOptions:
    """What `diglot library list` was asked for."""

    limit: int
    json: bool


@dataclass(frozen=True, slots=True)
class ForgetOptions:
    """What `diglot library forget` was asked for. `names` are names, paths or how hashes begin; none with `all`."""

    names: tuple[str, ...] = field(repr=False)
    all: bool
    yes: bool


@dataclass(frozen=True, slots=True)
class MoveOptions:
    """What `diglot library move` was asked for."""

    folder: str
    quiet: bool


LibraryCommand = SizeOptions | ListOptions | ForgetOptions | MoveOptions


def parse_library(arguments: Sequence[str]) -> LibraryCommand:
    """Read the words after `diglot library`.

    Raises:
        UsageError: They were not understood.
        SystemExit: The help was asked for and has been shown.
    """
    command, *rest = arguments or ("",)
    if command == LIST:
        given = _list_parser().parse_args(rest)
        return ListOptions(given.limit, given.json)
    if command == FORGET:
        given = _forget_parser().parse_args(rest)
        names = tuple(dict.fromkeys(given.names))
        if bool(names) == given.all:
            raise UsageError(detail="name the documents to forget, or say --all")
        return ForgetOptions(names, given.all, given.yes)
    if command == MOVE:
        given = _move_parser().parse_args(rest)
        return MoveOptions(given.folder, given.quiet)
    return SizeOptions(_size_parser().parse_args(list(arguments)).json)


def _size_parser() -> Parser:
    parser = Parser(
        prog="diglot library",
        usage="diglot library [--json]\n"
        "       diglot library list [--limit N] [--json]\n"
        "       diglot library forget NAME…|--all [--yes]\n"
        "       diglot library move FOLDER",
        description="Say how much was read and kept on this computer, and where; list it, forget it, put it elsewhere.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--json", action="store_true", help="as JSON, sizes in bytes")
    return parser


def _list_parser() -> Parser:
    parser = Parser(
        prog=f"diglot library {LIST}",
        description="List the documents of the library; how the hash of a document begins comes first.",
        allow_abbrev=False,
    )
    add, usual = parser.add_argument, USUAL_DOCUMENTS
    add("--limit", type=_count, default=usual, metavar="N", help=f"how many documents (usually {usual})")
    add("--json", action="store_true", help="as JSON")
    return parser


def _forget_parser() -> Parser:
    parser = Parser(
        prog=f"diglot library {FORGET}",
        description="Forget documents: all that was read of them, what was corrected, their jobs and the small pictures"
        " of their pages. No text of theirs is left in the library's files. The documents themselves are not touched.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("names", nargs="*", type=_name, metavar="NAME", help="a document's name, its path, or how its hash begins")
    add("--all", action="store_true", help="everything, damaged libraries that were set aside too")
    add("--yes", action="store_true", help="do not ask")
    return parser


def _move_parser() -> Parser:
    parser = Parser(
        prog=f"diglot library {MOVE}",
        description="Put the library into another folder, whole or not at all. It is looked for there from then on.",
        epilog="The folder must be new or empty, and no other Diglot may be at work. Ctrl-C leaves it where it lay.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("folder", type=_name, metavar="FOLDER", help="where it shall lie")
    add("-q", "--quiet", action="store_true", help="no progress")
    return parser


def _name(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("an empty name")
    return text


def _count(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,4}", text) or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to {MOST_DOCUMENTS}")
    return int(text)
