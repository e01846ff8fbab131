"""The wire: pieces of text as a server sends them become sound text, with special tokens turned into tags.

A piece may end anywhere: in a special token, between the halves of a character, between the two of a line break. What
could still become something else is held back until the next piece or the end, so that the pieces' borders never show.
"""

from __future__ import annotations

import re

from engine.output.answer import Mend, Notes
from engine.output.dialect import Dialect

MOST_TOKEN = 80
"""Characters of the longest special token; anything longer is text."""

_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_BREAK = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
BROKEN = re.compile("[\ud800-\udfff\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069]")
"""No characters of a page: halves, a terminal's controls, and marks of direction, which turn 00.0821 into 1280.00."""


class WireText:
    """Takes pieces as they come and gives back what of them is certain.

    `heard` is everything that was said, sound but with its special tokens; `feed` returns the same with tags for them.
    """

    def __init__(self, dialect: Dialect, notes: Notes) -> None:
        self._dialect = dialect
        self._notes = notes
        self._half = ""
        self._held = ""
        self._heard: list[str] = []
        start, end = map(re.escape, dialect.token_frame)
        self._token = re.compile(rf"{start}[^<>\n]{{0,{MOST_TOKEN}}}?{end}")
        # One character more than a token has inside: the first of its end may be there already.
        going_on = rf"(?:(?<={start})[^<>\n]{{0,{MOST_TOKEN + len(dialect.token_frame[1]) - 1}}})?"
        self._begun = re.compile(rf"{_beginnings(dialect.token_frame[0])}{going_on}\Z")

    @property
    def heard(self) -> str:
        """Everything that was said so far, with special tokens as they came."""
        return "".join(self._heard)

    def feed(self, raw_piece: str) -> str:
        """Take a piece; return the text that is certain by now."""
        return self._translated(self._sound(raw_piece, final=False), final=False)

    def finish(self) -> str:
        """Return what was held back."""
        return self._translated(self._sound("", final=True), final=True)

    def _sound(self, raw_piece: str, *, final: bool) -> str:
        """Join the halves of characters, make one kind of line break, and replace what is no character at all."""
        text = self._half + raw_piece
        self._half = ""
        if text and not final and (text[-1] == "\r" or "\ud800" <= text[-1] <= "\udbff"):
            self._half, text = text[-1], text[:-1]
        if not text.isprintable():
            text = _BREAK.sub("\n", _PAIR.sub(_joined, text))
            text, broken = BROKEN.subn("\ufffd", text)
            if broken:
                self._notes[Mend.BROKEN_CHARACTERS] += broken
        self._heard.append(text)
        return text

    def _translated(self, text: str, *, final: bool) -> str:
        text = self._held + text
        self._held = ""
        if not final and (begun := self._begun.search(text, max(0, len(text) - MOST_TOKEN - 8))):
            self._held, text = text[begun.start() :], text[: begun.start()]
        return self._token.sub(self._tag, text)

    def _tag(self, found: re.Match[str]) -> str:
        tag = self._dialect.tags.get(found[0])
        if tag is None:
            self._notes[Mend.SPECIAL_TOKENS] += 1
            return ""
        return tag


def _joined(pair: re.Match[str]) -> str:
    return pair[0].encode("utf-16", "surrogatepass").decode("utf-16")


def _beginnings(word: str) -> str:
    """Return a pattern for a word, or for any beginning of it that stands at the end of the text."""
    pattern = re.escape(word[-1])
    for char in reversed(word[:-1]):
        pattern = rf"{re.escape(char)}(?:{pattern}|\Z)"
    return pattern
