"""Words: two Chinese characters are found, what does not count does not, and what is typed as it stands is found."""

from __future__ import annotations

import sqlite3
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.store.schema import migrate
from engine.store.words import Term, index_expression, terms_of, words_of

QUICK = settings(max_examples=60, deadline=None)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


def found(text: str, query: str) -> bool:
    """Tell whether all of the query stands in the text."""
    texts = [word.text for word in words_of(text)]
    terms = terms_of(query)
    return bool(terms) and all(term.places(texts) for term in terms)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("本合同一式两份", "合同"),
        ("本合同一式两份", "同"),
        ("本合同一式两份", "两份 合同"),
        ("違約金は百万円です", "違約金"),
        ("계약서를 작성한다", "계약"),
        ("สัญญาเช่า", "เช่า"),
        ("Grüße aus CAFÉ Zürich", "grusse cafe zurich"),
        ("STRASSE", "straße"),
        ("ＡＢＣ１２３", "abc123"),
        ("an oﬃce", "office"),
        ("Total: 1,234.56 EUR", "1,234.56"),
        ("INV-2026/0047", "inv-2026/0047"),
        ("INV-2026/0047", "0047"),
        ("write to hans.m@example.com", "hans.m@example.com"),
        ("the annual report", '"annual report"'),
        ("the annual report", "“annual report”"),
        ("the annual report", "annu*"),
        ("the annual report", '"annual rep"*'),
        ("the annual report", "the＊"),
        ("合同法", "合同*"),
        ("in\u00advoice", "invoice"),
        ("ﾃﾞｰﾀ", "データ"),
        ("⼈⽣", "人生"),
        ("١٢٣ عَقْد", "عقد"),
        ("naïve OR not", "OR"),
        ("𬱟 is rare", "𬱟"),
    ],
)
def test_it_is_found(text: str, query: str) -> None:
    assert found(text, query)
    assert found(unicodedata.normalize("NFD", text), unicodedata.normalize("NFC", query))


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("本合同一式两份", "同合"),
        ("合 a 同", "合同"),
        ("the annual report", '"report annual"'),
        ("the annual report", "nual"),
        ("the annual report", "annual missing"),
        ("the annual report", "annual OR missing"),
        ("the annual report", "NOT missing"),
        ("the annual report", "body:annual"),
        ("annual", "*"),
        ("annual", '""'),
        ("annual", "!? … *"),
        ("annual", ""),
        ("ก้า", "กา"),  # a tone mark makes another word
    ],
)
def test_it_is_not_found(text: str, query: str) -> None:
    assert not found(text, query)


def test_what_is_typed_twice_counts_once() -> None:
    assert terms_of("a A á “a”") == (Term(("a",)),)


@QUICK
@given(TEXT)
def test_words_stand_where_they_say(text: str) -> None:
    words = words_of(text)

    assert all(0 <= word.start < word.end <= len(text) for word in words)
    assert [word.start for word in words] == sorted(word.start for word in words)
    for word in words:
        assert all(unicodedata.category(char)[0] in "LMN" for char in word.text)


@QUICK
@given(TEXT)
def test_words_of_words_are_the_same_words(text: str) -> None:
    texts = [word.text for word in words_of(text)]

    assert [word.text for word in words_of(" ".join(texts))] == texts


@QUICK
@given(TEXT)
def test_the_index_holds_these_words_and_no_others(text: str) -> None:
    index = sqlite3.connect(":memory:", isolation_level=None)
    migrate(index)
    texts = [word.text for word in words_of(text)]
    index.execute("INSERT INTO words (rowid, body) VALUES (1, ?)", (" ".join(texts),))
    index.execute("CREATE VIRTUAL TABLE temp.held USING fts5vocab(main, words, 'instance')")

    held = [term for (term,) in index.execute("SELECT term FROM held ORDER BY offset")]
    index.close()

    assert held == texts


@QUICK
@given(st.text(st.sampled_from("ab合同 \"“”*()^:-+,.\\'\0{}ANDORNEAR"), max_size=40) | TEXT)
def test_no_query_is_more_than_words(query: str) -> None:
    terms = terms_of(query)
    index = sqlite3.connect(":memory:", isolation_level=None)
    migrate(index)
    index.execute("INSERT INTO words (rowid, body) VALUES (1, 'a b')")

    # Whatever was typed, FTS5 understands what we make of it, and finds what we find.
    if terms:
        rows = index.execute("SELECT rowid FROM words WHERE words MATCH ?", (index_expression(terms),)).fetchall()
        assert bool(rows) == found("a b", query)
    index.close()


@QUICK
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_a_text_that_is_typed_as_it_stands_is_found_in_it(text: str) -> None:
    if terms_of(text):
        assert found(text, text)
