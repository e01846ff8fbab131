"""Words for the engine: all that it can say has them, in English as the engine words it, and in Chinese."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication

from desktop.engine_figures import GIB, count_words, gib, promise, refusal, time_words
from desktop.engine_words import (
    ENGINE_ERRORS,
    FITS,
    PHASES,
    REASONS,
    STATES,
    fit_words,
    host_of,
    reason_words,
    remedy_words,
    remote_words,
    start_words,
    state_words,
)
from desktop.translations import install
from desktop.words import error_words
from engine import engine_errors
from engine.engine_errors import EngineError, NotEnoughMemory, Remedy, RemedyKind
from engine.server.cards import CardFit, GpuProcess, Reason
from engine.server.plan import make_plan, needs_of_version
from engine.server.state import ServerState, ServerStatus, StartPhase
from tests.support.fake_engine import BLENDER, card


def kinds(kind: type[EngineError] = EngineError) -> Iterator[type[EngineError]]:
    yield kind
    for below in kind.__subclasses__():
        if below.__module__ == engine_errors.__name__:
            yield from kinds(below)


@pytest.fixture
def chinese(qapp: QApplication) -> Iterator[QApplication]:
    before = QLocale()
    install(qapp, "zh_CN")
    yield qapp
    install(qapp, "en")
    QLocale.setDefault(before)


def is_chinese(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)


@pytest.mark.parametrize("kind", list(kinds()), ids=lambda kind: kind.__name__)
def test_every_error_is_worded_as_the_engine_words_it(kind: type[EngineError], qapp: QApplication) -> None:
    assert ENGINE_ERRORS[kind] == (kind.title, kind.advice)
    assert error_words(kind()) == (kind.title, kind.advice)


def test_a_stranger_among_the_engines_errors_takes_the_words_of_its_parent(qapp: QApplication) -> None:
    class Stranger(engine_errors.PortTaken):
        pass

    assert error_words(Stranger()).title == engine_errors.PortTaken.title


def test_nothing_is_forgotten() -> None:
    assert set(ENGINE_ERRORS) == set(kinds())
    assert set(STATES) == set(ServerState)
    assert set(PHASES) == set(StartPhase)
    assert set(REASONS) == set(Reason)
    assert set(FITS) == set(CardFit)


def test_all_of_it_is_said_in_chinese(chinese: QApplication) -> None:
    for kind in kinds():
        assert all(map(is_chinese, error_words(kind()))), kind
    for state in ServerState:
        assert all(map(is_chinese, state_words(ServerStatus(state)))), state
    for phase in StartPhase:
        assert is_chinese(start_words(ServerStatus(ServerState.STARTING, phase=phase)))
    assert all(is_chinese(reason_words(reason)) for reason in Reason)
    assert all(is_chinese(fit_words(fit)) for fit in CardFit if fit is not CardFit.GOOD)
    assert all(is_chinese(remedy_words(Remedy(kind, 7 * GIB))) for kind in RemedyKind)
    assert all(is_chinese(words) for words in (remote_words("https://a.example"), time_words(20), time_words(200)))


def test_a_start_says_what_it_does_how_far_it_is_and_how_long_it_takes(qapp: QApplication) -> None:
    status = ServerStatus(ServerState.STARTING, phase=StartPhase.WEIGHTS, step=(3, 4), seconds_left=41.0)

    assert state_words(status) == ("Starting", "Loading the model, 3 of 4 · about 40 s left")


def test_a_failure_says_what_failed(qapp: QApplication) -> None:
    status = ServerStatus(ServerState.FAILED, error=NotEnoughMemory())

    assert state_words(status) == ("Failed", "There is not enough free graphics memory.")


def test_a_remedys_button_says_what_it_does(qapp: QApplication) -> None:
    assert remedy_words(Remedy(RemedyKind.USE_BUDGET, 65 * GIB // 10)) == "Use 6.5 GiB instead"
    assert remedy_words(Remedy(RemedyKind.USE_LENGTH, 8192)) == "Allow pages up to 8\u00a0192 tokens"


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://ocr.house.example:8443", "ocr.house.example:8443"),
        ("http://user:secret@ocr.example/v1", "ocr.example"),
        ("ocr.example", "ocr.example"),
        ("http://[broken", "http://[broken"),
    ],
)
def test_a_server_is_known_by_its_host(address: str, host: str) -> None:
    assert host_of(address) == host


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.5, "5 s"), (47.0, "45 s"), (52.0, "50 s"), (89.0, "90 s"), (100.0, "2 min"), (400.0, "7 min")],
)
def test_estimates_are_said_roughly(seconds: float, said: str, qapp: QApplication) -> None:
    assert time_words(seconds) == said


def test_figures_are_written_as_people_read_them() -> None:
    assert gib(5 * GIB + GIB // 5) == "5.2 GiB"
    assert count_words(1234567) == "1\u00a0234\u00a0567"


def plan(total: float, free: float, budget: float):  # type: ignore[no-untyped-def]
    needs = needs_of_version("1.5")
    return make_plan(needs, total_bytes=int(total * GIB), free_bytes=int(free * GIB), budget_bytes=int(budget * GIB))


def test_a_plan_that_fits_promises_pages_and_their_length(qapp: QApplication) -> None:
    fitting = plan(12, 12, 8)

    pages, tokens = fitting.pages_at_once, count_words(fitting.max_tokens)
    assert promise(fitting) == f"Reads about {pages} pages at once, pages up to {tokens} tokens."


def test_a_plan_that_does_not_fit_says_why_and_who_is_there(qapp: QApplication) -> None:
    taken, small, nameless = (
        card(12, BLENDER),
        card(3),
        card(12, GpuProcess(7, "", GIB), GpuProcess(8, "browser", None)),
    )

    assert refusal(plan(12, 9.4, 11), taken) == (
        "This does not fit: 11.0 GiB are needed and 9.4 GiB are free. The card is also used by blender (2.6 GiB)."
    )
    assert refusal(plan(12, 9.4, 1), taken).startswith("This is too little: the engine needs at least")
    assert refusal(plan(3, 3, 2), small).startswith("This card is too small: the engine needs at least")
    assert refusal(plan(12, 11, 11.5), nameless).endswith("The card is also used by browser.")
