"""What a log tells of its end: which lines are errors, which are frames of a traceback, which exception was fatal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from engine.server.log_lines import LogLine

_BEGINS = "Traceback (most recent call last):"
_IGNORED = "Exception ignored in"
_HANDLING = "During handling of the above exception"
_CAUSED = "The above exception was the direct cause"
_FATAL = (
    "EngineCore failed to start",
    "EngineCore encountered a fatal error",
    "WorkerProc failed",
    "WorkerProc hit an exception",
)
_HEARSAY = (
    "See root cause above",
    "See stack trace",
    "died unexpectedly",
    "died with exit code",
    "AsyncLLM output_handler failed",
    "EngineDeadError",
    "KeyboardInterrupt",
    "SystemExit",
    "CancelledError",
    "BrokenPipeError",
    "ConnectionResetError",
    *_FATAL,
)
"""Words of a process that has only heard that another one failed, or that was told to stop."""
_ALARMING = ("rror", "atal", "what():", "xception", "fault", "bort")


@dataclass(frozen=True, slots=True)
class Story:
    """The lines of a log by what they are, each with its number, and the words that tell most.

    `fatal` is the exception of the process that failed first and said so, "" where none did. `last_words` is the last
    exception that tells something, else the last line about an error, "" where there is none.
    """

    errors: tuple[tuple[int, str], ...]
    all_lines: tuple[tuple[int, str], ...]
    frames: tuple[tuple[int, str], ...]
    fatal: str
    last_words: str


@dataclass(slots=True)
class _Ending:
    """One traceback's end, or that of a chain of them: "" where it is hearsay."""

    words: str
    fatal: bool


@dataclass(slots=True)
class _Process:
    """Where the lines of one process stand."""

    inside: bool = False  # a traceback
    ignored: bool = False  # the next traceback is one that Python itself calls ignored
    said_fatal: bool = False
    link: str = ""  # how the next traceback hangs on the one before
    ending: _Ending | None = None
    unfinished: bool = False


@dataclass(slots=True)
class _Teller:
    processes: defaultdict[str, _Process] = field(default_factory=lambda: defaultdict(_Process))
    endings: list[_Ending] = field(default_factory=list)
    last_line: str = ""

    def hear(self, line: LogLine) -> None:
        """Take a serious line that is neither a frame nor the head of a traceback."""
        process, text = self.processes[line.source], line.text
        if process.inside:
            process.inside = False
            self._end(process, text)
        elif text.startswith((_HANDLING, _CAUSED)):
            process.link = _HANDLING if text.startswith(_HANDLING) else _CAUSED
        elif process.unfinished and process.ending and text.startswith("  "):
            process.ending.words = f"{process.ending.words}: {text.strip()}"
            process.unfinished = False
        elif text:
            process.ignored = text.startswith(_IGNORED)
            process.said_fatal = process.said_fatal or text.startswith(_FATAL)
            alarming = line.level or (not text[0].isspace() and any(word in text for word in _ALARMING))
            if alarming and not _is_hearsay(text):
                self.last_line = text

    def _end(self, process: _Process, text: str) -> None:
        """Take the end of a traceback. Of a chain the first counts where the others only wrap it, else the last."""
        link, process.link = process.link, ""
        words = "" if process.ignored or _is_hearsay(text) else text
        process.ignored = False
        if link and process.ending:
            if words and (link == _HANDLING or not process.ending.words):
                process.ending.words = words
                process.unfinished = "validation error" in text  # pydantic says in the next line what is wrong
            return
        process.ending = _Ending(words, process.said_fatal)
        process.unfinished = bool(words) and "validation error" in text
        self.endings.append(process.ending)


def tell(lines: Iterable[LogLine]) -> Story:
    """Sort the lines of a log, and find what ended it."""
    teller = _Teller()
    errors, all_lines, frames = [], [], []
    for index, line in enumerate(lines):
        process = teller.processes[line.source]
        if process.inside and (not line.text or line.text[0].isspace()):
            frames.append((index, line.text))
            continue
        all_lines.append((index, line.text))
        if not line.serious:
            process.inside = False
        elif line.text.startswith(_BEGINS):
            process.inside = True
        else:
            errors.append((index, line.text))
            teller.hear(line)
    told = [ending for ending in teller.endings if ending.words]
    return Story(
        errors=tuple(errors),
        all_lines=tuple(all_lines),
        frames=tuple(frames),
        fatal=next((ending.words for ending in told if ending.fatal), ""),
        last_words=told[-1].words if told else teller.last_line,
    )


def _is_hearsay(text: str) -> bool:
    return any(words in text for words in _HEARSAY)
