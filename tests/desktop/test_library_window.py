"""The library's window: finding as one types, going there, files that moved, forgetting, keeping, moving."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pymupdf
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QMessageBox, QWidget

from desktop.models.library import Goal, More
from desktop.places import Place
from engine.settings import change_library, load_settings
from engine.store.files import FILE, SET_ASIDE
from engine.store.library import Library, library_folder
from engine.store.records import Found
from tests.support.desk import pane, until
from tests.support.kept_library import bytes_in, opened
from tests.support.library_window import LibraryWindow, answer, choose_path, fill, library_window, question

CONTRACT = ("contract.pdf", ["ozone and helium", "本合同一式两份", "ozone again"])
INVOICE = ("invoice.pdf", ["total of helium"])


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DIGLOT_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


async def two(library: Library) -> None:
    await fill(library, CONTRACT, INVOICE)


# -- what is shown


@pytest.mark.qloop
@pytest.mark.slow
async def test_documents_are_listed_and_found_as_one_types(tmp_path: Path) -> None:
    async with library_window(tmp_path, two) as seen:
        dialog = seen.dialog
        assert seen.names() == ["invoice.pdf", "contract.pdf"]
        await until(lambda: " in 2 " in dialog.foot.amount.text())
        assert dialog.stack.currentWidget() is dialog.document_list

        await seen.type("ozo")
        assert dialog.stack.currentWidget() is dialog.hit_list
        assert [goal.number for goal in seen.goals()] == [3, 1]
        assert dialog.count.text().startswith("2 ")
        await seen.type("合同")
        assert [(goal.document.name, goal.number) for goal in seen.goals()] == [("contract.pdf", 2)]
        await seen.type("nowhere")
        assert dialog.stack.currentWidget() is dialog.note and "all of these words" in dialog.note.text()
        dialog.field.clear()
        await until(lambda: dialog.stack.currentWidget() is dialog.document_list)
        assert dialog.count.isHidden()


@pytest.mark.qloop
@pytest.mark.slow
async def test_the_newest_words_count_and_no_two_questions_are_under_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, under_way, most = list[str](), 0, 0
    search = Library.search

    async def slow(library: Library, query: str, **how: object) -> Found:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        asked.append(query)
        await asyncio.sleep(0.05)
        found = await search(library, query, **how)  # type: ignore[arg-type]
        under_way -= 1
        return found

    monkeypatch.setattr(Library, "search", slow)
    async with library_window(tmp_path, two) as seen:
        desk = seen.parts.bench.library_desk()
        assert desk.search is not None
        for text in ("h", "he", "hel", "heli", "helium"):
            desk.search.search(text)
            await asyncio.sleep(0.01)
        await until(lambda: desk.search is not None and desk.search.shown == "helium")

        assert most == 1
        assert asked[0] == "h*" and asked[-1] == "helium*" and len(asked) < 5


@pytest.mark.qloop
@pytest.mark.slow
async def test_further_documents_and_pages_come_when_they_are_wanted(tmp_path: Path) -> None:
    async def many(library: Library) -> None:
        await fill(library, *((f"note {number:03}.pdf", ["argon"]) for number in range(150)))
        await fill(library, ("book.pdf", ["krypton"] * 70))

    async with library_window(tmp_path, many) as seen:
        dialog = seen.dialog
        bar = dialog.document_list.verticalScrollBar()
        while dialog.documents.rowCount() < 151:
            before = dialog.documents.rowCount()
            bar.setValue(bar.maximum())
            await until(lambda before=before: dialog.documents.rowCount() > before)  # type: ignore[misc]
        assert len(set(seen.names())) == 151

        await seen.type("krypton")
        more = next(row for row in dialog.hits.rows if isinstance(row, More))
        assert (more.shown, more.left) == (5, 65)
        dialog.hit_list.setCurrentIndex(dialog.hits.index(dialog.hits.rows.index(more)))
        dialog.open_button.click()
        await until(lambda: len(seen.goals()) == 45)
        assert dialog.count.text().startswith("70 ")
        await seen.type("argon")
        while len(seen.goals()) < 150:
            before = len(seen.goals())
            dialog.hit_list.scrollToBottom()
            await until(lambda before=before: len(seen.goals()) > before)  # type: ignore[misc]
        assert len({goal.document.sha256 for goal in seen.goals()}) == 150


@pytest.mark.qloop
@pytest.mark.slow
async def test_an_empty_library_says_what_to_do_and_is_not_made(tmp_path: Path, home: Path) -> None:
    async with library_window(tmp_path) as seen:
        dialog = seen.dialog
        assert "Open a document" in dialog.note.text()
        await until(lambda: dialog.foot.amount.text() == "Nothing is kept yet")
        await seen.type("ozone")
        assert "No page was found" in dialog.note.text()
        dialog.field.clear()
        dialog.foot.keep.click()
        await until(lambda: "Tick “Keep what is read”" in dialog.note.text())

        assert not dialog.open_button.isEnabled() and not dialog.foot.everything.isEnabled()
        assert not library_folder().exists()


@pytest.mark.qloop
@pytest.mark.slow
async def test_everything_has_a_name_and_can_be_reached_by_the_keyboard(tmp_path: Path) -> None:
    async with library_window(tmp_path, two) as seen:
        dialog = seen.dialog
        dialog.activateWindow()
        nameless = []
        for widget in dialog.findChildren(QWidget):
            told = QAccessible.queryAccessibleInterface(widget)
            inner = isinstance(widget.parent(), QAbstractScrollArea) or widget.objectName().startswith("qt_")
            usable = widget.focusPolicy() != Qt.FocusPolicy.NoFocus and not inner and not widget.isHidden()
            if usable and told is not None and not told.text(QAccessible.Text.Name):
                nameless.append(type(widget).__name__)
        assert nameless == []

        await seen.type("ozone")
        QTest.keyClick(dialog.field, Qt.Key.Key_Down)
        assert QApplication.focusWidget() is dialog.hit_list
        chosen = list[Goal]()
        dialog.goal_chosen.connect(chosen.append)
        seen.parts.bench.library_desk().opening.blockSignals(True)
        QTest.keyClick(dialog.hit_list, Qt.Key.Key_Down)
        QTest.keyClick(dialog.hit_list, Qt.Key.Key_Return)
        assert [goal.number for goal in chosen] == [1]
        QTest.keyClick(dialog, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
        assert QApplication.focusWidget() is dialog.field
        QTest.keyClick(dialog.field, Qt.Key.Key_Escape)
        assert dialog.field.text() == "" and dialog.isVisible()
        QTest.keyClick(dialog.field, Qt.Key.Key_Escape)
        assert not dialog.isVisible()


# -- going there


def pdf(path: Path, *pages: str) -> Path:
    with pymupdf.open() as document:
        for text in pages:
            document.new_page().insert_text((72, 600), text, fontsize=12)
        document.save(path)
    return path


WORDS = [f"This is page {number} of a document with words enough; ozone{number} is on it." for number in range(1, 5)]


async def read(seen: LibraryWindow, path: Path) -> None:
    """Open a document and wait until all of it was read."""
    seen.parts.session.reader = "text"
    seen.parts.bench.open_paths([path])
    await until(
        lambda: (
            seen.parts.session.document is not None
            and seen.parts.session.document.info.path == path
            and len(seen.parts.session.results) == seen.parts.session.document.info.page_count
            and seen.parts.session.job is None
        )
    )


@pytest.mark.qloop
@pytest.mark.slow
async def test_a_hit_opens_its_document_at_the_page_with_its_place_lit(tmp_path: Path) -> None:
    async with library_window(tmp_path) as seen:
        pages = pane(seen.parts).pages
        await read(seen, pdf(tmp_path / "one.pdf", *WORDS))
        await read(seen, pdf(tmp_path / "two.pdf", "Another document of a single page, with other words."))
        await seen.type("ozone3")
        lit, chosen = list[object](), list[Place]()
        pages.chosen.connect(chosen.append)
        seen.parts.bench.library_desk().place_known.connect(lit.append)
        (goal,) = seen.goals()
        seen.dialog.open_button.click()

        await until(lambda: lit)
        assert seen.parts.session.document is not None and seen.parts.session.document.info.name == "one.pdf"
        assert pages.page == 3
        assert chosen[-1].block is not None and chosen[-1].box == goal.box
        height = pages.viewport().height()
        assert goal.box is not None and 0 < pages._projection(3).rect(goal.box).center().y() < height

        # The document is open now: the next hit goes there at once.
        await seen.type("ozone1")
        seen.dialog.open_button.click()
        await until(lambda: pages.page == 1)


@pytest.mark.qloop
@pytest.mark.slow
async def test_a_file_that_moved_is_looked_for_and_must_be_the_same(tmp_path: Path) -> None:
    async with library_window(tmp_path) as seen:
        path = pdf(tmp_path / "one.pdf", *WORDS)
        await read(seen, path)
        await read(seen, pdf(tmp_path / "two.pdf", "Another document of a single page, with other words."))
        moved = path.rename(tmp_path / "elsewhere.pdf")
        await seen.type("ozone2")

        seen.dialog.open_button.click()
        assert "is not where it was" in await answer("Look for it…")
        await choose_path(tmp_path / "two.pdf")
        await until(lambda: "This is not “one.pdf”" in seen.banners())
        assert seen.parts.session.document is not None and seen.parts.session.document.info.name == "two.pdf"

        seen.dialog.open_button.click()
        await answer("Look for it…")
        await choose_path(moved)
        await until(lambda: seen.parts.session.document and seen.parts.session.document.info.name == "elsewhere.pdf")
        await until(lambda: pane(seen.parts).pages.page == 2)
        known = await (await seen.library()).document(seen.goals()[0].document.sha256)
        assert known is not None and known.facts.path == str(moved)  # found at once the next time

        moved.unlink()
        pdf(moved, "Something else lies here now, and it says so in its words.")
        await read(seen, tmp_path / "two.pdf")
        seen.dialog.open_button.click()
        await until(lambda: any("is another document now" in title for title in seen.said()))


@pytest.mark.qloop
@pytest.mark.slow
async def test_what_came_from_no_file_can_be_forgotten_there(tmp_path: Path) -> None:
    async with library_window(tmp_path, two) as seen:
        seen.choose("invoice.pdf")
        seen.dialog.open_button.click()
        assert "/home/user/invoice.pdf" in await answer("Forget it…")
        await answer("Forget")
        await until(lambda: seen.names() == ["contract.pdf"])


# -- forgetting


@pytest.mark.qloop
@pytest.mark.slow
async def test_forgetting_asks_and_leaves_no_text(tmp_path: Path) -> None:
    async with library_window(tmp_path, two) as seen:
        dialog, folder = seen.dialog, library_folder()
        seen.choose("contract.pdf")
        dialog.forget_button.click()
        box = await question()
        assert box.textFormat() is Qt.TextFormat.PlainText
        assert box.defaultButton() is box.button(QMessageBox.StandardButton.Cancel)
        assert "Forget “contract.pdf”?" in await answer("Cancel")
        assert len(seen.names()) == 2

        dialog.activateWindow()
        dialog.document_list.setFocus()
        QTest.keyClick(dialog.document_list, Qt.Key.Key_Delete)
        await answer("Forget")
        await until(lambda: seen.names() == ["invoice.pdf"])
        await until(lambda: any(" forgotten" in title for title in seen.banners()))
        assert b"ozone" not in bytes_in(folder) and b"helium" in bytes_in(folder)

        dialog.foot.everything.click()
        await answer("Forget everything")
        await until(lambda: dialog.stack.currentWidget() is dialog.note)
        assert b"helium" not in bytes_in(folder)


@pytest.mark.qloop
@pytest.mark.slow
async def test_several_are_forgotten_at_once_and_hits_forget_their_document(tmp_path: Path) -> None:
    async def three(library: Library) -> None:
        await fill(library, CONTRACT, INVOICE, ("third.pdf", ["xenon"]))

    async with library_window(tmp_path, three) as seen:
        await seen.type("xenon")
        seen.dialog.forget_button.click()
        assert "third.pdf" in await answer("Forget")
        await until(lambda: len(seen.names()) == 2)
        await until(lambda: "No page was found" in seen.dialog.note.text())
        seen.dialog.field.clear()
        await until(lambda: seen.dialog.stack.currentWidget() is seen.dialog.document_list)
        seen.dialog.document_list.selectAll()
        seen.dialog.forget_button.click()
        assert "invoice.pdf" in await answer("Forget")
        await until(lambda: not seen.names())


@pytest.mark.qloop
@pytest.mark.slow
async def test_a_damaged_library_is_told_and_can_be_removed(tmp_path: Path) -> None:
    async with opened(library_folder()) as library:
        await two(library)
    (library_folder() / FILE).write_bytes(b"no library at all" * 1000)

    async with library_window(tmp_path) as seen:
        await read(seen, pdf(tmp_path / "one.pdf", *WORDS))
        await until(lambda: any("has been set aside" in title for title in seen.said()))
        await until(lambda: not seen.dialog.foot.set_aside.isHidden())
        seen.dialog.foot.set_aside.click()
        await answer("Remove")
        await until(lambda: seen.dialog.foot.set_aside.isHidden())
        assert not list(library_folder().glob(f"{SET_ASIDE}*"))


@pytest.mark.qloop
@pytest.mark.slow
async def test_a_library_that_went_away_is_said_in_words(tmp_path: Path) -> None:
    async with library_window(tmp_path, two) as seen:
        await until(lambda: " in 2 " in seen.dialog.foot.amount.text())
        (library_folder() / FILE).rename(tmp_path / "gone.db")
        (library_folder() / FILE).touch()
        seen.dialog.field.setText("ozone")
        await until(lambda: any("The library cannot be reached" in title for title in seen.banners()))

        seen.dialog.field.setText("helium")  # asked again, and said again, not for ever at work
        search = seen.parts.bench.library_desk().search
        assert search is not None
        await until(lambda: search.wanted == "helium" and not search.at_work)


# -- what is kept, and where


@pytest.mark.qloop
@pytest.mark.slow
async def test_what_is_kept_is_chosen_and_holds_at_once(tmp_path: Path) -> None:
    async with library_window(tmp_path) as seen:
        foot, path = seen.dialog.foot, pdf(tmp_path / "one.pdf", *WORDS)
        foot.protected.click()
        await until(lambda: load_settings().library.keep_protected)
        foot.keep.click()
        await until(lambda: not load_settings().library.keep and not foot.protected.isEnabled())
        await read(seen, path)
        assert await seen.parts.service.library_there() is None

        foot.keep.click()
        document = seen.parts.session.document
        assert document is not None
        await until(lambda: seen.parts.service.keeps(document))
        assert load_settings().library.keep
        seen.parts.window.acts.read.trigger()
        await until(lambda: (library_folder() / FILE).exists())
        await until(lambda: seen.names() == ["one.pdf"])  # the list is shown anew when the reading has ended


@pytest.mark.qloop
@pytest.mark.slow
async def test_it_is_moved_into_a_folder_of_its_own_and_work_goes_on_there(tmp_path: Path) -> None:
    (tmp_path / "drive").mkdir()
    (tmp_path / "drive" / "photo.jpg").touch()
    async with library_window(tmp_path, two) as seen:
        old = library_folder()
        seen.dialog.foot.move_button.click()
        await choose_path(tmp_path / "drive")
        place = tmp_path / "drive" / "Diglot library"
        assert f"{place}\n" in await answer("Move")
        await until(lambda: seen.banners() and str(place) in seen.banners()[-1])

        assert load_settings().library.folder == str(place)
        assert (place / FILE).exists() and not old.exists()
        assert seen.dialog.foot.place.accessibleName() == str(place)
        assert seen.dialog.foot.move_button.isEnabled() and seen.dialog.foot.progress.isHidden()
        await seen.type("ozone")
        assert len(seen.goals()) == 2


@pytest.mark.qloop
@pytest.mark.slow
async def test_a_library_whose_drive_is_away_is_not_begun_anew_there(tmp_path: Path) -> None:
    drive = tmp_path / "drive"
    drive.mkdir()
    change_library(folder=str(drive / "library"))
    async with library_window(tmp_path) as seen:
        assert "not where it was put" in seen.dialog.note.text()
        assert any("cannot be reached" in title for title in seen.banners())
        assert "cannot be reached" in seen.dialog.foot.amount.text() and not list(drive.iterdir())

        # when: its drive is there again
        async with opened(drive / "library") as library:
            await two(library)
        seen.dialog.close()
        seen.parts.bench.library_desk().open()
        await until(lambda: seen.dialog.documents.rowCount() == 2)


@pytest.mark.qloop
@pytest.mark.slow
@pytest.mark.parametrize("there_is_one", [True, False])
async def test_another_library_is_used_where_the_old_one_cannot_be_reached(tmp_path: Path, there_is_one: bool) -> None:
    away, new = tmp_path / "away" / "library", tmp_path / "new"
    change_library(folder=str(away))
    if there_is_one:
        async with opened(new / "Diglot library") as library:
            await two(library)
    new.mkdir(exist_ok=True)
    async with library_window(tmp_path) as seen:
        seen.dialog.foot.move_button.click()
        await choose_path(new)
        asked = await answer("Use it" if there_is_one else "Begin")
        assert str(away) in asked and str(new) in asked
        await until(lambda: seen.banners() and str(new) in seen.banners()[-1])

        place = new / "Diglot library" if there_is_one else new
        assert load_settings().library.folder == str(place) and (place / FILE).exists()
        assert seen.dialog.documents.rowCount() == (2 if there_is_one else 0)
        assert not away.exists()


@pytest.mark.qloop
@pytest.mark.slow
async def test_what_keeps_it_from_being_moved_is_said_in_words(tmp_path: Path) -> None:
    async with library_window(tmp_path, two) as seen:
        old = library_folder()
        seen.dialog.foot.move_button.click()
        await choose_path(old)
        await answer("Move")
        await until(lambda: any("cannot be put there" in title for title in seen.banners()))

        async with opened(old):
            seen.dialog.foot.move_button.click()
            await choose_path(tmp_path / "new")
            await answer("Move")
            await until(lambda: any("in use by another Diglot" in title for title in seen.banners()))
        assert load_settings().library.folder == "" and len(await (await seen.library()).documents()) == 2


@pytest.mark.qloop
@pytest.mark.slow
async def test_a_move_can_be_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.store import files

    monkeypatch.setattr(files, "PAGES_AT_ONCE", 1)
    async with library_window(tmp_path, two) as seen:
        seen.dialog.foot.move_button.click()
        await choose_path(tmp_path / "new")
        foot = seen.dialog.foot
        show = foot.show_moving

        def give_up_at_once(share: float | None, words: str = "") -> None:
            show(share, words)
            if share is not None:
                foot.give_up.click()

        monkeypatch.setattr(foot, "show_moving", give_up_at_once)
        await answer("Move")
        await until(lambda: "The library was not moved" in seen.banners())

        assert load_settings().library.folder == "" and not (tmp_path / "new").exists()
        assert foot.progress.isHidden()
        await seen.type("ozone")
        assert len(seen.goals()) == 2
