"""Is a page's own text to be trusted? The rules that need no picture, the choice of samples, and their comparison."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from engine.output.blocks import Line
from engine.pages.image import PageSize
from engine.pages.source import FontUse, TextLayer

MOST_GARBAGE = 0.10
"""More characters without a meaning than this, and a layer is broken (a few icons and bullets are usual)."""
MOST_MIXED = 0.30
"""More words made of several alphabets than this, and a layer is broken."""
MOST_UNSOUND = 0.15
"""When fonts that proved wrong set more of a page than this, the picture is read."""
AGREES = 0.60
"""A visible font is sound when its samples agree with what is seen at least so far."""
AGREES_INVISIBLE = 0.85
"""An invisible layer is the work of another recogniser: it must be nearly as good as ours."""
SAMPLES = 2
"""Lines looked at for each font."""
INVISIBLE_SAMPLES = 3
MOST_SAMPLES = 6
LEAST_HEIGHT = 12.0
"""Lines lower than this (in pixels of the picture they are compared with) cannot be read there and prove nothing."""
CONDEMNED_BY = 2
"""A visible font counts as wrong on pages not looked at when it was wrong on so many: one page may be odd."""
MUCH_LESS = 0.5
"""A layer that was not confirmed is taken all the same where the picture says less than this part of it."""
SCANT = 150
"""With fewer characters than this a layer may be a stamp on a scan."""
SCANT_ON_PICTURE = 1000
"""The same where pictures cover most of the page."""
MOSTLY_PICTURE = 0.6
MORE_TEXT = 1.5
"""The picture says more than the layer when it has so many times its characters, and MORE_CHARACTERS more."""
MORE_CHARACTERS = 40

CID = re.compile(r"\(cid:\d+\)")
WORD = re.compile(r"\w+")
READABLE = ("LATIN", "CJK", "HIRAGANA", "KATAKANA", "DIGIT", "FULLWIDTH", "IDEOGRAPHIC", "KANGXI")
"""Unicode names of what the recogniser knows begin so."""


@dataclass(frozen=True, slots=True)
class FontKey:
    """A font of a document, and whether it is drawn."""

    font: str
    visible: bool


@dataclass(frozen=True, slots=True)
class Sample:
    """A line whose text is compared with what can be seen: index into the layer's lines, and its font."""

    index: int
    font: FontKey


def font_key(use: FontUse) -> FontKey:
    """Return which font a line is set in; all invisible text counts as one."""
    return FontKey(use.font if use.visible else "", use.visible)


def is_garbage(character: str) -> bool:
    """Tell whether a character says nothing: replacement, private use, control, unassigned, lone surrogate."""
    if character in "\t\n\r\u00ad\u200b\u200c\u200d\u200e\u200f\u2028\u2029\ufeff":
        return False
    return character == "\ufffd" or unicodedata.category(character) in ("Co", "Cc", "Cn", "Cs")


def garbage_share(text: str) -> float:
    """Return which share of the characters (spaces aside) says nothing; glyph numbers count with all their letters."""
    numbers = sum(len(found) for found in CID.findall(text))
    rest = [character for character in CID.sub("", text) if not character.isspace()]
    total = numbers + len(rest)
    return (numbers + sum(map(is_garbage, rest))) / total if total else 0.0


def alphabet(character: str) -> str:
    """Return the alphabet a letter belongs to, "" for what goes with every alphabet. Han and kana count as one."""
    if not character.isalpha():
        return ""
    first = unicodedata.name(character, "UNKNOWN").split(" ", 1)[0].split("-", 1)[0]
    if first in ("CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "IDEOGRAPHIC", "KANGXI", "BOPOMOFO", "HALFWIDTH"):
        return "CJK"
    return "LATIN" if first in ("LATIN", "FULLWIDTH", "FEMININE", "MASCULINE", "MICRO", "KELVIN", "ANGSTROM") else first


def mixed_share(text: str) -> float:
    """Return which share of the words of three letters and more mixes alphabets as no language does."""
    words = [word for word in WORD.findall(text) if sum(map(str.isalpha, word)) >= 3]
    if len(words) < 5:
        return 0.0
    mixed = 0
    for word in words:
        alphabets = {alphabet(character) for character in word} - {""}
        # Chinese and Japanese run on beside Latin without a space; Greek letters stand in formulas.
        mixed += len(alphabets - {"CJK"}) > 1 and not alphabets <= {"LATIN", "GREEK", "MATHEMATICAL"}
    return mixed / len(words)


def is_readable(text: str) -> bool:
    """Tell whether the recogniser knows (nearly) all letters and digits of `text`."""
    letters = [character for character in text if character.isalnum()]
    known = sum(unicodedata.name(character, "").startswith(READABLE) for character in letters)
    return bool(letters) and known >= 0.95 * len(letters)


def plain(text: str) -> str:
    """Return `text` without what is no matter when two readings are compared: width, spaces, case, look-alikes."""
    folded = LEADERS.sub(" ", unicodedata.normalize("NFKC", text)).casefold()
    return "".join(folded.translate(LOOK_ALIKES).split())


LEADERS = re.compile(r"(?:[.·_-]\s*){4,}")
"""Dots and dashes that lead the eye across a line: how many are recognised is luck. (NFKC turns … into dots.)"""
LOOK_ALIKES = str.maketrans({"0": "o", "1": "l", "i": "l", "|": "l", "’": "'", "‘": "'", "“": '"', "”": '"', "，": ","})


def likeness(text: str, seen: str) -> float:
    """Return how alike two readings of a line are, from 0.0 to 1.0."""
    first, second = plain(text), plain(seen)
    if not first or not second:
        return 0.0
    return SequenceMatcher(None, first, second, autojunk=False).ratio()


def broken_characters(lines: Iterable[Line]) -> str:
    """Say what is wrong with the characters of a layer, "" if nothing is."""
    text = "\n".join(line.text for line in lines)
    if garbage_share(text) > MOST_GARBAGE:
        return "many characters of the page’s own text have no meaning"
    if mixed_share(text) > MOST_MIXED:
        return "the words of the page’s own text mix alphabets"
    return ""


def is_scant(layer: TextLayer, page: PageSize) -> bool:
    """Tell whether the layer is so little that the page may say much more than it: a stamp, a page number."""
    characters = amount(line.text for line in layer.lines)
    seen = amount(line.text for line, use in zip(layer.lines, layer.fonts, strict=True) if use.visible)
    if 2 * seen < characters:
        return characters < SCANT  # a recogniser's work: it has gone over the whole picture
    covered = sum(figure.area for figure in layer.figures) / (page.width * page.height)
    return characters < (SCANT_ON_PICTURE if covered >= MOSTLY_PICTURE else SCANT)


def amount(texts: Iterable[str]) -> int:
    """Count letters and digits."""
    return sum(character.isalnum() for text in texts for character in text)


def says_more(seen: Iterable[str], layer: Iterable[str]) -> bool:
    """Tell whether what was seen says clearly more than the layer."""
    much, little = amount(seen), amount(layer)
    return much > MORE_TEXT * little and much > little + MORE_CHARACTERS


def says_much_less(seen: Iterable[str], layer: Iterable[str]) -> bool:
    """Tell whether what was seen is so little that to believe it would lose what the layer says."""
    return amount(seen) < MUCH_LESS * amount(layer)


def is_legible(line: Line, page: PageSize, scale: float) -> bool:
    """Tell whether a line can be read in a picture with `scale` pixels a page unit: high enough, and all there."""
    quad, box = line.quad, line.quad.box
    height = math.hypot(quad.d.x - quad.a.x, quad.d.y - quad.a.y)
    edge = height / 2
    inside = min(box.x0, box.y0) >= -edge and box.x1 <= page.width + edge and box.y1 <= page.height + edge
    return inside and height * scale >= LEAST_HEIGHT


def samples(
    layer: TextLayer, known: Iterable[FontKey], *, legible: Callable[[Line], bool] = lambda _: True
) -> list[Sample]:
    """Choose lines to look at: a few of every font not yet `known`, the fonts that set most first.

    Invisible text is never known: it may be right on one page and wrong on the next. Lines that are not `legible` are
    not chosen; a font without any other stays unjudged.
    """
    decided = set(known)
    by_font: dict[FontKey, list[int]] = defaultdict(list)
    for index, (line, use) in enumerate(zip(layer.lines, layer.fonts, strict=True)):
        key = font_key(use)
        if key not in decided and len(plain(line.text)) >= 4 and is_readable(line.text) and legible(line):
            by_font[key].append(index)
    chosen: list[Sample] = []
    fonts = sorted(by_font, key=lambda key: -sum(len(layer.lines[index].text) for index in by_font[key]))
    for key in fonts:
        wanted = SAMPLES if key.visible else INVISIBLE_SAMPLES
        chosen += [Sample(index, key) for index in _spread(layer.lines, by_font[key], wanted)]
    return chosen[:MOST_SAMPLES]


def _spread(lines: Sequence[Line], indices: Sequence[int], count: int) -> list[int]:
    """Choose `count` lines from different parts of the page: of every part the one nearest to 30 characters."""
    count = min(count, len(indices))
    parts = [indices[len(indices) * part // count : len(indices) * (part + 1) // count] for part in range(count)]
    return [min(part, key=lambda index: abs(len(lines[index].text) - 30)) for part in parts]


def verdicts(pairs: Iterable[tuple[FontKey, float]]) -> dict[FontKey, bool]:
    """Judge fonts by the likenesses of their samples."""
    found: dict[FontKey, list[float]] = defaultdict(list)
    for key, alike in pairs:
        found[key].append(alike)
    return {
        key: sum(alike) / len(alike) >= (AGREES if key.visible else AGREES_INVISIBLE) for key, alike in found.items()
    }


def unsound_share(layer: TextLayer, judged: dict[FontKey, bool]) -> float:
    """Return which share of the layer's characters is set in fonts judged wrong."""
    wrong = total = 0
    for line, use in zip(layer.lines, layer.fonts, strict=True):
        total += len(line.text)
        wrong += len(line.text) if judged.get(font_key(use)) is False else 0
    return wrong / total if total else 0.0


class KnownFonts:
    """What the pages of one document have shown about its visible fonts."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._sound: set[FontKey] = set()
        self._wrong: dict[FontKey, set[int]] = defaultdict(set)

    def settled(self) -> dict[FontKey, bool]:
        """Return the fonts that need no further look: found sound once, or wrong on `CONDEMNED_BY` pages."""
        wrong = {key: False for key, pages in self._wrong.items() if len(pages) >= CONDEMNED_BY}
        return wrong | dict.fromkeys(self._sound, True)

    def note(self, page: int, judged: dict[FontKey, bool]) -> None:
        """Take in the verdicts of one page."""
        for key, sound in judged.items():
            if not key.visible:
                continue
            if sound:
                self._sound.add(key)
            else:
                self._wrong[key].add(page)
