"""Config files of all kinds: the version is told by most signs, numbers keep to their range, nothing else escapes."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.engine_errors import ModelDamaged, NotHunyuanOcr
from engine.setup.checkpoint_config import ModelConfig, ModelVersion, read_config, read_pixels, version_of
from engine.setup.untrusted_json import CODE_KEYS, MAX_DEPTH, MAX_JSON_BYTES, Table, parse_json, without_code

V1_0, V1_5 = ModelVersion.V1_0, ModelVersion.V1_5
FLAT = {
    "model_type": "hunyuan_vl",
    "num_hidden_layers": 24,
    "num_attention_heads": 16,
    "num_key_value_heads": 8,
    "attention_head_dim": 128,
    "hidden_size": 1024,
    "max_position_embeddings": 32768,
}
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=15,
)
KEYS = [*FLAT, "text_config", "vision_config", "img_max_token_num", "head_dim", "architectures", "auto_map"]
CONFIG_LIKE = st.recursive(
    ANY_JSON, lambda inner: st.dictionaries(st.sampled_from(KEYS), inner, max_size=6), max_leaves=20
)


def config(**changes: Any) -> ModelConfig:
    return read_config({**FLAT, **changes}, "config.json")


def test_the_page_memory_of_a_token_follows_from_the_config() -> None:
    assert config().kv_bytes_per_token == 98_304


def test_keys_of_the_language_model_count_before_those_at_the_top() -> None:
    nested = config(text_config={**FLAT, "num_hidden_layers": 12})

    assert nested.layers == 12
    assert nested.nested


def test_a_missing_head_size_follows_from_the_width() -> None:
    told = read_config({key: value for key, value in FLAT.items() if key != "attention_head_dim"}, "config.json")

    assert told.head_dim == 64


def test_another_model_is_named_in_harmless_signs() -> None:
    with pytest.raises(NotHunyuanOcr) as told:
        read_config({"model_type": "qwen3\x1b[31m\u202e<b>"}, "config.json")

    assert told.value.detail == "it says that it is “qwen331mb”"


def test_the_architecture_alone_is_enough() -> None:
    told = {**FLAT, "model_type": "", "architectures": ["HunYuanVLForConditionalGeneration"]}

    assert read_config(told, "config.json").layers == 24


@pytest.mark.parametrize("value", [0, -1, 1 << 40, "24", True, 2.5, float("nan"), [24]])
def test_a_number_out_of_its_range_is_damage(value: object) -> None:
    with pytest.raises(ModelDamaged, match="num_hidden_layers"):
        config(num_hidden_layers=value)


@pytest.mark.parametrize(
    ("positions", "image_tokens", "nested", "max_pixels", "shards", "version"),
    [
        (32_768, 4_096, False, 2048**2, 4, V1_0),
        (131_072, 16_384, True, 4096**2, 1, V1_5),
        (32_768, 4_096, True, 2048**2, 1, V1_0),  # 1.0, saved anew by today's transformers
        (131_072, 16_384, True, 4096**2, 4, V1_5),  # 1.5, cut into shards
        (32_768, 16_384, True, 4096**2, 1, V1_5),  # 1.5, its length lowered by hand
        (8_192, 4_096, True, 256**2, 1, V1_0),  # the tests' own
        (131_072, None, False, 2048**2, 1, V1_5),  # two against two: the length decides
        (32_768, None, True, 2048**2, 1, V1_0),
    ],
)
def test_the_version_is_what_most_signs_say(
    positions: int, image_tokens: int | None, nested: bool, max_pixels: int, shards: int, version: ModelVersion
) -> None:
    vision = {"img_max_token_num": image_tokens}
    told = config(max_position_embeddings=positions, vision_config=vision, text_config=FLAT if nested else None)
    if nested:
        told = config(vision_config=vision, text_config={**FLAT, "max_position_embeddings": positions})

    assert version_of(told, max_pixels, shards) is version


@pytest.mark.parametrize(
    ("preprocessor", "processor", "limits"),
    [
        ({"min_pixels": 9, "max_pixels": 99}, None, (9, 99)),
        ({"size": {"shortest_edge": 9, "longest_edge": 99}}, None, (9, 99)),
        (None, {"image_processor": {"size": {"shortest_edge": 9, "longest_edge": 99}}}, (9, 99)),
        ({}, None, (262_144, 4_194_304)),
        (None, None, (262_144, 4_194_304)),
    ],
)
def test_the_limits_of_a_picture_are_found_in_all_their_places(
    preprocessor: dict[str, Any] | None, processor: dict[str, Any] | None, limits: tuple[int, int]
) -> None:
    tables = [None if raw is None else Table(raw, "p.json") for raw in (preprocessor, processor)]

    assert read_pixels(*tables) == limits


def test_limits_that_cross_are_damage() -> None:
    with pytest.raises(ModelDamaged):
        read_pixels(Table({"min_pixels": 99, "max_pixels": 9}, "p.json"), None)


@given(CONFIG_LIKE)
@pytest.mark.slow
def test_no_config_escapes_its_named_errors(raw: Any) -> None:
    try:
        told = read_config(raw, "config.json")
        read_pixels(Table.of(raw, "p.json"), Table.of(raw, "p.json"))
    except (NotHunyuanOcr, ModelDamaged):
        return
    assert 0 < told.kv_bytes_per_token <= 1024 * 2 * 1024 * (1 << 14) * 2


@given(st.binary(max_size=100) | ANY_JSON.map(lambda value: json.dumps(value).encode()))
def test_no_bytes_escape_the_named_error(untrusted: bytes) -> None:
    with contextlib.suppress(ModelDamaged):
        assert without_code(parse_json(untrusted, "config.json"))


@pytest.mark.parametrize(
    "untrusted",
    [b"[" * 200_000, b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), b"1" * 5000, b"\xef\xbb\xbf{}", b"{}\0"],
    ids=["endless", "too deep", "a number without end", "byte order mark", "zeros behind"],
)
def test_hostile_json_is_damage(untrusted: bytes) -> None:
    with pytest.raises(ModelDamaged):
        parse_json(untrusted, "config.json")


def test_json_past_its_size_is_not_even_parsed() -> None:
    with pytest.raises(ModelDamaged, match="too large"):
        parse_json(b" " * (MAX_JSON_BYTES + 1), "config.json")


@given(ANY_JSON | CONFIG_LIKE)
@pytest.mark.slow
def test_no_key_that_names_code_is_left_anywhere(raw: Any) -> None:
    clean, removed = without_code({"auto_map": {"AutoModel": "x.Y"}, "inner": [{"trust_remote_code": True, "in": raw}]})

    assert {"auto_map", "trust_remote_code"} <= set(removed)
    left = [clean]
    while left:
        value = left.pop()
        if isinstance(value, dict):
            assert not CODE_KEYS & value.keys()
            left += value.values()
        elif isinstance(value, list):
            left += value
