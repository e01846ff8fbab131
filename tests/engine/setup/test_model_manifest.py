"""Lists of hashes that anybody may have written: what is meant is found, and nothing escapes the named error."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.engine_errors import ModelDamaged
from engine.setup.checkpoint_files import FoundFile
from engine.setup.model_manifest import Entry, HashList, OwnManifest, parse_list, read_own

A, B = "a" * 64, "b" * 64
KEYS = st.sampled_from(["files", "path", "name", "sha256", "size", "model.safetensors", "x"])
LIST_LIKE = st.recursive(
    st.none() | st.integers() | st.text(max_size=8) | st.sampled_from([A, B]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


def asked(entries: list[Entry], name: str) -> Entry | None:
    found = FoundFile(name, Path("/media/stick/HunyuanOCR", name), 1)
    return HashList(entries, name="list", folder=Path("/media/stick")).expected(found)


@pytest.mark.parametrize(
    "text",
    [
        f"{A}  model.safetensors\n{B} *config.json\n",
        f"# made with care\n\n{A.upper()}  model.safetensors\r\n{B}  config.json\r\n",
        json.dumps(
            {"files": [{"path": "model.safetensors", "sha256": A, "bytes": 9}, {"name": "config.json", "sha256": B}]}
        ),
        json.dumps({"model.safetensors": A, "config.json": {"sha256": B, "size": 3}}),
        json.dumps([{"kit": {"parts": {"file": "model.safetensors", "sha256": A}}}, {"config.json": B}]),
    ],
    ids=["sha256sum", "by hand", "kit", "by name", "nested"],
)
def test_the_usual_forms_are_understood(text: str) -> None:
    found = {entry.path: entry.sha256 for entry in parse_list(text.encode(), "list")}

    assert found == {"model.safetensors": A, "config.json": B}


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["config.json", "dflash/config.json"], A),  # the file's own name before one that only ends so
        (["dflash/config.json", "config.json"], B),
        (["HunyuanOCR/config.json", "config.json"], A),  # the very file, seen from the list's place
        (["x/config.json", "y/config.json"], None),  # nobody knows which
        (["/data/m/config.json", "/data/m/v1.0/config.json"], A),
        (["other.json", "myconfig.json"], None),
    ],
)
def test_the_entry_that_is_meant_is_found_or_none(paths: list[str], expected: str | None) -> None:
    entry = asked([Entry(path, sha256) for path, sha256 in zip(paths, (A, B), strict=True)], "config.json")

    assert (entry.sha256 if entry else None) == expected


@given(st.binary(max_size=120) | LIST_LIKE.map(lambda value: json.dumps(value).encode()))
def test_no_list_escapes_the_named_error(untrusted: bytes) -> None:
    with contextlib.suppress(ModelDamaged):
        for entry in parse_list(untrusted, "list"):
            assert len(entry.sha256) == 64
            asked([entry], "config.json")


@given(LIST_LIKE)
def test_no_list_of_ours_escapes_the_named_error(tmp_path_factory: pytest.TempPathFactory, value: Any) -> None:
    folder = tmp_path_factory.mktemp("model")
    (folder / "diglot-model.json").write_text(json.dumps({"format": 1, "files": value}))

    with contextlib.suppress(ModelDamaged):
        assert read_own(folder)


def test_our_own_list_comes_back_as_it_was_written(tmp_path: Path) -> None:
    own = OwnManifest((Entry("a.json", A, 3), Entry("dflash/b.json", B, 4)), "1.5", ("a.json: auto_map",))

    assert read_own(tmp_path) is None
    (tmp_path / "diglot-model.json").write_text(own.as_text(imported="2026-11-25"), "utf-8")
    assert read_own(tmp_path) == own
