"""StepsModel: the steps of the setup, one a row; and what the window works out from them: what is left, what waits."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from desktop.setup_words import found_words, is_calm, problem_words, row_words, state_word, step_words
from desktop.theme import as_tip
from engine.setup.steps import Step, StepState, StepStatus

Index = QModelIndex | QPersistentModelIndex

STEP_ROLE = Qt.ItemDataRole.UserRole + 1
"""The row's StepStatus."""
LINE_ROLE = Qt.ItemDataRole.UserRole + 2
"""What stands below its name."""

STEPS = tuple(Step)
SETTLED = (StepState.DONE, StepState.SKIPPED)
NEEDED = {
    Step.START: (Step.ENGINE, Step.WEIGHTS, Step.LICENCE),
    Step.CHECK: (Step.ENGINE, Step.WEIGHTS, Step.LICENCE),
}
"""What must be done before a step makes sense; all others can be taken in any order."""
TAKEN_BY_LOOKING = (Step.CARD, Step.DRIVER, Step.SPACE)


def missing(step: Step, steps: Sequence[StepStatus], *, in_place: Collection[Step] = ()) -> tuple[Step, ...]:
    """Return the steps that have to be done before this one; `in_place` are not needed, as another way stands in."""
    done = {each.step for each in steps if each.state is StepState.DONE} | set(in_place)
    return tuple(needed for needed in NEEDED.get(step, ()) if needed not in done)


def left(steps: Sequence[StepStatus], *, in_place: Collection[Step] = ()) -> tuple[Step, ...]:
    """Return the steps that are neither done nor skipped, in order."""
    return tuple(each.step for each in steps if each.state not in SETTLED and each.step not in in_place)


def next_without_asking(
    steps: Sequence[StepStatus],
    *,
    chosen: Collection[Step],
    tried: Collection[Step] = (),
    in_place: Collection[Step] = (),
) -> Step | None:
    """Return the first step left that can be taken as things stand, None where each of them waits for something.

    Args:
        steps: How they stand.
        chosen: The steps for which the person has made a choice already.
        tried: Those that shall not be taken a second time.
        in_place: Those that another way stands in for.
    """
    for step in left(steps, in_place=in_place):
        if step in tried or step in TAKEN_BY_LOOKING:
            continue
        if step in chosen or (step in NEEDED and not missing(step, steps, in_place=in_place)):
            return step
    return None


def shown_state(status: StepStatus) -> StepState:
    """Return the state whose sign a step gets: what is missing on this computer is no failure, and gets a dash."""
    return StepState.SKIPPED if is_calm(status) else status.state


class StepsModel(QAbstractListModel):
    """One row a step, in order."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._steps = tuple(StepStatus(step, StepState.OPEN) for step in STEPS)
        self._progress: tuple[Step, str] | None = None
        self._waiting: frozenset[Step] = frozenset()

    @property
    def steps(self) -> tuple[StepStatus, ...]:
        """How every step stands."""
        return self._steps

    def status(self, step: Step) -> StepStatus:
        """Return how a step stands."""
        return self._steps[STEPS.index(step)]

    def update(self, steps: Sequence[StepStatus], *, waiting: Collection[Step] = ()) -> None:
        """Take over how the steps stand and which wait for their turn; the view is told of the rows that changed."""
        before, self._steps = self._steps, tuple(steps)
        waited, self._waiting = self._waiting, frozenset(waiting)
        for row, (old, new) in enumerate(zip(before, self._steps, strict=True)):
            if self._progress is not None and new.step is self._progress[0] and new.state is not StepState.WORKING:
                self._progress = None
            if old != new or new.step in waited ^ self._waiting:
                self._tell(row)

    def show_progress(self, step: Step, words: str) -> None:
        """Say below a step at work how far it is, or what it is busy with."""
        if self._progress != (step, words):
            self._progress = (step, words)
            self._tell(STEPS.index(step))

    def retranslate(self) -> None:
        """Say everything anew, in another language."""
        self._progress = None
        self.dataChanged.emit(self.index(0), self.index(len(STEPS) - 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Count the steps."""
        return 0 if parent.isValid() else len(self._steps)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Tell a step's name, its state, and what there is to say of it."""
        if not index.isValid() or index.row() >= len(self._steps):
            return None
        status = self._steps[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return step_words(status.step).name
            case Qt.ItemDataRole.AccessibleTextRole:
                return row_words(status, self._line(status))
            case Qt.ItemDataRole.ToolTipRole:
                return as_tip(self._line(status)) if self._line(status) else None
            case _ if role == STEP_ROLE:
                return status
            case _ if role == LINE_ROLE:
                return self._line(status)
        return None

    def _line(self, status: StepStatus) -> str:
        if status.state is StepState.WORKING:
            told = self._progress[1] if self._progress is not None and self._progress[0] is status.step else ""
            return told or state_word(status)
        if status.step in self._waiting:
            return self.tr("waits for its turn")
        if status.state is StepState.FAILED:
            return problem_words(status)
        return found_words(status)

    def _tell(self, row: int) -> None:
        self.dataChanged.emit(self.index(row), self.index(row))
