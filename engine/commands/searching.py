"""The commands `diglot search` and `diglot jobs`: what the library holds, for people and as JSON."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.commands.exit_codes import ALL_READ
from engine.commands.library_arguments import JobsOptions, SearchOptions
from engine.commands.library_place import library_place
from engine.commands.telling import SHOWN_NAME
from engine.exports.characters import clean, one_line
from engine.store.library import open_library
from engine.store.records import Found, KeptJob

if TYPE_CHECKING:
    from engine.store.records import DocumentFacts, Hit, Snippet

BOLD, PLAIN = "\x1b[1m", "\x1b[0m"


def search(options: SearchOptions, *, folder: Path | None = None) -> int:
    """Do what `diglot search` was asked for and return the exit code. Raises `OutputError`."""
    place = library_place(folder)
    found = asyncio.run(_found(place.folder, options)) if place.is_there else Found()
    if options.json:
        _print([json.dumps(found_as_json(options.query, found), ensure_ascii=False, indent=2)])
        return ALL_READ
    _print(found_lines(found, bold=_shows_bold()))
    if not found.total:
        _say("Nothing was found." if place.is_there else "Nothing has been read yet.")
    elif found.total > len(found.hits):
        _say(f"{len(found.hits)} of {found.total} pages; --limit shows more.")
    return ALL_READ


def jobs(options: JobsOptions, *, folder: Path | None = None) -> int:
    """Do what `diglot jobs` was asked for and return the exit code. Raises `OutputError`."""
    place = library_place(folder)
    kept = asyncio.run(_kept(place.folder, options)) if place.is_there else []
    if options.json:
        _print([json.dumps({"jobs": [job_as_json(job) for job in kept]}, ensure_ascii=False, indent=2)])
        return ALL_READ
    _print([line for job in kept for line in job_lines(job)])
    if not kept:
        _say("There are no jobs.")
    elif (interrupted := next((job for job in kept if job.interrupted), None)) is not None:
        _say(f"“diglot jobs resume {interrupted.id[:SHOWN_NAME]}” goes on where that one was left.")
    return ALL_READ


async def _found(place: Path, options: SearchOptions) -> Found:
    library = await open_library(place, check=False)
    try:
        return await library.search(options.query, limit=options.limit)
    finally:
        await library.close()


async def _kept(place: Path, options: JobsOptions) -> list[KeptJob]:
    library = await open_library(place, check=False)
    try:
        return await library.jobs(limit=options.limit)
    finally:
        await library.close()


# -- for people


def found_lines(found: Found, *, bold: bool) -> list[str]:
    """Say what was found: two lines for each page, the found words in bold where that can be shown."""
    lines = []
    for hit in found.hits:
        lines += [f"{_name(hit.document)}, page {hit.number}", f"    {_shown(hit.snippet, bold=bold)}"]
    return lines


def job_lines(job: KeptJob) -> list[str]:
    """Say how a job stands: one line, its name first, and one for each sort of failure."""
    begun = time.strftime("%Y-%m-%d %H:%M", time.localtime(job.begun_at))
    count = f"{job.done} of {job.total} pages" if job.total != 1 else f"{job.done} of 1 page"
    name = job.id[:SHOWN_NAME]
    lines = [
        f"{name}  {begun}  {_name(job.document)}  {job.order.task}, {one_line(job.reader)}: {_state(job)}, {count} read"
    ]
    failed: dict[str, list[int]] = {}
    for failure in job.failures:
        failed.setdefault(failure.title, []).append(failure.number)
    for title, numbers in failed.items():
        lines.append(f"    {_pages(numbers)}: {one_line(title)}")
    return lines


def _state(job: KeptJob) -> str:
    if job.running:
        return "being read"
    return "interrupted" if job.interrupted else job.state.value


def _pages(numbers: list[int]) -> str:
    from engine.commands.page_ranges import in_words

    return in_words(numbers)


def _name(document: DocumentFacts) -> str:
    return one_line(document.path or document.name)


def _shown(snippet: Snippet, *, bold: bool) -> str:
    pieces, at = [], 0
    for start, end in snippet.marks if bold else ():
        pieces += [_cleaned(snippet.text[at:start]), BOLD, _cleaned(snippet.text[start:end]), PLAIN]
        at = end
    return "".join((*pieces, _cleaned(snippet.text[at:])))


def _cleaned(text: str) -> str:
    """Let nothing through that a terminal would obey."""
    return clean(text).replace("\n", " ")


def _shows_bold() -> bool:
    if sys.platform == "win32" or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return sys.stdout.isatty()


# -- as JSON


def found_as_json(query: str, found: Found) -> dict[str, Any]:
    """Return what was found; `marks` count characters of `snippet`, `box` is in the page's units."""
    return {"query": query, "total": found.total, "hits": [_hit_as_json(hit) for hit in found.hits]}


def job_as_json(job: KeptJob) -> dict[str, Any]:
    """Return how a job stands; times are seconds since 1970."""
    return {
        "id": job.id,
        "document": _document_as_json(job.document),
        "task": job.order.task.value,
        "reader": job.reader,
        "state": job.state.value,
        "running": job.running,
        "interrupted": job.interrupted,
        "begun": job.begun_at,
        "changed": job.changed_at,
        "pages": job.total,
        "done": job.done,
        "left": job.left,
        "failed": [
            {"number": failure.number, "code": failure.code, "title": failure.title, "detail": failure.detail}
            for failure in job.failures
        ],
    }


def _hit_as_json(hit: Hit) -> dict[str, Any]:
    return {
        "document": _document_as_json(hit.document),
        "page": hit.number,
        "reader": hit.key.reader,
        "task": hit.key.order.task.value,
        "snippet": hit.snippet.text,
        "marks": [list(mark) for mark in hit.snippet.marks],
        "box": [round(side, 2) for side in hit.box],
        "unit": hit.document.unit,
    }


def _document_as_json(document: DocumentFacts) -> dict[str, Any]:
    return {"sha256": document.sha256, "name": document.name, "path": document.path, "pages": document.page_count}


def _print(lines: list[str]) -> None:
    sys.stdout.buffer.write("".join(f"{line}\n" for line in lines).encode("utf-8", "replace"))
    sys.stdout.flush()


def _say(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201 - the command's own words
