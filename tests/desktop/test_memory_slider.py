"""The memory slider and its bar: keys, marks, when a choice counts, and shares that always make up the card."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.engine_figures import GIB
from desktop.models.engine import CRUMB_BYTES, Part, Share, offers, shares, without_ours
from desktop.views.memory_bar import MemoryBar
from desktop.views.memory_slider import MemorySlider, Scale
from engine.server.cards import Card, GpuProcess
from engine.server.plan import Plan, make_plan, needs_of_version
from engine.server.state import ServerState, ServerStatus
from tests.support.fake_engine import BLENDER, DESKTOP, OWN_PID, card

NEEDS = needs_of_version("1.5")


def tenths(count: int) -> int:
    return count * GIB // 10


SCALE = Scale(tenths(46), tenths(71), tenths(89), tenths(120))


@pytest.fixture
def slider(qtbot: QtBot) -> MemorySlider:
    made = MemorySlider()
    qtbot.addWidget(made)
    made.resize(360, 60)
    made.show_scale(SCALE)
    made.show_bytes(SCALE.recommended, automatic=True)
    made.show()
    return made


def test_keys_go_by_tenths_by_whole_gib_and_to_the_marks(slider: MemorySlider) -> None:
    moved: list[int] = []
    slider.moved.connect(moved.append)

    for key in (
        Qt.Key.Key_Right,
        Qt.Key.Key_Left,
        Qt.Key.Key_PageUp,
        Qt.Key.Key_PageDown,
        Qt.Key.Key_End,
        Qt.Key.Key_Home,
    ):
        QTest.keyClick(slider.slider, key)

    assert moved == [tenths(72), tenths(71), tenths(81), tenths(71), SCALE.most, SCALE.least]
    QTest.keyClick(slider.spin, Qt.Key.Key_Up)
    assert slider.bytes == tenths(47)


def test_number_and_slider_show_the_same(slider: MemorySlider) -> None:
    slider.spin.setValue(6.3)
    assert slider.bytes == tenths(63)
    slider.slider.setValue(80)
    assert (slider.spin.value(), slider.spin.text()) == (8.0, "8.0 GiB")


@pytest.mark.slow
def test_a_choice_counts_once_it_has_rested(slider: MemorySlider, qtbot: QtBot) -> None:
    chosen: list[int | None] = []
    slider.chosen.connect(chosen.append)

    for _ in range(5):
        QTest.keyClick(slider.slider, Qt.Key.Key_Right)
    assert (chosen, slider.undecided) == ([], True)

    qtbot.waitUntil(lambda: bool(chosen))
    assert (chosen, slider.undecided) == ([tenths(76)], False)


def test_dragging_counts_when_it_is_let_go(slider: MemorySlider, qtbot: QtBot) -> None:
    chosen: list[int | None] = []
    slider.chosen.connect(chosen.append)

    slider.slider.setSliderDown(True)
    slider.slider.setValue(60)
    slider.slider.setValue(61)
    assert slider.undecided
    qtbot.wait(30)
    assert chosen == []
    slider.slider.setSliderDown(False)

    qtbot.waitUntil(lambda: bool(chosen))
    assert chosen == [tenths(61)]


def test_what_is_shown_by_the_engine_is_nobodys_choice(slider: MemorySlider, qtbot: QtBot) -> None:
    told: list[object] = []
    slider.chosen.connect(told.append)
    slider.moved.connect(told.append)

    slider.show_bytes(tenths(50), automatic=False)
    slider.show_scale(Scale(tenths(60), tenths(71), tenths(89), tenths(240)))

    assert told == [] and not slider.undecided
    assert slider.bytes == tenths(60), "the least there is"


def test_the_recommended_amount_is_chosen_by_its_button(slider: MemorySlider) -> None:
    chosen: list[int | None] = []
    slider.chosen.connect(chosen.append)
    assert not slider._recommend.isEnabled()

    slider.slider.setValue(80)
    slider._recommend.click()

    assert chosen == [None]
    assert (slider.bytes, slider._recommend.isEnabled()) == (SCALE.recommended, False)


def test_a_click_on_a_mark_goes_there_and_no_words_lie_over_others(slider: MemorySlider) -> None:
    for scale in (
        SCALE,
        Scale(tenths(46), tenths(47), tenths(48), tenths(480)),
        Scale(tenths(46), tenths(470), tenths(478), tenths(480)),
    ):
        slider.show_scale(scale)
        rooms = [room for *_, room in slider._places.rooms()]
        assert all(one.right() < other.left() for one, other in pairwise(rooms))
        assert rooms[-1].right() <= slider._places.width() + 1
    words, value, _place, room = slider._places.rooms()[2]
    QTest.mouseClick(slider._places, Qt.MouseButton.LeftButton, pos=room.center().toPoint())
    assert (words, slider.slider.value()) == ("most", value)


def test_the_wheel_changes_nothing_in_passing(slider: MemorySlider) -> None:
    before = slider.bytes
    for part in (slider.slider, slider.spin):
        part.clearFocus()
        event = QWheelEvent(
            QPointF(5, 5), QPointF(5, 5), QPoint(0, 0), QPoint(0, 120), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(part, event)
        assert not event.isAccepted()
    assert slider.bytes == before


# -- shares


def planned(on: Card, budget: int | None = None) -> Plan:
    return make_plan(NEEDS, total_bytes=on.total_bytes, free_bytes=on.free_bytes, budget_bytes=budget)


def test_shares_name_the_programs_and_make_up_the_card() -> None:
    on = card(12, BLENDER, DESKTOP)

    found = shares(planned(on), on)

    assert [share.part for share in found[:6]] == [
        *(Part.WEIGHTS, Part.VISION, Part.WORKING, Part.PAGES, Part.SPARE, Part.FREE)
    ]
    assert [(share.name, share.bytes) for share in found[6:]] == [
        ("blender", BLENDER.bytes),
        ("gnome-shell", DESKTOP.bytes),
    ]
    assert sum(share.bytes for share in found) == on.total_bytes


def test_our_own_engine_is_not_among_the_others() -> None:
    ours = GpuProcess(OWN_PID, "VLLM::EngineCore", 7 * GIB)
    on = card(12, ours, BLENDER)

    seen = without_ours(on, 7 * GIB)

    assert seen.free_bytes == on.free_bytes + 7 * GIB
    assert [share.name for share in shares(planned(seen), seen) if share.part is Part.OTHERS] == ["blender"]


def test_programs_that_do_not_say_what_they_hold_are_named_together() -> None:
    silent = Card(
        "GPU-1",
        "RTX",
        0,
        12 * GIB,
        9 * GIB,
        "",
        "",
        (8, 9),
        (GpuProcess(1, "cad", None), GpuProcess(2, "browser", None)),
    )

    (others,) = [share for share in shares(planned(silent), silent) if share.part is Part.OTHERS]

    assert others == Share(Part.OTHERS, 3 * GIB, "cad, browser")


processes = st.lists(
    st.builds(GpuProcess, st.integers(1, 9), st.text(max_size=5), st.none() | st.integers(0, 30 * GIB)), max_size=6
)


@given(
    total=st.integers(GIB, 48 * GIB),
    free=st.integers(0, 48 * GIB),
    budget=st.none() | st.integers(0, 48 * GIB),
    who=processes,
)
def test_shares_always_make_up_the_card_or_more_where_it_does_not_fit(
    total: int, free: int, budget: int | None, who: list[GpuProcess]
) -> None:
    on = Card("GPU-1", "RTX", 0, total, min(free, total), "", "", (8, 9), tuple(who))
    plan = planned(on, budget)

    found = shares(plan, on)

    assert all(share.bytes >= 0 for share in found)
    left_out = max(total, plan.budget_bytes + on.used_bytes) - sum(share.bytes for share in found)
    assert 0 <= left_out < CRUMB_BYTES
    assert len(found) <= 6 + 4


def test_the_bar_says_what_it_shows_and_places_it_in_order(qtbot: QtBot) -> None:
    on = card(12, BLENDER, DESKTOP)
    bar = MemoryBar()
    qtbot.addWidget(bar)
    bar.resize(360, 100)
    bar.show_shares(shares(planned(on), on), on.total_bytes)
    bar.show()

    assert bar.words().startswith("Model 1.9 GiB, Vision")
    assert bar.words().endswith("blender 2.6 GiB, gnome-shell 0.4 GiB")
    rooms = sorted((room.left(), room.right(), share.part) for share, room in bar._bar.stretches())
    assert rooms[0][0] == 0.0 and rooms[-1][1] == pytest.approx(bar._bar.width())
    assert all(one[1] == pytest.approx(other[0]) for one, other in pairwise(rooms))


def test_every_part_looks_different_and_what_does_not_fit_is_seen(qtbot: QtBot) -> None:
    bar = MemoryBar()
    qtbot.addWidget(bar)
    bar.resize(360, 100)
    bar.show()
    seen = []
    for part in Part:
        bar.show_shares([Share(part, GIB)], GIB)
        seen.append(bar._bar.grab().toImage())
    bar.show_shares([Share(Part.PAGES, GIB), Share(Part.OTHERS, GIB // 2, "cad")], GIB)
    seen.append(bar._bar.grab().toImage())
    bar.show_shares([Share(Part.PAGES, GIB // 2), Share(Part.OTHERS, GIB // 2, "cad")], GIB)
    seen.append(bar._bar.grab().toImage())

    assert all(one != other for index, one in enumerate(seen) for other in seen[:index])


# -- what may be asked


@pytest.mark.parametrize(
    ("state", "makes_sense"),
    [
        (ServerState.ABSENT, set()),
        (ServerState.STOPPED, {"start"}),
        (ServerState.STARTING, {"stop"}),
        (ServerState.READY, {"stop", "sleep", "check"}),
        (ServerState.ASLEEP, {"stop", "wake"}),
        (ServerState.STOPPING, set()),
        (ServerState.FAILED, {"start"}),
    ],
)
def test_only_what_makes_sense_is_offered(state: ServerState, makes_sense: set[str]) -> None:
    offered = offers(ServerStatus(state))

    assert {name for name in ("start", "stop", "sleep", "wake", "check") if getattr(offered, name)} == makes_sense


def test_a_check_under_way_is_not_disturbed_and_a_shared_server_does_not_sleep() -> None:
    checking = offers(ServerStatus(ServerState.READY), checking=True)
    assert (checking.stop, checking.sleep, checking.check) == (True, False, False)
    assert not offers(ServerStatus(ServerState.READY, remote="https://a.example")).sleep
