"""The words of the window for the library: what can go wrong with it, its size, what forgetting does and did."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QLocale

from desktop.words import QT_TRANSLATE_NOOP, ErrorWords
from engine.store import errors
from engine.store.records import Forgotten, KeptDocument, LibrarySize

NAMED_AT_ONCE = 5

STORE_ERRORS: dict[type[errors.StoreError], ErrorWords] = {
    errors.StoreError: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "The library could not do that"),
        QT_TRANSLATE_NOOP("errors", "Try again; what it holds is not touched."),
    ),
    errors.StoreDamaged: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "The library is damaged"),
        QT_TRANSLATE_NOOP(
            "errors", "Open Diglot again: it sets the damaged file aside, deletes nothing and begins a new library."
        ),
    ),
    errors.StoreLocked: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "The library is in use by another Diglot"),
        QT_TRANSLATE_NOOP("errors", "Close the other window or command, or wait until it is done, and try again."),
    ),
    errors.StoreNewer: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "The library was made by a newer Diglot"),
        QT_TRANSLATE_NOOP(
            "errors", "Install that version again, or choose another folder for the library; this one is left as it is."
        ),
    ),
    errors.StoreUnreachable: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "The library cannot be reached"),
        QT_TRANSLATE_NOOP(
            "errors",
            "Connect its drive again, or begin a new one elsewhere: “Move…” in its window, or “diglot library move”.",
        ),
    ),
    errors.StorePlaceTaken: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "The library cannot be put there"),
        QT_TRANSLATE_NOOP("errors", "Choose a folder that is new or empty, and not inside the old one."),
    ),
    errors.StoreSetAside: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "The library was damaged and has been set aside"),
        QT_TRANSLATE_NOOP(
            "errors",
            "A new one was begun. Nothing was deleted: keep the old file until its documents are read again.",
        ),
    ),
    errors.NotKept: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "The library has no such document"),
        QT_TRANSLATE_NOOP("errors", "“diglot library list” lists those that it has."),
    ),
    errors.JobTaken: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "This job cannot be resumed"),
        QT_TRANSLATE_NOOP("errors", "“diglot jobs” lists those that can."),
    ),
    errors.NoSuchJob: ErrorWords(
        QT_TRANSLATE_NOOP("errors", "There is no such job"),
        QT_TRANSLATE_NOOP("errors", "“diglot jobs” lists those that there are."),
    ),
}


def data_size(size: int) -> str:
    """Write a number of bytes as the file managers of the person's language do."""
    small = size < 10_000_000
    return QLocale().formattedDataSize(size, 1 if small else 0, QLocale.DataSizeFormat.DataSizeSIFormat)


def size_words(size: LibrarySize) -> str:
    """Say how much the library holds."""
    words = QCoreApplication.translate("library", "{size} in %n document(s)", "", size.documents).format(
        size=data_size(size.file_bytes)
    )
    beside = size.set_aside_bytes + size.backup_bytes
    return f"{words} · {_say('{size} beside it').format(size=data_size(beside))}" if beside else words


def forget_question(documents: Sequence[KeptDocument]) -> tuple[str, str]:
    """Ask whether documents shall be forgotten; the second text says plainly what that means."""
    if len(documents) == 1:
        question = _say("Forget “{name}”?").format(name=documents[0].facts.name)
    else:
        question = QCoreApplication.translate("library", "Forget %n document(s)?", "", len(documents))
    names = [f"• {kept.facts.name}" for kept in documents[:NAMED_AT_ONCE]] if len(documents) > 1 else []
    if len(documents) > NAMED_AT_ONCE:
        names.append(QCoreApplication.translate("library", "• and %n more", "", len(documents) - NAMED_AT_ONCE))
    pages = sum(kept.pages_read for kept in documents)
    return question, "\n".join(
        [
            *names,
            *([""] if names else []),
            QCoreApplication.translate("library", "%n page(s) were read.", "", pages),
            _meaning(),
        ]
    )


def forget_everything_question(size: LibrarySize) -> tuple[str, str]:
    """Ask whether all of it shall be forgotten."""
    question = _say("Forget everything that was read?")
    held = QCoreApplication.translate("library", "The library holds %n document(s).", "", size.documents)
    aside = [_say("Damaged libraries that were set aside are removed too.")] if size.set_aside_bytes else []
    return question, "\n".join([held, *aside, _meaning()])


def _meaning() -> str:
    return _say(
        "What was read, what you corrected, its jobs and the small pictures of its pages are removed for good, and no"
        " text of it is left in the library. The files themselves are not touched."
    )


def forgotten_words(forgotten: Forgotten) -> tuple[str, str]:
    """Say what forgetting did, and what may still be left."""
    title = QCoreApplication.translate("library", "%n document(s) forgotten", "", forgotten.documents)
    if not forgotten.wiped:
        text = _say(
            "Another Diglot still looks at the library. What is left of their text is wiped as soon as it does no more."
        )
    else:
        text = _say("No text of theirs is left in the library.")
    if forgotten.set_aside:
        text += " " + _say("Nobody can tell what the damaged libraries hold that were set aside; remove them below.")
    return title, text


def _say(text: str) -> str:
    return QCoreApplication.translate("library", text)
