"""What a chat server answers, in pieces or whole: text, how sure each token was, why it ended. Nothing is trusted."""

from __future__ import annotations

import json
import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from engine.output.answer import FinishReason

LONGEST_TOKEN = 1000
"""Characters; what claims to be a longer token is none."""
NEARBY = 16
"""How many characters ahead a token is looked for, where some before it have none."""
KEPT = 4096
"""Characters for which a token may still come; a server that sends none must not make us keep its whole answer."""
LEAST_LOGPROB = -9999.0
"""What vLLM says instead of minus infinity."""


class GarbledAnswer(ValueError):
    """What came is JSON, but no answer. It quotes nothing of it."""


_FINISHES = {
    "stop": FinishReason.STOP,
    "length": FinishReason.LENGTH,
    "repetition": FinishReason.REPETITION,
    "abort": FinishReason.CLOSED,
    "error": FinishReason.CLOSED,
}
"""vLLM's words; the last two say that the server gave the answer up."""


class TokenSpan(NamedTuple):
    """One token's place in the text, counted in characters from the answer's beginning, and its log probability."""

    start: int
    end: int
    logprob: float


@dataclass(frozen=True, slots=True)
class Usage:
    """What an answer cost, in tokens."""

    prompt_tokens: int
    answer_tokens: int


@dataclass(frozen=True, slots=True)
class AnswerPiece:
    """The next piece of an answer, or all of it. The text shows in no representation.

    `tokens` are in order and never overlap; they may belong to text of earlier pieces, and not every character has one.
    The piece with `finish` is the last that has text; `usage` may follow it, and may be missing.
    """

    text: str = field(default="", repr=False)
    tokens: tuple[TokenSpan, ...] = ()
    finish: FinishReason | None = None
    usage: Usage | None = None


class RawToken(NamedTuple):
    """A token as the server names it, which need not be what it added to the text."""

    text: str
    logprob: float


class RawPiece(NamedTuple):
    """A piece as it was parsed; its tokens have no places yet."""

    text: str
    tokens: Sequence[RawToken]
    finish: FinishReason | None
    usage: Usage | None


class TokenPlaces:
    """Finds where tokens stand in the text they made, while both arrive.

    They do not always match: special tokens leave no text, a character may take several tokens, and text is held back
    until its characters are whole. What cannot be placed is left out. Linear in what arrives, whatever that is.
    """

    def __init__(self) -> None:
        """Start at the beginning of an answer."""
        self._text = ""
        self._at = 0  # in `_text`
        self._before = 0  # characters of the answer before `_text`
        self._waiting: deque[RawToken] = deque()
        self._pending = 0.0  # the least sure of the tokens that are still without text

    def add(self, text: str, tokens: Sequence[RawToken], *, last: bool = False) -> tuple[TokenSpan, ...]:
        """Take the next piece; return the tokens that found their place. After the `last` one none is waited for."""
        if not self._waiting:
            self._at = max(self._at, len(self._text) - KEPT)
        self._text, self._before, self._at = self._text[self._at :] + text, self._before + self._at, 0
        self._waiting.extend(tokens)
        found: list[TokenSpan] = []
        while self._waiting and (last or not self._is_to_come(self._waiting[0].text)):
            span = self._placed(self._waiting.popleft())
            if span is not None:
                found.append(span)
        return tuple(found)

    def _is_to_come(self, text: str) -> bool:
        """Tell whether the rest of a token may still arrive."""
        left = len(self._text) - self._at
        return left < len(text) <= LONGEST_TOKEN and text.startswith(self._text[self._at :])

    def _placed(self, token: RawToken) -> TokenSpan | None:
        if not token.text:
            self._pending = min(self._pending, token.logprob)  # the first bytes of a character
            return None
        if len(token.text) > LONGEST_TOKEN:
            return None
        start = self._at
        if not self._text.startswith(token.text, start):
            start = self._text.find(token.text, self._at, self._at + NEARBY + len(token.text))
            if start < 0:
                return None
        self._at = start + len(token.text)
        logprob, self._pending = min(token.logprob, self._pending), 0.0
        return TokenSpan(self._before + start, self._before + self._at, logprob)


def event_of(untrusted: object) -> RawPiece:
    """Return the piece in one event of a stream. Raises GarbledAnswer."""
    return _piece_of(untrusted, "delta")


def whole_of(raw: bytes) -> RawPiece:
    """Return the answer in the body of a reply; blocks for as long as it takes to parse some megabytes.

    Raises:
        GarbledAnswer: It is none.
    """
    try:
        untrusted = json.loads(raw)
    except (ValueError, RecursionError):
        raise GarbledAnswer("no JSON") from None
    piece = _piece_of(untrusted, "message")
    if piece.finish is None:
        raise GarbledAnswer("an answer without an end")
    return piece


def _piece_of(untrusted: object, part: str) -> RawPiece:
    if not isinstance(untrusted, dict):
        raise GarbledAnswer("no object")
    choices = untrusted.get("choices")
    if not isinstance(choices, list):
        raise GarbledAnswer("no choices")
    usage = _usage_of(untrusted.get("usage"))
    if not choices:
        return RawPiece("", (), None, usage)
    choice = choices[0]
    if not isinstance(choice, dict):
        raise GarbledAnswer("a choice that is none")
    said = choice.get(part)
    content = said.get("content") if isinstance(said, dict) else None
    if not (content is None or isinstance(content, str)) or not (said is None or isinstance(said, dict)):
        raise GarbledAnswer("a text that is none")
    return RawPiece(_whole_characters(content or ""), _tokens_of(choice), _finish_of(choice), usage)


def _finish_of(choice: dict[str, Any]) -> FinishReason | None:
    reason = choice.get("finish_reason")
    if reason is None:
        return None
    if not isinstance(reason, str):
        raise GarbledAnswer("an end that is none")
    return _FINISHES.get(reason, FinishReason.STOP)


def _tokens_of(choice: dict[str, Any]) -> list[RawToken]:
    """Return what is there of tokens: without probabilities an answer is still an answer."""
    logprobs = choice.get("logprobs")
    entries = logprobs.get("content") if isinstance(logprobs, dict) else None
    tokens = []
    for entry in entries if isinstance(entries, list) else []:
        text, logprob = (entry.get("token"), entry.get("logprob")) if isinstance(entry, dict) else (None, None)
        if isinstance(text, str) and isinstance(logprob, int | float) and not isinstance(logprob, bool):
            sure = float(logprob) if math.isfinite(logprob) else LEAST_LOGPROB
            tokens.append(RawToken(_whole_characters(text), min(0.0, max(LEAST_LOGPROB, sure))))
    return tokens


def _usage_of(untrusted: object) -> Usage | None:
    if not isinstance(untrusted, dict):
        return None
    prompt, answer = _count(untrusted.get("prompt_tokens")), _count(untrusted.get("completion_tokens"))
    return None if prompt is None or answer is None else Usage(prompt, answer)


def _count(untrusted: object) -> int | None:
    return untrusted if isinstance(untrusted, int) and not isinstance(untrusted, bool) and untrusted >= 0 else None


def _whole_characters(text: str) -> str:
    """Return the text without halves of characters, which JSON can hold and nothing else can."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
