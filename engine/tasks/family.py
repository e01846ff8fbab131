"""Family: one version of a model as data: what it can do, how it is asked, what it answers, how large its pages are.

The data are `resources/models/*.toml`, one file a version; `engine.tasks.family_file` reads them.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from engine.engine_errors import WrongArchitecture
from engine.errors import TaskNotSupported, UsageError
from engine.output.dialect import Dialect
from engine.tasks.prompt import Asked, Prompt, Sampling, names_of
from engine.tasks.task import Task, TaskOrder

FOLDER = Path(__file__).resolve().parents[2] / "resources" / "models"
OTHER_CHINESE = frozenset({"hant", "tw", "hk", "mo"})
"""What makes a tag of Chinese mean the traditional script, which no model here writes."""


class HasVersion(Protocol):
    """A model on disk, as the setup knows it."""

    @property
    def version(self) -> str:
        """Which version of HunyuanOCR it is: "1.5"."""
        ...


@dataclass(frozen=True, slots=True)
class PixelLimits:
    """How large a picture may be: sides are multiples of `grid` pixels, the area lies between two numbers of pixels.

    A picture more than `longest_to_shortest` times as long as wide is refused by the model.
    """

    grid: int
    min_pixels: int
    max_pixels: int
    longest_to_shortest: int

    def within(self, max_pixels: int) -> PixelLimits:
        """Return the limits of a server that takes at most so many pixels; never less than the model's own least."""
        return replace(self, max_pixels=max(self.min_pixels, min(self.max_pixels, max_pixels)))


@dataclass(frozen=True, slots=True)
class Repetition:
    """When a server ends an answer that repeats itself: a run of so many tokens, `min_count` times over."""

    max_pattern_size: int
    min_pattern_size: int
    min_count: int


@dataclass(frozen=True, slots=True)
class Family:
    """One version of a model. `targets` are the languages it translates into, with their names."""

    version: str
    name: str
    language: str
    context: int
    picture: PixelLimits
    sampling: Sampling
    repetition: Repetition
    targets: Mapping[str, str]
    dialect: Dialect
    prompts: tuple[Prompt, ...]

    @property
    def tasks(self) -> frozenset[Task]:
        """What it can do."""
        return frozenset(prompt.task for prompt in self.prompts)

    def variants(self, task: Task) -> tuple[str, ...]:
        """Return the names of the prompts there are for a task; "" is the usual one."""
        return tuple(dict.fromkeys(prompt.variant for prompt in self.prompts if prompt.task is task))

    def ask(self, order: TaskOrder, *, variant: str = "") -> Asked:
        """Put an order into the model's words.

        Raises:
            TaskNotSupported: The model cannot do it; the detail says what it can.
            UsageError: The order lacks what its task takes: names, a question, a language.
        """
        prompt = self._prompt_for(order, variant)
        text = prompt.filled(order, language=self.language, special_opening=self.dialect.token_frame[0])
        return Asked(prompt, prompt.sampling(self.sampling), text)

    def _prompt_for(self, order: TaskOrder, variant: str) -> Prompt:
        able = [prompt for prompt in self.prompts if prompt.task is order.task and prompt.variant == variant]
        if not able:
            raise TaskNotSupported(self.name, detail=self._refusal(order.task, variant))
        if order.task is Task.TRANSLATION:
            target = self._target(order)
            able = [prompt for prompt in able if prompt.target == target]
        if order.task is Task.FIELDS:
            names = "many" if len(names_of(order, self.dialect.token_frame[0])) > 1 else "one"
            able = [prompt for prompt in able if prompt.names == names] or able
        source = _primary(order.source_language)
        able = [prompt for prompt in able if prompt.source in ("", source)] or able
        return max(able, key=lambda prompt: bool(prompt.source))

    def _target(self, order: TaskOrder) -> str:
        """Return the language to translate into as the model knows it."""
        wanted = order.target_language.strip()
        if not wanted:
            raise UsageError(detail=f"into which language? {self.name} translates into {self._languages()}")
        primary = _primary(wanted)
        if primary not in self.targets or (primary == "zh" and OTHER_CHINESE & set(_subtags(wanted)[1:])):
            raise TaskNotSupported(
                self.name, detail=f"it translates into {self._languages()}, not into “{_shown(wanted)}”"
            )
        return primary

    def _languages(self) -> str:
        return _in_words(f"{name} ({tag})" for tag, name in self.targets.items())

    def _refusal(self, task: Task, variant: str) -> str:
        if variant and task in self.tasks:
            return f"it has no other way “{_shown(variant)}” to do “{task}”"
        return f"it cannot do “{task}”; it can do {_in_words(sorted(self.tasks))}"


def family_for(model: HasVersion | str) -> Family:
    """Return the family of a model on disk, or of a version.

    Raises:
        WrongArchitecture: Nobody has described that version.
    """
    version = model if isinstance(model, str) else model.version
    for family in families():
        if family.version == str(version):
            return family
    raise WrongArchitecture(_shown(str(version)), detail=f"only {_in_words(f.name for f in families())} are known")


def likely_family(served_name: str) -> Family:
    """Return the family that a shared server's name for its model tells of, the newest one where it tells nothing."""
    numbers = re.findall(r"(?<![\d.])\d+\.\d+(?![\d.])", served_name[:1000])
    for family in families():
        if family.version in numbers:
            return family
    return families()[0]


@functools.cache
def families() -> tuple[Family, ...]:
    """Return every family there is, the newest first. The files are read once, and are a few kilobytes."""
    from engine.tasks.family_file import load_families

    return load_families(FOLDER)


def _subtags(tag: str) -> list[str]:
    return re.split(r"[-_]", tag.lower())


def _primary(tag: str) -> str:
    return _subtags(tag.strip())[0]


def _shown(words: str) -> str:
    return "".join(sign for sign in words if sign.isprintable())[:40]


def _in_words(names: Iterable[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
