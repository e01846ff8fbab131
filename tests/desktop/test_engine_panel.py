"""The engine in the window: badge, actions and panel follow it, and what a person does there reaches it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel

from desktop.app import Parts
from desktop.engine_desk import EngineDesk
from desktop.engine_figures import GIB
from desktop.translations import install
from desktop.views.banner import BannerStack
from desktop.views.engine_panel import EnginePanel
from desktop.views.engine_sign import Sign
from engine.engine_errors import EngineCrashed, NotEnoughMemory, OwnedElsewhere, Remedy, RemedyKind
from engine.server.cards import Reason
from engine.server.state import ServerState, StartPhase
from tests.desktop.test_accessibility import nameless
from tests.support.bad_files import pdf
from tests.support.desk import desk, pane, until
from tests.support.fake_engine import BLENDER, DESKTOP, FakeEngine, card, sample


@pytest.fixture(autouse=True)
def english(qapp: QApplication) -> None:
    install(qapp, "en")


async def opened(parts: Parts) -> EnginePanel:
    """Open the panel and wait until it knows what is on the machine."""
    engine_desk = parts.bench.engine_desk()
    parts.window.acts.engine.trigger()
    panel = engine_desk._panel
    assert isinstance(panel, EnginePanel)
    await until(lambda: panel.isVisible() and panel.memory._overview is not None)
    return panel


async def says(panel: EnginePanel, word: str) -> None:
    """Wait until it says this of the engine."""
    await until(lambda: panel.state.word.text() == word)


def usable(panel: EnginePanel) -> set[str]:
    return {button.text() for button in panel._buttons if button.isVisible() and button.isEnabled()}


def calls(engine: FakeEngine, name: str) -> list[Any]:
    return [told for called, told in engine.calls if called == name]


def gib(amount: float) -> int:
    return round(amount * 10) * GIB // 10


# -- states


@pytest.mark.qloop
async def test_every_state_is_told_in_a_word_a_sign_and_what_can_be_done() -> None:
    engine = FakeEngine(card(12, BLENDER))
    async with desk(engine=engine) as parts:
        panel = await opened(parts)
        badge = parts.window.badge
        for state, word, sign, can in (
            (ServerState.STOPPED, "Off", Sign.OFF, {"Start"}),
            (ServerState.STARTING, "Starting", Sign.BUSY, {"Stop"}),
            (ServerState.READY, "Ready", Sign.READY, {"Stop", "Sleep", "Self-check"}),
            (ServerState.ASLEEP, "Asleep", Sign.ASLEEP, {"Stop", "Wake"}),
            (ServerState.STOPPING, "Stopping", Sign.BUSY, set()),
            (ServerState.FAILED, "Failed", Sign.FAILED, {"Start"}),
        ):
            engine.become(state)
            await says(panel, word)
            assert (panel.state._sign._sign, usable(panel)) == (sign, can)
            assert badge.words.startswith(word) and badge._sign is sign
            assert badge.accessibleName().startswith(f"Engine: {word}")
            assert panel.state.sentence.text()
        assert parts.window.badge.toolTip(), "it says what a click does"


@pytest.mark.qloop
async def test_a_start_shows_its_phase_and_its_progress_and_moves_nothing() -> None:
    engine = FakeEngine(card())
    async with desk(engine=engine) as parts:
        panel = await opened(parts)
        stood = panel.memory.mapTo(panel, panel.memory.rect().topLeft())

        engine.become(ServerState.STARTING, phase=StartPhase.WEIGHTS, progress=0.42, step=(3, 4), seconds_left=38.0)
        await until(lambda: panel.state.bar.isVisible())

        assert panel.state.sentence.text() == "Loading the model, 3 of 4 · about 40 s left"
        assert panel.state.bar.value() == 420
        assert parts.window.badge.words == "Starting 42 %"
        await asyncio.sleep(0.05)
        assert panel.memory.mapTo(panel, panel.memory.rect().topLeft()) == stood
        engine.become(ServerState.STARTING)
        await until(lambda: panel.state.bar.maximum() == 0)


@pytest.mark.qloop
async def test_pages_that_wait_for_the_self_check_are_told_of_it_without_the_panel() -> None:
    engine = FakeEngine(card())
    async with desk(engine=engine) as parts:
        badge = parts.window.badge
        parts.bench.furnish()

        engine.become(ServerState.READY, check_progress=0.25)
        await until(lambda: badge.words == "Self-check 25 %")
        assert badge._sign is Sign.BUSY
        engine.become(ServerState.READY, check_progress=None)
        await until(lambda: badge.words.startswith("Ready") and badge._sign is Sign.READY)


@pytest.mark.qloop
async def test_a_ready_engine_says_what_it_holds_and_what_the_self_check_found() -> None:
    engine = FakeEngine(card(12, BLENDER))
    async with desk(engine=engine) as parts:
        panel = await opened(parts)

        engine.become(ServerState.READY, checked=False, restarts=2)
        await until(lambda: panel.state.advice.isVisible())

        assert engine.plan is not None
        assert parts.window.badge.words == f"Ready {engine.plan.budget_bytes / GIB:.1f} GiB"
        assert "mixed up" in panel.state.advice.text() and "again" in panel.state.advice.text()


@pytest.mark.qloop
async def test_what_is_not_set_up_leads_to_the_setup_and_shows_nothing_else() -> None:
    engine = FakeEngine(card(), state=ServerState.ABSENT)
    engine.needs = None
    async with desk(engine=engine) as parts:
        asked: list[bool] = []
        parts.bench.engine_desk().set_up_asked.connect(lambda: asked.append(True))
        panel = await opened(parts)

        assert panel.state.remedy.text() == "Set up…"
        assert not panel.memory.slider.isVisible() and "as soon as it is set up" in panel.memory._calm.text()
        assert not panel.live.isVisible() and not panel.log.isVisible() and usable(panel) == set()
        panel.state.remedy.click()
        parts.window.acts.engine_set_up.trigger()
        assert asked == [True, True]


@pytest.mark.qloop
async def test_a_machine_without_a_card_is_told_calmly_what_works() -> None:
    engine = FakeEngine(state=ServerState.ABSENT, reason=Reason.NO_CARD)
    async with desk(engine=engine) as parts:
        panel = await opened(parts)

        words = panel.memory._calm.text()
        assert words.startswith("There is no NVIDIA card in this computer.")
        assert "built-in reader" in words and not panel.memory.bar.isVisible()


# -- memory


@pytest.mark.qloop
@pytest.mark.slow
async def test_the_sentence_follows_the_slider_at_once_and_the_choice_is_kept_when_it_rests() -> None:
    engine = FakeEngine(card(12, DESKTOP))
    async with desk(engine=engine) as parts:
        memory = (await opened(parts)).memory
        before = memory.sentence.text()
        assert before.startswith("Reads about")

        memory.slider.slider.setValue(60)
        assert memory.sentence.text() != before and calls(engine, "change") == []
        assert memory.slider.slider.accessibleDescription() == f"6.0 GiB. {memory.sentence.text()}"
        memory.slider.slider.setValue(61)

        await until(lambda: calls(engine, "change"))
        assert calls(engine, "change") == [{"budget_bytes": gib(6.1)}]
        await until(lambda: not memory.slider.undecided)
        assert memory.slider.bytes == gib(6.1) and memory.slider._recommend.isEnabled()

        memory.slider._recommend.click()
        await until(lambda: len(calls(engine, "change")) == 2)
        assert engine.settings.budget_bytes is None
        assert memory.sentence.text() == before


@pytest.mark.qloop
async def test_what_does_not_fit_says_who_holds_the_memory() -> None:
    engine = FakeEngine(card(12, BLENDER))
    async with desk(engine=engine) as parts:
        memory = (await opened(parts)).memory

        memory.slider.slider.setValue(110)

        assert memory.sentence.text() == (
            "This does not fit: 11.0 GiB are needed and 9.4 GiB are free. The card is also used by blender (2.6 GiB)."
        )


@pytest.mark.qloop
async def test_a_program_that_ends_frees_its_memory_before_ones_eyes() -> None:
    engine = FakeEngine(card(8, BLENDER))
    async with desk(engine=engine) as parts:
        panel = await opened(parts)
        assert "blender" in panel.memory.bar.words()

        engine.find(card(8))
        parts.bench.engine_desk().look()

        await until(lambda: "blender" not in panel.memory.bar.words())


@pytest.mark.qloop
@pytest.mark.slow
async def test_a_change_while_it_runs_offers_a_restart() -> None:
    engine = FakeEngine(card(12, DESKTOP))
    async with desk(engine=engine) as parts:
        panel = await opened(parts)
        parts.window.acts.engine_start.trigger()
        await says(panel, "Ready")
        assert not panel.memory.restart.isVisible()
        await asyncio.sleep(0.2)
        stood = panel.live.mapTo(panel, panel.live.rect().topLeft())

        panel.memory.slider.slider.setValue(50)
        await until(lambda: panel.memory.restart.isVisible())

        assert panel.memory._later.text() == "Takes effect after a restart, about 50 s."
        assert panel.live.mapTo(panel, panel.live.rect().topLeft()) == stood, "nothing moves under the hand"
        panel.memory.restart.click()
        await until(lambda: calls(engine, "restart"))
        await until(lambda: not panel.memory.restart.isVisible())


@pytest.mark.qloop
async def test_one_of_two_cards_can_be_chosen() -> None:
    engine = FakeEngine(card(12), card(24, uuid="GPU-2", name="NVIDIA RTX 4090"))
    async with desk(engine=engine) as parts:
        memory = (await opened(parts)).memory
        assert [memory._cards.itemText(row) for row in range(2)] == [
            *("NVIDIA RTX 4070, 12.0 GiB", "NVIDIA RTX 4090, 24.0 GiB")
        ]

        memory._cards.activated.emit(1)

        await until(lambda: memory.slider._scale.total == 24 * GIB)
        assert calls(engine, "change") == [{"card": "GPU-2"}]
        assert memory._cards.currentIndex() == 1


@pytest.mark.qloop
async def test_our_own_engine_is_not_counted_among_the_others() -> None:
    engine = FakeEngine(card(12, BLENDER))
    async with desk(engine=engine) as parts:
        panel = await opened(parts)
        before = panel.memory.bar.words()

        parts.window.acts.engine_start.trigger()
        await says(panel, "Ready")
        await until(lambda: engine.overview is not None and len(engine.overview.card.processes) == 2)  # type: ignore[union-attr]
        await asyncio.sleep(0.1)

        assert panel.memory.bar.words() == before


# -- what a person does


@pytest.mark.qloop
@pytest.mark.slow
async def test_buttons_menu_and_keys_reach_the_engine() -> None:
    engine = FakeEngine(card())
    async with desk(engine=engine) as parts:
        panel = await opened(parts)
        acts = parts.window.acts

        for wish, word in (
            ("Start", "Ready"),
            ("Sleep", "Asleep"),
            ("Wake", "Ready"),
            (acts.engine_check, "Ready"),
            (acts.engine_stop, "Off"),
        ):
            if isinstance(wish, str):
                next(button for button in panel._buttons if button.isVisible() and button.text() == wish).click()
            else:
                wish.trigger()
            await says(panel, word)
            await asyncio.sleep(0.05)

        assert [name for name, _ in engine.calls] == ["start", "sleep", "wake", "check", "stop"]
        assert all(button.toolTip() and button.accessibleName() for button in panel._buttons)
        keys = [action.shortcut().toString() for action in acts.all() if action.shortcuts()]
        doubled = {key for key in keys if keys.count(key) > 1}
        assert doubled == {"Shift+F8"}, "sleep and wake, of which only one makes sense"


@pytest.mark.qloop
async def test_while_the_self_check_runs_it_says_so() -> None:
    engine = FakeEngine(card())
    async with desk(engine=engine) as parts:
        panel = await opened(parts)
        engine.become(ServerState.READY)
        await until(lambda: parts.window.acts.engine_check.isEnabled())
        engine.holds = asyncio.Event()

        parts.window.acts.engine_check.trigger()
        await until(lambda: "self-check is running" in panel.state.advice.text())
        assert usable(panel) == {"Stop"}
        engine.holds.set()

        await until(lambda: "found every page right" in panel.state.advice.text())
        assert usable(panel) == {"Stop", "Sleep", "Self-check"}


@pytest.mark.qloop
async def test_idle_minutes_and_the_start_with_the_window_are_kept() -> None:
    engine = FakeEngine(card())
    async with desk(engine=engine) as parts:
        panel = await opened(parts)
        assert [panel.idle.itemText(row) for row in range(panel.idle.count())] == [
            *("never", "after 5 minutes", "after 10 minutes", "after 30 minutes", "after 60 minutes")
        ]
        assert panel.idle.currentText() == "after 10 minutes"

        panel.idle.activated.emit(0)
        panel.start_with_window.click()
        await until(lambda: len(calls(engine, "change")) == 2)

        assert (engine.settings.idle_minutes, engine.settings.start_with_window) == (0, True)
        await engine.change(idle_minutes=7)
        parts.bench.engine_desk()._show_settings()
        assert panel.idle.currentText() == "after 7 minutes"


@pytest.mark.qloop
async def test_a_window_starts_the_engine_where_that_was_chosen(tmp_path: Path) -> None:
    engine = FakeEngine(card())
    await engine.change(start_with_window=True)
    store = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    async with desk(store, engine) as parts:
        parts.bench.furnish()
        await until(lambda: calls(engine, "start"))

    alone = FakeEngine(card())
    await alone.change(start_with_window=True)
    async with desk(engine=alone) as parts:
        parts.bench.furnish()
        await until(lambda: alone.overview is not None)
        await asyncio.sleep(0.05)
        assert not calls(alone, "start"), "a window that works alone leaves the card in peace"


# -- errors


@pytest.mark.qloop
async def test_a_failure_says_what_to_do_and_its_button_does_it() -> None:
    engine = FakeEngine(card(12, BLENDER))
    async with desk(engine=engine) as parts:
        panel = await opened(parts)
        remedy = Remedy(RemedyKind.USE_BUDGET, gib(6.5))

        engine.become(ServerState.FAILED, error=NotEnoughMemory(detail="7.5 GiB wanted", remedy=remedy))
        await until(lambda: panel.state.remedy.isVisible())

        assert panel.state.sentence.text() == "There is not enough free graphics memory."
        assert panel.state.advice.text() == f"{NotEnoughMemory.advice}\n7.5 GiB wanted"
        assert panel.state.remedy.text() == "Use 6.5 GiB instead"
        panel.state.remedy.click()
        await until(lambda: panel.memory.slider.bytes == gib(6.5))
        assert calls(engine, "apply") == [remedy]


@pytest.mark.qloop
async def test_a_refusal_is_said_in_the_open_panel_else_in_a_banner() -> None:
    engine = FakeEngine(card())
    engine.fails = OwnedElsewhere()
    async with desk(engine=engine) as parts:
        parts.bench.furnish()
        stack = parts.window.findChild(BannerStack)
        assert isinstance(stack, BannerStack)
        parts.window.acts.engine_start.trigger()
        await until(lambda: stack.banners)
        assert stack.banners[0].title == OwnedElsewhere.title

        panel = await opened(parts)
        parts.window.acts.engine_start.trigger()
        await until(lambda: OwnedElsewhere.title in panel.state.advice.text())
        assert len(stack.banners) == 1
        engine.fails = None
        parts.window.acts.engine_start.trigger()
        await says(panel, "Ready")
        assert OwnedElsewhere.title not in panel.state.advice.text()


@pytest.mark.qloop
async def test_a_failure_is_said_once() -> None:
    engine = FakeEngine(card())
    engine.fails = EngineCrashed(detail="code 1")
    async with desk(engine=engine) as parts:
        panel = await opened(parts)
        engine.become(ServerState.FAILED, error=engine.fails)
        parts.window.acts.engine_start.trigger()
        await until(lambda: calls(engine, "start"))
        await asyncio.sleep(0.1)

        said = [label.text() for label in panel.state.findChildren(QLabel) if label.isVisible()]
        assert sum(EngineCrashed.title in words for words in said) == 1


# -- what it does now


@pytest.mark.qloop
async def test_figures_and_log_come_up_while_the_panel_is_open_and_were_kept_before() -> None:
    engine = FakeEngine(card())
    engine.become(ServerState.READY)
    engine.print("an early line")
    engine.measure(sample(1.0, into=10))
    async with desk(engine=engine) as parts:
        panel = await opened(parts)
        await until(lambda: "an early line" in panel.log.text.toPlainText())
        assert len(panel.live.plot.samples) == 1

        engine.measure(sample(3.0, running=4, waiting=2, into=1234, out=345), 5 * GIB)
        engine.print("a later line", "and another")
        await until(lambda: panel.live.values[3].text() == "1\u00a0234 in, 345 out")
        await until(lambda: panel.log.text.toPlainText().endswith("a later line\nand another"))
        assert len(panel.live.plot.samples) == 2

        engine.become(ServerState.STOPPED)
        await until(lambda: panel.live.values[3].text() == "–")


# -- where pages go


@pytest.mark.qloop
async def test_a_shared_server_is_named_all_the_time_and_everywhere() -> None:
    engine = FakeEngine(card())
    async with desk(engine=engine) as parts:
        panel = await opened(parts)
        window = parts.window
        assert "read on this machine" in window.empty._hint.text()

        engine.become(ServerState.READY, remote="https://ocr.house.example:8443")
        await until(lambda: panel._remote.isVisible())

        words = "Pages are read on ocr.house.example:8443"
        assert panel._remote.title == words and not panel._remote._close.isVisible(), "nobody can wave it away"
        assert (window.badge.words, window.badge.accessibleDescription()) == ("ocr.house.example:8443", words)
        assert window.badge._sign is Sign.AWAY
        assert window.strip._lasting.text() == words
        assert words in window.empty._hint.text() and "this machine" not in window.empty._hint.text()
        assert not panel.memory.isVisible(), "its memory is not ours to divide"
        parts.window.acts.engine.trigger()
        window.resize(520, 500)
        await asyncio.sleep(0.1)
        shown = window.badge.visibleRegion().boundingRect()
        assert shown.size() == window.badge.size(), "not even a narrow window hides it"

        engine.become(ServerState.STOPPED)
        await until(lambda: not window.strip._lasting.text())
        assert "read on this machine" in window.empty._hint.text()
        assert window.badge.words == "Off"


@pytest.mark.qloop
async def test_the_badge_keeps_its_width() -> None:
    engine = FakeEngine(card())
    async with desk(engine=engine) as parts:
        await opened(parts)
        widths = set()
        for state, more in (
            (ServerState.STOPPED, {}),
            (ServerState.STARTING, {"progress": 1.0}),
            (ServerState.READY, {}),
            (ServerState.FAILED, {}),
        ):
            engine.become(state, **more)
            await asyncio.sleep(0.06)
            widths.add(parts.window.badge.width())
        assert len(widths) == 1


# -- the panel in the window


@pytest.mark.qloop
@pytest.mark.slow
async def test_everything_in_it_has_a_name_in_every_state() -> None:
    engine = FakeEngine(card(12, BLENDER), card(24, uuid="GPU-2"))
    async with desk(engine=engine) as parts:
        panel = await opened(parts)
        for state in ServerState:
            engine.become(state, error=NotEnoughMemory(remedy=Remedy(RemedyKind.START_AGAIN)))
            await asyncio.sleep(0.06)
            assert nameless(parts.window) == []
        unnamed = [
            button
            for button in panel.findChildren(QAbstractButton)
            if not button.text() and not button.accessibleName()
        ]
        assert [button for button in unnamed if not button.objectName().startswith("qt_")] == []


@pytest.mark.qloop
@pytest.mark.slow
async def test_one_key_opens_it_goes_into_it_and_closes_it_again(tmp_path: Path) -> None:
    engine = FakeEngine(card())
    async with desk(engine=engine) as parts:
        parts.session.reader = "text"
        parts.bench.open_paths([pdf(tmp_path / "a.pdf", 2, text="Words on page {n} that can be read")])
        pages = pane(parts)
        await until(lambda: len(parts.session.results) == 2)
        parts.window.activateWindow()
        pages.pages.setFocus()

        QTest.keyClick(parts.window, Qt.Key.Key_F8)
        panel = parts.window.findChild(EnginePanel)
        assert isinstance(panel, EnginePanel) and panel.isVisible()
        await until(lambda: panel.isAncestorOf(QApplication.focusWidget() or parts.window))
        assert parts.window.badge.isChecked()

        QTest.keyClick(parts.window, Qt.Key.Key_F6)
        assert QApplication.focusWidget() is pages.thumbnails
        QTest.keyClick(parts.window, Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
        assert panel.isAncestorOf(QApplication.focusWidget() or parts.window)

        QTest.keyClick(parts.window, Qt.Key.Key_F8)
        assert not panel.isVisible() and not parts.window.badge.isChecked()
        assert QApplication.focusWidget() is pages.pages


@pytest.mark.qloop
async def test_it_is_open_again_where_it_was_open_last_time(tmp_path: Path) -> None:
    store = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    async with desk(store, FakeEngine(card())) as parts:
        parts.window.resize(1280, 820)
        await opened(parts)
        parts.window.resizeDocks([parts.window.engine_dock()], [430], Qt.Orientation.Horizontal)
        await asyncio.sleep(0.05)
        width = parts.window.engine_dock().width()
        parts.bench.keep()

    async with desk(store, FakeEngine(card())) as parts:
        dock = parts.window.engine_dock()
        await asyncio.sleep(0.05)
        assert dock.isVisible() and dock.width() == width, "its place is there before it is built"
        parts.bench.furnish()
        await until(lambda: parts.window.findChild(EnginePanel) is not None)
        dock._close.click()
        parts.bench.keep()

    async with desk(store, FakeEngine(card())) as parts:
        parts.bench.furnish()
        await asyncio.sleep(0.05)
        assert parts.window.findChild(EnginePanel) is None


@pytest.mark.qloop
async def test_building_it_opens_no_window_and_needs_no_room_that_a_small_window_lacks() -> None:
    engine = FakeEngine(card(12, BLENDER, DESKTOP))
    async with desk(engine=engine) as parts:
        parts.bench.furnish()
        assert [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()] == [parts.window]

        panel = await opened(parts)
        parts.window.resize(1024, 480)
        await asyncio.sleep(0.1)

        assert (parts.window.width(), parts.window.height()) == (1024, 480)
        inside = panel.widget()
        assert inside is not None and inside.width() == panel.viewport().width(), "nothing is cut off at its side"
        parts.window.resizeDocks([parts.window.engine_dock()], [10], Qt.Orientation.Horizontal)
        await asyncio.sleep(0.05)
        assert inside.width() == panel.viewport().width()
        assert panel.verticalScrollBar().maximum() > 0, "but it can be scrolled"


@pytest.mark.qloop
async def test_it_follows_day_and_night_and_the_language() -> None:
    engine = FakeEngine(card(12, BLENDER))
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    before = app.palette()
    async with desk(engine=engine) as parts:
        panel = await opened(parts)
        day = panel.grab().toImage()
        night = app.palette()
        night.setColor(night.ColorRole.Window, Qt.GlobalColor.black)
        night.setColor(night.ColorRole.ButtonText, Qt.GlobalColor.white)
        try:
            app.setPalette(night)
            await asyncio.sleep(0.05)
            assert panel.grab().toImage() != day
            ink = parts.window.acts.engine_start.icon().pixmap(20, 20).toImage()
            assert any(
                ink.pixelColor(x, y).lightness() > 200 and ink.pixelColor(x, y).alpha() > 200
                for x in range(20)
                for y in range(20)
            )

            install(app, "zh_CN")
            await until(lambda: panel.memory._title.text() == "显存")
            assert "页" in panel.memory.sentence.text() and panel.idle.currentText() == "10 分钟后"
            assert panel.log._title.text() == "日志" and panel.live._title.text() == "当前"
        finally:
            app.setPalette(before)
            install(app, "en")


@pytest.mark.qloop
async def test_the_engine_is_looked_at_only_while_the_panel_is_open() -> None:
    engine = FakeEngine(card())
    async with desk(engine=engine) as parts:
        parts.bench.furnish()
        engine_desk = parts.bench.engine_desk()
        assert isinstance(engine_desk, EngineDesk)
        await until(lambda: engine.overview is not None)
        assert not engine_desk._look.isActive()

        await opened(parts)
        assert engine_desk._look.isActive()
        parts.window.acts.engine.trigger()
        assert not engine_desk._look.isActive()
