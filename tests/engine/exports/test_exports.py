"""Exports: nothing on a page is obeyed by Markdown, a browser or a terminal; a file is written whole or not at all."""

from __future__ import annotations

import errno
import html.parser
import json
import os
import re
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from engine.errors import DiskFull, OutputIsInput, OutputNotWritable, PageDamaged, UsageError
from engine.exports import writing
from engine.exports.formats import FORMATS, format_of, render
from engine.exports.writing import write_whole
from engine.output.blocks import (
    AnyBlock,
    Box,
    Caption,
    Cell,
    Chart,
    Code,
    Figure,
    Formula,
    Heading,
    Line,
    ListItem,
    PageResult,
    Paragraph,
    Quad,
    Table,
)
from engine.output.document import PageFailure, document_from_dict
from engine.pages.source import SourceInfo, SourceKind

BOX = Box(0.0, 0.0, 10.0, 10.0)
RELAXED = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
MARKDOWN = MarkdownIt("commonmark").enable("table").enable("strikethrough")

SIGNS = [*"\\`*_{}[]()#+-.!|<>&~$=:'\"/ \n\t1aé中", "```", "---", "&lt;", "&#x41;", "1. ", "\r\n", "]]>", "\0"]
TRICKS = [
    "<script>",
    "</p>",
    "<!--",
    "-->",
    "![x](http://x)",
    "[a]: b",
    "javascript:",
    "\x1b[31m",
    "\u2028",
    "<b onclick=x>",
]
HOSTILE = st.text(max_size=25) | st.lists(st.sampled_from([*SIGNS, *TRICKS]), max_size=12).map("".join)


def info(pages: int = 1, name: str = "invoice.pdf", title: str = "") -> SourceInfo:
    return SourceInfo(name, SourceKind.PDF, pages, "pt", title=title)


def page(*blocks: AnyBlock, number: int = 1, lines: tuple[Line, ...] = ()) -> PageResult:
    return PageResult(number, 595.0, 842.0, "pt", "cpu", blocks, lines, source_hash="cd" * 32)


def as_markdown(*blocks: AnyBlock) -> str:
    return render(info(), [page(*blocks)], "md")


class Seen(html.parser.HTMLParser):
    """What a browser would see: elements with their attributes, and the text."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.comments = 0
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "br":
            self.words += "\n"

    def handle_endtag(self, tag: str) -> None:
        self.words += " " if tag in ("td", "th", "li") else ""

    def handle_data(self, data: str) -> None:
        self.words += data

    def handle_comment(self, data: str) -> None:
        self.comments += 1

    @property
    def tags(self) -> set[str]:
        return {tag for tag, _ in self.elements}


def words(text: str) -> list[str]:
    """Return the words of a text as they survive cleaning."""
    return (
        re.sub("[\x00-\x08\x0e-\x1f\x7f-\x9f]", "\ufffd", re.sub("[\x0b\x0c\x1c-\x1e\x85]", " ", text))
        .encode("utf-8", "replace")
        .decode()
        .split()
    )


# -- Markdown --


@RELAXED
@given(HOSTILE)
def test_a_paragraph_comes_out_of_markdown_as_its_own_words_and_nothing_else(text: str) -> None:
    seen = Seen(MARKDOWN.render(as_markdown(Paragraph(BOX, (), text))))

    assert seen.tags <= {"p", "br"}
    assert seen.comments == 0
    assert seen.words.split() == words(text)


@RELAXED
@given(HOSTILE, HOSTILE)
def test_a_heading_and_a_caption_stay_a_heading_and_a_caption(heading: str, caption: str) -> None:
    seen = Seen(MARKDOWN.render(as_markdown(Heading(BOX, (), heading, 2), Caption(BOX, (), caption))))

    assert [tag for tag, _ in seen.elements] == (["h2"] if words(heading) else []) + (
        ["p", "em"] if words(caption) else []
    )
    assert seen.words.split() == words(heading) + words(caption)


@RELAXED
@given(st.lists(st.lists(HOSTILE, min_size=2, max_size=2), min_size=1, max_size=3), st.booleans())
@pytest.mark.slow
def test_a_table_keeps_its_cells_in_markdown(rows: list[list[str]], header: bool) -> None:
    cells = tuple(Cell(r, c, text) for r, row in enumerate(rows) for c, text in enumerate(row))
    table = Table(BOX, (), len(rows), 2, cells, int(header))

    seen = Seen(MARKDOWN.render(as_markdown(table)))

    assert seen.tags <= {"table", "thead", "tbody", "tr", "th", "td", "br"}
    assert seen.words.split() == [word for row in rows for text in row for word in words(text)]


@RELAXED
@given(st.lists(st.tuples(HOSTILE, st.sampled_from(["•", "1.", "2.", "7)", "(a)", "一、", "*"]), st.integers(0, 3))))
@pytest.mark.slow
def test_list_items_keep_their_words_in_markdown(items: list[tuple[str, str, int]]) -> None:
    blocks = [ListItem(BOX, (), text, marker, level) for text, marker, level in items]

    seen = Seen(MARKDOWN.render(as_markdown(*blocks)))

    assert seen.tags <= {"ul", "ol", "li", "p", "br"}
    assert sum(tag == "li" for tag, _ in seen.elements) == len(items)
    expected = [[marker] * (marker in ("(a)", "一、")) + words(text) for text, marker, _ in items]
    assert seen.words.split() == [word for item in expected for word in item]


@RELAXED
@given(HOSTILE)
def test_code_formulas_and_charts_stay_in_their_fence(text: str) -> None:
    blocks = (Code(BOX, (), text), Formula(BOX, (), text), Chart(BOX, (), text, "mermaid"), Figure(BOX, (), text))

    seen = Seen(MARKDOWN.render(as_markdown(*blocks)))

    assert seen.tags <= {"pre", "code", "p", "em"}


def test_markdown_of_a_nested_list_is_nested_and_numbers_are_the_pages_own() -> None:
    items = [("one", "•", 0), ("two", "1.", 1), ("three", "2.", 1), ("five", "5.", 1), ("last", "•", 0)]

    text = as_markdown(*(ListItem(BOX, (), words, marker, level) for words, marker, level in items))

    assert text == "- one\n  1. two\n  2. three\n  <!-- -->\n  5. five\n- last\n"


def test_markdown_writes_plain_tables_as_pipes_and_spans_as_html() -> None:
    plain = Table(BOX, (), 2, 2, (Cell(0, 0, "No."), Cell(0, 1, "a|b"), Cell(1, 0, "0012")), 1)
    spanning = Table(BOX, (), 2, 2, (Cell(0, 0, "<all>", column_span=2), Cell(1, 0, "x\ny")), 1)

    assert as_markdown(plain) == "| No. | a\\|b |\n| --- | --- |\n| 0012 |  |\n"
    assert '<th colspan="2">&lt;all&gt;</th>' in as_markdown(spanning)
    assert "<td>x<br>y</td><td></td>" in as_markdown(spanning)


def test_ordinary_text_is_left_alone_by_markdown() -> None:
    text = "Price: 12.50 (net) – see snake_case, C:\\Users, 5 < 6 & more; -5 °C, +49 30, #1? 中文。"

    assert as_markdown(Paragraph(BOX, (), text)) == text + "\n"


# -- HTML --

OURS = {
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "main",
    "section",
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "ul",
}
OURS |= {"li", "table", "thead", "tbody", "tr", "th", "td", "br"}
OURS |= {"figure", "figcaption", "pre", "code"}


@RELAXED
@given(HOSTILE, HOSTILE, HOSTILE)
def test_html_holds_no_element_and_no_attribute_but_ours(text: str, title: str, marker: str) -> None:
    table = Table(BOX, (), 2, 2, (Cell(0, 0, text, row_span=2), Cell(0, 1, text)), 1)
    blocks = (
        Heading(BOX, (), text, 9), Paragraph(BOX, (), text, True), ListItem(BOX, (), text, marker, 4),
        Caption(BOX, (), text), table, Formula(BOX, (), text), Figure(BOX, (), text), Chart(BOX, (), text),
        Code(BOX, (), text),
    )  # fmt: skip
    failure = PageFailure(2, "Damaged", "Try again", 30)

    written = render(info(2, name=title, title=title), [page(*blocks)], "html", failures=[failure])
    seen = Seen(written)

    assert seen.tags <= OURS
    assert seen.comments == 0
    plain = Seen(render(info(2), [page(*(Paragraph(BOX, (), "x"),))], "html"))
    assert seen.words.count("Damaged") >= 1
    for tag, attributes in seen.elements:
        assert attributes.keys() <= {"lang", "dir", "charset", "http-equiv", "content", "name", "class", "id"} | (
            {"rowspan", "colspan"} if tag in ("td", "th") else set()
        )
    policies = [attributes["content"] for _, attributes in seen.elements if "http-equiv" in attributes]
    assert policies == [attributes["content"] for _, attributes in plain.elements if "http-equiv" in attributes]
    assert "http:" not in re.sub(r"(?s)<main>.*</main>|<title>.*</title>", "", written)


def test_html_allows_its_own_style_by_hash_and_nothing_else() -> None:
    import base64
    import hashlib

    written = render(info(), [page()], "html")

    style = written.split("<style>")[1].split("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in written
    assert "url(" not in style


def test_html_nests_lists_and_keeps_spans_and_direction() -> None:
    items = [ListItem(BOX, (), "a", "1.", 0), ListItem(BOX, (), "b", "•", 2), ListItem(BOX, (), "c", "2.", 0)]
    table = Table(BOX, (), 2, 2, (Cell(0, 0, "h", column_span=2), Cell(1, 0, "x"), Cell(1, 1, "y")), 1)

    written = render(info(), [page(*items, table, Paragraph(BOX, (), "שלום", True))], "html")

    compact = re.sub(r"\s*\n\s*", "", written)
    assert '<ul><li dir="auto">1. a<ul><li dir="auto">• b</li></ul></li><li dir="auto">2. c</li></ul>' in compact
    assert '<thead><tr><th colspan="2">h</th></tr></thead><tbody><tr><td>x</td><td>y</td></tr></tbody>' in compact
    assert '<p dir="rtl">שלום</p>' in compact


def test_a_header_cell_that_reaches_into_the_body_keeps_its_span() -> None:
    table = Table(BOX, (), 2, 2, (Cell(0, 0, "h", row_span=2), Cell(0, 1, "x"), Cell(1, 1, "y")), 1)

    written = render(info(), [page(table)], "html")

    assert "<thead>" not in written
    assert '<th rowspan="2">h</th>' in written


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("合同编号与付款条件", "zh"),
        ("契約書のひらがな", "ja"),
        ("계약서 조건", "ko"),
        ("Invoice 2024", ""),
        ("123", ""),
        ("عقد العمل", "ar"),
    ],
)
def test_html_names_the_language_where_the_script_tells(text: str, language: str) -> None:
    written = render(info(), [page(lines=(Line(text, Quad.from_box(BOX)),))], "html")

    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in written


# -- plain text and JSON --


@RELAXED
@given(HOSTILE)
def test_no_control_sequence_reaches_a_terminal(text: str) -> None:
    blocks = (Paragraph(BOX, (), text), Code(BOX, (), text), ListItem(BOX, (), text, text), Heading(BOX, (), text))
    line = Line(text, Quad.from_box(BOX))

    for form in FORMATS:
        written = render(info(name=text), [page(*blocks, lines=(line,))], form)
        assert re.search("[\x00-\x08\x0b\x0d-\x1f\x7f-\x9f]", written) is None
        written.encode()


def test_plain_text_keeps_rows_as_tabs_and_pages_apart() -> None:
    table = Table(BOX, (), 1, 2, (Cell(0, 0, "a\tb\nc"), Cell(0, 1, "0012")))
    pages = [page(Paragraph(BOX, (), "second"), number=2), page(Heading(BOX, (), "T"), table, number=1)]
    failure = PageFailure.of(3, PageDamaged("page 3"))

    assert render(info(3), pages, "txt", failures=[failure]) == (
        "T\n\na b c\t0012\n\fsecond\n\f[Page 3 could not be read: This page is damaged]\n"
    )


def test_json_is_one_line_that_reads_back() -> None:
    pages = [page(Paragraph(BOX, (), "a\nb\u2028")), page(number=2)]
    failure = PageFailure.of(3, PageDamaged("page 3"))

    written = render(info(3), pages, "json", failures=[failure])

    assert written.count("\n") == 1 and written.endswith("\n")
    reading = document_from_dict(json.loads(written))
    assert reading.pages == tuple(pages)
    assert reading.failures == (failure,)
    assert reading.head.sha256 == "cd" * 32


@pytest.mark.parametrize("form", FORMATS)
def test_a_page_that_failed_is_not_left_out_silently(form: str) -> None:
    failure = PageFailure.of(2, PageDamaged("page 2"))

    assert "This page is damaged" in render(info(2), [page()], form, failures=[failure])


def test_an_unknown_format_is_a_usage_error() -> None:
    with pytest.raises(UsageError):
        render(info(), [], "docx")


@pytest.mark.parametrize(
    ("name", "form"), [("a.md", "md"), ("a.HTML", "html"), ("a.htm", "html"), ("a.json", "json"), ("a.text", "txt")]
)
def test_the_suffix_tells_the_format(name: str, form: str) -> None:
    assert format_of(Path(name)) == form
    assert format_of(Path("a.pdf")) is None


# -- writing --


def listing(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_file_is_replaced_whole_and_keeps_its_permissions(tmp_path: Path) -> None:
    target = tmp_path / "结果 1.md"
    target.write_text("old")
    target.chmod(0o640)

    write_whole(target, "new\ud800")

    assert target.read_text() == "new?"
    assert target.stat().st_mode & 0o777 == 0o640
    assert listing(tmp_path) == {"结果 1.md"}


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.md").write_text("old")
    (tmp_path / "link.md").symlink_to("real.md")

    write_whole(tmp_path / "link.md", b"new")

    assert (tmp_path / "link.md").is_symlink()
    assert (tmp_path / "real.md").read_bytes() == b"new"


@pytest.mark.parametrize("way", ["same", "link", "hard link", "other spelling"])
def test_an_input_is_never_overwritten(tmp_path: Path, way: str) -> None:
    original = tmp_path / "scan.pdf"
    original.write_bytes(b"the original")
    target = tmp_path / "other.pdf"
    if way == "link":
        target.symlink_to(original)
    elif way == "hard link":
        target.hardlink_to(original)
    else:
        target = original if way == "same" else tmp_path / "." / ".." / tmp_path.name / "scan.pdf"

    with pytest.raises(OutputIsInput):
        write_whole(target, "x", inputs=[original])
    assert original.read_bytes() == b"the original"


def test_in_a_folder_that_is_read_only_files_of_our_kinds_may_be_replaced(tmp_path: Path) -> None:
    (tmp_path / "page1.png").write_bytes(b"picture")
    (tmp_path / "notes.md").write_text("old")

    write_whole(tmp_path / "notes.md", "new", inputs=[tmp_path])
    with pytest.raises(OutputIsInput):
        write_whole(tmp_path / "page1.png", "new", inputs=[tmp_path])

    assert (tmp_path / "page1.png").read_bytes() == b"picture"


def test_places_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "loop").symlink_to("loop")
    places = [
        tmp_path,
        tmp_path / "none" / "a.md",
        tmp_path / "file" / "a.md",
        tmp_path / "loop",
        tmp_path / ("n" * 300),
    ]
    places += [Path(os.devnull), tmp_path / "a\0b"]

    for place in places:
        with pytest.raises(OutputNotWritable):
            write_whole(place, "x")

    assert listing(tmp_path) == {"file", "loop"}


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    target = tmp_path / "a.md"
    target.write_text("old")

    def full(handle: int) -> None:
        raise OSError(number, "full")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(DiskFull):
        write_whole(target, "new")

    assert target.read_text() == "old"
    assert listing(tmp_path) == {"a.md"}


@pytest.mark.skipif(sys.platform == "win32", reason="RLIMIT_FSIZE is of Unix")
def test_a_file_size_limit_counts_as_a_full_disk(tmp_path: Path) -> None:
    import subprocess

    code = (
        "import resource, signal, sys; from pathlib import Path; from engine.exports.writing import write_whole\n"
        "from engine.errors import DiskFull\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try: write_whole(Path(sys.argv[1]), 'x' * 5000)\n"
        "except DiskFull: sys.exit(51)\n"
    )

    ended = subprocess.run([sys.executable, "-c", code, str(tmp_path / "a.md")], check=False)

    assert ended.returncode == 51
    assert listing(tmp_path) == set()


def test_leaving_at_once_removes_what_is_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.fsync", lambda handle: writing.abandon())

    with pytest.raises(OutputNotWritable):
        write_whole(tmp_path / "a.md", "new")

    assert listing(tmp_path) == set()
