"""Errors in the window: banners, one for many pages, dialogs, silence when the person stopped it."""

from __future__ import annotations

import asyncio
import logging

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QToolButton
from pytestqt.qtbot import QtBot

from desktop.notices import Notices, ranges
from desktop.views.banner import MAX_BANNERS, BannerStack
from engine.errors import Cancelled, DamagedFile, Defect, DiskFull, NotFound, PageCrashed, PageTimedOut
from engine.events import JobId

JOB = JobId(7)


@pytest.fixture
def banners(qtbot: QtBot) -> BannerStack:
    stack = BannerStack()
    qtbot.addWidget(stack)
    return stack


def shown(banners: BannerStack) -> list[str]:
    return [banner.title for banner in banners.banners]


def test_an_error_says_what_happened_and_what_to_do(banners: BannerStack) -> None:
    Notices(banners).error(DamagedFile("report.pdf"))

    assert shown(banners) == ["report.pdf: The file is damaged"]
    assert banners.banners[0].text == DamagedFile.advice
    assert banners.banners[0].accessibleName() == f"report.pdf: The file is damaged. {DamagedFile.advice}"
    assert banners.isVisible()


def test_trying_again_replaces_the_old_words(banners: BannerStack) -> None:
    notices = Notices(banners)
    notices.error(NotFound("a.pdf"), key="open")
    notices.error(DamagedFile("b.pdf"), key="open")

    assert shown(banners) == ["b.pdf: The file is damaged"]
    notices.clear("open")
    assert shown(banners) == [] and not banners.isVisible()


def test_two_who_meet_the_same_say_it_once(banners: BannerStack) -> None:
    notices = Notices(banners)
    notices.error(DiskFull("/media/stick"), key="recall")
    notices.error(DiskFull("/media/stick"), key="jobs")
    notices.error(DiskFull("/media/other"), key="save")

    assert [title.partition(":")[0] for title in shown(banners)] == ["/media/stick", "/media/other"]


def test_being_stopped_is_shown_nowhere(banners: BannerStack) -> None:
    notices = Notices(banners)
    notices.error(Cancelled())
    notices.error(asyncio.CancelledError())
    notices.page_failed(JOB, 1, Cancelled())

    assert shown(banners) == []
    assert notices.dialog(Cancelled()) is None


def test_many_pages_of_a_job_are_one_banner_for_each_kind(banners: BannerStack) -> None:
    notices = Notices(banners)
    for number in (3, 9, 7, 8):
        notices.page_failed(JOB, number, PageTimedOut())
    notices.page_failed(JOB, 4, PageCrashed())

    assert shown(banners) == ["Pages 3, 7–9: This page took too long", "Page 4: This page made its parser crash"]
    notices.forget_job(JOB)
    assert shown(banners) == []


def test_a_defect_of_ours_is_logged_and_shown_in_plain_words(
    banners: BannerStack, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        Notices(banners).error(ZeroDivisionError("division by zero"))

    assert shown(banners) == [Defect.title]
    assert "ZeroDivisionError" in caplog.text


def test_a_banner_can_be_closed(banners: BannerStack) -> None:
    Notices(banners).error(DiskFull())
    button = banners.banners[0].findChild(QToolButton)
    assert isinstance(button, QToolButton)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    assert shown(banners) == []


def test_banners_never_fill_the_window(banners: BannerStack) -> None:
    for number in range(10):
        banners.show_note(f"Note {number}", "")

    assert shown(banners) == [f"Note {number}" for number in range(10 - MAX_BANNERS, 10)]


def test_a_file_name_is_no_markup(banners: BannerStack) -> None:
    Notices(banners).error(NotFound("<b>x</b>.pdf"))

    labels = [label for label in banners.findChildren(QLabel) if label.text()]
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in labels)


def test_a_dialog_does_not_block(banners: BannerStack, qtbot: QtBot) -> None:
    box = Notices(banners).dialog(NotFound("a.pdf"))

    assert box is not None and box.isVisible()
    assert (box.text(), box.informativeText()) == ("a.pdf: There is no such file", NotFound.advice)
    box.close()


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ([], ""),
        ([5], "5"),
        ([2, 1, 3, 3], "1–3"),
        ([1, 3, 4, 9], "1, 3–4, 9"),
        (range(1, 41, 2), "1, 3, 5, 7, 9, 11, 13, 15, …"),
    ],
)
def test_page_numbers_are_written_the_short_way(numbers: list[int], words: str) -> None:
    assert ranges(numbers) == words
