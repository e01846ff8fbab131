"""What a checkpoint's config says: is it HunyuanOCR, which version, and the numbers that its memory follows from.

The config comes in three shapes. 1.0 has all keys at the top; 1.5 has those of the language model in `text_config` and
once more at the top; newer transformers write them into `text_config` alone. The limits of a picture stand in
`preprocessor_config.json`, or in `processor_config.json` under `image_processor`, as `max_pixels` or as `size`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from engine.engine_errors import ModelDamaged, NotHunyuanOcr
from engine.setup.untrusted_json import Table

MODEL_TYPE = "hunyuan_vl"
ARCHITECTURE = "HunYuanVLForConditionalGeneration"
KV_NUMBER_BYTES = 2
"""vLLM keeps the page memory in 16 bits, also for weights of 32."""
DEFAULT_MIN_PIXELS, DEFAULT_MAX_PIXELS = 512 * 512, 2048 * 2048
"""What the image processor takes where the checkpoint does not say."""
POSITIONS_OF_1_0, IMAGE_TOKENS_OF_1_0, PIXELS_OF_1_0 = 32_768, 4_096, 2048 * 2048
"""The largest values of 1.0; those of 1.5 are four times as many."""
SHARDS_OF_1_0, SHARDS_OF_1_5 = 4, 1


class ModelVersion(StrEnum):
    """The two that were published. They take different prompts, and 1.5 takes larger pages."""

    V1_0 = "1.0"
    V1_5 = "1.5"


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """The numbers of `config.json` that are needed. `image_tokens` is None where it does not say."""

    layers: int
    kv_heads: int
    head_dim: int
    hidden_size: int
    max_positions: int
    image_tokens: int | None
    nested: bool

    @property
    def kv_bytes_per_token(self) -> int:
        """What one token takes in the page memory: a key and a value for every layer and head."""
        return self.layers * 2 * self.kv_heads * self.head_dim * KV_NUMBER_BYTES


def read_config(raw: object, name: str) -> ModelConfig:
    """Read `config.json`.

    Raises:
        NotHunyuanOcr: It is the config of another model.
        ModelDamaged: It is one of HunyuanOCR, and numbers are missing or cannot be right.
    """
    top = Table.of(raw, name)
    if top.text("model_type") != MODEL_TYPE and ARCHITECTURE not in top.texts("architectures"):
        raise NotHunyuanOcr(name, detail=_other_model(top))
    text = top.table("text_config")
    heads = _number(text, top, "num_attention_heads", most=1024)
    hidden = _number(text, top, "hidden_size", most=1 << 20)
    return ModelConfig(
        layers=_number(text, top, "num_hidden_layers", most=1024),
        kv_heads=_number(text, top, "num_key_value_heads", most=1024, otherwise=heads),
        head_dim=_number(text, top, "head_dim", "attention_head_dim", most=1 << 14, otherwise=max(1, hidden // heads)),
        hidden_size=hidden,
        max_positions=_number(text, top, "max_position_embeddings", most=1 << 24),
        image_tokens=top.table("vision_config").whole("img_max_token_num", least=1, most=1 << 24),
        nested=bool(text.raw),
    )


def read_pixels(preprocessor: Table | None, processor: Table | None) -> tuple[int, int]:
    """Return the fewest and the most pixels that a picture is scaled to.

    Raises:
        ModelDamaged: The limits cannot be right.
    """
    told = preprocessor if preprocessor is not None else processor.table("image_processor") if processor else None
    if told is None:
        return DEFAULT_MIN_PIXELS, DEFAULT_MAX_PIXELS
    size = told.table("size")
    fewest = told.whole("min_pixels", least=1, most=1 << 30) or size.whole("shortest_edge", least=1, most=1 << 30)
    most = told.whole("max_pixels", least=1, most=1 << 30) or size.whole("longest_edge", least=1, most=1 << 30)
    limits = fewest or DEFAULT_MIN_PIXELS, most or DEFAULT_MAX_PIXELS
    if limits[0] > limits[1]:
        raise ModelDamaged(told.name, detail="the limits of a picture's size cannot be right")
    return limits


def version_of(config: ModelConfig, max_pixels: int, shards: int) -> ModelVersion:
    """Tell 1.0 from 1.5 by what most signs say; a checkpoint that was saved anew keeps only some of them."""
    signs = [config.max_positions > POSITIONS_OF_1_0, max_pixels > PIXELS_OF_1_0, config.nested]
    if config.image_tokens is not None:
        signs.append(config.image_tokens > IMAGE_TOKENS_OF_1_0)
    if shards in (SHARDS_OF_1_0, SHARDS_OF_1_5):
        signs.append(shards == SHARDS_OF_1_5)
    for_1_5 = sum(signs)
    if 2 * for_1_5 == len(signs):
        return ModelVersion.V1_5 if signs[0] else ModelVersion.V1_0
    return ModelVersion.V1_5 if 2 * for_1_5 > len(signs) else ModelVersion.V1_0


def _number(text: Table, top: Table, *keys: str, most: int, otherwise: int | None = None) -> int:
    """Take the first of these keys that is told, in `text_config` before the top."""
    for table in (text, top):
        for key in keys:
            value = table.whole(key, least=1, most=most)
            if value is not None:
                return value
    if otherwise is None:
        raise ModelDamaged(top.name, detail=f"{keys[0]} is missing")
    return otherwise


def _other_model(top: Table) -> str:
    """Name the model that it is instead, in signs that can do no harm on a screen."""
    told = top.text("model_type")[:40]
    name = "".join(sign for sign in told if sign.isalnum() or sign in "-_. ")
    return f"it says that it is “{name}”" if name else "it does not say which model it is"
