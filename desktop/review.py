"""Review: what helps to trust what was read: the doubtful words, the readings compared, how the jobs stand."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from desktop.comparing import CompareDesk
from desktop.doubting import DoubtDesk
from desktop.job_desk import JobDesk
from desktop.notices import Notices
from desktop.session import Session
from desktop.views.main_window import MainWindow
from desktop.views.page_view import PageView
from desktop.views.reading_side import ReadingSide


class Review(QObject):
    """Built when the first page has been shown; what was read until then is looked over at once."""

    def __init__(
        self,
        window: MainWindow,
        session: Session,
        pages: PageView,
        side: ReadingSide,
        notices: Callable[[], Notices],
    ) -> None:
        super().__init__(window)
        self.doubts = DoubtDesk(window, session, pages, side)
        self.doubts.said.connect(window.strip.remark)
        self.comparing = CompareDesk(window, session, pages)
        self.jobs = JobDesk(window, session, pages, self.doubts, notices)
        self.doubts.count(session.results)
