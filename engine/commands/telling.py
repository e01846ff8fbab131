"""What is said at the end of a document: which pages failed and why, what is worth knowing of the rest, where it is.

Everything goes to stderr; what a quiet run leaves out is a note.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from engine.commands.page_ranges import in_words
from engine.commands.progress import ProgressReport, duration
from engine.errors import Defect, DiglotError
from engine.exports.characters import one_line
from engine.jobs.job import Job, PageState
from engine.output.blocks import PageResult, WarningCode
from engine.tasks.task import Task

NOTES = {
    WarningCode.NOTHING_FOUND: "no text was found",
    WarningCode.TEXT_LAYER_UNSOUND: "the page's own text does not match what can be seen, so the picture was read",
    WarningCode.TEXT_LAYER_UNCONFIRMED: "the page's own text was not confirmed but kept; compare it with the page",
    WarningCode.DOUBTFUL_LINES: "some lines are doubtful; compare them with the page",
    WarningCode.SCRIPT_NOT_COVERED: "probably in a script that the built-in reader does not know",
    WarningCode.REPAIRED: "the file is damaged and was repaired; something may be missing",
    WarningCode.PARTLY_DRAWN: "a picture on it is damaged and was drawn in part; text in the rest of it is missing",
    WarningCode.LOOPED: "the model repeated itself; the repetition was cut off, and something may be missing; "
    "--way plain, smaller or halves may bring it",
    WarningCode.CUT_OFF: "the answer ended before the page did; something is missing at its end; --way halves may "
    "bring it",
    WarningCode.SHRUNK: "the page is so large that it was read at fewer pixels than wished",
    WarningCode.MENDED: "the model's answer was damaged in places and was put right; compare it with the page",
}
"""What is worth a word on stderr; a turned page is not."""
UNTRANSLATED = "the model marked nothing as the translation; all that it said stands as the text"
SHOWN_NAME = 8
"""So much of a job's name is shown: enough to tell it from all others."""


@dataclass(frozen=True, slots=True)
class Closing:
    """How the reading of a document ended: after how many `seconds`, written to `place` ("" for standard output).

    `kept` counts pages that were read before and are written too. `job` is the name under which it can be resumed, ""
    where it cannot.
    """

    seconds: float
    place: str
    kept: int = 0
    job: str = ""


def tell(report: ProgressReport, name: str, job: Job, results: Collection[PageResult], closing: Closing) -> None:
    """Say how a document was read."""
    _tell_failures(report, name, job)
    _tell_notes(report, name, results)
    _tell_end(report, name, job, {result.number for result in results}, closing)
    if closing.job and in_state(job, PageState.DROPPED):
        report.say(f"“diglot jobs resume {closing.job[:SHOWN_NAME]}” goes on from there.")


def in_state(job: Job, state: PageState) -> list[int]:
    """Return the pages of a job that stand like this."""
    return [page.number for page in job.pages.values() if page.state is state]


def why(error: DiglotError) -> str:
    """Say an error without its subject, which is the page that is named already."""
    detail = f" ({one_line(error.detail)})" if error.detail else ""
    return f"{error.title}{detail}. {error.advice}"


def _tell_failures(report: ProgressReport, name: str, job: Job) -> None:
    failed: dict[str, list[int]] = {}
    for page in job.failures:
        failed.setdefault(why(page.error or Defect()), []).append(page.number)
    for reason, numbers in failed.items():
        report.say(f"diglot: {name}, {in_words(numbers)}: {reason}")
    if job.error is not None:
        report.say(f"diglot: {name}: {why(job.error)}")


def _tell_notes(report: ProgressReport, name: str, results: Iterable[PageResult]) -> None:
    noted: dict[WarningCode, list[int]] = {}
    doubtful: list[int] = []
    untranslated: list[int] = []
    count = grave = 0
    for result in results:
        if result.task == Task.TRANSLATION and result.blocks and not result.translation:
            untranslated.append(result.number)
        for code in dict.fromkeys(warning.code for warning in result.warnings):
            noted.setdefault(code, []).append(result.number)
        if result.doubts:
            doubtful.append(result.number)
            count += len(result.doubts)
            grave += sum(doubt.grave for doubt in result.doubts)
    for code, numbers in noted.items():
        if code in NOTES:
            report.note(f"{name}, {in_words(numbers)}: {NOTES[code]}.")
    if untranslated:
        report.say(f"{name}, {in_words(untranslated)}: {UNTRANSLATED}.")
    if count:
        words = "1 word" if count == 1 else f"{count} words"
        among = f", {grave} of them in numbers, dates, amounts or fields" if grave else ""
        report.note(f"{name}, {in_words(doubtful)}: {words} may be wrong{among}; HTML marks them, JSON lists them.")


def _tell_end(report: ProgressReport, name: str, job: Job, read: Collection[int], closing: Closing) -> None:
    done, dropped = in_state(job, PageState.DONE), in_state(job, PageState.DROPPED)
    if just := [number for number in dropped if number in read]:  # stopped between being read and being counted
        done, dropped = sorted([*done, *just]), [number for number in dropped if number not in just]
    where = f" to {one_line(closing.place)}" if closing.place else ""
    before = f", with {_pages(closing.kept)} read before" if closing.kept else ""
    if dropped and (done or closing.kept):
        pages = in_words(done) if done else "no further page"
        verb = "are" if len(done) > 1 else "is"
        report.say(f"Stopped. {name}: {pages} {verb} written{where}{before}; {in_words(dropped)} not read.")
    elif dropped:
        report.say(f"Stopped. {name}: no page was finished; nothing is written.")
    elif done:
        written = f"{before}, written{where}" if where else before
        report.note(f"{name}: {_pages(len(done))} read in {duration(closing.seconds)}{written}.")


def _pages(count: int) -> str:
    return "1 page" if count == 1 else f"{count} pages"
