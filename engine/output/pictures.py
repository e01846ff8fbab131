"""Pictures in a model's text: `pFig` with its `quad`, a bare pair of coordinates, a Markdown or HTML image."""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.output.answer import Mend
from engine.output.blocks import AnyBlock, Caption, Figure, Quad
from engine.output.inline import plain
from engine.output.joining import join_lines
from engine.output.places import POINTS, corners_in, trailing_places
from engine.output.sheet import Sheet

MOST_CAPTION = 160
"""Characters of the longest line that is taken for the caption of the coordinates at its end."""

_PLACE = rf"<(?:quad|box)>(?:[^<]*+</(?:quad|box)>|[\s\d(),，.-]*+\Z|\s{{0,4}}{POINTS})"
_PICTURE = re.compile(
    rf"<pFig>(?P<words>(?:[^<]|<(?!/?(?:pFig|quad|box|table|tr|td)\b))*+)(?:</pFig>)?\s{{0,4}}(?P<place>{_PLACE})?"
    rf"|(?P<alone>{_PLACE})"
    r"|!\[(?P<alt>[^\[\]\n]*+)\]\([^()\n]*+\)"
    r"|<img\b[^<>]*+>",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture named in the text: the words that go with it, and where it is if that was said."""

    words: str
    quad: Quad | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """A text with its pictures taken out; `leading` tells whether it began with one."""

    text: str
    pictures: tuple[Picture, ...] = ()
    leading: bool = False


def take_pictures(text: str, sheet: Sheet, *, keep_words: bool = False) -> Taken:
    """Take the pictures out of a text. An image's address is dropped unread: nothing is ever fetched.

    With `keep_words` what is written with a picture stays where the picture stood.
    """
    if "<" not in text and "![" not in text:
        return Taken(text)
    pictures: list[Picture] = []
    between: list[str] = []
    done = 0
    for found in _PICTURE.finditer(text):
        between.append(text[done : found.start()])
        done = found.end()
        raw_words = found["words"] or found["alt"] or ""
        if keep_words:
            between.append(raw_words)
        words = join_lines(plain(raw_words, sheet).split("\n"))
        place = found["place"] or found["alone"]
        sheet.mend(Mend.PLACES, int(place is not None and not place.endswith(">")))
        pictures.append(Picture(words, sheet.quad(corners_in(place)) if place else None))
    if not pictures:
        return Taken(text)
    return Taken("".join(between) + text[done:], tuple(pictures), leading=not between[0].strip())


def take_trailing(line: str, sheet: Sheet) -> Taken:
    """Take the coordinates at the end of a line for the picture that they are; a short line is its caption.

    So pictures look where the server leaves special tokens out.
    """
    found = trailing_places(line) if "(" in line else None
    if found is None:
        return Taken(line)
    short = 0 < len(found.text.strip()) <= MOST_CAPTION
    words = plain(found.text.strip(), sheet) if short else ""
    pictures = [Picture("", sheet.quad(corners)) for corners in found.places]
    pictures[-1] = Picture(words, pictures[-1].quad)
    return Taken("" if short else found.text, tuple(pictures), leading=short or not found.text.strip())


def figures(pictures: tuple[Picture, ...], sheet: Sheet) -> list[AnyBlock]:
    """Return the pictures as blocks, each followed by its caption."""
    blocks: list[AnyBlock] = []
    for picture in pictures:
        if picture.quad is not None:
            blocks.append(Figure(picture.quad.box))
        else:
            blocks.append(Figure(sheet.area, placed=False))
        if picture.words:
            blocks.append(Caption(sheet.area, text=picture.words, placed=False))
    return blocks
