"""The words of the window for what the engine tells: errors, warnings, outcomes, origins, in the person's language.

The literals stand here a second time because the engine knows no translations, and the tool that collects the strings
reads only what is written out. A test holds both to the same wording.
"""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from engine import errors
from engine.events import JobOutcome
from engine.output.blocks import Origin, PageResult, PageWarning, WarningCode


def QT_TRANSLATE_NOOP(context: str, text: str) -> str:
    """Mark a literal for the tool that collects strings; it knows this name. PySide's own is typed `object`."""
    del context
    return text


class ErrorWords(NamedTuple):
    """What happened, and what to do, in English as the engine says it."""

    title: str
    advice: str


ERRORS: dict[type[errors.DiglotError], ErrorWords] = {
    errors.DiglotError: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "Something went wrong"),
        QT_TRANSLATE_NOOP("errors", "Please try again."),
    ),
    errors.UsageError: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "This was not understood"),
        QT_TRANSLATE_NOOP("errors", "Run the command with --help to see what it takes."),
    ),
    errors.BadInput: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "This cannot be read"),
        QT_TRANSLATE_NOOP("errors", "Choose a PDF or a picture."),
    ),
    errors.NotFound: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "There is no such file"),
        QT_TRANSLATE_NOOP("errors", "Check the name and the folder."),
    ),
    errors.NotReadable: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "This file may not be read"),
        QT_TRANSLATE_NOOP("errors", "Ask its owner for permission, or copy it to a folder of yours."),
    ),
    errors.EmptyFile: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "The file is empty"),
        QT_TRANSLATE_NOOP("errors", "Copy or download it again; it holds no bytes."),
    ),
    errors.UnknownFormat: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "This is neither a PDF nor a picture"),
        QT_TRANSLATE_NOOP("errors", "Save it as PDF, PNG, JPEG or TIFF and open that."),
    ),
    errors.DamagedFile: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "The file is damaged"),
        QT_TRANSLATE_NOOP("errors", "Get it again from where it came; it seems to be cut off or changed."),
    ),
    errors.NoPages: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "The document has no pages"),
        QT_TRANSLATE_NOOP("errors", "There is nothing to read in it; get it again from where it came."),
    ),
    errors.PasswordNeeded: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "The document is protected by a password"),
        QT_TRANSLATE_NOOP("errors", "Give the password (in the window, or with --password-file)."),
    ),
    errors.WrongPassword: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "The password does not fit"),
        QT_TRANSLATE_NOOP("errors", "Check capitals and the keyboard layout, and try again."),
    ),
    errors.PictureTooLarge: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "The picture is too large"),
        QT_TRANSLATE_NOOP("errors", "Scale it down or cut it into parts first."),
    ),
    errors.EmptyPicture: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "The picture has no pixels"),
        QT_TRANSLATE_NOOP("errors", "Save it again from the program that made it."),
    ),
    errors.EmptyFolder: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "There is no picture in this folder"),
        QT_TRANSLATE_NOOP("errors", "Choose a folder with pictures, or a single file."),
    ),
    errors.FolderAsFile: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "This is a folder, though it is named like a file"),
        QT_TRANSLATE_NOOP("errors", "Open the file inside it, or rename the folder."),
    ),
    errors.NotAFile: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "This is not an ordinary file"),
        QT_TRANSLATE_NOOP("errors", "Copy its content into a file and open that."),
    ),
    errors.FileVanished: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "The file went away or changed while it was open"),
        QT_TRANSLATE_NOOP("errors", "Connect the drive again, or open the file again."),
    ),
    errors.PageError: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "This page could not be read"),
        QT_TRANSLATE_NOOP("errors", "The other pages are not affected."),
    ),
    errors.PageDamaged: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "This page is damaged"),
        QT_TRANSLATE_NOOP("errors", "The other pages are not affected; get the file again if this page matters."),
    ),
    errors.PageCrashed: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "This page made its parser crash"),
        QT_TRANSLATE_NOOP("errors", "The other pages are not affected. Do not trust this file more than you must."),
    ),
    errors.PageTimedOut: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "This page took too long"),
        QT_TRANSLATE_NOOP("errors", "The other pages are not affected; try this one again alone."),
    ),
    errors.PageTooComplex: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "This page needs too much memory"),
        QT_TRANSLATE_NOOP("errors", "The other pages are not affected; print this page to a new PDF and open that."),
    ),
    errors.ReaderError: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "The page could not be read"),
        QT_TRANSLATE_NOOP("errors", "Try again, or choose another reader."),
    ),
    errors.TaskNotSupported: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "This reader cannot do that"),
        QT_TRANSLATE_NOOP("errors", "Choose another task, or set up the engine for this one."),
    ),
    errors.NoTextLayer: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "This page carries no text of its own"),
        QT_TRANSLATE_NOOP("errors", "Read it with the reader “auto” or “cpu”, which look at the picture."),
    ),
    errors.ReaderCrashed: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "The reader stopped unexpectedly on this page"),
        QT_TRANSLATE_NOOP("errors", "It was started again for the other pages; try this page once more."),
    ),
    errors.ReaderTimedOut: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "The reader gave no answer in time"),
        QT_TRANSLATE_NOOP("errors", "It was started again for the other pages; try this page once more."),
    ),
    errors.ReaderMissing: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "The built-in reader is not installed completely"),
        QT_TRANSLATE_NOOP("errors", "Install the application again; “diglot doctor” says what is missing."),
    ),
    errors.OpenerMissing: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "What opens documents does not start"),
        QT_TRANSLATE_NOOP("errors", "Install the application again; “diglot doctor” says what is missing."),
    ),
    errors.OutputError: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "The result could not be saved"),
        QT_TRANSLATE_NOOP("errors", "Choose another place."),
    ),
    errors.OutputNotWritable: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "Nothing can be written there"),
        QT_TRANSLATE_NOOP("errors", "Choose a folder of yours."),
    ),
    errors.DiskFull: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "The disk is full"),
        QT_TRANSLATE_NOOP("errors", "Free some space, or choose another drive; nothing was left half-written."),
    ),
    errors.OutputIsInput: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "This would overwrite the original"),
        QT_TRANSLATE_NOOP("errors", "Choose another name; originals are never changed."),
    ),
    errors.NoDisplay: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "There is no display to open the window on"),
        QT_TRANSLATE_NOOP("errors", "Run “diglot read FILE” instead; it needs none."),
    ),
    errors.Defect: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "This is a fault in Diglot itself"),
        QT_TRANSLATE_NOOP("errors", "Please report it with the log; “diglot doctor” says where the log lies."),
    ),
    errors.Cancelled: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "Stopped"),
        QT_TRANSLATE_NOOP("errors", "Finished pages are kept."),
    ),
}

WARNINGS: dict[WarningCode, str] = {
    WarningCode.NOTHING_FOUND: QT_TRANSLATE_NOOP("warnings", "No text was found on this page."),
    WarningCode.TEXT_LAYER_UNSOUND: QT_TRANSLATE_NOOP(
        "warnings", "The document's own text does not match what can be seen, so the picture was read."
    ),
    WarningCode.TEXT_LAYER_UNCONFIRMED: QT_TRANSLATE_NOOP(
        "warnings",
        "The document's own text could not be confirmed by what can be seen, but its picture says much less, "
        "so the text was kept. Compare it with the page.",
    ),
    WarningCode.DOUBTFUL_LINES: QT_TRANSLATE_NOOP("warnings", "Some lines are doubtful; they are underlined."),
    WarningCode.SCRIPT_NOT_COVERED: QT_TRANSLATE_NOOP(
        "warnings", "This page seems to be in a script that the built-in reader cannot read. Do not trust this text."
    ),
    WarningCode.TURNED: QT_TRANSLATE_NOOP("warnings", "The page was turned to read it."),
    WarningCode.REPAIRED: QT_TRANSLATE_NOOP(
        "warnings", "The file was damaged and was repaired while opening; something may be missing."
    ),
    WarningCode.PARTLY_DRAWN: QT_TRANSLATE_NOOP(
        "warnings",
        "A picture on this page is damaged and is shown only in part; text in the rest of it is missing. "
        "Get the file again if you can.",
    ),
    WarningCode.LOOPED: QT_TRANSLATE_NOOP(
        "warnings", "The model repeated itself; the repetition was cut off, and something may be missing."
    ),
    WarningCode.CUT_OFF: QT_TRANSLATE_NOOP(
        "warnings", "The answer ended before the page did; something is missing at its end."
    ),
    WarningCode.SHRUNK: QT_TRANSLATE_NOOP(
        "warnings", "The page is very large and was read at a smaller size; small print may be wrong."
    ),
    WarningCode.MENDED: QT_TRANSLATE_NOOP("warnings", "Some things in the model's answer were put right."),
}

OUTCOMES: dict[JobOutcome, str] = {
    JobOutcome.FINISHED: QT_TRANSLATE_NOOP("outcomes", "All pages are read."),
    JobOutcome.INCOMPLETE: QT_TRANSLATE_NOOP("outcomes", "Some pages could not be read."),
    JobOutcome.CANCELLED: QT_TRANSLATE_NOOP(
        "outcomes", "Stopped. The pages read so far are kept; F5 goes on with the others."
    ),
    JobOutcome.HALTED: QT_TRANSLATE_NOOP(
        "outcomes", "Stopped, because what reads went away. It can go on where it was."
    ),
}

ORIGINS: dict[Origin, str] = {
    Origin.TEXT_LAYER: QT_TRANSLATE_NOOP("origins", "Text of the document"),
    Origin.PICTURE: QT_TRANSLATE_NOOP("origins", "Read from the picture"),
}
MODEL_ORIGIN = QT_TRANSLATE_NOOP("origins", "Read by HunyuanOCR")
MIXED_ORIGIN = QT_TRANSLATE_NOOP("origins", "Partly text of the document, partly read from the picture")


def error_words(error: errors.DiglotError) -> ErrorWords:
    """Return the title and the advice for an error; a kind without words of its own takes those of its parent."""
    for kind in type(error).__mro__:
        words = ERRORS.get(kind) or _local_engine_words(kind)
        if words is not None:
            return ErrorWords(_say("errors", words.title), _say("errors", words.advice))
    raise TypeError(f"{type(error).__name__} is no error of the engine")


def _local_engine_words(kind: type[object]) -> ErrorWords | None:
    """Look into the other tables, each of which is loaded with the first error of its kind."""
    if kind.__module__ == "engine.engine_errors":
        from desktop.engine_words import ENGINE_ERRORS

        return next((words for known, words in ENGINE_ERRORS.items() if known is kind), None)
    if kind.__module__ == "engine.store.errors":
        from desktop.library_words import STORE_ERRORS

        return next((words for known, words in STORE_ERRORS.items() if known is kind), None)
    return None


def warning_words(warning: PageWarning) -> str:
    """Return one sentence for a warning."""
    return _say("warnings", WARNINGS[warning.code])


def outcome_words(outcome: JobOutcome) -> str:
    """Return one sentence for how a job ended."""
    return _say("outcomes", OUTCOMES[outcome])


def origin_words(result: PageResult, read_at: float | None = None) -> str:
    """Return where the text of a page came from, and when, if on an earlier day; "" where nobody knows."""
    said = [_origin(result), _read_on(read_at)]
    return " · ".join(part for part in said if part)


def _read_on(at: float | None) -> str:
    if at is None:
        return ""
    day = QDateTime.fromSecsSinceEpoch(round(at)).date()
    return _say("origins", "read on {date}").format(date=QLocale().toString(day, QLocale.FormatType.ShortFormat))


def _origin(result: PageResult) -> str:
    if result.reader not in ("text", "cpu", "auto"):  # its lines, where it has any, only tell where its words stand
        return _say("origins", MODEL_ORIGIN)
    origins = {line.origin for line in result.lines}
    if not origins:
        return ""
    return _say("origins", ORIGINS[origins.pop()] if len(origins) == 1 else MIXED_ORIGIN)


def _say(context: str, text: str) -> str:
    return QCoreApplication.translate(context, text)
