"""The setup in the window: steps are shown, chosen for, taken in their turn, skipped, retried; each fails alone."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime
import inspect
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QObject, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAccessible, QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QPushButton, QTableWidget, QWidget

from desktop.bridge import Bridge
from desktop.models.setup import LINE_ROLE, STEPS
from desktop.setup_desk import SETUP_KEY, SetupDesk
from desktop.setup_news import SetupNews
from desktop.setup_places import ModelPlace
from desktop.translations import install
from desktop.views.banner import Banner
from desktop.views.main_window import MainWindow
from engine.engine_errors import DownloadFailed, NoCard, NotEnoughMemory, Remedy, RemedyKind
from engine.errors import DiskFull
from engine.events import EventBus, SetupChanged, SetupProgressed
from engine.local_setup import LocalSetup, SetupChoice
from engine.server.cards import Reason
from engine.server.state import ServerState, StartPhase
from engine.service import Service
from engine.settings import LaunchKind, RemoteSettings
from engine.setup.licence import is_accepted
from engine.setup.progress import CopyProgress
from engine.setup.steps import Step, StepState
from tests.desktop.test_accessibility import USABLE
from tests.desktop.test_translations import is_chinese
from tests.support.desk import delete, until
from tests.support.fake_engine import GIB, FakeEngine, card
from tests.support.fake_setup import LOOKED_AT, FakeSetup, Script, kit_info, model_info
from tests.support.made_checkpoints import make_1_0, make_1_5
from tests.support.setup_desk import SetupParts, setup_desk
from tests.support.stand_in_packages import stand_in_kit

READY_TO_START = (*LOOKED_AT, Step.ENGINE, Step.WEIGHTS, Step.LICENCE)
INDEX = SetupChoice(from_index=True, release="vllm-0.28.0")


def click(button: QPushButton) -> None:
    assert button.isVisible() and button.isEnabled(), button.text()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def line(parts: SetupParts, step: Step) -> str:
    words = parts.dialog.model.index(STEPS.index(step)).data(LINE_ROLE)
    assert isinstance(words, str)
    return words


def looked_at(parts: SetupParts) -> Step | None:
    return parts.dialog.list.step


def cell(table: QTableWidget, row: int, column: int) -> str:
    item = table.item(row, column)
    return item.text() if item is not None else ""


def nameless(window: QWidget) -> list[str]:
    """Return what can be seen and used and has no name."""
    return [
        type(widget).__name__
        for widget in window.findChildren(QWidget)
        if widget.isVisible()
        and not widget.objectName().startswith("qt_")
        and (told := QAccessible.queryAccessibleInterface(widget)) is not None
        and told.role() in USABLE
        and not told.text(QAccessible.Text.Name)
    ]


def shown_text(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def test_the_fake_has_the_face_of_the_real_one() -> None:
    def face(kind: type[object]) -> dict[str, list[str]]:
        members = {name: each for name, each in vars(kind).items() if not name.startswith("_")}
        return {
            name: list(inspect.signature(each).parameters) if callable(each) else [] for name, each in members.items()
        }

    fake = face(FakeSetup)
    assert {name: fake.get(name) for name in face(LocalSetup)} == face(LocalSetup)


# -- what is shown


@pytest.mark.qloop
async def test_every_step_says_what_it_is_how_it_stands_and_what_was_found() -> None:
    async with setup_desk() as parts:
        assert parts.dialog.isVisible() and not parts.dialog.isModal()
        assert line(parts, Step.CARD) == "NVIDIA RTX 4070, 12.0 GiB"
        assert line(parts, Step.SPACE) == "212.4 GiB free"
        # the first step that is not done is shown
        await until(lambda: parts.dialog.list.step is Step.ENGINE)
        pane = parts.dialog.panes[Step.ENGINE]
        assert pane.isVisible() and "vLLM" in pane.about.text() and pane.state.text() == "to do"


@pytest.mark.qloop
async def test_keys_go_through_the_steps() -> None:
    async with setup_desk(open_at=Step.CARD) as parts:
        parts.dialog.list.setFocus()
        for step in STEPS[1:]:
            QTest.keyClick(parts.dialog.list, Qt.Key.Key_Down)
            assert parts.dialog.list.step is step and parts.dialog.panes[step].isVisible()


@pytest.mark.qloop
async def test_everything_has_a_name_and_the_list_tells_each_steps_state() -> None:
    async with setup_desk() as parts:
        for step in STEPS:
            parts.dialog.go_to(step)
            assert nameless(parts.dialog) == []
        told = QAccessible.queryAccessibleInterface(parts.dialog.list)
        names = [told.child(row).text(QAccessible.Text.Name) for row in range(told.childCount())]
        assert names[0] == "Graphics card: done. NVIDIA RTX 4070, 12.0 GiB"
        assert names[4] == "Model: to do"


@pytest.mark.qloop
async def test_foreign_text_is_no_markup_and_without_controls(tmp_path: Path) -> None:
    async with setup_desk() as parts:
        place = tmp_path / "<b>kit</b>\x1b[31m"
        parts.dialog.go_to(Step.ENGINE)
        parts.dialog.engine.show_kit(kit_info(place))
        parts.setup.write(Step.ENGINE, Script(error=DiskFull("<i>x</i>", detail="\x1b[31m<u>1 GiB</u>")))
        parts.dialog.take_asked.emit(Step.ENGINE, INDEX)
        await until(lambda: parts.dialog.panes[Step.ENGINE].trouble.isVisible())

        labels = [label for label in parts.dialog.findChildren(QLabel) if label.text()]
        assert [label.text() for label in labels if label.textFormat() != Qt.TextFormat.PlainText] == []
        said = shown_text(parts.dialog)
        assert "<b>kit</b>" in said and "<u>1 GiB</u>" in said and "\x1b" not in said


@pytest.mark.qloop
async def test_without_a_card_the_words_are_calm_and_a_shared_server_is_offered() -> None:
    engine = FakeEngine(reason=Reason.NO_LIBRARY)
    async with setup_desk(Step.SPACE, engine=engine, open_at=Step.CARD) as parts:
        parts.setup.stand(Step.CARD, state=StepState.FAILED, error=NoCard(detail="no library"))
        pane = parts.dialog.panes[Step.CARD]
        await until(lambda: pane.trouble.isVisible())

        assert line(parts, Step.CARD) == "None found" and pane.state.text() == "none found"
        assert pane.trouble.banner.title == NoCard.title
        assert "No NVIDIA driver is installed." in pane.trouble.banner.text
        assert "built-in reader" in pane.trouble.banner.text and "no library" not in pane.trouble.banner.text
        servers: list[None] = []
        parts.dialog.server_asked.connect(lambda: servers.append(None))
        click(next(b for b in pane.choices.findChildren(QPushButton) if "shared server" in b.text()))
        assert len(servers) == 1
        # the engine can be installed all the same
        parts.dialog.go_to(Step.ENGINE)
        assert parts.dialog.engine.no_card.isVisible() and parts.dialog.engine.download.isEnabled()


@pytest.mark.qloop
async def test_it_follows_the_language(qapp: QApplication) -> None:
    async with setup_desk(open_at=Step.ENGINE) as parts:
        try:
            install(qapp, "zh_CN")
            pane = parts.dialog.panes[Step.ENGINE]
            await until(lambda: pane.state.text() == "待完成")
            assert line(parts, Step.SPACE) == "可用 212.4 GiB"
            shown = [label.text() for label in parts.dialog.findChildren(QLabel) if label.isVisible() and label.text()]
            shown += [button.text() for button in parts.dialog.findChildren(QPushButton) if button.isVisible()]
            assert [words for words in shown if not is_chinese(words)] == []
        finally:
            install(qapp, "en")


# -- the engine


@pytest.mark.qloop
async def test_the_recommended_release_is_chosen_and_what_was_run_is_said() -> None:
    async with setup_desk(open_at=Step.ENGINE) as parts:
        engine, table = parts.dialog.engine, parts.dialog.engine.table
        rows = [[cell(table, row, column) for column in range(4)] for row in range(table.rowCount())]
        assert table.release is not None and table.release.key == "vllm-0.28.0"
        assert ["vLLM 0.28.0  (recommended)", "driver 580", "3.7 GiB", "not yet"] in rows
        assert len(rows) == len(parts.setup.table)
        assert "uses the network" in engine.network.text() and "3.7 GiB" in engine.network.text()
        assert "not been run by us" in engine.reason.text()
        assert "on a processor, 2026-11: right with the plug-in, wrong without" in [row[3] for row in rows]


@pytest.mark.qloop
async def test_a_release_that_is_refused_or_needs_a_newer_driver_says_why() -> None:
    async with setup_desk(open_at=Step.ENGINE) as parts:
        engine, table = parts.dialog.engine, parts.dialog.engine.table
        for row, release in enumerate(table._releases):
            table.setCurrentCell(row, 0)
            assert engine.download.isEnabled() == (not release.refused)
            if release.refused:
                assert "Expected 4 multimodal RoPE channels" in engine.reason.text()

        parts.engine.find(dataclasses.replace(card(12.0), driver="550.54"))
        await parts.engine.refresh()
        await until(lambda: table.best == "vllm-0.18.1")
        newer = next(row for row, release in enumerate(table._releases) if release.key == "vllm-0.28.0")
        table.setCurrentCell(newer, 0)
        assert not engine.download.isEnabled()
        assert "needs the driver 580" in engine.reason.text() and "550.54" in engine.reason.text()


@pytest.mark.qloop
async def test_a_real_kit_on_a_stick_is_shown_and_installed(tmp_path: Path) -> None:
    kit = stand_in_kit(tmp_path / "stick" / "diglot-kit")
    async with setup_desk(open_at=Step.ENGINE) as parts:
        engine = parts.dialog.engine
        click(engine.pick)
        (chooser,) = parts.dialog.findChildren(QFileDialog)
        chooser.fileSelected.emit(str(tmp_path / "stick"))
        chooser.reject()
        await until(lambda: engine.install.isVisible())

        assert kit.release in engine.kit_info.text() and str(kit.folder) in engine.kit_info.text()
        assert f"Fingerprint: {kit.fingerprint[:4]} {kit.fingerprint[4:8]}" in engine.kit_info.text()
        click(engine.install)
        await parts.settled()
        assert parts.setup.taken == [(Step.ENGINE, SetupChoice(kit=kit.folder, release=kit.release))]


@pytest.mark.qloop
async def test_a_folder_without_a_kit_says_so_and_nothing_can_be_installed(tmp_path: Path) -> None:
    async with setup_desk(open_at=Step.ENGINE) as parts:
        parts.dialog.kit_chosen.emit(tmp_path)
        await until(lambda: parts.dialog.engine.kit_error.isVisible())

        assert parts.dialog.engine.kit_error.title == "There is no engine kit in this folder"
        assert not parts.dialog.engine.install.isVisible() and parts.dialog.engine.ready() is None


@pytest.mark.qloop
async def test_the_network_is_used_only_on_its_own_button() -> None:
    async with setup_desk(open_at=Step.ENGINE) as parts:
        click(parts.dialog.foot.rest)
        await parts.settled()
        assert parts.setup.taken == []

        click(parts.dialog.engine.download)
        await parts.settled()
        assert parts.setup.taken == [(Step.ENGINE, INDEX)]


# -- progress, ends


@pytest.mark.qloop
async def test_a_step_at_work_shows_bytes_percent_time_left_and_the_name() -> None:
    holds = asyncio.Event()
    name = "nvidia_cudnn_cu13-9.13.0.50-py3-none-manylinux_2_27_x86_64.whl"
    async with setup_desk(open_at=Step.ENGINE) as parts:
        tells = [CopyProgress(name, done * GIB, 4 * GIB, 190.0) for done in (0, 1, 2)]
        parts.setup.write(Step.ENGINE, Script(tells, holds=holds))
        parts.dialog.take_asked.emit(Step.ENGINE, INDEX)
        work = parts.dialog.panes[Step.ENGINE].work
        await until(lambda: "2.0 GiB of 4.0 GiB" in work.words.text())

        assert work.words.text() == "2.0 GiB of 4.0 GiB · 50 % · about 3 min left"
        assert work.name.text() == name
        assert work.bar.value() * 2 == work.bar.maximum()
        assert line(parts, Step.ENGINE) == work.words.text()
        assert "close this window" in work.remark.text()
        assert not parts.dialog.engine.isVisible()  # nothing to choose while it is at work
        holds.set()
        await parts.settled()
        await until(lambda: parts.dialog.list.step is Step.WEIGHTS)
        assert line(parts, Step.ENGINE) == "vLLM 0.28.0"


@pytest.mark.qloop
async def test_cancelling_ends_the_step_and_what_waits() -> None:
    async with setup_desk(open_at=Step.ENGINE) as parts:
        parts.setup.write(Step.ENGINE, Script(holds=asyncio.Event()))
        parts.dialog.take_asked.emit(Step.ENGINE, INDEX)
        parts.dialog.take_asked.emit(Step.WEIGHTS, SetupChoice(model=Path("/model")))
        await until(lambda: parts.dialog.panes[Step.ENGINE].work.isVisible())
        assert line(parts, Step.WEIGHTS) == "waits for its turn"

        click(parts.dialog.panes[Step.ENGINE].work.cancel)
        await parts.settled()

        assert [step for step, _ in parts.setup.taken] == [Step.ENGINE]
        states = {each.step: each.state for each in parts.setup.steps}
        assert (states[Step.ENGINE], states[Step.WEIGHTS]) == (StepState.OPEN, StepState.OPEN)
        assert parts.failed == []


@pytest.mark.qloop
async def test_what_is_asked_for_meanwhile_is_taken_afterwards_and_can_be_called_off() -> None:
    holds = asyncio.Event()
    async with setup_desk(open_at=Step.ENGINE) as parts:
        parts.setup.write(Step.ENGINE, Script(holds=holds))
        parts.dialog.take_asked.emit(Step.ENGINE, INDEX)
        await until(lambda: parts.setup.working is Step.ENGINE)
        parts.dialog.take_asked.emit(Step.WEIGHTS, SetupChoice(model=Path("/model")))
        parts.dialog.take_asked.emit(Step.SPACE, SetupChoice())
        parts.dialog.go_to(Step.SPACE)
        pane = parts.dialog.panes[Step.SPACE]
        assert pane.state.text() == "waits for its turn" and pane.skip.text() == "Not now"
        click(pane.skip)
        holds.set()
        await parts.settled()

        assert [step for step, _ in parts.setup.taken] == [Step.ENGINE, Step.WEIGHTS]


@pytest.mark.qloop
async def test_a_step_fails_alone_says_what_to_do_and_is_tried_again_with_the_same_choice() -> None:
    async with setup_desk(*LOOKED_AT, Step.LICENCE, open_at=Step.WEIGHTS) as parts:
        error = DownloadFailed("model.safetensors", detail="no connection to ModelScope")
        parts.setup.write(Step.WEIGHTS, Script(error=error), Script())
        weights, pane = parts.dialog.weights, parts.dialog.panes[Step.WEIGHTS]
        click(weights.modelscope)
        await until(lambda: pane.trouble.isVisible())

        assert pane.trouble.banner.title == "model.safetensors: The download failed"
        assert "goes on where it stopped" in pane.trouble.banner.text
        assert "no connection to ModelScope" in pane.trouble.banner.text
        assert line(parts, Step.WEIGHTS) == "The download failed"
        states = [each.state for each in parts.setup.steps if each.step is not Step.WEIGHTS]
        assert StepState.FAILED not in states and parts.failed == []

        click(pane.trouble.again)
        await parts.settled()
        assert parts.setup.taken == [(Step.WEIGHTS, SetupChoice(download_from="modelscope"))] * 2


@pytest.mark.qloop
async def test_a_remedy_is_applied_by_its_button_and_the_step_tried_again() -> None:
    async with setup_desk(*READY_TO_START, open_at=Step.START) as parts:
        remedy = Remedy(RemedyKind.USE_BUDGET, round(6.5 * GIB))
        parts.setup.write(Step.START, Script(error=NotEnoughMemory(remedy=remedy)))
        pane = parts.dialog.panes[Step.START]
        parts.dialog.take_asked.emit(Step.START, SetupChoice())
        await until(lambda: pane.trouble.remedy.isVisible())
        assert pane.trouble.remedy.text() == "Use 6.5 GiB instead"

        click(pane.trouble.remedy)
        await until(lambda: parts.engine.status.state is ServerState.READY)
        await parts.settled()
        assert parts.engine.settings.budget_bytes == remedy.value
        assert [step for step, _ in parts.setup.taken] == [Step.START, Step.START]


@pytest.mark.qloop
async def test_a_skipped_step_leads_to_the_next_and_can_still_be_taken() -> None:
    async with setup_desk(open_at=Step.ENGINE) as parts:
        pane = parts.dialog.panes[Step.ENGINE]
        click(pane.skip)
        await until(lambda: parts.dialog.list.step is Step.WEIGHTS)
        parts.dialog.go_to(Step.ENGINE)
        assert pane.state.text() == "skipped" and not pane.skip.isVisible()

        click(parts.dialog.engine.download)
        await parts.settled()
        assert parts.setup.taken == [(Step.ENGINE, INDEX)]


# -- the model


@pytest.mark.qloop
async def test_a_dropped_folder_is_looked_into_and_what_was_found_is_said(tmp_path: Path) -> None:
    make_1_5(make(tmp_path / "drive" / "HunyuanOCR"), draft=True)
    make_1_0(make(tmp_path / "drive" / "old" / "v1.0"))
    async with setup_desk() as parts:
        drop(parts.dialog, tmp_path / "drive")
        weights = parts.dialog.weights
        await until(lambda: weights.copy.isVisible())

        assert parts.dialog.list.step is Step.WEIGHTS
        names = [weights.versions.itemText(row) for row in range(weights.versions.count())]
        assert len(names) == 2
        assert names[0].startswith("HunyuanOCR 1.5") and "with draft model" in names[0]
        assert names[1].startswith("HunyuanOCR 1.0") and "without draft model" in names[1]
        await until(lambda: "TENCENT HUNYUAN" in parts.dialog.licence.text.toPlainText())

        weights.versions.setCurrentIndex(1)
        weights.versions.activated.emit(1)
        assert str(tmp_path / "drive" / "old" / "v1.0") in weights.found.text()
        click(weights.copy)
        await parts.settled()
        assert parts.setup.taken == [(Step.WEIGHTS, SetupChoice(model=tmp_path / "drive" / "old" / "v1.0"))]


@pytest.mark.qloop
async def test_a_dropped_archive_is_named_and_a_dropped_kit_is_a_kit(tmp_path: Path) -> None:
    archive = tmp_path / "HunyuanOCR.tar"
    archive.write_bytes(b"x" * 3_000_000)
    kit = stand_in_kit(tmp_path / "kit")
    async with setup_desk() as parts:
        drop(parts.dialog, archive)
        await until(lambda: parts.dialog.weights.copy.isVisible())
        assert parts.dialog.weights.found.text().startswith("HunyuanOCR.tar, 3 MiB")
        assert parts.dialog.weights.ready() == SetupChoice(model=archive)

        drop(parts.dialog, tmp_path / "kit")
        await until(lambda: parts.dialog.engine.install.isVisible())
        assert parts.dialog.list.step is Step.ENGINE
        assert parts.dialog.engine.ready() == SetupChoice(kit=kit.folder, release=kit.release)


@pytest.mark.qloop
async def test_a_place_without_a_whole_model_says_what_is_wrong(tmp_path: Path) -> None:
    (make_1_5(make(tmp_path / "HunyuanOCR")) / "model.safetensors").unlink()
    async with setup_desk(open_at=Step.WEIGHTS) as parts:
        weights = parts.dialog.weights
        for place, title in (
            (tmp_path / "HunyuanOCR", "The model is not complete"),
            (make(tmp_path / "holiday"), "This is not a HunyuanOCR model"),
            (tmp_path / "gone", "There is no such file"),
        ):
            parts.dialog.model_chosen.emit(place)
            await until(partial(_says, weights.error, title))
            assert not weights.copy.isVisible() and weights.ready() is None


@pytest.mark.qloop
async def test_downloads_wait_for_the_licence_and_lead_to_it() -> None:
    async with setup_desk(open_at=Step.WEIGHTS) as parts:
        weights = parts.dialog.weights
        assert "uses the network" in weights.network.text()
        assert not weights.hugging_face.isEnabled() and not weights.modelscope.isEnabled()
        click(weights.licence)
        assert parts.dialog.list.step is Step.LICENCE

        parts.setup.stand(Step.LICENCE)
        await until(weights.hugging_face.isEnabled)
        parts.dialog.go_to(Step.WEIGHTS)
        assert not weights.licence.isVisible()
        click(weights.hugging_face)
        await parts.settled()
        assert parts.setup.taken == [(Step.WEIGHTS, SetupChoice(download_from="huggingface"))]


# -- the licence


@pytest.mark.qloop
async def test_the_licence_is_accepted_only_with_its_box_and_the_date_is_kept() -> None:
    async with setup_desk(open_at=Step.LICENCE) as parts:
        licence = parts.dialog.licence
        said = shown_text(licence)
        for words in ("European Union", "United Kingdom", "South Korea", "not affiliated"):
            assert words in said
        assert not licence.accept.isEnabled() and licence.ready() is None

        licence.tick.click()
        click(licence.accept)
        await parts.settled()
        assert parts.setup.taken == [(Step.LICENCE, SetupChoice(accept_licence=True))]
        await until(lambda: not licence.tick.isVisible())
        assert line(parts, Step.LICENCE) == "Accepted on 2026-11-20"


@pytest.mark.qloop
async def test_a_consent_does_not_wait_for_a_long_download() -> None:
    async with setup_desk(open_at=Step.LICENCE) as parts:
        parts.setup.write(Step.ENGINE, Script(holds=asyncio.Event()))
        parts.dialog.take_asked.emit(Step.ENGINE, INDEX)
        await until(lambda: parts.setup.working is Step.ENGINE)

        parts.dialog.take_asked.emit(Step.LICENCE, SetupChoice(accept_licence=True))
        await until(lambda: parts.engine.settings.licence_accepted)
        assert is_accepted(parts.engine.settings.licence_accepted)
        assert datetime.date.today().isoformat() in parts.engine.settings.licence_accepted
        await until(lambda: line(parts, Step.LICENCE).startswith("Accepted on"))
        assert parts.setup.working is Step.ENGINE


# -- first start and self-check


@pytest.mark.qloop
async def test_a_start_says_what_has_to_be_done_before_it() -> None:
    async with setup_desk(*LOOKED_AT, Step.ENGINE, open_at=Step.START) as parts:
        waits = next(each for each in parts.dialog.panes[Step.START].findChildren(QLabel) if "Before" in each.text())
        assert waits.text() == "Before the first start: “Model”, “Licence”."
        parts.dialog.take_asked.emit(Step.START, SetupChoice())
        await parts.settled()
        assert parts.setup.taken == []


@pytest.mark.qloop
@pytest.mark.slow
async def test_a_start_shows_its_phase_and_how_far_it_is() -> None:
    holds = asyncio.Event()
    async with setup_desk(*READY_TO_START, open_at=Step.START) as parts:
        parts.setup.write(Step.START, Script(holds=holds))
        work = parts.dialog.panes[Step.START].work
        parts.dialog.take_asked.emit(Step.START, SetupChoice())
        await until(lambda: work.isVisible())
        parts.engine.become(
            ServerState.STARTING, phase=StartPhase.WEIGHTS, progress=0.4, step=(3, 4), seconds_left=35.0
        )
        await until(lambda: work.words.text() == "Loading the model, 3 of 4 · about 35 s left")
        assert work.bar.value() == round(work.bar.maximum() * 0.4)

        parts.engine.become(ServerState.READY)
        await until(lambda: "known words" in work.words.text())
        holds.set()
        await parts.settled()


@pytest.mark.qloop
async def test_cancelling_a_start_stops_the_engine() -> None:
    async with setup_desk(*READY_TO_START, open_at=Step.START) as parts:
        parts.setup.write(Step.START, Script(holds=asyncio.Event()))
        parts.dialog.take_asked.emit(Step.START, SetupChoice())
        await until(lambda: parts.setup.working is Step.START)
        parts.engine.become(ServerState.STARTING)
        parts.dialog.cancel_asked.emit()
        await until(lambda: ("stop", None) in parts.engine.calls)
        assert parts.engine.status.state is ServerState.STOPPED


@pytest.mark.qloop
@pytest.mark.parametrize(
    ("planned_gib", "pages", "checked", "said"),
    [
        (9.0, 12, True, "12 pages at once were read rightly."),
        (9.0, 1, True, "The known pages were read rightly, one after the other."),
        (9.0, 4, False, "4 at once are right, so Diglot asks for 4."),
        (9.0, 1, False, "so Diglot reads one after the other."),
    ],
)
async def test_what_the_self_check_found_is_said_in_words(
    planned_gib: float, pages: int, checked: bool, said: str
) -> None:
    async with setup_desk(*READY_TO_START, Step.START, Step.CHECK, open_at=Step.CHECK) as parts:
        parts.engine.plan = parts.engine.plan_for(round(planned_gib * GIB))
        parts.engine.become(ServerState.READY, pages_at_once=pages, checked=checked)
        remark = parts.dialog.panes[Step.CHECK].remark
        await until(lambda: said in remark.text())


# -- everything that is left


@pytest.mark.qloop
async def test_one_button_takes_what_needs_no_choice_and_ends_with_a_ready_engine() -> None:
    async with setup_desk(*READY_TO_START, open_at=Step.CARD) as parts:
        click(parts.dialog.foot.rest)
        await until(lambda: parts.dialog.ready.isVisible())

        assert [step for step, _ in parts.setup.taken] == [Step.START, Step.CHECK]
        assert parts.dialog.ready.title.text() == "The engine is ready"
        assert parts.dialog.ready.check.text() == "12 pages at once were read rightly."
        assert not parts.dialog.foot.rest.isVisible() and parts.dialog.foot.close_button.isDefault()
        click(parts.dialog.foot.close_button)
        assert not parts.dialog.isVisible()


@pytest.mark.qloop
async def test_one_button_goes_on_by_itself_as_choices_are_made(tmp_path: Path) -> None:
    kit = stand_in_kit(tmp_path / "kit")
    async with setup_desk() as parts:
        click(parts.dialog.foot.rest)
        await parts.settled()
        assert looked_at(parts) is Step.ENGINE
        assert parts.dialog.foot.remark.text() == "“Engine” needs your choice; the rest follows by itself."

        parts.dialog.kit_chosen.emit(kit.folder)
        await until(lambda: parts.setup.taken)
        await parts.settled()
        assert looked_at(parts) is Step.WEIGHTS
        make_1_5(make(tmp_path / "model"))
        parts.dialog.model_chosen.emit(tmp_path / "model")
        await until(lambda: len(parts.setup.taken) == 2)
        await parts.settled()
        assert looked_at(parts) is Step.LICENCE
        parts.dialog.licence.tick.click()
        click(parts.dialog.licence.accept)
        await until(lambda: parts.dialog.ready.isVisible())
        assert [step for step, _ in parts.setup.taken] == [*STEPS[3:]]


@pytest.mark.qloop
async def test_a_failure_does_not_keep_the_others_from_being_taken(tmp_path: Path) -> None:
    async with setup_desk() as parts:
        parts.dialog.engine.show_kit(kit_info(tmp_path))
        parts.dialog.weights.show_place(ModelPlace(tmp_path, (model_info(tmp_path),)))
        parts.setup.write(Step.ENGINE, Script(error=DiskFull()))
        click(parts.dialog.foot.rest)
        await parts.settled()

        assert [step for step, _ in parts.setup.taken] == [Step.ENGINE, Step.WEIGHTS]
        assert {each.step: each.state for each in parts.setup.steps}[Step.WEIGHTS] is StepState.DONE


# -- closing


@pytest.mark.qloop
async def test_the_work_goes_on_when_the_window_is_closed_and_a_line_says_so() -> None:
    holds = asyncio.Event()
    async with setup_desk(open_at=Step.ENGINE) as parts:
        parts.setup.write(Step.ENGINE, Script([CopyProgress("a.whl", GIB, 4 * GIB, 60.0)], holds=holds))
        parts.dialog.take_asked.emit(Step.ENGINE, INDEX)
        await until(lambda: "25 %" in "".join(parts.lines))
        parts.dialog.close()
        assert parts.setup.working is Step.ENGINE
        assert parts.lines[-1] == "Engine · 1.0 GiB of 4.0 GiB · 25 % · about 60 s left"

        again = parts.desk.open()
        assert again is parts.dialog and again.panes[Step.ENGINE].work.isVisible()
        again.close()
        holds.set()
        await parts.settled()
        await until(lambda: parts.lines[-1] == "")


@pytest.mark.qloop
async def test_what_fails_while_nobody_looks_is_told_in_the_window() -> None:
    error = DiskFull(detail="2.0 GiB more are needed")
    async with setup_desk(open_at=Step.ENGINE) as parts:
        holds = asyncio.Event()
        parts.setup.write(Step.ENGINE, Script(holds=holds, error=error))
        parts.dialog.take_asked.emit(Step.ENGINE, INDEX)
        await until(lambda: parts.setup.working is Step.ENGINE)
        parts.dialog.close()
        holds.set()
        await parts.settled()
        assert parts.failed == [(error, SETUP_KEY)]


@pytest.mark.qloop
async def test_the_end_of_the_window_ends_the_work_and_leaves_nothing() -> None:
    async with setup_desk(open_at=Step.ENGINE) as parts:
        parts.setup.write(Step.ENGINE, Script(holds=asyncio.Event()))
        parts.dialog.take_asked.emit(Step.ENGINE, INDEX)
        await until(lambda: parts.setup.working is Step.ENGINE)
        parts.window.ended.emit()
        assert not parts.dialog.isVisible()
    assert parts.setup.working is None and parts.failed == []


# -- other ways


@pytest.mark.qloop
async def test_while_a_shared_server_reads_nothing_is_started_here() -> None:
    async with setup_desk(*READY_TO_START, open_at=Step.START) as parts:
        await parts.engine.change(use_remote=True, remote=RemoteSettings(url="https://ocr.house.example:8000"))
        await parts.setup.look()
        await until(parts.dialog.elsewhere.isVisible)

        assert parts.dialog.elsewhere.title == "Pages are read on ocr.house.example:8000"
        assert "leave this computer" in parts.dialog.elsewhere.text
        parts.dialog.rest_asked.emit()
        parts.dialog.take_asked.emit(Step.START, SetupChoice())
        await parts.settled()
        assert parts.setup.taken == []

        click(parts.dialog.here)
        await until(lambda: not parts.dialog.elsewhere.isVisible())
        assert not parts.engine.settings.use_remote


@pytest.mark.qloop
async def test_in_a_container_no_engine_needs_to_be_installed() -> None:
    async with setup_desk(*LOOKED_AT, Step.WEIGHTS, Step.LICENCE) as parts:
        await parts.engine.change(launch=LaunchKind.CONTAINER, image="vllm:1")
        await parts.setup.look()
        await until(parts.dialog.elsewhere.isVisible)
        assert parts.dialog.elsewhere.title == "The engine runs in a container: vllm:1"

        parts.dialog.rest_asked.emit()
        await until(lambda: parts.dialog.ready.isVisible())
        assert [step for step, _ in parts.setup.taken] == [Step.START, Step.CHECK]


@pytest.mark.qloop
async def test_an_engine_started_elsewhere_is_noticed() -> None:
    async with setup_desk(*READY_TO_START) as parts:
        looks = parts.setup.looks
        parts.engine.become(ServerState.READY)
        await until(lambda: parts.setup.looks > looks)


@pytest.mark.qloop
async def test_looking_again_leaves_the_chosen_release_alone() -> None:
    async with setup_desk(open_at=Step.ENGINE) as parts:
        table = parts.dialog.engine.table
        table.setCurrentCell(0, 0)
        chosen, looks = table.release, parts.setup.looks
        await parts.setup.look()
        await until(lambda: parts.setup.looks > looks)
        await asyncio.sleep(0.1)
        assert table.release is chosen and table.currentRow() == 0


# -- the news


@pytest.mark.qloop
async def test_many_bytes_become_few_signals_and_the_end_of_the_owner_is_the_end_of_hearing() -> None:
    bus, owner = EventBus(), QObject()
    news = SetupNews(bus.subscribe, owner)
    told: list[object] = []
    news.steps_changed.connect(lambda _steps: told.append("steps"))
    news.progressed.connect(lambda step, progress: told.append((step, progress.done_bytes)))
    for done in range(500):
        bus.publish(SetupProgressed(Step.WEIGHTS, CopyProgress("a", done, 500)))
    bus.publish(SetupChanged(()))
    await until(lambda: told)
    await asyncio.sleep(0.1)
    assert told == ["steps", (Step.WEIGHTS, 499)]

    heard: list[None] = []
    unsubscribe = bus.subscribe(lambda _event: heard.append(None))
    delete(owner)
    assert len(bus._listeners) == 1
    unsubscribe()


# -- with the real ones


@pytest.mark.qloop
@pytest.mark.slow
async def test_a_model_is_really_copied_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGLOT_HOME", str(tmp_path / "home"))
    make_1_5(make(tmp_path / "stick" / "HunyuanOCR"))
    window, bridge, service = MainWindow(), Bridge(), Service()
    desk = SetupDesk(window, bridge, service.engine, service.setup, service.subscribe)
    try:
        dialog = desk.open(Step.WEIGHTS)
        dialog.model_chosen.emit(tmp_path / "stick")
        await until(lambda: dialog.weights.copy.isVisible())
        click(dialog.weights.copy)
        await until(lambda: dialog.model.status(Step.WEIGHTS).found.startswith("HunyuanOCR 1.5"))

        assert dialog.model.status(Step.WEIGHTS).state is StepState.DONE
        assert (tmp_path / "home" / "data" / "models" / "HunyuanOCR-1.5" / "model.safetensors").is_file()
        await until(lambda: "Without the small draft model" in dialog.panes[Step.WEIGHTS].remark.text())
    finally:
        window.ended.emit()
        await bridge.close()
        await service.close()
        delete(window)


def _says(banner: Banner, title: str) -> bool:
    return banner.isVisible() and banner.title == title


def make(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


def drop(widget: QWidget, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    entering = QDragEnterEvent(QPoint(10, 10), copy, data, left, none)
    QApplication.sendEvent(widget, entering)
    assert entering.isAccepted()
    QApplication.sendEvent(widget, QDropEvent(QPointF(10, 10), copy, data, left, none))
