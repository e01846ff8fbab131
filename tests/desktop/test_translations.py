"""Words: every error, warning and outcome has them, in English as the engine says them, and in Chinese."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from PySide6.QtCore import QCoreApplication, QLocale
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.translations import FOLDER, install
from desktop.views.reading_view import ReadingView
from desktop.words import (
    ERRORS,
    OUTCOMES,
    WARNINGS,
    error_words,
    origin_words,
    outcome_words,
    warning_words,
)
from engine import errors
from engine.events import JobOutcome
from engine.output.blocks import PageWarning, WarningCode
from tests.support.readings import grid_page, rich_page

ROOT = Path(__file__).resolve().parents[2]


def kinds(kind: type[errors.DiglotError] = errors.DiglotError) -> Iterator[type[errors.DiglotError]]:
    yield kind
    for below in kind.__subclasses__():
        if below.__module__ == errors.__name__:
            yield from kinds(below)


def translate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("translate_tool", ROOT / "packaging" / "translate.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def chinese(qapp: QApplication) -> Iterator[QApplication]:
    before = QLocale()
    install(qapp, "zh_CN")
    yield qapp
    install(qapp, "en")
    QLocale.setDefault(before)


def is_chinese(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)


@pytest.mark.parametrize("kind", list(kinds()), ids=lambda kind: kind.__name__)
def test_every_error_is_worded_as_the_engine_words_it(kind: type[errors.DiglotError], qapp: QApplication) -> None:
    assert ERRORS[kind] == (kind.title, kind.advice)
    assert error_words(kind()) == (kind.title, kind.advice)


def test_every_error_warning_and_outcome_is_said_in_chinese(chinese: QApplication) -> None:
    for kind in kinds():
        assert all(map(is_chinese, error_words(kind()))), kind
    assert all(is_chinese(warning_words(PageWarning(code))) for code in WarningCode)
    assert all(is_chinese(outcome_words(outcome)) for outcome in JobOutcome)
    assert origin_words(rich_page()) == "由图像识别"


def test_nothing_is_forgotten() -> None:
    assert set(WARNINGS) == set(WarningCode)
    assert set(OUTCOMES) == set(JobOutcome)
    assert set(ERRORS) == set(kinds())


def test_a_new_kind_of_error_takes_the_words_of_its_parent(qapp: QApplication) -> None:
    class Stranger(errors.DamagedFile):
        pass

    assert error_words(Stranger()).title == errors.DamagedFile.title


def test_a_widget_follows_the_language(chinese: QApplication, qtbot: QtBot) -> None:
    view = ReadingView()
    qtbot.addWidget(view)
    assert view.tabs.tabText(0) == "文本"

    install(chinese, "en")
    qtbot.waitUntil(lambda: view.tabs.tabText(0) == "Text")


def test_qt_speaks_it_too(chinese: QApplication) -> None:
    assert is_chinese(QCoreApplication.translate("QPlatformTheme", "Cancel"))


@pytest.mark.parametrize(("rows", "words"), [(401, "1 more row:"), (402, "2 more rows:")])
def test_english_counts_properly(rows: int, words: str, qapp: QApplication, qtbot: QtBot) -> None:
    install(qapp, "en")
    view = ReadingView()
    qtbot.addWidget(view)
    view.show_page(1, grid_page(rows, 1))
    qtbot.waitUntil(lambda: view.text.reading is not None)

    assert words in view.text.toPlainText()


@pytest.mark.parametrize("language", ["zh_CN", "zh_TW", "zh", "zh_HK"])
def test_all_of_chinese_is_chinese(language: str, qapp: QApplication) -> None:
    try:
        install(qapp, language)
        assert is_chinese(error_words(errors.NotFound()).title)
    finally:
        install(qapp, "en")


@pytest.mark.parametrize("language", ["en", "de_DE", "xx"])
def test_a_language_we_do_not_have_is_english(language: str, qapp: QApplication) -> None:
    try:
        install(qapp, language)
        assert error_words(errors.NotFound()).title == "There is no such file"
    finally:
        install(qapp, "en")


@pytest.mark.slow
def test_every_string_of_the_window_is_translated_and_built() -> None:
    assert translate().check() == []


def test_a_placeholder_is_never_lost_in_translation() -> None:
    import re
    import xml.etree.ElementTree as ET

    for message in ET.parse(FOLDER / "diglot_zh_CN.ts").getroot().iter("message"):
        source = message.findtext("source", "")
        translation = message.find("translation")
        assert translation is not None
        words = "".join(translation.itertext())
        holes = r"\{\w*\}|%n|\*\.\w+"
        assert sorted(re.findall(holes, words)) == sorted(re.findall(holes, source)), source
        assert ("(&" in words) == bool(re.search(r"&\w", source)), source


def test_strings_are_found_however_they_are_marked() -> None:
    source = """
class Window(QWidget):
    def a(self):
        self.tr("one " "two")
        self.tr("%n page(s)", "", n)
def _tr(text):
    "Say it."
    return QCoreApplication.translate("Short", text)
say = _tr
say("three"); _tr("four"); QT_TRANSLATE_NOOP("errors", "five"); "x".translate({}); say(variable)
"""
    found = {(words.context, words.text, words.plural) for words in translate().collect(source)}

    assert found == {
        ("Window", "one two", False),
        ("Window", "%n page(s)", True),
        ("Short", "three", False),
        ("Short", "four", False),
        ("errors", "five", False),
    }
