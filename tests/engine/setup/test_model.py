"""What a folder is: both versions in every layout, and each way in which one is not whole is told from the others."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.engine_errors import ModelDamaged, ModelIncomplete, NotHunyuanOcr
from engine.errors import DiglotError, FileVanished, NotReadable
from engine.setup import model as model_room
from engine.setup.checkpoint import Examined, examine
from engine.setup.model import ModelVersion, examine_model, find_models
from tests.support.made_checkpoints import (
    bf16,
    changed_json,
    layers,
    make_1_0,
    make_1_5,
    make_draft,
    make_hub_cache,
    make_tiny,
    safetensors,
    write_json,
)

INDEX = "model.safetensors.index.json"
SHARD = "model-00002-of-00004.safetensors"
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:632a1e08\nsize 1992499999\n"
PAGE = b"<!DOCTYPE html>\n<html><body>Entry not found</body></html>"


def test_1_0_is_recognised_with_the_numbers_that_a_plan_needs(tmp_path: Path) -> None:
    info = examine_model(make_1_0(tmp_path / "model"))

    assert (info.version, info.shards, info.max_positions) == (ModelVersion.V1_0, 4, 32_768)
    assert (info.kv_bytes_per_token, info.min_pixels, info.max_pixels) == (98_304, 262_144, 4_194_304)
    assert info.weight_bytes == 12 * 128 * 512 * 2
    assert info.name == "HunyuanOCR 1.0"


def test_1_5_is_recognised_and_counts_what_belongs_to_it(tmp_path: Path) -> None:
    folder = make_1_5(tmp_path / "model")
    (folder / "notes.txt").write_text("not part of the model")

    info = examine_model(folder)

    assert (info.version, info.shards, info.max_positions) == (ModelVersion.V1_5, 1, 131_072)
    assert (info.kv_bytes_per_token, info.max_pixels, info.draft) == (98_304, 16_777_216, None)
    assert info.weight_bytes == 8 * 128 * 512 * 2
    assert info.size_bytes == sum(file.stat().st_size for file in folder.iterdir() if file.name != "notes.txt")


def test_what_transformers_saves_today_counts_too(tmp_path: Path) -> None:
    info = examine_model(make_tiny(tmp_path / "model"))

    assert (info.kv_bytes_per_token, info.min_pixels, info.max_pixels) == (2 * 2 * 2 * 32 * 2, 36_864, 65_536)


def test_a_path_may_be_chinese_with_spaces(tmp_path: Path) -> None:
    folder = make_1_5(tmp_path / "我的 模型" / "HunyuanOCR 1.5")

    assert examine_model(folder).folder == folder


# --- the draft


def test_a_draft_that_needs_no_code_of_its_own_is_named(tmp_path: Path) -> None:
    folder = make_1_5(tmp_path / "model", draft=True)

    assert examine_model(folder).draft == folder / "dflash"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda draft: changed_json(draft / "config.json", architectures=["MyDraft"]),
        lambda draft: changed_json(draft / "config.json", model_type="my_model"),
        lambda draft: changed_json(draft / "config.json", hidden_size=2048),
        lambda draft: (draft / "config.json").write_text("{"),
        lambda draft: (draft / "model.safetensors").unlink(),
        lambda draft: os.truncate(draft / "model.safetensors", 1000),
    ],
)
def test_a_draft_that_cannot_be_used_is_none_and_no_error(tmp_path: Path, spoil: Callable[[Path], object]) -> None:
    folder = make_1_5(tmp_path / "model", draft=True)
    spoil(folder / "dflash")

    assert examine_model(folder).draft is None


# --- not whole, not right


def say(file: str, content: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / file).write_bytes(content)


def gone(*files: str) -> Callable[[Path], object]:
    def spoil(folder: Path) -> None:
        for file in files:
            (folder / file).unlink()

    return spoil


def cut(file: str, size: int) -> Callable[[Path], object]:
    return lambda folder: os.truncate(folder / file, size)


def longer(file: str) -> Callable[[Path], object]:
    return lambda folder: (folder / file).write_bytes((folder / file).read_bytes() + b"x")


def zeroed(file: str, start: int, end: int | None = None) -> Callable[[Path], object]:
    """A download that made room for the whole file, and did not come so far."""

    def spoil(folder: Path) -> None:
        content = (folder / file).read_bytes()
        last = len(content) if end is None else end
        (folder / file).write_bytes(content[:start] + bytes(last - start) + content[last:])

    return spoil


def index_with(**changes: object) -> Callable[[Path], object]:
    return lambda folder: changed_json(folder / INDEX, **changes)


Fault = tuple[Callable[[Path], object], type[DiglotError], str, str]
FAULTS: dict[str, Fault] = {
    "shard missing": (gone(SHARD), ModelIncomplete, SHARD, "it is missing"),
    "tokenizer missing": (gone("tokenizer.json"), ModelIncomplete, "tokenizer.json", "it is missing"),
    "its config missing": (gone("tokenizer_config.json"), ModelIncomplete, "tokenizer_config.json", "it is missing"),
    "processor missing": (gone("preprocessor_config.json"), ModelIncomplete, "preprocessor_config.json", "missing"),
    "cut in its data": (cut(SHARD, 200_000), ModelDamaged, SHARD, "it is cut off"),
    "cut in its header": (cut(SHARD, 100), ModelDamaged, SHARD, "it is cut off in its header"),
    "cut to nothing": (cut(SHARD, 0), ModelIncomplete, SHARD, "it is empty"),
    "too long": (longer(SHARD), ModelDamaged, SHARD, "1 bytes longer"),
    "zeros from the start": (zeroed(SHARD, 0), ModelDamaged, SHARD, "it is filled with zeros"),
    "zeros to the end": (zeroed(SHARD, 60_000), ModelDamaged, SHARD, "parts of it are filled with zeros"),
    "a pointer": (say(SHARD, POINTER), ModelIncomplete, SHARD, "it is a Git LFS pointer"),
    "a pointer for JSON": (say("tokenizer.json", POINTER), ModelIncomplete, "tokenizer.json", "Git LFS pointer"),
    "a page for JSON": (say("config.json", PAGE), ModelDamaged, "config.json", "it is a web page"),
    "a page for weights": (say(SHARD, PAGE), ModelDamaged, SHARD, "it is a web page"),
    "JSON cut": (cut("tokenizer.json", 20), ModelDamaged, "tokenizer.json", "it is cut off or not JSON"),
    "JSON of zeros": (zeroed("tokenizer.json", 0), ModelDamaged, "tokenizer.json", "it is filled with zeros"),
    "config no table": (say("config.json", b"[]"), ModelDamaged, "config.json", "it does not hold"),
    "another model": (say("config.json", b'{"model_type": "llava"}'), NotHunyuanOcr, "config.json", "“llava”"),
    "index leads out": (index_with(weight_map={"a": "../b.safetensors"}), ModelDamaged, INDEX, "does not say"),
    "index to a pickle": (index_with(weight_map={"a": "model.bin"}), ModelDamaged, INDEX, "does not say"),
    "index promises more": (index_with(metadata={"total_size": 1 << 40}), ModelDamaged, INDEX, "are not there"),
}


@pytest.mark.parametrize(("spoil", "kind", "subject", "said"), FAULTS.values(), ids=FAULTS.keys())
def test_every_fault_is_told_with_the_file_that_has_it(
    tmp_path: Path, spoil: Callable[[Path], object], kind: type[DiglotError], subject: str, said: str
) -> None:
    folder = make_1_0(tmp_path / "model")
    spoil(folder)

    with pytest.raises(kind) as told:
        examine_model(folder)

    assert told.value.subject == subject
    assert said in told.value.detail


def test_a_template_may_lie_in_a_file_or_in_the_config_but_must_lie_somewhere(tmp_path: Path) -> None:
    in_config = make_1_0(tmp_path / "a")
    nowhere = make_1_5(tmp_path / "b")
    (nowhere / "chat_template.jinja").unlink()

    assert examine_model(in_config)
    with pytest.raises(ModelIncomplete, match="chat_template"):
        examine_model(nowhere)


def test_a_tensor_that_the_index_promises_and_no_file_has_is_noticed(tmp_path: Path) -> None:
    folder = make_1_0(tmp_path / "model")
    (folder / SHARD).write_bytes(safetensors(layers(3, 5)))

    with pytest.raises(ModelDamaged, match="1 tensors that the index promises"):
        examine_model(folder)


def test_an_index_that_was_left_behind_does_not_hide_a_merged_file(tmp_path: Path) -> None:
    folder = make_1_0(tmp_path / "model")
    (folder / SHARD).unlink()
    (folder / "model.safetensors").write_bytes(safetensors(layers(0, 12)))

    assert examine_model(folder).shards == 1


def test_one_tensor_of_zeros_is_not_taken_for_damage(tmp_path: Path) -> None:
    folder = make_1_5(tmp_path / "model")
    tensors = {**layers(0, 3), "zero": ("BF16", (128, 512), bytes(128 * 512 * 2)), **layers(3, 6)}
    (folder / "model.safetensors").write_bytes(safetensors(tensors))

    assert examine_model(folder).weight_bytes == 7 * 128 * 512 * 2


def test_weights_that_are_pickles_are_not_an_offer(tmp_path: Path) -> None:
    folder = make_1_5(tmp_path / "model")
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")

    with pytest.raises(ModelIncomplete, match="can carry code"):
        examine_model(folder)


@pytest.mark.parametrize("left", ["model.safetensors.incomplete", ".cache/huggingface/download/abc.incomplete"])
def test_an_unfinished_download_is_called_so(tmp_path: Path, left: str) -> None:
    folder = make_1_5(tmp_path / "model")
    (folder / "model.safetensors").unlink()
    (folder / left).parent.mkdir(parents=True, exist_ok=True)
    (folder / left).write_bytes(b"half")

    with pytest.raises(ModelIncomplete, match="download was not finished"):
        examine_model(folder)


def test_a_folder_without_a_model_and_one_with_gguf_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(NotHunyuanOcr, match=r"no config\.json"):
        examine_model(tmp_path)
    (tmp_path / "HunyuanOCR-Q8_0.gguf").write_bytes(b"GGUF")
    with pytest.raises(NotHunyuanOcr, match="GGUF"):
        examine_model(tmp_path)
    with pytest.raises(NotHunyuanOcr):
        examine_model(tmp_path / "not there")


def test_files_that_are_none_are_refused_without_waiting(tmp_path: Path) -> None:
    folder = make_1_5(tmp_path / "model")
    (folder / "generation_config.json").unlink()
    os.mkfifo(folder / "generation_config.json")

    with pytest.raises(ModelDamaged, match="not an ordinary file"):
        examine_model(folder)


def test_what_may_not_be_read_is_called_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_1_5(tmp_path / "model")
    real = os.open

    def forbidden(path: str, flags: int, *rest: int) -> int:
        if str(path).endswith("tokenizer.json"):
            raise PermissionError(13, "Permission denied", path)
        return real(path, flags, *rest)

    monkeypatch.setattr(os, "open", forbidden)  # tests may run as root, whom no permission stops

    with pytest.raises(NotReadable):
        examine_model(folder)


# --- links


def test_links_count_inside_of_hugging_faces_cache(tmp_path: Path) -> None:
    snapshot = make_hub_cache(tmp_path / "hub")

    info = examine_model(snapshot)

    assert (info.folder, info.version) == (snapshot, ModelVersion.V1_5)
    assert examine_model(snapshot / "v1.0").version is ModelVersion.V1_0


def test_a_link_out_of_the_cache_or_out_of_a_folder_is_refused(tmp_path: Path) -> None:
    snapshot = make_hub_cache(tmp_path / "hub")
    plain = make_1_5(tmp_path / "plain")
    outside = tmp_path / "outside.json"
    write_json(outside, {})
    for folder in (snapshot, plain):
        (folder / "tokenizer.json").unlink()
        (folder / "tokenizer.json").symlink_to(outside)

        with pytest.raises(ModelIncomplete, match="leads out"):
            examine_model(folder)


@pytest.mark.parametrize("target", ["nowhere.json", "tokenizer.json"])
def test_a_link_without_an_end_is_a_missing_file(tmp_path: Path, target: str) -> None:
    folder = make_1_5(tmp_path / "model")
    (folder / "tokenizer.json").unlink()
    (folder / "tokenizer.json").symlink_to(target)

    with pytest.raises(ModelIncomplete, match="the file behind it is missing"):
        examine_model(folder)


def test_a_link_to_the_folder_itself_is_the_persons_choice(tmp_path: Path) -> None:
    folder = make_1_5(tmp_path / "model")
    (tmp_path / "link").symlink_to(folder)

    assert examine_model(tmp_path / "link").folder == folder


# --- finding


def test_every_layout_is_found_on_a_drive_newest_first(tmp_path: Path) -> None:
    drive = tmp_path / "优盘"
    made = [
        make_1_5(drive / "hub" / "models" / "Tencent-Hunyuan" / "HunyuanOCR"),
        make_hub_cache(drive / ".cache" / "huggingface" / "hub"),
        make_1_5(drive / "HunyuanOCR"),
    ]
    old = [made[1] / "v1.0", make_1_0(drive / "HunyuanOCR" / "v1.0")]
    make_draft(drive / "HunyuanOCR" / "dflash")

    found = find_models(drive)

    assert {info.folder for info in found} == {*made, *old}
    assert [info.version for info in found] == [ModelVersion.V1_5] * 3 + [ModelVersion.V1_0] * 2


def test_what_is_half_made_broken_or_somebody_elses_is_not_found(tmp_path: Path) -> None:
    make_1_5(tmp_path / "hub" / "._____temp" / "Tencent-Hunyuan" / "HunyuanOCR")
    make_1_5(tmp_path / ".HunyuanOCR-1.5.importing")
    os.truncate(make_1_5(tmp_path / "broken") / "model.safetensors", 1000)
    changed_json(make_1_5(tmp_path / "other") / "config.json", model_type="qwen3", architectures=[])

    assert find_models(tmp_path) == []


def test_no_link_is_followed_and_a_circle_ends(tmp_path: Path) -> None:
    make_1_5(tmp_path / "elsewhere" / "model")
    place = tmp_path / "place"
    (place / "a").mkdir(parents=True)
    (place / "a" / "up").symlink_to(place)
    (place / "out").symlink_to(tmp_path / "elsewhere")

    assert find_models(place) == []


def test_a_folder_that_may_not_be_listed_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_1_5(tmp_path / "open" / "model")
    make_1_5(tmp_path / "closed" / "model")
    real = os.scandir

    def forbidden(path: str) -> object:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.setattr(os, "scandir", forbidden)

    assert [info.folder for info in find_models(tmp_path)] == [tmp_path / "open" / "model"]


def test_depth_number_and_time_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = make_1_5(tmp_path.joinpath("a", *"123456"))
    make_1_5(tmp_path.joinpath("a", *"1234567"))
    assert [info.folder for info in find_models(tmp_path)] == [deep]

    monkeypatch.setattr(model_room, "MAX_FOLDERS", 3)
    assert find_models(tmp_path) == []
    monkeypatch.setattr(model_room, "MAX_FOLDERS", 1000)
    monkeypatch.setattr(model_room, "MAX_SECONDS", 0.0)
    assert find_models(tmp_path) == []


def test_a_model_that_goes_away_during_the_search_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_1_5(tmp_path / "a")
    kept = make_1_5(tmp_path / "b")

    def pulled(folder: Path) -> Examined:
        if folder.name == "a":
            shutil.rmtree(folder)
            raise FileVanished(str(folder))
        return examine(folder)

    monkeypatch.setattr(model_room, "examine", pulled)

    assert [info.folder for info in find_models(tmp_path)] == [kept]


def test_only_known_small_json_belongs_to_a_model(tmp_path: Path) -> None:
    folder = make_1_5(tmp_path / "model")
    before = examine_model(folder).size_bytes
    for name in ("adapter_config.json", "modeling_hunyuan.py", "training_args.bin", "other.safetensors"):
        (folder / name).write_bytes(json.dumps({"base_model": "x"}).encode())

    assert examine_model(folder).size_bytes == before


def test_a_shard_may_have_any_kind_of_numbers(tmp_path: Path) -> None:
    folder = make_1_5(tmp_path / "model")
    tensors = {"a": bf16(4, 4), "b": ("F8_E4M3", (4,), b"abcd"), "c": ("F4", (4,), b"ab")}
    (folder / "model.safetensors").write_bytes(safetensors(tensors))

    assert examine_model(folder).weight_bytes == 32 + 4 + 2
