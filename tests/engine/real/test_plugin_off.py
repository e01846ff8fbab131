"""The real vLLM without our plug-in: pages are given the words of others, and the self-check notices."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.server.check_pages import PAGES, Answer, judge
from tests.support.asked_together import answers, right, self_check
from tests.support.engine_report import note
from tests.support.plain_vllm import SHIM, PlainVllm, plain_vllm
from tests.support.tiny_model import check_lessons

pytestmark = [pytest.mark.slow, pytest.mark.engine, pytest.mark.engine_proof("plugin-off")]

MIXING = "Encoder returned a different number of tokens than expected"
KEPT_APART = "diglot: pages are kept apart"


@pytest.fixture(scope="module")
def vllm_alone(engine_python: Path, tiny_checkpoint: Path) -> Iterator[PlainVllm]:
    with plain_vllm(engine_python, tiny_checkpoint, plugins=[SHIM]) as server:
        yield server


def test_pages_are_right_one_by_one(vllm_alone: PlainVllm) -> None:
    assert right(vllm_alone, 1) == 12


def test_pages_are_given_the_words_of_others_together(vllm_alone: PlainVllm) -> None:
    given = [answer for _ in range(3) for answer in asyncio.run(answers(vllm_alone, check_lessons(), 12))]

    verdicts = [judge(answer, page) for answer, page in zip(given, PAGES * 3, strict=True)]
    assert Answer.MIXED in verdicts


def test_fewer_answers_are_right_together(vllm_alone: PlainVllm) -> None:
    counts = {at_once: [right(vllm_alone, at_once) for _ in range(3)] for at_once in (4, 12)}

    assert sum(counts[12]) < 36
    note("plugin-off", f"of 12 right: 12 alone, {counts[4]} at 4, {counts[12]} at 12 in flight")


def test_the_self_check_notices(vllm_alone: PlainVllm) -> None:
    verdict = self_check(vllm_alone)

    assert verdict.reads
    assert verdict.right_alone == 12
    assert verdict.mixed
    assert verdict.pages_at_once < 12
    assert not verdict.passed


def test_the_log_gives_it_away(vllm_alone: PlainVllm) -> None:
    assert MIXING in vllm_alone.log_text()
    assert KEPT_APART not in vllm_alone.log_text()
