"""Jobs and where each of their pages stands: rows in, records out. Every function runs in somebody's transaction."""

from __future__ import annotations

import json
import logging
import secrets
import time
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from engine.output.document import PageFailure
from engine.output.values import as_object, integer_at, sound, text_at
from engine.store.documents import FACTS, FACTS_COUNT, facts_of, note_document
from engine.store.errors import JobTaken, NoSuchJob
from engine.store.records import DocumentFacts, JobState, KeptJob, ReadingKey, order_from, order_key
from engine.tasks.task import Way

if TYPE_CHECKING:
    from engine.store.database import Connection

log = logging.getLogger(__name__)

MOST_ENDED = 200
"""So many jobs that are over are remembered."""


class PageStand(StrEnum):
    """Where a page of a kept job stands. A page that was being read when the light went out still waits."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


def begin_job(
    connection: Connection, facts: DocumentFacts, key: ReadingKey, numbers: Iterable[int], session: str, way: Way
) -> str:
    """Write down a job before its first page is read; return its name."""
    document = note_document(connection, facts)
    name, now = secrets.token_hex(8), time.time()
    connection.execute(
        """INSERT INTO jobs (id, document, task, order_key, reader, way, state, session, begun, changed)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (name, document, key.order.task.value, order_key(key.order), key.reader, way, JobState.OPEN, session, now, now),
    )
    connection.executemany(
        "INSERT INTO job_pages (job, number, place, state) VALUES (?, ?, ?, ?)",
        [(name, number, place, PageStand.WAITING) for place, number in enumerate(dict.fromkeys(numbers))],
    )
    connection.execute(
        """DELETE FROM jobs WHERE id IN
        (SELECT id FROM jobs WHERE state <> ? ORDER BY changed DESC LIMIT -1 OFFSET ?)""",
        (JobState.OPEN, MOST_ENDED),
    )
    return name


def mark_page(connection: Connection, job: str, number: int, failure: PageFailure | None = None) -> None:
    """Note that a page of a job is ready, well or not."""
    stand = PageStand.DONE if failure is None else PageStand.FAILED
    connection.execute(
        "UPDATE job_pages SET state = ?, failure = ? WHERE job = ? AND number = ?",
        (stand, "" if failure is None else _failure_to_text(failure), job, number),
    )
    connection.execute("UPDATE jobs SET changed = ? WHERE id = ?", (time.time(), job))


def end_job(connection: Connection, job: str, state: JobState) -> None:
    """Note how a job ended."""
    connection.execute("UPDATE jobs SET state = ?, changed = ? WHERE id = ?", (state, time.time(), job))


def take_up(
    connection: Connection, job: str, session: str, lives: Callable[[str], bool], *, failed_too: bool
) -> tuple[int, ...]:
    """Make a job ours and return the pages that are still to be read, in its order.

    Raises:
        JobTaken: Somebody works at it, or nothing is left of it.
        NoSuchJob: There is none.
    """
    found = connection.execute("SELECT state, session FROM jobs WHERE id = ?", (job,)).fetchone()
    if found is None:
        raise NoSuchJob(job)
    if found[0] == JobState.OPEN and lives(found[1]):
        raise JobTaken(detail="another window or command works at it, or this one does")
    if failed_too:
        connection.execute(
            "UPDATE job_pages SET state = ?, failure = '' WHERE job = ? AND state = ?",
            (PageStand.WAITING, job, PageStand.FAILED),
        )
    numbers = connection.execute(
        "SELECT number FROM job_pages WHERE job = ? AND state = ? ORDER BY place", (job, PageStand.WAITING)
    ).fetchall()
    if not numbers:
        raise JobTaken(detail="all of its pages are read")
    connection.execute(
        "UPDATE jobs SET state = ?, session = ?, changed = ? WHERE id = ?", (JobState.OPEN, session, time.time(), job)
    )
    return tuple(number for (number,) in numbers)


def drop_job(connection: Connection, job: str, lives: Callable[[str], bool]) -> None:
    """Take a job off the list; what it read is kept. Raises JobTaken where somebody works at it."""
    found = connection.execute("SELECT state, session FROM jobs WHERE id = ?", (job,)).fetchone()
    if found is not None and found[0] == JobState.OPEN and lives(found[1]):
        raise JobTaken(detail="another window or command works at it, or this one does")
    connection.execute("DELETE FROM jobs WHERE id = ?", (job,))


_JOBS = f"""
    SELECT {FACTS}, jobs.id, jobs.task, jobs.order_key, jobs.reader, jobs.way,
        jobs.state, jobs.session, jobs.begun, jobs.changed
    FROM jobs JOIN documents ON documents.id = jobs.document
"""  # noqa: S608 - our own words


def kept_job(connection: Connection, job: str, lives: Callable[[str], bool]) -> KeptJob | None:
    """Return a job, None where there is none."""
    found = connection.execute(f"{_JOBS} WHERE jobs.id = ?", (job,)).fetchone()
    return None if found is None else _kept(connection, found, lives)


def kept_jobs(connection: Connection, limit: int, offset: int, lives: Callable[[str], bool]) -> list[KeptJob]:
    """Return jobs, those that are not over first, and of each sort the one that changed last first."""
    found = connection.execute(
        f"{_JOBS} ORDER BY jobs.state = ? DESC, jobs.changed DESC, jobs.id LIMIT ? OFFSET ?",
        (JobState.OPEN, limit, offset),
    ).fetchall()
    return [kept for row in found if (kept := _kept(connection, row, lives)) is not None]


def _kept(connection: Connection, row: tuple[Any, ...], lives: Callable[[str], bool]) -> KeptJob | None:
    """Read a job; None, and a line in the log, where its row makes no sense."""
    try:
        return _made(connection, row, lives)
    except (ValueError, RecursionError) as problem:
        log.warning("A job in the library cannot be understood (%s).", type(problem).__name__)
        return None


def _made(connection: Connection, row: tuple[Any, ...], lives: Callable[[str], bool]) -> KeptJob:
    job, task, wishes, reader, way, state, session, begun, changed = row[FACTS_COUNT:]
    total, done = connection.execute(
        "SELECT count(*), coalesce(sum(state = ?), 0) FROM job_pages WHERE job = ?", (PageStand.DONE, job)
    ).fetchone()
    failures = connection.execute(
        "SELECT failure FROM job_pages WHERE job = ? AND state = ? ORDER BY number", (job, PageStand.FAILED)
    ).fetchall()
    return KeptJob(
        id=job,
        document=facts_of(row[:FACTS_COUNT]),
        order=order_from(task, wishes),
        reader=reader,
        way=Way(way),
        state=JobState(state),
        running=state == JobState.OPEN and lives(session),
        begun_at=begun,
        changed_at=changed,
        total=total,
        done=done,
        failures=tuple(_failure_from_text(text) for (text,) in failures),
    )


def _failure_to_text(failure: PageFailure) -> str:
    return json.dumps(
        {
            "number": failure.number,
            "title": failure.title,
            "advice": failure.advice,
            "code": failure.code,
            "detail": sound(failure.detail),
        },
        ensure_ascii=False,
    )


def _failure_from_text(text: str) -> PageFailure:
    told = as_object(json.loads(text), "failure")
    return PageFailure(
        integer_at(told, "number"),
        text_at(told, "title"),
        text_at(told, "advice"),
        integer_at(told, "code"),
        text_at(told, "detail"),
    )
