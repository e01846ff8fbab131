"""The words of `diglot search` and `diglot jobs`: what may be typed, what it means, and the help."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.commands.exit_codes import as_lines
from engine.commands.parser import Parser
from engine.commands.reading_arguments import add_output_options
from engine.commands.server_arguments import ServerOptions, add_server_options, server_options
from engine.errors import UsageError
from engine.exports.content import Content

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

_JOBS_EXAMPLES = """\
examples:
  diglot jobs                              what there is
  diglot jobs resume 3f9c -o book.md       go on where it was left, and write the whole document
  diglot jobs retry 3f9c -o book.md        read the failed pages once more
  diglot jobs drop 3f9c 77ab               take two off the list

Jobs are those of the window and of “diglot read --keep”.
"""

RESUME, RETRY, DROP = "resume", "retry", "drop"


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


@dataclass(frozen=True, slots=True)
class ResumeOptions:
    """What `diglot jobs resume` was asked for; `failed_too`: it was `retry`. `job` is how the job's name begins."""

    job: str
    failed_too: bool
    format_name: str | None
    output: str | None
    password_file: str | None
    jobs: int | None
    quiet: bool
    content: Content | None = None
    server: ServerOptions = field(default_factory=ServerOptions)


@dataclass(frozen=True, slots=True)
class DropOptions:
    """What `diglot jobs drop` was asked for: how the names of the jobs begin."""

    jobs: tuple[str, ...]


JobsCommand = JobsOptions | ResumeOptions | DropOptions


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


def parse_jobs(arguments: Sequence[str]) -> JobsCommand:
    """Read the words after `diglot jobs`.

    Raises:
        UsageError: They were not understood.
        SystemExit: The help was asked for and has been shown.
    """
    command, *rest = arguments or ("",)
    if command in (RESUME, RETRY):
        given = _resume_parser(command).parse_args(rest)
        return ResumeOptions(
            job=given.job,
            failed_too=command == RETRY,
            format_name=given.format,
            output=given.output,
            password_file=given.password_file,
            jobs=given.jobs,
            quiet=given.quiet,
            content=None if given.only is None else Content(given.only),
            server=server_options(given, None),
        )
    if command == DROP:
        return DropOptions(tuple(dict.fromkeys(_drop_parser().parse_args(rest).names)))
    given = _jobs_parser().parse_args(list(arguments))
    return JobsOptions(given.limit, given.json)


def _as_typed(word: str) -> str:
    """Give a word back the quotes that the shell took: what holds a space was quoted, so it is a phrase."""
    return f'"{word}"' if re.search(r"\s", word) and not re.search(r'["“”]', word) else word


def _search_parser() -> Parser:
    parser = Parser(
        prog="diglot search",
        usage="diglot search [options] WORD…",
        description="Find pages in everything that was kept: what the window reads, and “diglot read --keep”.",
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
        usage="diglot jobs [options]\n       diglot jobs resume|retry|drop NAME [options]",
        description="List what is being read, what was interrupted and what is done; the name of a job comes first.",
        epilog=_JOBS_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("--limit", type=_count, default=USUAL_JOBS, metavar="N", help=f"how many jobs (usually {USUAL_JOBS})")
    add("--json", action="store_true", help="as JSON")
    return parser


def _resume_parser(command: str) -> Parser:
    words = {
        RESUME: "Take up a job where it was left: read its missing pages, and write the whole document.",
        RETRY: "Read the pages of a job that failed, and those still missing, and write the whole document.",
    }
    parser = Parser(
        prog=f"diglot jobs {command}",
        description=words[command],
        epilog="The document must lie where it lay and be the same to the last bit.\n\nexit codes:\n"
        + "\n".join(as_lines()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("job", type=_name, metavar="NAME", help="the job's name, or as much of it as tells it from the others")
    add_output_options(add)
    add_server_options(add)
    return parser


def _drop_parser() -> Parser:
    parser = Parser(
        prog="diglot jobs drop",
        description="Take jobs off the list. What they have read is kept.",
        allow_abbrev=False,
    )
    parser.add_argument("names", nargs="+", type=_name, metavar="NAME", help="as “diglot jobs” shows it")
    return parser


def _name(text: str) -> str:
    if not re.fullmatch(r"[0-9A-Fa-f]{1,16}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no name of a job")
    return text.lower()


def _count(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,3}", text) or not 1 <= int(text) <= MOST:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to {MOST}")
    return int(text)
