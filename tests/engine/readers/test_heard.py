"""An answer is taken piece by piece; tokens keep their places in what is kept of it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.output.answer import AnswerForm, FinishReason
from engine.output.dialect import HUNYUAN
from engine.output.page_frame import PageFrame
from engine.readers.chat_answer import AnswerPiece, RawToken, TokenPlaces
from engine.readers.heard import Hearing

FRAME = PageFrame(595, 842)
SAID = st.text(st.sampled_from("ab我🙂\r\n \t\x07|<>"), max_size=60)


def cut(text: str, sizes: list[int]) -> list[str]:
    """Cut a text into pieces."""
    pieces, at = [], 0
    for size in sizes:
        pieces.append(text[at : at + size])
        at += size
    return [*pieces, text[at:]]


@given(SAID, st.lists(st.integers(0, 7), max_size=12), st.lists(st.integers(1, 5), min_size=1, max_size=60))
def test_a_token_stands_where_its_text_is_however_the_answer_was_cut(
    text: str, sizes: list[int], lengths: list[int]
) -> None:
    # given: tokens that are the text, and each piece with those that begin in it
    hearing, places = Hearing(AnswerForm.TEXT, HUNYUAN, FRAME), TokenPlaces()
    tokens = [token for token in cut(text, lengths) if token]
    waiting, taken = list(tokens), 0
    pieces = cut(text, sizes)
    for number, piece in enumerate(pieces):
        taken += len(piece)
        mine = []
        while waiting and sum(map(len, tokens[: len(tokens) - len(waiting)])) < taken:
            mine.append(RawToken(waiting.pop(0), -0.5))
        last = number == len(pieces) - 1
        spans = places.add(piece, mine, last=last)
        hearing.take(AnswerPiece(piece, spans, FinishReason.STOP if last else None))

    heard = hearing.end()

    raw = heard.answer.raw_text
    assert raw == text.replace("\r\n", "\n").replace("\r", "\n").replace("\x07", "\ufffd")
    assert len(heard.tokens) == len(tokens)
    before = 0
    for token, span in zip(tokens, heard.tokens, strict=True):
        assert before <= span.start <= span.end <= len(raw)
        kept = raw[span.start : span.end]
        assert kept == token.replace("\r\n", "\n").replace("\r", "\n").replace("\x07", "\ufffd") or "\n" in token
        before = span.end


def test_what_is_seen_so_far_is_what_the_whole_will_begin_with() -> None:
    hearing = Hearing(AnswerForm.DOCUMENT, HUNYUAN, FRAME)
    hearing.take(AnswerPiece("# Title\n\nFirst paragraph" + ", which goes on" * 9 + ".\n\nSec"))
    seen = hearing.so_far()
    hearing.take(AnswerPiece("ond.", finish=FinishReason.STOP))

    assert seen.finished == 2 and len(seen.answer.blocks) == 3
    assert hearing.end().answer.blocks[:2] == seen.answer.blocks[:2]


def test_an_answer_that_broke_off_is_not_complete() -> None:
    hearing = Hearing(AnswerForm.TEXT, HUNYUAN, FRAME)
    hearing.take(AnswerPiece("half"))

    assert not hearing.end().answer.complete
