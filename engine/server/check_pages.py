"""The pages of the self-check: drawn here, each with words of its own, and whether an answer has them.

The words are so unlike each other that one may be misread by a letter and still be taken for no other. The pages also
differ in what is drawn on them, and so much that they do when they are shrunk to thumbnails.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import ImageDraw

WIDTH, HEIGHT = 768, 1024
"""Pixels of a page: multiples of what the model rounds to, and cheap (some 800 tokens)."""
LETTERS = 84
"""Height of the letters in pixels; nobody should have to guess."""
LONGEST_ANSWER = 300
"""Letters of an answer that are looked at, ten times what is expected: no babble is searched to its end."""

WORDS = (
    ("Amber", "Quicksand", "Violin"),
    ("Bicycle", "Thunder", "Parsley"),
    ("Cathedral", "Mushroom", "Eleven"),
    ("Dolphin", "Kitchen", "Sawdust"),
    ("Emerald", "Grapefruit", "Hammock"),
    ("Feather", "Umbrella", "Zodiac"),
    ("Gondola", "Locksmith", "Chimney"),
    ("Harbour", "Jellyfish", "Nutmeg"),
    ("Igloo", "Peppermint", "Voyage"),
    ("Juniper", "Backpack", "Syrup"),
    ("Keyboard", "Orchid", "Falcon"),
    ("Lantern", "Tobacco", "Rhubarb"),
)

MARK = (0, 1, 3, 7)
"""Which of twelve tiles are dark, counted from the page's own. Going round, no two pages come near each other."""


@dataclass(frozen=True, slots=True)
class CheckPage:
    """One page: its number from 1, and the words that stand on it."""

    number: int
    words: tuple[str, ...]


PAGES = tuple(CheckPage(number, words) for number, words in enumerate(WORDS, 1))


class Answer(Enum):
    """What an answer to a page was."""

    RIGHT = "right"
    WRONG = "wrong"  # its words are missing
    MIXED = "mixed"  # it has the words of another page


def judge(answer: str, page: CheckPage) -> Answer:
    """Say what an answer to a page was.

    Case, spaces and punctuation count for nothing, each word may be wrong in one letter, and one may be missing. But
    a single word of another page is one too many.
    """
    text = _bare(answer)[:LONGEST_ANSWER]
    if any(_has(text, word) for other in PAGES if other != page for word in other.words):
        return Answer.MIXED
    found = sum(_has(text, word) for word in page.words)
    return Answer.RIGHT if found >= len(page.words) - 1 else Answer.WRONG


@lru_cache(maxsize=1)
def drawn_pages() -> tuple[bytes, ...]:
    """Return the pages as PNG files, in order. Takes a moment the first time: not for the loop's thread."""
    return tuple(_drawn(page) for page in PAGES)


def _drawn(page: CheckPage) -> bytes:
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("L", (WIDTH, HEIGHT), "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(size=LETTERS)  # comes with Pillow: no font need be installed
    for row, word in enumerate(page.words):
        draw.text((60, 40 + row * 110), word, fill="black", font=font)
    _draw_mark(draw, page.number - 1)
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def _draw_mark(draw: ImageDraw.ImageDraw, index: int) -> None:
    """Draw four of twelve dark tiles: any two pages share at most two of them."""
    for step in MARK:
        row, column = divmod((index + step) % len(WORDS), 3)
        left, top = 30 + column * 245, 400 + row * 155
        draw.rectangle((left, top, left + 215, top + 135), fill=60)


def _bare(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in folded if letter.isalnum())


def _has(text: str, word: str) -> bool:
    """Whether a word stands somewhere in the text with at most one letter wrong, missing or too much."""
    word = _bare(word)
    if word in text:
        return True
    # How many letters must be changed to find the first n letters of the word in what ends here (Sellers 1980).
    costs = list(range(len(word) + 1))
    for letter in text:
        corner, costs[0] = costs[0], 0
        for place, expected in enumerate(word, 1):
            corner, costs[place] = (
                costs[place],
                min(corner + (letter != expected), costs[place] + 1, costs[place - 1] + 1),
            )
        if costs[-1] <= 1:
            return True
    return False
