"""Where the engine comes from: a kit in a folder or on a stick, or, on a button that says so, the package index."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from desktop.setup_figures import fingerprint_words, kit_words, network_words, release_words, why_not
from desktop.views.banner import Banner, Tone
from desktop.views.engine_log import shown
from desktop.views.engine_state import words_label
from desktop.views.setup_choices import Choices, heading, in_row
from desktop.views.setup_releases import ReleaseTable
from desktop.words import error_words
from engine.local_setup import SetupChoice

if TYPE_CHECKING:
    from engine.errors import DiglotError
    from engine.server.cards import Card
    from engine.setup.kit import Kit
    from engine.setup.releases import Release


class EngineChoices(Choices):
    """Two ways, one below the other; the one without a network comes first."""

    kit_wanted = Signal()
    """The folder of a kit is to be asked for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kit: Kit | None = None
        self._card: Card | None = None
        self._known: Sequence[Release] = ()
        self._told: object = None
        self._head, self._about = heading(self), words_label(self)
        self.pick, self.install = QPushButton(self), QPushButton(self)
        self.kit_info, self.kit_error = words_label(self), Banner(Tone.ERROR, lasting=True)
        self._index_head, self.network, self.reason = heading(self), words_label(self), words_label(self)
        self.no_card = words_label(self)
        self.table = ReleaseTable(self)
        self.download = QPushButton(self)
        for quiet in (self._about, self.network, self.reason, self.no_card):
            quiet.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        for part in (self.kit_info, self.kit_error, self.install):
            part.hide()
        self.pick.clicked.connect(self.kit_wanted)
        self.install.clicked.connect(self._install)
        self.download.clicked.connect(self._download)
        self.table.release_chosen.connect(lambda _release: self._dress())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for part in (self.no_card, self._head, self._about, self.kit_info, self.kit_error):
            column.addWidget(part)
        column.addLayout(in_row(self.install, self.pick))
        column.addSpacing(10)
        for part in (self._index_head, self.network):
            column.addWidget(part)
        column.addWidget(self.table, 1)
        column.addWidget(self.reason)
        column.addLayout(in_row(self.download))
        self.setFocusProxy(self.pick)
        self.retranslate()

    def ready(self) -> SetupChoice | None:
        """Return the kit that was chosen. The network is never used without its own button."""
        if self._kit is None:
            return None
        return SetupChoice(kit=self._kit.folder, release=self._kit.release)

    def show_releases(self, releases: Sequence[Release], card: Card | None, *, looked: bool) -> None:
        """Show what can be installed for a card; `looked` says whether one was looked for."""
        about = (card.driver, card.capability) if card is not None else None
        if (told := (tuple(releases), about, looked)) == self._told:
            return  # the machine is looked at often, and nobody wants the table to jump
        self._told, self._known, self._card = told, releases, card
        self.no_card.setVisible(looked and card is None)
        self.table.show_releases(releases, card)
        self._dress()

    def show_looking(self) -> None:
        """Say that a folder is being looked at."""
        self._kit = None
        self.kit_error.hide()
        self.kit_info.setText(self.tr("Looking at the folder …"))
        self._show_kit()

    def show_kit(self, kit: Kit) -> None:
        """Show what a kit is; it waits to be installed."""
        self._kit = kit
        self.kit_error.hide()
        self._show_kit()
        self.install.setFocus()

    def show_kit_error(self, error: DiglotError) -> None:
        """Say what is wrong with the folder that was chosen."""
        self._kit = None
        words = error_words(error)
        self.kit_error.say(words.title, "\n".join(filter(None, (words.advice, shown(error.detail)))))
        self.kit_error.show()
        self.kit_info.setText("")
        self._show_kit()

    def forget_errors(self) -> None:
        """Forget what was wrong with a folder."""
        self.kit_error.hide()

    def retranslate(self) -> None:
        """Say everything anew, in another language."""
        self.no_card.setText(
            self.tr(
                "No graphics card was found. The engine can be installed all the same, for when there is one; until"
                " then the built-in reader reads."
            )
        )
        self._head.setText(self.tr("From an engine kit"))
        self._about.setText(
            self.tr("A folder or a stick with everything in it, made on another computer. No network is used.")
        )
        self.install.setText(self.tr("Install from this kit"))
        self._index_head.setText(self.tr("From the package index"))
        self.download.setText(self.tr("Download from the package index"))
        self.table.retranslate()
        self._show_kit()
        self._dress()

    def _show_kit(self) -> None:
        kit = self._kit
        self.pick.setText(self.tr("From an engine kit…") if kit is None else self.tr("Another kit…"))
        self.install.setVisible(kit is not None)
        if kit is not None:
            release = next((each for each in self._known if each.key == kit.release), None)
            lines = [shown_lines(kit_words(kit, release)), shown(str(kit.folder))]
            lines.append(self.tr("Fingerprint: {digits}").format(digits=fingerprint_words(kit)))
            self.kit_info.setText("\n".join(lines))
        self.kit_info.setVisible(bool(self.kit_info.text()))

    def _dress(self) -> None:
        release = self.table.release
        why = why_not(release, self._card) if release is not None else ""
        self.download.setEnabled(release is not None and not why)
        self.network.setText(network_words(release) if release is not None else "")
        self.network.setVisible(release is not None)
        if release is None:
            self.reason.setText(self.tr("No version fits this card and driver."))
        else:
            self.reason.setText(why or release_words(release, recommended=release.key == self.table.best))

    def _install(self) -> None:
        if (choice := self.ready()) is not None:
            self.asked.emit(choice)

    def _download(self) -> None:
        if self.table.release is not None:
            self.asked.emit(SetupChoice(from_index=True, release=self.table.release.key))


def shown_lines(untrusted: str) -> str:
    """Return foreign text of a few lines as it may be shown."""
    return "\n".join(shown(line) for line in untrusted.splitlines())
