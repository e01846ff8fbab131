"""What a person wants of each page, from the options of the command line: one order, or words about what is missing."""

from __future__ import annotations

import re
from collections.abc import Iterable

from engine.errors import UsageError
from engine.tasks.task import Task, TaskOrder

# Between names stands a comma; the second one is what a Chinese keyboard writes.
_ITEM = re.compile(r'\s*+(?:"((?:[^"]|"")*+)"\s*+(?=[,，]|\Z)|([^,，]*+))')
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8}){0,3}")


def order_of(
    *,
    task: str | None = None,
    to: str | None = None,
    source: str | None = None,
    fields: Iterable[str] = (),
    question: str | None = None,
) -> TaskOrder:
    """Return the order that options make together. A wish names its task: `--to en` is a translation.

    Args:
        task: What `--task` says, None where it was left out.
        to: The language after `--to`.
        source: The language after `--from`.
        fields: Each a list of names, as it stands after a `--fields`.
        question: The words after `--question`.

    Raises:
        UsageError: Two tasks at once, a wish that its task has no use for, or a task without what it needs.
    """
    lists = tuple(fields)
    wishes = {
        "--to": (Task.TRANSLATION, to is not None),
        "--fields": (Task.FIELDS, bool(lists)),
        "--question": (Task.QUESTION, question is not None),
    }
    chosen = None if task is None else Task(task)
    for option, (meant, given) in wishes.items():
        if given and chosen not in (None, meant):
            raise UsageError(option, detail=f"it goes with --task {meant}, not with {chosen}")
        chosen = meant if given else chosen
    chosen = chosen or Task.DOCUMENT
    for option, (meant, given) in wishes.items():
        if chosen is meant and not given:
            raise UsageError(f"--task {chosen}", detail=f"it needs {option}")
    if source is not None and chosen is not Task.TRANSLATION:
        raise UsageError("--from", detail="it goes with --to")
    return TaskOrder(
        chosen,
        target_language=_language("--to", to),
        fields=tuple(dict.fromkeys(name for text in lists for name in field_names(text))),
        question=_question(question),
        source_language=_language("--from", source),
    )


def field_names(text: str) -> list[str]:
    """Return the names in a list such as `Invoice number,"Total, net"`; a quote within quotes is doubled.

    Raises:
        UsageError: There is no name, or quotes are not closed or followed by more.
    """
    names = []
    at = 0
    while at <= len(text):
        found = _ITEM.match(text, at)
        assert found is not None  # it matches nothing at all, too
        quoted, bare = found.groups()
        if bare is not None and bare.startswith('"'):
            raise UsageError("--fields", detail="a quote is not closed, or more than a comma follows it")
        names.append((bare if quoted is None else quoted.replace('""', '"')).strip())
        at = found.end() + 1
    if not any(names):
        raise UsageError("--fields", detail="no field was named")
    return [name for name in names if name]


def _language(option: str, text: str | None) -> str:
    if text is None:
        return ""
    if not _LANGUAGE.fullmatch(text):
        raise UsageError(option, detail="languages are written like en, zh or zh-CN")
    return text


def _question(text: str | None) -> str:
    if text is None:
        return ""
    if not text.strip():
        raise UsageError("--question", detail="no question was asked")
    return text.strip()
