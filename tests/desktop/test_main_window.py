"""The window on real documents: open, read, point, choose, replace, refuse, ask for a password, close."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import QMimeData, QPointF, QSettings, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QGuiApplication, QImage, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QWidget

from desktop.app import Parts
from desktop.dialogs.password import PasswordDialog
from desktop.intake import intake
from desktop.models.pages import ReadState
from desktop.places import Place
from desktop.recent import RecentFiles
from desktop.views.banner import BannerStack
from desktop.views.reading_text import ReadingText
from desktop.views.reading_view import ReadingView
from engine.errors import OutputNotWritable
from tests.support.bad_files import encrypted_pdf, pdf, scanned_pdf
from tests.support.desk import desk, pane, until

SAMPLES = Path(__file__).resolve().parents[2] / "resources" / "samples"


def children() -> set[int]:
    return {child.pid for child in psutil.Process().children(recursive=True)}


@pytest.mark.qloop
@pytest.mark.slow
async def test_a_document_is_opened_painted_read_and_pointed_at(tmp_path: Path) -> None:
    before = children()
    painted: list[bool] = []
    async with desk() as parts:
        parts.session.reader = "text"
        parts.bench.first_page_painted.connect(lambda: painted.append(True))

        parts.bench.open_paths([pdf(tmp_path / "two.pdf", 2, text="Words on page {n} that can be read")])
        await until(lambda: len(parts.session.results) == 2)
        await until(lambda: parts.session.job is None)

        pages = pane(parts).pages
        assert painted == [True]
        assert [pane(parts).model.status(n).state for n in (1, 2)] == [ReadState.DONE] * 2
        line = parts.session.results[1].lines[0].box
        chosen: list[Place] = []
        pages.chosen.connect(chosen.append)
        at = pages._projection(1).point(line.x0 + line.width / 2, line.y0 + line.height / 2)
        QTest.mouseClick(pages.viewport(), Qt.MouseButton.LeftButton, pos=at.toPoint())
        assert chosen == [Place(1, 0, 0)]
        await parts.session.close_document()
        assert parts.window.windowTitle() == "Diglot"
    assert children() == before


@pytest.mark.qloop
@pytest.mark.slow
async def test_the_reading_leads_to_the_page(tmp_path: Path) -> None:
    async with desk() as parts:
        parts.session.reader = "text"
        parts.bench.open_paths([pdf(tmp_path / "many.pdf", 9, text="Words on page {n} that can be read")])
        await until(lambda: 9 in parts.session.results)
        pages = pane(parts).pages

        pages.go_to(Place(9, 0, 0))

        assert pages.page == 9
        seen = pages.viewport().rect()
        box = parts.session.results[9].lines[0].box
        assert seen.contains(pages._projection(9).point(box.x0, box.y0).toPoint())


@pytest.mark.qloop
@pytest.mark.slow
async def test_a_bad_file_gives_a_banner_and_leaves_the_open_document_alone(tmp_path: Path) -> None:
    bad = tmp_path / "bad.pdf"
    bad.write_bytes(b"no pdf at all")
    async with desk() as parts:
        parts.session.reader = "text"
        parts.bench.open_paths([pdf(tmp_path / "good.pdf", 1)])
        await until(lambda: parts.session.document is not None)

        parts.bench.open_paths([bad])

        await until(lambda: banners(parts))
        assert "neither a PDF nor a picture" in banners(parts)[0]
        assert parts.session.document is not None
        assert parts.session.document.info.name == "good.pdf"
        parts.bench.open_paths([tmp_path / "good.pdf"])
        assert not banners(parts), "trying again takes the old words away"
        await until(lambda: parts.session._opening is not None and parts.session._opening.done())


def banners(parts: Parts) -> list[str]:
    stack = parts.window.findChild(BannerStack)
    return [banner.title for banner in stack.banners] if isinstance(stack, BannerStack) else []


@pytest.mark.qloop
async def test_what_fails_beside_the_page_is_said() -> None:
    async with desk() as parts:
        parts.bench.furnish()
        side = parts.window.findChild(ReadingView)
        assert isinstance(side, ReadingView)

        side.tables.failed.emit(OutputNotWritable("table.csv"))

        assert banners(parts) == [f"table.csv: {OutputNotWritable.title}"]


@pytest.mark.qloop
@pytest.mark.slow
async def test_the_banner_of_failed_pages_goes_with_its_document(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIGLOT_CHILD_FAULT", "page:crash:2")
    async with desk() as parts:
        parts.session.reader = "text"
        parts.bench.open_paths([pdf(tmp_path / "bad.pdf", 3)])
        await until(lambda: banners(parts))
        assert "Page 2" in banners(parts)[0]
        monkeypatch.delenv("DIGLOT_CHILD_FAULT")

        parts.bench.open_paths([pdf(tmp_path / "good.pdf", 1, text="Words on page {n} that can be read")])

        await until(lambda: parts.session.document is not None and parts.session.document.info.name == "good.pdf")
        assert not banners(parts)


async def answer_password(words: str | None) -> None:
    """Wait for the dialog, type into it and press Enter, or give up where `words` is None."""

    def dialogs() -> list[PasswordDialog]:
        return [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, PasswordDialog)]

    await until(lambda: any(dialog.isVisible() for dialog in dialogs()))
    dialog = next(dialog for dialog in dialogs() if dialog.isVisible())
    if words is None:
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
    else:
        field = dialog.findChild(QLineEdit)
        assert field is not None
        QTest.keyClicks(field, words)
        QTest.keyClick(field, Qt.Key.Key_Return)
    await until(lambda: dialog not in dialogs() or not dialog.isVisible())


@pytest.mark.qloop
@pytest.mark.slow
async def test_a_password_is_asked_for_until_it_fits(tmp_path: Path) -> None:
    async with desk() as parts:
        parts.session.reader = "text"
        parts.bench.open_paths([encrypted_pdf(tmp_path / "secret.pdf", user="apfel")])

        await answer_password("birne")
        assert parts.session.document is None
        await answer_password("apfel")

        await until(lambda: parts.session.document is not None)
        assert parts.session.document is not None
        assert parts.session.document.info.page_count == 2


@pytest.mark.qloop
async def test_whoever_gives_no_password_sees_the_empty_window_again(tmp_path: Path) -> None:
    async with desk() as parts:
        parts.session.reader = "text"
        parts.bench.open_paths([encrypted_pdf(tmp_path / "secret.pdf", user="apfel")])

        await answer_password(None)

        await asyncio.sleep(0.05)
        assert parts.session.document is None
        assert parts.window.empty.isVisible()


@pytest.mark.qloop
@pytest.mark.slow
async def test_another_document_takes_the_place_of_the_first(tmp_path: Path) -> None:
    async with desk() as parts:
        parts.session.reader = "text"
        parts.bench.open_paths([pdf(tmp_path / "first.pdf", 40)])
        await until(lambda: parts.session.document is not None)
        first = children()

        parts.bench.open_paths([pdf(tmp_path / "second.pdf", 3)])
        await until(lambda: parts.window.windowTitle().startswith("second.pdf"))

        assert pane(parts).model.rowCount() == 3
        await until(lambda: 3 in parts.session.results)
        assert set(parts.session.results) <= {1, 2, 3}
        assert not first <= children(), "the first document's page process is gone"


@pytest.mark.qloop
@pytest.mark.slow
async def test_closing_in_the_middle_of_reading_leaves_nothing(tmp_path: Path) -> None:
    before = children()
    async with desk() as parts:
        parts.bench.open_paths([scanned_pdf(tmp_path / "scans.pdf", 4)])
        await until(lambda: parts.session.job is not None)
        reading = pane(parts).model
        await until(lambda: reading.status(1).state in (ReadState.READING, ReadState.DONE))
    assert children() == before


@pytest.mark.qloop
@pytest.mark.slow
async def test_stop_keeps_what_was_read(tmp_path: Path) -> None:
    async with desk() as parts:
        parts.session.reader = "text"
        parts.bench.open_paths([pdf(tmp_path / "long.pdf", 400, text="Words on page {n} that can be read")])
        await until(lambda: len(parts.session.results) > 3)

        parts.window.acts.stop.trigger()
        await until(lambda: parts.session.job is None)

        states = {pane(parts).model.status(n).state for n in range(1, 401)}
        assert states == {ReadState.DONE, ReadState.UNREAD}
        assert parts.window.acts.read.isEnabled()

        kept = dict(parts.session.results)
        assert 0 < len(kept) < 400
        parts.window.acts.read.trigger()
        await until(lambda: len(parts.session.results) > len(kept))
        parts.window.acts.stop.trigger()
        await until(lambda: parts.session.job is None)
        assert all(parts.session.results[number] is result for number, result in kept.items()), "it went on"


@pytest.mark.qloop
@pytest.mark.slow
async def test_what_has_been_read_whole_is_read_again_and_another_reader_reads_all(tmp_path: Path) -> None:
    async with desk() as parts:
        parts.session.reader = "text"
        parts.bench.open_paths([pdf(tmp_path / "a.pdf", 3, text="Words on page {n} that can be read")])
        await until(lambda: len(parts.session.results) == 3 and parts.session.job is None)
        first = dict(parts.session.results)

        parts.window.acts.read.trigger()
        await until(lambda: all(parts.session.results[number] is not first[number] for number in first))


@pytest.mark.qloop
@pytest.mark.slow
async def test_files_can_be_dropped_on_every_part_of_the_window(tmp_path: Path) -> None:
    paths = [pdf(tmp_path / name, 1, text="Words") for name in ("a.pdf", "b.pdf")]
    async with desk() as parts:

        def is_open(path: Path) -> bool:
            document = parts.session.document
            return document is not None and document.info.path == path

        def drop(path: Path, on: QWidget | None) -> None:
            assert on is not None
            data = QMimeData()
            data.setUrls([QUrl.fromLocalFile(str(path))])
            at = on.mapTo(parts.window, on.rect().center())
            copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
            handle = parts.window.windowHandle()
            QApplication.sendEvent(handle, QDragEnterEvent(at, copy, data, left, none))
            QApplication.sendEvent(handle, QDragMoveEvent(at, copy, data, left, none))
            QApplication.sendEvent(handle, QDropEvent(QPointF(at), copy, data, left, none))

        for path, on in ((paths[0], parts.window.empty), (paths[1], pane(parts).pages)):
            drop(path, on)
            await until(partial(is_open, path))
        await until(lambda: parts.session.results)
        drop(paths[0], pane(parts).findChild(ReadingText))
        await until(lambda: is_open(paths[0]))


@pytest.mark.qloop
async def test_a_file_named_like_markup_is_shown_by_its_name(tmp_path: Path) -> None:
    odd = pdf(tmp_path / "<b>fat<b> & [*] thin.pdf", 1, text="Words")
    async with desk(QSettings(str(tmp_path / "kept.ini"), QSettings.Format.IniFormat)) as parts:
        parts.bench.open_paths([odd])
        await until(lambda: parts.session.document is not None)
        assert parts.window.windowTitle().replace("[*][*]", "[*]") == f"{odd.name} – Diglot"

        (button,) = [b for b in parts.window.empty.findChildren(QPushButton) if "fat" in b.text()]
        assert button.text().replace("&&", "&") == odd.name
        tip = QTextDocument()
        tip.setHtml(button.toolTip())
        assert tip.toPlainText() == str(odd)


@pytest.mark.qloop
async def test_a_pasted_picture_is_opened_and_files_win_over_pictures(tmp_path: Path) -> None:
    image = QImage(320, 200, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    QGuiApplication.clipboard().setImage(image)
    async with desk() as parts:
        parts.session.reader = "text"
        parts.window.acts.paste.trigger()
        await until(lambda: parts.session.document is not None)
        assert parts.session.document is not None
        assert parts.session.document.info.page_count == 1
        sizes = await parts.service.sizes(parts.session.document, 1, 1)
        assert (sizes[0].width, sizes[0].height) == (320, 200)

    both = QMimeData()
    both.setImageData(image)
    both.setUrls([QUrl.fromLocalFile(str(tmp_path / "a.png"))])
    taken = intake(both)
    assert taken is not None
    assert taken.paths == (tmp_path / "a.png",)
    web = QMimeData()
    web.setUrls([QUrl("https://example.org/a.png")])
    assert intake(web) is None, "nothing is loaded from the network"


@pytest.mark.qloop
async def test_recent_files_are_offered_and_the_missing_ones_greyed(tmp_path: Path) -> None:
    store = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    RecentFiles(store).add(tmp_path / "gone.pdf")
    async with desk(store) as parts:
        parts.bench.open_paths([pdf(tmp_path / "here.pdf", 1)])
        await until(lambda: parts.session.document is not None)
        assert RecentFiles(store).paths() == [tmp_path / "here.pdf", tmp_path / "gone.pdf"]

        recent = parts.window._recent

        def enabled() -> dict[str, bool]:
            return {action.text(): action.isEnabled() for action in recent.actions()}

        await until(lambda: enabled().get("gone.pdf") is False)
        assert enabled()["here.pdf"]
        next(action for action in recent.actions() if action.text() == "Forget these").trigger()
        assert RecentFiles(store).paths() == []


@pytest.mark.qloop
async def test_keys_go_through_the_pages(tmp_path: Path) -> None:
    async with desk() as parts:
        parts.session.reader = "text"
        parts.bench.open_paths([pdf(tmp_path / "many.pdf", 30)])
        await until(lambda: parts.session.document is not None)
        pages, acts = pane(parts).pages, parts.window.acts

        QTest.keyClick(pages, Qt.Key.Key_End)
        assert pages.page == 30
        QTest.keyClick(pages, Qt.Key.Key_Home)
        assert pages.page == 1
        acts.next_page.trigger()
        acts.next_page.trigger()
        assert pages.page == 3
        acts.previous_page.trigger()
        assert pages.page == 2
        parts.window.toolbar.page_asked.emit(17)
        assert pages.page == 17
        assert pane(parts).thumbnails.currentIndex().row() == 16
        factor = pages._shown_factor()
        acts.zoom_in.trigger()
        assert pages._shown_factor() > factor
        assert pages.page == 17
        acts.full_size.trigger()
        assert pages._shown_factor() == pytest.approx(1.0)
