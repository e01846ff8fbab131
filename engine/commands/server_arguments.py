"""The words by which a command names its reader: one of ours, or a server that is used for this run only."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from engine.errors import UsageError
from engine.tasks.task import Way

OWN_READERS = ("auto", "cpu", "text", "vllm")
KEY_VARIABLE = "DIGLOT_SERVER_KEY"
"""The environment's name for a server's key: on a command line everybody on the machine could see it."""


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """What is said of a server whose address was given. `model` and `ca_file` are "" where nothing was said."""

    model: str = ""
    ca_file: str = ""
    accept_plain_http: bool = False


def is_address(reader: str) -> bool:
    """Tell whether a reader is the address of a server."""
    return re.match(r"https?://", reader, re.IGNORECASE) is not None


def reader_name(text: str) -> str:
    """Return what was typed for a reader. Raises `ArgumentTypeError` where it is neither a name nor an address."""
    if text in OWN_READERS or is_address(text):
        return text
    raise argparse.ArgumentTypeError(f"{text!r} is none of {', '.join(OWN_READERS)}, and no address (https://…)")


def add_server_options(add: Callable[..., Any]) -> None:
    """Add the options that go with an address."""
    add("--model", default="", metavar="NAME", help="the server's name for HunyuanOCR, where it serves several models")
    add("--ca-file", default="", metavar="FILE", help="certificates to trust beside the system's own")
    add(
        "--accept-plain-http",
        action="store_true",
        help="send pages unencrypted over the network to an http:// address",
    )


def server_options(given: argparse.Namespace, reader: str | None) -> ServerOptions:
    """Return what was said of a server; `reader` is None where only the library knows it.

    Raises:
        UsageError: Something was said, and the reader is no server.
    """
    options = ServerOptions(given.model, given.ca_file, given.accept_plain_http)
    if options != ServerOptions() and reader is not None and not is_address(reader):
        said = "--model" if given.model else "--ca-file" if given.ca_file else "--accept-plain-http"
        raise UsageError(said, detail="it goes with --reader https://…")
    return options


def way_of(text: str, reader: str) -> Way:
    """Return how a model is asked. Raises `UsageError` where no model is."""
    way = Way(text)
    if way is not Way.USUAL and reader != "vllm" and not is_address(reader):
        raise UsageError(f"--way {way}", detail="it goes with --reader vllm, or with an address")
    return way
