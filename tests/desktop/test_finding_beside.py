"""Finding what stands in no line of the page: in a translation, in a field's value, in what only the model read."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from desktop.finding import Query, find_on_page
from desktop.places import Hit, Part, Spot
from engine.output.blocks import AnyBlock, Box, Cell, FieldValue, Line, PageResult, Paragraph, Quad, Table

BOX = Box(10, 20, 110, 40)
CELL = Box(60, 30, 90, 40)


def page(*blocks: AnyBlock, lines: tuple[str, ...] = ()) -> PageResult:
    placed = tuple(Line(text, Quad.from_box(Box(10, 20 * at, 110, 20 * at + 15))) for at, text in enumerate(lines))
    return PageResult(2, 200.0, 200.0, "pt", "vllm", blocks, placed)


def hits(result: PageResult, words: str) -> list[Hit]:
    return [hit for match in find_on_page(result, Query.of(words)) for hit in match]


def test_words_of_a_translation_are_found_where_their_source_stands() -> None:
    source = Paragraph(BOX, (0,), "The rent")
    translation = (Paragraph(BOX, text="每月租金，年租金"), Paragraph(Box(0, 0, 0, 0), text="租金", placed=False))
    result = replace(page(source, lines=("The rent",)), translation=translation, pairs=(0, -1))

    found = hits(result, "租金")

    assert found == [
        Hit(2, -1, 2, 4, Quad.from_box(BOX), Part.TRANSLATION, Spot(0)),
        Hit(2, -1, 6, 8, Quad.from_box(BOX), Part.TRANSLATION, Spot(0)),
        Hit(2, -1, 0, 2, None, Part.TRANSLATION, Spot(1)),
    ]


def test_a_cell_of_a_translated_table_is_found_in_its_own_place() -> None:
    table = Table(BOX, (), 1, 2, (Cell(0, 0, "品名"), Cell(0, 1, "数量", box=CELL)))
    result = replace(page(), translation=(table,), pairs=(-1,))

    assert [(hit.spot, hit.quad) for hit in (*hits(result, "品名"), *hits(result, "数量"))] == [
        (Spot(0, 0, 0), Quad.from_box(BOX)),
        (Spot(0, 0, 1), Quad.from_box(CELL)),
    ]


def test_values_of_fields_are_found_and_what_is_missing_is_not() -> None:
    fields = (FieldValue("Total", "1 280,00", BOX), FieldValue("None", None), FieldValue("Number", "№ 1 280"))

    found = hits(replace(page(), fields=fields), "1 280")

    assert [(hit.part, hit.spot, hit.start, hit.end) for hit in found] == [
        (Part.FIELDS, Spot(0), 0, 5),
        (Part.FIELDS, Spot(2), 2, 7),
    ]
    assert [hit.quad for hit in found] == [Quad.from_box(BOX), None]
    assert hits(replace(page(), fields=fields), "None") == []


def test_what_a_model_read_is_found_though_the_other_reader_read_something_else() -> None:
    block = Paragraph(BOX, (0, 1), "Account 52 3000, due in May")
    result = page(block, lines=("Account 52 8000,", "due in May"))

    (misread,) = hits(result, "52 3000")
    assert (misread.part, misread.spot, misread.quad) == (Part.TEXT, Spot(0), Quad.from_box(BOX))
    assert block.text[misread.start : misread.end] == "52 3000"
    assert [hit.line for hit in hits(result, "May")] == [1], "a line tells better where it is"


def test_a_page_without_lines_is_searched_as_well() -> None:
    table = Table(BOX, (), 1, 1, (Cell(0, 0, "Lens"),))

    assert [hit.spot for hit in hits(page(Paragraph(BOX, (), "A lens"), table), "lens")] == [Spot(0), Spot(1, 0, 0)]


def test_the_text_comes_in_its_order_and_what_stands_beside_it_after_that() -> None:
    blocks = (Paragraph(BOX, (0,), "rent a"), Paragraph(BOX, (), "rent b"), Paragraph(BOX, (1,), "rent c"))
    result = replace(
        page(*blocks, lines=("rent a", "rent c")),
        translation=(Paragraph(BOX, text="rent d"),),
        pairs=(0,),
        fields=(FieldValue("Rent", "rent e"),),
    )

    assert [(hit.part, hit.line) for hit in hits(result, "rent")] == [
        (Part.TEXT, 0),
        (Part.TEXT, -1),
        (Part.TEXT, 1),
        (Part.TRANSLATION, -1),
        (Part.FIELDS, -1),
    ]


@given(said=st.text(max_size=40), words=st.text(max_size=6) | st.text("ab-é 中\u0301Ａßﬁ가", max_size=3))
def test_hits_lie_within_the_text_that_they_name(said: str, words: str) -> None:
    result = replace(page(Paragraph(BOX, (), said)), translation=(Paragraph(BOX, text=said),), pairs=(0,))

    found = hits(result, words)

    assert all(0 <= hit.start < hit.end <= len(said) for hit in found)
    assert [hit.part for hit in found].count(Part.TEXT) == [hit.part for hit in found].count(Part.TRANSLATION)
