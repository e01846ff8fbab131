"""What can be asked of a page, in words for people: what each task is called, does, needs, and finds nothing of."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication, QLocale

from desktop.words import QT_TRANSLATE_NOOP
from engine.tasks.task import Task


class TaskWords(NamedTuple):
    """A task's name, what it is for, and what is said where it found nothing."""

    name: str
    tip: str
    nothing: str


GROUPS: tuple[tuple[Task, ...], ...] = (
    (Task.DOCUMENT, Task.TEXT, Task.TABLE, Task.FORMULA, Task.CHART, Task.SPOTTING, Task.LAYOUT),
    (Task.TRANSLATION, Task.FIELDS, Task.QUESTION),
    (Task.SUBTITLES,),
)
"""In the order in which they are offered, with a rule between the groups."""

TASKS: dict[Task, TaskWords] = {
    Task.DOCUMENT: TaskWords(
        QT_TRANSLATE_NOOP("tasks", "Document"),
        QT_TRANSLATE_NOOP("tasks", "Everything on the page in reading order: headings, text, lists, tables"),
        QT_TRANSLATE_NOOP("tasks", "No text was found on this page."),
    ),
    Task.TEXT: TaskWords(
        QT_TRANSLATE_NOOP("tasks", "Plain text"),
        QT_TRANSLATE_NOOP("tasks", "The words alone, without headings and tables"),
        QT_TRANSLATE_NOOP("tasks", "No text was found on this page."),
    ),
    Task.TABLE: TaskWords(
        QT_TRANSLATE_NOOP("tasks", "Table"),
        QT_TRANSLATE_NOOP("tasks", "Only the tables, for a spreadsheet"),
        QT_TRANSLATE_NOOP("tasks", "No table was found on this page."),
    ),
    Task.FORMULA: TaskWords(
        QT_TRANSLATE_NOOP("tasks", "Formula"),
        QT_TRANSLATE_NOOP("tasks", "Only the formulas, as LaTeX"),
        QT_TRANSLATE_NOOP("tasks", "No formula was found on this page."),
    ),
    Task.CHART: TaskWords(
        QT_TRANSLATE_NOOP("tasks", "Chart"),
        QT_TRANSLATE_NOOP("tasks", "The numbers of a chart as a table, or the steps of a flowchart"),
        QT_TRANSLATE_NOOP("tasks", "No chart was found on this page."),
    ),
    Task.SPOTTING: TaskWords(
        QT_TRANSLATE_NOOP("tasks", "Lines with places"),
        QT_TRANSLATE_NOOP("tasks", "Every line of text, and where it stands: for forms, drawings and screenshots"),
        QT_TRANSLATE_NOOP("tasks", "No text was found on this page."),
    ),
    Task.LAYOUT: TaskWords(
        QT_TRANSLATE_NOOP("tasks", "Layout"),
        QT_TRANSLATE_NOOP("tasks", "Where headings, text, tables and pictures stand on the page"),
        QT_TRANSLATE_NOOP("tasks", "No parts were told apart on this page."),
    ),
    Task.TRANSLATION: TaskWords(
        QT_TRANSLATE_NOOP("tasks", "Translation"),
        QT_TRANSLATE_NOOP("tasks", "The text of the page and the same in another language, side by side"),
        QT_TRANSLATE_NOOP("tasks", "Nothing to translate was found on this page."),
    ),
    Task.FIELDS: TaskWords(
        QT_TRANSLATE_NOOP("tasks", "Fields…"),
        QT_TRANSLATE_NOOP("tasks", "Only the values you name, such as the number and the total of an invoice"),
        QT_TRANSLATE_NOOP("tasks", "None of these fields was found on this page."),
    ),
    Task.QUESTION: TaskWords(
        QT_TRANSLATE_NOOP("tasks", "Question…"),
        QT_TRANSLATE_NOOP("tasks", "The answer to a question about the page, in your own words"),
        QT_TRANSLATE_NOOP("tasks", "There was no answer. Try to ask in other words."),
    ),
    Task.SUBTITLES: TaskWords(
        QT_TRANSLATE_NOOP("tasks", "Subtitles"),
        QT_TRANSLATE_NOOP("tasks", "The subtitles in a picture of a film"),
        QT_TRANSLATE_NOOP("tasks", "No subtitles were found in this picture."),
    ),
}

_OWN_NAMES = {"zh": "中文", "en": "English"}


def task_name(task: Task) -> str:
    """Return what a task is called."""
    return _say(TASKS[task].name)


def task_tip(task: Task) -> str:
    """Return what a task is for."""
    return _say(TASKS[task].tip)


def nothing_words(task: str) -> str:
    """Return what is said of a page on which a task (the value of a `Task`) found nothing."""
    known = task in {each.value for each in TASKS}
    return _say(TASKS[Task(task) if known else Task.DOCUMENT].nothing)


def offered(able: Collection[Task]) -> list[list[Task]]:
    """Return the groups of tasks that can be done, in order, without empty groups."""
    groups = [[task for task in group if task in able] for group in GROUPS]
    return [group for group in groups if group]


def language_name(tag: str) -> str:
    """Return a language's own name for itself: whoever wants it can read that."""
    return _OWN_NAMES.get(tag) or QLocale(tag).nativeLanguageName() or tag


def _say(text: str) -> str:
    return QCoreApplication.translate("tasks", text)
