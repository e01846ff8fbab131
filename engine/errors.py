"""The error tree: every failure a person can meet, with its title, its advice and its exit code.

    DiglotError
    ├── UsageError                   2   the command was not understood
    ├── BadInput                         nothing can be read from this input
    │   ├── NotFound                10   there is no such file
    │   ├── NotReadable             11   permissions, or a folder that cannot be listed
    │   ├── EmptyFile               12   zero bytes
    │   ├── UnknownFormat           13   not a PDF and not a picture
    │   ├── DamagedFile             14   the right kind, but broken
    │   ├── NoPages                 15   a document without pages
    │   ├── PasswordNeeded          16   encrypted, and no password was given
    │   ├── WrongPassword           17   encrypted, and the password does not fit
    │   ├── PictureTooLarge         18   a decompression bomb, or a picture past the limit
    │   ├── EmptyPicture            19   a picture without any pixels
    │   ├── EmptyFolder             20   a folder without a picture in it
    │   ├── FolderAsFile            21   a folder named like a file (invoice.pdf/)
    │   ├── NotAFile                22   a device, a pipe, a socket
    │   └── FileVanished            23   it was there, and went away or changed while open
    ├── PageError                        one page failed, the others go on
    │   ├── PageDamaged             30   the page itself cannot be drawn
    │   ├── PageCrashed             31   the page process died on this page
    │   ├── PageTimedOut            32   the page took longer than it may
    │   └── PageTooComplex          33   the page asks for more memory than it may have
    ├── ReaderError
    │   ├── TaskNotSupported        40   this reader cannot do that task
    │   ├── NoTextLayer             41   the text reader met a page without usable text
    │   ├── ReaderCrashed           42   the reading process died, twice
    │   ├── ReaderTimedOut          43   the reading process gave no answer in time
    │   └── ReaderMissing           44   the built-in reader is not installed completely
    ├── OpenerMissing               45   what opens documents does not start
    ├── OutputError                      the result cannot be put where it should go
    │   ├── OutputNotWritable       50   permissions, or not a folder
    │   ├── DiskFull                51   no space left
    │   └── OutputIsInput           52   the original would be overwritten
    ├── NoDisplay                   60   the window has no screen to open on
    ├── Defect                       1   a fault of the program itself
    └── Cancelled                  130   the person stopped it; shown nowhere

`retryable` says whether the same call may work when it is made again. `holds_jobs` says that nothing is wrong with the
page at hand: what reads is away, and a job had better wait for it than fail all its pages. One that is `for_good`
changes only when a person does something: nobody tries again by himself, so that waiting alone is of no use.
"""

from __future__ import annotations

from typing import ClassVar


class DiglotError(Exception):
    """A failure with words for a person: what happened (`title`, `detail`) and what to do (`advice`).

    `subject` names the file, page or option it is about. Passwords and page text never go in here.
    """

    title: ClassVar[str] = "Something went wrong"
    advice: ClassVar[str] = "Please try again."
    retryable: ClassVar[bool] = False
    holds_jobs: ClassVar[bool] = False
    exit_code: ClassVar[int] = 1
    for_good: bool = False

    def __init__(self, subject: str = "", *, detail: str = "") -> None:
        super().__init__(subject, detail)
        self.subject = subject
        self.detail = detail

    @property
    def waiting_helps(self) -> bool:
        """Whether the same call may work later without anybody doing anything."""
        return self.retryable and not self.for_good

    def __str__(self) -> str:
        """Say it in one line, the advice last."""
        head = f"{self.subject}: {self.title}" if self.subject else self.title
        detail = f" ({self.detail})" if self.detail else ""
        return f"{head}{detail}. {self.advice}"


class UsageError(DiglotError):
    """The command was not understood."""

    title = "This was not understood"
    advice = "Run the command with --help to see what it takes."
    exit_code = 2


class BadInput(DiglotError):
    """Nothing can be read from this input."""

    title = "This cannot be read"
    advice = "Choose a PDF or a picture."
    exit_code = 13


class NotFound(BadInput):
    """There is no such file."""

    title = "There is no such file"
    advice = "Check the name and the folder."
    exit_code = 10


class NotReadable(BadInput):
    """The permissions forbid reading."""

    title = "This file may not be read"
    advice = "Ask its owner for permission, or copy it to a folder of yours."
    exit_code = 11


class EmptyFile(BadInput):
    """The file has no bytes."""

    title = "The file is empty"
    advice = "Copy or download it again; it holds no bytes."
    exit_code = 12


class UnknownFormat(BadInput):
    """Neither a PDF nor a picture we know."""

    title = "This is neither a PDF nor a picture"
    advice = "Save it as PDF, PNG, JPEG or TIFF and open that."
    exit_code = 13


class DamagedFile(BadInput):
    """The right kind of file, but it cannot be parsed."""

    title = "The file is damaged"
    advice = "Get it again from where it came; it seems to be cut off or changed."
    exit_code = 14


class NoPages(BadInput):
    """The document has no pages."""

    title = "The document has no pages"
    advice = "There is nothing to read in it; get it again from where it came."
    exit_code = 15


class PasswordNeeded(BadInput):
    """Encrypted, and no password was given."""

    title = "The document is protected by a password"
    advice = "Give the password (in the window, or with --password-file)."
    exit_code = 16
    retryable = True


class WrongPassword(BadInput):
    """Encrypted, and the password does not fit."""

    title = "The password does not fit"
    advice = "Check capitals and the keyboard layout, and try again."
    exit_code = 17
    retryable = True


class PictureTooLarge(BadInput):
    """More pixels than a page can have, or a decompression bomb."""

    title = "The picture is too large"
    advice = "Scale it down or cut it into parts first."
    exit_code = 18


class EmptyPicture(BadInput):
    """A picture of width or height zero."""

    title = "The picture has no pixels"
    advice = "Save it again from the program that made it."
    exit_code = 19


class EmptyFolder(BadInput):
    """A folder without any picture in it."""

    title = "There is no picture in this folder"
    advice = "Choose a folder with pictures, or a single file."
    exit_code = 20


class FolderAsFile(BadInput):
    """A folder whose name ends like a file's."""

    title = "This is a folder, though it is named like a file"
    advice = "Open the file inside it, or rename the folder."
    exit_code = 21


class NotAFile(BadInput):
    """A device, a pipe or a socket."""

    title = "This is not an ordinary file"
    advice = "Copy its content into a file and open that."
    exit_code = 22


class FileVanished(BadInput):
    """The file was there, and went away or changed while it was open."""

    title = "The file went away or changed while it was open"
    advice = "Connect the drive again, or open the file again."
    exit_code = 23
    retryable = True


class PageError(DiglotError):
    """One page failed; the others go on."""

    title = "This page could not be read"
    advice = "The other pages are not affected."
    exit_code = 30


class PageDamaged(PageError):
    """The page itself cannot be drawn."""

    title = "This page is damaged"
    advice = "The other pages are not affected; get the file again if this page matters."
    exit_code = 30


class PageCrashed(PageError):
    """The page process died on this page."""

    title = "This page made its parser crash"
    advice = "The other pages are not affected. Do not trust this file more than you must."
    exit_code = 31
    retryable = True


class PageTimedOut(PageError):
    """The page took longer than it may."""

    title = "This page took too long"
    advice = "The other pages are not affected; try this one again alone."
    exit_code = 32
    retryable = True


class PageTooComplex(PageError):
    """The page asks for more memory than it may have."""

    title = "This page needs too much memory"
    advice = "The other pages are not affected; print this page to a new PDF and open that."
    exit_code = 33


class ReaderError(DiglotError):
    """The reader could not do its work."""

    title = "The page could not be read"
    advice = "Try again, or choose another reader."
    exit_code = 42


class TaskNotSupported(ReaderError):
    """This reader cannot do that task."""

    title = "This reader cannot do that"
    advice = "Choose another task, or set up the engine for this one."
    exit_code = 40


class NoTextLayer(ReaderError):
    """The text reader met a page without usable text of its own."""

    title = "This page carries no text of its own"
    advice = "Read it with the reader “auto” or “cpu”, which look at the picture."
    exit_code = 41


class ReaderCrashed(ReaderError):
    """The reading process died, and died again."""

    title = "The reader stopped unexpectedly on this page"
    advice = "It was started again for the other pages; try this page once more."
    exit_code = 42
    retryable = True


class ReaderTimedOut(ReaderError):
    """The reading process gave no answer in time."""

    title = "The reader gave no answer in time"
    advice = "It was started again for the other pages; try this page once more."
    exit_code = 43
    retryable = True


class ReaderMissing(ReaderError):
    """The built-in reader is not installed completely."""

    title = "The built-in reader is not installed completely"
    advice = "Install the application again; “diglot doctor” says what is missing."
    exit_code = 44


class OpenerMissing(DiglotError):
    """The process that opens documents ends before it has seen one: something of the installation is not there."""

    title = "What opens documents does not start"
    advice = "Install the application again; “diglot doctor” says what is missing."
    exit_code = 45


class OutputError(DiglotError):
    """The result cannot be put where it should go."""

    title = "The result could not be saved"
    advice = "Choose another place."
    exit_code = 50


class OutputNotWritable(OutputError):
    """No permission, or not a folder."""

    title = "Nothing can be written there"
    advice = "Choose a folder of yours."
    exit_code = 50


class DiskFull(OutputError):
    """No space left on the device."""

    title = "The disk is full"
    advice = "Free some space, or choose another drive; nothing was left half-written."
    exit_code = 51
    retryable = True


class OutputIsInput(OutputError):
    """The original would be overwritten."""

    title = "This would overwrite the original"
    advice = "Choose another name; originals are never changed."
    exit_code = 52


class NoDisplay(DiglotError):
    """The window has no screen to open on."""

    title = "There is no display to open the window on"
    advice = "Run “diglot read FILE” instead; it needs none."
    exit_code = 60


class Defect(DiglotError):
    """A fault of the program itself; `detail` names the exception's type, the log has the rest."""

    title = "This is a fault in Diglot itself"
    advice = "Please report it with the log; “diglot doctor” says where the log lies."
    exit_code = 1


class Cancelled(DiglotError):
    """The person stopped it; nobody needs to be told."""

    title = "Stopped"
    advice = "Finished pages are kept."
    exit_code = 130
