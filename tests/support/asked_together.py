"""Puts the lessons of the tiny model to a real vLLM, so many in flight, and counts what comes back word for word."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from engine.server.self_check import CheckReport, check_pages
from tests.support.plain_vllm import PlainVllm, ask
from tests.support.tiny_model import Lesson, sample_lessons


async def answers(server: PlainVllm, asked: Sequence[Lesson], at_once: int) -> list[str]:
    """Put all questions, so many in flight, and return what was answered, in the order of the questions."""
    free = asyncio.Semaphore(at_once)
    async with server.client() as client:

        async def one(lesson: Lesson) -> str:
            async with free:
                return await ask(client, lesson.page, lesson.prompt)

        return await asyncio.gather(*map(one, asked))


def right(server: PlainVllm, at_once: int) -> int:
    """Count the answers that are right word for word."""
    asked = sample_lessons()
    given = asyncio.run(answers(server, asked, at_once))
    return sum(answer == lesson.answer for answer, lesson in zip(given, asked, strict=True))


def self_check(server: PlainVllm) -> CheckReport:
    """Let the engine's self-check read its known pages."""

    async def run() -> CheckReport:
        async with server.client() as client:
            return await check_pages(lambda png, prompt: ask(client, png, prompt), planned=12)

    return asyncio.run(run())
