"""What can go wrong with the library, with title, advice and exit code: a branch of `engine.errors`.

    OutputError
    └── StoreError                      53   the library could not do that
        ├── StoreDamaged                53   its file cannot be read any more
        ├── StoreLocked                 54   another Diglot is at work in it
        ├── StoreNewer                  55   a newer Diglot made it
        ├── StoreUnreachable            56   its drive or its file went away
        ├── StorePlaceTaken             57   it cannot be put there
        ├── StoreSetAside               58   a damaged one was put aside and a new one begun; told, not raised
        ├── NotKept                     49   it holds no such document
        └── JobTaken                    59   the job is at work already, or has nothing left
            └── NoSuchJob               59   there is no job of this name

A full disk is `DiskFull`, a folder that cannot be written is `OutputNotWritable`, as everywhere.
"""

from __future__ import annotations

from engine.errors import OutputError


class StoreError(OutputError):
    """The library could not do that."""

    title = "The library could not do that"
    advice = "Try again; what it holds is not touched."
    exit_code = 53


class StoreDamaged(StoreError):
    """The library's file cannot be read any more."""

    title = "The library is damaged"
    advice = "Open Diglot again: it sets the damaged file aside, deletes nothing and begins a new library."
    exit_code = 53


class StoreLocked(StoreError):
    """Another process is at work in the library and does not let go of it."""

    title = "The library is in use by another Diglot"
    advice = "Close the other window or command, or wait until it is done, and try again."
    exit_code = 54
    retryable = True


class StoreNewer(StoreError):
    """A newer version made the library; this one would not understand all of it."""

    title = "The library was made by a newer Diglot"
    advice = "Install that version again, or choose another folder for the library; this one is left as it is."
    exit_code = 55


class StoreUnreachable(StoreError):
    """The drive gave an error, or the file was removed while it was open."""

    title = "The library cannot be reached"
    advice = "Connect its drive again, or begin a new one elsewhere: “Move…” in its window, or “diglot library move”."
    exit_code = 56
    retryable = True


class StorePlaceTaken(StoreError):
    """The library cannot be moved into this folder."""

    title = "The library cannot be put there"
    advice = "Choose a folder that is new or empty, and not inside the old one."
    exit_code = 57


class StoreSetAside(StoreError):
    """A damaged library was set aside and a new one begun: told as a notice, `subject` is the old file's new name."""

    title = "The library was damaged and has been set aside"
    advice = "A new one was begun. Nothing was deleted: keep the old file until its documents are read again."
    exit_code = 58


class NotKept(StoreError):
    """The library holds no document of this name."""

    title = "The library has no such document"
    advice = "“diglot library list” lists those that it has."
    exit_code = 49


class JobTaken(StoreError):
    """The job is at work already, has nothing left to read, or cannot be taken up."""

    title = "This job cannot be resumed"
    advice = "“diglot jobs” lists those that can."
    exit_code = 59


class NoSuchJob(JobTaken):
    """No job has this name, or several begin like it."""

    title = "There is no such job"
    advice = "“diglot jobs” lists those that there are."
    exit_code = 59
