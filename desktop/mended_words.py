"""What was put right in a model's answer, in words for people."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication

from desktop.words import QT_TRANSLATE_NOOP
from engine.output.answer import Mend
from engine.output.blocks import PageWarning, WarningCode

MENDS: dict[Mend, str] = {
    Mend.REPETITION: QT_TRANSLATE_NOOP("mends", "a repetition that was cut off"),
    Mend.CHATTER: QT_TRANSLATE_NOOP("mends", "words about the picture in place of words in it"),
    Mend.WRAPPING: QT_TRANSLATE_NOOP("mends", "a wrapping around the whole answer"),
    Mend.SPECIAL_TOKENS: QT_TRANSLATE_NOOP("mends", "the model's own signs in the text"),
    Mend.STRAY_TAGS: QT_TRANSLATE_NOOP("mends", "tags without a meaning"),
    Mend.BROKEN_CHARACTERS: QT_TRANSLATE_NOOP("mends", "broken characters"),
    Mend.COORDINATES: QT_TRANSLATE_NOOP("mends", "coordinates in the middle of the text"),
    Mend.PLACES: QT_TRANSLATE_NOOP("mends", "places outside the page"),
    Mend.UNPLACED: QT_TRANSLATE_NOOP("mends", "lines whose place was not given"),
    Mend.NO_TEXT: QT_TRANSLATE_NOOP("mends", "a remark that there is nothing to read"),
    Mend.TRUNCATED: QT_TRANSLATE_NOOP("mends", "a last piece that broke off"),
    Mend.TABLE_UNCLOSED: QT_TRANSLATE_NOOP("mends", "a table without its end"),
    Mend.TABLE_TAGS: QT_TRANSLATE_NOOP("mends", "cells outside a row of their table"),
    Mend.TABLE_SPANS: QT_TRANSLATE_NOOP("mends", "merged cells that did not fit"),
    Mend.TABLE_GAPS: QT_TRANSLATE_NOOP("mends", "cells missing in a table"),
    Mend.TABLE_NESTED: QT_TRANSLATE_NOOP("mends", "a table inside a cell, made text"),
    Mend.TABLE_DIVIDED: QT_TRANSLATE_NOOP("mends", "a table too large for one, divided"),
    Mend.FORMULA_UNCLOSED: QT_TRANSLATE_NOOP("mends", "a formula without its end"),
    Mend.JSON: QT_TRANSLATE_NOOP("mends", "quotes, commas and brackets of the answer"),
    Mend.FIELD_TWICE: QT_TRANSLATE_NOOP("mends", "a field answered more than once"),
    Mend.FIELD_UNASKED: QT_TRANSLATE_NOOP("mends", "a field that nobody asked for"),
    Mend.MARKER_MISSING: QT_TRANSLATE_NOOP("mends", "source and translation that could not be told apart"),
}


_KNOWN = frozenset(mend.value for mend in Mend)


def mended_words(warnings: Iterable[PageWarning]) -> str:
    """Return one sentence about what was put right on a page, "" where nothing was."""
    kinds: dict[Mend, int] = {}
    for warning in warnings:
        if warning.code is WarningCode.MENDED:
            name, _, said = warning.detail.partition(" ")
            if name in _KNOWN:
                more = int(said) if said.isascii() and said.isdecimal() and len(said) < 9 else 1
                kinds[Mend(name)] = kinds.get(Mend(name), 0) + more
    if not kinds:
        return ""
    several = QCoreApplication.translate("mends", "{what} ({count})")
    told = []
    for mend, count in kinds.items():
        what = QCoreApplication.translate("mends", MENDS[mend])
        told.append(several.format(what=what, count=count) if count > 1 and mend is not Mend.REPETITION else what)
    between = QCoreApplication.translate("mends", ", ")
    return QCoreApplication.translate("mends", "Put right in the answer: {list}.").format(list=between.join(told))
