"""A request is what the model was trained on, goes over the wire as it says, and leaves room for its answer."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.engine_errors import PageTooLongForMemory
from engine.readers.reader import ReadingRequest
from engine.tasks.family import Family, families, family_for
from engine.tasks.page_tokens import tokens_of_page
from engine.tasks.request import LEAST_ANSWER, ChatRequest, ImagePart, ServerTraits, chat_request, most_tokens_of
from engine.tasks.task import Task, TaskOrder
from tests.support.fake_pages import FakeSource

PICTURE = ImagePart("image/png", 1664, 2336, b"\x89PNG of a page")
SERVER = ServerTraits(max_tokens=16384, max_pixels=4_194_304, detects_repetition=True)


def request_for(
    order: TaskOrder, version: str = "1.5", *, server: ServerTraits = SERVER, image: ImagePart = PICTURE
) -> ChatRequest:
    family = family_for(version)
    return chat_request(family.ask(order), image, family=family, server=server, model="HunyuanOCR", stream=True)


def test_the_page_goes_before_the_words_and_an_empty_system_part_before_both() -> None:
    sent = request_for(TaskOrder(Task.SPOTTING)).as_dict()

    system, user = sent["messages"]
    assert system == {"role": "system", "content": ""}
    assert user["role"] == "user"
    assert [part["type"] for part in user["content"]] == ["image_url", "text"]
    url = user["content"][0]["image_url"]["url"]
    assert url == "data:image/png;base64," + base64.b64encode(PICTURE.data).decode()
    assert user["content"][1]["text"] == "检测并识别图片中的文字，将文本坐标格式化输出。"


def test_the_whole_body_of_each_version() -> None:
    def bare(version: str, task: Task) -> dict[str, object]:
        body = request_for(TaskOrder(task), version).as_dict()
        del body["messages"]
        return body

    watched = {"max_pattern_size": 128, "min_pattern_size": 1, "min_count": 64}
    assert bare("1.5", Task.DOCUMENT) == {
        "model": "HunyuanOCR",
        "max_tokens": 16384 - 3871 - most_tokens_of(family_for("1.5").ask(TaskOrder()).text),
        "temperature": 0.0,
        "top_p": 1.0,
        "stream": True,
        "stream_options": {"include_usage": True},
        "logprobs": True,
        "top_k": -1,
        "repetition_penalty": 1.08,
        "skip_special_tokens": False,
        "spaces_between_special_tokens": False,
        "repetition_detection": watched,
    }
    assert bare("1.0", Task.TEXT) == {
        "model": "HunyuanOCR",
        "max_tokens": 8192,
        "temperature": 0.0,
        "top_p": 0.95,
        "seed": 1234,
        "stream": True,
        "stream_options": {"include_usage": True},
        "logprobs": True,
        "top_k": 1,
        "repetition_penalty": 1.0,
        "skip_special_tokens": True,
        "repetition_detection": watched,
    }


def test_a_server_that_is_no_vllm_is_sent_nothing_of_vllms_own() -> None:
    server = ServerTraits.of("", max_tokens=16384, max_pixels=4_194_304)

    sent = request_for(TaskOrder(), server=server).as_dict()

    assert set(sent) == {
        *("model", "messages", "max_tokens", "temperature", "top_p", "stream", "stream_options", "logprobs")
    }


@pytest.mark.parametrize(
    ("version", "vllm", "detects"),
    [
        ("0.32.0", True, True),
        ("0.17.0rc1", True, True),
        ("0.16.9", True, False),
        ("1.0", True, True),
        ("", False, False),
        ("b11103", False, False),
        ("٠.٣", False, False),
    ],
)
def test_what_a_server_understands_is_told_by_its_version(version: str, vllm: bool, detects: bool) -> None:
    server = ServerTraits.of(version, max_tokens=1, max_pixels=1)

    assert (server.vllm, server.detects_repetition) == (vllm, detects)
    asks = (
        "repetition_detection"
        in request_for(TaskOrder(), server=ServerTraits.of(version, max_tokens=16384, max_pixels=4_194_304)).as_dict()
    )
    assert asks is detects


@settings(deadline=None)
@given(
    family=st.sampled_from(families()),
    task=st.sampled_from([Task.DOCUMENT, Task.SPOTTING, Task.QUESTION, Task.FORMULA]),
    width=st.integers(1, 160).map(lambda cells: cells * 32),
    height=st.integers(1, 160).map(lambda cells: cells * 32),
    max_tokens=st.integers(1, 200_000),
    max_pixels=st.integers(262_144, 20_000_000),
    question=st.text(st.characters(codec="utf-8"), min_size=1, max_size=200),
)
def test_the_page_and_its_longest_answer_always_fit_together(
    family: Family, task: Task, width: int, height: int, max_tokens: int, max_pixels: int, question: str
) -> None:
    limits = family.picture.within(max_pixels)
    assume(width * height <= limits.max_pixels and max(width, height) <= 200 * min(width, height))
    picture = tokens_of_page(width, height, limits.min_pixels, limits.max_pixels)
    order = TaskOrder(task, question=f"? {question}")
    asked = family.ask(order)
    server = ServerTraits(max_tokens, max_pixels)

    image = ImagePart("image/png", width, height, b"")
    fits = min(max_tokens, family.context) - picture - most_tokens_of(asked.text) >= LEAST_ANSWER
    if not fits:
        with pytest.raises(PageTooLongForMemory, match=f"page 3: .* {picture} tokens of"):
            chat_request(asked, image, family=family, server=server, model="m", subject="page 3")
        return

    request = chat_request(asked, image, family=family, server=server, model="m", subject="page 3")

    assert LEAST_ANSWER <= request.max_tokens <= asked.prompt.max_tokens
    assert picture + most_tokens_of(asked.text) + request.max_tokens <= min(max_tokens, family.context)


@settings(deadline=None)
@given(question=st.text(min_size=1, max_size=200), data=st.binary(max_size=50))
def test_the_bytes_on_the_wire_are_the_body_and_nothing_else(question: str, data: bytes) -> None:
    order = TaskOrder(Task.QUESTION, question=f"? {question}")

    request = request_for(order, image=ImagePart("image/jpeg", 64, 32, data))

    assert json.loads(request.as_bytes()) == request.as_dict()
    (url,) = [part["image_url"]["url"] for part in request.messages[1]["content"] if part["type"] == "image_url"]
    assert base64.b64decode(url.removeprefix("data:image/jpeg;base64,")) == data


def test_neither_words_nor_pictures_show_in_a_representation() -> None:
    order = TaskOrder(Task.FIELDS, fields=("Zebra name", "Zebra number"), question="Zebra?")
    request = request_for(order, image=ImagePart("image/png", 64, 64, b"zebra"))
    asked = family_for("1.5").ask(order)

    for shown in (repr(order), repr(asked), repr(request), str(request)):
        assert "zebra" not in shown.lower()
        assert "提取" not in shown.replace(repr(asked.prompt), "")


def test_a_reading_carries_its_order_and_a_bare_task_makes_one() -> None:
    source = FakeSource(1)
    order = TaskOrder(Task.TRANSLATION, target_language="en")

    assert ReadingRequest(source, 1).order == TaskOrder(Task.DOCUMENT)
    assert ReadingRequest(source, 1, Task.TABLE).order == TaskOrder(Task.TABLE)
    assert ReadingRequest(source, 1, order=order).task is Task.TRANSLATION
    assert ReadingRequest(source, 1, Task.TRANSLATION, order).order is order
    with pytest.raises(ValueError, match="the order is for translation, not for table"):
        ReadingRequest(source, 1, Task.TABLE, order)
