"""The desk: what happens to the open document: its pages, their reading, where one looks, what is found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from desktop.models.pages import PageStatus, ReadState
from desktop.order_desk import OrderDesk
from desktop.places import Place
from desktop.session import Session
from desktop.side_desk import SideDesk
from desktop.views.document_pane import DocumentPane
from desktop.views.main_window import MainWindow
from desktop.views.page_layout import Fit, Zoom
from desktop.views.page_view import MAX_PIXELS
from engine.events import JobEnded
from engine.pages.image import PageSize
from engine.tasks.task import Task, TaskOrder, Way

if TYPE_CHECKING:  # built after the first page is on the screen
    from desktop.views.reading_side import ReadingSide
    from engine.jobs.job import Job
    from engine.service import Document

READ_AFTER_MS = 600
"""Reading begins when the first page is on the screen, or after so long if it is slow to come."""
THUMBNAIL_PIXELS = 200_000


class Desk(QObject):
    """Joins the session and the document's pane."""

    first_page_painted = Signal()
    failed = Signal(object)
    """DiglotError: something that was asked for beside the page did not work."""

    def __init__(self, window: MainWindow, pane: DocumentPane, session: Session, orders: OrderDesk) -> None:
        super().__init__(window)
        self._window = window
        self._pane = pane
        self._session = session
        self._orders = orders
        self._side_desk = SideDesk(pane, session, orders, self)
        self._read_by: tuple[str, TaskOrder] | None = None  # who began with this document's pages, and what was asked
        self._done: set[int] = set()  # the pages read so since
        self._begin = QTimer(self, singleShot=True, interval=READ_AFTER_MS)
        self._begin.timeout.connect(session.recall)
        self._side_desk.failed.connect(self.failed)
        self._side_desk.way_asked.connect(self._read_again)
        self._listen_to_session()
        self._listen_to_views()

    @property
    def side(self) -> ReadingSide:
        """The reading side, built if need be."""
        return self._side_desk.side

    def read(self) -> None:
        """Read the pages not read yet by the chosen reader and order; where all have been, read them again."""
        self._begin.stop()
        document = self._session.document
        if document is None:
            return
        order = self._orders.settle()
        self._side_desk.show_asking()
        left = [number for number in document.numbers if number not in self._done]
        goes_on = self._read_by == (self._session.reader, order) and 0 < len(left) < document.info.page_count
        self._session.read(left if goes_on else None)

    def read_page(self) -> None:
        """Read the page in view, whether or not it has been read."""
        self._begin.stop()
        self._orders.settle()
        self._side_desk.show_asking()
        self._session.read([self._pane.pages.page])

    def _read_again(self, way: Way) -> None:
        """Read the page in view in another way: something went wrong in the usual one."""
        self._session.read([self._pane.pages.page], way=way)

    def ask(self, task: Task) -> None:
        """Let the person name the fields, or ask the question, that a task needs."""
        self._side_desk.ask(task)

    def _recalled(self, count: int) -> None:
        """Show what was read before of a document that was just opened, and read the rest."""
        document = self._session.document
        if document is None:
            return
        if count:
            self._read_by = (self._session.reader, self._session.order)
            self._pages_changed(tuple(PageStatus(number, ReadState.DONE, 1.0) for number in document.results))
        if self._session.take_up() or self._session.job is not None or not self._orders.begins_alone:
            return
        left = [number for number in document.numbers if number not in document.results]
        if left:
            self._session.read(left if len(left) < document.info.page_count else None)

    def go_to(self, place: Place, *, only_here: bool = False) -> None:
        """Show a place on both sides; with `only_here` not where another page is looked at by now."""
        pages = self._pane.pages
        if not only_here or pages.page == place.number:
            pages.go_to(place)
            pages.chosen.emit(place)

    def show_document(self, document: Document) -> None:
        """Show a document that has just been opened, from its first page; its reading begins soon."""
        window, pane, info = self._window, self._pane, document.info
        self._read_by = None
        self._done.clear()
        pane.model.reset(info.page_count)
        pane.thumbnails.show_document(self._session.drawer(document, max_pixels=THUMBNAIL_PIXELS, urgent=False))
        pane.pages.show_document(
            info.page_count,
            info.unit,
            self._session.drawer(document, max_pixels=MAX_PIXELS, urgent=True),
            results=document.results,
            stand_in=pane.thumbnails.picture,
        )
        window.show_pane(pane)
        pane.pages.setFocus()
        pane.thumbnails.set_current(1)
        self._describe_page()
        window.setWindowTitle(f"{info.name.replace('[*]', '[*][*]')} – Diglot")
        window.acts.set_document_open(True)
        window.acts.set_reading(False, is_open=True)
        window.toolbar.show_page(1, info.page_count)
        window.strip.show_idle("")
        self._side_desk.show_document(document)
        self._begin.start()

    # -- news

    def _listen_to_session(self) -> None:
        session = self._session
        session.closing.connect(self._closing)
        session.reading_started.connect(self._reading_started)
        session.reading_ended.connect(self._reading_ended)
        session.page_started.connect(self._page_started)
        session.recalled.connect(self._recalled)
        session.rewritten.connect(self._rewritten)
        session.bridge.pages_changed.connect(self._pages_changed)
        session.bridge.progress_changed.connect(self._window.strip.show_progress)

    def _closing(self, last: bool) -> None:
        self._begin.stop()
        window, pane = self._window, self._pane
        self._side_desk.show_document(None)
        pane.pages.clear()
        pane.thumbnails.clear()
        pane.model.reset(0)
        if last:
            window.show_pane(None)
        window.setWindowTitle("Diglot")
        window.acts.set_document_open(False)
        window.acts.set_reading(False, is_open=False)
        window.toolbar.show_page(0, 0)
        window.toolbar.show_zoom(None)
        window.strip.show_idle("")

    def _reading_started(self, job: Job) -> None:
        begun = (self._session.reader, job.order)
        if len(job.numbers) > 1 and begun != self._read_by:
            self._read_by = begun
            self._done.clear()
        self._side_desk.open_tab_for(job.order.task)
        self._window.acts.set_reading(True, is_open=True)
        self._window.strip.show_progress(job.progress)
        self._pane.model.set_waiting(job.numbers)
        self._session.look_at(self._pane.pages.page)

    def _page_started(self, job: Job) -> None:
        self._pane.model.set_waiting(job.numbers)
        self._side_desk.open_tab_for(job.order.task)

    def _reading_ended(self, event: JobEnded) -> None:
        from desktop.words import outcome_words

        self._pane.model.drop_waiting()
        self._window.acts.set_reading(False, is_open=self._session.document is not None)
        words = [outcome_words(event.outcome)]
        if event.progress.failed:
            words.append(self.tr("{count} failed").format(count=event.progress.failed))
        self._window.strip.show_idle(" · ".join(words))
        self._side_desk.results_changed([self._pane.pages.page])

    def _pages_changed(self, pages: tuple[PageStatus, ...]) -> None:
        self._pane.model.update(pages)
        self._done.update(page.number for page in pages if page.state is ReadState.DONE)
        numbers = [page.number for page in pages]
        for number in numbers:
            self._pane.pages.result_changed(number)
        if self._pane.pages.page in numbers:
            self._describe_page()
        self._side_desk.results_changed(numbers)

    def _rewritten(self, number: int) -> None:
        self._pane.pages.result_changed(number)
        self._side_desk.results_changed([number])

    # -- the views

    def _listen_to_views(self) -> None:
        acts, pages = self._window.acts, self._pane.pages
        for action, wish in (
            (acts.read, self.read),
            (acts.read_page, self.read_page),
            (acts.stop, self._session.stop),
            (acts.find, self._side_desk.find),
            (acts.zoom_in, lambda: pages.zoom_by(1.25)),
            (acts.zoom_out, lambda: pages.zoom_by(0.8)),
            (acts.fit_width, lambda: pages.set_zoom(Zoom(Fit.WIDTH))),
            (acts.fit_page, lambda: pages.set_zoom(Zoom(Fit.PAGE))),
            (acts.full_size, lambda: pages.set_zoom(Zoom(Fit.FACTOR, 1.0))),
            (acts.next_page, lambda: pages.go_to_page(pages.page + 1)),
            (acts.previous_page, lambda: pages.go_to_page(pages.page - 1)),
            (acts.go_to_page, self._window.toolbar.ask_for_page),
            (acts.next_part, lambda: self._pane.go_to_part(1, beside=self._window.beside())),
            (acts.previous_part, lambda: self._pane.go_to_part(-1, beside=self._window.beside())),
        ):
            action.triggered.connect(lambda _checked=False, wish=wish: wish())
        acts.thumbnails.toggled.connect(self._pane.thumbnails.setVisible)
        self._pane.thumbnails.setVisible(acts.thumbnails.isChecked())
        self._window.strip.stop_asked.connect(self._session.stop)
        self._window.toolbar.page_asked.connect(self._page_asked)
        self._pane.thumbnails.page_chosen.connect(pages.go_to_page)
        pages.page_changed.connect(self._page_changed)
        pages.zoom_changed.connect(self._zoom_changed)
        pages.sizes_wanted.connect(lambda first, last: self._session.ask_sizes(first, last, self._sizes_known))
        pages.page_painted.connect(self._page_painted)
        self._zoom_changed(pages.zoom, None)

    def _page_asked(self, number: int) -> None:
        self._pane.pages.go_to_page(number)
        self._pane.pages.setFocus()

    def _page_changed(self, number: int) -> None:
        self._window.toolbar.show_page(number, self._pane.model.rowCount())
        self._pane.thumbnails.set_current(number)
        self._session.look_at(number)
        self._describe_page()

    def _describe_page(self) -> None:
        """Tell the screen reader which page is looked at, and its state."""
        index = self._pane.model.index(self._pane.pages.page - 1)
        self._pane.pages.setAccessibleDescription(index.data(Qt.ItemDataRole.AccessibleTextRole) or "")

    def _zoom_changed(self, zoom: Zoom, factor: float | None) -> None:
        self._window.toolbar.show_zoom(factor)
        self._window.acts.fit_width.setChecked(zoom.fit is Fit.WIDTH)
        self._window.acts.fit_page.setChecked(zoom.fit is Fit.PAGE)

    def _sizes_known(self, first: int, sizes: list[PageSize]) -> None:
        self._pane.pages.set_sizes(first, sizes)
        self._pane.thumbnails.set_sizes(first, sizes)

    def _page_painted(self, _number: int) -> None:
        self._pane.pages.page_painted.disconnect(self._page_painted)
        self.first_page_painted.emit()
        if self._begin.isActive():
            self._begin.start(0)
