"""Fields asked for: in the order of asking, out of whatever the model made of them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.output.answer import AnswerForm, FinishReason, Mend
from engine.output.dialect import HUNYUAN
from engine.output.stream import AnswerStream
from tests.support.answers import PAGE, read, words


def values(text: str, *names: str) -> list[str | None]:
    answer = read(text, AnswerForm.FIELDS, fields=names)
    assert [field.name for field in answer.fields] == list(names)
    return [field.value for field in answer.fields]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"total": "77.10", "date": "2022.03.20"}', ["2022.03.20", "77.10"]),
        ('```json\n{"date": "2022.03.20", "total": 77.10}\n```', ["2022.03.20", "77.10"]),
        ('The fields are: {"date": "2022.03.20", "total": "77.10"} as asked.', ["2022.03.20", "77.10"]),
        ('[{"date": "2022.03.20"}, {"total": "77.10"}]', ["2022.03.20", "77.10"]),
        ("{'Date：': '2022.03.20', ' TOTAL': '77.10'}", ["2022.03.20", "77.10"]),
        ("date: 2022.03.20\ntotal：77.10", ["2022.03.20", "77.10"]),
        ("**Date:** 2022.03.20\n- total: 77.10", ["2022.03.20", "77.10"]),
        ('{"date": "2022.03.20", "total": "77.1', ["2022.03.20", "77.1"]),
        ('{"date": "2022.03.20"}', ["2022.03.20", None]),
        ('{"date": null, "total": ""}', [None, None]),
        ('{"date": "无", "total": "N/A"}', [None, None]),
        (
            '{"date": ["2022.03.20", "2022.03.21"], "total": {"net": "70", "gross": "77.10"}}',
            ["2022.03.20\n2022.03.21", "net: 70\ngross: 77.10"],
        ),
        ("I cannot see any.", [None, None]),
        ('{"receipt": {"date": "2022.03.20", "total": "77.10"}}', ["2022.03.20", "77.10"]),
        ('{"result": [{"date": "2022.03.20"}, {"sums": {"total": "77.10"}}]}', ["2022.03.20", "77.10"]),
        (
            '{"fields": [{"name": "date", "value": "2022.03.20"}, {"name": "Total", "value": "77.10"}]}',
            ["2022.03.20", "77.10"],
        ),
        ('[{"字段": "date", "值": "2022.03.20"}, {"字段": "total", "值": 77.10}]', ["2022.03.20", "77.10"]),
        ("date：2022.03.20；total：77.10", ["2022.03.20", "77.10"]),
        ("date: 2022.03.20; time: noon; total: 77.10; paid", ["2022.03.20; time: noon", "77.10; paid"]),
        ('{"date": "not found", "total": "未提供"}', [None, None]),
        ("", [None, None]),
    ],
)
def test_two_fields(text: str, expected: list[str | None]) -> None:
    assert values(text, "date", "total") == expected


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2022.03.20", "2022.03.20"),
        ("检验日期：2022.03.20", "2022.03.20"),
        ('{"检验日期": "2022.03.20"}', "2022.03.20"),
        ("12 Mill Lane\nTel: 123", "12 Mill Lane\nTel: 123"),
        ("<answer>2022.03.20</answer>", "2022.03.20"),
    ],
)
def test_one_field(text: str, value: str) -> None:
    assert values(text, "检验日期") == [value]


@pytest.mark.parametrize(
    "text",
    [
        "抱歉，图中没有该字段。",
        "未找到",
        "无",
        "没有找到该字段的内容",
        "Sorry, I cannot see it.",
        "The field was not found.",
    ],
)
def test_a_refusal_is_no_value(text: str) -> None:
    assert values(text, "检验日期") == [None]


def test_a_name_that_objects_in_one_another_share_is_told_and_the_first_counts() -> None:
    answer = read('{"buyer": {"name": "A"}, "seller": {"name": "B"}}', AnswerForm.FIELDS, fields=["name"])

    assert [field.value for field in answer.fields] == ["A"] and answer.count(Mend.FIELD_TWICE) == 1


def test_twice_unasked_and_broken_off_are_told() -> None:
    answer = read('{"date": "1", "date": "2", "other": "3", "total": "4', AnswerForm.FIELDS, fields=["date", "total"])

    assert [field.value for field in answer.fields] == ["1", "4"]
    assert [answer.count(code) for code in (Mend.FIELD_TWICE, Mend.FIELD_UNASKED, Mend.TRUNCATED)] == [1, 1, 1]


def test_fields_show_while_they_arrive_and_stand_among_the_blocks() -> None:
    stream = AnswerStream(AnswerForm.FIELDS, dialect=HUNYUAN, frame=PAGE, fields=["date", "total"])

    assert [field.value for field in stream.fields] == [None, None]
    stream.feed('{"total": "77.10", "da')
    assert stream.blocks
    assert [field.value for field in stream.fields] == [None, "77.10"]
    stream.feed('te": "today"}')
    answer = stream.finish(FinishReason.STOP)

    assert [words(block) for block in answer.blocks] == ["date: today", "total: 77.10"]


NAME = st.text("abcdef单价金额", min_size=1, max_size=8)


@given(st.dictionaries(NAME, st.text("123.,元 xyz", min_size=1, max_size=9).filter(str.strip), max_size=6), st.data())
def test_every_field_that_was_answered_is_found(answered: dict[str, str], data: st.DataObject) -> None:
    names = data.draw(st.permutations(sorted(answered)))

    found = values(json.dumps(answered, ensure_ascii=False), *names)

    assert found == [answered[name].strip() for name in names]
