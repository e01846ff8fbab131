"""The server's command line and environment: what is in them, and above all what is not."""

from __future__ import annotations

import dataclasses
import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import UsageError
from engine.server.command import (
    FORBIDDEN_FLAGS,
    KEY,
    MAX_TEMPORARY_BYTES,
    PASSED_ON,
    StartOrder,
    server_argv,
    server_environment,
    temporary_folder,
)
from engine.server.keeper import MARK
from tests.support.engines import ORDER

PLACES = st.sampled_from(["/data/模型", "/opt/a b", "/m", "/x/#1", "C:/engine"]).map(Path)
ORDERS = st.builds(
    StartOrder,
    python=PLACES,
    model=PLACES,
    flags=st.lists(st.sampled_from(["--enforce-eager", "--max-num-seqs=3", "-tp", "1"])).map(tuple),
    token=st.text("0123456789abcdef", min_size=8, max_size=16),
    key=st.text("GHIJKLMNOPQRSTUVWXYZ-_", min_size=16, max_size=43),
    home=PLACES,
    socket=PLACES,
    port=st.none(),
    can_sleep=st.booleans(),
    card=st.sampled_from(["", "GPU-0"]),
    draft=st.none() | PLACES,
    marker=st.sampled_from(["", "diglot:1:2:3:0123abcd"]),
)


def test_an_order_becomes_this_command_line() -> None:
    assert server_argv(ORDER) == [
        *("/opt/engine/bin/python", "-m", "vllm.entrypoints.openai.api_server", "--model", "/data/HunyuanOCR"),
        *("--served-model-name", "HunyuanOCR", "diglot-t0ken", "--uds", "/run/user/1000/diglot/e.sock"),
        *("--middleware", "diglot_vllm.door.Door", "--disable-fastapi-docs"),
        *("--disable-access-log-for-endpoints", "/health,/metrics,/load,/is_sleeping,/v1/models,/diglot/proof"),
        *("--allowed-media-domains", "nowhere.invalid", "--max-model-len", "16384"),
    ]


def test_a_port_is_opened_on_the_loopback_device_only() -> None:
    words = server_argv(dataclasses.replace(ORDER, socket=None, port=6688))
    assert words[words.index("--host") : words.index("--host") + 4] == ["--host", "127.0.0.1", "--port", "6688"]
    assert "--uds" not in words


def test_the_draft_is_told_as_json_and_further_flags_come_last() -> None:
    order = dataclasses.replace(ORDER, draft=Path("/data/模型/dflash"), extra_flags=("--seed", "7"))
    words = server_argv(order)
    told = json.loads(words[words.index("--speculative-config") + 1])
    assert told == {"method": "dflash", "model": "/data/模型/dflash", "num_speculative_tokens": 15}
    assert words[-2:] == ["--seed", "7"]


@pytest.mark.parametrize("socket", [True, False])
@pytest.mark.parametrize("can_sleep", [True, False])
def test_routes_that_can_run_code_are_there_for_sleeping_behind_a_socket_only(socket: bool, can_sleep: bool) -> None:
    order = dataclasses.replace(ORDER, can_sleep=can_sleep)
    order = order if socket else dataclasses.replace(order, socket=None, port=1)
    wanted = socket and can_sleep
    assert ("--enable-sleep-mode" in server_argv(order)) == wanted
    assert ("VLLM_SERVER_DEV_MODE" in server_environment(order, {})) == wanted


@given(ORDERS)
@pytest.mark.slow
def test_the_key_is_in_the_environment_and_never_on_the_command_line(order: StartOrder) -> None:
    assert not any(order.key in word for word in server_argv(order))
    assert server_environment(order, {})[KEY] == order.key
    assert order.key not in repr(order)


@given(ORDERS)
def test_no_code_comes_out_of_a_model_folder_and_no_file_or_address_is_fetched(order: StartOrder) -> None:
    words = server_argv(order)
    assert "--trust-remote-code" not in words
    assert "--allowed-local-media-path" not in words
    assert words[words.index("--allowed-media-domains") + 1].endswith(".invalid")


@given(st.sampled_from(FORBIDDEN_FLAGS), st.integers(3, 40), st.booleans(), st.sampled_from(["", "=x"]))
def test_flags_that_are_never_passed_on_are_refused_however_they_are_spelt(
    flag: str, letters: int, underlined: bool, value: str
) -> None:
    spelt = flag[:letters]  # the server completes what is unambiguous
    spelt = "--" + spelt[2:].replace("-", "_") if underlined else spelt
    with pytest.raises(UsageError):
        server_argv(dataclasses.replace(ORDER, extra_flags=(spelt + value,)))
    with pytest.raises(UsageError):
        server_argv(dataclasses.replace(ORDER, flags=(spelt + value,)))


@given(
    st.dictionaries(st.sampled_from([*PASSED_ON, "HTTPS_PROXY", "all_proxy", "AWS_SECRET", "PYTHONPATH"]), st.text())
)
def test_of_the_users_session_the_server_learns_what_is_listed_and_nothing_else(session: dict[str, str]) -> None:
    made = server_environment(ORDER, session)
    unlisted = {"HTTPS_PROXY", "all_proxy", "AWS_SECRET", "PYTHONPATH"}
    assert not unlisted & made.keys()
    assert made["PATH"].startswith("/opt/engine/bin:")


@given(ORDERS)
def test_all_that_it_writes_lies_under_its_home_or_is_temporary(order: StartOrder) -> None:
    made = server_environment(order, {})
    places = {name: value for name, value in made.items() if value.startswith(("/", "C:")) and name != "PATH"}
    temporary = temporary_folder(order).as_posix()
    assert {"HOME", "HF_HOME", "VLLM_CACHE_ROOT", "XDG_CONFIG_HOME", "TRITON_CACHE_DIR", "TMPDIR"} <= places.keys()
    for name, place in places.items():
        assert place == temporary or Path(place).is_relative_to(order.home), name


@given(ORDERS)
def test_it_says_no_word_to_the_network(order: StartOrder) -> None:
    made = server_environment(order, {})
    for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "VLLM_NO_USAGE_STATS", "DO_NOT_TRACK"):
        assert made[name] == "1"
    assert made["VLLM_HOST_IP"] == "127.0.0.1"


@given(ORDERS, st.dictionaries(st.sampled_from([KEY, MARK, "OMP_NUM_THREADS", "HOME"]), st.text()))
def test_further_variables_count_but_never_replace_key_and_mark(order: StartOrder, extra: dict[str, str]) -> None:
    order = dataclasses.replace(order, extra_environment=tuple(extra.items()), marker="diglot:1:2:3:0123abcd")
    made = server_environment(order, {"OMP_NUM_THREADS": "9"})
    assert made[KEY] == order.key
    assert made[MARK] == order.marker
    for name in extra.keys() - {KEY, MARK}:
        assert made[name] == extra[name]


def test_it_sees_the_chosen_card_only() -> None:
    assert server_environment(dataclasses.replace(ORDER, card="GPU-1"), {})["CUDA_VISIBLE_DEVICES"] == "GPU-1"
    assert "CUDA_VISIBLE_DEVICES" not in server_environment(ORDER, {})


@pytest.mark.parametrize(
    ("home", "socket", "expected"),
    [
        ("/home/u/e", "/run/u/e.sock", "/home/u/e/tmp"),
        ("/home/李/e", "/run/u/e.sock", "/run/u/tmp"),
        ("/home/" + "long/" * 12, "/run/u/e.sock", "/run/u/tmp"),
    ],
)
def test_temporary_files_go_where_sockets_have_short_and_plain_names(home: str, socket: str, expected: str) -> None:
    order = dataclasses.replace(ORDER, home=Path(home), socket=Path(socket))
    assert temporary_folder(order) == Path(expected)


def test_where_no_name_is_short_and_plain_temporary_files_go_into_a_folder_of_their_own() -> None:
    odd = dataclasses.replace(ORDER, socket=Path("/run/u x/e.sock"))
    here, there = (dataclasses.replace(odd, home=Path(home)) for home in ("/home/a b", "/home/李"))
    assert temporary_folder(here).parent == Path(f"/tmp/diglot-{os.getuid()}")
    assert len(temporary_folder(here).as_posix()) <= MAX_TEMPORARY_BYTES
    assert temporary_folder(here) != temporary_folder(there)


def test_an_order_that_could_not_be_served_is_refused() -> None:
    with pytest.raises(ValueError, match="socket or on a port"):
        dataclasses.replace(ORDER, port=1)
    with pytest.raises(ValueError, match="socket or on a port"):
        dataclasses.replace(ORDER, socket=None)
    with pytest.raises(ValueError, match="107 bytes"):
        dataclasses.replace(ORDER, socket=Path("/run/" + "文" * 40))
