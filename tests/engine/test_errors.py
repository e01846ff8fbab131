"""The error tree: drawn at its top as it is, every error has words, and the codes keep to their ranges."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from engine import engine_errors, errors
from engine.commands.exit_codes import exit_codes
from engine.engine_errors import EngineError
from engine.errors import (
    BadInput,
    Cancelled,
    Defect,
    DiglotError,
    NoDisplay,
    OpenerMissing,
    OutputError,
    PageError,
    ReaderError,
    UsageError,
)
from engine.store import errors as store_errors


def below(error: type[DiglotError]) -> Iterator[type[DiglotError]]:
    for special in error.__subclasses__():
        if special.__module__ in (errors.__name__, engine_errors.__name__, store_errors.__name__):
            yield special
            yield from below(special)


ALL = list(below(DiglotError))
DRAWINGS = "".join(module.__doc__ or "" for module in (errors, engine_errors, store_errors))


@pytest.mark.parametrize("error", ALL)
def test_every_error_says_what_happened_and_what_to_do(error: type[DiglotError]) -> None:
    said = str(error("invoice.pdf", detail="page 3"))

    assert said.startswith("invoice.pdf: ")
    assert "(page 3)" in said
    assert said.endswith(error.advice)
    assert error.advice.endswith(".")
    assert not error.title.endswith(".")


def test_the_drawing_shows_every_error_with_its_code() -> None:
    drawn = dict(re.findall(r"── (\w+) +(\d+) ", DRAWINGS))
    names = set(re.findall(r"── (\w+)", DRAWINGS))

    assert names == {error.__name__ for error in ALL}
    leaves = {error.__name__: str(error.exit_code) for error in ALL if not error.__subclasses__()}
    assert {name: code for name, code in drawn.items() if name in leaves} == leaves


def test_every_kind_of_bad_input_has_a_code_of_its_own() -> None:
    kinds = [error for error in ALL if not error.__subclasses__()]
    codes = [error.exit_code for error in kinds]

    assert len(set(codes)) == len(codes)
    for kind in kinds:
        if issubclass(kind, BadInput | PageError | ReaderError | OutputError | EngineError):
            assert 10 <= kind.exit_code <= 99
        else:
            assert kind in (UsageError, OpenerMissing, Cancelled, Defect, NoDisplay)


def test_the_table_of_exit_codes_holds_them_all() -> None:
    table = exit_codes()

    assert set(table) == {0, 3} | {error.exit_code for error in ALL}
    assert all(table.values())
