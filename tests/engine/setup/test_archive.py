"""Archives: every honest kind gives its model, every dishonest one is refused in words, and nothing of it stays."""

from __future__ import annotations

import asyncio
import bz2
import contextlib
import gzip
import io
import json
import lzma
import os
import sys
import tarfile
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.engine_errors import ModelDamaged, ModelIncomplete, NotHunyuanOcr, SetupError
from engine.errors import DiskFull
from engine.setup import archive as archive_room
from engine.setup import storing
from engine.setup.checkpoint import ModelInfo
from engine.setup.importing import check_model, import_model
from engine.setup.model import ModelVersion
from engine.setup.progress import CopyProgress
from tests.support.made_checkpoints import LICENCE, bf16, make_1_0, make_1_5, safetensors, sha256

Packer = Callable[[Path, Path], Path]


def imported(source: Path, into: Path, *, manifest: Path | None = None) -> ModelInfo:
    return asyncio.run(import_model(source, into, manifest=manifest, on_progress=lambda _: None))


def as_zip(folder: Path, target: Path) -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            archive.write(file, file.relative_to(folder.parent))
    return target


def as_tar(mode: str) -> Packer:
    def pack(folder: Path, target: Path) -> Path:
        with tarfile.open(target, mode) as archive:  # type: ignore[call-overload]
            archive.add(folder, folder.name)
        return target

    return pack


PACKERS: dict[str, Packer] = {
    "zip": as_zip,
    "tar": as_tar("w:"),
    "tar.gz": as_tar("w:gz"),
    "tar.bz2": as_tar("w:bz2"),
    "tar.xz": as_tar("w:xz"),
}


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return make_1_5(tmp_path / "我的 模型", draft=True)


@pytest.fixture
def into(tmp_path: Path) -> Path:
    return tmp_path / "models"


def refused(archive: Path, into: Path, *said: str) -> None:
    """See that an archive is refused with these words, and that nothing of it is left."""
    with pytest.raises((ModelDamaged, NotHunyuanOcr)) as told:
        imported(archive, into)
    assert any(words in str(told.value) for words in said), str(told.value)
    assert list(into.iterdir()) == []


# --- honest ones


@pytest.mark.parametrize("kind", PACKERS)
@pytest.mark.slow
def test_a_model_one_folder_down_in_an_archive_is_taken(model: Path, into: Path, tmp_path: Path, kind: str) -> None:
    packed = PACKERS[kind](model, tmp_path / f"model.{kind}")
    before = sha256(packed)

    info = imported(packed, into)

    assert (info.folder, info.version) == (into / "HunyuanOCR-1.5", ModelVersion.V1_5)
    assert info.draft == info.folder / "dflash"
    assert info.stripped == ("dflash/config.json: auto_map",)
    assert not list(info.folder.rglob("*.py"))
    assert asyncio.run(check_model(info.folder, on_progress=lambda _: None))
    assert [folder.name for folder in into.iterdir()] == ["HunyuanOCR-1.5"]
    assert sha256(packed) == before


def test_files_without_a_folder_around_them_are_taken(model: Path, into: Path, tmp_path: Path) -> None:
    packed = tmp_path / "flat.tar"
    with tarfile.open(packed, "w") as archive:
        archive.add(model, ".")

    assert imported(packed, into).version is ModelVersion.V1_5


def test_of_a_whole_repository_the_newest_is_taken(model: Path, into: Path, tmp_path: Path) -> None:
    make_1_0(model / "v1.0")

    info = imported(as_zip(model, tmp_path / "all.zip"), into)

    assert info.version is ModelVersion.V1_5
    assert not (info.folder / "v1.0").exists()


class OldName(zipfile.ZipInfo):
    """A name as old packers write it: in the system's letters, and no word of which."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 - zipfile's own hook
        return self.filename.encode("gb18030"), 0


def test_chinese_names_of_older_packers_are_no_obstacle(model: Path, into: Path, tmp_path: Path) -> None:
    folder = "誠信文件"  # a byte of it would read as a backslash
    assert b"\\" in folder.encode("gb18030")
    packed = tmp_path / "gbk.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for file in model.iterdir():
            if file.is_file():
                archive.writestr(OldName(f"{folder}/{file.name}"), file.read_bytes())
    assert folder.encode("gb18030") in packed.read_bytes()

    assert imported(packed, into).version is ModelVersion.V1_5


def test_a_list_of_hashes_is_held_against_an_archive_too(model: Path, into: Path, tmp_path: Path) -> None:
    manifest = tmp_path / "SHA256SUMS"
    manifest.write_text("".join(f"{sha256(file)}  {file.name}\n" for file in model.iterdir() if file.is_file()))
    packed = as_zip(model, tmp_path / "model.zip")
    with pytest.raises(ModelIncomplete, match=r"does not name dflash/model\.safetensors"):
        imported(packed, into, manifest=manifest)
    with manifest.open("a") as stream:
        stream.write(f"{sha256(model / 'dflash' / 'model.safetensors')}  dflash/model.safetensors\n")
    assert imported(packed, into, manifest=manifest)
    manifest.write_text(manifest.read_text().replace(sha256(model / "config.json"), "0" * 64))

    with pytest.raises(ModelDamaged, match=r"config\.json"):
        imported(packed, into, manifest=manifest)


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
def test_progress_grows_to_its_end(model: Path, into: Path, tmp_path: Path, kind: str) -> None:
    packed = PACKERS[kind](model, tmp_path / f"model.{kind}")
    told: list[CopyProgress] = []

    asyncio.run(import_model(packed, into, on_progress=told.append))

    done = [progress.done_bytes for progress in told]
    assert done == sorted(done)
    assert told[-1].done_bytes == told[-1].total_bytes > 0


def test_the_same_archive_again_is_recognised(model: Path, into: Path, tmp_path: Path) -> None:
    packed = as_zip(model, tmp_path / "model.zip")
    weights = imported(packed, into).folder / "model.safetensors"
    inode = weights.stat().st_ino

    imported(packed, into)

    assert weights.stat().st_ino == inode


# --- dishonest ones

FILE = b'{"a": 1}'


def zip_of(target: Path, *names: str, mode: int = 0) -> Path:
    with zipfile.ZipFile(target, "w") as archive:
        for name in names:
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            with contextlib.suppress(UserWarning):  # zipfile warns of a double name; it is meant
                archive.writestr(info, FILE)
    return target


def tar_of(target: Path, *members: tarfile.TarInfo | str) -> Path:
    with tarfile.open(target, "w") as archive:
        for member in members:
            info = tarfile.TarInfo(member) if isinstance(member, str) else member
            info.size = len(FILE) if info.isreg() else 0
            archive.addfile(info, io.BytesIO(FILE))
    return target


@pytest.mark.parametrize("pack", [zip_of, tar_of], ids=["zip", "tar"])
@pytest.mark.parametrize(
    "name",
    [
        "../config.json",
        "a/../../config.json",
        "/etc/config.json",
        "..",
        "C:/config.json",
        "C:\\config.json",
        "..\\config.json",
        "a/con\nfig.json",
        "a?/config.json",
        "/".join("a" * 30) + "/config.json",
        "a" * 300 + "/config.json",
    ],
)
def test_a_name_that_leads_out_or_is_none_is_refused(
    tmp_path: Path, into: Path, pack: Callable[..., Path], name: str
) -> None:
    refused(pack(tmp_path / "archive", name), into, "it holds a name that")
    assert {path.name for path in tmp_path.iterdir()} == {"archive", "models"}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("pack", [zip_of, tar_of], ids=["zip", "tar"])
@pytest.mark.parametrize(
    "names",
    [
        ("config.json", "config.json"),
        ("config.json", "./config.json"),
        ("m/config.json", "m/Config.JSON"),
        ("m/config.json", "M/tokenizer.json"),
        ("m\u00e9/config.json", "me\u0301/tokenizer.json"),
        ("config.json", "config.json/tokenizer.json"),
        ("a", "a"),
    ],
)
def test_two_files_of_one_name_are_refused_on_every_system(
    tmp_path: Path, into: Path, pack: Callable[..., Path], names: tuple[str, ...]
) -> None:
    refused(pack(tmp_path / "archive", *names), into, "two files of the same name")


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_in_a_tar_are_refused(tmp_path: Path, into: Path, kind: bytes) -> None:
    info = tarfile.TarInfo("model.safetensors")
    info.type = kind
    info.linkname = "/etc/passwd"

    refused(tar_of(tmp_path / "archive.tar", "config.json", info), into, "a link or a device")


@pytest.mark.parametrize("mode", [0o120777, 0o020666, 0o010666])
def test_links_and_devices_in_a_zip_are_refused(tmp_path: Path, into: Path, mode: int) -> None:
    refused(zip_of(tmp_path / "archive.zip", "config.json", mode=mode), into, "a link or a device")


def test_a_protected_zip_and_a_rare_packing_are_named(tmp_path: Path, into: Path) -> None:
    packed = zip_of(tmp_path / "locked.zip", "config.json")
    content = bytearray(packed.read_bytes())
    for start in (content.index(b"PK\3\4") + 6, content.index(b"PK\1\2") + 8):
        content[start] |= 1
    packed.write_bytes(content)
    refused(packed, into, "protected by a password")

    with zipfile.ZipFile(tmp_path / "rare.zip", "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("config.json", FILE)
    refused(tmp_path / "rare.zip", into, "packed in a way")


def endless_zeros(target: Path, name: str, size: int, *, start: bytes = b"") -> Path:
    """Write a tar.gz of a few kilobytes with one file of `size` bytes."""
    info = tarfile.TarInfo(name)
    info.size = size
    with gzip.open(target, "wb") as stream:
        stream.write(info.tobuf())
        stream.write(start)
        left = size - len(start)
        while left > 0:
            left -= stream.write(bytes(min(left, 1 << 20)))
        stream.write(bytes(1024))
    return target


def test_weights_that_unpack_to_zeros_are_refused_at_their_first_bytes(
    tmp_path: Path, into: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = endless_zeros(tmp_path / "bomb.tar.gz", "m/model.safetensors", 64 << 20)
    assert packed.stat().st_size < 100_000
    written: list[int] = []
    real = storing.NewFile.write

    def counted(self: storing.NewFile, data: bytes) -> None:
        written.append(len(data))
        real(self, data)

    monkeypatch.setattr(storing.NewFile, "write", counted)

    refused(packed, into, "begins with zeros")
    assert written == []


def test_weights_that_are_longer_than_their_header_says_are_refused(tmp_path: Path, into: Path) -> None:
    honest = safetensors({"a": bf16(8, 8)})

    refused(endless_zeros(tmp_path / "bomb.tar.gz", "model.safetensors", 32 << 20, start=honest), into, "longer than")


@pytest.mark.parametrize("name", ["config.json", "LICENSE"])
@pytest.mark.slow
def test_a_small_file_that_is_not_small_is_refused(tmp_path: Path, into: Path, name: str) -> None:
    refused(endless_zeros(tmp_path / "bomb.tar.gz", name, 80 << 20), into, "unpacks to too much")


def test_a_file_nobody_wants_is_passed_over_within_its_bounds(
    tmp_path: Path, into: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = endless_zeros(tmp_path / "bomb.tar.gz", "movie.bin", 8 << 20)
    refused(packed, into, "no config.json")
    monkeypatch.setattr("engine.setup.archive_streams.MAX_UNPACKED_BYTES", 2 << 20)

    refused(packed, into, "unpacks to more than it says")


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK])
def test_a_name_of_a_hundred_megabytes_takes_no_memory(tmp_path: Path, into: Path, kind: bytes) -> None:
    info = tarfile.TarInfo("x")
    info.type = kind
    packed = tmp_path / "bomb.tar.gz"
    with gzip.open(packed, "wb", compresslevel=1) as stream:
        block = bytearray(info.tobuf())
        block[124:136] = b"%011o\0" % (100 << 20)
        block[148:156] = b" " * 8
        block[148:156] = b"%06o\0 " % sum(block)
        stream.write(block)
        for _ in range(100):
            stream.write(b"a" * (1 << 20))
    tracemalloc.start()
    try:
        refused(packed, into, "unpacks to more than it says")
        assert tracemalloc.get_traced_memory()[1] < 50 << 20
    finally:
        tracemalloc.stop()


def test_more_files_than_any_model_has_are_refused(tmp_path: Path, into: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_room, "MAX_MEMBERS", 10)

    refused(zip_of(tmp_path / "many.zip", *(f"{number}.txt" for number in range(11))), into, "too many files")


def test_a_table_of_contents_of_gigabytes_is_not_read(tmp_path: Path, into: Path) -> None:
    packed = tmp_path / "bomb.zip"
    size = 50 << 20
    end = b"PK\5\6" + bytes(4) + b"\1\0\1\0" + size.to_bytes(4, "little") + (4).to_bytes(4, "little") + bytes(2)
    with packed.open("wb") as stream:
        stream.write(b"PK\3\4")
        stream.seek(size + 4)
        stream.write(end)

    refused(packed, into, "table of contents")


def test_an_xz_that_asks_for_gigabytes_of_memory_is_refused(tmp_path: Path, into: Path) -> None:
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 30, "preset": 0}]
    content = lzma.compress(tar_of(tmp_path / "a.tar", "config.json").read_bytes(), filters=filters)
    (tmp_path / "bomb.tar.xz").write_bytes(content)

    refused(tmp_path / "bomb.tar.xz", into, "cut off or broken")


# --- broken ones


@pytest.mark.parametrize("kind", PACKERS)
@pytest.mark.parametrize("part", [0.02, 0.5, 0.95])
@pytest.mark.slow
def test_an_archive_that_was_cut_off_is_refused(
    model: Path, into: Path, tmp_path: Path, kind: str, part: float
) -> None:
    packed = PACKERS[kind](model, tmp_path / f"model.{kind}")
    os.truncate(packed, int(packed.stat().st_size * part))

    with pytest.raises(SetupError):
        imported(packed, into)
    assert list(into.iterdir()) == []


@pytest.mark.parametrize("kind", ["zip", "tar.gz", "tar.bz2", "tar.xz"])
@pytest.mark.slow
def test_a_bit_that_changed_on_the_way_is_noticed(model: Path, into: Path, tmp_path: Path, kind: str) -> None:
    packed = PACKERS[kind](model, tmp_path / f"model.{kind}")
    content = bytearray(packed.read_bytes())
    content[len(content) // 2] ^= 0x10
    packed.write_bytes(content)

    with pytest.raises(SetupError):
        imported(packed, into)
    assert list(into.iterdir()) == []


def test_what_is_no_archive_is_told_what_would_be(tmp_path: Path, into: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear all,")
    (tmp_path / "empty").write_bytes(b"")

    for name in ("letter.txt", "empty"):
        refused(tmp_path / name, into, "neither a folder nor an archive")


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="this Python has zstd")
def test_a_zstd_archive_is_named_where_it_cannot_be_opened(tmp_path: Path, into: Path) -> None:
    (tmp_path / "model.tar.zst").write_bytes(b"\x28\xb5\x2f\xfd" + bytes(600))

    refused(tmp_path / "model.tar.zst", into, "cannot open zstd")


def test_an_archive_with_another_model_and_one_with_a_broken_one(model: Path, into: Path, tmp_path: Path) -> None:
    (model / "tokenizer.json").unlink()
    with pytest.raises(ModelIncomplete, match=r"tokenizer\.json"):
        imported(as_zip(model, tmp_path / "broken.zip"), into)
    (model / "config.json").write_text(json.dumps({"model_type": "qwen3"}))

    refused(as_zip(model, tmp_path / "other.zip"), into, "config.json")


def test_a_disk_that_is_too_small_is_told_before(
    model: Path, into: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storing, "SPARE_BYTES", 1 << 60)

    for kind in ("zip", "tar.gz"):
        with pytest.raises(DiskFull, match="more are needed"):
            imported(PACKERS[kind](model, tmp_path / f"model.{kind}"), into)
        assert list(into.iterdir()) == []


STARTS = st.sampled_from(
    [b"", b"PK\3\4", b"\x1f\x8b\x08", b"BZh9", b"\xfd7zXZ\0", tarfile.TarInfo("config.json").tobuf()]
)
PACKED = st.sampled_from([bytes, gzip.compress, bz2.compress, lzma.compress])


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(start=STARTS, rest=st.binary(max_size=600), pack=PACKED)
@pytest.mark.slow
def test_bytes_of_any_kind_end_in_a_named_error(
    tmp_path_factory: pytest.TempPathFactory, start: bytes, rest: bytes, pack: Callable[[bytes], bytes]
) -> None:
    folder = tmp_path_factory.mktemp("any")
    (folder / "archive").write_bytes(pack(start + rest))

    with pytest.raises(SetupError):
        imported(folder / "archive", folder / "models")
    assert list((folder / "models").iterdir()) == []


def test_a_cancelled_unpacking_leaves_nothing(
    model: Path, into: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (model / "README.md").write_text(LICENCE)
    packed = as_zip(model, tmp_path / "model.zip")
    monkeypatch.setattr(archive_room, "CHUNK_BYTES", 16)  # some ten thousand looks at whether it is still wanted

    async def run() -> None:
        def stop(_: CopyProgress) -> None:
            task.cancel()

        task = asyncio.create_task(import_model(packed, into, on_progress=stop))
        with pytest.raises(asyncio.CancelledError):
            await task
        assert list(into.iterdir()) == []

    asyncio.run(run())
