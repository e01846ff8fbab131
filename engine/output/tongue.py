"""Whether a text is English: some prompts of the models are made for that, and a page's own text can say so."""

from __future__ import annotations

import re
from collections.abc import Iterable

_WORD = re.compile(r"[^\W\d_]+")
_ENGLISH = frozenset(
    ["the", "and", "of", "to", "is", "that", "with", "this", "are", "by", "from", "be", "was", "which", "have", "not"]
)
"""Words that English cannot do without, and of which other languages share few."""
FEWEST_WORDS = 20
LEAST_SHARE = 0.05
"""So many of the words are among these in the driest of letters; in prose it is a quarter."""
LEAST_KINDS = 3
MOST_WORDS = 2_000


def is_english(texts: Iterable[str]) -> bool:
    """Tell whether lines of text are English; not, where they are too few to tell."""
    words: list[str] = []
    for text in texts:
        words += (word.lower() for word in _WORD.findall(text))
        if len(words) >= MOST_WORDS:
            break
    found = [word for word in words if word in _ENGLISH]
    return len(words) >= FEWEST_WORDS and len(found) >= LEAST_SHARE * len(words) and len(set(found)) >= LEAST_KINDS
