"""The self-check: what it asks, and that it finds out an engine that gives pages the words of others."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageStat

from engine.engine_errors import EngineStalled, RemoteUnreachable
from engine.server.check_pages import PAGES, Answer, CheckPage, drawn_pages, judge
from engine.server.self_check import PROMPT, CheckReport, Round, check_pages, report, rungs

RIGHT, WRONG, MIXED = Answer.RIGHT, Answer.WRONG, Answer.MIXED
pages = st.sampled_from(PAGES)
all_right = (RIGHT,) * len(PAGES)


class Engine:
    """An engine that reads the known pages, and mixes them up with more than `mixes_above` in flight."""

    def __init__(
        self, *, mixes_above: int = 99, reads: Callable[[CheckPage], str] = lambda page: "\n".join(page.words)
    ):
        self.mixes_above = mixes_above
        self.reads = reads
        self.in_flight: dict[int, CheckPage] = {}
        self.most = 0
        self.asked = 0

    async def ask(self, png: bytes, prompt: str) -> str:
        assert prompt == PROMPT
        self.asked += 1
        ticket = self.asked
        self.in_flight[ticket] = PAGES[drawn_pages().index(png)]
        try:
            await asyncio.sleep(0.001)  # the others that are asked at this moment come in
            self.most = max(self.most, len(self.in_flight))
            page = self.in_flight[ticket]
            if len(self.in_flight) > self.mixes_above:
                page = next(other for number, other in self.in_flight.items() if number != ticket)
            await asyncio.sleep(0.001)
            return self.reads(page)
        finally:
            del self.in_flight[ticket]

    def check(self, planned: int = 12) -> CheckReport:
        return asyncio.run(check_pages(self.ask, planned=planned))


# -- the pages


def test_every_page_differs_from_every_other_even_as_a_thumbnail() -> None:
    small = [Image.open(BytesIO(file)).resize((24, 32)) for file in drawn_pages()]

    for one, other in itertools.combinations(small, 2):
        assert ImageStat.Stat(ImageChops.difference(one, other)).mean[0] > 30  # of 255


def test_no_word_can_be_taken_for_another() -> None:
    for page in PAGES:
        assert judge(" ".join(page.words), page) is RIGHT
        for other in PAGES:
            if other != page:
                assert judge(" ".join(other.words), page) is MIXED


@given(page=pages, data=st.data())
@pytest.mark.slow
def test_case_spaces_and_signs_count_for_nothing(page: CheckPage, data: st.DataObject) -> None:
    signs = st.text(" \n\t.,;:-|*#()", max_size=3)
    letters = [letter for word in page.words for letter in word]
    upper = data.draw(st.booleans())

    answer = "".join(data.draw(signs) + letter for letter in letters)

    assert judge(answer.upper() if upper else answer.lower(), page) is RIGHT


@given(page=pages, place=st.floats(0, 1, exclude_max=True), letter=st.sampled_from("qxz1"), data=st.data())
def test_one_wrong_letter_in_every_word_is_forgiven(
    page: CheckPage, place: float, letter: str, data: st.DataObject
) -> None:
    def misread(word: str) -> str:
        at = int(place * len(word))
        return word[:at] + data.draw(st.sampled_from([letter, "", word[at] + letter])) + word[at + 1 :]

    assert judge(" ".join(misread(word) for word in page.words), page) is RIGHT


@given(page=pages, missing=st.integers(0, 2))
def test_one_word_may_be_missing_but_not_two(page: CheckPage, missing: int) -> None:
    words = list(page.words)
    del words[missing]

    assert judge(" ".join(words), page) is RIGHT
    assert judge(words[0], page) is WRONG


@given(page=pages, other=pages, word=st.integers(0, 2), after=st.booleans())
def test_one_word_of_another_page_is_one_too_many(page: CheckPage, other: CheckPage, word: int, after: bool) -> None:
    words = [*page.words, other.words[word]] if after else [other.words[word], *page.words]

    assert judge(" ".join(words), page) is (RIGHT if other == page else MIXED)


@given(answer=st.text(), page=pages)
def test_whatever_an_engine_says_has_a_verdict(answer: str, page: CheckPage) -> None:
    assert judge(answer, page) in Answer


# -- the verdict


@given(planned=st.integers(-3, 300))
def test_the_number_at_once_is_halved_down_to_two_or_three(planned: int) -> None:
    steps = rungs(planned)

    assert steps[:1] == ((min(planned, 12),) if planned > 1 else ())
    assert all(below == above // 2 for above, below in itertools.pairwise(steps))
    assert all(step > 1 for step in steps)


answers = st.one_of(st.just(all_right), st.lists(st.sampled_from(Answer), min_size=12, max_size=12).map(tuple))


@given(alone=answers, together=st.lists(st.tuples(st.booleans(), answers), max_size=8), planned=st.integers(1, 40))
def test_a_verdict_never_allows_what_was_seen_to_be_wrong(
    alone: tuple[Answer, ...], together: list[tuple[bool, tuple[Answer, ...]]], planned: int
) -> None:
    steps, at = rungs(planned), 0
    rounds = [Round(1, alone)]
    for descends, given_answers in together:
        at = min(at + (descends and not rounds[-1].right), len(steps) - 1)  # one goes down from what was wrong only
        rounds.append(Round(steps[at] if steps else 1, given_answers))

    verdict = report(rounds, planned=planned)

    assert verdict.reads == (alone == all_right)
    assert verdict.pages_at_once <= planned
    assert verdict.right_alone == alone.count(RIGHT)
    assert set(verdict.mixed) == {n for one in rounds for n, answer in enumerate(one.answers, 1) if answer is MIXED}
    wrong = [one.at_once for one in rounds if not one.right]
    assert verdict.pages_at_once == 1 or all(verdict.pages_at_once < at_once or at_once == 1 for at_once in wrong)
    assert verdict.reads or verdict.pages_at_once == 1
    assert verdict.passed == all(one.right for one in rounds)


def test_an_engine_that_was_only_right_by_luck_is_not_believed() -> None:
    unlucky = (MIXED, *all_right[1:])
    rounds = [Round(1, all_right), Round(8, unlucky), Round(8, all_right), Round(4, all_right), Round(4, unlucky)]

    verdict = report([*rounds, Round(2, all_right)], planned=8)

    assert verdict == CheckReport(
        right_alone=12, right_together=11, pages=12, together=8, mixed=(1,), pages_at_once=2, reads=True
    )


# -- the whole check


@pytest.mark.parametrize("planned", [1, 2, 5, 12, 40])
def test_a_right_engine_keeps_what_was_planned(planned: int) -> None:
    engine = Engine()

    verdict = engine.check(planned)

    assert verdict.passed
    assert verdict.pages_at_once == planned
    assert verdict.together == engine.most == min(planned, 12)
    assert (verdict.right_alone, verdict.right_together, verdict.pages) == (12, 12, 12)


@pytest.mark.parametrize(("planned", "limit"), [(12, 6), (12, 3), (12, 1), (40, 6), (8, 4), (8, 2), (2, 1)])
def test_an_engine_that_mixes_pages_is_asked_for_fewer(planned: int, limit: int) -> None:
    verdict = Engine(mixes_above=limit).check(planned)

    assert verdict.reads and not verdict.passed
    assert verdict.right_alone == 12
    assert verdict.right_together < 12
    assert verdict.mixed
    assert verdict.pages_at_once == limit


@given(limit=st.integers(1, 11))
@pytest.mark.slow
def test_what_it_allows_is_never_more_than_the_engine_can(limit: int) -> None:
    allowed = Engine(mixes_above=limit).check(12).pages_at_once

    assert limit / 2 < allowed + 1 <= limit + 1


def test_an_engine_that_cannot_read_is_not_asked_any_further() -> None:
    engine = Engine(reads=lambda page: "" if page.number == 7 else "\n".join(page.words))

    verdict = engine.check()

    assert not verdict.reads and not verdict.passed
    assert (verdict.right_alone, verdict.mixed, verdict.pages_at_once) == (11, (), 1)
    assert engine.asked == 12


def test_an_engine_that_gives_words_of_another_page_even_alone_does_not_read() -> None:
    verdict = Engine(reads=lambda page: "\n".join(PAGES[0].words)).check()

    assert not verdict.reads
    assert verdict.mixed == tuple(range(2, 13))


def test_progress_counts_every_answer() -> None:
    told: list[tuple[int, int]] = []

    asyncio.run(check_pages(Engine().ask, planned=12, on_progress=lambda done, total: told.append((done, total))))

    assert [done for done, _ in told] == list(range(1, 37))
    assert told[-1] == (36, 36)
    assert all(done <= total for done, total in told)


async def waits_for_ever(png: bytes, prompt: str) -> str:
    await asyncio.Event().wait()
    raise AssertionError


def test_it_does_not_wait_for_ever() -> None:
    with pytest.raises(EngineStalled):
        asyncio.run(check_pages(waits_for_ever, planned=12, within_s=0.05))


@pytest.mark.parametrize("after", [5, 17])
def test_what_the_engine_raises_ends_the_check_and_all_other_questions(after: int) -> None:
    engine = Engine()

    async def ask(png: bytes, prompt: str) -> str:
        if engine.asked >= after:
            raise RemoteUnreachable("gone")
        return await engine.ask(png, prompt)

    with pytest.raises(RemoteUnreachable):
        asyncio.run(check_pages(ask, planned=12))

    assert engine.in_flight == {}


def test_a_check_can_be_cancelled() -> None:
    engine = Engine()

    async def run() -> None:
        check: Awaitable[CheckReport] = asyncio.ensure_future(check_pages(engine.ask, planned=12))
        while engine.most < 12:
            await asyncio.sleep(0)
        check.cancel()  # type: ignore[attr-defined]
        with pytest.raises(asyncio.CancelledError):
            await check

    asyncio.run(run())

    assert engine.in_flight == {}
