"""Markdown in the ways of a model: headings, lists, formulas, figures, pipes, fences."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.output.answer import AnswerForm, Mend
from engine.output.blocks import Box, Code, Figure, Heading, ListItem, Paragraph, Table
from tests.support.answers import blocks, read, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# One\n## Two\n###### Six", [("heading", "One"), ("heading", "Two"), ("heading", "Six")]),
        ("## Closed ##\n\n# C#", [("heading", "Closed"), ("heading", "C#")]),
        ("#no heading", [("paragraph", "#no heading")]),
        ("#\n\nwords", [("paragraph", "words")]),
        ("## 图(1,2),(3,4)", [("heading", "图")]),
        ("one\ntwo\n\nthree", [("paragraph", "one two"), ("paragraph", "three")]),
        ("租赁期限为\n十二个月", [("paragraph", "租赁期限为十二个月")]),
        ("the note-\nbooks", [("paragraph", "the notebooks")]),
        ("one  \ntwo\\\nthree", [("paragraph", "one\ntwo\nthree")]),
        ("one<br>two", [("paragraph", "one\ntwo")]),
        ("one\n---\ntwo", [("paragraph", "one"), ("paragraph", "two")]),
        ("words\n# Head\nwords", [("paragraph", "words"), ("heading", "Head"), ("paragraph", "words")]),
        ("**Bold** and <b>bold</b> 2<sup>10</sup> &lt;x&gt;", [("paragraph", "Bold and bold 2¹⁰ <x>")]),
        ("Table 2: Costs in 2024", [("caption", "Table 2: Costs in 2024")]),
        ("Figure 3 shows that it works.", [("paragraph", "Figure 3 shows that it works.")]),
        ("<div align=center>words</div>", [("paragraph", "words")]),
        ("<html> and <script>x</script>", [("paragraph", "<html> and <script>x</script>")]),
        ("", []),
        (" \n\n \t\n", []),
    ],
)
def test_blocks_of_words(text: str, expected: list[tuple[str, str]]) -> None:
    assert blocks(text) == expected


def test_levels_of_headings_are_kept() -> None:
    levels = [block.level for block in read("# a\n### b\n## c").blocks if isinstance(block, Heading)]

    assert levels == [1, 3, 2]


def test_arabic_is_set_from_right_to_left() -> None:
    (block,) = read("مرحبا بالعالم").blocks

    assert isinstance(block, Paragraph) and block.rtl


# -- lists


def items(text: str) -> list[tuple[str, int, str]]:
    return [(block.marker, block.level, block.text) for block in read(text).blocks if isinstance(block, ListItem)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- a\n* b\n+ c", [("•", 0, "a"), ("•", 0, "b"), ("•", 0, "c")]),
        ("● a\n■ b", [("●", 0, "a"), ("■", 0, "b")]),
        ("1. a\n2) b\n3、c", [("1.", 0, "a"), ("2)", 0, "b"), ("3、", 0, "c")]),
        ("(1) a\n（二）b\n① c\na) d", [("(1)", 0, "a"), ("（二）", 0, "b"), ("①", 0, "c"), ("a)", 0, "d")]),
        ("- a\n  - b\n    - c\n- d", [("•", 0, "a"), ("•", 1, "b"), ("•", 2, "c"), ("•", 0, "d")]),
        ("1. a\n    - b\n2. c", [("1.", 0, "a"), ("•", 1, "b"), ("2.", 0, "c")]),
        ("- a\n\n- b", [("•", 0, "a"), ("•", 0, "b")]),
        ("- goes\n  on", [("•", 0, "goes on")]),
    ],
)
def test_lists_keep_their_marks_and_levels(text: str, expected: list[tuple[str, int, str]]) -> None:
    assert items(text) == expected


@pytest.mark.parametrize("text", ["2.1 Data", "3.14 is a number", "-5 degrees", "2024. A year", "*note"])
def test_what_is_no_list(text: str) -> None:
    assert items(text) == []


# -- formulas


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a $ x^{2} $ b", [("paragraph", "a $x^{2}$ b")]),
        ("a $x$ b \\(y\\) c", [("paragraph", "a $x$ b $y$ c")]),
        ("$ a<b $ and <b>c</b>", [("paragraph", "$a<b$ and c")]),
        ("it costs $5 to $10", [("paragraph", "it costs $5 to $10")]),
        ("they paid 5 $ and 6 $ each", [("paragraph", "they paid 5 $ and 6 $ each")]),
        ("$$ x = 1 $$", [("formula", "x = 1")]),
        ("$$\nx = 1\n$$", [("formula", "x = 1")]),
        ("\\[ x = 1 \\]", [("formula", "x = 1")]),
        (
            "\\begin{align}\na &= b \\\\\nc &= d\n\\end{align}",
            [("formula", "\\begin{align}\na &= b \\\\\nc &= d\n\\end{align}")],
        ),
        ("$$ x = 1 $$ (2.3)", [("formula", "x = 1 \\tag{2.3}")]),
        ("$$ x = 1 \\tag{4} $$", [("formula", "x = 1 \\tag{4}")]),
        (
            "so\n\\begin{align}a\\end{align}\nholds",
            [("paragraph", "so"), ("formula", "\\begin{align}a\\end{align}"), ("paragraph", "holds")],
        ),
        ("so $$ x $$ holds", [("paragraph", "so"), ("formula", "x"), ("paragraph", "holds")]),
        ("$ \\frac{1}{2} + x $", [("formula", "\\frac{1}{2} + x")]),
        ("$$ $$", []),
        ("$$ never closed\n\nwords", [("formula", "never closed"), ("paragraph", "words")]),
        ("$$ torn off", [("formula", "torn off")]),
        ("$(2,4),(3,3)$", [("formula", "(2,4),(3,3)")]),
    ],
)
def test_formulas(text: str, expected: list[tuple[str, str]]) -> None:
    assert blocks(text) == expected


def test_a_formula_without_its_end_is_told() -> None:
    assert read("$$ x").count(Mend.FORMULA_UNCLOSED) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = 1", ["x = 1"]),
        ("$x = 1$", ["x = 1"]),
        ("$$x = 1$$\n$$y = 2$$", ["x = 1", "y = 2"]),
        ("```latex\nx = 1\n```", ["x = 1"]),
        ("\\[x\\]", ["x"]),
        ("x = 1\n\ny = 2", ["x = 1", "y = 2"]),
        ("\\begin{cases}a\\\\b\\end{cases}", ["\\begin{cases}a\\\\b\\end{cases}"]),
        ("$x = 1", ["x = 1"]),
    ],
)
def test_an_answer_that_is_formulas(text: str, expected: list[str]) -> None:
    assert blocks(text, AnswerForm.FORMULA) == [("formula", latex) for latex in expected]


# -- figures


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<pFig>A</pFig><quad>(1,2),(3,4)</quad>", [("figure", ""), ("caption", "A")]),
        ("<pFig></pFig><quad>(1,2),(3,4)</quad>", [("figure", "")]),
        ("<pFig>A\n- b\n\n# c</pFig>\n<quad>(1,2),(3,4)</quad>", [("figure", ""), ("caption", "A - b # c")]),
        ("<pFig>torn off", [("figure", ""), ("caption", "torn off")]),
        ("<quad>(1,2),(3,4)</quad>", [("figure", "")]),
        ("(1,2),(3,4)", [("figure", "")]),
        ("图1(1,2),(3,4)\n图2(5,6),(7,8)", [("figure", ""), ("caption", "图1"), ("figure", ""), ("caption", "图2")]),
        (
            "A paragraph that says a good deal more than captions do, " * 4 + "(1,2),(3,4)",
            [
                ("paragraph", ("A paragraph that says a good deal more than captions do, " * 4).strip(" ,")),
                ("figure", ""),
            ],
        ),
        ("![a dog](http://example.org/dog.png)", [("figure", ""), ("caption", "a dog")]),
        ('<img src="http://example.org/dog.png">', [("figure", "")]),
        ("f(1,2) and (3,4) are points", [("paragraph", "f(1,2) and (3,4) are points")]),
    ],
)
def test_figures(text: str, expected: list[tuple[str, str]]) -> None:
    assert blocks(text) == expected


def test_figures_have_their_place_and_their_captions_have_none() -> None:
    figure, caption = read("<pFig>A</pFig><quad>(100,200),(300,400)</quad>").blocks

    assert figure == Figure(Box(100, 200, 300, 400))
    assert not caption.placed


def test_a_figure_whose_place_was_torn_off_has_none() -> None:
    (figure, _) = read("<pFig>A</pFig><quad>(100,").blocks

    assert not figure.placed


def test_coordinates_where_none_belong_are_removed_and_told() -> None:
    answer = read("## Head(1,2),(3,4)\n- item(5,6),(7,8)")

    assert [words(block) for block in answer.blocks] == ["Head", "item"]
    assert answer.count(Mend.COORDINATES) == 2


def test_tags_without_a_meaning_are_removed_and_told() -> None:
    answer = read("words<dir>0</dir> and </quad>more")

    assert [words(block) for block in answer.blocks] == ["words and more"]
    assert answer.count(Mend.STRAY_TAGS) == 2


# -- pipes, drawings, fences


@pytest.mark.parametrize(
    ("text", "rows", "heads"),
    [
        ("| a | b |\n|---|:-:|\n| 1 | 2 |", [["a", "b"], ["1", "2"]], 1),
        ("a | b\n---|---\n1 | 2", [["a", "b"], ["1", "2"]], 1),
        ("| a | b |\n| 1 | 2 |", [["a", "b"], ["1", "2"]], 0),
        ("| a | b |\n|---|---|\n| 1 |\n| 1 | 2 | 3 |", [["a", "b", ""], ["1", "", ""], ["1", "2", "3"]], 1),
        ("| a\\|b | $x$ |\n|---|---|\n| 1<br>2 | **3** |", [["a|b", "$x$"], ["1\n2", "3"]], 1),
    ],
)
def test_pipe_tables(text: str, rows: list[list[str]], heads: int) -> None:
    (table,) = read(text).blocks

    assert isinstance(table, Table)
    assert (table.rows(), table.header_rows) == (rows, heads)


@pytest.mark.parametrize("text", ["|x| + |y| = 3", "a | b", "a | b\nc | d"])
def test_bars_alone_make_no_table(text: str) -> None:
    assert [kind for kind, _ in blocks(text)] == ["paragraph"]


def test_words_after_a_pipe_table_stand_alone() -> None:
    assert [kind for kind, _ in blocks("before\n| a | b |\n|---|---|\n| 1 | 2 |\nafter")] == [
        "paragraph",
        "table",
        "paragraph",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "flowchart TD\nA --> B\n\nB --> C\n\nWords.",
            [("chart", "flowchart TD\nA --> B\nB --> C"), ("paragraph", "Words.")],
        ),
        ("graph LR\nA --> B\n## Head", [("chart", "graph LR\nA --> B"), ("heading", "Head")]),
        ("```mermaid\nsequenceDiagram\nA->>B: hi\n```", [("chart", "sequenceDiagram\nA->>B: hi")]),
        ("```\nflowchart TD\nA --> B\n```", [("chart", "flowchart TD\nA --> B")]),
        ('pie title Pets\n"Dogs" : 3', [("chart", 'pie title Pets\n"Dogs" : 3')]),
        ("graph theory is fun", [("paragraph", "graph theory is fun")]),
    ],
)
def test_drawings(text: str, expected: list[tuple[str, str]]) -> None:
    assert blocks(text, AnswerForm.CHART) == expected


@pytest.mark.parametrize(
    ("text", "expected", "wrappings"),
    [
        ("```markdown\n# A\n\nb\n```", [("heading", "A"), ("paragraph", "b")], 2),
        ("```html\n<table><tr><td>a</td></tr></table>\n```", [("table", "a")], 2),
        ("```html<table><tr><td>a</td></tr></table>```", [("table", "a")], 2),
        ("```\n# A\n```", [("heading", "A")], 2),
        ("```markdown\n```python\nx = 1\n```\n```", [("code", "x = 1")], 2),
        ("```python\nx = 1\n\ny = 2\n```\nafter", [("code", "x = 1\n\ny = 2"), ("paragraph", "after")], 0),
        ("```latex\n$$x$$\n```", [("formula", "x")], 0),
        ("```markdown\n# A", [("heading", "A")], 1),
        ("words\n```", [("paragraph", "words")], 1),
        ("<answer>words</answer>", [("paragraph", "words")], 1),
    ],
)
def test_fences(text: str, expected: list[tuple[str, str]], wrappings: int) -> None:
    answer = read(text)

    assert [(block.kind.value, words(block)) for block in answer.blocks] == expected
    assert answer.count(Mend.WRAPPING) == wrappings


def test_code_keeps_its_spaces() -> None:
    assert read("```\n  a\n    b\n```").blocks == (Code(Box(0, 0, 1000, 1000), text="  a\n    b", placed=False),)


# -- text whose lines are the page's own


@pytest.mark.parametrize(
    ("text", "form", "expected"),
    [
        ("one\ntwo\n\nthree", AnswerForm.TEXT, ["one\ntwo", "three"]),
        ("# not a heading\n- not a list", AnswerForm.TEXT, ["# not a heading\n- not a list"]),
        ("```\none\ntwo\n```", AnswerForm.TEXT, ["one\ntwo"]),
        ("a **b** &amp; c", AnswerForm.TEXT, ["a **b** &amp; c"]),
        ("words(1,2),(3,4)", AnswerForm.TEXT, ["words"]),
        ("one <table><tr><td>a</td></tr></table>", AnswerForm.TEXT, ["one", "a"]),
        ("# Hello\nthere", AnswerForm.SUBTITLES, ["Hello\nthere"]),
        ("Is it **so**?\nYes.", AnswerForm.QUESTION, ["Is it so? Yes."]),
    ],
)
def test_lines_are_kept_where_the_task_is_text(text: str, form: AnswerForm, expected: list[str]) -> None:
    assert [said for _, said in blocks(text, form)] == expected


# -- everything

WORDS = (
    st.text("abc xyz.,", min_size=1, max_size=30).map(str.strip).filter(lambda text: bool(text) and text[0].isalpha())
)


@settings(max_examples=200, deadline=None)
@given(st.lists(WORDS, max_size=12))
@pytest.mark.slow
def test_paragraphs_come_through_in_order(paragraphs: list[str]) -> None:
    paragraphs = [text for text in paragraphs if not text.startswith(("a.", "b.", "c.", "x.", "y.", "z."))]

    assert [said for _, said in blocks("\n\n".join(paragraphs))] == [
        " ".join(text.split(" ")).strip() for text in paragraphs
    ]


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(codec="utf-8", categories=["L", "N"]), min_size=1, max_size=60))
def test_letters_and_digits_are_never_lost(text: str) -> None:
    said = "".join(said for _, said in blocks(text))

    assert said.replace("\n", "") == text


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        ("机身编号: <pFig>图2</pFig><quad>(452,938),(664,966)6UK4098118033325 and more", "6UK4098118033325 and more"),
        ("<quad>(1,2),(30,40) words behind a place", "words behind a place"),
        ("<table><tr><td><pFig>A</pFig><quad>(452,938),(664,966)Total 5</td></tr></table>", "Total 5"),
    ],
)
def test_words_behind_a_place_that_is_not_closed_are_kept(answer: str, kept: str) -> None:
    told = read(answer)

    words = [cell.text for block in told.blocks if isinstance(block, Table) for cell in block.cells] + [
        getattr(block, "text", "") for block in told.blocks
    ]
    assert any(kept in each for each in words)
    assert any(isinstance(block, Figure) and block.placed for block in told.blocks)
    assert told.count(Mend.PLACES) == 1
