"""The licence: what must be said is said, the consent is to one text, and the text itself is shown without tricks."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.engine_errors import LicenceNotAccepted
from engine.setup.licence import (
    MAX_TEXT_CHARS,
    NOTICE,
    check_accepted,
    consent,
    is_accepted,
    licence_text,
)
from tests.support.made_checkpoints import LICENCE, make_1_5, make_hub_cache


@pytest.mark.parametrize(
    "said",
    [
        "a model by Tencent",
        "not an open-source licence",
        "Tencent is not affiliated",
        "European Union, the United Kingdom and South Korea",
        "nor what it writes may be used there",
        "military",
        "improving other AI models",
        "automated decisions",
        "machine-made",
        "please read it before you accept it",
    ],
)
def test_the_notice_says_what_has_to_be_said(said: str) -> None:
    assert said in " ".join(NOTICE)


def test_a_consent_is_kept_as_text_with_its_day() -> None:
    kept = consent(datetime.date(2026, 11, 25))

    assert kept == "tencent-hunyuan-community 2025-11-25, accepted 2026-11-25"
    assert is_accepted(kept)
    check_accepted(kept)


@pytest.mark.parametrize(
    "kept",
    [
        "",
        "yes",
        "tencent-hunyuan-community 2025-11-25",
        "tencent-hunyuan-community 2025-11-25, accepted",
        "tencent-hunyuan-community 2024-11-25, accepted 2026-11-25",
        "tencent-hunyuan-community 2025-11-25, accepted 2026-11-25 ",
    ],
)
def test_anything_else_is_no_consent_and_is_asked_for(kept: str) -> None:
    assert not is_accepted(kept)
    with pytest.raises(LicenceNotAccepted):
        check_accepted(kept)


def test_the_licence_of_a_model_is_found_also_in_hugging_faces_cache(tmp_path: Path) -> None:
    plain = make_1_5(tmp_path / "model")
    (plain / "Notice.txt").write_text("Tencent Hunyuan is licensed under …", "utf-8")
    (plain / "README.md").write_text("# not the licence")

    text = licence_text(plain)

    assert text == LICENCE.strip().replace("\r\n", "\n") + "\n\nTencent Hunyuan is licensed under …"
    assert licence_text(make_hub_cache(tmp_path / "hub")) is not None


def test_no_licence_is_none_and_a_link_out_is_not_read(tmp_path: Path) -> None:
    folder = make_1_5(tmp_path / "model")
    (folder / "LICENSE").unlink()
    assert licence_text(folder) is None
    assert licence_text(tmp_path / "nowhere") is None

    (tmp_path / "secret").write_text("password")
    (folder / "LICENSE").symlink_to(tmp_path / "secret")
    assert licence_text(folder) is None


@given(st.binary(max_size=300))
def test_a_licence_can_do_nothing_to_the_screen(tmp_path_factory: pytest.TempPathFactory, untrusted: bytes) -> None:
    folder = tmp_path_factory.mktemp("model")
    (folder / "LICENSE").write_bytes(untrusted + "\x1b[2J\u202eevil\u2066".encode())

    text = licence_text(folder)

    assert text is not None
    assert text.endswith("[2Jevil")
    assert all(sign.isprintable() or sign in "\n\t" for sign in text)


def test_a_licence_without_end_is_cut(tmp_path: Path) -> None:
    (tmp_path / "LICENSE").write_text("x" * (MAX_TEXT_CHARS + 5))

    assert licence_text(tmp_path) == "x" * MAX_TEXT_CHARS
