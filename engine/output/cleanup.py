"""Cleanup: what stands around an answer without being one, and the tail of a loop, taken away and counted."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from engine.output.answer import AnswerForm, FinishReason, Mend
from engine.output.dialect import Dialect
from engine.output.repetition import Loop, tail_loop
from engine.output.sheet import Sheet

CHATTER_REACH = 24
"""Characters that may stand between the words of a preamble and the colon or line break that ends it."""
PATIENCE = {
    FinishReason.REPETITION: 0.02,  # the server has counted already
    FinishReason.LENGTH: 0.5,  # most answers that find no end are loops
}
"""Which share of the usual length is enough for a loop, by why the text ended."""

_WRAPPER = re.compile(r"\s*+(?:<answer>\s*+|<think>\s*+</think>\s*+)?+", re.IGNORECASE)
_ANSWER_TAG = re.compile(r"\A\s*+<answer>|</answer>\s*+\Z", re.IGNORECASE)
_FENCE = re.compile(r"```[ \t]*+[\w+-]{0,20}+[ \t]*+(?:\n\s*+|(?=[\[{<\\$]))")
_WRAPPER_REACH = 40
_BARE = frozenset({AnswerForm.SPOTTING, AnswerForm.LAYOUT, AnswerForm.FIELDS, AnswerForm.FORMULA})
"""Forms in which a fence can only be around the whole; in the others it may be part of the answer."""
_SAYS_NOTHING = frozenset({AnswerForm.SPOTTING, AnswerForm.TEXT, AnswerForm.SUBTITLES, AnswerForm.DOCUMENT})
_ENDINGS = tuple(map(re.compile, (r"\n", r">", r"[。.!?！？;；]", r"[ \t,，、]")))
_STOPS = " \t\n。.!！"


class Opening(NamedTuple):
    """Where the answer proper begins, and what stands before it: wrappings and words about the picture."""

    end: int
    wrappings: int = 0
    chatter: int = 0


def opening(text: str, form: AnswerForm, dialect: Dialect, *, final: bool) -> Opening | None:
    """Return what an answer begins with that is none of it, None while more of it may come."""
    if not final and _may_say_nothing(text, form, dialect):
        return None
    wrapper = _WRAPPER.match(text)
    end = wrapper.end() if wrapper else 0
    if not final and len(text) - end < _WRAPPER_REACH + _longest(dialect.chatter) + CHATTER_REACH:
        return None
    wrappings = int("<" in text[:end])
    chatter = 0
    if found := _preamble(dialect.chatter).match(text, end):
        end, chatter = found.end(), 1
    if not final and len(text) - end < _WRAPPER_REACH:
        return None
    if form in _BARE and (fence := _FENCE.match(text, end)):
        end, wrappings = fence.end(), wrappings + 1
    return Opening(end, wrappings, chatter)


def says_nothing(text: str, form: AnswerForm, dialect: Dialect) -> bool:
    """Tell whether an answer says that there is nothing to read.

    Where lines come with places, a few words without one say so, and so they do in the tag of an answer. Elsewhere they
    must be a sentence with its full stop: a page may well say nothing but “no text”.
    """
    if form not in _SAYS_NOTHING or len(text) > _WRAPPER_REACH + 2 * _longest(dialect.no_text):
        return False
    said = _ANSWER_TAG.sub("", text)
    if said.strip(_STOPS) not in dialect.no_text:
        return False
    return form is AnswerForm.SPOTTING or said != text or text.rstrip()[-1:] in ("。", ".")


def loop_of(text: str, reason: FinishReason) -> Loop | None:
    """Return the loop an answer ended in, None where it did not."""
    return tail_loop(text, patience=PATIENCE.get(reason, 1.0))


def without_loop(text: str, loop: Loop, sheet: Sheet) -> str:
    """Return an answer with the tail of its loop trimmed to one turn, ended where a line, a tag or a sentence ends."""
    end = loop.start + loop.unit
    for ending in _ENDINGS:
        if ending.match(text, end - 1):
            break
        if found := ending.search(text, end, end + loop.unit):
            end = found.end()
            break
    sheet.mend(Mend.REPETITION, len(text) - end)
    return text[:end]


def _may_say_nothing(text: str, form: AnswerForm, dialect: Dialect) -> bool:
    if form not in _SAYS_NOTHING:
        return False
    said = _ANSWER_TAG.sub("", text).strip(_STOPS) if len(text) < _WRAPPER_REACH else text
    return any(words.startswith(said) for words in dialect.no_text)


def _longest(words: tuple[str, ...]) -> int:
    return max(map(len, words), default=0)


@lru_cache(maxsize=8)
def _preamble(chatter: tuple[str, ...]) -> re.Pattern[str]:
    words = "|".join(map(re.escape, sorted(chatter, key=len, reverse=True))) or "(?!)"
    return re.compile(rf"(?:{words})[^\n:：]{{0,{CHATTER_REACH}}}(?:[:：]\s*+|\n\s*+)", re.IGNORECASE)
