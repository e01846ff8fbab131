"""The cost of a picture is what the model's own processor says, to the token."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.tasks.page_tokens import most_tokens, patches_of_page, resized, tokens_of_page

LEAST = 512**2
V1_0 = 2048**2
V1_5 = 4096**2

sides = st.integers(1, 30_000)


@pytest.mark.parametrize(
    ("size", "most", "becomes", "patches", "tokens"),
    [
        ((595, 842), V1_5, (608, 832), 1976, 522),
        ((827, 1169), V1_5, (832, 1184), 3848, 1001),
        ((1240, 1754), V1_5, (1248, 1760), 8580, 2202),
        ((1654, 2339), V1_5, (1664, 2336), 15184, 3871),
        ((1654, 2339), V1_0, (1664, 2336), 15184, 3871),
        ((2067, 2923), V1_5, (2080, 2912), 23660, 6008),
        ((2480, 3508), V1_0, (1696, 2432), 16112, 4106),
        ((2480, 3508), V1_5, (2496, 3520), 34320, 8692),
        ((3307, 4677), V1_5, (3296, 4672), 60152, 15186),
        ((2480, 3508), 3_400_000, (1536, 2176), 13056, 3334),
        ((2048, 2048), V1_0, (2048, 2048), 16384, 4162),
        ((4096, 4096), V1_5, (4096, 4096), 65536, 16514),
    ],
)
def test_a_page_costs_what_the_processor_says(
    size: tuple[int, int], most: int, becomes: tuple[int, int], patches: int, tokens: int
) -> None:
    assert resized(*size, LEAST, most) == becomes
    assert patches_of_page(*size, LEAST, most) == patches
    assert tokens_of_page(*size, LEAST, most) == tokens


@pytest.mark.parametrize(("dpi", "most", "tokens"), [(150, V1_5, 2134), (200, V1_5, 3728), (300, V1_5, 8345)])
def test_a_letter_page_too(dpi: int, most: int, tokens: int) -> None:
    assert tokens_of_page(round(8.5 * dpi), 11 * dpi, LEAST, most) == tokens


@settings(deadline=None)
@given(width=sides, height=sides, most=st.integers(4 * LEAST, V1_5))
def test_no_picture_costs_more_than_the_costliest(width: int, height: int, most: int) -> None:
    if max(width, height) > 200 * min(width, height):
        with pytest.raises(ValueError):
            tokens_of_page(width, height, LEAST, most)
        return

    new_width, new_height = resized(width, height, LEAST, most)

    assert new_width % 32 == new_height % 32 == 0
    assert new_width * new_height <= most
    assert new_width * new_height >= LEAST or (new_width + 32) * (new_height + 32) > LEAST
    assert tokens_of_page(width, height, LEAST, most) <= most_tokens(most)
    assert patches_of_page(width, height, LEAST, most) <= 4 * tokens_of_page(width, height, LEAST, most)


@pytest.mark.parametrize(("size", "most"), [((160, 819 * 32), V1_0), ((292, 1820 * 32), V1_5)])
def test_the_costliest_picture_is_a_tall_one_and_there_is_one(size: tuple[int, int], most: int) -> None:
    side = {V1_0: 2048, V1_5: 4096}[most]

    assert tokens_of_page(*size, LEAST, most) == most_tokens(most)
    assert tokens_of_page(*size, LEAST, most) > 1.1 * tokens_of_page(side, side, LEAST, most)


@pytest.mark.parametrize("size", [(0, 100), (100, 0), (-5, 5), (10, 2001), (2001, 10)])
def test_what_the_model_refuses_is_refused_here(size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="a picture of"):
        tokens_of_page(*size, LEAST, V1_0)
