"""JSON as a model writes it: quotes inside quotes, single quotes, missing brackets and commas, LaTeX, a torn-off end.

Scalars come back as the text they were written in, so that a price keeps its zeros; `null` comes back as None. Nothing
recurses, and how a quote is understood depends on a fixed reach of the text behind it, so that text which arrives in
pieces is understood like text that is all there.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from engine.output.wire_tokens import BROKEN

JsonText = str | None
JsonValue = JsonText | list["JsonValue"] | dict[str, "JsonValue"]

REACH = 120
"""Characters behind a quote that tell whether it ends the text it stands in."""
MOST_DEPTH = 16
"""Brackets within brackets; deeper ones are passed over."""

_SPACE = re.compile(r"\s*+")
_BARE_KEY = re.compile(r"[^\s,，:：\[\]{}\"'“”]++")
_BARE = re.compile(r"[^\n,，\[\]{}\"“”]++")
_KEY = r"(?:\"(?:[^\"\\\n]|\\.){0,100}+\"|'(?:[^'\\\n]|\\.){0,100}+'|“[^”\n]{0,100}+”|[A-Za-z_]\w{0,40}+)\s*+[:：]"
_CUT_KEY = r"[\"'“](?:[^\"'”\\\n]|\\.){0,100}+\\?\Z"
_END = r"(?:\s*+(?:[,，\[\]{}]|\Z|```|<)|\s++\w|[^\x00-\x7f])"
_AFTER_VALUE = re.compile(rf"\s*+(?:[,，]\s*+(?:{_KEY}|{_CUT_KEY}|[}}\]{{]|\Z)|\}}{_END}|\]{_END}|{_KEY}|\Z)")
_AFTER_ELEMENT = re.compile(r"\s*+(?:[,，]\s*+(?:[\"'“\[{\]]|-?\d|null|true|false)|\]|\Z)")
_AFTER_KEY = re.compile(r"\s*+(?:[:：]|\Z)")
_AFTER_LOST_VALUE = re.compile(r"\s*+[,，}]")
_CLOSERS = {'"': '"', "'": "'", "“": "”"}
_STOPS = {quote: re.compile(rf"[\\{closer}]") for quote, closer in _CLOSERS.items()}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\n", "b": "", "f": ""}
_HEX = re.compile(r"u[0-9a-fA-F]{4}")
_COMMAND = re.compile(
    r"(?:[bf][a-zA-Z]++|rangle|rbrace|rceil|rfloor|rho|right|rightarrow|rightharpoonup|rm|rtimes|rVert|rvert|tan|tanh"
    r"|tau|text|textbf|textit|textrm|tfrac|therefore|theta|tilde|times|tiny|to|top|triangle|triangleq|tag)(?![a-zA-Z])"
)
"""LaTeX commands whose first letter JSON takes for an escape that no text needs."""
_COMMAND_IN_MATH = re.compile(
    r"(?:nabla|natural|nearrow|neg|neq?|nexists|nleq|ngeq|nmid|not|notin|nrightarrow|nu)(?![a-zA-Z])"
)
"""Those that may as well be a line break and a word; only between dollars are they taken for commands."""


class Read(NamedTuple):
    """A value, where in the text it ends, what was set right in it, and whether the text ended before it did."""

    value: JsonValue
    end: int
    mended: int = 0
    twice: int = 0
    cut: bool = False


def read_value(text: str, position: int, *, final: bool) -> Read | None:
    """Read the value that begins here, None while its end may still come."""
    reading = _Reading(text, position, final)
    try:
        value = reading.value()
    except _MoreNeeded:
        return None
    return Read(value, reading.position, reading.mended, reading.twice, reading.cut)


class _MoreNeeded(Exception):
    """The text that is there does not tell."""


class _Reading:
    """Reads one value, holding open containers on a stack of its own."""

    def __init__(self, text: str, position: int, final: bool) -> None:
        self.text = text
        self.position = position
        self.final = final
        self.mended = self.twice = 0
        self.cut = False
        self._open: list[dict[str, JsonValue] | list[JsonValue]] = []
        self._keys: list[str | None] = []  # for each open container the key whose value comes next
        self._root: JsonValue = None

    def value(self) -> JsonValue:
        """Read the value."""
        while True:
            self._skip_space()
            if self.position >= len(self.text):
                if not self.final:
                    raise _MoreNeeded
                self.cut = bool(self._open)
                return self._root
            char = self.text[self.position]
            if char in "{[":
                self._begin(char)
            elif char in "}]":
                self._end(char)
            elif char in ",，:：":
                self.position += 1
                self._separator(char)
            else:
                self._put(self._quoted(char) if char in _CLOSERS else self._bare())
            if not self._open:
                return self._root

    def _skip_space(self) -> None:
        found = _SPACE.match(self.text, self.position)
        assert found is not None
        self.position = found.end()

    def _begin(self, bracket: str) -> None:
        if self._open and isinstance(self._open[-1], dict) and self._keys[-1] is None:
            self._close()  # an object where a key should be: the one before lost its end
            self.mended += 1
            if not self._open:
                return
        self.position += 1
        if len(self._open) >= MOST_DEPTH:
            self.mended += 1
            return
        fresh: dict[str, JsonValue] | list[JsonValue] = {} if bracket == "{" else []
        self._put(fresh)
        self._open.append(fresh)
        self._keys.append(None)

    def _end(self, bracket: str) -> None:
        wanted: type = dict if bracket == "}" else list
        if not any(isinstance(container, wanted) for container in self._open):
            self.mended += 1
            if self._open and bracket == "]":
                self._open.clear()  # the list around this object ends: leave its bracket to whoever reads the list
                self._keys.clear()
                return
            self.position += 1
            return
        self.position += 1
        while not isinstance(self._open[-1], wanted):
            self._close()
            self.mended += 1
        self._close()

    def _close(self) -> None:
        if self._keys[-1] is not None:
            self._put(None)
        self._open.pop()
        self._keys.pop()

    def _separator(self, char: str) -> None:
        if char in ",，" and self._open and self._keys[-1] is not None:
            self._put(None)

    def _put(self, value: JsonValue) -> None:
        """Put a value where it belongs: under its key, at the end of a list, or as the next key."""
        if not self._open:
            self._root = value
            return
        container = self._open[-1]
        if isinstance(container, list):
            container.append(value)
        elif self._keys[-1] is None:
            self._keys[-1] = value if isinstance(value, str) else ""
        else:
            key, self._keys[-1] = self._keys[-1], None
            if key in container:
                self.twice += 1
            if not container.get(key):
                container[key] = value

    def _bare(self) -> JsonText:
        """Read a word or a number without quotes."""
        key = bool(self._open) and isinstance(self._open[-1], dict) and self._keys[-1] is None
        found = (_BARE_KEY if key else _BARE).match(self.text, self.position)
        if found is None:
            self.position += 1
            self.mended += 1
            return ""
        if found.end() == len(self.text) and not self.final:
            raise _MoreNeeded
        self.position = found.end()
        word = found[0].strip()
        return None if word in ("null", "None") else word

    def _quoted(self, quote: str) -> str:
        """Read a text in quotes; a quote inside it that ends nothing is part of it."""
        stops, closer = _STOPS[quote], _CLOSERS[quote]
        parts: list[str] = []
        dollars = 0
        start = self.position + 1
        while found := stops.search(self.text, start):
            parts.append(self.text[start : found.start()])
            dollars += parts[-1].count("$")
            if found[0] == "\\":
                start = self._escaped(found.start(), parts, in_math=dollars % 2 == 1)
                continue
            start = found.end()
            if self._ends(start):
                self.position = start
                return "".join(parts)
            self.mended += 1
            parts.append(closer)
        if not self.final:
            raise _MoreNeeded
        parts.append(self.text[start:])
        self.position = len(self.text)
        self.cut = True
        return "".join(parts)

    def _ends(self, position: int) -> bool:
        """Tell whether a quote that stands before `position` ends its text."""
        if not self.final and len(self.text) - position < REACH:
            raise _MoreNeeded
        behind = self.text[position : position + REACH]
        if not self._open or behind.isspace():
            return True
        if isinstance(self._open[-1], list):
            return _AFTER_ELEMENT.match(behind) is not None
        if self._keys[-1] is None:
            return (_AFTER_KEY.match(behind) or _AFTER_LOST_VALUE.match(behind)) is not None
        return _AFTER_VALUE.match(behind) is not None

    def _escaped(self, position: int, parts: list[str], *, in_math: bool) -> int:
        """Read what a backslash begins; return where it ends. A LaTeX command with a single backslash is kept."""
        if not self.final and len(self.text) - position < REACH:
            raise _MoreNeeded
        text = self.text
        char = text[position + 1 : position + 2]
        command = _COMMAND.match(text, position + 1)
        if command is None and in_math:
            command = _COMMAND_IN_MATH.match(text, position + 1)
        if command:
            parts.append(text[position : command.end()])
            return command.end()
        if char == "u" and (first := _HEX.match(text, position + 1)):
            unit = int(first[0][1:], 16)
            end = first.end()
            if 0xD800 <= unit < 0xDC00 and text[end : end + 1] == "\\" and (second := _HEX.match(text, end + 1)):
                low = int(second[0][1:], 16)
                if 0xDC00 <= low < 0xE000:
                    parts.append(chr(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00)))
                    return second.end()
            parts.append("\ufffd" if unit < 0x20 or BROKEN.match(chr(unit)) else chr(unit))
            return end
        if char in _ESCAPES:
            parts.append(_ESCAPES[char])
        elif char and char in "\"'\\/“”":
            parts.append(char)
        else:
            parts.append("\\" + char)
        return position + 1 + len(char)
