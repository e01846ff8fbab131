"""Answers of any shape are parsed or refused, and every token finds its characters however the answer was cut up."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.output.answer import FinishReason
from engine.readers.chat_answer import (
    AnswerPiece,
    GarbledAnswer,
    RawPiece,
    RawToken,
    TokenPlaces,
    TokenSpan,
    Usage,
    event_of,
    whole_of,
)

SPECIAL = "<｜hy_place▁holder▁no▁112｜>"

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["choices", "delta", "message", "content", "logprobs", "token", "logprob", "finish_reason", "usage"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)
words = st.text("ab <1｜>金", min_size=1, max_size=5)


def event(**choice: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": {}, "finish_reason": None, **choice}]}


def tokens(*pairs: tuple[str, float]) -> dict[str, Any]:
    return {"content": [{"token": text, "logprob": logprob, "top_logprobs": []} for text, logprob in pairs]}


# -- parsing -------------------------------------------------------------------------------------------------------


def test_a_piece_of_a_stream() -> None:
    told = event(delta={"content": "Hello"}, logprobs=tokens(("Hel", -0.5), ("lo", -0.01)))

    assert event_of(told) == RawPiece("Hello", [RawToken("Hel", -0.5), RawToken("lo", -0.01)], None, None)


@pytest.mark.parametrize(
    ("reason", "finish"),
    [
        ("stop", FinishReason.STOP),
        ("length", FinishReason.LENGTH),
        ("repetition", FinishReason.REPETITION),
        ("abort", FinishReason.CLOSED),
        ("error", FinishReason.CLOSED),
        ("content_filter", FinishReason.STOP),
        (None, None),
    ],
)
def test_the_end_of_a_stream(reason: str | None, finish: FinishReason | None) -> None:
    assert event_of(event(finish_reason=reason)).finish is finish


def test_what_it_cost_comes_in_an_event_of_its_own() -> None:
    told = {"choices": [], "usage": {"prompt_tokens": 3900, "completion_tokens": 512, "total_tokens": 4412}}

    assert event_of(told) == RawPiece("", (), None, Usage(3900, 512))


def test_a_whole_answer() -> None:
    choice = {
        "message": {"role": "assistant", "content": "金额"},
        "finish_reason": "stop",
        "logprobs": tokens(("金额", -1)),
    }
    told = {"choices": [choice], "usage": {"prompt_tokens": 7, "completion_tokens": 1}}

    assert whole_of(json.dumps(told).encode()) == RawPiece(
        "金额", [RawToken("金额", -1.0)], FinishReason.STOP, Usage(7, 1)
    )


@pytest.mark.parametrize(
    "raw",
    [
        *(b"", b"{", b"[]", b"null", b"<html>", b'"choices"', b"\xff\xfe{}", b"[" * 100_000),
        *(b"{}", b'{"choices": {}}', b'{"choices": [5]}', b'{"choices": [{"message": 5, "finish_reason": "stop"}]}'),
        b'{"choices": [{"message": {"content": ["a"]}, "finish_reason": "stop"}]}',
        b'{"choices": [{"message": {"content": "a"}, "finish_reason": ["stop"]}]}',
        *(b'{"choices": [{"message": {"content": "a"}}]}', b'{"choices": []}'),
    ],
)
def test_what_is_no_answer_is_refused_and_not_quoted(raw: bytes) -> None:
    with pytest.raises(GarbledAnswer) as refusal:
        whole_of(raw)

    assert refusal.value.__cause__ is None
    assert '"a"' not in str(refusal.value)


@settings(deadline=None)
@given(json_values)
def test_any_event_is_a_piece_or_a_refusal(value: Any) -> None:
    try:
        piece = event_of(value)
    except GarbledAnswer:
        return
    piece.text.encode()
    assert all(-9999.0 <= token.logprob <= 0.0 for token in piece.tokens)
    assert piece.usage is None or min(piece.usage.prompt_tokens, piece.usage.answer_tokens) >= 0


@pytest.mark.parametrize(
    ("logprob", "kept"),
    [(-0.25, -0.25), (0.5, 0.0), (float("nan"), -9999.0), (-1e9, -9999.0), (float("-inf"), -9999.0)],
)
def test_a_probability_is_one(logprob: float, kept: float) -> None:
    told = json.loads(json.dumps(event(delta={"content": "a"}, logprobs=tokens(("a", logprob)))))

    assert event_of(told).tokens == [RawToken("a", kept)]


@pytest.mark.parametrize("logprobs", [None, [], {"content": None}, {"content": [None, {"token": 5, "logprob": -1}]}])
def test_an_answer_without_probabilities_is_still_one(logprobs: Any) -> None:
    assert event_of(event(delta={"content": "a"}, logprobs=logprobs)) == RawPiece("a", [], None, None)


def test_halves_of_characters_do_not_get_further() -> None:
    assert event_of(json.loads('{"choices": [{"delta": {"content": "a\\ud83d"}}]}')).text == "a\ufffd"
    assert event_of(json.loads('{"choices": [{"delta": {"content": "\\ud83d\\ude00"}}]}')).text == "😀"


def test_the_text_of_a_piece_shows_in_no_representation() -> None:
    assert "secret" not in repr(AnswerPiece("secret", (TokenSpan(0, 6, -0.1),), FinishReason.STOP))


# -- places --------------------------------------------------------------------------------------------------------


def places(pieces: list[tuple[str, list[RawToken]]]) -> list[TokenSpan]:
    found = TokenPlaces()
    last = len(pieces) - 1
    return [span for at, (text, raw) in enumerate(pieces) for span in found.add(text, raw, last=at == last)]


@settings(deadline=None)
@given(
    parts=st.lists(words, max_size=30),
    text_cuts=st.lists(st.floats(0, 1), max_size=12),
    token_cuts=st.lists(st.floats(0, 1), max_size=12),
)
def test_tokens_find_their_characters_whatever_the_pieces_were(
    parts: list[str], text_cuts: list[float], token_cuts: list[float]
) -> None:
    # given an answer whose text is its tokens, sent in pieces in which text and tokens are cut apart anywhere
    text, raw = "".join(parts), [RawToken(part, -number / 10) for number, part in enumerate(parts)]
    cuts = max(len(text_cuts), len(token_cuts)) + 1
    at_text = sorted(int(cut * len(text)) for cut in (*text_cuts, *[1.0] * (cuts - len(text_cuts))))
    at_token = sorted(int(cut * len(raw)) for cut in (*token_cuts, *[1.0] * (cuts - len(token_cuts))))
    pieces = [
        (text[a:b], raw[c:d]) for a, b, c, d in zip([0, *at_text], at_text, [0, *at_token], at_token, strict=False)
    ]
    if any(len("".join(t for t, _ in pieces[: n + 1])) > 4096 for n in range(len(pieces))):
        return

    # when they are placed
    found = places(pieces)

    # then each token stands where its characters are
    start = 0
    expected = []
    for number, part in enumerate(parts):
        expected.append(TokenSpan(start, start + len(part), -number / 10))
        start += len(part)
    assert found == expected


@settings(deadline=None)
@given(
    pieces=st.lists(
        st.tuples(st.text("ab<", max_size=6), st.lists(st.text("ab<�", max_size=4), max_size=4)), max_size=20
    )
)
def test_tokens_that_lie_are_left_out_and_the_others_stay_in_order(pieces: list[tuple[str, list[str]]]) -> None:
    text = "".join(part for part, _ in pieces)

    found = places([(part, [RawToken(each, -1.0) for each in raw]) for part, raw in pieces])

    assert all(0 <= span.start < span.end <= len(text) for span in found)
    assert all(one.end <= other.start for one, other in itertools.pairwise(found))
    named = [each for _, raw in pieces for each in raw]
    for span in found:
        assert text[span.start : span.end] in named


def test_special_tokens_without_text_are_passed_over() -> None:
    raw = [RawToken(SPECIAL, -5.0), RawToken("Total", -0.1), RawToken(SPECIAL, -5.0), RawToken(" 42", -0.2)]

    assert places([("Total 42", raw)]) == [TokenSpan(0, 5, -0.1), TokenSpan(5, 8, -0.2)]
    assert places([("", raw[:1]), ("To", raw[1:]), ("tal 42", [])]) == [TokenSpan(0, 5, -0.1), TokenSpan(5, 8, -0.2)]


def test_special_tokens_with_text_have_their_place() -> None:
    raw = [RawToken(SPECIAL, -0.3), RawToken("Total", -0.1)]

    assert places([(f"{SPECIAL}Total", raw)])[1] == TokenSpan(len(SPECIAL), len(SPECIAL) + 5, -0.1)


def test_a_character_of_several_tokens_is_as_sure_as_the_least_sure_of_them() -> None:
    raw = [RawToken("", -0.1), RawToken("", -3.0), RawToken("鱻", -0.2), RawToken("b", -0.4)]

    assert places([("", raw[:2]), ("鱻b", raw[2:])]) == [TokenSpan(0, 1, -3.0), TokenSpan(1, 2, -0.4)]


def test_after_text_without_tokens_the_next_ones_are_found_again() -> None:
    assert places([("\ufeff  ab", [RawToken("ab", -0.1)])]) == [TokenSpan(3, 5, -0.1)]


@pytest.mark.parametrize(
    "pieces",
    [
        [("a" * 5, [RawToken("b", -1.0)])] * 30_000,
        [("a", [])] * 100_000,
        [("", [RawToken("a" * 900, -1.0)])] * 30_000,
        [("a" * 1_000_000, [RawToken("a" * 1_000_000, -1.0)] * 3)],
        [("a" * 300_000, [RawToken("b" * 900, -1.0)] * 30_000)],
    ],
)
def test_hostile_answers_take_no_more_time_than_they_are_long(pieces: list[tuple[str, list[RawToken]]]) -> None:
    text = "".join(part for part, _ in pieces)  # a quadratic way through these would take minutes

    assert all(span.end <= len(text) for span in places(pieces))
