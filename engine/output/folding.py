"""Folding: text as it is compared when only its words count, and where each of its characters came from.

What a model writes and what stands on the page differ in case, width, spaces, punctuation, accents, LaTeX and entities
even where both are right. None of that is left here.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from html.entities import html5
from typing import NamedTuple

_MATH = re.compile(r"\$[^$\n]{1,400}+\$|\\\([^\n]{1,400}?\\\)")
_COMMAND_OR_ENTITY = re.compile(r"\\([A-Za-z]{1,24})|&(#x?[0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,8});")
_ENTITY = re.compile(r"&(#x?[0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,8});")


class Folded(NamedTuple):
    """A folded text; `places[i]` is the index of the character of the original that `text[i]` came from."""

    text: str
    places: list[int]


def fold(text: str, *, latex: bool = False) -> Folded:
    """Return the letters and digits of a text, without case, width and accents; `latex` where all of it is a formula.

    In formulas only the names of commands go: what stands in their brackets stands on the page as well.
    """
    letters: list[str] = []
    places: list[int] = []
    for start, end, instead in _stretches(text, latex):
        if instead is not None:
            letters.append(instead)
            places += [start] * len(instead)
            continue
        for index in range(start, end):
            char = text[index]
            folded = char if "a" <= char <= "z" or "0" <= char <= "9" else fold_character(char)
            if folded:
                letters.append(folded)
                places += [index] * len(folded)
    return Folded("".join(letters), places)


@lru_cache(maxsize=20_000)
def fold_character(char: str) -> str:
    """Return what a character is compared as; "" for one that is no letter and no digit."""
    return "".join(part for part in unicodedata.normalize("NFKD", char).casefold() if part.isalnum())


def math_spans(text: str) -> list[tuple[int, int]]:
    """Return where formulas stand in running text."""
    return [found.span() for found in _MATH.finditer(text)] if "$" in text or "\\(" in text else []


def _stretches(text: str, latex: bool) -> list[tuple[int, int, str | None]]:
    """Divide a text into plain stretches and things that are compared as something else, "" where as nothing."""
    if "\\" not in text and "&" not in text:
        return [(0, len(text), None)]
    spans = [(0, len(text))] if latex else math_spans(text)
    stretches: list[tuple[int, int, str | None]] = []
    done = 0
    for start, end in spans:
        _divide(text, done, start, _ENTITY, stretches)
        _divide(text, start, end, _COMMAND_OR_ENTITY, stretches)
        done = end
    _divide(text, done, len(text), _ENTITY, stretches)
    return stretches


def _divide(
    text: str, start: int, end: int, pattern: re.Pattern[str], stretches: list[tuple[int, int, str | None]]
) -> None:
    for found in pattern.finditer(text, start, end):
        stretches.append((start, found.start(), None))
        entity = found[found.re.groups]
        stretches.append((found.start(), found.end(), _entity(entity) if entity else _symbol(found[1])))
        start = found.end()
    stretches.append((start, end, None))


def _entity(name: str) -> str:
    if name[0] != "#":
        return "".join(map(fold_character, html5.get(f"{name};", name)))
    try:
        number = int(name[2:], 16) if name[1] == "x" else int(name[1:])
        return fold_character(chr(number))
    except (ValueError, OverflowError):
        return ""


@lru_cache(maxsize=1_000)
def _symbol(command: str) -> str:
    """Return the letter that a command like "alpha" sets, "" for one that sets none."""
    size = "CAPITAL" if command[0].isupper() else "SMALL"
    try:
        return fold_character(unicodedata.lookup(f"GREEK {size} LETTER {command.upper()}"))
    except KeyError:
        return ""
