"""The words of the setup: the same as the engine's, none forgotten, sums and figures as people write them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication

from desktop.models.setup import STEPS, left, missing, next_without_asking
from desktop.setup_figures import (
    CHECK_PAGES,
    TABLE_WORDS,
    check_words,
    percent,
    progress_words,
    ran_words,
    size_words,
    table_words,
    why_not,
)
from desktop.setup_turns import Turns, to_choose
from desktop.setup_words import NOTICE, REGIONS, STATE_WORDS, STEP_WORDS, notice, row_words, step_words, waits_words
from desktop.translations import install
from desktop.views.setup_releases import recommended
from engine.local_setup import SetupChoice
from engine.server.check_pages import PAGES
from engine.server.state import ServerState, ServerStatus
from engine.setup import licence
from engine.setup.progress import CopyProgress
from engine.setup.releases import load_releases
from engine.setup.steps import Step, StepState, StepStatus
from tests.desktop.test_translations import is_chinese
from tests.support.fake_engine import card

GIB, MIB = 1 << 30, 1 << 20
KIT = SetupChoice(kit=Path("/kit"))


@pytest.fixture
def chinese(qapp: QApplication) -> Iterator[QApplication]:
    before = QLocale()
    install(qapp, "zh_CN")
    yield qapp
    install(qapp, "en")
    QLocale.setDefault(before)


def test_the_window_says_of_the_licence_what_the_engine_says() -> None:
    assert NOTICE == licence.NOTICE
    assert "South Korea" in NOTICE[REGIONS]


def test_nothing_is_forgotten() -> None:
    assert set(STEP_WORDS) == set(Step) and set(STATE_WORDS) == set(StepState)
    assert len(PAGES) == CHECK_PAGES


def test_all_that_the_table_of_releases_says_can_be_translated(chinese: QApplication) -> None:
    said = {release.refused for release in load_releases()} | {each.ran.self_check for each in load_releases()}
    assert said - {""} == set(TABLE_WORDS)
    assert all(is_chinese(table_words(text)) for text in TABLE_WORDS)


def test_steps_and_licence_are_said_in_chinese(chinese: QApplication) -> None:
    assert all(map(is_chinese, notice()))
    assert all(is_chinese(words) for step in Step for words in step_words(step))
    assert all(is_chinese(row_words(StepStatus(Step.CARD, state), "")) for state in StepState)


@pytest.mark.parametrize(
    ("done", "total", "seconds", "words"),
    [
        (0, 0, None, ""),
        (5 * MIB, 0, None, "5 MiB"),
        (0, 4 * GIB, None, "0 MiB of 4.0 GiB · 0 %"),
        (GIB, 4 * GIB, 200.0, "1.0 GiB of 4.0 GiB · 25 % · about 3 min left"),
        (4 * GIB - 1, 4 * GIB, 1.0, "4.0 GiB of 4.0 GiB · 99 % · about 5 s left"),
    ],
)
def test_progress_in_words(done: int, total: int, seconds: float | None, words: str, qapp: QApplication) -> None:
    assert progress_words(CopyProgress("a", done, total, seconds)) == words


@given(done=st.integers(0, 1 << 50), total=st.integers(1, 1 << 50))
def test_only_the_end_is_a_hundred_per_cent(done: int, total: int) -> None:
    assert (percent(CopyProgress("a", done, total)) == 100) == (done >= total)


def test_sizes_are_written_with_as_much_as_matters() -> None:
    assert [size_words(size) for size in (0, 340 * MIB, GIB, round(5.24 * GIB))] == [
        *("0 MiB", "340 MiB", "1.0 GiB", "5.2 GiB")
    ]


@pytest.mark.parametrize(
    ("pages", "checked", "planned", "words"),
    [
        (12, None, 12, ""),
        (24, True, 24, "12 pages at once were read rightly."),
        (1, True, 1, "The known pages were read rightly, one after the other."),
        (3, False, 24, "Pages were mixed up at 12 at once; 3 at once are right, so Diglot asks for 3."),
        (1, False, 6, "Pages were mixed up when several were read at once, so Diglot reads one after the other."),
        (1, False, 1, "The known pages were not read rightly. Do not trust this engine; install another version."),
    ],
)
def test_the_self_check_in_words(
    pages: int, checked: bool | None, planned: int, words: str, qapp: QApplication
) -> None:
    install(qapp, "en")
    assert check_words(ServerStatus(ServerState.READY, pages_at_once=pages, checked=checked), planned) == words


# -- releases


def test_what_is_recommended_fits_the_card_and_without_one_a_new_driver() -> None:
    table = load_releases()
    keys = {
        driver: found.key if (found := recommended(table, dataclasses.replace(card(), driver=driver))) else ""
        for driver in ("580.95", "550.54", "470.10")
    }
    assert keys == {"580.95": "vllm-0.28.0", "550.54": "vllm-0.18.1", "470.10": ""}
    assert getattr(recommended(table, None), "key", "") == "vllm-0.28.0"
    old = dataclasses.replace(card(), capability=(7, 5))
    assert recommended(table, old) is None
    assert recommended(table, dataclasses.replace(card(), capability=(0, 0))) is not None


def test_a_release_that_is_offered_could_be_installed(qapp: QApplication) -> None:
    for here in (None, card(), dataclasses.replace(card(), driver="550.54")):
        best = recommended(load_releases(), here)
        assert best is not None and why_not(best, here) == ""
        assert all(why_not(each, here) for each in load_releases() if each.refused)


def test_what_was_never_run_is_said_to_be_so(qapp: QApplication) -> None:
    never = [each for each in load_releases() if not each.ran.date]
    assert never and all(ran_words(each.ran) == "not yet" for each in never)


# -- what is left, and whose turn it is


def steps(**states: StepState) -> tuple[StepStatus, ...]:
    return tuple(StepStatus(step, states.get(step.name, StepState.OPEN)) for step in STEPS)


DONE, FAILED, SKIPPED = StepState.DONE, StepState.FAILED, StepState.SKIPPED
ALL_BUT_START = steps(CARD=DONE, DRIVER=DONE, SPACE=DONE, ENGINE=DONE, WEIGHTS=DONE, LICENCE=DONE)


def test_what_has_to_be_done_before(qapp: QApplication) -> None:
    now = steps(ENGINE=DONE, WEIGHTS=SKIPPED)
    assert missing(Step.START, now) == (Step.WEIGHTS, Step.LICENCE)
    assert missing(Step.WEIGHTS, now) == ()
    assert missing(Step.CHECK, steps(WEIGHTS=DONE, LICENCE=DONE), in_place=(Step.ENGINE,)) == ()
    assert waits_words(Step.CHECK, (Step.WEIGHTS,)) == "Before the self-check: “Model”."


def test_what_is_left_can_be_taken_without_asking_only_where_all_is_chosen() -> None:
    assert left(steps(CARD=DONE, DRIVER=SKIPPED, SPACE=FAILED))[0] is Step.SPACE
    assert next_without_asking(steps(), chosen=()) is None
    assert next_without_asking(steps(), chosen=(Step.WEIGHTS,)) is Step.WEIGHTS
    assert next_without_asking(ALL_BUT_START, chosen=()) is Step.START
    assert next_without_asking(ALL_BUT_START, chosen=(), tried=(Step.START,)) is Step.CHECK
    assert to_choose(steps(ENGINE=SKIPPED)) is Step.WEIGHTS
    assert to_choose(ALL_BUT_START) is None


def test_what_was_asked_for_comes_before_what_is_left() -> None:
    turns = Turns()
    turns.ask_all()
    turns.ask(Step.SPACE, SetupChoice())
    chosen = {Step.ENGINE: KIT}
    taken = []
    while (turn := turns.next(steps(), chosen=chosen)) is not None:
        taken.append(turn)
    assert taken == [(Step.SPACE, SetupChoice()), (Step.ENGINE, KIT)]
    turns.ask(Step.ENGINE, KIT)  # again, by hand
    assert turns.next(steps(), chosen={}) == (Step.ENGINE, KIT)


def test_what_is_shut_or_waits_for_others_is_not_taken() -> None:
    turns = Turns()
    turns.ask(Step.START, SetupChoice())
    assert turns.next(steps(), chosen={}) is None and not turns.waiting
    turns.ask_all()
    assert turns.next(ALL_BUT_START, chosen={}, shut=(Step.START, Step.CHECK)) is None


@given(
    states=st.tuples(*[st.sampled_from([*StepState])] * len(STEPS)),
    asked=st.sets(st.sampled_from(STEPS)),
    chosen=st.sets(st.sampled_from([Step.ENGINE, Step.WEIGHTS, Step.LICENCE])),
    everything=st.booleans(),
)
def test_turns_always_come_to_an_end_and_never_repeat(
    states: tuple[StepState, ...], asked: set[Step], chosen: set[Step], everything: bool
) -> None:
    now = tuple(StepStatus(step, state) for step, state in zip(STEPS, states, strict=True))
    turns = Turns()
    if everything:
        turns.ask_all()
    for step in asked:
        turns.ask(step, SetupChoice())
    taken: list[Step] = []
    while (turn := turns.next(now, chosen=dict.fromkeys(chosen, KIT))) is not None:
        taken.append(turn[0])
        assert len(taken) <= len(STEPS)
    assert len(set(taken)) == len(taken)
    assert {step for step in asked if not missing(step, now)} <= set(taken)
