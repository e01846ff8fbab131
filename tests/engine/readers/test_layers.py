from __future__ import annotations

from engine.output.blocks import Box, Line, Origin, Quad, Rule
from engine.readers.layers import layer_from_fields, layer_to_fields


def line(text: str) -> Line:
    return Line(text, Quad.from_box(Box(10, 20, 110, 32)), 1.0, Origin.TEXT_LAYER, True)


def test_a_layer_comes_out_of_its_fields_as_it_went_in() -> None:
    layer = [line("Long Keeper"), line("长期保存")], [Rule(1, 2, 3, 2)], [Box(5, 6, 7, 8)]
    assert layer_from_fields(layer_to_fields(*layer)) == layer


def test_signs_of_radicals_become_the_characters_they_stand_for() -> None:
    # given: what some programs write for 人民币 长 见 金 大
    lines, _, _ = layer_from_fields(layer_to_fields([line("⼈⺠币 ⻓ ⻅ ⾦ ⼤")], [], []))
    assert lines[0].text == "人民币 长 见 金 大"
