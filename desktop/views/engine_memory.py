"""The engine's memory in its panel: which card, how much of it, what that gives, and who else is there."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.engine_figures import gib, promise, refusal, time_words
from desktop.engine_words import fit_words, reason_words
from desktop.models.engine import shares
from desktop.views.engine_state import words_label
from desktop.views.memory_bar import MemoryBar
from desktop.views.memory_slider import MemorySlider, Scale

if TYPE_CHECKING:
    from engine.server.hardware import Card
    from engine.server.overview import Overview
    from engine.server.plan import Plan

SENTENCE_LINES = 3
"""Room for the longest of its sentences, so that nothing moves when another one takes its place."""
Planner = Callable[[int | None], "Plan | None"]


class MemoryView(QWidget):
    """Slider, bar and sentence follow one another at once; nothing here waits for anything."""

    budget_chosen = Signal(object)
    """int | None: bytes, None for what is recommended."""
    card_chosen = Signal(str)
    restart_asked = Signal()

    def __init__(self, planner: Planner, parent: QWidget | None = None) -> None:
        """Show nothing yet.

        Args:
            planner: Works out at once what an amount of memory gives; None where that cannot be said.
            parent: Its owner.
        """
        super().__init__(parent)
        self._planner = planner
        self._overview: Overview | None = None
        self._used_card: Card | None = None
        self._budget: int | None = None
        self._seconds: float | None = None
        self._changed = False
        self._title, self._card = QLabel(self), words_label(self)
        font = self._title.font()
        font.setBold(True)
        self._title.setFont(font)
        self._card.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._cards = QComboBox(self)
        self._cards.activated.connect(lambda row: self.card_chosen.emit(self._cards.itemData(row)))
        self._calm = words_label(self)
        self.slider = MemorySlider(self)
        self.slider.moved.connect(self._moved)
        self.slider.chosen.connect(self.budget_chosen)
        self.bar = MemoryBar(self)
        self.sentence = words_label(self)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.sentence.setMinimumHeight(self.sentence.fontMetrics().lineSpacing() * SENTENCE_LINES)
        self._later = words_label(self)
        self._later.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.restart = QPushButton(self)
        self.restart.clicked.connect(self.restart_asked)
        policy = self.restart.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.restart.setSizePolicy(policy)
        self._foot = QWidget(self)
        self._foot.hide()
        foot = QHBoxLayout(self._foot)
        foot.setContentsMargins(0, 0, 0, 0)
        foot.setSpacing(8)
        foot.addWidget(self._later, 1)
        foot.addWidget(self.restart)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for part in (self._title, self._card, self._cards, self._calm, self.slider, self.bar, self.sentence):
            column.addWidget(part)
        column.addWidget(self._foot)
        self._dress()

    def show_overview(self, overview: Overview | None, card: Card | None) -> None:
        """Show what is on this machine; `card` is the one that is used, without what our own engine holds of it."""
        self._overview, self._used_card = overview, card
        self._dress()

    def show_budget(self, budget: int | None) -> None:
        """Show what is chosen; None is the recommended amount."""
        if not self.slider.undecided:
            self._budget = budget
            self._dress()

    def show_restart(self, *, running: bool, changed: bool, seconds: float | None) -> None:
        """Say that what was changed takes effect after a restart, and how long that takes.

        Its place is kept while the engine runs, so that nothing moves under the hand that moves the slider.
        """
        self._foot.setVisible(running)
        self._changed, self._seconds = running and changed, seconds
        self._dress_restart()

    def _dress(self) -> None:
        self._title.setText(self.tr("Graphics memory"))
        self._cards.setAccessibleName(self.tr("Graphics card"))
        overview, card = self._overview, self._used_card
        self._show_cards(overview)
        plan = self._planner(self._budget) if card is not None else None
        known = card is not None and plan is not None
        for part in (self.slider, self.bar, self.sentence):
            part.setVisible(known)
        self._calm.setVisible(not known)
        if card is not None and plan is not None:
            self.slider.show_scale(Scale(plan.least_bytes, plan.recommended_bytes, plan.most_bytes, card.total_bytes))
            if not self.slider.undecided:
                self.slider.show_bytes(
                    plan.budget_bytes if self._budget is None else self._budget, automatic=self._budget is None
                )
                # Where even the least is not free, the slider stands there all the same.
                shown = self._planner(self.slider.bytes) if self.slider.bytes != plan.budget_bytes else plan
                self._show_plan(shown or plan, card)
        else:
            self._calm.setText(self._calm_words(overview))
        self._dress_restart()

    def _calm_words(self, overview: Overview | None) -> str:
        if overview is None:
            return self.tr("Looking for a graphics card …")
        if overview.card is not None:
            return self.tr("Here you choose how much memory the engine may take, as soon as it is set up.")
        works = self.tr(
            "Diglot works without a graphics card: the built-in reader reads text and tables, and a shared server can"
            " do what it cannot."
        )
        return f"{reason_words(overview.survey.reason)}\n{works}"

    def _show_cards(self, overview: Overview | None) -> None:
        cards = overview.survey.cards if overview is not None else ()
        chosen = overview.card if overview is not None else None
        self._cards.setVisible(len(cards) > 1)
        self._card.setVisible(len(cards) == 1)
        if len(cards) == 1:
            self._card.setText("\n".join(filter(None, (_card_words(cards[0]), fit_words(cards[0].fit)))))
        rows = [(_card_words(card), card.uuid) for card in cards]
        if rows != [(self._cards.itemText(row), self._cards.itemData(row)) for row in range(self._cards.count())]:
            with QSignalBlocker(self._cards):
                self._cards.clear()
                for words, uuid in rows:
                    self._cards.addItem(words, uuid)
        if chosen is not None:
            self._cards.setCurrentIndex(self._cards.findData(chosen.uuid))

    def _moved(self, size: int) -> None:
        plan = self._planner(size)
        if self._used_card is not None and plan is not None:
            self._show_plan(plan, self._used_card)

    def _show_plan(self, plan: Plan, card: Card) -> None:
        self.bar.show_shares(shares(plan, card), card.total_bytes)
        words = promise(plan) if plan.fits else refusal(plan, card)
        self.sentence.setText(words)
        self.slider.describe(f"{gib(plan.budget_bytes)}. {words}")

    def _dress_restart(self) -> None:
        if not self._changed:
            words = ""
        elif self._seconds is not None:
            words = self.tr("Takes effect after a restart, about {time}.").format(time=time_words(self._seconds))
        else:
            words = self.tr("Takes effect after a restart.")
        self._later.setText(words)
        self.restart.setText(self.tr("Restart"))
        self.restart.setToolTip(self.tr("Stop the engine and start it with what is chosen"))
        self.restart.setVisible(self._changed)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._dress()


def _card_words(card: Card) -> str:
    return f"{card.name}, {gib(card.total_bytes)}"
