"""One checkpoint, examined: is it HunyuanOCR, which version, is everything there, and what does the engine need for it.

Nothing of it is ever run, and only headers and sizes of the weights are read, so this takes a moment.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

from engine.engine_errors import ModelIncomplete, NotHunyuanOcr
from engine.errors import DiglotError
from engine.setup.checkpoint_config import ModelConfig, ModelVersion, read_config, read_pixels, version_of
from engine.setup.checkpoint_files import (
    CONFIG,
    DRAFT,
    OLD_TEMPLATE,
    PREPROCESSOR,
    PROCESSOR,
    SMALL_FILES,
    TEMPLATE,
    TOKENIZER,
    TOKENIZER_CONFIG,
    FoundFile,
    Shelf,
    is_text,
    read_whole,
    total,
)
from engine.setup.checkpoint_weights import find_weights
from engine.setup.untrusted_json import Table, parse_json

DRAFT_ARCHITECTURE = "DFlashDraftModel"
DRAFT_TYPE = "qwen3"
"""vLLM has a class of its own for these two. Any other draft would need the Python beside it, which is never taken."""


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """A whole checkpoint. `weight_bytes` is what the engine loads, `size_bytes` what all its files have together.

    `draft` is the folder of a DFlash draft that works without code of its own. `stripped` says, after an import, which
    keys that name code were left out of which copies ("config.json: auto_map").
    """

    folder: Path
    version: ModelVersion
    weight_bytes: int
    kv_bytes_per_token: int
    max_positions: int
    min_pixels: int
    max_pixels: int
    draft: Path | None
    shards: int
    size_bytes: int
    stripped: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What to call it."""
        return f"HunyuanOCR {self.version}"


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found, and the files that belong to it, in the order in which they are copied."""

    info: ModelInfo
    files: tuple[FoundFile, ...]


def examine(folder: Path) -> Examined:
    """Look at the checkpoint in exactly this folder.

    Raises:
        NotHunyuanOcr: There is no model, or another one.
        ModelIncomplete: Files are missing.
        ModelDamaged: Files are there and cannot be right.
        NotReadable, FileVanished: The system would not let them be read.
    """
    shelf = Shelf(folder, root=cache_root(folder))
    config_file = shelf.find(CONFIG)
    if config_file is None:
        gguf = any(name.endswith(".gguf") for name in shelf.names())
        detail = "GGUF files are not for this engine" if gguf else "there is no config.json"
        raise NotHunyuanOcr(str(folder), detail=detail)
    config = read_config(_json(config_file), CONFIG)
    small = [config_file, *_needed(shelf)]
    weights = find_weights(shelf)
    fewest, most = read_pixels(_optional(shelf, PREPROCESSOR), _optional(shelf, PROCESSOR))
    draft, draft_files = _draft(shelf, config)
    files = (*small, *_others(shelf, small), *weights.files, *draft_files)
    info = ModelInfo(
        folder=shelf.folder,
        version=version_of(config, most, weights.shards),
        weight_bytes=weights.bytes,
        kv_bytes_per_token=config.kv_bytes_per_token,
        max_positions=config.max_positions,
        min_pixels=fewest,
        max_pixels=most,
        draft=draft,
        shards=weights.shards,
        size_bytes=total(files),
    )
    return Examined(info, files)


def cache_root(folder: Path) -> Path | None:
    """Return the part of Hugging Face's cache that this folder's links may lead into; None outside of such a cache.

    There a model is `models--tencent--HunyuanOCR`, with the files' bytes in `blobs` and their names, as links, in
    `snapshots/REVISION`.
    """
    place = folder.resolve()
    for snapshots in place.parents:
        if snapshots.name == "snapshots" and snapshots.parent.name.startswith("models--"):
            return snapshots.parent
    return None


def _needed(shelf: Shelf) -> list[FoundFile]:
    """Find the small files without which the engine does not start, and see that they can be read."""
    tokenizer, tokenizer_config = shelf.need(TOKENIZER), shelf.need(TOKENIZER_CONFIG)
    processor = shelf.need(PREPROCESSOR, PROCESSOR)
    for file in (tokenizer, processor):
        Table.of(_json(file), file.name)
    found = [tokenizer, tokenizer_config, processor]
    if not Table.of(_json(tokenizer_config), TOKENIZER_CONFIG).raw.get("chat_template"):
        template = shelf.need(TEMPLATE, OLD_TEMPLATE)
        if not read_whole(template).strip():
            raise ModelIncomplete(template.name, detail="it is empty")
        found.append(template)
    return found


def _others(shelf: Shelf, found: list[FoundFile]) -> list[FoundFile]:
    """Find the small files that the engine can do without; a licence that cannot be taken stops nothing."""
    names = {file.name for file in found}
    others = [shelf.find(name) for name in sorted(SMALL_FILES) if shelf.prefix + name not in names]
    for name in filter(is_text, shelf.names()):
        with contextlib.suppress(DiglotError):
            others.append(shelf.find(name))
    return [file for file in others if file is not None]


def _draft(shelf: Shelf, config: ModelConfig) -> tuple[Path | None, tuple[FoundFile, ...]]:
    """Find the DFlash draft. One that is not whole, or needs code of its own, counts as none: it only makes faster."""
    inner = shelf.inner(DRAFT)
    if inner is None:
        return None, ()
    try:
        file = inner.need(CONFIG)
        table = Table.of(_json(file), file.name)
        known = DRAFT_ARCHITECTURE in table.texts("architectures") and table.text("model_type") == DRAFT_TYPE
        fits = table.whole("hidden_size", least=1, most=1 << 20) == config.hidden_size
        if not known or not fits:
            return None, ()
        weights = find_weights(inner)
        return inner.folder, (file, *_others(inner, [file]), *weights.files)
    except DiglotError:
        return None, ()


def _optional(shelf: Shelf, name: str) -> Table | None:
    file = shelf.find(name)
    return None if file is None else Table.of(_json(file), file.name)


def _json(file: FoundFile) -> object:
    return parse_json(read_whole(file), file.name)
