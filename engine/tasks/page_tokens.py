"""How many tokens a picture costs: HunyuanOCR's own arithmetic, which the plan and whoever sends pages must share.

The model cuts a picture into patches of 16 x 16 pixels, after both sides were brought to multiples of 32; four patches
become one token. Every row of tokens ends in one more, and two stand around the whole.
"""

from __future__ import annotations

import functools
import math

PATCH = 16
CELL = 2 * PATCH
"""Pixels of a token's side."""
LONGEST_TO_SHORTEST = 200
"""The model refuses pictures that are longer than this many times their width."""


def resized(width: int, height: int, min_pixels: int, max_pixels: int) -> tuple[int, int]:
    """Return width and height in pixels to which the model brings a picture before it looks.

    Raises:
        ValueError: A side without pixels, or more than 200 times as long as wide.
    """
    if min(width, height) < 1:
        raise ValueError(f"a picture of {width} x {height} pixels has nothing to see")
    if max(width, height) > LONGEST_TO_SHORTEST * min(width, height):
        raise ValueError(f"a picture of {width} x {height} pixels is too long for its width")
    # Python's rounding, halves to even: the model's processor is Python too, and one row more or less would show.
    new_width, new_height = round(width / CELL) * CELL, round(height / CELL) * CELL
    if new_width * new_height > max_pixels:
        shrink = math.sqrt((height * width) / max_pixels)
        new_width = max(CELL, math.floor(width / shrink / CELL) * CELL)
        new_height = max(CELL, math.floor(height / shrink / CELL) * CELL)
    elif new_width * new_height < min_pixels:
        grow = math.sqrt(min_pixels / (height * width))
        new_width = math.ceil(width * grow / CELL) * CELL
        new_height = math.ceil(height * grow / CELL) * CELL
    return new_width, new_height


def patches_of_page(width: int, height: int, min_pixels: int, max_pixels: int) -> int:
    """Return how many patches the vision part works on, which is what its memory grows with. Raises as `resized`."""
    new_width, new_height = resized(width, height, min_pixels, max_pixels)
    return (new_width // PATCH) * (new_height // PATCH)


def tokens_of_page(width: int, height: int, min_pixels: int, max_pixels: int) -> int:
    """Return how many tokens of the prompt a picture takes. Raises as `resized`."""
    new_width, new_height = resized(width, height, min_pixels, max_pixels)
    return (new_height // CELL) * (new_width // CELL + 1) + 2


@functools.cache
def most_tokens(max_pixels: int) -> int:
    """Return what the costliest picture of this many pixels takes.

    That is a tall one, as every row costs a token more: vLLM reckons with a square, and turns a long receipt away
    ("exceeds the pre-allocated encoder cache size") unless it is given more than it thinks it needs.
    """
    area = max_pixels // CELL**2
    tallest = math.isqrt(LONGEST_TO_SHORTEST * area)  # of those that were made smaller to fit
    most = 0
    for columns in range(1, math.isqrt(area) + 2):
        rounded = LONGEST_TO_SHORTEST * columns + LONGEST_TO_SHORTEST // 2  # of those that fitted as they were
        rows = min(area // columns, max(rounded, tallest))
        most = max(most, rows * (columns + 1) + 2)
    return most
