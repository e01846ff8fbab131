"""Every machine is told as it is, and one without a usable card says why: played back from recorded ones."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from typing import Any

import pynvml
import pytest

from engine.engine_errors import CardLost, EngineNotPermitted, NoCard
from engine.server.hardware import Card, CardFit, GpuProcess, Reason, Survey, error_of, survey, survey_cards
from tests.support import recorded_cards
from tests.support.recorded_cards import (
    BROWSER,
    CAD,
    DESKTOP,
    GAME,
    MIB,
    NAMES,
    OURS,
    RecordedCard,
    RecordedMachine,
    Used,
)


def only_card(machine: RecordedMachine) -> Card:
    found = survey(machine)
    assert found.reason is Reason.NONE
    (card,) = found.cards
    return card


def test_a_card_is_told_with_all_that_the_setup_asks() -> None:
    card = only_card(recorded_cards.office_12())

    assert card == Card(
        uuid="GPU-0",
        name="NVIDIA GeForce RTX 4070",
        index=0,
        total_bytes=12000 * MIB,  # without what the driver keeps: CUDA, and so vLLM, does not count that
        free_bytes=11010 * MIB,
        driver="580.95.05",
        cuda="13.0",
        capability=(8, 9),
        processes=(GpuProcess(BROWSER, "firefox", 610 * MIB), GpuProcess(DESKTOP, "gnome-shell", 180 * MIB)),
        fit=CardFit.GOOD,
    )
    assert card.used_bytes == 990 * MIB
    assert card.unexplained_bytes == 200 * MIB


@pytest.mark.parametrize(("number", "words"), [(13000, "13.0"), (12090, "12.9"), (12040, "12.4"), (11080, "11.8")])
def test_the_drivers_cuda_is_written_as_people_write_it(number: int, words: str) -> None:
    machine = RecordedMachine(*recorded_cards.laptop_8().cards, cuda=number)

    assert only_card(machine).cuda == words


def test_who_holds_the_memory_is_named_once_the_largest_first() -> None:
    card = only_card(recorded_cards.cad_at_work())

    assert [(each.name, each.bytes) for each in card.processes] == [("cad", 20500 * MIB), ("gnome-shell", 180 * MIB)]


def test_what_one_list_does_not_say_the_other_may() -> None:
    users = [Used(CAD, 900), Used(CAD, None, draws=True, calculates=False)]

    card = only_card(RecordedMachine(RecordedCard("card", 8188, 225, 7000, users=users), names=NAMES))

    assert card.processes == (GpuProcess(CAD, "cad", 900 * MIB),)


def test_a_program_of_this_system_is_named_by_the_system() -> None:
    machine = RecordedMachine(RecordedCard("card", 8188, 225, 7000, users=[Used(os.getpid(), 300)]))

    (process,) = only_card(machine).processes

    assert process.name
    assert process.name in f"{sys.executable} {' '.join(sys.orig_argv)}"


def test_a_program_cannot_write_into_our_lines() -> None:
    name = "/tmp/evil\x1b[31m\nCard: all is well\u202e" + "x" * 500
    users = [Used(CAD, 1), Used(GAME, 2), Used(BROWSER, 3)]
    machine = RecordedMachine(RecordedCard("card", 8188, 225, 7000, users=users), names={CAD: name, GAME: b"\xff\xfe"})

    browser, game, cad = only_card(machine).processes

    assert cad.name.isprintable()
    assert cad.name.startswith("evil[31mCard: all is well")
    assert len(cad.name) <= 60
    assert (game.name, browser.name) == ("", "")  # not text, and gone meanwhile


def test_two_cards_are_both_told_and_the_better_one_is_taken() -> None:
    found = survey(recorded_cards.two_cards())

    old, good = found.cards
    assert (old.index, old.fit, old.capability) == (0, CardFit.NO_BF16, (6, 1))
    assert (good.index, good.fit) == (1, CardFit.GOOD)
    assert found.card("") is good
    assert found.card(old.uuid) is old
    assert found.card("GPU-sold") is None


def test_a_divided_card_is_told_as_divided() -> None:
    whole = RecordedCard("NVIDIA A100-SXM4-40GB", 40960, 590, 40300, capability=(8, 0), mig=False)
    split = RecordedCard("NVIDIA A100-SXM4-40GB", 40960, 590, 40300, capability=(8, 0), mig=True)

    found = survey(RecordedMachine(split, whole))

    assert [each.fit for each in found.cards] == [CardFit.SPLIT, CardFit.GOOD]
    assert found.card("") is found.cards[1]


def test_a_card_that_hides_its_capability_is_not_called_good() -> None:
    machine = RecordedMachine(*recorded_cards.laptop_8().cards, lacks=("nvmlDeviceGetCudaComputeCapability",))

    card = only_card(machine)

    assert (card.capability, card.fit) == ((0, 0), CardFit.UNKNOWN)


def test_wsl_tells_the_memory_but_not_who_has_it() -> None:
    card = only_card(recorded_cards.wsl())

    assert card.processes == ()
    assert (card.total_bytes, card.free_bytes) == (12288 * MIB, 10900 * MIB)
    assert card.unexplained_bytes == card.used_bytes


def test_windows_names_programs_without_what_they_have() -> None:
    card = only_card(recorded_cards.windows())

    assert card.processes == (GpuProcess(CAD, "cad", None), GpuProcess(GAME, "game.exe", None))
    assert card.unexplained_bytes == card.used_bytes


def test_a_driver_older_than_the_library_tells_all_but_the_programs() -> None:
    lacks = ("processes_v3", "nvmlDeviceGetMemoryInfo_v2", "nvmlSystemGetCudaDriverVersion_v2")
    card = only_card(RecordedMachine(*recorded_cards.laptop_8().cards, lacks=lacks))

    assert (card.processes, card.cuda, card.total_bytes) == ((), "", 8188 * MIB)


@pytest.mark.parametrize(
    ("held_mib", "unless_told_mib", "expected_mib"),
    [
        ([5000], 0, 5000),
        ([4800, 200], 0, 5000),
        ([None], 4000, 4000),  # not told: what our own plan says
        ([None, 700], 4000, 4000),
        ([], 4000, 4000),
        ([], 0, 0),
        ([99999], 0, 6000),  # more than is used at all
        ([], 99999, 6000),
    ],
)
def test_what_our_engine_holds_counts_as_free_for_its_next_start(
    held_mib: list[int | None], unless_told_mib: int, expected_mib: int
) -> None:
    ours = [GpuProcess(OURS + number, "VLLM::EngineCor", mib and mib * MIB) for number, mib in enumerate(held_mib)]
    others = [GpuProcess(CAD, "cad", 900 * MIB)]
    card = Card("u", "n", 0, 8000 * MIB, 2000 * MIB, "580", "13.0", (8, 9), (*others, *ours))

    free = card.free_bytes + card.held_by({OURS, OURS + 1}, unless_told=unless_told_mib * MIB)

    assert free == (2000 + expected_mib) * MIB


REASONS = {
    pynvml.NVML_ERROR_LIBRARY_NOT_FOUND: (Reason.NO_LIBRARY, NoCard),
    pynvml.NVML_ERROR_DRIVER_NOT_LOADED: (Reason.NO_DRIVER, NoCard),
    pynvml.NVML_ERROR_GPU_NOT_FOUND: (Reason.NO_CARD, NoCard),
    pynvml.NVML_ERROR_NOT_FOUND: (Reason.NO_CARD, NoCard),
    pynvml.NVML_ERROR_NO_PERMISSION: (Reason.NOT_PERMITTED, EngineNotPermitted),
    pynvml.NVML_ERROR_OPERATING_SYSTEM: (Reason.NOT_PERMITTED, EngineNotPermitted),
    pynvml.NVML_ERROR_GPU_IS_LOST: (Reason.CARD_LOST, CardLost),
    pynvml.NVML_ERROR_RESET_REQUIRED: (Reason.DRIVER_RESET, CardLost),
    pynvml.NVML_ERROR_NOT_READY: (Reason.DRIVER_RESET, CardLost),
    pynvml.NVML_ERROR_LIB_RM_VERSION_MISMATCH: (Reason.DRIVER_CHANGED, CardLost),
    pynvml.NVML_ERROR_TIMEOUT: (Reason.NO_ANSWER, CardLost),
    pynvml.NVML_ERROR_UNKNOWN: (Reason.UNKNOWN, NoCard),
    pynvml.NVML_ERROR_CORRUPTED_INFOROM: (Reason.UNKNOWN, NoCard),
    4711: (Reason.UNKNOWN, NoCard),  # a code of a driver to come
}


@pytest.mark.parametrize("code", REASONS)
@pytest.mark.parametrize("where", ["library", "card"])
def test_every_failure_of_the_library_is_a_reason_and_an_error(code: int, where: str) -> None:
    card = RecordedCard("NVIDIA GeForce RTX 4090", 24564, 354, 23800, error=code if where == "card" else 0)
    machine = RecordedMachine(card, init_error=code if where == "library" else 0)

    found = survey(machine)

    reason, kind = REASONS[code]
    assert (found.cards, found.reason) == ((), reason)
    assert found.detail
    assert type(error_of(found)) is kind
    assert machine.open == 0


def test_a_machine_whose_driver_knows_no_card_says_so() -> None:
    found = survey(RecordedMachine())

    assert found == Survey((), Reason.NO_CARD)
    assert isinstance(error_of(found), NoCard)


def test_a_lost_card_does_not_hide_the_other_one() -> None:
    machine = recorded_cards.two_cards()
    machine.cards[0].error = pynvml.NVML_ERROR_GPU_IS_LOST

    found = survey(machine)

    assert [each.index for each in found.cards] == [1]
    assert [(each.index, each.reason) for each in found.silent] == [(0, Reason.CARD_LOST)]
    assert found.reason is Reason.NONE


@pytest.mark.parametrize("index", range(2))
def test_a_card_lost_while_it_is_asked_is_lost(index: int, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = recorded_cards.laptop_8()
    asks = ("nvmlDeviceGetMemoryInfo", "nvmlDeviceGetCudaComputeCapability")

    def fail(*_: Any, **__: Any) -> None:
        raise pynvml.NVMLError(pynvml.NVML_ERROR_GPU_IS_LOST)

    monkeypatch.setattr(machine, asks[index], fail)

    assert survey(machine).reason is Reason.CARD_LOST


def test_without_the_python_library_there_is_no_card(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", None)

    found = survey()

    assert (found.cards, found.reason) == ((), Reason.NO_LIBRARY)


def test_this_machine_gives_an_answer_too() -> None:
    found = survey()

    assert bool(found.cards) is (found.reason is Reason.NONE)


def test_the_library_is_closed_again() -> None:
    machine = recorded_cards.two_cards()

    survey(machine)
    survey(machine)

    assert machine.open == 0


def test_asking_does_not_hold_up_the_loop() -> None:
    gate = threading.Event()
    machine = RecordedMachine(*recorded_cards.laptop_8().cards, hangs=gate)

    async def scenario() -> Survey:
        asked = asyncio.create_task(survey_cards(machine))
        for _ in range(5):
            await asyncio.sleep(0)  # the loop turns while the library is busy
        assert not asked.done()
        gate.set()
        return await asked

    assert [each.name for each in asyncio.run(scenario()).cards] == ["NVIDIA GeForce RTX 4060 Laptop GPU"]


def test_a_driver_that_hangs_is_no_answer_and_is_asked_once_at_a_time() -> None:
    gate = threading.Event()
    stuck = RecordedMachine(*recorded_cards.laptop_8().cards, hangs=gate)
    well = recorded_cards.laptop_8()

    async def scenario() -> None:
        assert await survey_cards(stuck, within_s=0.05) == Survey((), Reason.NO_ANSWER)
        assert await survey_cards(well, within_s=0.05) == Survey((), Reason.NO_ANSWER)
        gate.set()
        assert (await survey_cards(well)).reason is Reason.NONE

    try:
        asyncio.run(scenario())
    finally:
        gate.set()


def test_a_defect_comes_back_to_the_one_who_asked() -> None:
    class Broken(RecordedMachine):
        def nvmlDeviceGetCount(self) -> int:  # noqa: N802
            raise AttributeError("no such function")

    with pytest.raises(AttributeError):
        asyncio.run(survey_cards(Broken()))


def test_an_asker_who_left_is_not_missed() -> None:
    gate = threading.Event()
    machine = RecordedMachine(*recorded_cards.laptop_8().cards, hangs=gate)

    async def scenario() -> None:
        asked = asyncio.create_task(survey_cards(machine))
        await asyncio.sleep(0)
        asked.cancel()
        await asyncio.gather(asked, return_exceptions=True)
        gate.set()
        assert (await survey_cards(recorded_cards.laptop_8())).cards

    asyncio.run(scenario())
