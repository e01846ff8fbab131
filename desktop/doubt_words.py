"""The words for doubt: who reads, how sure it is, what the other reader reads, how many words need a look."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from desktop.words import QT_TRANSLATE_NOOP
from engine.output.blocks import Doubt, DoubtKind, PageResult, WarningCode

READERS: dict[str, str] = {
    "vllm": QT_TRANSLATE_NOOP("readers", "HunyuanOCR"),
    "text": QT_TRANSLATE_NOOP("readers", "The document's own text"),
    "cpu": QT_TRANSLATE_NOOP("readers", "The built-in reader"),
}
NEEDS_A_LOOK = frozenset(
    {
        WarningCode.LOOPED,
        WarningCode.CUT_OFF,
        WarningCode.SCRIPT_NOT_COVERED,
        WarningCode.TEXT_LAYER_UNCONFIRMED,
        WarningCode.PARTLY_DRAWN,
    }
)
"""With one of these a page needs a look even where no single word is in doubt."""


def reader_words(name: str) -> str:
    """Return who reads, in the person's language; an address is its own name."""
    return QCoreApplication.translate("readers", READERS[name]) if name in READERS else name


def other_words(doubt: Doubt) -> tuple[str, str]:
    """Return who is against a word, and what is read there instead, as the two halves of one line."""
    if doubt.kind is DoubtKind.DISAGREES and doubt.other is not None:
        return reader_words(doubt.by), doubt.other or _say("(nothing)")
    if doubt.probability is not None:
        share = max(0, min(100, round(doubt.probability * 100)))
        return _say("How sure it is"), _say("not sure ({percent} %)").format(percent=share)
    return _say("How sure it is"), _say("not sure")


def spoken(words: str, reader: str, doubt: Doubt) -> str:
    """Return one sentence about a doubtful word, for the screen reader."""
    who, other = other_words(doubt)
    return _say("In doubt: “{words}”. {who}: {other}.").format(words=words, who=who or reader, other=other)


def count_words(count: int) -> str:
    """Say how many words of a page need a look."""
    return QCoreApplication.translate("Doubts", "%n word(s) need a look", "", count)


def pages_words(count: int) -> str:
    """Say how many pages need a look."""
    return QCoreApplication.translate("Doubts", "%n page(s) need a look", "", count)


def needs_a_look(result: PageResult) -> bool:
    """Tell whether somebody should look at a page: a word is in doubt, or something is wrong with the whole."""
    return bool(result.doubts) or any(warning.code in NEEDS_A_LOOK for warning in result.warnings)


def _say(text: str) -> str:
    return QCoreApplication.translate("Doubts", text)
