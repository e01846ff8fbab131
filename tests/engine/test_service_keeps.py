"""The service keeps what it reads, and takes up what was interrupted."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from engine.events import Event, PageFinished
from engine.service import Service
from tests.support.command import pdf_with_text


@pytest.mark.slow
def test_what_was_read_is_kept_and_an_interrupted_job_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGLOT_HOME", str(tmp_path / "home"))
    book = pdf_with_text(
        tmp_path / "book.pdf",
        *(f"This is page number{n} of a book with words enough to be sound." for n in range(1, 31)),
    )

    async def first() -> list[int]:
        service, finished = Service(keeps=True), asyncio.Event()
        seen: list[int] = []

        def hear(event: Event) -> None:
            if isinstance(event, PageFinished):
                seen.append(event.number)
                if len(seen) == 5:
                    finished.set()

        service.subscribe(hear)
        document = await service.open(book)
        service.read(document, reader="text")
        await finished.wait()
        await service.close()  # the window is shut
        return seen

    async def second() -> tuple[list[int], list[int]]:
        service = Service(keeps=True)
        library = await service.library()
        (job,) = await library.jobs()
        assert job.interrupted and job.document.path == str(book)
        before = list(await library.newest(job.document.sha256, range(1, 31)))
        document = await service.open(Path(job.document.path))
        going_on = await service.resume(document, job.id)
        assert going_on.progress.total == 30 and going_on.progress.done == len(before)  # it goes on; it does not begin
        await going_on.wait()
        assert going_on.progress.done == 30
        (job,) = await library.jobs()
        assert job.state == "finished" and job.done == 30
        assert (await library.search("number17")).hits[0].number == 17
        await service.close()
        return before, list(going_on.numbers)

    seen = asyncio.run(first())
    before, after = asyncio.run(second())

    assert set(seen) <= set(before)
    assert sorted(before + after) == list(range(1, 31))
