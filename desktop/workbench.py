"""Workbench: joins session and window: a person's wish becomes a call, the engine's news a change of the views."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication

from desktop.intake import Intake, intake, picture_bytes, picture_name
from desktop.models.pages import PageStatus
from desktop.recent import RecentFiles
from desktop.session import OPEN_KEY, READ_KEY, Session, Target
from desktop.views.main_window import MainWindow
from desktop.views.page_layout import Fit, Zoom
from desktop.views.page_view import MAX_PIXELS
from engine.errors import DiglotError
from engine.events import JobEnded, PageFailed
from engine.pages.image import PageSize

if TYPE_CHECKING:  # built after the first paint
    from desktop.notices import Notices
    from desktop.views.reading_side import ReadingSide
    from engine.jobs.job import Job
    from engine.service import Document

SAMPLE = Path(__file__).resolve().parent.parent / "resources" / "samples" / "tour.pdf"
READ_AFTER_MS = 600
"""Reading begins when the first page is on the screen, or after so long if it is slow to come."""
THUMBNAIL_PIXELS = 200_000
SAVE_KEY = "save"


class Workbench(QObject):
    """Everything that happens in one window."""

    first_page_painted = Signal()

    def __init__(self, window: MainWindow, session: Session, recent: RecentFiles | None) -> None:
        """Join them.

        Args:
            window: The window, built and perhaps shown.
            session: Its document.
            recent: Where opened files are remembered; None remembers nothing.
        """
        super().__init__(window)
        self._window = window
        self._session = session
        self._recent = recent
        self._side: ReadingSide | None = None
        self._notices: Notices | None = None
        self._begin = QTimer(self, singleShot=True, interval=READ_AFTER_MS)
        self._begin.timeout.connect(self.read)
        self._listen_to_session()
        self._listen_to_window()
        self._show_recent()

    def furnish(self) -> None:
        """Build what the first paint did not need: the notices and the reading side. Safe to call again."""
        if self._side is not None:
            return
        from desktop.notices import Notices
        from desktop.views.banner import BannerStack
        from desktop.views.reading_side import ReadingSide

        banners = BannerStack(self._window)
        self._window.notice_place.addWidget(banners)
        self._notices = Notices(banners)
        self._side = ReadingSide(self._window.pages, self._window.model)
        self._window.put_reading_side(self._side)
        document = self._session.document
        if document is not None:
            self._side.show_document(document.info.page_count, document.results)

    # -- wishes

    def open(self, target: Target, *, name: str = "") -> None:
        """Open something in place of what is open."""
        if self._notices is not None:
            self._notices.clear(OPEN_KEY)
        self._session.open(target, name=name)

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Open one file or folder, or several pictures as one document."""
        if paths:
            self.open(paths[0] if len(paths) == 1 else tuple(paths))

    def read(self) -> None:
        """Read all pages."""
        self._begin.stop()
        self._session.read()

    def take(self, taken: Intake) -> None:
        """Open what was dropped or pasted."""
        if taken.paths:
            self.open_paths(taken.paths)
        elif taken.picture is not None:
            picture = taken.picture

            async def open_picture() -> None:
                self.open(await picture_bytes(picture), name=picture_name())

            self._session.bridge.start(open_picture(), key=OPEN_KEY)

    def _paste(self) -> None:
        taken = intake(QGuiApplication.clipboard().mimeData())
        if taken is not None:
            self.take(taken)
        else:
            self._say(self.tr("There is no picture and no file on the clipboard."))

    def _say(self, words: str) -> None:
        if self._session.job is None:
            self._window.strip.show_idle(words)

    def _choose_files(self) -> None:
        from desktop.dialogs.open_files import choose_files

        choose_files(self._window, self._folder(), self.open_paths)

    def _choose_folder(self) -> None:
        from desktop.dialogs.open_files import choose_folder

        choose_folder(self._window, self._folder(), self.open_paths)

    def _folder(self) -> Path:
        document = self._session.document
        if document is not None and document.info.path is not None:
            return document.info.path.parent
        return Path.home()

    def _close_document(self) -> None:
        self._session.bridge.start(self._session.close_document(), key=OPEN_KEY)

    def _save(self) -> None:
        document = self._session.document
        if document is None:
            return
        if not document.results:
            self._say(self.tr("Nothing has been read yet. Press F5 to read the document."))
            return
        from desktop.saving import save

        if self._notices is not None:
            self._notices.clear(SAVE_KEY)
        self._session.bridge.start(save(self._window, document, self._window.model.failures()), key=SAVE_KEY)

    def _find(self) -> None:
        self.furnish()
        assert self._side is not None
        self._side.open_find()

    def _choose_reader(self, name: str) -> None:
        self._session.reader = name
        self._window.toolbar.show_reader(name)
        if self._session.document is not None:
            self.read()

    # -- news

    def _listen_to_session(self) -> None:
        session = self._session
        session.opening.connect(lambda name: self._say(self.tr("Opening {name} …").format(name=name)))
        session.not_opened.connect(lambda: self._say(""))
        session.opened.connect(self._opened)
        session.closing.connect(self._closing)
        session.reading_started.connect(self._reading_started)
        session.reading_ended.connect(self._reading_ended)
        session.bridge.pages_changed.connect(self._pages_changed)
        session.bridge.progress_changed.connect(self._window.strip.show_progress)
        session.bridge.page_failed.connect(self._page_failed)
        session.bridge.failed.connect(self._failed)

    def _opened(self, document: Document) -> None:
        window, info = self._window, document.info
        window.model.reset(info.page_count)
        window.thumbnails.show_document(self._session.drawer(document, max_pixels=THUMBNAIL_PIXELS, urgent=False))
        window.pages.show_document(
            info.page_count,
            info.unit,
            self._session.drawer(document, max_pixels=MAX_PIXELS, urgent=True),
            results=document.results,
            stand_in=window.thumbnails.picture,
        )
        window.show_pages(True)
        window.thumbnails.set_current(1)
        window.setWindowTitle(f"{info.name} – Diglot")
        window.acts.set_document_open(True)
        window.acts.set_reading(False, is_open=True)
        window.toolbar.show_page(1, info.page_count)
        window.strip.show_idle("")
        if self._recent is not None and info.path is not None and info.path != SAMPLE:
            self._recent.add(info.path)
        if self._side is not None:
            self._side.show_document(info.page_count, document.results)
        self._begin.start()

    def _closing(self) -> None:
        self._begin.stop()
        window = self._window
        if self._side is not None:
            self._side.show_document(0, {})
        window.pages.clear()
        window.thumbnails.clear()
        window.model.reset(0)
        window.show_pages(False)
        window.setWindowTitle("Diglot")
        window.acts.set_document_open(False)
        window.acts.set_reading(False, is_open=False)
        window.toolbar.show_page(0, 0)
        window.toolbar.show_zoom(None)
        window.strip.show_idle("")
        window.strip.show_origin("")
        self._show_recent()

    def _reading_started(self, job: Job) -> None:
        self._window.acts.set_reading(True, is_open=True)
        self._window.strip.show_progress(job.progress)
        self._window.model.set_waiting(job.numbers)
        self._session.look_at(self._window.pages.page)

    def _reading_ended(self, event: JobEnded) -> None:
        from desktop.words import outcome_words

        self._window.model.drop_waiting()
        self._window.acts.set_reading(False, is_open=self._session.document is not None)
        words = [outcome_words(event.outcome)]
        if event.progress.failed:
            words.append(self.tr("{count} failed").format(count=event.progress.failed))
        self._window.strip.show_idle(" · ".join(words))
        if self._side is not None:
            self._side.results_changed([self._window.pages.page])

    def _pages_changed(self, pages: tuple[PageStatus, ...]) -> None:
        self._window.model.update(pages)
        numbers = [page.number for page in pages]
        for number in numbers:
            self._window.pages.result_changed(number)
        if self._side is not None:
            self._side.results_changed(numbers)
        if self._window.pages.page in numbers:
            self._show_origin()

    def _page_failed(self, event: PageFailed) -> None:
        self.furnish()
        assert self._notices is not None
        self._notices.page_failed(event.job, event.number, event.error)

    def _failed(self, error: Exception, key: str) -> None:
        self.furnish()
        assert self._notices is not None
        self._notices.error(error, key=key)
        if isinstance(error, DiglotError) and key == READ_KEY:
            self._window.acts.set_reading(False, is_open=self._session.document is not None)

    # -- the window

    def _listen_to_window(self) -> None:
        window, acts, pages = self._window, self._window.acts, self._window.pages
        for action, wish in (
            (acts.open, self._choose_files),
            (acts.open_folder, self._choose_folder),
            (acts.open_sample, lambda: self.open(SAMPLE)),
            (acts.paste, self._paste),
            (acts.close_document, self._close_document),
            (acts.save, self._save),
            (acts.quit, window.close),
            (acts.read, self.read),
            (acts.read_page, lambda: self._session.read([pages.page])),
            (acts.stop, self._session.stop),
            (acts.find, self._find),
            (acts.zoom_in, lambda: pages.zoom_by(1.25)),
            (acts.zoom_out, lambda: pages.zoom_by(0.8)),
            (acts.fit_width, lambda: pages.set_zoom(Zoom(Fit.WIDTH))),
            (acts.fit_page, lambda: pages.set_zoom(Zoom(Fit.PAGE))),
            (acts.full_size, lambda: pages.set_zoom(Zoom(Fit.FACTOR, 1.0))),
            (acts.next_page, lambda: pages.go_to_page(pages.page + 1)),
            (acts.previous_page, lambda: pages.go_to_page(pages.page - 1)),
            (acts.go_to_page, window.toolbar.ask_for_page),
        ):
            action.triggered.connect(lambda _checked=False, wish=wish: wish())
        window.taken.connect(self.take)
        window.empty.recent_chosen.connect(self.open)
        window.strip.stop_asked.connect(self._session.stop)
        window.toolbar.page_asked.connect(self._page_asked)
        window.toolbar.reader_chosen.connect(self._choose_reader)
        window.toolbar.show_reader(self._session.reader)
        window.thumbnails.page_chosen.connect(pages.go_to_page)
        pages.page_changed.connect(self._page_changed)
        pages.zoom_changed.connect(self._zoom_changed)
        pages.sizes_wanted.connect(lambda first, last: self._session.ask_sizes(first, last, self._sizes_known))
        pages.page_painted.connect(self._page_painted)
        self._zoom_changed(pages.zoom, None)
        if self._recent is not None:
            window.add_menus(self._recent.paths, self.open, self._forget_recent)

    def _page_asked(self, number: int) -> None:
        self._window.pages.go_to_page(number)
        self._window.pages.setFocus()

    def _page_changed(self, number: int) -> None:
        self._window.toolbar.show_page(number, self._window.model.rowCount())
        self._window.thumbnails.set_current(number)
        self._session.look_at(number)
        self._show_origin()

    def _zoom_changed(self, zoom: Zoom, factor: float | None) -> None:
        self._window.toolbar.show_zoom(factor)
        self._window.acts.fit_width.setChecked(zoom.fit is Fit.WIDTH)
        self._window.acts.fit_page.setChecked(zoom.fit is Fit.PAGE)

    def _sizes_known(self, first: int, sizes: list[PageSize]) -> None:
        self._window.pages.set_sizes(first, sizes)
        self._window.thumbnails.set_sizes(first, sizes)

    def _page_painted(self, _number: int) -> None:
        self._window.pages.page_painted.disconnect(self._page_painted)
        self.first_page_painted.emit()
        if self._begin.isActive():
            self._begin.start(0)

    def _show_origin(self) -> None:
        from desktop.words import origin_words

        result = self._session.results.get(self._window.pages.page)
        self._window.strip.show_origin("" if result is None else origin_words(result))

    def _show_recent(self) -> None:
        if self._recent is not None:
            self._window.empty.show_recent([path for path in self._recent.paths() if path.exists()])

    def _forget_recent(self) -> None:
        if self._recent is not None:
            self._recent.clear()
        self._show_recent()
