"""A kit's list is believed in nothing: names, sizes, links and hashes are looked at before anything is installed."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import os
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.engine_errors import KitDamaged, NotAKit
from engine.setup.background import Stop
from engine.setup.kit import LIST, Kit, KitFile, KitPart, parse_kit, read_kit
from engine.setup.kit_files import check_wheel, unpack_python, verify_kit
from engine.setup.progress import CopyProgress
from engine.setup.runtime import build_environment
from tests.support.stand_in_packages import MINOR, from_kit, stand_in_kit

ENGINE, WORDS = "wheels/stand_in_engine-1.0-py3-none-any.whl", "wheels/stand_in_words-1.0-py3-none-any.whl"


def change_list(kit: Kit, change: Callable[[dict[str, Any]], None]) -> None:
    told = json.loads((kit.folder / LIST).read_text())
    change(told)
    (kit.folder / LIST).write_text(json.dumps(told))


def verify(kit: Kit) -> list[CopyProgress]:
    told: list[CopyProgress] = []
    asyncio.run(verify_kit(kit, on_progress=told.append))
    return told


def flip(file: Path, at: int) -> None:
    data = bytearray(file.read_bytes())
    data[at] ^= 1
    file.write_bytes(data)


def test_a_kit_says_what_it_is_for(tmp_path: Path) -> None:
    made = stand_in_kit(tmp_path / "kit", part_bytes=20_000, python=True)
    kit = read_kit(tmp_path / "kit")
    assert kit == made
    assert (kit.release, kit.python, kit.cuda) == ("stand-in-1.0", MINOR, "")
    assert [file.path for file in kit.wheels] == [ENGINE, WORDS]
    assert [wheel.package for wheel in kit.wheels] == [("stand-in-engine", "1.0"), ("stand-in-words", "1.0")]
    assert [part.bytes for part in kit.wheels[1].parts][:-1] == [20_000, 20_000] and kit.wheels[1].split
    assert kit.interpreter is not None and kit.interpreter.name == "cpython-stand-in.tar.gz"
    assert kit.fingerprint == hashlib.sha256((tmp_path / "kit" / LIST).read_bytes()).hexdigest()
    assert verify(kit)[-1].done_bytes == kit.bytes


def test_a_stick_may_hold_the_kit_in_a_folder(tmp_path: Path) -> None:
    kit = stand_in_kit(tmp_path / "stick" / "diglot-kit")
    (tmp_path / "stick" / "holiday pictures").mkdir()
    assert read_kit(tmp_path / "stick") == kit
    stand_in_kit(tmp_path / "stick" / "other-kit")
    with pytest.raises(NotAKit, match="several"):
        read_kit(tmp_path / "stick")


@pytest.mark.parametrize("content", [None, b"", b"{", b"[]", b'{"files": []}', b'{"diglot_kit": "1"}', b"[" * 99_999])
def test_another_folder_is_no_kit(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / LIST).write_bytes(content)
    with pytest.raises(NotAKit):
        read_kit(tmp_path)


def test_no_folder_and_a_later_format_are_no_kit(tmp_path: Path) -> None:
    with pytest.raises(NotAKit):
        read_kit(tmp_path / "nowhere")
    kit = stand_in_kit(tmp_path / "kit")
    change_list(kit, lambda told: told.update(diglot_kit=2))
    with pytest.raises(NotAKit, match="another version of Diglot"):
        read_kit(kit.folder)


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd.whl",
        "../stand_in_words-1.0-py3-none-any.whl",
        "wheels/../../x-1.0-py3-none-any.whl",
        "wheels/sub/x-1.0-py3-none-any.whl",
        "wheels\\x-1.0-py3-none-any.whl",
        "C:/x-1.0-py3-none-any.whl",
        "wheels/-r",
        "wheels/x-1.0-py3-none-any.whl\n--index-url=http://evil.example",
        "wheels/x.tar.gz",
        "python/x-1.0-py3-none-any.whl",
        "other/x-1.0-py3-none-any.whl",
        "",
        None,
        7,
    ],
)
def test_names_that_lead_elsewhere_are_refused(tmp_path: Path, path: object) -> None:
    kit = stand_in_kit(tmp_path / "kit")
    change_list(kit, lambda told: told["files"][0].update(path=path))
    with pytest.raises(KitDamaged, match=r"leads out|neither a wheel nor a Python"):
        read_kit(kit.folder)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda told: told.update(files=[]), "needs wheels"),
        (lambda told: told.update(files="all"), "list of files"),
        (lambda told: told.update(files=[7]), "list of files"),
        (lambda told: told.update(files=told["files"] * 4000), "list of files"),
        (lambda told: told["files"].append(told["files"][0]), "listed twice"),
        (lambda told: told["files"][0].update(bytes=-1), "not a size"),
        (lambda told: told["files"][0].update(bytes=True), "not a size"),
        (lambda told: told["files"][0].update(unpacked_bytes=1 << 50), "not a size"),
        (lambda told: [file.update(unpacked_bytes=40 << 30) for file in told["files"]], "larger than any engine"),
        (lambda told: told["files"][0].update(sha256="short"), "sha256"),
        (lambda told: told.pop("release"), "release"),
        (lambda told: told.update(platform="../../linux"), "platform"),
        (lambda told: told.update(python="2.7"), "python"),
        (lambda told: told["files"][1].update(parts=[]), "list of parts"),
        (lambda told: told["files"][1]["parts"].pop(), "make up the whole"),
        (lambda told: told["files"][1]["parts"].reverse(), "numbered"),
        (lambda told: told["files"][1]["parts"][0].update(path="wheels/other.part001"), "numbered"),
    ],
)
@pytest.mark.slow
def test_a_list_that_cannot_be_right_is_refused(
    tmp_path: Path, change: Callable[[dict[str, Any]], None], words: str
) -> None:
    kit = stand_in_kit(tmp_path / "kit", part_bytes=20_000)
    change_list(kit, change)
    with pytest.raises(KitDamaged, match=words):
        read_kit(kit.folder)


@pytest.mark.parametrize(
    ("spoil", "path", "words"),
    [
        (lambda kit: (kit / ENGINE).unlink(), ENGINE, "missing"),
        (lambda kit: (kit / f"{WORDS}.part002").unlink(), f"{WORDS}.part002", "missing"),
        (lambda kit: os.truncate(kit / ENGINE, 100), ENGINE, "100 bytes instead of"),
        (lambda kit: (kit / ENGINE).write_bytes((kit / ENGINE).read_bytes() + b"x"), ENGINE, "bytes instead of"),
        (lambda kit: link(kit / ENGINE), ENGINE, "link"),
        (lambda kit: link(kit / "wheels"), ENGINE, "link"),
        (lambda kit: device(kit / ENGINE), ENGINE, "not a file"),
    ],
)
def test_what_is_missing_short_or_a_link_is_named_at_once(
    tmp_path: Path, spoil: Callable[[Path], None], path: str, words: str
) -> None:
    kit = stand_in_kit(tmp_path / "kit", part_bytes=20_000)
    spoil(kit.folder)
    with pytest.raises(KitDamaged, match=words) as caught:
        read_kit(kit.folder)
    assert caught.value.subject == path


def link(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.symlink_to(path.with_name("elsewhere"))


def device(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


@pytest.mark.parametrize("file", [ENGINE, f"{WORDS}.part001", f"{WORDS}.part003", "python/cpython-stand-in.tar.gz"])
def test_a_flipped_byte_is_found_wherever_it_is_and_nothing_is_installed(tmp_path: Path, file: str) -> None:
    kit = stand_in_kit(tmp_path / "kit", part_bytes=20_000, python=True)
    flip(kit.folder / file, at=50)
    with pytest.raises(KitDamaged, match="changed") as caught:
        verify(read_kit(kit.folder))
    assert caught.value.subject == file
    with pytest.raises(KitDamaged) as caught:
        asyncio.run(build_environment(from_kit(tmp_path / "engines", kit.folder), on_progress=lambda _: None))
    assert caught.value.subject == file
    assert [path.name for path in (tmp_path / "engines").iterdir()] == [".lock"]


def test_parts_that_are_right_each_and_wrong_together_are_found(tmp_path: Path) -> None:
    kit = stand_in_kit(tmp_path / "kit", part_bytes=20_000)
    change_list(kit, lambda told: told["files"][1].update(sha256="0" * 64))
    with pytest.raises(KitDamaged, match="make up the whole"):
        verify(read_kit(kit.folder))


def test_verifying_is_given_up_when_it_is_cancelled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kit = stand_in_kit(tmp_path / "kit", ballast=3_000_000)
    monkeypatch.setattr("engine.setup.kit_files.CHUNK_BYTES", 1)  # it would take many seconds

    async def run() -> None:
        begun = asyncio.Event()
        verifying = asyncio.ensure_future(verify_kit(kit, on_progress=lambda _: begun.set()))
        await begun.wait()
        verifying.cancel()
        with pytest.raises(asyncio.CancelledError):
            await verifying

    asyncio.run(run())


def wheel_with(place: Path, name: str, size: int = 10) -> KitFile:
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, b"\0" * size)
    part = KitPart("wheels/x-1.0-py3-none-any.whl", place.stat().st_size, "0" * 64)
    return KitFile(part.path, part.bytes, part.sha256, 1000, (part,))


@pytest.mark.parametrize(
    ("name", "size", "words"),
    [
        ("x/bomb", 50_000_000, "holds more than"),
        ("/etc/cron.d/x", 10, "beyond its folder"),
        ("x/../../y", 10, "beyond its folder"),
        ("..\\y", 10, "beyond its folder"),
        ("C:\\y", 10, "beyond its folder"),
    ],
)
def test_a_wheel_that_is_a_bomb_or_leads_elsewhere_is_refused(tmp_path: Path, name: str, size: int, words: str) -> None:
    file = tmp_path / "x.whl"
    wheel = wheel_with(file, name, size)
    with pytest.raises(KitDamaged, match=words):
        check_wheel(file, wheel)
    file.write_bytes(b"PK no zip")
    with pytest.raises(KitDamaged, match="not a wheel"):
        check_wheel(file, wheel)


def archive_with(place: Path, *entries: tarfile.TarInfo) -> KitFile:
    with tarfile.open(place, "w:gz") as stream:
        for entry in entries:
            stream.addfile(entry, io.BytesIO(b"\0" * entry.size))
    part = KitPart("python/x.tar.gz", place.stat().st_size, "0" * 64)
    return KitFile(part.path, part.bytes, part.sha256, 1000, (part,))


def entry(name: str, *, size: int = 10, kind: bytes = tarfile.REGTYPE, to: str = "") -> tarfile.TarInfo:
    about = tarfile.TarInfo(name)
    about.type, about.linkname, about.size = kind, to, size if kind == tarfile.REGTYPE else 0
    return about


@pytest.mark.parametrize(
    "bad",
    [
        entry("/etc/x"),
        entry("../x"),
        entry("python/../../x"),
        entry("python/bomb", size=2_000_000),
        entry("python/lib", kind=tarfile.SYMTYPE, to="/etc"),
        entry("python/lib", kind=tarfile.SYMTYPE, to="../../etc"),
        entry("python/lib", kind=tarfile.LNKTYPE, to="/etc/passwd"),
        entry("python/null", kind=tarfile.CHRTYPE),
        entry("python/pipe", kind=tarfile.FIFOTYPE),
    ],
)
def test_a_python_that_would_unpack_elsewhere_is_refused(tmp_path: Path, bad: tarfile.TarInfo) -> None:
    archive, into = tmp_path / "x.tar.gz", tmp_path / "deep" / "into"
    into.mkdir(parents=True)
    good = archive_with(archive, entry("python/bin/python"), entry("python/lib", kind=tarfile.SYMTYPE, to="bin"))
    unpack_python(archive, good, into, stop=Stop())
    assert (into / "python" / "lib" / "python").stat().st_size == 10

    known = archive_with(archive, bad)
    with pytest.raises(KitDamaged):
        unpack_python(archive, known, into, stop=Stop())
    assert {path.name for path in tmp_path.iterdir()} == {"x.tar.gz", "deep"}
    assert {path.name for path in (tmp_path / "deep").iterdir()} == {"into"}


@pytest.mark.parametrize(
    "harm",
    [
        lambda file: flip(file, at=0),
        lambda file: flip(file, at=40),
        lambda file: flip(file, at=file.stat().st_size // 2),
        lambda file: os.truncate(file, file.stat().st_size // 2),
        lambda file: os.truncate(file, 0),
    ],
)
def test_a_harmed_archive_is_refused(tmp_path: Path, harm: Callable[[Path], None]) -> None:
    archive, into = tmp_path / "x.tar.gz", tmp_path / "into"
    known = archive_with(archive, entry("python/bin/python", size=900))
    into.mkdir()
    harm(archive)
    with pytest.raises(KitDamaged):
        unpack_python(archive, known, into, stop=Stop())


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.just("wheels/x-1.0-py3-none-any.whl"),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["files", "path", "bytes", "sha256", "parts", "release", "unpacked_bytes"]),
            inner,
            max_size=6,
        )
    ),
    max_leaves=30,
)


@given(json_values)
@pytest.mark.slow
def test_no_list_is_too_strange(value: Any) -> None:
    if isinstance(value, dict):
        value = {"diglot_kit": 1, **value}
    with pytest.raises((NotAKit, KitDamaged)):
        parse_kit(json.dumps(value).encode(), Path("/kit"))


@given(st.binary())
def test_no_bytes_are_too_strange(raw: bytes) -> None:
    with pytest.raises((NotAKit, KitDamaged)):
        parse_kit(raw, Path("/kit"))
