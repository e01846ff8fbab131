"""What stands beside a page's blocks leaves too: translations with their source, fields, doubtful words marked."""

from __future__ import annotations

import html.parser
import json
import re

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from engine.exports.content import Content
from engine.exports.formats import render
from engine.output.blocks import (
    AnyBlock,
    Box,
    Cell,
    Code,
    Doubt,
    DoubtKind,
    FieldValue,
    Heading,
    ListItem,
    PageResult,
    Paragraph,
    Table,
)
from engine.output.document import document_from_dict
from engine.pages.source import SourceInfo, SourceKind

BOX = Box(0.0, 0.0, 10.0, 10.0)
INFO = SourceInfo("letter.pdf", SourceKind.PDF, 1, "pt")
RELAXED = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
HOSTILE = st.text(max_size=20) | st.lists(
    st.sampled_from(
        ["<script>", "</mark>", '"', "'", "|", "> ", "`", "```", "\n", "\r\n", "&lt;", "-->", "*", "\x1b[2J"]
    ),
    max_size=8,
).map("".join)


def page(*blocks: AnyBlock, **more: object) -> PageResult:
    return PageResult(1, 595.0, 842.0, "pt", "vllm", blocks, **more)  # type: ignore[arg-type]


def paragraph(text: str) -> Paragraph:
    return Paragraph(BOX, text=text)


def items(*texts: str) -> tuple[ListItem, ...]:
    return tuple(ListItem(BOX, text=text, marker="•") for text in texts)


LETTER = page(
    Heading(BOX, text="致读者"),
    paragraph("第一段。"),
    *items("苹果", "梨"),
    paragraph("没有译文。"),
    translation=(
        Heading(BOX, text="To the reader"),
        paragraph("First paragraph."),
        paragraph("A note of its own."),
        *items("apple", "pear"),
    ),
    pairs=(0, 1, -1, 2, 3),
    language="en",
)


def written(result: PageResult, form: str, content: Content = Content.BOTH) -> str:
    return render(INFO, [result], form, content=content)


class Marks(html.parser.HTMLParser):
    """The elements of a page, and each mark with its title and the text inside it."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.marks: list[tuple[str, str]] = []
        self._open = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "mark":
            self._open = True
            self.marks.append((dict(attrs)["title"] or "", ""))

    def handle_endtag(self, tag: str) -> None:
        self._open = self._open and tag != "mark"

    def handle_data(self, data: str) -> None:
        if self._open:
            self.marks[-1] = (self.marks[-1][0], self.marks[-1][1] + data)


# -- translations --


def test_markdown_quotes_the_translation_under_each_block() -> None:
    assert written(LETTER, "md") == (
        "# 致读者\n\n> # To the reader\n\n第一段。\n\n> First paragraph.\n>\n> A note of its own.\n\n"
        "- 苹果\n- 梨\n\n> - apple\n> - pear\n\n没有译文。\n"
    )


def test_text_puts_the_translation_directly_under_each_block() -> None:
    assert written(LETTER, "txt") == (
        "致读者\nTo the reader\n\n第一段。\nFirst paragraph.\nA note of its own.\n\n"
        "• 苹果\n• 梨\n• apple\n• pear\n\n没有译文。\n"
    )


def test_html_puts_the_translation_beside_each_block_in_its_language() -> None:
    told = written(LETTER, "html")

    assert told.count('<div class="pair">') == 4
    first = told[told.index('<div class="pair">') :]
    assert first.startswith(
        '<div class="pair">\n<div>\n<h1 dir="auto">致读者</h1>\n</div>\n'
        '<div lang="en">\n<h1 dir="auto">To the reader</h1>\n</div>\n</div>'
    )


@pytest.mark.parametrize("form", ["md", "txt", "html"])
def test_either_text_can_leave_alone(form: str) -> None:
    source, translation = written(LETTER, form, Content.SOURCE), written(LETTER, form, Content.TRANSLATION)

    assert "第一段" in source and "First" not in source
    assert "First" in translation and "第一段" not in translation
    assert 'class="pair"' not in source + translation


def test_html_of_a_translation_alone_is_in_its_language() -> None:
    assert '<html lang="en"' in written(LETTER, "html", Content.TRANSLATION)


@pytest.mark.parametrize("content", list(Content))
@pytest.mark.parametrize("form", ["md", "txt", "html"])
def test_a_page_without_a_translation_is_written_as_ever(form: str, content: Content) -> None:
    plain = page(paragraph("Hello."))

    assert written(plain, form, content) == written(plain, form)
    assert "Hello." in written(plain, form)


def test_where_no_pair_is_known_the_whole_translation_follows_the_whole_source() -> None:
    for pairs in ((), (-1, -1)):
        loose = page(
            paragraph("一"),
            paragraph("二"),
            translation=(paragraph("one"), paragraph("two")),
            pairs=pairs,
            language="en",
        )
        assert written(loose, "md") == "一\n\n二\n\n> one\n>\n> two\n"


def test_a_language_that_is_none_is_no_attribute() -> None:
    odd = page(paragraph("a"), translation=(paragraph("b"),), pairs=(0,), language='"><script>')

    assert "<script>" not in written(odd, "html")
    assert "<div>\n<p" in written(odd, "html")


def test_json_holds_both_whatever_is_asked_for() -> None:
    for content in Content:
        (read,) = document_from_dict(json.loads(written(LETTER, "json", content))).pages
        assert (read.blocks, read.translation, read.pairs) == (LETTER.blocks, LETTER.translation, LETTER.pairs)


@RELAXED
@given(st.lists(HOSTILE, min_size=1, max_size=3), st.lists(st.tuples(HOSTILE, st.integers(-1, 0)), max_size=4))
def test_a_translation_is_text_and_every_word_of_it_is_there(sources: list[str], meant: list[tuple[str, int]]) -> None:
    result = page(
        *map(paragraph, sources),
        translation=tuple(paragraph(text) for text, _ in meant),
        pairs=tuple(index for _, index in meant),
        language="en",
    )

    seen = MarkdownIt("commonmark").render(written(result, "md"))

    assert set(re.findall(r"<([a-z0-9]+)", seen)) <= {"p", "br", "blockquote"}
    assert {"script", "b"}.isdisjoint(Marks(written(result, "html")).tags)
    assert "\x1b" not in written(result, "md") + written(result, "txt") + written(result, "html")
    for text, _ in meant:
        for word in re.findall(r"[a-zA-Z0-9]+", text):
            assert word in written(result, "txt")


# -- fields --


BILL = page(
    Paragraph(BOX, text="Total: 1 234,50", placed=False),
    task="fields",
    fields=(FieldValue("Total", "1 234,50", BOX), FieldValue("Pay|able to", None)),
)


def test_fields_are_a_table_of_names_and_values_and_stand_there_once() -> None:
    assert written(BILL, "md") == "|  |  |\n| --- | --- |\n| Total | 1 234,50 |\n| Pay\\|able to | — |\n"
    assert written(BILL, "txt") == "Total: 1 234,50\nPay|able to: —\n"
    assert '<tr><th scope="row">Total</th><td>1 234,50</td></tr>' in written(BILL, "html")
    assert written(BILL, "html").count("1 234,50") == 1


def test_what_else_stands_on_a_page_with_fields_is_written_below_them() -> None:
    more = page(*BILL.blocks, paragraph("Thank you."), fields=BILL.fields)

    assert written(more, "txt").endswith("\n\nThank you.\n")


# -- doubts --


def doubt(block: int, start: int, end: int, other: str | None = None, **more: object) -> Doubt:
    kind = DoubtKind.UNSURE if other is None else DoubtKind.DISAGREES
    return Doubt(block, start, end, kind, other=other, **more)  # type: ignore[arg-type]


def test_html_marks_doubtful_words_with_the_other_reading() -> None:
    cells = (Cell(0, 0, "Sum"), Cell(0, 1, "1 284"))
    result = page(
        paragraph("  Pay 500 now"),
        Table(BOX, (), 1, 2, cells),
        Code(BOX, text="a  = 1\nb = 2"),
        *items("first", "second"),
        Heading(BOX, text="The   end\nof it"),
        doubts=(
            doubt(1, 2, 5, "234", row=0, column=1, by="cpu", grave=True),
            doubt(0, 6, 9),
            doubt(2, 7, 12, "", by="text"),
            doubt(4, 0, 6, "2nd"),
            doubt(5, 6, 12),
        ),
    )

    told = written(result, "html")

    assert Marks(told).marks == [
        ("may be wrong: the model was not sure", "500"),
        ("may be wrong: the built-in reader reads “234”", "284"),
        ("may be wrong: the document's own text reads nothing here", "b = 2"),
        ("may be wrong: a second reader reads “2nd”", "second"),
        ("may be wrong: the model was not sure", "end of"),
    ]
    assert '<p dir="auto">Pay <mark' in told and "</mark> now</p>" in told
    assert '<td>1 <mark class="grave"' in told
    assert '<h1 dir="auto">The <mark title="may be wrong: the model was not sure">end of</mark> it</h1>' in told


def test_markdown_and_text_say_nothing_of_doubts() -> None:
    bare = page(paragraph("Pay 500 now"))
    doubtful = page(paragraph("Pay 500 now"), doubts=(doubt(0, 4, 7, "600"),))

    assert written(doubtful, "md") == written(bare, "md")
    assert written(doubtful, "txt") == written(bare, "txt")


def test_in_both_texts_the_source_is_marked_and_the_translation_is_not() -> None:
    result = page(
        *items("一", "二"),
        paragraph("三四"),
        translation=(*items("one", "two"), paragraph("three four")),
        pairs=(0, 1, 2),
        language="en",
        doubts=(doubt(1, 0, 1), doubt(2, 1, 2)),
    )

    assert [text for _, text in Marks(written(result, "html")).marks] == ["二", "四"]
    assert Marks(written(result, "html", Content.TRANSLATION)).marks == []


@RELAXED
@given(
    HOSTILE,
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20), st.none() | HOSTILE), max_size=5),
    st.sampled_from([Paragraph, Heading, Code, ListItem]),
)
@example("one\r\ntwo", [(0, 4, None)], Paragraph)  # a mark that ends within a line break
def test_marks_change_no_text_and_hold_nothing_active(
    text: str, spans: list[tuple[int, int, str | None]], kind: type[Paragraph | Heading | Code | ListItem]
) -> None:
    block = kind(BOX, text=text)
    doubts = tuple(
        doubt(0, min(start, end, len(text)), min(max(start, end), len(text)), other) for start, end, other in spans
    )

    bare, told = written(page(block), "html"), written(page(block, doubts=doubts), "html")

    seen = Marks(told)
    assert set(seen.tags) - {"mark"} == set(Marks(bare).tags)
    unmarked = re.sub(r"<mark[^>]*>|</mark>", "", told)
    assert "".join(unmarked.split()) == "".join(bare.split())
