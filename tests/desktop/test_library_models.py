"""The library's models: portions join without gaps, further pages take their row's place, pictures are bounded."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.models import kept_pictures
from desktop.models.kept_pictures import KeptPictures, PictureKey, decoded
from desktop.models.library import (
    EACH,
    DocumentsModel,
    Goal,
    Head,
    HitsModel,
    More,
    as_typed_so_far,
    document_of,
    goal_of,
)
from engine.store.records import Hit, KeptDocument, ReadingKey, Snippet
from engine.store.words import terms_of
from tests.support.kept_pages import facts, line_box


def kept(name: str) -> KeptDocument:
    return KeptDocument(facts(name), (), 0.0, 1.0, 2)


def hits(name: str, shown: int, siblings: int, first: int = 1) -> list[Hit]:
    return [
        Hit(facts(name), number, ReadingKey("cpu"), Snippet(f"words of {number}"), line_box(0), -1.0, siblings)
        for number in range(first, first + shown)
    ]


def told(model: HitsModel) -> list[str]:
    """Return the rows in short: # a head, digits a hit, + a row that brings more."""
    short = []
    for row in model.rows:
        match row:
            case Head():
                short.append(f"#{row.document.name[0]}{row.pages}")
            case Hit():
                short.append(f"{row.document.name[0]}{row.number}")
            case More():
                short.append(f"+{row.document.name[0]}{row.left}")
    return short


ALL = [*hits("a.pdf", EACH, 12), *hits("b.pdf", 2, 2), *hits("c.pdf", EACH, EACH), *hits("d.pdf", 1, 1)]
ROWS = [
    *("#a12", "a1", "a2", "a3", "a4", "a5", "+a7"),
    *("#b2", "b1", "b2"),
    *("#c5", "c1", "c2", "c3", "c4", "c5"),
    *("#d1", "d1"),
]


@given(cuts=st.lists(st.integers(0, len(ALL)), max_size=6))
def test_hits_stand_below_their_document_wherever_a_portion_ends(cuts: list[int]) -> None:
    model, edges = HitsModel(), [0, *sorted(cuts), len(ALL)]
    model.show(ALL[: edges[1]], has_more=True)
    for start, end in itertools.pairwise(edges[1:]):
        model.add(ALL[start:end], has_more=end < len(ALL))

    assert told(model) == ROWS
    assert model.taken == len(ALL)


def test_further_pages_of_a_document_take_the_place_of_their_row(qapp: QApplication) -> None:
    model = HitsModel()
    model.show(ALL, has_more=False)
    more = next(row for row in model.rows if isinstance(row, More))

    model.add_of_document(more, hits("a.pdf", 4, 0, first=6))
    assert told(model)[:12] == ["#a12", *(f"a{n}" for n in range(1, 10)), "+a3", "#b2"]
    model.add_of_document(more, hits("a.pdf", 4, 0, first=6))  # asked for twice: nothing comes twice
    assert told(model)[10] == "+a3"
    rest = next(row for row in model.rows if isinstance(row, More))
    model.add_of_document(rest, hits("a.pdf", 3, 0, first=10))
    assert told(model)[:14] == ["#a12", *(f"a{n}" for n in range(1, 13)), "#b2"]


def test_a_row_whose_pages_are_gone_goes_too(qapp: QApplication) -> None:
    model = HitsModel()
    model.show(ALL, has_more=False)
    model.add_of_document(next(row for row in model.rows if isinstance(row, More)), [])

    assert not any(isinstance(row, More) for row in model.rows)


def test_more_is_asked_for_once_until_it_comes(qtbot: QtBot) -> None:
    model, asked = DocumentsModel(), list[int]()
    model.more_wanted.connect(lambda: asked.append(model.rowCount()))
    model.show([kept("a"), kept("b")], has_more=True)
    root = model.index(-1)

    for _ in range(3):
        model.fetchMore(root)
    assert asked == [2] and not model.canFetchMore(root)
    model.add([kept("b"), kept("c")], has_more=True)
    assert [row.facts.name for row in model.rows if isinstance(row, KeptDocument)] == ["a", "b", "c"]
    model.fetchMore(root)
    model.ask_again()
    model.fetchMore(root)
    assert asked == [2, 3, 3]
    model.add([], has_more=False)
    assert not model.canFetchMore(root)


def test_rows_tell_what_they_are_about(qapp: QApplication) -> None:
    model, documents = HitsModel(), DocumentsModel()
    model.show(ALL, has_more=False)
    documents.show([kept("a.pdf")], has_more=False)

    words = [model.index(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(model.rowCount())]
    assert words[1] == "a.pdf, page 1: words of 1"
    assert documents.index(0).data() == "a.pdf, 2 of 10 pages read"
    assert [goal_of(row) for row in model.rows[:2]] == [
        Goal(facts("a.pdf")),
        Goal(facts("a.pdf"), 1, line_box(0)),
    ]
    assert goal_of(model.rows[6]) is None and document_of(model.rows[6]) == facts("a.pdf")
    assert goal_of(None) is None and document_of(None) is None
    assert not model.flags(model.index(0)) & Qt.ItemFlag.ItemIsSelectable
    assert model.flags(model.index(1)) & Qt.ItemFlag.ItemIsSelectable


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("", ""),
        ("invoi", "invoi*"),
        ("invoice ", "invoice "),
        ("合同", "合同*"),
        ('"annual rep', '"annual rep'),
        ('"annual report"', '"annual report"'),
        ('"a b" c', '"a b" c*'),
        ("invoi*", "invoi*"),
        ("-40°", "-40°"),
    ],
)
def test_the_last_word_may_be_going_on(typed: str, query: str) -> None:
    assert as_typed_so_far(typed) == query


@given(st.text(max_size=40) | st.text('ab "“*合', max_size=12))
def test_only_the_last_word_is_taken_for_a_beginning(typed: str) -> None:
    before, after = terms_of(typed), terms_of(as_typed_so_far(typed))

    assert {term.words for term in after} <= {term.words for term in before}
    assert all(replace(term, prefix=False) in after or term in after for term in before[:-1])


# -- pictures


def picture(width: int, height: int, form: str = "JPEG") -> bytes:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert image.save(buffer, form)  # type: ignore[call-overload]
    return bytes(buffer.data().data())


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_small_pictures_are_decoded(form: str, qapp: QApplication) -> None:
    image = decoded(picture(96, 124, form))

    assert image is not None and (image.width(), image.height()) == (96, 124)


def test_nothing_else_is(qapp: QApplication) -> None:
    for strange in (b"", b"<svg/>", picture(96, 124, "BMP"), picture(3000, 10), picture(96, 124)[:40], b"\xff\xd8\xff"):
        assert decoded(strange) is None


@given(st.binary(max_size=200))
def test_any_bytes_are_decoded_or_refused(untrusted: bytes) -> None:
    for start in (b"", b"\xff\xd8", b"\x89PNG"):
        assert decoded(start + untrusted) is None


def keys(count: int) -> Sequence[PictureKey]:
    return [PictureKey(hashlib.sha256(b"a").hexdigest(), number) for number in range(count)]


def test_the_newest_wishes_count_and_each_is_told_once(qtbot: QtBot) -> None:
    pictures = KeptPictures()
    with qtbot.waitSignal(pictures.wanted):
        for key in keys(100):
            assert pictures.picture(key) is None

    wanted = []
    while (taken := pictures.take_wanted()) is not None:
        wanted.append(taken.number)
        pictures.put(taken, None)
    assert wanted == list(range(99, 99 - kept_pictures.MOST_WANTED, -1))
    assert pictures.picture(keys(100)[99]) is None and pictures.take_wanted() is None


def test_a_bounded_number_of_pictures_is_held(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_pictures, "MOST_BYTES", 100_000)
    pictures, drawn = KeptPictures(), list[int]()
    pictures.changed.connect(lambda: drawn.append(1))
    image = QImage(50, 100, QImage.Format.Format_RGB32)  # 20 000 bytes
    for key in keys(12):
        pictures.put(key, image)

    assert [key.number for key in keys(12) if pictures.picture(key) is not None] == [7, 8, 9, 10, 11]
    assert len(drawn) == 12
    pictures.clear()
    assert pictures.picture(keys(12)[11]) is None and pictures.take_wanted() == keys(12)[11]
