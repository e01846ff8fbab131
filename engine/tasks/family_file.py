"""Reads the description of a model family: a TOML file of ours, and still read with care.

A slip in it would silently cost accuracy on somebody's pages, so any doubt about a key refuses the file.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from engine.output.answer import AnswerForm
from engine.output.dialect import Dialect
from engine.tasks.family import Family, PixelLimits, Repetition
from engine.tasks.prompt import FIELD, FIELDS, QUESTION, Prompt, Sampling
from engine.tasks.task import Task

_VERSION = re.compile(r"\d{1,3}\.\d{1,3}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_VARIANT = re.compile(r"[a-z]{2,20}")
_TAG = re.compile(r"</?[A-Za-z]{1,12}>")
MOST_TOKENS = 1 << 20
MOST_PIXELS = 1 << 28
T = TypeVar("T")


def load_families(folder: Path) -> tuple[Family, ...]:
    """Read every file of a folder; the newest version comes first.

    Raises:
        ValueError: A file is wrong, or two describe the same version; the message names file and key.
        OSError: One cannot be read, or there is none.
    """
    found: dict[str, Family] = {}
    for file in sorted(folder.glob("*.toml")):
        family = parse_family(file.read_text("utf-8"), file.name)
        if family.version in found:
            raise ValueError(f"{file.name}: version {family.version} is described twice")
        found[family.version] = family
    if not found:
        raise FileNotFoundError(f"no model is described in {folder}")
    for family in found.values():
        for prompt in family.prompts:
            if prompt.borrowed_from and not _lends(found.get(prompt.borrowed_from), prompt):
                raise ValueError(f"version {family.version}: {prompt.task} is not what {prompt.borrowed_from} asks")
    return tuple(sorted(found.values(), key=lambda family: _numbers(family.version), reverse=True))


def parse_family(text: str, name: str = "family") -> Family:
    """Make a family of a file's text.

    Raises:
        ValueError: Something is missing, unknown, or not what it should be.
    """
    told = _Table(tomllib.loads(text), name)
    language = told.text("language", _LANGUAGE)
    targets = _languages(told.table("targets"))
    family = Family(
        version=told.text("version", _VERSION),
        name=told.words("name"),
        language=language,
        context=told.whole("context", 1, MOST_TOKENS),
        picture=_picture(told.table("picture")),
        sampling=_sampling(told.table("sampling")),
        repetition=_repetition(told.table("repetition")),
        targets=targets,
        dialect=_dialect(told.table("dialect")),
        prompts=tuple(_prompt(row, language, targets) for row in told.tables("prompt")),
    )
    told.finish()
    _check_prompts(family, name)
    return family


def _picture(told: _Table) -> PixelLimits:
    limits = PixelLimits(
        grid=told.whole("grid", 1, 1024),
        min_pixels=told.whole("min_pixels", 1, MOST_PIXELS),
        max_pixels=told.whole("max_pixels", 1, MOST_PIXELS),
        longest_to_shortest=told.whole("longest_to_shortest", 1, 10_000),
    )
    told.finish()
    if not limits.grid**2 <= limits.min_pixels < limits.max_pixels:
        raise ValueError(f"{told.at}: the fewest pixels are not below the most, or less than one cell")
    return limits


def _sampling(told: _Table) -> Sampling:
    sampling = Sampling(
        temperature=told.number("temperature", 0.0, 2.0),
        top_p=told.number("top_p", 0.01, 1.0),
        top_k=told.whole("top_k", -1, 1000),
        repetition_penalty=told.number("repetition_penalty", 1.0, 2.0),
        seed=told.optional("seed", lambda key: told.whole(key, 0, 2**31)),
    )
    told.finish()
    return sampling


def _repetition(told: _Table) -> Repetition:
    repetition = Repetition(
        max_pattern_size=told.whole("max_pattern_size", 1, 10_000),
        min_pattern_size=told.whole("min_pattern_size", 1, 10_000),
        min_count=told.whole("min_count", 2, 10_000),
    )
    told.finish()
    if repetition.min_pattern_size > repetition.max_pattern_size:
        raise ValueError(f"{told.at}: the shortest pattern is longer than the longest")
    return repetition


def _dialect(told: _Table) -> Dialect:
    tags = told.table("tags")
    frame = told.sentences("token_frame")
    if len(frame) != 2:
        raise ValueError(f"{told.at}: token_frame is a beginning and an end")
    start, end = frame
    dialect = Dialect(
        coordinate_range=told.whole("coordinate_range", 1, 100_000),
        token_frame=(start, end),
        no_text=told.sentences("no_text"),
        translation_markers=told.sentences("translation_markers"),
        source_markers=told.sentences("source_markers"),
        chatter=told.sentences("chatter"),
        tags=MappingProxyType({token: tags.text(token, _TAG) for token in tags.left()}),
    )
    tags.finish()
    told.finish()
    for token in dialect.tags:
        if not (token.startswith(start) and token.endswith(end) and len(token) > len(start) + len(end)):
            raise ValueError(f"{told.at}: “{token}” is no special token")
    return dialect


def _languages(told: _Table) -> Mapping[str, str]:
    languages = {tag: told.words(tag) for tag in told.left()}
    if not languages or not all(map(_LANGUAGE.fullmatch, languages)):
        raise ValueError(f"{told.at}: there is no language, or one has no two letters")
    return MappingProxyType(languages)


def _prompt(told: _Table, language: str, targets: Mapping[str, str]) -> Prompt:
    prompt = Prompt(
        task=Task(told.choice("task", tuple(Task))),
        answer=AnswerForm(told.choice("answer", tuple(AnswerForm))),
        max_tokens=told.whole("max_tokens", 1, MOST_TOKENS),
        variant=told.optional("variant", lambda key: told.text(key, _VARIANT)) or "",
        target=told.optional("target", lambda key: told.choice(key, tuple(targets))) or "",
        source=told.optional("source", lambda key: told.text(key, _LANGUAGE)) or "",
        names=told.optional("names", lambda key: told.choice(key, ("one", "many"))) or "",
        keep_special=told.optional("keep_special", told.flag) or False,
        repetition_penalty=told.optional("repetition_penalty", lambda key: told.number(key, 1.0, 2.0)),
        borrowed_from=told.optional("borrowed_from", lambda key: told.text(key, _VERSION)) or "",
        words=MappingProxyType({tag: told.words(tag) for tag in told.left() if _LANGUAGE.fullmatch(tag)}),
    )
    told.finish()
    if language not in prompt.words:
        raise ValueError(f"{told.at}: no words in the language in which the model is asked ({language})")
    wanted = {"": set[str](), "one": {FIELD}, "many": {FIELDS}}[prompt.names]
    if prompt.task is Task.QUESTION:
        wanted = {QUESTION}
    for words in prompt.words.values():
        if {each for each in (FIELD, FIELDS, QUESTION) if each in words} != wanted:
            raise ValueError(f"{told.at}: a person's words have no place in the prompt, or the wrong one")
    if (prompt.task is Task.TRANSLATION) != bool(prompt.target) or (prompt.task is Task.FIELDS) != bool(prompt.names):
        raise ValueError(f"{told.at}: a translation has a target, a prompt for fields its names, and no other has")
    return prompt


def _check_prompts(family: Family, name: str) -> None:
    keys = [(prompt.task, prompt.variant, prompt.target, prompt.source, prompt.names) for prompt in family.prompts]
    if len(set(keys)) != len(keys):
        raise ValueError(f"{name}: two prompts for the same")
    for prompt in family.prompts:
        if prompt.variant and (prompt.task, "", prompt.target, prompt.source, prompt.names) not in keys:
            raise ValueError(f"{name}: {prompt.task} has a variant and no usual prompt")
        if prompt.source and (prompt.task, prompt.variant, prompt.target, "", prompt.names) not in keys:
            raise ValueError(f"{name}: {prompt.task} knows one source language and no other")
        if prompt.max_tokens >= family.context:
            raise ValueError(f"{name}: {prompt.task} may answer more than the model's context holds")
    if {prompt.names for prompt in family.prompts if prompt.task is Task.FIELDS} not in (set(), {"one", "many"}):
        raise ValueError(f"{name}: fields are asked one by one or several at once, and one of the two is missing")
    if {prompt.target for prompt in family.prompts if prompt.target} != set(family.targets):
        raise ValueError(f"{name}: a target language has no prompt")


def _lends(lender: Family | None, borrowed: Prompt) -> bool:
    key = (borrowed.task, borrowed.variant, borrowed.target, borrowed.source, borrowed.names)
    return lender is not None and any(
        key == (own.task, own.variant, own.target, own.source, own.names)
        and not own.borrowed_from
        and all(own.words.get(tag) == words for tag, words in borrowed.words.items())
        for own in lender.prompts
    )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


class _Table:
    """Takes the keys of a table one by one, each of its kind, and sees that none is left."""

    def __init__(self, rows: Mapping[str, Any], at: str) -> None:
        self._rows = dict(rows)
        self.at = at

    def left(self) -> tuple[str, ...]:
        """Return the keys that nobody has taken yet."""
        return tuple(self._rows)

    def finish(self) -> None:
        """See that nothing is left."""
        if self._rows:
            raise ValueError(f"{self.at}: nobody knows {', '.join(sorted(self._rows))}")

    def optional(self, key: str, take: Callable[[str], T]) -> T | None:
        return take(key) if key in self._rows else None

    def text(self, key: str, pattern: re.Pattern[str]) -> str:
        value = self._rows.pop(key, None)
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise self._wrong(key)
        return value

    def words(self, key: str) -> str:
        value = self._rows.pop(key, None)
        if not isinstance(value, str) or not value or not value.isprintable() or value != value.strip():
            raise self._wrong(key)
        return value

    def sentences(self, key: str) -> tuple[str, ...]:
        value = self._rows.pop(key, None)
        if not isinstance(value, list) or not value:
            raise self._wrong(key)
        entries = _Table({str(number): entry for number, entry in enumerate(value)}, f"{self.at}, {key}")
        return tuple(entries.words(number) for number in entries.left())

    def choice(self, key: str, among: tuple[str, ...]) -> str:
        value = self._rows.pop(key, None)
        if not isinstance(value, str) or value not in among:
            raise self._wrong(key)
        return value

    def flag(self, key: str) -> bool:
        value = self._rows.pop(key, None)
        if not isinstance(value, bool):
            raise self._wrong(key)
        return value

    def whole(self, key: str, least: int, most: int) -> int:
        value = self._rows.pop(key, None)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self._wrong(key)
        return value

    def number(self, key: str, least: float, most: float) -> float:
        value = self._rows.pop(key, None)
        if not isinstance(value, float) or not math.isfinite(value) or not least <= value <= most:
            raise self._wrong(key)
        return value

    def table(self, key: str) -> _Table:
        value = self._rows.pop(key, None)
        if not isinstance(value, dict):
            raise self._wrong(key)
        return _Table(value, f"{self.at}, {key}")

    def tables(self, key: str) -> list[_Table]:
        value = self._rows.pop(key, None)
        if not isinstance(value, list) or not value or not all(isinstance(row, dict) for row in value):
            raise self._wrong(key)
        return [_Table(row, f"{self.at}, {key} {number}") for number, row in enumerate(value, 1)]

    def _wrong(self, key: str) -> ValueError:
        return ValueError(f"{self.at}: {key} is missing or not what it should be")
