"""What is told and offered of jobs: pausing and going on, what is waited for, what failed, what was interrupted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QObject, Signal

from desktop.doubt_words import pages_words
from desktop.doubting import DoubtDesk
from desktop.engine_words import remedy_words
from desktop.notices import Notices
from desktop.session import Session
from desktop.views.main_window import MainWindow
from desktop.views.page_view import PageView
from desktop.words import error_words
from engine.engine_errors import EngineError, Remedy, RemedyKind
from engine.errors import DiglotError, NotFound, OutputError
from engine.events import JobEnded, JobGoesOn, JobPaused

if TYPE_CHECKING:
    from engine.store.records import KeptJob

INTERRUPTED_KEY = "interrupted"


class JobDesk(QObject):
    """Joins the session's jobs, the strip at the window's foot, and the banners."""

    remedy_chosen = Signal(object)
    """Remedy: what would help the engine that a job waits for."""

    def __init__(
        self,
        window: MainWindow,
        session: Session,
        pages: PageView,
        doubts: DoubtDesk,
        notices: Callable[[], Notices],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._pages = pages
        self._doubts = doubts
        self._notices = notices
        self._offered: KeptJob | None = None
        self._paused = False
        self._remedy: Remedy | None = None  # what the strip's button does, where going on would be of no use
        session.reading_started.connect(lambda _job: self._started())
        session.reading_ended.connect(self._ended)
        session.closing.connect(lambda _last: self._show_look(()))
        session.bridge.job_paused.connect(self._job_paused)
        session.bridge.job_goes_on.connect(self._job_goes_on)
        doubts.look_changed.connect(self._show_look)
        strip, acts = window.strip, window.acts
        strip.pause_asked.connect(session.jobs.pause)
        strip.go_on_asked.connect(self._go_on)
        strip.retry_asked.connect(self._retry)
        strip.look_asked.connect(self._look)
        acts.pause.triggered.connect(lambda _checked=False: self._pause_or_go_on())
        acts.retry.triggered.connect(lambda _checked=False: self._retry())

    def offer_interrupted(self) -> None:
        """Look for a job that was interrupted, and offer to go on with it."""
        self._session.bridge.start(self._offer_interrupted())

    # -- pausing

    def _pause_or_go_on(self) -> None:
        if self._paused:
            self._session.jobs.go_on()
        else:
            self._session.jobs.pause()

    def _go_on(self) -> None:
        """Go on now; where only a change of the engine helps, make it: the job goes on by itself when that is ready."""
        if self._remedy is not None:
            self.remedy_chosen.emit(self._remedy)
        else:
            self._session.jobs.go_on()

    def _started(self) -> None:
        self._paused = False
        self._name_pause()
        job, offered = self._session.job, self._offered
        if job is not None and offered is not None and self._session.document is not None:
            path = self._session.document.info.path
            if path is not None and str(path.absolute()) == offered.document.path:
                self._withdraw()

    def _job_paused(self, event: JobPaused) -> None:
        job = self._session.job
        if job is None or event.job != job.id:
            return
        self._paused, self._remedy = True, None
        if event.error is None:
            self._window.strip.show_stand(self.tr("Paused"), self.tr("Go on"))
        else:
            self._say_waits(event.error)
        self._name_pause()

    def _say_waits(self, error: DiglotError) -> None:
        words = error_words(error)
        unkept = isinstance(error, OutputError) and not error.retryable
        go_on = self.tr("Go on without keeping") if unkept else self.tr("Go on now")
        if isinstance(error, EngineError) and error.for_good:
            self._remedy = error.remedy or Remedy(RemedyKind.START_AGAIN)
            go_on = remedy_words(self._remedy)
        tip = f"{words.title}. {words.advice}"
        self._window.strip.show_stand(self.tr("Waiting: {what}").format(what=words.title), go_on, tip=tip)

    def _job_goes_on(self, event: JobGoesOn) -> None:
        job = self._session.job
        if job is not None and event.job == job.id:
            self._paused, self._remedy = False, None
            self._window.strip.show_stand("")
            self._name_pause()

    def _name_pause(self) -> None:
        self._window.acts.pause.setText(self.tr("Go &on") if self._paused else self.tr("Pau&se"))

    # -- what failed, and what needs a look

    def _ended(self, event: JobEnded) -> None:
        self._paused = False
        self._name_pause()
        can = self._session.jobs.can_retry
        self._window.acts.retry.setEnabled(can)
        self._window.strip.show_retry(event.progress.failed if can else 0)

    def _retry(self) -> None:
        document = self._session.document
        if document is not None and self._session.jobs.can_retry:
            self._session.jobs.retry(document)

    def _show_look(self, pages: tuple[int, ...]) -> None:
        self._window.strip.show_look(pages_words(len(pages)) if pages else "")

    def _look(self) -> None:
        """Go to the next page that needs a look, after the last one to the first."""
        pages = self._doubts.pages_to_look_at
        here = self._pages.page
        if pages:
            self._pages.go_to_page(next((number for number in pages if number > here), pages[0]))

    # -- what was interrupted

    async def _offer_interrupted(self) -> None:
        jobs = [job for job in await self._session.interrupted() if job.document.path]
        if not jobs or self._session.job is not None:
            return
        kept = self._offered = jobs[0]
        number = QLocale().toString
        title = self.tr("Reading “{name}” was interrupted at page {done} of {total}").format(
            name=kept.document.name, done=number(kept.done + len(kept.failures)), total=number(kept.total)
        )
        text = self.tr("What was read is kept.")
        self._notices().offer(
            title,
            text,
            (
                (self.tr("Go on"), lambda: self._session.bridge.start(self._go_on_with(kept))),
                (self.tr("Not now"), self._withdraw),
                (self.tr("Drop"), lambda: self._session.bridge.start(self._session.drop_kept(kept.id))),
            ),
            key=INTERRUPTED_KEY,
        )

    async def _go_on_with(self, kept: KeptJob) -> None:
        path = Path(kept.document.path)
        if await asyncio.to_thread(path.exists):
            self._session.open(path, take_up=kept.id)
        else:
            raise NotFound(kept.document.name)

    def _withdraw(self) -> None:
        self._offered = None
        self._notices().clear(INTERRUPTED_KEY)
