"""Which characters may leave: one kind of line break, no control characters, no halves of characters."""

from __future__ import annotations

import re

from engine.output.values import sound

_BREAKS = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# A page may hold a terminal's control sequences on purpose; none of them may reach a terminal.
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")


def clean(text: str) -> str:
    """Return the text with the line feed as its only line break, and � for every control character but the tab."""
    if text.isprintable():
        return text
    return _CONTROLS.sub("\ufffd", _BREAKS.sub("\n", sound(text)))


def one_line(text: str) -> str:
    """Return the cleaned text on one line, runs of white space made one space."""
    return " ".join(clean(text).split())
