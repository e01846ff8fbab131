"""Which way up a page is: decided once for the whole page, from the shapes of its lines and a few of them read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.readers.pixels import Corners

TALL = 1.5
"""A rectangle this many times higher than wide is a line that runs up or down."""
SURE = 0.80
"""Mean score of the probes from which on the first guess is taken without looking further."""
PROBES = 3
BETTER_BY = 0.05
PLAUSIBLE = 0.65
"""A turned reading is believed when it is plausible and better than the first guess. A script that the networks do not
know reads badly both ways: such a page stays as it is."""


def lies(quads: Corners) -> bool:
    """Tell whether most of the text (by length) runs up or down: the page is turned by a quarter."""
    sides = np.stack(
        (np.linalg.norm(quads[:, 1] - quads[:, 0], axis=1), np.linalg.norm(quads[:, 3] - quads[:, 0], axis=1))
    )
    wide, high = sides
    tall, flat = high > TALL * wide, wide > TALL * high
    return bool(high[tall].sum() > wide[flat].sum())


def probes(quads: Corners) -> list[int]:
    """Return the lines that speak for the page: of middling length, clearly longer than high."""
    if len(quads) == 0:
        return []
    lengths = np.linalg.norm(quads[:, 1] - quads[:, 0], axis=1)
    heights = np.linalg.norm(quads[:, 3] - quads[:, 0], axis=1)
    order = [int(index) for index in np.argsort(lengths, kind="stable")]
    long_enough = [index for index in order if lengths[index] > 2.5 * heights[index]] or order[-PROBES:]
    middle = len(long_enough) // 2
    start = max(0, min(middle - PROBES // 2, len(long_enough) - PROBES))
    return long_enough[start : start + PROBES]


def in_reading_direction(corners: Corners, turned: int) -> Corners:
    """Reorder corners (…, 4, 2), top left first and clockwise, to begin at the start of a line on a page turned so.

    `turned` is the clockwise turn in degrees that makes the page upright.
    """
    return np.roll(corners, turned // 90, axis=-2)


def best_turn(scores: Sequence[tuple[int, float]]) -> int:
    """Return the turn with the best mean score; `scores` begins with the first guess, which wins where it is close."""
    first_turn, first_score = scores[0]
    turn, score = max(scores, key=lambda pair: pair[1])
    return turn if score >= PLAUSIBLE and score > first_score + BETTER_BY else first_turn
