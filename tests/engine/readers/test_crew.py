from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

import pytest

from engine.readers.crew import Crew, Job, WorkFailed
from engine.readers.models import Models, ModelsMissingError


def nothing() -> None:
    pass


class FakeWork:
    """A work whose jobs do nothing; `left` is set by the test."""

    def __init__(self, ticket: int, *jobs: Job, urgent: bool = False, left: float = 1.0) -> None:
        self.ticket = ticket
        self.urgent = urgent
        self.jobs = deque(jobs)
        self.left = left
        self.dropped = False

    def state(self) -> dict[str, Any]:
        return {"state": "working" if self.jobs else "done"}

    def drop(self) -> None:
        self.dropped = True
        self.jobs.clear()


def line() -> Job:
    return Job(lambda models, alone: nothing)


def detection() -> Job:
    return Job(lambda models, alone: nothing, heavy=True)


def crew_of(*works: FakeWork) -> Crew:
    """Return a crew without threads: the test takes the jobs itself."""
    crew = Crew(Models(workers=2), workers=0)
    for work in works:
        crew.add(work)
    return crew


def next_ticket(crew: Crew) -> tuple[int, bool, bool]:
    """Return whose job is next, whether it is a heavy one, and whether it has the machine alone."""
    chosen = crew._choose()
    assert chosen is not None
    place, job, alone = chosen
    place.running += 1
    return place.work.ticket, job.heavy, alone


def test_the_only_page_may_take_all_cores_to_find_its_lines() -> None:
    assert next_ticket(crew_of(FakeWork(1, detection()))) == (1, True, True)


def test_a_page_is_read_before_the_next_one_is_begun() -> None:
    crew = crew_of(FakeWork(1, line(), line(), left=0.9), FakeWork(2, detection()))
    assert next_ticket(crew) == (1, False, False)


def test_in_the_second_half_of_a_page_the_next_ones_lines_are_found_on_one_core() -> None:
    crew = crew_of(FakeWork(1, line(), line(), left=0.4), FakeWork(2, detection()), FakeWork(3, detection()))
    assert next_ticket(crew) == (2, True, False)
    assert next_ticket(crew) == (1, False, False)  # and not yet those of the page after it


def test_an_idle_core_begins_the_next_page_rather_than_wait() -> None:
    crew = crew_of(FakeWork(1, left=0.9), FakeWork(2, detection()))
    assert next_ticket(crew)[0] == 2


def test_what_is_urgent_goes_first() -> None:
    crew = crew_of(FakeWork(1, line()), FakeWork(2, line(), urgent=True))
    assert next_ticket(crew)[0] == 2


def test_with_nothing_to_do_nothing_is_chosen() -> None:
    assert crew_of()._choose() is None
    assert crew_of(FakeWork(1))._choose() is None


def test_a_dropped_work_is_forgotten() -> None:
    work = FakeWork(1, line())
    crew = crew_of(work)
    crew.drop(1)
    crew.drop(1)
    assert work.dropped
    with pytest.raises(KeyError):
        crew.wait(1, 0)


def raising(error: Exception) -> Callable[[Models, bool], Callable[[], None]]:
    def run(models: Models, alone: bool) -> Callable[[], None]:
        raise error

    return run


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ModelsMissingError("a network"), "missing"),
        (ImportError(name="cv2"), "missing"),
        (ZeroDivisionError(), "defect"),
    ],
)
def test_a_work_that_fails_says_why_and_the_crew_goes_on(error: Exception, code: str) -> None:
    crew = crew_of(FakeWork(1, Job(raising(error)), line()), FakeWork(2, line()))
    for _ in range(2):
        chosen = crew._choose()
        assert chosen is not None
        crew.run_one(*chosen)
    with pytest.raises(WorkFailed) as failure:
        crew.wait(1, 0)
    assert failure.value.code == code
    assert crew.wait(2, 0) == {"state": "done"}
