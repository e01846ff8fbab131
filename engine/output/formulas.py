"""Formulas in a model's text: where a displayed one ends, what of it is LaTeX, and answers that are nothing else."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple, Self

from engine.output.answer import Mend
from engine.output.blocks import AnyBlock, Formula
from engine.output.inline import only_formula, verbatim
from engine.output.scanning import Portion
from engine.output.sheet import Sheet

_NUMBER = re.compile(r"[ \t]{0,4}[(（][ \t]?(\d{1,3}(?:[.\-–]\d{1,3}){0,2}[a-z]?)[ \t]?[)）][ \t]{0,4}(?=\n|\Z)")
_NUMBER_REACH = 32
"""Characters within which the number of a formula stands behind it, if it has one."""
_ENVIRONMENT = re.compile(r"\\begin\{([a-zA-Z]{2,14}\*?)\}")
_DISPLAYS = frozenset(
    {"equation", "align", "gather", "multline", "eqnarray", "aligned", "gathered", "split"}
    | {"cases", "array", "matrix", "pmatrix", "bmatrix", "vmatrix"}
)
_INK = re.compile(r"\S")
_GAP_OR_DISPLAY = re.compile(r"\n[ \t]*+\n|\$\$|(?<!\\)\\\[")
_CLOSERS = {"$$": "$$", "\\[": "\\]"}


class Display(NamedTuple):
    """A displayed formula: its LaTeX, where in the text it ends, and whether its end was there."""

    latex: str
    end: int
    closed: bool


def opens_display(text: str, position: int) -> bool:
    """Tell whether a displayed formula begins at this place of the text."""
    if text.startswith(("$$", "\\["), position):
        return True
    found = _ENVIRONMENT.match(text, position)
    return found is not None and found[1].rstrip("*") in _DISPLAYS


def display(text: str, position: int, *, final: bool) -> Display | None:
    """Return the displayed formula that begins here, None while its end may still come.

    One without its end ends at the next empty line, which no formula has inside. A number in brackets behind it becomes
    its tag.
    """
    environment = _ENVIRONMENT.match(text, position)
    if environment:
        opener, closer, inside = "", f"\\end{{{environment[1]}}}", environment.end()
    else:
        opener = text[position : position + 2]
        closer, inside = _CLOSERS[opener], position + 2
    begin = position + len(opener)
    # Whichever comes first, so that a text of many formulas is gone through once.
    found = _ending(closer).search(text, inside)
    if found is None:
        return Display(text[begin:].strip(), len(text), closed=False) if final else None
    if found[0][0] == "\n":
        return Display(text[begin : found.start()].strip(), found.start(), closed=False)
    after = found.end()
    latex = text[begin : after if environment else found.start()].strip()
    if not final and len(text) - after < _NUMBER_REACH and text.find("\n", after) < 0:
        return None  # its number may still come
    number = _NUMBER.match(text, after)
    if number and latex and "\\tag" not in latex:
        return Display(f"{latex} \\tag{{{number[1]}}}", number.end(), closed=True)
    return Display(latex, after, closed=True)


@lru_cache(maxsize=32)
def _ending(closer: str) -> re.Pattern[str]:
    return re.compile(re.escape(closer) + r"|\n[ \t]*+\n")


def formula(latex: str, sheet: Sheet) -> list[AnyBlock]:
    """Return a formula as a block; nothing where there is none."""
    return [Formula(sheet.area, latex=latex, placed=False)] if latex else []


def bare_formula(text: str, sheet: Sheet) -> list[AnyBlock]:
    """Return a text that is known to be a formula, with or without its dollars."""
    text = verbatim(text, sheet).strip().removesuffix("```")
    latex = only_formula(text)
    if latex is None:
        latex = text.strip()
        if latex.startswith("$") and "$" not in latex[1:]:
            sheet.mend(Mend.FORMULA_UNCLOSED)
            latex = latex[1:].strip()
    return formula(latex, sheet)


class FormulaScanner:
    """Scans an answer that is formulas and nothing else, one after the other with an empty line between."""

    def fork(self) -> Self:
        """Return one that has taken the same."""
        return self

    def scan(self, text: str, sheet: Sheet, *, final: bool) -> Portion:
        """Take the formulas that are certain."""
        portion = Portion()
        while ink := _INK.search(text, portion.used):
            start = ink.start()
            if opens_display(text, start):
                shown = display(text, start, final=final)
                if shown is None:
                    return portion
                sheet.mend(Mend.FORMULA_UNCLOSED, int(not shown.closed))
                portion.blocks += formula(shown.latex, sheet)
                portion.used = shown.end
                continue
            gap = _GAP_OR_DISPLAY.search(text, start + 1)
            if gap is None and not final:
                return portion
            portion.used = gap.start() if gap else len(text)
            portion.blocks += bare_formula(text[start : portion.used], sheet)
        if final:
            portion.used = len(text)
        return portion
