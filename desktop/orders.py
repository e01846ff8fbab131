"""What the person wants of each page: the wish, what of it a reader can do, and how it is remembered."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QLocale, QSettings

from engine.tasks.task import Task, TaskOrder

READERS = ("auto", "cpu", "text", "vllm")
TYPED = (Task.FIELDS, Task.QUESTION)
"""Tasks that need words of the person's."""
LINES_KEPT = 12
LONGEST_LINE = 2000
# Between names stands a comma of any sort. A name that holds one stands in quotes, and a quote in it is doubled.
_NAME = re.compile(
    r"\s*+(?:\"((?:[^\"]|\"\")++)\"\s*+(?=[,，、;；]|\Z)|“([^“”]++)”\s*+(?=[,，、;；]|\Z)|([^,，、;；\n]*+))[,，、;；\n]?+"
)

_SPECIAL = re.compile('[,，、;；"“]')


def names_in(line: str) -> tuple[str, ...]:
    """Return the names of fields that somebody typed, separated by commas of any sort, each once."""
    pieces = (quoted.replace('""', '"') or chinese or bare for quoted, chinese, bare in _NAME.findall(line))
    return tuple(dict.fromkeys(name for piece in pieces if (name := " ".join(piece.split()))))


def line_of(names: Iterable[str]) -> str:
    """Return the line that somebody types for these names."""
    return ", ".join('"' + name.replace('"', '""') + '"' if _SPECIAL.search(name) else name for name in names)


@dataclass(frozen=True, slots=True)
class Wish:
    """What the person chose, whether or not the reader of the moment can do it. `line` is what was typed for it."""

    task: Task = Task.DOCUMENT
    language: str = ""
    line: str = ""

    def order(self, able: Collection[Task], targets: Sequence[str]) -> TaskOrder:
        """Return what a reader is asked: the wish where it can do it, else the document."""
        if self.task not in able:
            return TaskOrder()
        match self.task:
            case Task.TRANSLATION:
                return TaskOrder(self.task, target_language=self.target(targets))
            case Task.FIELDS:
                names = names_in(self.line)
                return TaskOrder(self.task, fields=names) if names else TaskOrder()
            case Task.QUESTION:
                question = self.line.strip()
                return TaskOrder(self.task, question=question) if question else TaskOrder()
            case _:
                return TaskOrder(self.task)

    def target(self, targets: Sequence[str]) -> str:
        """Return the language to translate into: the chosen one, the window's own, or the first there is."""
        own = QLocale.languageToCode(QLocale().language())
        return next((tag for tag in (self.language, own, *targets) if tag in targets), "")


class KeptWishes:
    """The last reader, task and language, and what was typed: in the window's settings, or for this run alone."""

    def __init__(self, store: QSettings | None) -> None:
        """Keep them in `store`; None remembers nothing."""
        self._store = store
        self._lines: dict[Task, list[str]] = {}

    def reader(self) -> str:
        """Return the reader chosen last."""
        return _one_of(self._value("reader"), READERS)

    def wish(self) -> Wish:
        """Return what was wished last; a question is asked once, and not of other documents on another day."""
        task = Task(_one_of(self._value("task"), [task.value for task in Task if task is not Task.QUESTION]))
        lines = self.lines(task)
        return Wish(task, self._value("language")[:20], lines[0] if lines else "")

    def keep(self, reader: str, wish: Wish) -> None:
        """Remember the choice."""
        if self._store is not None:
            self._store.setValue("reading/reader", reader)
            self._store.setValue("reading/task", wish.task.value)
            self._store.setValue("reading/language", wish.language)

    def lines(self, task: Task) -> list[str]:
        """Return what was typed for a task, the newest first."""
        if task not in self._lines:
            kept = self._store.value("reading/fields", []) if self._store is not None and task is Task.FIELDS else []
            entries = [kept] if isinstance(kept, str) else kept  # a list of one comes back as its only entry
            self._lines[task] = _fitting(entries if isinstance(entries, list) else ())
        return self._lines[task]

    def add_line(self, task: Task, line: str) -> None:
        """Put what was typed at the front. Names of fields are written down; questions are not."""
        self._lines[task] = _fitting([line, *(other for other in self.lines(task) if other != line)])
        if self._store is not None and task is Task.FIELDS:
            self._store.setValue("reading/fields", self._lines[task])

    def _value(self, name: str) -> str:
        value = self._store.value(f"reading/{name}", "") if self._store is not None else ""
        return value if isinstance(value, str) else ""


def wish_of(order: TaskOrder) -> Wish:
    """Return the wish that became this order."""
    return Wish(order.task, order.target_language, line_of(order.fields) or order.question)


def with_line(wish: Wish, task: Task, line: str) -> Wish:
    """Return the wish for a task that somebody typed words for."""
    return replace(wish, task=task, line=line)


def _one_of(value: str, known: Sequence[str]) -> str:
    return value if value in known else known[0]


def _fitting(entries: Iterable[object]) -> list[str]:
    return [entry for entry in entries if isinstance(entry, str) and 0 < len(entry) <= LONGEST_LINE][:LINES_KEPT]
