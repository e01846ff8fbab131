"""What a line of the engine's log says: who wrote it, how serious it is, and the text; and how a line is made showable.

The log is untrusted: a line may be a megabyte, carry terminal codes, or be a progress bar that was drawn over itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

LINE_CHARS = 4000
"""What is read of one line; vLLM's longest messages that tell something are half as long."""
RAW_CHARS = 64_000
"""Of a longer piece the head and the tail are read: the head of a message, the last state of a progress bar."""
SHOWN_CHARS = 180
"""How long a detail may be that a person is shown."""

_CODES = re.compile(r"\x1b\[[0-?]*+[ -/]*+[@-~]|\x1b\][^\x07\x1b]*+(?:\x07|\x1b\\)?|\x1b[@-Z\\^_]")
_CLOCK = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]{8,24}(?:Z|[+-]\d\d:?\d\d)? ")  # a container's
_SOURCE = re.compile(r"\(([A-Za-z][\w.:/-]{0,60}) pid=\d{1,10}[^)\n]{0,80}\) ?")
_VLLM = re.compile(
    r"(DEBUG|INFO|WARNING|ERROR|CRITICAL) (?:\d\d-\d\d \d\d:\d\d:\d\d(?:[.,]\d{1,6})? )?\[[\w./<>-]{1,120}:\d{1,7}\] ?"
)
_UVICORN = re.compile(r"(DEBUG|INFO|WARNING|ERROR|CRITICAL):\s{1,8}")
_LOGGING = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} - (DEBUG|INFO|WARNING|ERROR|CRITICAL) - ")
_RANK = re.compile(r"\[rank\d{1,5}\]: ?")  # torch's name for the first of several processes
_TORCH = re.compile(r"\[?([IWEF])\d{4} \d\d:\d\d:\d\d")
_WARNED = re.compile(r"\S[^\n]{0,400}?:\d{1,7}: \w{0,40}Warning: ")
_TORCH_LEVELS = {"I": "INFO", "W": "WARNING", "E": "ERROR", "F": "CRITICAL"}

_USERS = re.compile(
    r"(?:/home|/var/home|/Users|/mnt/[a-z]/Users)/[^/\s'\":,;()]{1,64}"
    r"|[A-Za-z]:[/\\]{1,2}Users[/\\]{1,2}(?:[^/\\'\":,;()\n]{1,64}(?=[/\\])|[^/\\\s'\":,;()]{1,64})"
    r"|/root(?![\w.-])"
)
_SECRETS = re.compile(
    r"(?i:\bbearer\s+|\b(?:api[_-]?key|token|password|secret)\b['\"]?\s{0,3}[=:]\s{0,3}['\"\[]{0,3})[^\s'\",\]]{1,512}"
    r"|\b(?=(?:[A-Za-z_-]{0,64}\d){2})(?=[\d_-]{0,64}[A-Za-z])[\w-]{28,512}"
)


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line: `source` names the process ("EngineCore", "" where unknown), `level` is "" for what is no log record.

    `text` keeps its leading spaces: they tell the frames of a traceback from its end.
    """

    source: str
    level: str
    text: str

    @property
    def serious(self) -> bool:
        """Whether it may be an error: a record that says so, or something that was printed past the log."""
        return self.level in ("", "ERROR", "CRITICAL")


def log_lines(raw: str) -> Iterator[LogLine]:
    """Read what came as one line: a progress bar draws many over one another."""
    if len(raw) > RAW_CHARS:
        raw = f"{raw[: RAW_CHARS // 2]}\n{raw[-RAW_CHARS // 2 :]}"
    for piece in re.split(r"[\r\n]+", raw):
        if piece and not piece.isspace():
            yield _read(piece[:LINE_CHARS])


def showable(untrusted_text: str, *, most: int = SHOWN_CHARS) -> str:
    """Make a text fit for a person's eyes: one short line without control characters, home folders or keys."""
    text = "".join(char if char.isprintable() else " " for char in untrusted_text[:LINE_CHARS])
    home = str(Path.home())
    if len(home) > 3:
        text = re.sub(rf"{re.escape(home)}(?![\w.-])", "~", text)
    text = _SECRETS.sub("…", _USERS.sub("~", text))
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _read(piece: str) -> LogLine:
    text = _CODES.sub("", piece)
    if match := _CLOCK.match(text):
        text = text[match.end() :]
    source = level = ""
    if match := _SOURCE.match(text):
        source, text = match[1], text[match.end() :]
    if match := _RANK.match(text):
        text = text[match.end() :]
    if match := _VLLM.match(text) or _UVICORN.match(text) or _LOGGING.match(text):
        level, text = match[1], text[match.end() :]
    elif match := _TORCH.match(text):
        level = _TORCH_LEVELS[match[1]]
    elif _WARNED.match(text):
        level = "WARNING"
    return LogLine(source, level, text.rstrip())
