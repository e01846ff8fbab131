"""Small checkpoints that are built like the published ones: 1.0 in four shards, 1.5 in one file, perhaps with a draft.

Sizes and numbers of config and processor are the true ones, so that versions are told apart by what tells them apart;
only the tensors are few and small. The .safetensors files are written by hand, so that they can be written wrongly.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

REVISION = "449e7d471a8a1ef5bd5d652e4881183d7252cbc7"
LICENCE = "TENCENT HUNYUAN COMMUNITY LICENSE AGREEMENT\r\nRelease Date: November 25, 2025\r\n"
TEMPLATE = "{% for message in messages %}{{ message['content'] }}<｜hy_User｜>{% endfor %}"
Tensors = Mapping[str, tuple[str, Sequence[int], bytes]]

_TEXT: dict[str, Any] = {
    "num_hidden_layers": 24,
    "num_attention_heads": 16,
    "num_key_value_heads": 8,
    "head_dim": 128,
    "hidden_size": 1024,
    "vocab_size": 120818,
    "rope_scaling": {"type": "xdrope", "alpha": 1000.0, "xdrope_section": [16, 16, 16, 16]},
}


def bf16(*shape: int, seed: int = 1) -> tuple[str, Sequence[int], bytes]:
    """Return a tensor of noise."""
    size = 2
    for side in shape:
        size *= side
    return "BF16", shape, random.Random(seed).randbytes(size)


def safetensors(tensors: Tensors, *, metadata: Mapping[str, str] | None = None) -> bytes:
    """Return a .safetensors file."""
    table: dict[str, Any] = {"__metadata__": dict(metadata or {"format": "pt"})}
    data = b""
    for name, (dtype, shape, content) in tensors.items():
        table[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [len(data), len(data) + len(content)]}
        data += content
    header = json.dumps(table).encode()
    header += b" " * (-len(header) % 8)
    return len(header).to_bytes(8, "little") + header + data


def layers(first: int, last: int) -> dict[str, tuple[str, Sequence[int], bytes]]:
    """Return the tensors of some layers, large enough to be looked into for zeros."""
    return {f"model.layers.{layer}.mlp.up_proj.weight": bf16(128, 512, seed=layer) for layer in range(first, last)}


def make_1_0(folder: Path) -> Path:
    """Write 1.0 as it is in `v1.0/`: flat config, four shards with an index, the template in the tokenizer's config."""
    top = {**_TEXT, "max_position_embeddings": 32768, "vision_config": {"img_max_token_num": 4096}}
    _common(folder, top, max_pixels=2048 * 2048, template_in_config=True)
    placed: dict[str, str] = {}
    total = 0
    for shard in range(4):
        name = f"model-{shard + 1:05}-of-00004.safetensors"
        tensors = layers(shard * 3, shard * 3 + 3)
        (folder / name).write_bytes(safetensors(tensors))
        placed |= dict.fromkeys(tensors, name)
        total += sum(len(content) for _, _, content in tensors.values())
    index = {"metadata": {"total_size": total}, "weight_map": placed}
    write_json(folder / "model.safetensors.index.json", index)
    return folder


def make_1_5(folder: Path, *, draft: bool = False) -> Path:
    """Write 1.5 as it is at the root: nested config with its keys at the top once more, one file, a template file."""
    text = {**_TEXT, "max_position_embeddings": 131072, "model_type": "hunyuan_vl_text"}
    top = {**text, "text_config": text, "vision_config": {"img_max_token_num": 16384}}
    _common(folder, top, max_pixels=4096 * 4096, template_in_config=False)
    write_json(folder / "video_preprocessor_config.json", {"max_pixels": 1})
    (folder / "model.safetensors").write_bytes(safetensors(layers(0, 8)))
    if draft:
        make_draft(folder / "dflash")
    return folder


def make_draft(folder: Path) -> Path:
    """Write the draft as it is published: with Python beside it that is not needed."""
    folder.mkdir(parents=True)
    config = {
        "architectures": ["DFlashDraftModel"],
        "model_type": "qwen3",
        "auto_map": {"AutoModel": "dflash.DFlashDraftModel"},
        "hidden_size": 1024,
        "dflash_config": {"mask_token_id": 120817, "target_layer_ids": [1, 8, 15, 22]},
    }
    write_json(folder / "config.json", config)
    (folder / "dflash.py").write_text("raise SystemExit('this was run')\n")
    (folder / "model.safetensors").write_bytes(safetensors({"fc.weight": bf16(64, 256)}))
    return folder


def make_tiny(folder: Path) -> Path:
    """Write what today's transformers saves: text keys nested only, the picture's limits in `processor_config.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    text = {
        "model_type": "hunyuan_vl_text",
        "hidden_size": 128,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "head_dim": 32,
        "max_position_embeddings": 8192,
        "vocab_size": 594,
        "rope_parameters": {"rope_type": "dynamic", "mrope_section": [4, 4, 4, 4]},
    }
    vision = {"model_type": "hunyuan_vl_vision", "img_max_token_num": 4096}
    write_json(folder / "config.json", {**_kind(), "text_config": text, "vision_config": vision})
    image = {"size": {"longest_edge": 65536, "shortest_edge": 36864}}
    write_json(folder / "processor_config.json", {"image_processor": image, "processor_class": "HunYuanVLProcessor"})
    write_json(folder / "tokenizer.json", {"version": "1.0", "model": {"type": "BPE", "vocab": {"a": 0}}})
    write_json(folder / "tokenizer_config.json", {"tokenizer_class": "TokenizersBackend"})
    (folder / "chat_template.jinja").write_text(TEMPLATE, "utf-8")
    (folder / "model.safetensors").write_bytes(safetensors({"model.norm.weight": bf16(128)}))
    return folder


def make_hub_cache(hub: Path, *, revision: str = REVISION) -> Path:
    """Write 1.5, its draft and 1.0 below it as Hugging Face's cache does, links into `blobs`; return the snapshot."""
    model = hub / "models--tencent--HunyuanOCR"
    snapshot = model / "snapshots" / revision
    make_1_5(snapshot, draft=True)
    make_1_0(snapshot / "v1.0")
    (model / "blobs").mkdir()
    (model / "refs").mkdir()
    (model / "refs" / "main").write_text(revision)
    for file in [file for file in snapshot.rglob("*") if file.is_file()]:
        blob = model / "blobs" / sha256(file)
        file.rename(blob)
        up = "../" * (len(file.relative_to(model).parts) - 1)
        file.symlink_to(f"{up}blobs/{blob.name}")
    return snapshot


def sha256(file: Path) -> str:
    """Return a file's hash."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def write_json(file: Path, value: object) -> None:
    """Write JSON as checkpoints have it."""
    file.write_text(json.dumps(value, ensure_ascii=False, indent=2), "utf-8")


def changed_json(file: Path, **changes: object) -> None:
    """Change keys of a JSON file; None takes one out."""
    told = {**json.loads(file.read_text("utf-8")), **changes}
    write_json(file, {key: value for key, value in told.items() if value is not None})


def _common(folder: Path, top: Mapping[str, Any], *, max_pixels: int, template_in_config: bool) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / "config.json", {**_kind(), **top})
    write_json(folder / "generation_config.json", {"eos_token_id": 120007})
    write_json(
        folder / "preprocessor_config.json", {"min_pixels": 512 * 512, "max_pixels": max_pixels, "patch_size": 16}
    )
    write_json(folder / "tokenizer.json", {"model": {"vocab": {"auto_map": 1, "字": 2}}})
    template = {"chat_template": TEMPLATE} if template_in_config else {}
    write_json(folder / "tokenizer_config.json", {"tokenizer_class": "PreTrainedTokenizerFast", **template})
    write_json(folder / "special_tokens_map.json", {"eos_token": "<｜hy_Assistant｜>"})
    if not template_in_config:
        (folder / "chat_template.jinja").write_text(TEMPLATE, "utf-8")
    (folder / "LICENSE").write_bytes(LICENCE.encode())
    (folder / "README.md").write_text("# HunyuanOCR\n")


def _kind() -> dict[str, Any]:
    return {"model_type": "hunyuan_vl", "architectures": ["HunYuanVLForConditionalGeneration"], "dtype": "bfloat16"}
