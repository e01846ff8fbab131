"""Source and translation are told apart by the model's marker."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.output.answer import AnswerForm, Mend
from engine.output.dialect import HUNYUAN
from engine.output.stream import AnswerStream
from tests.support.answers import PAGE, read, words


def parts(text: str) -> tuple[list[str], list[str]]:
    answer = read(text, AnswerForm.TRANSLATION)
    return [words(block) for block in answer.blocks], [words(block) for block in answer.translation]


@pytest.mark.parametrize(
    ("text", "source", "translation"),
    [
        ("图中的文字是:Hello翻译成中文为:你好", ["Hello"], ["你好"]),
        ("图中的文字是：Hello\n翻译成中文为：你好", ["Hello"], ["你好"]),
        ("# 标题\n\n正文\n翻译成英文为\n# Title\n\nBody", ["标题", "正文"], ["Title", "Body"]),
        ("Hello翻译成中文为 : 你好", ["Hello"], ["你好"]),
        ("Hello\n翻译成中文为:", ["Hello"], []),
        ("翻译成中文为:你好", [], ["你好"]),
        ("<answer>图中的文字是:a翻译成中文为:b</answer>", ["a"], ["b"]),
        ("```markdown\n# a\n```\n翻译成中文为\n# b", ["a"], ["b"]),
        (
            "<table><tr><td>a</td></tr></table>\n翻译成中文为\n<table><tr><td>甲</td></tr></table>",
            ["a"],
            ["甲"],
        ),
    ],
)
def test_the_marker_divides(text: str, source: list[str], translation: list[str]) -> None:
    assert parts(text) == (source, translation)


def test_the_last_marker_counts() -> None:
    answer = read("a翻译成英文为b翻译成中文为c", AnswerForm.TRANSLATION)

    assert [words(block) for block in answer.blocks] == ["a", "b"]
    assert [words(block) for block in answer.translation] == ["c"]
    assert answer.count(Mend.CHATTER) == 1


def test_without_a_marker_all_of_it_is_shown_and_told() -> None:
    answer = read("Hello\n\nworld", AnswerForm.TRANSLATION)

    assert [words(block) for block in answer.blocks] == ["Hello", "world"]
    assert answer.translation == ()
    assert answer.count(Mend.MARKER_MISSING) == 1


def test_the_translation_shows_while_it_arrives() -> None:
    stream = AnswerStream(AnswerForm.TRANSLATION, dialect=HUNYUAN, frame=PAGE)
    seen = []

    for part in ["Hello, this is ", "a page.\n翻译成", "中文为:\n你", "好。"]:
        stream.feed(part)
        seen.append(([words(block) for block in stream.blocks], [words(block) for block in stream.translation]))

    assert seen[0] == (["Hello, this is"], [])
    assert seen[2:] == [(["Hello, this is a page."], ["你"]), (["Hello, this is a page."], ["你好。"])]


PARAGRAPHS = st.lists(st.text("abc 中文", min_size=1, max_size=20).map(str.strip).filter(bool), min_size=1, max_size=5)


@settings(max_examples=150, deadline=None)
@given(PARAGRAPHS, PARAGRAPHS)
def test_nothing_crosses_the_marker(source: list[str], translation: list[str]) -> None:
    text = "\n\n".join(source) + "\n翻译成中文为:\n" + "\n\n".join(translation)

    assert parts(text) == (source, translation)
