"""What HunyuanOCR really answered, as blocks."""

from __future__ import annotations

import pytest

from engine.output.answer import AnswerForm, Mend
from engine.output.blocks import Box, FieldValue, Figure, Heading, Quad, Table
from tests.support.answers import Sample, blocks, read, sample, samples, sound, words


@pytest.mark.parametrize("kept", samples(), ids=lambda kept: kept.name)
def test_every_sample_is_read_and_could_stand_in_a_page(kept: Sample) -> None:
    answer = read(kept.text, kept.form, fields=["单价"])

    sound(answer)
    assert answer.raw_text == kept.text
    assert answer.blocks or answer.count(Mend.NO_TEXT)
    assert kept.source


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("spotting_tags", [("亲爱的", Box(22, 160, 888, 788))]),
        ("spotting_special_tokens", [("亲爱的", Box(22, 160, 888, 788))]),
        ("spotting_run_together", [("字符串1", Box(312, 22, 493, 49)), ("字符串2", Box(401, 0, 666, 194))]),
        ("spotting_parentheses", [("ATLANTA (AP)", Box(12, 34, 56, 78)), ("Second line", Box(90, 12, 134, 156))]),
        ("spotting_parentheses_inside", [("ATLANTA (AP) Second", Box(1, 2, 3, 4))]),
        ("spotting_parentheses_chinese", [("金额(小写)", Box(10, 20, 30, 40))]),
        ("spotting_surplus", [("Hello", Box(1, 2, 3, 4))]),
        ("spotting_two_lines", [("line1 line2", Box(1, 2, 3, 4))]),
        ("spotting_no_text", []),
    ],
)
def test_spotted_lines_have_their_words_and_places(name: str, lines: list[tuple[str, Box]]) -> None:
    answer = read(sample(name).text, AnswerForm.SPOTTING)

    assert [(line.text, line.box) for line in answer.lines] == lines
    assert [(words(block), block.box, block.lines) for block in answer.blocks] == [
        (text, box, (index,)) for index, (text, box) in enumerate(lines)
    ]
    assert all(block.placed for block in answer.blocks)


def test_no_text_is_told() -> None:
    assert read(sample("spotting_no_text").text, AnswerForm.SPOTTING).count(Mend.NO_TEXT) == 1


def test_an_exercise_sheet_gives_its_heading_and_its_figures_with_captions() -> None:
    answer = read(sample("document_exercise").text)

    assert [(block.kind.value, words(block)) for block in answer.blocks] == [
        ("heading", "二、填空题(每小题3分,共15分)"),
        ("figure", ""),
        ("caption", "第10题解图"),
        ("figure", ""),
        ("caption", "视频讲解白卷·15题"),
    ]
    head, first, _, second, _ = answer.blocks
    assert isinstance(head, Heading) and head.level == 2 and not head.placed
    assert (first.box, first.placed) == (Box(204, 50, 325, 111), True)
    assert second.box == Box(639, 289, 713, 350)
    assert answer.notes == ()


def test_a_page_of_a_paper_gives_figure_table_and_formula() -> None:
    assert blocks(sample("document_paper").text) == [
        ("figure", ""),
        ("caption", "Figure 4 | To test…"),
        ("heading", "3.2.2. Multiple resolution support"),
        ("caption", "Table 1 | Multi resolution support of DeepEncoder…"),
        ("table", "|Native Resolution"),
        ("formula", "N_{valid}=\\lceil N_{actual}\\times[1-(...)] \\rceil"),
    ]


def test_inline_formulas_lose_the_spaces_inside_their_dollars() -> None:
    assert blocks(sample("document_inline_math").text) == [("paragraph", "$1000m^{3}/h$ and $J^{q}/J^{q+1}$")]


def test_a_figure_is_known_where_its_tags_were_left_out() -> None:
    figure, caption = read(sample("document_figure_without_tags").text).blocks

    assert figure == Figure(Box(483, 728, 608, 800))
    assert words(caption) == "图1"


def test_a_page_of_coordinates_alone_is_a_figure_and_wordless() -> None:
    answer = read(sample("document_coordinates_only").text)

    assert answer.blocks == (Figure(Box(156, 68, 783, 758)),)
    assert answer.wordless


def test_a_figure_in_the_middle_of_a_line_leaves_the_line_whole() -> None:
    assert blocks(sample("document_after_table").text) == [
        ("paragraph", "机身编号: 6UK4098118033325"),
        ("figure", ""),
        ("caption", "图2"),
    ]


def test_a_table_keeps_its_line_breaks_and_the_figure_in_its_cell() -> None:
    answer = read(sample("table_air_conditioner").text, AnswerForm.TABLE)

    table, figure = answer.blocks
    assert isinstance(table, Table)
    assert table.rows() == [["分体落地式空调器"], ["图1"], ["室内机出厂编号\n室内机制造日期\n…"]]
    assert figure == Figure(Box(483, 728, 608, 800))
    assert answer.count(Mend.TABLE_SPANS) == 3  # no cell begins in the other four columns


def test_a_flowchart_without_a_fence_is_a_chart() -> None:
    assert blocks(sample("chart_flowchart").text, AnswerForm.CHART) == [("chart", sample("chart_flowchart").text)]


def test_a_chart_in_pipes_is_a_table_that_can_be_copied() -> None:
    (table,) = read(sample("chart_pipes").text, AnswerForm.CHART).blocks

    assert isinstance(table, Table) and table.header_rows == 1
    assert table.rows() == [["", "常住人口签约数（人）", "常住人口签约率（%）"], ["2021", "8000", "40.5"]]


def test_one_field_and_many() -> None:
    one = read(sample("fields_one").text, AnswerForm.FIELDS, fields=["检验日期"])
    many = read(sample("fields_many").text, AnswerForm.FIELDS, fields=["总金额", "税率", "单价"])

    assert one.fields == (FieldValue("检验日期", "2022.03.20"),)
    assert many.fields == (FieldValue("总金额", "￥77.10元"), FieldValue("税率", None), FieldValue("单价", "3.00"))
    assert many.count(Mend.WRAPPING) == 1


def test_subtitles_keep_their_lines() -> None:
    assert blocks(sample("subtitles").text, AnswerForm.SUBTITLES) == [("paragraph", sample("subtitles").text)]


@pytest.mark.parametrize(
    ("name", "source", "translation"),
    [
        (
            "translation_document",
            "Distribution of the total angular momentum in relativistic configurations",
            "相对论构型中总角动量的分布",
        ),
        ("translation_picture", "Hello", "你好"),
    ],
)
def test_a_translation_is_parted_from_its_source(name: str, source: str, translation: str) -> None:
    answer = read(sample(name).text, AnswerForm.TRANSLATION)

    assert [words(block) for block in answer.blocks] == [source]
    assert [words(block) for block in answer.translation] == [translation]
    assert answer.notes == ()


def test_a_region_of_the_layout_has_its_four_corners() -> None:
    (figure,) = read(sample("layout").text, AnswerForm.LAYOUT).blocks

    assert figure == Figure(Quad.from_box(Box(450, 347, 698, 631)).box)


def test_the_older_tags_of_the_layout_are_read() -> None:
    (heading,) = read(sample("layout_hy_meta").text, AnswerForm.LAYOUT).blocks

    assert heading == Heading(Box(100, 200, 400, 230), text="2.1 Method", level=2)


def test_text_keeps_its_lines_and_loses_the_chatter() -> None:
    assert blocks(sample("text_smoke").text, AnswerForm.TEXT) == [("paragraph", "HELLO 2026\nNCNN CPU TEST")]
    answer = read(sample("text_chatter").text, AnswerForm.TEXT)
    assert [words(block) for block in answer.blocks] == ["桂花开了"]
    assert answer.count(Mend.CHATTER) == 1
