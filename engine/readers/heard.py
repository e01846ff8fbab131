"""Heard: what a model said about a page, as blocks, with how sure it was of every token."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.output.answer import Answer, AnswerForm, FinishReason, LoopFound
from engine.output.stream import AnswerStream
from engine.readers.chat_answer import AnswerPiece, TokenSpan

if TYPE_CHECKING:
    from engine.output.dialect import Dialect
    from engine.output.page_frame import PageFrame


@dataclass(frozen=True, slots=True)
class Heard:
    """A whole answer. The places of `tokens` are places in `answer.raw_text`."""

    answer: Answer
    tokens: tuple[TokenSpan, ...] = ()


@dataclass(frozen=True, slots=True)
class PartlyHeard:
    """An answer so far; the first `finished` of its blocks, with its translation's after them, stay as they are."""

    answer: Answer
    finished: int


class Hearing:
    """Takes an answer piece by piece. One thread at a time may use it."""

    def __init__(self, form: AnswerForm, dialect: Dialect, frame: PageFrame, names: Sequence[str] = ()) -> None:
        """Start at the beginning of an answer.

        Args:
            form: How it is written.
            dialect: How the model writes.
            frame: The part of the page that the model was shown.
            names: The fields it was asked for.
        """
        self._stream = AnswerStream(form, dialect=dialect, frame=frame, fields=names)
        self._tokens: list[TokenSpan] = []
        self._shorter_at: list[int] = []  # where in the text as it came two characters become one line break
        self._length = 0
        self._returned = False
        self._finish: FinishReason | None = None

    @property
    def stop_wanted(self) -> LoopFound | None:
        """The loop the model is in, None while it is in none."""
        return self._stream.stop_wanted

    def take(self, piece: AnswerPiece) -> None:
        """Take the next piece."""
        self._stream.feed(piece.text)
        self._tokens += piece.tokens
        self._finish = piece.finish or self._finish
        self._note_breaks(piece.text)

    def so_far(self) -> PartlyHeard:
        """Return what the answer says so far; takes a while where something long is still open."""
        stream = self._stream
        seen = Answer(blocks=stream.blocks, lines=stream.lines, translation=stream.translation, fields=stream.fields)
        return PartlyHeard(seen, stream.finished)

    def end(self) -> Heard:
        """Return the answer; nothing can be taken afterwards."""
        answer = self._stream.finish(FinishReason.CLOSED if self._finish is None else self._finish)
        return Heard(answer, tuple(self._tokens) if not self._shorter_at else tuple(map(self._moved, self._tokens)))

    def _note_breaks(self, text: str) -> None:
        """Note where a line break of two characters becomes one; it may come in two pieces."""
        if self._returned and text.startswith("\n"):
            self._shorter_at.append(self._length)
        at = text.find("\r\n")
        while at >= 0:
            self._shorter_at.append(self._length + at + 1)
            at = text.find("\r\n", at + 2)
        if text:
            self._returned = text.endswith("\r")
        self._length += len(text)

    def _moved(self, token: TokenSpan) -> TokenSpan:
        return TokenSpan(
            token.start - bisect_right(self._shorter_at, token.start - 1),
            token.end - bisect_right(self._shorter_at, token.end - 1),
            token.logprob,
        )
