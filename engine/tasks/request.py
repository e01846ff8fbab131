"""ChatRequest: a page and a task as they go over the wire to an OpenAI-compatible server."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import Any

from engine.engine_errors import PageTooLongForMemory
from engine.tasks.family import Family, Repetition
from engine.tasks.page_tokens import tokens_of_page
from engine.tasks.prompt import Asked, Sampling

TEMPLATE_TOKENS = 16
"""What the chat template puts around picture and words: half a dozen special tokens, and some to spare."""
LEAST_ANSWER = 256
"""Where picture and words leave fewer tokens than this, no answer worth having fits."""
DETECTS_REPETITION = (0, 17)
"""Since this release vLLM ends answers that repeat themselves when a request asks for it."""


@dataclass(frozen=True, slots=True)
class ImagePart:
    """A picture as it is sent: its encoded bytes, and its size in pixels."""

    mime: str
    width: int
    height: int
    data: bytes = field(repr=False)

    def url(self) -> str:
        """Return it as a data URL: a server that got an address instead could be told to fetch anything."""
        return f"data:{self.mime};base64,{base64.b64encode(self.data).decode('ascii')}"


@dataclass(frozen=True, slots=True)
class ServerTraits:
    """What a request must know of the server it is for.

    `max_tokens` is how much of page and answer fits together, `max_pixels` the largest picture that its model is shown
    as it is. `vllm`: it understands vLLM's own fields. `detects_repetition`: it ends an answer that repeats itself.
    """

    max_tokens: int
    max_pixels: int
    vllm: bool = True
    detects_repetition: bool = False

    @classmethod
    def of(cls, version: str, *, max_tokens: int, max_pixels: int) -> ServerTraits:
        """Return the traits of a vLLM by what it tells of itself ("0.32.0"); "" where it is not known what it is."""
        numbers = [int(part) for part in version.split(".")[:2] if part.isascii() and part.isdigit()]
        known = len(numbers) == 2
        detects = known and tuple(numbers) >= DETECTS_REPETITION
        return cls(max_tokens, max_pixels, vllm=known, detects_repetition=detects)


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """One page, asked once. `as_dict` is exactly what is sent; the words and the picture show nowhere else.

    `repetition` is None where the server is not to watch for it. `vllm` says whether vLLM's own fields are sent.
    """

    model: str
    prompt: str = field(repr=False)
    image: ImagePart
    sampling: Sampling
    max_tokens: int
    stream: bool = False
    logprobs: bool = True
    keep_special: bool = False
    repetition: Repetition | None = None
    vllm: bool = True

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The conversation as the model was trained on it: an empty system part, then the picture before the words."""
        return [
            {"role": "system", "content": ""},
            {
                "role": "user",
                "content": [
                    {"type": "image_url", "image_url": {"url": self.image.url()}},
                    {"type": "text", "text": self.prompt},
                ],
            },
        ]

    @property
    def extra_body(self) -> dict[str, Any]:
        """What vLLM takes beyond OpenAI's own fields."""
        if not self.vllm:
            return {}
        extra: dict[str, Any] = {
            "top_k": self.sampling.top_k,
            "repetition_penalty": self.sampling.repetition_penalty,
            "skip_special_tokens": not self.keep_special,
        }
        if self.keep_special:
            extra["spaces_between_special_tokens"] = False
        if self.repetition is not None:
            extra["repetition_detection"] = {
                "max_pattern_size": self.repetition.max_pattern_size,
                "min_pattern_size": self.repetition.min_pattern_size,
                "min_count": self.repetition.min_count,
            }
        return extra

    def as_dict(self) -> dict[str, Any]:
        """Return the request's body."""
        body: dict[str, Any] = {
            "model": self.model,
            "messages": self.messages,
            "max_tokens": self.max_tokens,
            "temperature": self.sampling.temperature,
            "top_p": self.sampling.top_p,
            "stream": self.stream,
            "logprobs": self.logprobs,
        }
        if self.sampling.seed is not None:
            body["seed"] = self.sampling.seed
        if self.stream:
            body["stream_options"] = {"include_usage": True}
        return {**body, **self.extra_body}

    def as_bytes(self) -> bytes:
        """Return the body as JSON; some megabytes, so a loop should have it made in a thread."""
        return json.dumps(self.as_dict(), ensure_ascii=False).encode()


def chat_request(
    asked: Asked,
    image: ImagePart,
    *,
    family: Family,
    server: ServerTraits,
    model: str,
    stream: bool = False,
    subject: str = "",
) -> ChatRequest:
    """Make the request for one page.

    Args:
        asked: The task in the model's words.
        image: The page.
        family: The model's own limits.
        server: Those of the server.
        model: Under which name the server has the model.
        stream: Whether the answer comes piece by piece.
        subject: What an error is about: "report.pdf, page 3".

    Raises:
        PageTooLongForMemory: Picture and words leave no room for an answer.
    """
    return ChatRequest(
        model=model,
        prompt=asked.text,
        image=image,
        sampling=asked.sampling,
        max_tokens=longest_answer(asked, image, family=family, server=server, subject=subject),
        stream=stream,
        keep_special=asked.prompt.keep_special and server.vllm,
        repetition=family.repetition if server.detects_repetition else None,
        vllm=server.vllm,
    )


def longest_answer(asked: Asked, image: ImagePart, *, family: Family, server: ServerTraits, subject: str = "") -> int:
    """Return how many tokens the answer may have, so that the page and it fit together.

    A server refuses a request that asks for more than fits, and some refuse it although less would do.

    Raises:
        PageTooLongForMemory: Hardly any are left.
    """
    limits = family.picture.within(server.max_pixels)
    picture = tokens_of_page(image.width, image.height, limits.min_pixels, limits.max_pixels)
    left = min(server.max_tokens, family.context) - picture - most_tokens_of(asked.text)
    if left < LEAST_ANSWER:
        raise PageTooLongForMemory(
            subject, detail=f"the picture alone takes {picture} tokens of {min(server.max_tokens, family.context)}"
        )
    return min(left, asked.prompt.max_tokens)


def most_tokens_of(text: str) -> int:
    """Return more tokens than a prompt can have: with a vocabulary made of bytes, no token is less than one byte."""
    return len(text.encode()) + TEMPLATE_TOKENS
