"""Fields: the values asked for, in the order of asking, out of JSON, of lines with colons, or of one bare value."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from copy import copy
from typing import Self

from engine.output.answer import Mend
from engine.output.blocks import AnyBlock, FieldValue, Paragraph
from engine.output.inline import plain
from engine.output.joining import is_rtl
from engine.output.json_items import flat
from engine.output.loose_json import JsonValue, read_value
from engine.output.scanning import Portion
from engine.output.sheet import Sheet

_START = re.compile(r"\{\s*+[\"'“}]|\[\s*+\{")
_NO_VALUE = frozenset(
    {"", "null", "none", "n/a", "not found", "无", "没有", "未找到", "未提及", "未提供", "未知", "不存在"}
)
_REFUSAL = re.compile(
    r"(?:抱歉|对不起|很遗憾|sorry\b)|.{0,12}(?:没有|未找到|找不到|不存在|未提及|无法识别|无法找到).{0,8}(?:字段|信息|内容)"
    r"|.{0,20}\b(?:not found|no such field|cannot (?:see|find)|could not (?:see|find))\b",
    re.IGNORECASE | re.DOTALL,
)
LONGEST_REFUSAL = 60
_PAIR_NAMES = ("name", "key", "field", "字段", "字段名", "名称")
_PAIR_VALUES = ("value", "content", "值", "内容", "字段值")
"""How a model that lists fields as objects calls a field's name and its value."""
_APART = re.compile(r"(?<=[;；])")
_LABELLED = re.compile(r"^[ \t>*•\-]*+([^:：\n]{1,80}+)[:：][ \t*]*([^\n]*+)", re.MULTILINE)


class FieldsScanner:
    """Scans the answer to a question for fields.

    Values may come in any order, so nothing is certain before the end; what is there so far can be seen all the time.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._names = tuple(names)
        self.values: tuple[FieldValue, ...] = tuple(FieldValue(name, None) for name in self._names)

    def fork(self) -> Self:
        """Return one that has taken the same."""
        return copy(self)

    def scan(self, text: str, sheet: Sheet, *, final: bool) -> Portion:
        """Take the answer once it is all there."""
        if not final:
            return Portion()
        self.values = tuple(self._found(text, sheet))
        blocks: list[AnyBlock] = [
            Paragraph(sheet.area, text=f"{name}: {value}", rtl=is_rtl([value]), placed=False)
            for name, value in ((field.name, field.value) for field in self.values)
            if value is not None
        ]
        return Portion(blocks, [], len(text))

    def _found(self, text: str, sheet: Sheet) -> Iterator[FieldValue]:
        answered = dict(self._answered(text, sheet))
        folded: dict[str, str] = {}
        for name, value in answered.items():
            folded.setdefault(_folded(name), value)
        wanted = {_folded(name) for name in self._names}
        sheet.mend(Mend.FIELD_UNASKED, sum(name not in wanted for name in folded))
        for name in self._names:
            value = answered.get(name, folded.get(_folded(name), "")).strip()
            yield FieldValue(name, None if value.casefold() in _NO_VALUE else value)

    def _answered(self, text: str, sheet: Sheet) -> Iterator[tuple[str, str]]:
        """Give the names and values of an answer, whoever asked for them."""
        if start := _START.search(text):
            read = read_value(text, start.start(), final=True)
            if read is not None and isinstance(read.value, dict | list):
                sheet.mend(Mend.JSON, read.mended)
                sheet.mend(Mend.FIELD_TWICE, read.twice)
                sheet.mend(Mend.TRUNCATED, int(read.cut))
                yield from self._of_json(read.value, sheet)
                return
        text = text.strip()
        labelled = [(found[1].strip(" \t*"), found[2].strip()) for found in _LABELLED.finditer(text)]
        wanted = {_folded(name) for name in self._names}
        if any(_folded(label) in wanted for label, _ in labelled):
            for label, value in labelled:
                for name, own in _side_by_side(label, value, wanted):
                    if _folded(name) in wanted:
                        yield name, plain(own, sheet)
        elif len(self._names) == 1 and not (len(text) <= LONGEST_REFUSAL and _REFUSAL.match(text)):
            yield self._names[0], plain(text, sheet)

    def _of_json(self, value: JsonValue, sheet: Sheet) -> Iterator[tuple[str, str]]:
        """Give the fields of an object, or of all objects in a list; of two values the first that is any counts."""
        found: dict[str, str] = {}
        for part in value if isinstance(value, list) else [value]:
            for name, inner in self._named(part):
                text = flat(inner)
                if found.get(name):
                    sheet.mend(Mend.FIELD_TWICE)
                else:
                    found[name] = text
        yield from found.items()

    def _named(self, value: JsonValue) -> Iterator[tuple[str, JsonValue]]:
        """Give what is named in an object; what was not asked for and holds objects itself is opened."""
        wanted = {_folded(name) for name in self._names}
        inside = [value]
        while inside:
            part = inside.pop()
            if isinstance(part, list):
                inside += [each for each in reversed(part) if isinstance(each, dict | list)]
            if not isinstance(part, dict):
                continue
            pair = _pair_in(part, wanted)
            within: list[JsonValue] = []
            for name, inner in [pair] if pair is not None else part.items():
                holds = isinstance(inner, dict) or (isinstance(inner, list) and any(isinstance(e, dict) for e in inner))
                if holds and _folded(name) not in wanted:
                    within.append(inner)
                else:
                    yield name, inner
            inside += reversed(within)


def _pair_in(part: dict[str, JsonValue], wanted: set[str]) -> tuple[str, JsonValue] | None:
    """Return the field that an object of a list of fields is, None where its keys are the fields."""
    keys = {key: _folded(key) for key in part}
    name = next((key for key, folded in keys.items() if folded in _PAIR_NAMES and folded not in wanted), None)
    value = next((key for key, folded in keys.items() if folded in _PAIR_VALUES and folded not in wanted), None)
    called = part[name] if name is not None else None
    return (called, part[value]) if isinstance(called, str) and value is not None else None


def _side_by_side(label: str, value: str, wanted: set[str]) -> Iterator[tuple[str, str]]:
    """Give a label and its value, and those that follow in the same line, where their labels were asked for."""
    begun = ""
    for part in _APART.split(value):
        found = _LABELLED.match(part) if begun or part is not value else None
        if found and _folded(found[1].strip(" \t*")) in wanted:
            yield label, begun.strip(" \t;；")
            label, begun = found[1].strip(" \t*"), found[2]
        else:
            begun += part
    yield label, begun.strip()


def _folded(name: str) -> str:
    """Return a name as it is compared: width, case, spaces and a colon at its end do not matter."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split()).strip(":*")
