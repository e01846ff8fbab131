"""What a person wishes of each page: how it becomes an order, and what of it is remembered."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QLocale, QSettings

from desktop.orders import LINES_KEPT, KeptWishes, Wish, line_of, names_in, wish_of
from desktop.task_words import GROUPS, TASKS, language_name, nothing_words, offered
from engine.tasks.task import Task, TaskOrder

ALL = frozenset(Task)


def store(folder: Path) -> QSettings:
    return QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Invoice number, Total", ("Invoice number", "Total")),
        ("发票号码，金额、日期；买方", ("发票号码", "金额", "日期", "买方")),
        (" Total ,, total  due\n Total;", ("Total", "total due")),
        (" , ", ()),
        ('Total, "Total, net" ,"the ""net"" one"', ("Total", "Total, net", 'the "net" one')),
        ("“金额，含税”，日期", ("金额，含税", "日期")),
        ('12" screen, "never closed, Date', ('12" screen', '"never closed', "Date")),
        ('"a" b, c', ('"a" b', "c")),
    ],
)
def test_names_stand_between_commas_of_any_sort(line: str, names: tuple[str, ...]) -> None:
    assert names_in(line) == names


@given(st.text())
def test_no_name_is_empty_or_named_twice(line: str) -> None:
    names = names_in(line)
    assert all(name == name.strip() and name for name in names)
    assert len(set(names)) == len(names)


@given(st.lists(st.text('ab，,";“”', min_size=1), max_size=5, unique=True))
def test_any_name_can_be_typed_in_quotes(names: list[str]) -> None:
    line = ", ".join('"' + name.replace('"', '""') + '"' for name in names)

    assert names_in(line) == tuple(names)
    assert names_in(line_of(names)) == tuple(names)


def test_an_order_becomes_the_wish_that_it_came_from() -> None:
    for order in (
        TaskOrder(),
        TaskOrder(Task.TRANSLATION, target_language="en"),
        TaskOrder(Task.FIELDS, fields=("Total, net", 'the "sum"', "日期")),
        TaskOrder(Task.QUESTION, question="Who signed it, and when?"),
    ):
        assert wish_of(order).order(ALL, ("zh", "en")) == order


def test_a_wish_becomes_an_order_where_the_reader_can_do_it_and_the_document_elsewhere() -> None:
    fields = Wish(Task.FIELDS, line="Total, Date")
    assert fields.order(ALL, ()) == TaskOrder(Task.FIELDS, fields=("Total", "Date"))
    assert fields.order({Task.DOCUMENT}, ()) == TaskOrder()
    assert Wish(Task.QUESTION, line=" When? ").order(ALL, ()) == TaskOrder(Task.QUESTION, question="When?")
    assert Wish(Task.QUESTION, line=" ").order(ALL, ()) == TaskOrder(), "there is no question yet"
    assert Wish(Task.TABLE, line="left over").order(ALL, ()) == TaskOrder(Task.TABLE)


def test_the_language_is_the_chosen_one_else_the_windows_own_else_the_first() -> None:
    QLocale.setDefault(QLocale("zh_CN"))
    assert Wish(Task.TRANSLATION).order(ALL, ("en", "zh")).target_language == "zh"
    assert Wish(Task.TRANSLATION, "en").order(ALL, ("zh", "en")).target_language == "en"
    QLocale.setDefault(QLocale("fi_FI"))
    assert Wish(Task.TRANSLATION, "ja").order(ALL, ("zh", "en")).target_language == "zh"
    QLocale.setDefault(QLocale("en_GB"))


def test_the_choice_and_the_names_are_there_again_and_a_question_is_not(tmp_path: Path) -> None:
    kept = KeptWishes(store(tmp_path))
    kept.add_line(Task.FIELDS, "Total")
    kept.add_line(Task.FIELDS, "Date, Buyer")
    kept.add_line(Task.FIELDS, "Total")
    kept.add_line(Task.QUESTION, "Who owes what?")
    kept.keep("vllm", Wish(Task.FIELDS, "zh", "Total"))
    assert kept.lines(Task.QUESTION) == ["Who owes what?"]

    again = KeptWishes(store(tmp_path))
    assert (again.reader(), again.wish()) == ("vllm", Wish(Task.FIELDS, "zh", "Total"))
    assert again.lines(Task.FIELDS) == ["Total", "Date, Buyer"]
    assert again.lines(Task.QUESTION) == []
    again.keep("vllm", Wish(Task.QUESTION, line="Who?"))
    assert KeptWishes(store(tmp_path)).wish().task is Task.DOCUMENT
    assert "Who" not in (tmp_path / "window.ini").read_text(encoding="utf-8")


def test_what_was_kept_and_makes_no_sense_is_passed_over(tmp_path: Path) -> None:
    kept = store(tmp_path)
    nonsense = {"reader": "http://evil", "task": "dance", "language": ["zh"], "fields": ["", "a" * 9000]}
    for name, value in nonsense.items():
        kept.setValue(f"reading/{name}", value)

    wishes = KeptWishes(kept)
    assert (wishes.reader(), wishes.wish(), wishes.lines(Task.FIELDS)) == ("auto", Wish(), [])
    for number in range(LINES_KEPT + 5):
        wishes.add_line(Task.FIELDS, f"name {number}")
    assert len(wishes.lines(Task.FIELDS)) == LINES_KEPT
    assert KeptWishes(None).wish() == Wish()


def test_every_task_has_words_and_is_offered_once() -> None:
    assert sorted(task for group in GROUPS for task in group) == sorted(Task)
    assert set(TASKS) == set(Task)
    assert offered({Task.SUBTITLES, Task.DOCUMENT}) == [[Task.DOCUMENT], [Task.SUBTITLES]]
    assert nothing_words("chart") == "No chart was found on this page."
    assert nothing_words("a task of tomorrow") == "No text was found on this page."
    assert (language_name("zh"), language_name("de")) == ("中文", "Deutsch")
