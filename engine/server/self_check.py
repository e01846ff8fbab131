"""The self-check: known pages are read one by one and then all at once, and an engine that mixes them up is found out.

Whether an engine keeps pages apart cannot be told from its version, and its log says so at most once. What tells is to
read pages whose words are known. If they are right alone and wrong together, fewer are asked at once until they are
right. An engine that is not right alone does not read, whatever is asked of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from engine.engine_errors import EngineStalled
from engine.server.check_pages import PAGES, Answer, drawn_pages, judge

__all__ = ["PROMPT", "Ask", "CheckReport", "Round", "check_pages", "report", "rungs"]

PROMPT = "提取图中的文字。"
"""What plain text is asked for with; the same words for HunyuanOCR 1.0 and 1.5."""
WITHIN_S = 300.0
"""An engine that has not answered by then, however few pages it can read at once, is no engine."""
ROUNDS = 2
"""How often the pages are asked together. Pages are only mixed up when the engine happens to take them up together."""
ROUNDS_OF_A_SUSPECT = 4
"""The same once the engine has made a mistake: being right by luck must not be taken for being right."""
STRIDES = (1, 5, 7, 11)
"""Each round takes the pages in another order, so that others come together; each reaches every one of twelve pages."""

Ask = Callable[[bytes, str], Awaitable[str]]
"""Asks the engine about a PNG file with a prompt and returns its answer."""


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a self-check found.

    `right_together` is of the worst round with `together` pages at once. `mixed` holds the numbers of pages that got
    words of another page. `pages_at_once` is what may be asked together from now on.
    """

    right_alone: int
    right_together: int
    pages: int
    together: int
    mixed: tuple[int, ...]
    pages_at_once: int
    reads: bool

    @property
    def passed(self) -> bool:
        """Whether everything was right, alone and together."""
        return self.reads and not self.mixed and self.right_together == self.pages


@dataclass(frozen=True, slots=True)
class Round:
    """All pages asked once, some at a time: what was answered to each, in the order of the pages."""

    at_once: int
    answers: tuple[Answer, ...]

    @property
    def right(self) -> bool:
        """Whether every answer was."""
        return all(answer is Answer.RIGHT for answer in self.answers)

    @property
    def mixed(self) -> list[int]:
        """The numbers of pages that got words of another."""
        return [number for number, answer in enumerate(self.answers, 1) if answer is Answer.MIXED]


async def check_pages(
    ask: Ask, *, planned: int, on_progress: Callable[[int, int], None] | None = None, within_s: float = WITHIN_S
) -> CheckReport:
    """Read the known pages alone and together, and report.

    Args:
        ask: Asks the engine; what it raises ends the check.
        planned: How many pages would be asked at once if all is well.
        on_progress: Told after each answer how many of how many there are; more are added when a mistake is found.
        within_s: How long it may take.

    Raises:
        EngineStalled: It took too long.
    """
    files = await asyncio.to_thread(drawn_pages)
    asking = _Asking(ask, files, on_progress)
    try:
        async with asyncio.timeout(within_s):
            rounds = await _rounds(asking, planned)
    except TimeoutError as problem:
        raise EngineStalled(detail=f"the self-check was not finished in {within_s:g} s") from problem
    return report(rounds, planned=planned)


def rungs(planned: int) -> tuple[int, ...]:
    """Return how many pages are asked together: first what was planned, then always half as many; none for 1."""
    at_once = _most_together(planned)
    steps = []
    while at_once > 1:
        steps.append(at_once)
        at_once //= 2
    return tuple(steps)


def report(rounds: Sequence[Round], *, planned: int) -> CheckReport:
    """Draw the verdict. The first round was alone, the others follow the rungs downwards."""
    alone, together = rounds[0], rounds[1:] or rounds[:1]
    reads = alone.right
    too_many = min((one.at_once for one in rounds if not one.right), default=len(PAGES) + 1)
    safe = max((one.at_once for one in rounds if one.at_once < too_many), default=1)
    return CheckReport(
        right_alone=_right_count(alone),
        right_together=min(_right_count(one) for one in together if one.at_once == together[0].at_once),
        pages=len(alone.answers),
        together=together[0].at_once,
        mixed=tuple(sorted({page for one in rounds for page in one.mixed})),
        pages_at_once=max(planned, 1) if safe == _most_together(planned) else safe,
        reads=reads,
    )


def _most_together(planned: int) -> int:
    return min(max(planned, 1), len(PAGES))


def _right_count(one: Round) -> int:
    return one.answers.count(Answer.RIGHT)


async def _rounds(asking: _Asking, planned: int) -> list[Round]:
    done = [await asking.round(at_once=1)]
    if not done[0].right:
        return done
    for at_once in rungs(planned):
        strides = STRIDES[: ROUNDS if len(done) == 1 else ROUNDS_OF_A_SUSPECT]
        asking.expect(len(strides))
        for stride in strides:
            done.append(await asking.round(at_once=at_once, stride=stride))
            if not done[-1].right:
                break
        else:
            break
    return done


class _Asking:
    """Puts the pages to the engine and counts the answers."""

    def __init__(self, ask: Ask, files: Sequence[bytes], on_progress: Callable[[int, int], None] | None) -> None:
        self._ask = ask
        self._files = files
        self._tell = on_progress or (lambda done, total: None)
        self._done = 0
        self._total = len(files)

    def expect(self, rounds: int) -> None:
        """Count on so many rounds from here on."""
        self._total = self._done + rounds * len(self._files)

    async def round(self, *, at_once: int, stride: int = 1) -> Round:
        """Ask about every page once, so many at the same moment, and wait for all of these before the next."""
        answers = [Answer.WRONG] * len(PAGES)
        order = [index * stride % len(PAGES) for index in range(len(PAGES))]
        for start in range(0, len(order), at_once):
            group = order[start : start + at_once]
            for index, answer in zip(group, await self._together(group), strict=True):
                answers[index] = answer
        return Round(at_once, tuple(answers))

    async def _together(self, group: Sequence[int]) -> list[Answer]:
        tasks = [asyncio.ensure_future(self._answer(index)) for index in group]
        try:
            return await asyncio.gather(*tasks)
        finally:
            for task in tasks:  # those still at work, when one failed or nobody waits any longer
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _answer(self, index: int) -> Answer:
        answer = judge(await self._ask(self._files[index], PROMPT), PAGES[index])
        self._done += 1
        self._tell(self._done, self._total)
        return answer
