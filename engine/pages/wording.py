"""The characters of a text layer made plain: composed, ligatures apart, in logical order, without invisible signs."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Sequence

SOFT_HYPHEN = "\u00ad"
UNKNOWN = "\ufffd"
_SPACES = re.compile(r"[\s\u00a0\u2000-\u200a\u202f\u205f\u3000]+")
_INVISIBLE = re.compile(r"[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
"""Zero-width spaces and marks of direction; the joiners U+200C and U+200D stay, Persian and Hindi need them."""
_NO_CHARACTERS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_PRESENTED = re.compile(r"[\ufb00-\ufb4f\ufb50-\ufdfb\ufe70-\ufefc\u2e80-\u2fdf\uf900-\ufaff]")
"""Ligatures, presentation forms, radicals and compatibility ideographs that stand for ordinary characters."""
_RTL = ("R", "AL")


def clean(text: str) -> str:
    """Return the text in NFC without soft hyphens, ligatures, control characters and double spaces.

    A soft hyphen at the very end stands where a word was broken and can be seen there: it becomes a hyphen. What is no
    character at all (a font without a map to Unicode) becomes U+FFFD, so that it can be counted.
    """
    text = _SPACES.sub(" ", text).strip()
    if text.endswith(SOFT_HYPHEN):
        text = text.rstrip(SOFT_HYPHEN) + "-"
    text = _INVISIBLE.sub("", text.replace(SOFT_HYPHEN, ""))
    text = _NO_CHARACTERS.sub(UNKNOWN, text)
    text = _PRESENTED.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    return unicodedata.normalize("NFC", text).strip()


def is_rtl(text: str) -> bool:
    """Tell whether more letters run from right to left than from left to right."""
    right = left = 0
    for char in text:
        direction = unicodedata.bidirectional(char)
        right += direction in _RTL
        left += direction == "L"
    return right > left


def logical(placed: Sequence[tuple[str, float]]) -> str:
    """Return characters with their places along the line in the order they are read.

    Some programs write right-to-left text as it looks, from left to right: that shows in its places, and it is turned
    around, the numbers and foreign words in it back again.
    """
    text = "".join(char for char, _ in placed)
    if not any(unicodedata.bidirectional(char) in _RTL for char in text):
        return text
    letters = [place for char, place in placed if unicodedata.bidirectional(char[:1] or " ") in _RTL]
    steps = [after - before for before, after in itertools.pairwise(letters)]
    if sum(step > 0 for step in steps) <= sum(step < 0 for step in steps):
        return text  # it runs to the left already
    return _turned(text) if is_rtl(text) else _RUN_RTL.sub(lambda run: run[0][::-1], text)


_RTL_LETTERS = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff"
_LTR_LETTERS = "0-9A-Za-z\u00c0-\u024f\u0370-\u052f"
_RUN_RTL = re.compile(f"[{_RTL_LETTERS}]+(?:[ {_RTL_LETTERS}]*[{_RTL_LETTERS}])?")
_RUN_LTR = re.compile(f"[{_LTR_LETTERS}](?:[^{_RTL_LETTERS}]*[{_LTR_LETTERS}%])?")
_MIRRORED = str.maketrans("()[]{}<>«»", ")(][}{><»«")


def _turned(text: str) -> str:
    return _RUN_LTR.sub(lambda run: run[0][::-1].translate(_MIRRORED), text[::-1].translate(_MIRRORED))
