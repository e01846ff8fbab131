"""The log: a small file in the state folder that names what failed, never what stood on a page, never a password."""

from __future__ import annotations

import logging
import logging.handlers
import traceback
from pathlib import Path
from types import TracebackType

from engine.errors import DiglotError
from engine.paths import private_folder

log = logging.getLogger(__name__)

MAX_BYTES = 1 << 20
KEPT_FILES = 3
LONGEST_MESSAGE = 500

# Their messages name code or files. Others (ValueError, KeyError, UnicodeError) may quote what was being read.
_TELLING = (DiglotError, OSError, ImportError, AttributeError, TypeError, NameError, NotImplementedError, MemoryError)

_secrets: set[str] = set()


def keep_secret(secret: str) -> None:
    """From now on write `•••` where this text would stand in the log. The empty text is ignored."""
    if secret:
        _secrets.add(secret)


class CarefulFormatter(logging.Formatter):
    """The second line of defence: cuts long messages, drops the words of exceptions that may quote a page."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one record; its own lines after the first stand in, so that no message can pose as another record."""
        # A copy: another formatter's text of the exception may be kept in the record already.
        own = logging.makeLogRecord(record.__dict__)
        own.exc_text = None
        written = super().format(own)
        for secret in sorted(_secrets, key=len, reverse=True):
            written = written.replace(secret, "•••")
        return written

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the library's name
        """Write the record's own message, cut where it is long."""
        if len(record.message) > LONGEST_MESSAGE:
            record.message = record.message[:LONGEST_MESSAGE] + " …"
        record.message = record.message.replace("\r", " ").replace("\n", "\n    ")
        return super().formatMessage(record)

    def formatException(  # noqa: N802 - the library's name
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        """Write where it happened and what sort of exception it was, with its words where they tell nothing private."""
        return "\n".join(_chain(ei[1])) if ei[1] is not None else ""


class SpokenFormatter(CarefulFormatter):
    """For a terminal: a person there has no use for tracebacks, the file has them."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one record without its exception."""
        plain = logging.makeLogRecord(record.__dict__)
        plain.exc_info = None
        return super().format(plain)


def _chain(exception: BaseException) -> list[str]:
    before = exception.__cause__ or (None if exception.__suppress_context__ else exception.__context__)
    lines = [*_chain(before), "then:"] if before is not None else []
    # Frames without their source line: file, line and function are enough to find it.
    for frame in traceback.extract_tb(exception.__traceback__):
        lines.append(f"    {frame.filename}:{frame.lineno} in {frame.name}")
    words = f": {exception}" if isinstance(exception, _TELLING) else ""
    return [*lines, f"    {type(exception).__name__}{words[:LONGEST_MESSAGE]}"]


def start_logging(file: Path, *, console: bool = True) -> None:
    """Send what happens to `file` (at most four files of a megabyte) and warnings of ours to stderr too.

    A folder that cannot be written is no reason not to start: then there is no file. Calling it again changes nothing.
    """
    root = logging.getLogger()
    if any(isinstance(handler.formatter, CarefulFormatter) for handler in root.handlers):
        return
    root.setLevel(logging.INFO)
    logging.raiseExceptions = False  # a log on a full disk must not fill the terminal with its own troubles
    if console:
        speaker = logging.StreamHandler()
        speaker.setFormatter(SpokenFormatter("diglot: %(message)s"))
        speaker.setLevel(logging.WARNING)
        root.addHandler(speaker)
    try:
        private_folder(file.parent)
        keeper = logging.handlers.RotatingFileHandler(
            file, maxBytes=MAX_BYTES, backupCount=KEPT_FILES, encoding="utf-8", errors="replace"
        )
    except OSError as problem:
        log.warning("No log can be kept in %s (%s).", file.parent, problem.strerror)
        return
    keeper.setFormatter(CarefulFormatter("%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"))
    root.addHandler(keeper)


def stop_logging() -> None:
    """Close what `start_logging` opened and forget the secrets."""
    root = logging.getLogger()
    for handler in tuple(root.handlers):
        if isinstance(handler.formatter, CarefulFormatter):
            root.removeHandler(handler)
            handler.close()
    _secrets.clear()
