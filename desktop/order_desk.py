"""The desk of orders: which reader reads, what is asked of each page, and what the toolbar offers of both."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings, QTimer, Signal

from desktop.orders import READERS, TYPED, KeptWishes, wish_of, with_line
from desktop.session import Session
from desktop.views.main_window import MainWindow
from engine.tasks.task import Task, TaskOrder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.jobs.job import Job

SAID_MS = 12_000
"""How long it is said that a reader cannot do what was wished."""


class OrderDesk(QObject):
    """Joins the pickers of the toolbar and the session. A wish that the reader cannot do waits for one that can."""

    reading_wanted = Signal()
    """The order is another now: the document is to be read by it."""
    page_wanted = Signal()
    """Only the page in view is to be read by it: a question is asked of one page."""
    words_wanted = Signal(object)
    """Task: it needs words of the person's."""

    def __init__(self, window: MainWindow, session: Session, store: QSettings | None) -> None:
        """Take up what was wished last time; nothing is asked of the readers before `offer`."""
        super().__init__(window)
        self._window = window
        self._session = session
        self._kept = KeptWishes(store)
        self._wish = self._kept.wish()
        self._hush = QTimer(self, singleShot=True, interval=SAID_MS)
        self._hush.timeout.connect(lambda: window.strip.show_aside(""))
        if store is not None:
            session.reader = self._kept.reader()
        toolbar = window.toolbar
        toolbar.show_reader(session.reader)
        toolbar.reader_chosen.connect(self.choose_reader)
        toolbar.task_chosen.connect(lambda value: self.choose_task(Task(value)))
        toolbar.language_chosen.connect(self.choose_language)
        session.jobs.taken_up.connect(self._follow)
        window.acts.task.triggered.connect(lambda _checked=False: toolbar.ask_for_task())

    # -- what is asked

    def settle(self) -> TaskOrder:
        """Let the session ask for what is wished, as far as its reader can do it; return that."""
        self._session.order = self._wish.order(self._session.tasks(), self._session.targets())
        return self._session.order

    @property
    def begins_alone(self) -> bool:
        """Whether a document that is opened is read at once: a question is asked by people."""
        return self.settle().task is not Task.QUESTION

    def lines(self, task: Task) -> list[str]:
        """Return what was typed for a task, the newest first."""
        return self._kept.lines(task)

    # -- choosing

    def choose_reader(self, name: str) -> None:
        """Read with this reader from now on; where it cannot do what is wished, read the document and say so."""
        self._session.reader = name
        self._window.toolbar.show_reader(name)
        self.offer()
        if self._session.order.task is not self._wish.task and self._wish.task not in self._session.tasks():
            self._say(self.tr("This reader cannot do “{task}”; the document is read instead."))
        self._changed()

    def choose_task(self, task: Task) -> None:
        """Ask for this from now on; what needs words is asked for when they are there."""
        if task in TYPED:
            self.words_wanted.emit(task)
            return
        self._wish = replace(self._wish, task=task)
        self._changed()

    def choose_language(self, tag: str) -> None:
        """Translate into this language from now on."""
        self._wish = replace(self._wish, task=Task.TRANSLATION, language=tag)
        self._changed()

    def take_words(self, task: Task, line: str) -> None:
        """Ask for these fields, or ask this question of the page in view."""
        self._kept.add_line(task, line)
        self._wish = with_line(self._wish, task, line)
        self.offer()
        self._kept.keep(self._session.reader, self._wish)
        if task is Task.QUESTION:
            self.page_wanted.emit()
        else:
            self.reading_wanted.emit()

    def give_up_words(self) -> None:
        """Show what is asked in truth: the person closed the line without a word."""
        self.offer()

    def _follow(self, job: Job) -> None:
        """Show who reads now, and what: a job that was begun on another day may have been asked for otherwise."""
        if job.reader in READERS:
            self._session.reader = job.reader
            self._wish = wish_of(job.order)
            self._window.toolbar.show_reader(job.reader)
            self.offer()

    def offer(self) -> None:
        """Offer in the toolbar what the reader can do. Its modules are loaded by then, or this takes its time."""
        from desktop.task_words import language_name, offered, task_name, task_tip  # not before the first page
        from desktop.views.choice_button import Choice

        order, toolbar = self.settle(), self._window.toolbar
        groups = [
            [Choice(task.value, task_name(task), task_tip(task)) for task in group]
            for group in offered(self._session.tasks())
        ]
        toolbar.offer_tasks(groups, order.task.value)
        targets: Sequence[str] = self._session.targets() if order.task is Task.TRANSLATION else ()
        toolbar.offer_languages([Choice(tag, language_name(tag)) for tag in targets], order.target_language)

    def _changed(self) -> None:
        self._hush_unless_told()
        self.offer()
        self._kept.keep(self._session.reader, self._wish)
        if self._session.order.task is Task.QUESTION:  # by another reader now, but still of one page
            self.page_wanted.emit()
        else:
            self.reading_wanted.emit()

    def _say(self, words: str) -> None:
        from desktop.task_words import task_name

        self._window.strip.show_aside(words.format(task=task_name(self._wish.task).rstrip("…")))
        self._hush.start()

    def _hush_unless_told(self) -> None:
        able = self._wish.task in self._session.tasks()
        if able and self._hush.isActive():
            self._hush.stop()
            self._window.strip.show_aside("")
