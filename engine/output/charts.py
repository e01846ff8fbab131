"""Charts and flowcharts: mermaid that a model writes without a fence is found, and where it ends."""

from __future__ import annotations

import re

from engine.output.blocks import AnyBlock, Chart
from engine.output.sheet import Sheet

_INK = re.compile(r"\S")
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

    It ends where something else begins: behind an empty line what is none of its lines, otherwise a heading, a table or
    the like.
    """
    end = text.find("\n", position)
    while end >= 0:
        ink = _INK.search(text, end)
        if ink is None:
            return end if final else None
        line = text.rfind("\n", end, ink.start()) + 1
        after = text.find("\n", ink.start())
        if after < 0 and not final:
            return None
        parted = line > end + 1
        if not _GOES_ON.match(text, line) if parted else _OTHER.match(text, line):
            return end
        end = after
    return len(text) if final else None


def mermaid(source: str, sheet: Sheet) -> list[AnyBlock]:
    """Return a drawing as a block, its source as it is: text that nobody runs."""
    lines = [line.rstrip() for line in source.strip().split("\n")]
    text = "\n".join(line for line in lines if line)
    return [Chart(sheet.area, source=text, notation="mermaid", placed=False)] if text else []
