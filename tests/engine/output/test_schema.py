"""Pages and documents as JSON: the round trip loses nothing, garbage is refused, the documented schema holds."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import PageDamaged
from engine.output.blocks import (
    AnyBlock,
    Box,
    Caption,
    Cell,
    Chart,
    Code,
    Doubt,
    DoubtKind,
    FieldValue,
    Figure,
    Formula,
    Heading,
    Line,
    ListItem,
    Origin,
    PageResult,
    PageWarning,
    Paragraph,
    Point,
    Quad,
    Table,
    WarningCode,
)
from engine.output.document import (
    DocumentHead,
    DocumentReading,
    PageFailure,
    document_from_dict,
    document_to_dict,
)
from engine.output.schema import page_from_dict, page_to_dict
from engine.tasks.task import Task

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NUMBER = st.integers(-(10**6), 10**6).map(lambda cents: cents / 100)
POINT = st.builds(Point, NUMBER, NUMBER)
LINE = st.builds(
    Line,
    text=TEXT,
    quad=st.builds(Quad, POINT, POINT, POINT, POINT),
    score=st.integers(0, 1000).map(lambda thousandths: thousandths / 1000),
    origin=st.sampled_from(Origin),
    bold=st.booleans(),
)


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    xs, ys = sorted((draw(NUMBER), draw(NUMBER))), sorted((draw(NUMBER), draw(NUMBER)))
    return Box(xs[0], ys[0], xs[1], ys[1])


@st.composite
def tables(draw: st.DrawFn, lines: st.SearchStrategy[tuple[int, ...]]) -> Table:
    row_count, column_count = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    free = {(row, column) for row in range(row_count) for column in range(column_count)}
    cells = []
    for _ in range(draw(st.integers(0, 8))):
        row, column = draw(st.integers(0, row_count - 1)), draw(st.integers(0, column_count - 1))
        height, width = draw(st.integers(1, row_count - row)), draw(st.integers(1, column_count - column))
        places = {(row + down, column + right) for down in range(height) for right in range(width)}
        if places <= free:
            free -= places
            cells.append(Cell(row, column, draw(TEXT), height, width, draw(st.none() | boxes()), draw(lines)))
    header_rows = draw(st.integers(0, row_count))
    return Table(draw(boxes()), draw(lines), row_count, column_count, tuple(cells), header_rows, draw(st.booleans()))


def spans_of(block: AnyBlock) -> list[tuple[int | None, int | None, str]]:
    """Return what can be doubted in a block: row, column and text of each cell, or the one text."""
    match block:
        case Table():
            return [(cell.row, cell.column, cell.text) for cell in block.cells]
        case Formula(latex=text) | Chart(source=text):
            return [(None, None, text)]
        case _:
            return [(None, None, block.text)]


@st.composite
def doubts(draw: st.DrawFn, blocks: tuple[AnyBlock, ...]) -> tuple[Doubt, ...]:
    places = [(index, *span) for index, block in enumerate(blocks) for span in spans_of(block)]
    found = []
    for index, row, column, text in draw(st.lists(st.sampled_from(places), max_size=4)) if places else []:
        start, end = sorted((draw(st.integers(0, len(text))), draw(st.integers(0, len(text)))))
        other, probability = (
            draw(st.none() | TEXT),
            draw(st.none() | st.integers(0, 10**4).map(lambda parts: parts / 10**4)),
        )
        kind, by, grave = draw(st.sampled_from(DoubtKind)), draw(st.sampled_from(["", "cpu"])), draw(st.booleans())
        box = draw(st.none() | boxes())
        found.append(Doubt(index, start, end, kind, row, column, other, by, probability, grave, box))
    return tuple(found)


@st.composite
def pages(draw: st.DrawFn, number: int | None = None) -> PageResult:
    lines = tuple(draw(st.lists(LINE, max_size=4)))
    some = st.lists(st.integers(0, len(lines) - 1), max_size=3).map(tuple) if lines else st.just(())
    block: st.SearchStrategy[AnyBlock] = st.one_of(
        st.builds(Heading, boxes(), some, TEXT, st.integers(1, 9)),
        st.builds(Paragraph, boxes(), some, TEXT, st.booleans()),
        st.builds(ListItem, boxes(), some, TEXT, TEXT, st.integers(0, 9)),
        st.builds(Caption, boxes(), some, TEXT),
        tables(some),
        st.builds(Formula, boxes(), some, TEXT),
        st.builds(Figure, boxes(), some, TEXT),
        st.builds(Chart, boxes(), some, TEXT, st.sampled_from(["mermaid", "markdown"])),
        st.builds(Code, boxes(), some, TEXT),
    )
    blocks = tuple(draw(st.lists(block, max_size=4)))
    translation = tuple(draw(st.lists(block, max_size=3)))
    pairs = draw(st.none() | st.tuples(*[st.integers(-1, len(blocks) - 1)] * len(translation)))
    return PageResult(
        number=number or draw(st.integers(1, 5000)),
        width=draw(st.integers(1, 10**6)) / 100,
        height=draw(st.integers(1, 10**6)) / 100,
        unit=draw(st.sampled_from(["pt", "px"])),
        reader=draw(st.sampled_from(["text", "cpu"])),
        blocks=blocks,
        lines=lines,
        warnings=tuple(draw(st.lists(st.builds(PageWarning, st.sampled_from(WarningCode), TEXT), max_size=2))),
        seconds=draw(st.integers(0, 10**6)) / 1000,
        turned=draw(st.sampled_from([0, 90, 180, 270])),
        task=draw(st.sampled_from(Task)).value,
        translation=translation,
        language=draw(st.sampled_from(["", "zh", "en"])) if not translation else "zh",
        pairs=pairs or (),
        fields=tuple(draw(st.lists(st.builds(FieldValue, TEXT, st.none() | TEXT, st.none() | boxes()), max_size=2))),
        doubts=draw(doubts(blocks)),
        raw_text=draw(TEXT),
    )


RELAXED = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@RELAXED
@given(pages())
@pytest.mark.slow
def test_a_page_comes_back_as_it_was(page: PageResult) -> None:
    through_the_wire = json.loads(json.dumps(page_to_dict(page), allow_nan=False))

    assert page_from_dict(through_the_wire) == page


@RELAXED
@given(st.data())
@pytest.mark.slow
def test_a_document_comes_back_as_it_was_and_keeps_to_the_documented_schema(data: st.DataObject) -> None:
    read = [data.draw(pages(number=number)) for number in (3, 1)]
    head = DocumentHead(data.draw(TEXT), "pdf", 5, "pt", sha256="00" * 32, title=data.draw(TEXT))
    failure = PageFailure.of(2, PageDamaged("page 2", detail="no object"))

    written = json.loads(json.dumps(document_to_dict(head, read, failures=[failure])))

    in_order = tuple(replace(page, source_hash="00" * 32) for page in sorted(read, key=lambda page: page.number))
    assert document_from_dict(written) == DocumentReading(head, in_order, (failure,))
    assert breaches(written, SCHEMA) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@RELAXED
@given(JSON)
@pytest.mark.slow
def test_garbage_is_refused_with_a_value_error(garbage: object) -> None:
    for read in (page_from_dict, document_from_dict):
        with pytest.raises(ValueError):
            read(garbage)


@RELAXED
@given(pages(), st.data())
@pytest.mark.slow
def test_a_page_with_anything_changed_is_refused_or_still_a_sound_page(page: PageResult, data: st.DataObject) -> None:
    obj = page_to_dict(page)
    owner, key = data.draw(st.sampled_from(list(places_of(obj))))
    if data.draw(st.booleans()) and isinstance(owner, dict):
        del owner[key]
    else:
        owner[key] = data.draw(JSON)

    try:
        result = page_from_dict(obj)
    except ValueError:
        return

    json.dumps(page_to_dict(result), allow_nan=False)
    for doubt in result.doubts:
        texts = {(row, column): text for row, column, text in spans_of(result.blocks[doubt.block])}
        assert 0 <= doubt.start <= doubt.end <= len(texts[doubt.row, doubt.column])
    assert all(-1 <= index < len(result.blocks) for index in result.pairs)
    assert len(result.pairs) in (0, len(result.translation))
    for block in (*result.blocks, *result.translation):
        assert all(0 <= index < len(result.lines) for index in block.lines)
        if isinstance(block, Table):
            assert all(len(row) == block.column_count for row in block.rows())


def places_of(obj: Any) -> Any:
    """Yield every (container, key) inside a JSON value."""
    for key, value in obj.items() if isinstance(obj, dict) else enumerate(obj):
        yield obj, key
        if isinstance(value, dict | list):
            yield from places_of(value)


BOX = Box(0.0, 0.0, 10.0, 10.0)


def table_page() -> dict[str, Any]:
    cells = (Cell(0, 0, "a", column_span=2), Cell(1, 0, "b"), Cell(1, 1, "c"))
    line = Line("a", Quad.from_box(BOX))
    return page_to_dict(PageResult(1, 10.0, 10.0, "pt", "cpu", (Table(BOX, (0,), 2, 2, cells, 1, True),), (line,)))


def found_page() -> dict[str, Any]:
    """Return a page with everything that can stand beside its blocks."""
    table = Table(BOX, (), 1, 2, (Cell(0, 0, "Total"), Cell(0, 1, "1 234,50")))
    formula = Formula(BOX, latex="x^2")
    return page_to_dict(
        PageResult(
            *(1, 10.0, 10.0, "px", "vllm", (table, formula)),
            task="translation",
            translation=(Paragraph(BOX, text="合计"), Formula(BOX, latex="x^2")),
            language="zh",
            pairs=(-1, 1),
            fields=(FieldValue("Total", "1 234,50", BOX), FieldValue("Date", None)),
            doubts=(
                Doubt(0, 2, 5, DoubtKind.DISAGREES, 0, 1, "284", "cpu", None, True, BOX),
                Doubt(1, 0, 3, DoubtKind.UNSURE, probability=0.25),
            ),
            raw_text="<table>…",
        )
    )


def test_a_page_with_everything_beside_its_blocks_is_taken_and_documented() -> None:
    written = found_page()

    read = page_from_dict(json.loads(json.dumps(written)))

    assert page_to_dict(read) == written
    assert read.doubts[0] == Doubt(0, 2, 5, DoubtKind.DISAGREES, 0, 1, "284", "cpu", None, True, BOX)
    assert (read.language, read.pairs, read.fields[1]) == ("zh", (-1, 1), FieldValue("Date", None))
    assert breaches(written, SCHEMA["$defs"]["page"]) == []


def test_only_what_says_something_is_written() -> None:
    written = page_to_dict(PageResult(1, 10.0, 10.0, "pt", "text"))

    assert written["task"] == "document"
    assert written.keys().isdisjoint({"translation", "fields", "doubts", "raw_text", "source_sha256"})


def test_a_page_written_before_there_were_tasks_is_a_document() -> None:
    written = page_to_dict(PageResult(1, 10.0, 10.0, "pt", "text", task="table"))
    del written["task"]

    assert page_from_dict(written) == PageResult(1, 10.0, 10.0, "pt", "text")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("task",), None),
        (("raw_text",), 5),
        (("raw_text",), "\ud800"),
        (("translation",), []),
        (("translation", "language"), None),
        (("translation", "blocks"), None),
        (("translation", "blocks", 0, "lines"), [0]),  # there are no lines
        (("translation", "pairs"), [0]),  # two blocks, one pair
        (("translation", "pairs"), [0, 2]),
        (("translation", "pairs"), [-2, 0]),
        (("translation", "pairs"), [True, 0]),
        (("fields",), {}),
        (("fields", 0, "name"), None),
        (("fields", 0, "value"), 5),
        (("fields", 0, "box"), [5, 5, 1, 1]),
        (("doubts",), {}),
        (("doubts", 0, "block"), 2),
        (("doubts", 0, "block"), -1),
        (("doubts", 0, "block"), 1),  # the formula has no cells
        (("doubts", 1, "block"), 0),  # the table has nothing else
        (("doubts", 0, "row"), None),
        (("doubts", 0, "column"), 2),
        (("doubts", 0, "end"), 9),
        (("doubts", 0, "start"), 6),  # after its end
        (("doubts", 0, "start"), -1),
        (("doubts", 1, "end"), 4),
        (("doubts", 0, "kind"), "rumour"),
        (("doubts", 0, "other"), 5),
        (("doubts", 0, "by"), None),
        (("doubts", 1, "probability"), 1.5),
        (("doubts", 0, "grave"), 1),
        (("doubts", 0, "box"), 5),
    ],
)
def test_one_wrong_value_beside_the_blocks_is_enough_to_refuse_the_page(path: tuple[Any, ...], value: object) -> None:
    page: Any = found_page()
    *way, last = path
    place = page
    for step in way:
        place = place[step]
    place[last] = value

    with pytest.raises(ValueError) as refused:
        page_from_dict(page)
    assert "\ud800" not in str(refused.value)


def test_the_sound_table_page_is_taken() -> None:
    assert page_from_dict(table_page()).tables[0].rows() == [["a", ""], ["b", "c"]]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("blocks", 0, "cells", 1, "column"), 1),  # two cells at one place
        (("blocks", 0, "cells", 1, "row"), 0),  # under a span
        (("blocks", 0, "cells", 2, "column_span"), 2),  # past the edge
        (("blocks", 0, "cells", 2, "row_span"), 10**9),
        (("blocks", 0, "cells", 0, "row_span"), 0),
        (("blocks", 0, "cells", 0, "row"), -1),
        (("blocks", 0, "cells", 0, "text"), "other"),  # rows and cells disagree
        (("blocks", 0, "rows", 1), ["b"]),  # not a rectangle
        (("blocks", 0, "rows", 1, 1), 5),
        (("blocks", 0, "header_rows"), 3),
        (("blocks", 0, "header_rows"), True),
        (("blocks", 0, "lines"), [1]),  # there is only line 0
        (("blocks", 0, "lines"), [-1]),
        (("blocks", 0, "kind"), "poem"),
        (("blocks", 0, "box"), [10, 0, 0, 10]),
        (("blocks", 0, "box"), [0, 0, math.inf, 10]),
        (("blocks", 0, "box"), [0, 0, 10**400, 10]),
        (("lines", 0, "quad"), [[0, 0], [1, 0], [1, 1]]),
        (("lines", 0, "quad", 0), [math.nan, 0]),
        (("lines", 0, "score"), 1.5),
        (("lines", 0, "score"), True),
        (("lines", 0, "text"), "\ud800"),
        (("lines", 0, "origin"), "rumour"),
        (("width",), 0),
        (("number",), 0),
        (("turned",), 45),
        (("unit",), "cm"),
        (("seconds",), -1),
        (("warnings",), [{"code": "made_up", "detail": ""}]),
    ],
)
def test_one_wrong_value_is_enough_to_refuse_the_page(path: tuple[Any, ...], value: object) -> None:
    page: Any = table_page()
    *way, last = path
    place = page
    for step in way:
        place = place[step]
    place[last] = value

    with pytest.raises(ValueError) as refused:
        page_from_dict(page)
    assert "\ud800" not in str(refused.value)


@pytest.mark.parametrize(
    ("key", "value"),
    [("diglot", 2), ("diglot", True), ("pages", [table_page(), table_page()]), ("source", None), ("failed", {})],
)
def test_a_wrong_document_is_refused(key: str, value: object) -> None:
    document = document_to_dict(DocumentHead("a.pdf", "pdf", 1, "pt"), [page_from_dict(table_page())])
    assert document_from_dict(document)

    with pytest.raises(ValueError):
        document_from_dict({**document, key: value})


def test_half_characters_are_replaced_on_the_way_out() -> None:
    line = Line("a\ud800b", Quad.from_box(BOX))
    page = PageResult(1, 10.0, 10.0, "pt", "text", (Paragraph(BOX, (0,), "a\ud800b"),), (line,))

    written = json.dumps(page_to_dict(page), ensure_ascii=False).encode()

    assert page_from_dict(json.loads(written)).lines[0].text == "a?b"


# -- the documented schema, checked by as much of JSON Schema as it uses --

SCHEMA = json.loads(files("resources").joinpath("schema.json").read_text(encoding="utf-8"))
TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "null": type(None),
}


def breaches(value: Any, schema: dict[str, Any], at: str = "$") -> list[str]:
    """Return where `value` breaks `schema`; a keyword this check does not know is a breach too."""
    known = {
        "$schema",
        "$defs",
        "$ref",
        "title",
        "description",
        "type",
        "const",
        "enum",
        "minimum",
        "maximum",
        "pattern",
    }
    known |= {"exclusiveMinimum", "required", "properties", "items", "minItems", "maxItems", "oneOf"}
    found = [f"{at}: unknown keyword {key}" for key in schema.keys() - known]
    if "$ref" in schema:
        found += breaches(value, SCHEMA["$defs"][schema["$ref"].removeprefix("#/$defs/")], at)
    if "type" in schema and not any(is_of(value, kind) for kind in as_list(schema["type"])):
        return [*found, f"{at}: {value!r} is no {schema['type']}"]
    if "const" in schema and value != schema["const"]:
        found.append(f"{at}: not {schema['const']}")
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{at}: {value!r} is not in the list")
    if isinstance(value, int | float) and not isinstance(value, bool):
        if value < schema.get("minimum", -math.inf) or value > schema.get("maximum", math.inf):
            found.append(f"{at}: {value} is out of bounds")
        if value <= schema.get("exclusiveMinimum", -math.inf):
            found.append(f"{at}: {value} is too small")
    if isinstance(value, str) and "pattern" in schema and not re.search(schema["pattern"], value):
        found.append(f"{at}: {value!r} does not match")
    if isinstance(value, list):
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", math.inf):
            found.append(f"{at}: {len(value)} items")
        for index, item in enumerate(value):
            found += breaches(item, schema.get("items", {}), f"{at}[{index}]")
    if isinstance(value, dict):
        found += [f"{at}: no {key}" for key in schema.get("required", []) if key not in value]
        properties = schema.get("properties", {})
        for key, item in value.items():
            # Whatever we write is documented.
            if properties and key not in properties:
                found.append(f"{at}.{key}: not documented")
            found += breaches(item, properties.get(key, {}), f"{at}.{key}")
    if "oneOf" in schema:
        fitting = [option for option in schema["oneOf"] if not breaches(value, option, at)]
        if len(fitting) != 1:
            found.append(f"{at}: {len(fitting)} of the choices fit")
    return found


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def is_of(value: Any, kind: str) -> bool:
    if kind in ("number", "integer"):
        return isinstance(value, int if kind == "integer" else int | float) and not isinstance(value, bool)
    return isinstance(value, TYPES[kind])


def test_the_schema_check_finds_breaches() -> None:
    document = document_to_dict(DocumentHead("a.pdf", "pdf", 1, "pt"), [page_from_dict(table_page())])
    assert breaches(document, SCHEMA) == []
    for key, wrong in (("diglot", 2), ("pages", [{}]), ("source", {}), ("extra", 1)):
        assert breaches({**document, key: wrong}, SCHEMA) != []


def test_every_property_is_described() -> None:
    def bare(schema: dict[str, Any], at: str) -> list[str]:
        found = []
        for name, inner in schema.get("properties", {}).items():
            if "description" not in inner and "$ref" not in inner and "const" not in inner:
                found.append(f"{at}.{name}")
            found += bare(inner, f"{at}.{name}")
        return found + (bare(schema["items"], at + "[]") if "items" in schema else [])

    assert [place for name, schema in SCHEMA["$defs"].items() for place in bare(schema, name)] == []
    assert bare(SCHEMA, "$") == []


def test_the_schema_lists_every_warning() -> None:
    assert set(SCHEMA["$defs"]["warning"]["properties"]["code"]["enum"]) == {code.value for code in WarningCode}


def test_the_schema_lists_every_task_and_every_kind_of_doubt() -> None:
    assert set(SCHEMA["$defs"]["page"]["properties"]["task"]["enum"]) == {task.value for task in Task}
    assert set(SCHEMA["$defs"]["doubt"]["properties"]["kind"]["enum"]) == {kind.value for kind in DoubtKind}


def test_a_block_whose_place_nobody_knows_stays_so() -> None:
    box = Box(0, 0, 100, 200)
    page = PageResult(1, 100, 200, "pt", "vllm", (Paragraph(box, text="a", placed=False), Paragraph(box, text="b")))

    written = page_to_dict(page)

    assert [block.get("placed") for block in written["blocks"]] == [False, None]
    assert page_from_dict(written) == page
