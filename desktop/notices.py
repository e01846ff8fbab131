"""The one place where an error becomes a banner or a dialog. Being stopped by the person is shown nowhere."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Sequence

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from desktop.views.banner import BannerStack, Choice
from desktop.words import error_words
from engine.errors import Cancelled, Defect, DiglotError
from engine.events import JobId

log = logging.getLogger(__name__)


class Notices(QObject):
    """Shows errors in a window: most in its banners, those that need an answer at once in a dialog."""

    def __init__(self, banners: BannerStack) -> None:
        super().__init__(banners)
        self._banners = banners
        self._failed: dict[tuple[JobId, type[DiglotError]], list[int]] = {}

    def error(self, error: BaseException, *, key: str = "") -> None:
        """Show an error in a banner. `key` names what was tried, so that trying again replaces the old words."""
        known = self._known(error)
        if known is not None:
            self._banners.show_error(known, key=key)

    def page_failed(self, job: JobId, number: int, error: DiglotError) -> None:
        """Add a page to the banner of its job and its kind of error: one banner for fifty pages."""
        known = self._known(error)
        if known is None:
            return
        numbers = self._failed.setdefault((job, type(known)), [])
        numbers.append(number)
        if len(numbers) == 1:
            subject = self.tr("Page {number}").format(number=number)
        else:
            subject = self.tr("Pages {numbers}").format(numbers=ranges(numbers))
        self._banners.show_error(known, key=f"job {job} {type(known).__name__}", subject=subject)

    def forget_job(self, job: JobId) -> None:
        """Take away the banners of a job (it is run again, or its document was closed)."""
        for kept_job, kind in tuple(self._failed):
            if kept_job == job:
                del self._failed[kept_job, kind]
                self._banners.clear(f"job {job} {kind.__name__}")

    def forget_jobs(self) -> None:
        """Take away the banners of all jobs."""
        for job in {job for job, _kind in self._failed}:
            self.forget_job(job)

    def offer(self, title: str, text: str, choices: Sequence[Choice], *, key: str) -> None:
        """Say something in a banner and offer what can be done about it."""
        self._banners.show_note(title, text, key=key, choices=choices)

    def note(self, title: str, text: str, *, key: str) -> None:
        """Say something worth knowing that is no error."""
        self._banners.show_note(title, text, key=key)

    def clear(self, key: str) -> None:
        """Take away what was shown under this key."""
        self._banners.clear(key)

    def dialog(self, error: BaseException, parent: QWidget | None = None) -> QMessageBox | None:
        """Show an error in a dialog that does not block the loop; None where there is nothing to show."""
        known = self._known(error)
        if known is None:
            return None
        words = error_words(known)
        box = QMessageBox(parent if parent is not None else self._banners.window())
        box.setIcon(QMessageBox.Icon.Warning)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setWindowTitle(self.tr("Diglot"))
        box.setText(f"{known.subject}: {words.title}" if known.subject else words.title)
        box.setInformativeText(words.advice)
        box.setStandardButtons(QMessageBox.StandardButton.Ok)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()
        return box

    def _known(self, error: BaseException) -> DiglotError | None:
        if isinstance(error, (Cancelled, asyncio.CancelledError)):
            return None
        if isinstance(error, DiglotError):
            return error
        # A defect of ours: the whole story goes to the log, the person gets plain words.
        log.error("Unexpected %s", type(error).__name__, exc_info=error)
        return Defect(detail=type(error).__name__)


def ranges(numbers: Iterable[int]) -> str:
    """Write page numbers the short way: "3, 7–12, 40", at most eight parts and an ellipsis."""
    parts: list[list[int]] = []
    for number in sorted(set(numbers)):
        if parts and number == parts[-1][1] + 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    words = [str(first) if first == last else f"{first}–{last}" for first, last in parts]
    return ", ".join([*words[:8], "…"] if len(words) > 8 else words)
