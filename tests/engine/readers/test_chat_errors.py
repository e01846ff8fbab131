"""Every refusal of every server has words, the numbers a person needs, and nothing of what the server said."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.engine_errors import (
    EngineBroken,
    EngineBusy,
    EngineCrashed,
    EngineError,
    Impostor,
    PageTooLongForMemory,
    RemoteError,
    RemoteHasNoModel,
    RemoteKeyRefused,
    RemoteRedirects,
    RemoteUnreachable,
    WrongArchitecture,
)
from engine.errors import DiglotError, PageDamaged
from engine.readers.chat_errors import Asking, refused, said_in

OWN = Asking(page="report.pdf, page 3", model="HunyuanOCR")
SHARED = Asking("ocr.example.org", "report.pdf, page 3", "HunyuanOCR")
BUSY = "The engine is currently busy and cannot accept new requests. Please try again later or on a different instance."
BACKLOG = "The engine has reached its prefill token backlog limit. Please try again later or on a different instance."
NO_MODEL = "The model `HunyuanOCR` does not exist."


@pytest.mark.parametrize(
    ("said", "detail"),
    [
        (
            "The decoder prompt (length 9012) is longer than the maximum model length of 8192. Make sure that "
            "`max_model_len` is no smaller than the number of text tokens plus multimodal tokens.",
            "it takes 9012 tokens, and 8192 are the most",
        ),
        (
            "The decoder prompt (length 8192) plus the number of requested output tokens (at least 1) is longer than "
            "the maximum model length of 8192.",
            "it takes 8192 tokens, and 8192 are the most",
        ),
        (
            "This model's maximum context length is 8192 tokens. However, your prompt contains at least 8193 input "
            "tokens, which exceeds this limit even without any output tokens.",
            "it takes 8193 tokens, and 8192 are the most",
        ),
        (
            "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens (4000 in the "
            "messages, 1000 in the completion).",
            "it takes 5000 tokens, and 4096 are the most",
        ),
        (
            "'max_tokens' or 'max_completion_tokens' is too large: 4096. This model's maximum context length is 8192 "
            "tokens and your request has 5000 input tokens (4096 > 8192 - 5000).",
            "it takes 9096 tokens, and 8192 are the most",
        ),
        (
            "Input length (9000) exceeds model's maximum context length (8192).",
            "it takes 9000 tokens, and 8192 are the most",
        ),
        (
            "The decoder prompt contains a(n) image item with 4166 embedding tokens, which exceeds the pre-allocated "
            "encoder cache size 4162. Please reduce the input size.",
            "it takes 4166 tokens, and 4162 are the most",
        ),
        (
            "request (9000 tokens) exceeds the available context size (4096 tokens), try increasing it",
            "it takes 9000 tokens, and 4096 are the most",
        ),
        ("the request exceeds the available context size", ""),
    ],
)
@pytest.mark.parametrize("asking", [OWN, SHARED])
def test_a_page_that_does_not_fit_is_told_with_the_servers_numbers(asking: Asking, said: str, detail: str) -> None:
    error = refused(400, said, asking)

    assert isinstance(error, PageTooLongForMemory)
    assert error.retryable
    assert (error.subject, error.detail) == ("report.pdf, page 3", detail)


@pytest.mark.parametrize(
    ("status", "said", "own", "shared"),
    [
        (400, "Failed to load image: cannot identify image file", PageDamaged, PageDamaged),
        (400, "Image dimensions 9x9 (81 pixels) exceed the maximum of 5 pixels.", PageDamaged, PageDamaged),
        (422, "Incorrect padding", PageDamaged, PageDamaged),
        (400, "Failed to apply HunYuanVLProcessor on data={'images': …", EngineBroken, RemoteError),
        (400, "HunyuanOCR is not a multimodal model", WrongArchitecture, RemoteHasNoModel),
        (400, "At most 0 image(s) may be provided in one prompt.", WrongArchitecture, RemoteHasNoModel),
        (400, "something else", EngineError, RemoteError),
        (413, "", EngineError, RemoteError),
        (401, "Unauthorized", Impostor, RemoteKeyRefused),
        (403, "", Impostor, RemoteKeyRefused),
        (404, NO_MODEL, Impostor, RemoteHasNoModel),
        (404, "Not Found", EngineError, RemoteError),
        (429, "", EngineBusy, EngineBusy),
        (503, BUSY, EngineBusy, EngineBusy),
        (503, BACKLOG, EngineBusy, EngineBusy),
        (503, "", EngineCrashed, RemoteUnreachable),
        (502, "", EngineCrashed, RemoteUnreachable),
        (504, "", EngineCrashed, RemoteUnreachable),
        (500, "EngineCore encountered an issue.", EngineCrashed, RemoteError),
        (501, "", EngineError, RemoteError),
        (418, "", EngineError, RemoteError),
        (302, "", Impostor, RemoteRedirects),
        (307, "", Impostor, RemoteRedirects),
    ],
)
def test_every_status_is_told_apart(status: int, said: str, own: type[DiglotError], shared: type[DiglotError]) -> None:
    assert type(refused(status, said, OWN)) is own
    assert type(refused(status, said, SHARED)) is shared


def test_what_may_be_tried_again_says_so() -> None:
    again = {(status, said) for status, said in [(429, ""), (503, BUSY), (503, ""), (502, ""), (500, "")]}

    assert all(refused(status, said, OWN).retryable for status, said in again)
    assert refused(503, BUSY, SHARED).retryable
    assert not refused(401, "", SHARED).retryable


def test_where_a_redirect_leads_is_told_without_what_may_be_secret() -> None:
    error = refused(302, "", SHARED, location="https://elsewhere.example/v1?token=secret")

    assert error.detail == "https://elsewhere.example/v1"


@settings(deadline=None)
@given(
    status=st.integers(300, 599),
    said=st.text(max_size=200)
    | st.sampled_from([NO_MODEL, BUSY, "maximum context length is"]).map(lambda w: f"{w} zebra"),
    shared=st.sampled_from(["", "ocr.example.org"]),
)
def test_no_refusal_quotes_the_server(status: int, said: str, shared: str) -> None:
    secret = f"{said} the patient is called Zebra"

    error = refused(status, secret, Asking(shared, "page 3", "HunyuanOCR"))

    assert "Zebra" not in str(error)
    assert str(error).endswith(error.advice)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"error": {"message": "a", "code": 400}}, "a"),
        ({"message": "b"}, "b"),
        ({"error": "Unauthorized"}, "Unauthorized"),
        ({"detail": "Not Found"}, "Not Found"),
        ({"detail": [{"msg": "c"}]}, ""),
        ("plain words", "plain words"),
        (None, ""),
        (b"bytes", ""),
        ({"error": {"message": "x" * 50_000}}, "x" * 20_000),
    ],
)
def test_what_a_server_says_is_found_wherever_it_stands(body: object, said: str) -> None:
    assert said_in(body) == said


@pytest.mark.parametrize(
    "said",
    ["maximum context length is 1 tokens" * 500, "prompt (length 1)" * 1000, "is too large: 1" * 1000, "9" * 20_000],
)
def test_long_words_take_no_long_time(said: str) -> None:
    assert isinstance(refused(400, said, OWN), EngineError)
