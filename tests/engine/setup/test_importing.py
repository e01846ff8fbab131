"""Importing: whole or not at all, nothing that could run, originals untouched, however it breaks off."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import io
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from engine.engine_errors import ModelDamaged, ModelIncomplete, NotHunyuanOcr, SetupError
from engine.errors import DiskFull, FileVanished, NotAFile, NotFound, OutputNotWritable
from engine.setup import copying, importing, storing
from engine.setup.checkpoint import ModelInfo
from engine.setup.checkpoint_files import FoundFile, open_file
from engine.setup.importing import check_model, import_model
from engine.setup.model import ModelVersion, examine_model
from engine.setup.progress import CopyProgress
from tests.support.made_checkpoints import (
    changed_json,
    layers,
    make_1_0,
    make_1_5,
    make_hub_cache,
    safetensors,
    sha256,
    write_json,
)

NAME = "HunyuanOCR-1.5"


def imported(source: Path, into: Path, *, manifest: Path | None = None) -> ModelInfo:
    return asyncio.run(import_model(source, into, manifest=manifest, on_progress=lambda _: None))


def checked(folder: Path) -> ModelInfo:
    return asyncio.run(check_model(folder, on_progress=lambda _: None))


def snapshot(folder: Path) -> dict[str, tuple[int, str]]:
    """Return every file with its time and hash: what must not have changed."""
    return {
        str(file.relative_to(folder)): (file.lstat().st_mtime_ns, sha256(file))
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return make_1_5(tmp_path / "我的 模型" / "HunyuanOCR", draft=True)


@pytest.fixture
def into(tmp_path: Path) -> Path:
    return tmp_path / "模型 库"


# --- what is copied


def test_a_model_is_copied_with_its_draft_and_listed_with_true_hashes(source: Path, into: Path) -> None:
    info = imported(source, into)

    assert (info.folder, info.version, info.draft) == (into / NAME, ModelVersion.V1_5, into / NAME / "dflash")
    assert examine_model(info.folder).weight_bytes == info.weight_bytes == examine_model(source).weight_bytes
    listed = json.loads((info.folder / "diglot-model.json").read_text("utf-8"))
    files = {str(file.relative_to(info.folder)) for file in info.folder.rglob("*") if file.is_file()}
    assert {entry["path"] for entry in listed["files"]} == files - {"diglot-model.json"}
    for entry in listed["files"]:
        assert entry["sha256"] == sha256(info.folder / entry["path"])
        assert entry["bytes"] == (info.folder / entry["path"]).stat().st_size
    assert checked(info.folder).stripped == info.stripped


def test_nothing_that_could_run_and_nothing_unknown_is_copied(source: Path, into: Path) -> None:
    for name in (
        "modeling.py",
        "pytorch_model.bin",
        "optimizer.pt",
        "scaler.pkl",
        "x.ckpt",
        "run.sh",
        "a.so",
        "b.json",
    ):
        (source / name).write_bytes(b"{}")
    (source / "v1.0").mkdir()
    (source / "assets").mkdir()
    (source / "config.py").symlink_to("config.json")

    info = imported(source, into)

    assert {file.name for file in info.folder.iterdir()} == {
        *("config.json", "generation_config.json", "preprocessor_config.json", "video_preprocessor_config.json"),
        *("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "chat_template.jinja"),
        *("LICENSE", "README.md", "model.safetensors", "dflash", "diglot-model.json"),
    }
    assert {file.name for file in (info.folder / "dflash").iterdir()} == {"config.json", "model.safetensors"}


def test_keys_that_name_code_are_left_out_and_told_but_words_of_that_name_stay(source: Path, into: Path) -> None:
    changed_json(source / "config.json", auto_map={"AutoModel": "x.Y"}, text_config_extra=[{"trust_remote_code": True}])

    info = imported(source, into)

    assert info.stripped == ("config.json: auto_map", "config.json: trust_remote_code", "dflash/config.json: auto_map")
    for name in ("config.json", "dflash/config.json"):
        assert "auto_map" not in (info.folder / name).read_text("utf-8")
    assert "auto_map" in (info.folder / "tokenizer.json").read_text("utf-8")
    assert (info.folder / "tokenizer.json").read_bytes() == (source / "tokenizer.json").read_bytes()


def test_hugging_faces_links_become_files(tmp_path: Path, into: Path) -> None:
    make_hub_cache(tmp_path / "hub")

    info = imported(tmp_path / "hub", into)

    assert info.version is ModelVersion.V1_5
    assert not any(file.is_symlink() for file in info.folder.rglob("*"))
    assert not (info.folder / "v1.0").exists()


def test_1_0_is_taken_with_all_its_shards(tmp_path: Path, into: Path) -> None:
    info = imported(make_1_0(tmp_path / "old"), into)

    assert (info.folder.name, info.shards) == ("HunyuanOCR-1.0", 4)


def test_the_source_is_only_read(source: Path, into: Path) -> None:
    before = snapshot(source)
    for folder in (source, source / "dflash"):
        folder.chmod(0o555)

    imported(source, into)

    assert snapshot(source) == before


def test_progress_grows_to_its_end_and_comes_on_the_loop(source: Path, into: Path) -> None:
    told: list[tuple[CopyProgress, int]] = []

    async def run() -> None:
        await import_model(source, into, on_progress=lambda p: told.append((p, threading.get_ident())))

    asyncio.run(run())

    done = [progress.done_bytes for progress, _ in told]
    assert done == sorted(done)
    assert told[-1][0].done_bytes == told[-1][0].total_bytes == examine_model(source).size_bytes
    assert {thread for _, thread in told} == {threading.get_ident()}


# --- what is refused


def test_a_place_without_a_model_and_a_place_that_is_none(tmp_path: Path, into: Path) -> None:
    (tmp_path / "empty").mkdir()
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(NotHunyuanOcr):
        imported(tmp_path / "empty", into)
    with pytest.raises(NotFound):
        imported(tmp_path / "nothing", into)
    with pytest.raises(NotAFile):
        imported(tmp_path / "pipe", into)
    assert not into.exists()


def test_a_broken_model_below_a_drive_is_told_as_what_it_is(source: Path, into: Path) -> None:
    os.truncate(source / "model.safetensors", 1000)

    with pytest.raises(ModelDamaged, match=r"model\.safetensors"):
        imported(source.parent, into)
    assert not into.exists()


def test_somebody_elses_broken_config_is_not_taken_for_a_broken_model(tmp_path: Path, into: Path) -> None:
    (tmp_path / "home" / "project").mkdir(parents=True)
    (tmp_path / "home" / "project" / "config.json").write_text("// settings of an editor\n{}")

    with pytest.raises(NotHunyuanOcr, match="home"):
        imported(tmp_path / "home", into)


def test_a_broken_optional_file_stops_the_import_and_leaves_nothing(source: Path, into: Path) -> None:
    (source / "generation_config.json").write_text('{"eos_token_id": ')

    with pytest.raises(ModelDamaged, match="generation_config"):
        imported(source, into)
    assert list(into.iterdir()) == []


def test_only_one_import_at_a_time_in_a_folder(source: Path, into: Path) -> None:
    with storing.alone_in(into), pytest.raises(SetupError, match="another import"):
        imported(source, into)

    assert imported(source, into)


# --- space


def test_a_disk_that_is_too_small_is_told_before_with_what_is_missing(
    source: Path, into: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = examine_model(source).size_bytes
    usage = shutil.disk_usage(source)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=size + storing.SPARE_BYTES - (5 << 20)))

    with pytest.raises(DiskFull, match=r"5\.0 MiB more are needed"):
        imported(source, into)
    assert list(into.iterdir()) == []


@contextlib.contextmanager
def short_files() -> Iterator[None]:
    """Let no file grow past 300 kB: the system then answers as it does on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_disk_that_fills_up_on_the_way_leaves_nothing(source: Path, into: Path) -> None:
    with short_files(), pytest.raises(DiskFull):
        imported(source, into)

    assert list(into.iterdir()) == []


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root may mount")
def test_a_truly_full_disk_leaves_nothing(source: Path, into: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    into.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(into)]
    if subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("mounting is not possible here")
    try:
        with pytest.raises(DiskFull, match="more are needed"):
            imported(source, into)
        monkeypatch.setattr(importing, "check_space", lambda *_: None)
        with pytest.raises(DiskFull):
            imported(source, into)
        assert list(into.iterdir()) == []
    finally:
        subprocess.run(["umount", str(into)], check=True)


def test_a_place_that_cannot_be_written_is_told(source: Path, tmp_path: Path) -> None:
    (tmp_path / "a file").write_text("")

    with pytest.raises(OutputNotWritable):
        imported(source, tmp_path / "a file" / "models")


# --- breaking off


class Stream(io.BytesIO):
    """Weights on a stick: slow, or with an end that comes too soon."""

    def __init__(self, content: bytes, *, ends: OSError | None = None, after: int = 0, slow: bool = False) -> None:
        super().__init__(content)
        self._ends, self._after, self._slow = ends, after, slow

    def read(self, size: int | None = -1, /) -> bytes:
        if self._slow:
            time.sleep(0.01)
            return super().read(64)
        if self.tell() >= self._after:
            if self._ends is not None:
                raise self._ends
            return b""
        return super().read(min(size or 0, 1000))


def with_stream(monkeypatch: pytest.MonkeyPatch, **how: object) -> None:
    """Read weights while copying from such a stream; everything before, from the disk."""

    def opened(file: FoundFile) -> BinaryIO:
        if file.name == "model.safetensors":
            return Stream(file.path.read_bytes(), **how)  # type: ignore[arg-type]
        return open_file(file)

    monkeypatch.setattr(copying, "open_file", opened)


@pytest.mark.parametrize("ends", [OSError(errno.EIO, "Input/output error"), OSError(errno.ENODEV, "No device"), None])
def test_a_stick_that_is_pulled_in_the_middle_leaves_nothing(
    source: Path, into: Path, ends: OSError | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_stream(monkeypatch, ends=ends, after=100_000)

    with pytest.raises(FileVanished, match=r"model\.safetensors"):
        imported(source, into)
    assert list(into.iterdir()) == []


def test_a_cancelled_import_ends_its_thread_and_leaves_nothing(
    source: Path, into: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_stream(monkeypatch, slow=True)
    staged = into / f".{NAME}.importing" / "model.safetensors"

    async def run() -> None:
        task = asyncio.create_task(import_model(source, into, on_progress=lambda _: None))
        while not staged.exists():
            await asyncio.sleep(0.005)
            assert not task.done()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert list(into.iterdir()) == []  # at once, not some time later

    asyncio.run(run())


KILLED = """
    import asyncio, sys, time
    from pathlib import Path
    from engine.setup import copying
    from engine.setup.importing import import_model
    real = copying.chunks
    def slow(*words):
        for chunk in real(*words):
            yield chunk
            print("copying", flush=True)
            time.sleep(60)
    copying.chunks = slow
    asyncio.run(import_model(Path(sys.argv[1]), Path(sys.argv[2]), on_progress=lambda _: None))
"""


def test_what_a_killed_import_left_is_cleared_by_the_next(source: Path, into: Path) -> None:
    words = [sys.executable, "-c", textwrap.dedent(KILLED), str(source), str(into)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGKILL)
    assert [folder.name for folder in into.iterdir()] == [f".{NAME}.importing"]

    imported(source, into)

    assert [folder.name for folder in into.iterdir()] == [NAME]


def test_a_replacement_that_was_cut_off_is_undone(source: Path, into: Path) -> None:
    imported(source, into)
    (into / NAME).rename(into / f".{NAME}.replaced")  # the moment between two names

    with storing.alone_in(into):
        storing.clear_leftovers(into)

    assert checked(into / NAME)


# --- once more


def test_the_same_model_again_is_recognised_without_writing(
    source: Path, into: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = imported(source, into)
    before = snapshot(into)
    monkeypatch.setattr(importing, "check_space", lambda *_: pytest.fail("space was asked for"))

    again = imported(source, into)

    assert again == first
    assert snapshot(into) == before


def test_a_copy_that_was_damaged_is_replaced_by_the_good_one(source: Path, into: Path) -> None:
    info = imported(source, into)
    flip(info.folder / "model.safetensors")

    imported(source, into)

    assert checked(info.folder)
    assert [folder.name for folder in into.iterdir()] == [NAME]


def test_other_weights_of_the_same_size_are_not_taken_for_the_same(source: Path, into: Path) -> None:
    imported(source, into)
    flip(source / "model.safetensors")

    imported(source, into)

    assert sha256(into / NAME / "model.safetensors") == sha256(source / "model.safetensors")


def test_a_failed_replacement_keeps_what_was_there(source: Path, into: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    imported(source, into)
    before = snapshot(into)
    (source / "model.safetensors").write_bytes(safetensors(layers(0, 9)))
    with_stream(monkeypatch, after=100_000)

    with pytest.raises(FileVanished):
        imported(source, into)

    assert snapshot(into) == before


def test_a_model_imported_onto_itself_is_only_checked(source: Path, into: Path) -> None:
    info = imported(source, into)
    before = snapshot(into)

    assert imported(info.folder, into).folder == info.folder
    assert snapshot(into) == before


# --- hashes


def flip(file: Path) -> None:
    """Change one bit in the data, as a bad stick does."""
    content = bytearray(file.read_bytes())
    content[-100] ^= 1
    file.write_bytes(content)


def sums(folder: Path, *, prefix: str = "") -> str:
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return "".join(f"{sha256(file)}  {prefix}{file.relative_to(folder).as_posix()}\n" for file in files)


@pytest.mark.parametrize("prefix", ["", "./", "/home/someone/models/HunyuanOCR-1.5/", "models\\HunyuanOCR\\"])
def test_a_list_of_hashes_is_held_against_the_source(source: Path, into: Path, tmp_path: Path, prefix: str) -> None:
    manifest = tmp_path / "SHA256SUMS"
    manifest.write_text(sums(source, prefix=prefix).replace("/", "\\" if "\\" in prefix else "/"))
    assert imported(source, into, manifest=manifest)
    flip(source / "model.safetensors")

    with pytest.raises(ModelDamaged, match=r"model\.safetensors.*SHA256SUMS"):
        imported(source, into, manifest=manifest)


def test_a_kits_list_counts_as_well(source: Path, into: Path, tmp_path: Path) -> None:
    files = [
        {"path": f"model/{file.relative_to(source).as_posix()}", "sha256": sha256(file), "size": file.stat().st_size}
        for file in source.rglob("*")
        if file.is_file()
    ]
    manifest = tmp_path / "kit.json"
    write_json(manifest, {"kit": 1, "files": files})
    flip(source / "dflash" / "model.safetensors")

    with pytest.raises(ModelDamaged, match=r"dflash/model\.safetensors"):
        imported(source, into, manifest=manifest)


def test_a_list_that_does_not_know_the_weights_protects_nothing(source: Path, into: Path, tmp_path: Path) -> None:
    manifest = tmp_path / "SHA256SUMS"
    manifest.write_text(f"{sha256(source / 'config.json')}  config.json\n")

    with pytest.raises(ModelIncomplete, match=r"does not name .*model\.safetensors"):
        imported(source, into, manifest=manifest)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe rubbish", b"{", b'{"files": []}', b"no hash here\n"])
def test_a_list_that_is_none_is_refused(source: Path, into: Path, tmp_path: Path, content: bytes) -> None:
    manifest = tmp_path / "SHA256SUMS"
    manifest.write_bytes(content)

    with pytest.raises((ModelIncomplete, ModelDamaged), match="SHA256SUMS"):
        imported(source, into, manifest=manifest)
    assert not into.exists()


def test_a_model_that_was_imported_elsewhere_brings_its_own_list(source: Path, into: Path, tmp_path: Path) -> None:
    stick = imported(source, tmp_path / "stick").folder
    flip(stick / "model.safetensors")

    with pytest.raises(ModelDamaged, match=r"model\.safetensors"):
        imported(stick, into)
    flip(stick / "model.safetensors")
    assert imported(stick, into).version is ModelVersion.V1_5


def test_a_later_check_names_the_file_that_changed(source: Path, into: Path) -> None:
    folder = imported(source, into).folder
    flip(folder / "dflash" / "model.safetensors")

    with pytest.raises(ModelDamaged) as told:
        checked(folder)
    assert told.value.subject == "dflash/model.safetensors"

    (folder / "special_tokens_map.json").unlink()
    with pytest.raises(ModelIncomplete, match="special_tokens_map"):
        checked(folder)


def test_a_folder_that_was_never_imported_is_only_examined(source: Path) -> None:
    assert checked(source) == examine_model(source)


def test_a_list_of_ours_that_names_files_elsewhere_reaches_none(source: Path, into: Path) -> None:
    folder = imported(source, into).folder
    outside = [{"path": "../../etc/passwd", "bytes": 1, "sha256": "0" * 64}]
    changed_json(folder / "diglot-model.json", files=outside)

    with pytest.raises(ModelIncomplete, match=r"passwd: .*missing"):
        checked(folder)
