"""What stands around an answer goes, is counted, and nothing of the page goes with it."""

from __future__ import annotations

import pytest

from engine.output.answer import AnswerForm, Mend
from tests.support.answers import blocks, read, words


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("以下是图片中的文字内容：\n桂花", "桂花"),
        ("以下是图片中的文字内容\n桂花", "桂花"),
        ("图片中的文字内容如下:桂花", "桂花"),
        ("The text in the image is: Hello", "Hello"),
        ("Here is the text in the image:\n\nHello", "Hello"),
        ("<answer>以下是图中的文字：\n桂花</answer>", "桂花"),
    ],
)
@pytest.mark.parametrize("form", [AnswerForm.TEXT, AnswerForm.DOCUMENT, AnswerForm.QUESTION])
def test_chatter_before_the_answer_goes(text: str, kept: str, form: AnswerForm) -> None:
    answer = read(text, form)

    assert [words(block) for block in answer.blocks] == [kept]
    assert answer.count(Mend.CHATTER) == 1


@pytest.mark.parametrize(
    "text",
    [
        "以下是图片中的文字内容说明书的第一页，共有很多页，请仔细阅读，谢谢。",
        "The text in the image is what this paper is about, and it goes on without a stop",
        "桂花\n以下是图片中的文字内容：",
        "没有文字的石头",
    ],
)
def test_words_of_the_page_stay(text: str) -> None:
    assert [said for _, said in blocks(text, AnswerForm.TEXT)] == [text]


@pytest.mark.parametrize(
    ("form", "text", "told"),
    [
        (AnswerForm.SPOTTING, "没有文字", True),
        (AnswerForm.TEXT, "图片中没有文字。", True),
        (AnswerForm.DOCUMENT, "\n没有文字。\n\n", True),
        (AnswerForm.DOCUMENT, "没有文字", False),
        (AnswerForm.SUBTITLES, "No text.", True),
        (AnswerForm.DOCUMENT, "<answer>没有文字</answer>", True),
        (AnswerForm.DOCUMENT, "<answer>图片中没有文字。</answer>\n", True),
        (AnswerForm.TEXT, "图中没有任何文字。", True),
        (AnswerForm.SPOTTING, "没有文字。</answer>", True),
        (AnswerForm.SPOTTING, "<answer>\n该图片中没有文字。</answer>", True),
        (AnswerForm.QUESTION, "没有文字", False),
        (AnswerForm.TRANSLATION, "没有文字", False),
    ],
)
def test_an_answer_that_says_there_is_nothing(form: AnswerForm, text: str, told: bool) -> None:
    answer = read(text, form)

    assert answer.count(Mend.NO_TEXT) == int(told)
    assert (answer.blocks == ()) is told


def test_special_tokens_in_the_text_go_and_are_counted() -> None:
    answer = read("one<｜hy_place▁holder▁no▁2｜> two<｜hy_Assistant｜>")

    assert [words(block) for block in answer.blocks] == ["one two"]
    assert answer.count(Mend.SPECIAL_TOKENS) == 2


def test_a_sound_answer_has_nothing_to_tell() -> None:
    assert read("# Title\n\nWords and $x$.\n\n<table><tr><td>a</td></tr></table>\n").notes == ()
