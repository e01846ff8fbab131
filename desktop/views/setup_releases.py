"""The table of engine releases: what each needs, how much is loaded, and what was really run of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QSizePolicy, QTableWidget, QTableWidgetItem, QWidget

from desktop.setup_figures import needs_words, ran_words, size_words, why_not
from desktop.theme import as_tip, view_colours

if TYPE_CHECKING:
    from engine.server.cards import Card
    from engine.setup.releases import Release

COLUMNS = 4
ROWS_SHOWN = 5


def recommended(releases: Sequence[Release], card: Card | None) -> Release | None:
    """Return the release to install: the one that fits best; without a card, what would fit with a new driver."""
    from engine.engine_errors import NoFittingRelease
    from engine.setup.releases import choose_release, numbers

    newest_driver = max((each.min_driver for each in releases), key=numbers, default="")
    try:
        if card is None or not card.driver:
            return choose_release(newest_driver, releases)
        return choose_release(card.driver, releases, capability=card.capability if any(card.capability) else None)
    except NoFittingRelease:
        return None


class ReleaseTable(QTableWidget):
    """One row a release, the newest first. What cannot be installed here is greyed, and can be chosen to read why."""

    release_chosen = Signal(object)
    """Release, or None."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, COLUMNS, parent)
        self._releases: tuple[Release, ...] = ()
        self._card: Card | None = None
        self._best = ""
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)  # it takes what is left
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 8)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column in range(COLUMNS - 1):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(COLUMNS - 1, QHeaderView.ResizeMode.Stretch)
        rows = ROWS_SHOWN * self.verticalHeader().defaultSectionSize()
        self.setMinimumHeight(header.sizeHint().height() + rows + 2 * self.frameWidth())
        self.currentCellChanged.connect(lambda *_: self.release_chosen.emit(self.release))
        self.retranslate()

    @property
    def release(self) -> Release | None:
        """The release that is chosen."""
        row = self.currentRow()
        return self._releases[row] if 0 <= row < len(self._releases) else None

    @property
    def best(self) -> str:
        """The key of the one that is recommended."""
        return self._best

    def show_releases(self, releases: Sequence[Release], card: Card | None) -> None:
        """Show the table for a card, and choose what is recommended unless something else was chosen."""
        from engine.setup.releases import numbers

        before = self.release.key if self.release is not None and self.release.key != self._best else ""
        self._releases = tuple(sorted(releases, key=lambda each: (bool(each.min_driver), numbers(each.version))))[::-1]
        self._card = card
        best = recommended(self._releases, card)
        self._best = best.key if best is not None else ""
        self._fill()
        wanted = before or self._best
        row = next((row for row, each in enumerate(self._releases) if each.key == wanted), -1)
        self.setCurrentCell(row, 0)
        if row >= 0:
            self.scrollTo(self.model().index(row, 0), QAbstractItemView.ScrollHint.PositionAtCenter)

    def retranslate(self) -> None:
        """Say everything anew, in another language."""
        self.setAccessibleName(self.tr("Versions of the engine"))
        self.setHorizontalHeaderLabels([self.tr("Version"), self.tr("Needs"), self.tr("To load"), self.tr("Run by us")])
        if self._releases:
            self.show_releases(self._releases, self._card)

    def _fill(self) -> None:
        quiet = view_colours(self.palette()).quiet
        self.setRowCount(len(self._releases))
        for row, release in enumerate(self._releases):
            reason = why_not(release, self._card)
            name = f"vLLM {release.version}"
            cells = (
                self.tr("{name}  (recommended)").format(name=name) if release.key == self._best else name,
                needs_words(release),
                size_words(release.download_bytes),
                self.tr("not offered") if release.refused else ran_words(release.ran),
            )
            for column, words in enumerate(cells):
                item = QTableWidgetItem(words)
                item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
                if reason:
                    item.setForeground(quiet)
                    item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, reason)
                item.setToolTip(as_tip(reason or words))
                self.setItem(row, column, item)
