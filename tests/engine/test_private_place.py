"""Owner and commands meet where nobody else can enter, and always find the same place."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine import private_place as place_module
from engine.engine_errors import EngineNotPermitted
from engine.private_place import Place, make_private, meeting_place

as_root = pytest.mark.skipif(os.getuid() != 0, reason="only root can give a folder to another user")


def mode(folder: Path) -> str:
    return oct(folder.stat().st_mode & 0o777)


def test_they_meet_in_the_runtime_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGLOT_HOME", "/home/a/diglot")

    assert meeting_place() == Place(Path("/home/a/diglot/run"))


@pytest.mark.parametrize("name", ["r" * 200, "文档" * 20])
def test_where_its_path_is_too_long_for_a_socket_both_sides_find_the_same_short_one(name: str) -> None:
    runtime, other = Path("/home", name, "run"), Path("/home", name, "other")

    assert meeting_place(runtime) == meeting_place(runtime)
    assert meeting_place(runtime) != meeting_place(other)
    assert meeting_place(runtime).folder == Path(f"/tmp/diglot-{os.getuid()}")
    assert len(os.fsencode(meeting_place(runtime).file("owner.sock"))) <= 100


@pytest.mark.parametrize("length", [78, 79, 80, 81, 82])
def test_no_path_of_a_socket_is_longer_than_a_hundred_bytes(length: int) -> None:
    runtime = Path("/home", "x" * length)

    place = meeting_place(runtime)

    assert len(os.fsencode(place.file("owner.sock"))) <= 100
    assert (place == Place(runtime)) is (len(os.fsencode(runtime / "owner.sock")) <= 100)


def test_the_folder_is_made_for_this_user_alone_whatever_the_mask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        make_private(tmp_path / "a" / "run")
    finally:
        os.umask(before)

    assert mode(tmp_path / "a" / "run") == "0o700"


def test_a_folder_of_ours_that_others_may_look_into_is_shut(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    folder.chmod(0o755)

    make_private(folder)

    assert mode(folder) == "0o700"


@pytest.mark.parametrize("open_to", [0o770, 0o707, 0o777, 0o1777])
def test_a_folder_that_others_may_write_into_is_refused(tmp_path: Path, open_to: int) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    folder.chmod(open_to)

    with pytest.raises(EngineNotPermitted, match="others may write"):
        make_private(folder)


def test_a_link_or_a_file_in_its_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "file").touch()

    for name in ("link", "file"):
        with pytest.raises(EngineNotPermitted):
            make_private(tmp_path / name)

    assert list((tmp_path / "real").iterdir()) == []


@as_root
def test_a_folder_of_another_user_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir(mode=0o700)
    os.chown(folder, 65534, 65534)

    with pytest.raises(EngineNotPermitted, match="another user"):
        make_private(folder)


@pytest.mark.parametrize("spoilt", ["link", "open", pytest.param("foreign", marks=as_root)])
@pytest.mark.parametrize("below", ["", "run"])
def test_among_temporary_files_the_folders_above_are_looked_at_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoilt: str, below: str
) -> None:
    monkeypatch.setattr(place_module, "SHARED_TEMPORARY", tmp_path)
    ours = tmp_path / "diglot-7"
    if spoilt == "link":
        (tmp_path / "elsewhere").mkdir(mode=0o700)
        ours.symlink_to(tmp_path / "elsewhere")
    else:
        ours.mkdir(mode=0o700)
        if spoilt == "open":
            ours.chmod(0o777)
        else:
            os.chown(ours, 65534, 65534)

    with pytest.raises(EngineNotPermitted):
        make_private(ours / below)

    assert list(ours.iterdir()) == []
