"""Prompt: one task in a model's own words, how it is sampled, and what its answer looks like."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from engine.errors import UsageError
from engine.output.answer import AnswerForm
from engine.tasks.task import Task, TaskOrder

LONGEST_NAME = 200
MOST_NAMES = 100
LONGEST_QUESTION = 4000
FIELD, FIELDS, QUESTION = "{field}", "{fields}", "{question}"
"""Where in a prompt a person's own words go: one name, a list of names, a question."""
JOINERS = "\u200c\u200d"
"""Unseen, but part of words in Persian, Hindi and others."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the next token is chosen. `top_k` of -1 means any; `seed` is None where none is set."""

    temperature: float
    top_p: float
    top_k: int
    repetition_penalty: float
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Prompt:
    """One task in the model's own words, by language.

    `variant` tells apart several prompts for one task, "" is the usual one. `target` is the language it translates
    into, `source` the only one it translates from, "" for any. `names` says whether it asks for "one" field or "many".
    `keep_special`: the answer is to keep its special tokens. `borrowed_from` is the version whose prompt it is, where
    the model's own version has none for the task.
    """

    task: Task
    answer: AnswerForm
    max_tokens: int
    words: Mapping[str, str]
    variant: str = ""
    target: str = ""
    source: str = ""
    names: str = ""
    keep_special: bool = False
    repetition_penalty: float | None = None
    borrowed_from: str = ""

    def sampling(self, usual: Sampling) -> Sampling:
        """Return how this prompt is sampled: as usual, but for what it says itself."""
        if self.repetition_penalty is None:
            return usual
        return replace(usual, repetition_penalty=self.repetition_penalty)

    def filled(self, order: TaskOrder, *, language: str, special_opening: str) -> str:
        """Return the words that are put to the model.

        Args:
            order: Where a person's names or question come from.
            language: Which of the prompt's languages.
            special_opening: How the model's special tokens begin: a person's words must not be taken for one.

        Raises:
            UsageError: The task needs names or a question, and there are none, or far too many.
        """
        words = self.words[language]
        if QUESTION in words:
            return words.replace(QUESTION, question_of(order, special_opening))
        if FIELD in words or FIELDS in words:
            names = names_of(order, special_opening)
            # One after the other: a name that looks like a placeholder is a name all the same.
            return words.replace(FIELDS, listed(names)) if FIELDS in words else words.replace(FIELD, names[0])
        return words


@dataclass(frozen=True, slots=True)
class Asked:
    """An order put into the words of one model. The words never show in a representation."""

    prompt: Prompt
    sampling: Sampling
    text: str = field(repr=False)


def names_of(order: TaskOrder, special_opening: str) -> list[str]:
    """Return the names of fields that an order asks for, clean, each once.

    Raises:
        UsageError: There are none, or too many, or one is too long.
    """
    names = list(dict.fromkeys(name for raw in order.fields if (name := plain(raw, special_opening))))
    if not names:
        raise UsageError(detail="no field was named")
    if len(names) > MOST_NAMES:
        raise UsageError(detail=f"{len(names)} fields are too many for one page; at most {MOST_NAMES}")
    if any(len(name) > LONGEST_NAME for name in names):
        raise UsageError(detail=f"the name of a field has at most {LONGEST_NAME} characters")
    return names


def question_of(order: TaskOrder, special_opening: str) -> str:
    """Return the question of an order, its lines kept.

    Raises:
        UsageError: There is none, or it is too long.
    """
    lines = (plain(line, special_opening) for line in order.question.splitlines())
    question = "\n".join(line for line in lines if line)
    if not question:
        raise UsageError(detail="no question was asked")
    if len(question) > LONGEST_QUESTION:
        raise UsageError(detail=f"a question has at most {LONGEST_QUESTION} characters")
    return question


def plain(raw: str, special_opening: str) -> str:
    """Return a person's words on one line: no control characters, no halves of characters, no special tokens."""
    shown = "".join(sign if sign.isprintable() or sign in JOINERS else " " for sign in raw)
    shown = re.sub(r"\s+", " ", shown).strip()
    return shown.replace(special_opening, " ".join(special_opening)) if special_opening else shown


def listed(names: Sequence[str]) -> str:
    """Return names as the model is used to see them: `['Total','Date']`; one with a quote in it in double ones."""
    return f"[{','.join(map(_quoted, names))}]"


def _quoted(name: str) -> str:
    if "'" not in name:
        return f"'{name}'"
    return '"{}"'.format(name.replace('"', "”"))
