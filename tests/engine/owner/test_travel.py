"""Every error arrives as itself; what is none arrives as an error all the same."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import engine_errors, errors
from engine.engine_errors import CardLost, EngineError, NotEnoughMemory, Remedy, RemedyKind
from engine.errors import DiglotError, NotFound
from engine.owner.travel import error_of, told_of


def below(kind: type[DiglotError]) -> Iterator[type[DiglotError]]:
    if kind.__module__ in (errors.__name__, engine_errors.__name__):
        yield kind
    for special in kind.__subclasses__():
        yield from below(special)


class PrivateError(CardLost):
    """Known to nobody else."""


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["kind", "value"]), inner),
)


@pytest.mark.parametrize("kind", list(below(DiglotError)))
def test_every_error_arrives_with_its_class_and_its_words(kind: type[DiglotError]) -> None:
    arrived = error_of(json.loads(json.dumps(told_of(kind("invoice.pdf", detail="page 3")))))

    assert type(arrived) is kind
    assert str(arrived) == str(kind("invoice.pdf", detail="page 3"))


@pytest.mark.parametrize("remedy", [None, *(Remedy(kind, 7) for kind in RemedyKind)])
def test_the_change_that_would_help_arrives_too(remedy: Remedy | None) -> None:
    arrived = error_of(json.loads(json.dumps(told_of(NotEnoughMemory(remedy=remedy)))))

    assert isinstance(arrived, NotEnoughMemory)
    assert arrived.remedy == remedy


@pytest.mark.parametrize("for_good", [False, True])
def test_it_arrives_whether_waiting_helps(for_good: bool) -> None:
    error = CardLost()
    error.for_good = for_good

    assert error_of(json.loads(json.dumps(told_of(error)))).waiting_helps is not for_good
    assert not error_of({"class": "NotFound", "for_good": "yes"}).for_good


def test_a_class_of_one_process_arrives_as_the_nearest_that_all_know() -> None:
    assert type(error_of(told_of(PrivateError(detail="here")))) is CardLost


@pytest.mark.parametrize("name", ["PrivateError", "Exception", "object", "__class__", "", None, 7, ["NotFound"]])
def test_a_class_that_nobody_knows_arrives_as_an_error_of_the_engine(name: object) -> None:
    arrived = error_of({"class": name, "subject": "a", "detail": "b"})

    assert type(arrived) is EngineError
    assert (arrived.subject, arrived.detail) == ("a", "b")


def test_long_words_are_cut() -> None:
    assert len(error_of(told_of(NotFound("x" * 100_000))).subject) == 2000


@given(
    json_values
    | st.fixed_dictionaries(
        {},
        optional={
            "class": st.sampled_from(["NotFound", "CardLost"]) | json_values,
            "subject": json_values,
            "for_good": json_values,
            "detail": json_values,
            "remedy": json_values
            | st.fixed_dictionaries({"kind": st.sampled_from(RemedyKind) | json_values, "value": json_values}),
        },
    )
)
@pytest.mark.slow
def test_whatever_is_told_some_error_arrives(told: object) -> None:
    arrived = error_of(told)

    assert isinstance(arrived, DiglotError)
    assert isinstance(arrived.subject, str) and isinstance(arrived.detail, str)
