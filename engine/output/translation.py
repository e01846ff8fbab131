"""Translation: the source text, the model's marker, the translation; each read like a document."""

from __future__ import annotations

import re
from copy import copy
from functools import lru_cache
from typing import Self

from engine.output.answer import Mend
from engine.output.dialect import Dialect
from engine.output.markdown import MarkdownScanner
from engine.output.scanning import Portion
from engine.output.sheet import Sheet


class TranslationScanner:
    """Scans source and translation.

    The last marker divides them: a page may hold the words of a marker itself. `divided_at` is after how many of the
    blocks taken so far the translation begins, None while there was no marker.
    """

    def __init__(self) -> None:
        self.divided_at: int | None = None
        self._count = 0
        self._part = MarkdownScanner()
        self._begun = False

    def fork(self) -> Self:
        """Return one that has taken the same."""
        twin = copy(self)
        twin._part = self._part.fork()
        return twin

    def scan(self, text: str, sheet: Sheet, *, final: bool) -> Portion:
        """Take the blocks that are certain."""
        marks = _marks(sheet.dialect)
        portion = Portion()
        if not self._begun:
            opening = marks.source.match(text)
            if not final and len(text) <= marks.reach:
                return portion
            self._begun = True
            portion.used = opening.end() if opening else 0
        while found := marks.translation.search(text, portion.used):
            if found.end() == len(text) and not final:
                break
            self._take(portion, text[portion.used : found.start()], sheet, final=True)
            if self.divided_at is not None:
                sheet.mend(Mend.CHATTER)  # the marker before divided nothing
            self.divided_at = self._count
            self._part = MarkdownScanner()
            portion.used = found.end()
        # A marker may have begun at the end of what is there.
        end = len(text) if final else max(portion.used, len(text) - marks.reach)
        self._take(portion, text[portion.used : end], sheet, final=final)
        if final:
            sheet.mend(Mend.MARKER_MISSING, int(self.divided_at is None and self._count > 0))
            portion.used = len(text)
        return portion

    def _take(self, portion: Portion, text: str, sheet: Sheet, *, final: bool) -> None:
        taken = self._part.scan(text, sheet, final=final)
        portion.blocks += taken.blocks
        portion.used += taken.used
        self._count += len(taken.blocks)


class _Marks:
    """The patterns of a dialect's markers; `reach` is how many characters the longest of them takes."""

    def __init__(self, dialect: Dialect) -> None:
        self.source = re.compile(_any_of(dialect.source_markers))
        self.translation = re.compile(_any_of(dialect.translation_markers))
        self.reach = max(map(len, (*dialect.source_markers, *dialect.translation_markers, ""))) + 4


@lru_cache(maxsize=8)
def _marks_for(source: tuple[str, ...], translation: tuple[str, ...]) -> _Marks:
    return _Marks(Dialect(source_markers=source, translation_markers=translation))


def _marks(dialect: Dialect) -> _Marks:
    return _marks_for(dialect.source_markers, dialect.translation_markers)


def _any_of(words: tuple[str, ...]) -> str:
    return rf"(?:{'|'.join(map(re.escape, words)) or '(?!)'})[ \t]{{0,2}}[:：]?"
