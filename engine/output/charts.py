"""Charts and flowcharts: mermaid that a model writes without a fence is found, and where it ends."""

from __future__ import annotations

import re

from engine.output.blocks import AnyBlock, Chart
from engine.output.sheet import Sheet

_START = re.compile(
    r"(?:(?:flowchart|graph)[ \t]{1,4}(?:TD|TB|BT|RL|LR)\b[^\n]*+"
    r"|(?:sequenceDiagram|classDiagram|stateDiagram(?:-v2)?|erDiagram|gantt|mindmap|journey|timeline|gitGraph)[ \t]*+"
    r"|pie[ \t]+(?:title|showData)\b[^\n]*+)(?=\n|\Z)"
)
_GOES_ON = re.compile(
    r"[ \t]*+(?:subgraph\b|end\b|style\b|classDef\b|class\b|click\b|linkStyle\b|%%"
    r"|\w{1,40}[ \t]{0,4}(?:[\[({>]|--|-\.|==|~~~|&[ \t]))"
)
_OTHER = re.compile(r"[ \t]*+(?:#{1,6}[ \t]|<table\b|\$\$|```|\|)", re.IGNORECASE)


def opens_mermaid(line: str) -> bool:
    """Tell whether a line is the first of a mermaid drawing."""
    return _START.match(line) is not None


def mermaid_end(text: str, position: int, *, final: bool) -> int | None:
    """Return where the drawing whose first line begins here ends, None while more of it may come.

    It ends at an empty line after which there is none of its lines, or where something else begins.
    """
    end = text.find("\n", position)
    while 0 <= end < len(text) - 1:
        line = end + 1
        after = text.find("\n", line)
        if after < 0:
            if not final:
                return None
            after = len(text)
        if text[line:after].isspace() or line == after:
            follows = _next_line(text, after)
            if follows is None:
                return end if final else None
            if not _complete(text, follows, final=final):
                return None
            if not _GOES_ON.match(text, follows):
                return end
            after = follows - 1
        elif _OTHER.match(text, line):
            return end
        end = after
    return len(text) if final else None


def mermaid(source: str, sheet: Sheet) -> list[AnyBlock]:
    """Return a drawing as a block, its source as it is: text that nobody runs."""
    lines = [line.rstrip() for line in source.strip().split("\n")]
    text = "\n".join(line for line in lines if line)
    return [Chart(sheet.area, source=text, notation="mermaid", placed=False)] if text else []


def _next_line(text: str, position: int) -> int | None:
    """Return where the next line with something on it begins."""
    for found in _LINE.finditer(text, position):
        return found.start() + 1
    return None


def _complete(text: str, position: int, *, final: bool) -> bool:
    return final or text.find("\n", position) >= 0


_LINE = re.compile(r"\n(?=[ \t]*+[^\s])")
