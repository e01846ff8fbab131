"""The words for the library: errors as the engine words them, and plain questions about forgetting."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from desktop.library_words import (
    NAMED_AT_ONCE,
    STORE_ERRORS,
    forget_everything_question,
    forget_question,
    forgotten_words,
    size_words,
)
from desktop.words import error_words
from engine.store import errors
from engine.store.records import Forgotten, KeptDocument, LibrarySize
from tests.support.kept_pages import facts

KINDS = [errors.StoreError, *errors.StoreError.__subclasses__(), *errors.JobTaken.__subclasses__()]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_error_is_worded_as_the_engine_words_it(kind: type[errors.StoreError], qapp: QApplication) -> None:
    assert STORE_ERRORS[kind] == (kind.title, kind.advice)
    assert error_words(kind("library.db")) == (kind.title, kind.advice)


def test_none_is_left_over() -> None:
    assert set(STORE_ERRORS) == set(KINDS)


def kept(name: str, read: int = 2) -> KeptDocument:
    return KeptDocument(facts(name), (), 0.0, 1.0, read)


def size(documents: int = 41, aside: int = 0) -> LibrarySize:
    return LibrarySize(312_000_000, 20_000_000, 0, aside, documents, 1200, 1300)


def test_the_size_is_said_with_what_lies_beside_it(qapp: QApplication) -> None:
    assert size_words(size()).startswith("312 MB in 41 ")
    assert "12 MB beside it" in size_words(size(aside=12_000_000))


def test_a_question_names_what_is_forgotten_and_what_that_means(qapp: QApplication) -> None:
    question, meaning = forget_question([kept("<b>a.pdf")])
    assert question == "Forget “<b>a.pdf”?" and "files themselves are not touched" in meaning

    question, meaning = forget_question([kept(f"{number}.pdf") for number in range(NAMED_AT_ONCE + 3)])
    assert question.startswith(f"Forget {NAMED_AT_ONCE + 3} ")
    assert "4.pdf" in meaning and "5.pdf" not in meaning and "and 3 more" in meaning

    assert "41" in forget_everything_question(size())[1]
    assert "set aside" in forget_everything_question(size(aside=1))[1]


def test_what_forgetting_did_is_said_plainly(qapp: QApplication) -> None:
    assert "No text of theirs is left" in forgotten_words(Forgotten(2, wiped=True))[1]
    assert "still looks at the library" in forgotten_words(Forgotten(2, wiped=False))[1]
    assert "remove them below" in forgotten_words(Forgotten(2, True, (Path("a.db"),)))[1]
