"""The words of `diglot engine …`: what may be typed, what it means, and the help."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.commands.parser import Parser
from engine.errors import UsageError

GIB = 1 << 30
MOST_GIB = 100_000

_HELP = """\
usage: diglot engine COMMAND [options]

The engine is a local vLLM that runs HunyuanOCR on this computer's graphics card.

commands:
  plan           what a budget of graphics memory would give; needs no card
  install        install the engine from a kit, or from the package index
  import-model   copy HunyuanOCR in from a folder, a drive or an archive
  start          start the engine and keep it running until Ctrl-C
  status         how it stands
  stop           stop the engine of a window or of another “start”
  sleep, wake    give the graphics memory back, and take it again
  check          let it read known pages, alone and together

One window or one “diglot engine start” owns the engine; the other commands talk to it.
"diglot engine COMMAND --help" shows the options of a command.
"""

ASKED = ("stop", "sleep", "wake")
"""Commands that only pass a wish on to the owner."""


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """What `plan` was asked for. Bytes; None where the card on this machine is meant."""

    total: int | None
    free: int | None
    budget: int | None
    max_tokens: int | None
    model_version: str | None
    json: bool


@dataclass(frozen=True, slots=True)
class InstallOptions:
    """What `install` was asked for."""

    kit: Path | None
    from_index: bool
    release: str
    releases: bool
    quiet: bool


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What `import-model` was asked for."""

    source: Path | None
    download_from: str
    manifest: Path | None
    accept_licence: bool
    quiet: bool


@dataclass(frozen=True, slots=True)
class StartOptions:
    """What `start` was asked for."""

    budget: int | None
    quiet: bool


@dataclass(frozen=True, slots=True)
class StatusOptions:
    """What `status` or `check` was asked for."""

    command: str
    json: bool


@dataclass(frozen=True, slots=True)
class AskOptions:
    """A wish for the owner: one of `ASKED`."""

    command: str


EngineOptions = PlanOptions | InstallOptions | ImportOptions | StartOptions | StatusOptions | AskOptions


def parse_engine(arguments: Sequence[str]) -> EngineOptions:
    """Read the words after `diglot engine`.

    Raises:
        UsageError: They were not understood.
        SystemExit: The help was asked for and has been shown.
    """
    command, *rest = arguments or ("--help",)
    if command in ("-h", "--help"):
        print(_HELP, end="")  # noqa: T201 - the help is what was asked for
        raise SystemExit(0)
    make = _COMMANDS.get(command)
    if make is None:
        raise UsageError(command, detail="“diglot engine --help” lists the commands")
    return make(command, rest)


def _plan(_: str, rest: Sequence[str]) -> EngineOptions:
    parser = _parser("plan", "Say what a budget of graphics memory would give, and what vLLM would be started with.")
    add = parser.add_argument
    add("--total", type=_gib, metavar="GIB", help="the card's memory (usually that of this computer's card)")
    add("--free", type=_gib, metavar="GIB", help="what of it is free (usually what is free now, else all)")
    add("--budget", type=_gib, metavar="GIB", help="what the engine may take (usually the recommended)")
    add("--max-tokens", type=_tokens, metavar="N", help="how long a page may be (usually what the memory allows)")
    add("--model-version", choices=("1.0", "1.5"), help="usually the one that is set up, else 1.5")
    add("--json", action="store_true", help="as JSON")
    given = parser.parse_args(rest)
    if given.free is not None and given.total is None:
        raise UsageError("--free", detail="it needs --total")
    return PlanOptions(given.total, given.free, given.budget, given.max_tokens, given.model_version, given.json)


def _install(_: str, rest: Sequence[str]) -> EngineOptions:
    parser = _parser("install", "Install the engine into an environment of its own.")
    add = parser.add_argument
    add("--kit", type=Path, metavar="FOLDER", help="an engine kit: a folder, or a stick, with kit.json")
    add("--from-index", action="store_true", help="fetch it from the package index; this uses the network")
    add("--release", default="", metavar="KEY", help="which release (usually the best for card and driver)")
    add("--list", dest="releases", action="store_true", help="list the releases, with what was really run of each")
    add("-q", "--quiet", action="store_true", help="no progress, only errors")
    given = parser.parse_args(rest)
    if not given.releases and (given.kit is None) == (not given.from_index):
        raise UsageError(detail="give either --kit FOLDER or --from-index")
    return InstallOptions(given.kit, given.from_index, given.release, given.releases, given.quiet)


def _import(_: str, rest: Sequence[str]) -> EngineOptions:
    parser = _parser("import-model", "Copy HunyuanOCR in. Only weights, JSON, tokenizer and template files are taken.")
    add = parser.add_argument
    add("source", nargs="?", type=Path, metavar="SOURCE", help="a folder, a drive or an archive (.zip, .tar.gz, …)")
    add(
        "--download-from",
        choices=("huggingface", "modelscope"),
        default="",
        help="fetch it from there instead; this uses the network",
    )
    add("--manifest", type=Path, metavar="FILE", help="a list of SHA-256 hashes to compare with")
    add("--accept-licence", action="store_true", help="you have read Tencent's licence and may use the model")
    add("-q", "--quiet", action="store_true", help="no progress, only errors")
    given = parser.parse_args(rest)
    if (given.source is None) == (not given.download_from):
        raise UsageError(detail="give either a SOURCE or --download-from")
    return ImportOptions(given.source, given.download_from, given.manifest, given.accept_licence, given.quiet)


def _start(_: str, rest: Sequence[str]) -> EngineOptions:
    parser = _parser("start", "Start the engine and keep it running until Ctrl-C.")
    parser.add_argument("--budget", type=_gib, metavar="GIB", help="graphics memory it may take; remembered")
    parser.add_argument("-q", "--quiet", action="store_true", help="no progress, only errors")
    given = parser.parse_args(rest)
    return StartOptions(given.budget, given.quiet)


def _status(command: str, rest: Sequence[str]) -> EngineOptions:
    words = {
        "status": "Say how the engine stands. It ends with 0 where pages can be read with it.",
        "check": "Let the engine read known pages, alone and together. It ends with 0 where all were right.",
    }
    parser = _parser(command, words[command])
    parser.add_argument("--json", action="store_true", help="as JSON")
    return StatusOptions(command, parser.parse_args(rest).json)


def _ask(command: str, rest: Sequence[str]) -> EngineOptions:
    words = {
        "stop": "Stop the engine. Its window stays open; “diglot engine start” ends.",
        "sleep": "Let the engine give its graphics memory back until the next page.",
        "wake": "Let a sleeping engine take its graphics memory again.",
    }
    _parser(command, words[command]).parse_args(rest)
    return AskOptions(command)


_COMMANDS = {
    "plan": _plan,
    "install": _install,
    "import-model": _import,
    "start": _start,
    "status": _status,
    "check": _status,
    **dict.fromkeys(ASKED, _ask),
}


def _parser(command: str, description: str) -> Parser:
    return Parser(prog=f"diglot engine {command}", description=description, allow_abbrev=False)


def _gib(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,6}(?:\.[0-9]{1,9})?", text) or float(text) > MOST_GIB:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of GiB")
    return round(float(text) * GIB)


def _tokens(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,7}", text) or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of tokens")
    return int(text)
