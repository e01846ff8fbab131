"""Whose turn it is: the steps of the setup that were asked for, one by one, and then, if wanted, all that are left."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from desktop.models.setup import STEPS, missing, next_without_asking
from engine.local_setup import SetupChoice
from engine.setup.steps import Step, StepState, StepStatus

CHOSEN_FOR = (Step.ENGINE, Step.WEIGHTS, Step.LICENCE)
"""Steps that nobody but the person can choose for."""


class Turns:
    """Keeps what was asked for; takes nothing itself."""

    def __init__(self) -> None:
        """Nothing was asked for."""
        self.all_wanted = False
        """Whether everything that is left is wanted."""
        self.waiting: dict[Step, SetupChoice] = {}
        self._tried: set[Step] = set()

    def ask(self, step: Step, choice: SetupChoice) -> None:
        """Want a step, again if it was tried before."""
        self.waiting[step] = choice
        self._tried.discard(step)

    def ask_all(self) -> None:
        """Want everything that is left."""
        self.all_wanted = True
        self._tried.clear()

    def drop(self, step: Step) -> bool:
        """Want a step no longer; tell whether it waited."""
        return self.waiting.pop(step, None) is not None

    def clear(self) -> None:
        """Want nothing any more."""
        self.all_wanted = False
        self.waiting.clear()

    def next(
        self,
        steps: Sequence[StepStatus],
        *,
        chosen: Mapping[Step, SetupChoice],
        in_place: Collection[Step] = (),
        shut: Collection[Step] = (),
    ) -> tuple[Step, SetupChoice] | None:
        """Return the step whose turn it is, with its choice; it waits no longer then. None: there is nothing to do.

        Args:
            steps: How they stand.
            chosen: What a person has chosen already, for when everything that is left is wanted.
            in_place: Steps that another way stands in for.
            shut: Steps that cannot be taken for now.
        """
        for step in STEPS:
            if step in self.waiting and step not in shut and not missing(step, steps, in_place=in_place):
                self._tried.add(step)
                return step, self.waiting.pop(step)
        self.waiting.clear()  # what others have to come before, and they did not
        if not self.all_wanted:
            return None
        tried = self._tried | set(shut)
        step_left = next_without_asking(steps, chosen=chosen, tried=tried, in_place=in_place)
        if step_left is None:
            return None
        self._tried.add(step_left)
        return step_left, chosen.get(step_left, SetupChoice())


def to_choose(steps: Sequence[StepStatus], *, in_place: Collection[Step] = ()) -> Step | None:
    """Return the first step left that the person has to choose for."""
    for status in steps:
        undone = status.state in (StepState.OPEN, StepState.FAILED)
        if undone and status.step in CHOSEN_FOR and status.step not in in_place:
            return status.step
    return None
