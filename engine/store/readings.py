"""Readings and the person's corrections: rows in, records out. Every function runs in somebody's transaction."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.errors import Defect
from engine.output.schema import page_from_dict, page_to_dict
from engine.output.values import sound
from engine.store.documents import page_row_of, row_of
from engine.store.passages import index_text, passages_of
from engine.store.records import Correction, KeptReading, ReadingKey, order_from, order_key

if TYPE_CHECKING:
    from engine.output.blocks import PageResult
    from engine.store.database import Connection
    from engine.tasks.task import Task

log = logging.getLogger(__name__)

READING = "readings.id, readings.page, readings.reader, readings.task, readings.order_key, readings.made, readings.body"
"""What `reading_of` wants, for the front of a SELECT."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A reading as it goes into the library: its JSON, and its words as long as nobody has corrected it."""

    result: PageResult
    body: str = field(repr=False)
    words: str = field(repr=False)


def prepare(result: PageResult) -> Prepared:
    """Make ready what costs time, before anybody is kept from writing.

    A reading is read back before it counts as kept: what could not be understood later would be lost without a word.

    Raises:
        Defect: It makes no sense.
    """
    body = json.dumps(page_to_dict(result), ensure_ascii=False, separators=(",", ":"))
    try:
        kept = page_from_dict(json.loads(body))
    except ValueError as problem:
        raise Defect(f"page {result.number}", detail="its reading makes no sense") from problem
    return Prepared(kept, body, index_text(passages_of(kept)))


def put_reading(
    connection: Connection, sha256: str, prepared: Prepared, key: ReadingKey, made: float | None = None
) -> bool:
    """Keep a reading in the place of an older one of its key; False where the document is not known.

    It is made now unless it is told when, and the newest of its page in any case.
    """
    page = page_row_of(connection, sha256, prepared.result.number)
    if page is None:
        return False
    which = (page, *_columns(key))
    same = "FROM readings WHERE page = ? AND reader = ? AND task = ? AND order_key = ?"
    connection.execute(f"DELETE FROM words WHERE rowid IN (SELECT id {same})", which)  # noqa: S608 - our own words
    connection.execute(f"DELETE {same}", which)
    row = connection.execute(
        "INSERT INTO readings (page, reader, task, order_key, made, body) VALUES (?, ?, ?, ?, ?, ?)",
        (*which, time.time() if made is None else made, prepared.body),
    )
    corrections = _corrections(connection, which)
    words = index_text(passages_of(prepared.result, corrections)) if corrections else prepared.words
    connection.execute("INSERT INTO words (rowid, body) VALUES (?, ?)", (row.lastrowid, words))
    return True


def newest_readings(
    connection: Connection, sha256: str, numbers: Iterable[int], task: Task | None
) -> Iterator[KeptReading]:
    """Yield the reading that was made last of each of these pages, where there is one, for one task or for any."""
    document = row_of(connection, sha256)
    for number in numbers:
        found = connection.execute(
            f"""SELECT {READING} FROM readings JOIN pages ON pages.id = readings.page
            WHERE pages.document = :document AND pages.number = :number AND (:task IS NULL OR readings.task = :task)
            ORDER BY readings.id DESC""",  # noqa: S608 - our own words
            {"document": document, "number": number, "task": None if task is None else task.value},
        )
        newest = next((kept for row in found if (kept := reading_of(connection, row)) is not None), None)
        if newest is not None:
            yield newest


def readings_of_page(connection: Connection, sha256: str, number: int) -> list[KeptReading]:
    """Return every reading of a page, the newest first."""
    found = connection.execute(
        f"""SELECT {READING} FROM readings JOIN pages ON pages.id = readings.page
        WHERE pages.document = ? AND pages.number = ? ORDER BY readings.id DESC""",  # noqa: S608
        (row_of(connection, sha256), number),
    ).fetchall()
    return [kept for row in found if (kept := reading_of(connection, row)) is not None]


def readings_by_job(connection: Connection, job: str) -> list[KeptReading]:
    """Return the newest reading of each page that a job has read, made by the job's own order, in page order."""
    found = connection.execute(
        f"""SELECT pages.number, {READING} FROM job_pages
        JOIN jobs ON jobs.id = job_pages.job
        JOIN pages ON pages.document = jobs.document AND pages.number = job_pages.number
        JOIN readings ON readings.page = pages.id AND readings.task = jobs.task AND readings.order_key = jobs.order_key
        WHERE job_pages.job = ? AND job_pages.state = 'done'
        ORDER BY pages.number, readings.id DESC""",  # noqa: S608 - our own words
        (job,),
    )
    newest: dict[int, KeptReading] = {}
    for number, *row in found:
        if number not in newest and (kept := reading_of(connection, tuple(row))) is not None:
            newest[number] = kept
    return list(newest.values())


def reading_of(connection: Connection, row: tuple[Any, ...]) -> KeptReading | None:
    """Read what `READING` selected; None, and a line in the log, where it is no reading any more."""
    reading, page, reader, task, wishes, made, body = row
    try:
        result = page_from_dict(json.loads(body))
        key = ReadingKey(reader, order_from(task, wishes))
    except (ValueError, RecursionError) as problem:
        log.warning("Reading %d in the library cannot be understood (%s).", reading, type(problem).__name__)
        return None
    return KeptReading(key, result, made, _corrections(connection, (page, reader, task, wishes)))


# -- what the person wrote


def put_correction(
    connection: Connection, sha256: str, number: int, key: ReadingKey, place: str, correction: Correction | None
) -> bool:
    """Keep a correction, or drop it where it is None, and index the page anew; False where the page is not known."""
    page = page_row_of(connection, sha256, number)
    if page is None:
        return False
    which = (page, *_columns(key))
    if correction is None:
        connection.execute(
            "DELETE FROM corrections WHERE page = ? AND reader = ? AND task = ? AND order_key = ? AND place = ?",
            (*which, place),
        )
    else:
        connection.execute(
            """INSERT OR REPLACE INTO corrections (page, reader, task, order_key, place, text, replaced, made)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
            (*which, place, sound(correction.text), sound(correction.replaced), correction.at or time.time()),
        )
    row = connection.execute(
        f"SELECT {READING} FROM readings WHERE page = ? AND reader = ? AND task = ? AND order_key = ?",  # noqa: S608
        which,
    ).fetchone()
    kept = None if row is None else reading_of(connection, row)
    if kept is not None:
        words = index_text(passages_of(kept.result, kept.corrections))
        connection.execute("UPDATE words SET body = ? WHERE rowid = ?", (words, row[0]))
    return True


def corrections_of(connection: Connection, sha256: str, number: int, key: ReadingKey) -> dict[str, Correction]:
    """Return the corrections of a page for a key, none where the page is not known."""
    found = connection.execute(  # it only looks, so no row is made for a page that has none
        "SELECT pages.id FROM pages JOIN documents ON documents.id = pages.document WHERE sha256 = ? AND number = ?",
        (sha256, number),
    ).fetchone()
    return {} if found is None else _corrections(connection, (found[0], *_columns(key)))


def _corrections(connection: Connection, which: tuple[Any, ...]) -> dict[str, Correction]:
    found = connection.execute(
        """SELECT place, text, replaced, made FROM corrections
        WHERE page = ? AND reader = ? AND task = ? AND order_key = ? ORDER BY place""",
        which,
    )
    return {place: Correction(text, replaced, made) for place, text, replaced, made in found}


def _columns(key: ReadingKey) -> tuple[str, str, str]:
    return sound(key.reader), key.order.task.value, order_key(key.order)
