"""The parser of all commands: what it does not understand becomes an error of ours instead of a page of usage."""

from __future__ import annotations

import argparse
from typing import NoReturn

from engine.errors import UsageError


class Parser(argparse.ArgumentParser):
    """An argument parser that raises."""

    def error(self, message: str) -> NoReturn:
        """Raise instead of printing a page of usage: the message and where the help is are enough."""
        raise UsageError(detail=message)
