"""The search: the best pages first, each once, with the words around the hit and the line on which it stands."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.output.blocks import Box, Chart, FieldValue, Figure, Formula, ListItem, PageResult, Paragraph
from engine.store.library import Library
from engine.store.passages import SNIPPET_LENGTH, passages_of
from engine.store.records import Correction, Found, Hit, ReadingKey, place_of_field, place_of_translation
from engine.tasks.task import Task, TaskOrder
from tests.support.kept_library import with_library
from tests.support.kept_pages import HEIGHT, WIDTH, facts, line_box, page, page_with_table

CONTRACT = facts("contract.pdf")


async def filled(library: Library, *pages: PageResult, name: str = "contract.pdf") -> Library:
    await library.note(facts(name))
    for each in pages:
        await library.keep(facts(name).sha256, each)
    return library


def search(folder: Path, pages: Iterable[PageResult], query: str, **how: int) -> Found:
    async def run(library: Library) -> Found:
        await filled(library, *pages)
        return await library.search(query, **how)  # type: ignore[arg-type]

    return with_library(folder, run)


def marked(hit: Hit) -> list[str]:
    return [hit.snippet.text[start:end] for start, end in hit.snippet.marks]


def test_a_chinese_word_of_two_characters_is_found_with_its_line(tmp_path: Path) -> None:
    pages = [page(1, "甲方和乙方"), page(2, "本公司", "双方签订本\n合同一式两份"), page(3, "合作同意")]

    found = search(tmp_path, pages, "合同")

    (hit,) = found.hits
    assert (found.total, hit.number, hit.document, hit.key.reader) == (1, 2, CONTRACT, "cpu")
    assert hit.box == line_box(2)
    assert hit.snippet.text == "双方签订本 合同一式两份" and marked(hit) == ["合同"]


def test_a_word_that_a_line_break_runs_through_is_found_where_it_begins(tmp_path: Path) -> None:
    broken = page(1, "第一行", "双方签订本合\n同一式两份")
    whole = Paragraph(broken.blocks[1].box, broken.blocks[1].lines, "双方签订本合同一式两份")
    joined = replace(broken, blocks=(broken.blocks[0], whole))

    (hit,) = search(tmp_path, [joined], "合同").hits

    assert hit.box == line_box(1) and marked(hit) == ["合同"]


def test_all_words_must_stand_on_the_page_in_any_order(tmp_path: Path) -> None:
    pages = [page(1, "Invoice of Hansen", "Total"), page(2, "Invoice of Meyer"), page(3, "Hansen")]

    assert [hit.number for hit in search(tmp_path, pages, "hansen INVOICE").hits] == [1]


def test_a_phrase_does_not_run_from_one_passage_into_the_next(tmp_path: Path) -> None:
    pages = [page(1, "the annual", "report"), page_with_table(2, [["annual", "report"]]), page(3, "annual\nreport")]

    assert [hit.number for hit in search(tmp_path, pages, '"annual report"').hits] == [3]


def test_lines_that_no_block_took_are_found_across_their_breaks(tmp_path: Path) -> None:
    bare = replace(page(1, "first line\nannual", "report"), blocks=())

    (hit,) = search(tmp_path, [bare], '"annual report"').hits

    assert hit.box == line_box(1)
    assert hit.snippet.text == "first line annual report" and marked(hit) == ["annual report"]


def test_every_kind_of_block_is_found(tmp_path: Path) -> None:
    box = Box(1, 2, 3, 4)
    blocks = (
        ListItem(box, (), "apples", marker="7."),
        Formula(box, (), r"\frac{alpha}{beta}"),
        Figure(box, (), "seal"),
        Chart(box, (), "graph TD; Start-->Stop", "mermaid"),
    )
    result = PageResult(1, 10, 10, "pt", "cpu", blocks)
    for query in ('"7. apples"', "beta", "seal", "stop"):
        (hit,) = search(tmp_path, [result], query).hits
        assert hit.box == box


def test_a_cell_is_the_place_of_what_stands_in_it(tmp_path: Path) -> None:
    (hit,) = search(tmp_path, [page_with_table(1, [["Name", "Total"], ["Café", "1,234.56"]])], "1,234.56").hits

    assert hit.box == Box(100, 20, 190, 35) and marked(hit) == ["1,234.56"]


def translated(number: int) -> PageResult:
    """Return a page of two paragraphs and their translation, the second of which nobody could pair."""
    meant = (
        Paragraph(line_box(0), text="Party A and Party B"),
        Paragraph(Box(0, 0, WIDTH, HEIGHT), text="Signed in duplicate", placed=False),
    )
    read = page(number, "甲方和乙方", "一式两份")
    return replace(read, task="translation", translation=meant, language="en", pairs=(0, -1), raw_text="hidden words")


def test_a_translation_is_found_where_its_source_stands(tmp_path: Path) -> None:
    pages = [translated(1), page(2, "something else")]

    (paired,) = search(tmp_path / "a", pages, '"party b"').hits
    (unpaired,) = search(tmp_path / "b", pages, "duplicate").hits
    (source,) = search(tmp_path / "c", pages, "两份").hits

    assert (paired.number, paired.box, marked(paired)) == (1, line_box(0), ["Party B"])
    assert unpaired.box == Box(0, 0, WIDTH, HEIGHT)
    assert source.box == line_box(1)


def test_a_translated_table_is_found_by_its_cells(tmp_path: Path) -> None:
    source = page_with_table(1, [["名称", "总计"]])
    (meant,) = page_with_table(1, [["Name", "Total"]]).tables
    known = replace(source, translation=(meant,), pairs=(0,), language="en")
    bare = replace(meant, cells=tuple(replace(cell, box=None) for cell in meant.cells))

    (hit,) = search(tmp_path / "a", [known], "total").hits
    (rough,) = search(tmp_path / "b", [replace(known, translation=(bare,))], "total").hits

    assert hit.box == Box(100.0, 0.0, 190.0, 15.0)
    assert rough.box == source.blocks[0].box


def test_the_value_of_a_field_is_found_once_and_where_it_stands(tmp_path: Path) -> None:
    whole, place = Box(0, 0, WIDTH, HEIGHT), Box(400, 700, 480, 712)
    fields = (FieldValue("Total", "1 234,50", place), FieldValue("Date", None), FieldValue("Sum", "99"))
    blocks = tuple(Paragraph(whole, text=text, placed=False) for text in ("Total: 1 234,50", "Sum: 99"))
    read = PageResult(1, WIDTH, HEIGHT, "pt", "vllm", blocks, task="fields", fields=fields)

    (hit,) = search(tmp_path / "a", [read], '"1 234,50"').hits
    (unplaced,) = search(tmp_path / "b", [read], "99").hits

    assert (hit.box, hit.snippet.text) == (place, "Total: 1 234,50")
    assert unplaced.box == whole
    assert [passage.text for passage in passages_of(read)] == ["Total: 1 234,50", "Sum: 99"]


def test_what_the_model_said_before_it_was_mended_is_not_found(tmp_path: Path) -> None:
    assert search(tmp_path, [translated(1)], "hidden").total == 0


def test_corrections_of_translations_and_fields_are_found_in_their_place(tmp_path: Path) -> None:
    key = ReadingKey("cpu", TaskOrder(Task.TRANSLATION, "en"))
    read = replace(translated(1), fields=(FieldValue("Total", "12", line_box(1)),))

    async def run(library: Library) -> list[int]:
        await library.note(CONTRACT)
        await library.keep(CONTRACT.sha256, read, order=key.order)
        await library.correct(CONTRACT.sha256, 1, key, place_of_translation(0), Correction("First party"))
        await library.correct(CONTRACT.sha256, 1, key, place_of_field(0), Correction("17"))
        with pytest.raises(ValueError, match="no place"):
            await library.correct(CONTRACT.sha256, 1, key, place_of_translation(0) + "/1", Correction("x"))
        return [(await library.search(query)).total for query in ('"party a"', '"first party"', "12", '"total 17"')]

    assert with_library(tmp_path, run) == [0, 1, 0, 1]


def test_a_page_with_several_readings_is_one_hit(tmp_path: Path) -> None:
    pages = [page(1, "invoice"), page(1, "an invoice of somebody", reader="text"), page(2, "invoice")]

    found = search(tmp_path, pages, "invoice")

    assert found.total == 2 and sorted(hit.number for hit in found.hits) == [1, 2]


def test_the_page_that_speaks_of_it_most_comes_first(tmp_path: Path) -> None:
    filler = " ".join(f"word{number}" for number in range(40))
    pages = [page(1, f"{filler} ozone"), page(2, "ozone ozone ozone"), *(page(n, filler) for n in range(3, 9))]

    found = search(tmp_path, pages, "ozone")

    assert [hit.number for hit in found.hits] == [2, 1]
    assert found.hits[0].score < found.hits[1].score


@pytest.mark.parametrize("each", [0, 9])
def test_pages_that_are_as_good_stand_in_their_order_whichever_was_read_first(tmp_path: Path, each: int) -> None:
    pages = [page(number, "Invoice of Hansen") for number in (1, 4, 5, 3, 2)]

    found = search(tmp_path, pages, "hansen", each=each)

    assert [hit.number for hit in found.hits] == [1, 2, 3, 4, 5]


def test_hits_by_document_stand_together_and_say_how_many_there_are(tmp_path: Path) -> None:
    filler = " ".join(f"word{number}" for number in range(30))

    async def run(library: Library) -> None:
        await filled(library, *(page(n, f"{filler} ozone") for n in range(1, 9)), name="book.pdf")
        await filled(library, page(1, f"{filler} ozone"), page(2, "ozone ozone"), name="note.pdf")
        await filled(library, page(1, filler), name="other.pdf")
        found = await library.search("ozone", each=3)
        assert found.total == 10
        told = [(hit.document.name, hit.siblings) for hit in found.hits]
        assert told == [("note.pdf", 2)] * 2 + [("book.pdf", 8)] * 3
        parts = [await library.search("ozone", each=3, limit=2, offset=offset) for offset in (0, 2, 4, 6)]
        assert [hit for part in parts for hit in part.hits] == list(found.hits)
        assert {part.total for part in parts} == {10}
        rest = await library.search("ozone", document=facts("book.pdf").sha256, offset=3)
        assert sorted(hit.number for hit in (*found.hits[2:], *rest.hits)) == list(range(1, 9))
        assert rest.hits[0].siblings == 0

    with_library(tmp_path, run)


def test_pages_of_hits_follow_each_other_without_gaps(tmp_path: Path) -> None:
    async def run(library: Library) -> None:
        await filled(library, *(page(number, "same words") for number in range(1, 26)))
        shown = [await library.search("same", limit=10, offset=offset) for offset in (0, 10, 20, 30)]
        assert [len(each.hits) for each in shown] == [10, 10, 5, 0]
        assert {each.total for each in shown} == {25}
        assert sorted(hit.number for each in shown for hit in each.hits) == list(range(1, 26))
        nonsense = await library.search("same", limit=-5, offset=-5)
        assert (nonsense.hits, nonsense.total) == ((), 25)

    with_library(tmp_path, run)


def test_one_document_can_be_searched_alone(tmp_path: Path) -> None:
    async def run(library: Library) -> None:
        await filled(library, page(1, "words"))
        await filled(library, page(2, "words"), name="other.pdf")
        assert (await library.search("words")).total == 2
        found = await library.search("words", document=facts("other.pdf").sha256)
        assert [(hit.document.name, hit.number) for hit in found.hits] == [("other.pdf", 2)]
        assert (await library.search("words", document="' OR 1=1 --")).total == 0

    with_library(tmp_path, run)


def test_the_place_is_that_of_the_rarest_word_with_the_others_near(tmp_path: Path) -> None:
    filler = [f"the total of line {number}" for number in range(20)]
    texts = [*filler, "ozone", *filler, "the total of ozone", *filler]

    (hit,) = search(tmp_path, [page(1, *texts)], "the total ozone").hits

    assert hit.box == line_box(41) and marked(hit) == ["the", "total", "ozone"]


@pytest.mark.slow
def test_a_page_made_of_hits_is_searched_as_fast_as_another(tmp_path: Path) -> None:
    found = search(tmp_path, [page(1, "a b " * 20_000, *["a"] * 200)], 'a b a* b* "a b" "b a"')

    assert found.total == 1 and found.hits[0].box == line_box(0)


def test_a_long_passage_is_shown_around_its_hit_on_one_line(tmp_path: Path) -> None:
    text = "\n".join(f"line {number} of many" for number in range(100))

    (hit,) = search(tmp_path, [page(1, text.replace("line 50", "needle 50"))], "needle many").hits

    assert len(hit.snippet.text) <= SNIPPET_LENGTH + 4 and "\n" not in hit.snippet.text
    assert hit.snippet.text.startswith("… ") and hit.snippet.text.endswith(" …")
    assert set(marked(hit)) == {"needle", "many"}


@pytest.mark.parametrize(
    "query",
    [
        "",
        "   ",
        "*",
        '"',
        '""',
        "AND",
        "NOT",
        "NEAR(a b)",
        "body:a",
        "a OR zzz",
        "^a",
        "a -b",
        "(",
        "'; DROP TABLE words",
        "\0",
        "%",
    ],
)
def test_nothing_that_is_typed_is_wrong_or_has_a_hidden_meaning(tmp_path: Path, query: str) -> None:
    found = search(tmp_path, [page(1, "a"), page(2, "b c")], query)

    assert found.total == (1 if query == "^a" else 0)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
@pytest.mark.slow
def test_what_stands_on_a_page_is_found_by_typing_it(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    alphabet = st.characters(exclude_categories=["Cs"]) | st.sampled_from('ab 合同"*“”')
    texts = data.draw(st.lists(st.text(alphabet, max_size=30), min_size=1, max_size=4))

    async def run(library: Library) -> None:
        await filled(library, *(page(number, text) for number, text in enumerate(texts, 1)))
        for number, text in enumerate(texts, 1):
            found = await library.search(text, limit=100)
            numbers = [hit.number for hit in found.hits]
            assert number in numbers or found == Found()
            for hit in found.hits:
                assert hit.snippet.marks
                assert all(0 <= start < end <= len(hit.snippet.text) for start, end in hit.snippet.marks)
                assert Box(0, 0, WIDTH, HEIGHT).overlap(hit.box) == pytest.approx(hit.box.area)
        everything = await library.search(data.draw(st.text(alphabet, max_size=20)))
        assert everything.total <= len(texts)

    with_library(tmp_path_factory.mktemp("library"), run)


def test_searching_goes_on_while_pages_are_kept(tmp_path: Path) -> None:
    async def run(library: Library) -> None:
        await filled(library, page(1, "words"))

        async def keep() -> None:
            for number in range(2, 40):
                await library.keep(CONTRACT.sha256, page(number, "words"))

        keeping = asyncio.create_task(keep())
        seen = [0]
        while not keeping.done():
            total = (await library.search("words", limit=1)).total
            assert total >= seen[-1]
            seen.append(total)
        await keeping
        assert (await library.search("words", limit=1)).total == 39

    with_library(tmp_path, run)
