"""The person's words in the place of what was read: where they go, which doubts they settle, and what they leave."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.output.blocks import (
    Box,
    Cell,
    Chart,
    Doubt,
    DoubtKind,
    FieldValue,
    Formula,
    Line,
    PageResult,
    Paragraph,
    Quad,
    Table,
)
from engine.output.corrections import Site, corrected, is_place, text_at, with_text, words_in_doubt, written_at

BOX = Box(0, 0, 10, 10)
TEXT = "The total is 1 280,00 and Müller pays."
TOTAL, NAME, CELL = 0, 1, 2


@dataclass(frozen=True)
class Wrote:
    text: str
    replaced: str = ""


def page(text: str = TEXT) -> PageResult:
    """Return a paragraph with two doubts, a table with one, a formula and a chart."""
    blocks = (
        Paragraph(BOX, (0,), text),
        Table(BOX, (), 1, 2, (Cell(0, 0, "Rent"), Cell(0, 1, "CNY 77.50", lines=(1,)))),
        Formula(BOX, (), "E = mc^2"),
        Chart(BOX, (), "a --> b", "mermaid"),
    )
    at, name = text.index("1 280"), text.index("Müller")
    doubts = (
        Doubt(0, at, at + 8, DoubtKind.DISAGREES, other="1 260,00", by="text", grave=True),
        Doubt(0, name, name + 6, DoubtKind.UNSURE),
        Doubt(1, 4, 9, DoubtKind.UNSURE, 0, 1),
    )
    lines = (Line(text, Quad.from_box(BOX)), Line("CNY 77.50", Quad.from_box(BOX)))
    return PageResult(1, 10, 10, "pt", "vllm", blocks, lines, doubts=doubts)


def words(result: PageResult) -> list[str]:
    return [words_in_doubt(result, doubt) for doubt in result.doubts]


def test_a_correction_settles_its_doubt_and_leaves_the_others_where_they_are() -> None:
    after = TEXT.replace("1 280,00", "1 260,00 EUR")

    result = corrected(page(), {"block/0": Wrote(after, TEXT)})

    assert text_at(result, Site(0)) == after
    assert words(result) == ["Müller", "77.50"]
    assert result.lines[0].text == after, "a search finds what the person wrote"
    assert page().doubts[NAME].start + 4 == result.doubts[0].start


def test_a_cell_is_corrected_alone() -> None:
    result = corrected(page(), {"cell/1/0/1": Wrote("CNY 71.50", "CNY 77.50")})

    assert text_at(result, Site(1, 0, 1)) == "CNY 71.50"
    assert text_at(result, Site(1, 0, 0)) == "Rent"
    assert words(result) == ["1 280,00", "Müller"]


def test_formulas_and_charts_are_corrected_in_their_own_notation() -> None:
    result = corrected(page(), {"block/2": Wrote("E = mc^3"), "block/3": Wrote("a --> c")})

    assert [text_at(result, Site(at)) for at in (2, 3)] == ["E = mc^3", "a --> c"]


def test_words_that_are_right_are_doubted_no_more() -> None:
    result = corrected(page(), {"kept/0": Wrote("Müller\nSchmidt"), "kept/1/0/1": Wrote("77.50")})

    assert words(result) == ["1 280,00"]
    assert result.blocks == page().blocks


def test_the_words_of_another_block_stay_in_doubt() -> None:
    assert words(corrected(page(), {"kept/1/0/1": Wrote("Müller"), "kept/2": Wrote("77.50")})) == words(page())


def test_a_correction_finds_its_text_where_that_stands_after_another_reading() -> None:
    moved = page()
    moved = replace(moved, blocks=(Paragraph(BOX, (), "New first block"), *moved.blocks), doubts=())

    result = corrected(moved, {"block/0": Wrote("Corrected.", TEXT)})

    assert [text_at(result, Site(at)) for at in (0, 1)] == ["New first block", "Corrected."]


def test_what_was_written_is_known_by_where_it_stands_now() -> None:
    written = {"block/1": Wrote("new", "old"), "cell/2/0/0": Wrote("cell", "old"), "kept/0": Wrote("new")}
    result = PageResult(1, 9, 9, "pt", "cpu", (Paragraph(BOX, text="new"), Paragraph(BOX, text="as read")))

    assert written_at(result, Site(0), written) == "block/1", "it moved when the page was read again"
    assert written_at(result, Site(1), written) is None
    assert written_at(result, Site(7), written) is None
    assert written_at(result, Site(0), {"block/0": Wrote("new", "new")}) is None, "nothing was changed"


def test_a_correction_whose_text_is_gone_changes_nothing() -> None:
    other = page("The total is 1 280,00 and Müller paid it.")

    assert corrected(other, {"block/0": Wrote("Corrected.", TEXT)}) == other


def test_lines_translations_and_fields_are_corrected_too() -> None:
    result = replace(page(), translation=(Paragraph(BOX, (), "Summe"),), fields=(FieldValue("Total", None),))

    result = corrected(
        result, {"line/1": Wrote("CNY 71.50"), "translation/0": Wrote("Betrag"), "field/0": Wrote("1 280,00")}
    )

    assert result.lines[1].text == "CNY 71.50"
    assert result.translation[0] == Paragraph(BOX, (), "Betrag")
    assert result.fields[0].value == "1 280,00"


@pytest.mark.parametrize(
    ("place", "known"),
    [
        ("block/0", True), ("cell/0/1/2", True), ("line/3", True), ("kept/1", True), ("kept/1/2/3", True),
        ("translation/1/2/3", True), ("field/1", True),
        ("block/0/1/2", False), ("cell/0", False), ("line/0/0/0", False), ("block/-1", False), ("block/1/2", False),
        ("kept/", False), ("block/1\n", False), ("", False),
    ],
)  # fmt: skip
def test_only_what_names_a_place_is_one(place: str, known: bool) -> None:
    assert is_place(place) is known


@given(st.text(st.sampled_from("a 1\n中"), max_size=12), st.text(st.sampled_from("a 1\n中"), max_size=12), st.data())
def test_doubts_that_stay_are_about_the_same_words(before: str, after: str, data: st.DataObject) -> None:
    place = st.integers(0, max(0, len(before)))
    spans = [tuple(sorted(data.draw(st.tuples(place, place)))) for _ in range(3)]
    doubts = tuple(Doubt(0, start, end, DoubtKind.UNSURE) for start, end in spans if start < end)
    whole = replace(page(), blocks=(Paragraph(BOX, (), before),), doubts=doubts, lines=())

    result = with_text(whole, Site(0), after)

    assert text_at(result, Site(0)) == after
    said = [before[doubt.start : doubt.end] for doubt in doubts]
    assert all(after[doubt.start : doubt.end] in said for doubt in result.doubts)
    assert all(0 <= doubt.start < doubt.end <= len(after) for doubt in result.doubts)


places = st.one_of(
    st.text(max_size=12),
    st.from_regex(r"(block|cell|kept|line|translation|field)/[0-9]{1,7}(/[0-4]/[0-4])?", fullmatch=True),
)


@given(st.dictionaries(places, st.builds(Wrote, st.text(max_size=9), st.sampled_from(["", TEXT, "Rent"])), max_size=5))
def test_no_correction_is_too_odd(written: dict[str, Wrote]) -> None:
    result = corrected(page(), written)

    assert len(result.blocks) == len(page().blocks)
    assert len(result.doubts) <= len(page().doubts)
