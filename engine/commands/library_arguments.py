"""The words of `diglot search` and `diglot jobs`: what may be typed, what it means, and the help."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.commands.parser import Parser
from engine.errors import UsageError

USUAL_HITS = 20
USUAL_JOBS = 50
MOST = 200

_EXAMPLES = """\
examples:
  diglot search invoice Hansen           pages on which both words stand
  diglot search "annual report"          the words next to each other
  diglot search invoi*                   words that begin like this
  diglot search 合同 违约                 no spaces are needed within Chinese
  diglot search 4711 --json | jq '.hits[].document.path'
  diglot search -- -40°C                 a word that begins with a dash

Capitals and accents do not count. The best pages come first.
"""


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """What `diglot search` was asked for."""

    query: str = field(repr=False)
    limit: int
    json: bool


@dataclass(frozen=True, slots=True)
class JobsOptions:
    """What `diglot jobs` was asked for."""

    limit: int
    json: bool


def parse_search(arguments: Sequence[str]) -> SearchOptions:
    """Read the words after `diglot search`.

    Raises:
        UsageError: They were not understood.
        SystemExit: The help was asked for and has been shown.
    """
    cut = list(arguments).index("--") if "--" in arguments else len(arguments)
    given = _search_parser().parse_intermixed_args(list(arguments[:cut]))
    words = [*given.words, *arguments[cut + 1 :]]
    if not any(word.strip() for word in words):
        raise UsageError(detail="no word to search for was given")
    return SearchOptions(" ".join(map(_as_typed, words)), given.limit, given.json)


def parse_jobs(arguments: Sequence[str]) -> JobsOptions:
    """Read the words after `diglot jobs`.

    Raises:
        UsageError: They were not understood.
        SystemExit: The help was asked for and has been shown.
    """
    given = _jobs_parser().parse_args(list(arguments))
    return JobsOptions(given.limit, given.json)


def _as_typed(word: str) -> str:
    """Give a word back the quotes that the shell took: what holds a space was quoted, so it is a phrase."""
    return f'"{word}"' if re.search(r"\s", word) and not re.search(r'["“”]', word) else word


def _search_parser() -> Parser:
    parser = Parser(
        prog="diglot search",
        usage="diglot search [options] WORD…",
        description="Find pages in everything that was read on this computer.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("words", nargs="*", metavar="WORD", help="all of them must stand on the page")
    add("--limit", type=_count, default=USUAL_HITS, metavar="N", help=f"how many pages (usually {USUAL_HITS})")
    add("--json", action="store_true", help="as JSON, with the place of each hit on its page")
    return parser


def _jobs_parser() -> Parser:
    parser = Parser(
        prog="diglot jobs",
        description="List what is being read, what was interrupted and what is done.",
        epilog="The window offers to take up an interrupted job where it was left.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("--limit", type=_count, default=USUAL_JOBS, metavar="N", help=f"how many jobs (usually {USUAL_JOBS})")
    add("--json", action="store_true", help="as JSON")
    return parser


def _count(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,3}", text) or not 1 <= int(text) <= MOST:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to {MOST}")
    return int(text)
