"""The languages of the window: English in the source, others in resources/translations, chosen by system or by hand."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

FOLDER = Path(__file__).resolve().parent.parent / "resources" / "translations"
_installed: list[QTranslator] = []


def install(app: QCoreApplication, language: str | None = None) -> QLocale:
    """Put the application into a language; call it again to change it.

    Args:
        app: The application that is to speak it.
        language: "en", "zh_CN" or any name of a locale; None takes the system's.

    Returns:
        The locale that was taken.
    """
    while _installed:
        old = _installed.pop()
        app.removeTranslator(old)
        old.deleteLater()
    wanted = QLocale(language) if language else _system()
    qt_folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    # Qt's own words (of file dialogs and buttons) first: what is installed last is asked first.
    for name, folder in (("qtbase", qt_folder), ("diglot", str(FOLDER))):
        translator = QTranslator(app)
        if _load(translator, wanted, name, folder):
            app.installTranslator(translator)
            _installed.append(translator)
        else:
            translator.deleteLater()
    QLocale.setDefault(wanted)
    return wanted


def _system() -> QLocale:
    """Return the language of the person's menus, which need not be that of their numbers."""
    system = QLocale.system()
    languages = system.uiLanguages()
    return QLocale(languages[0]) if languages else system


def _load(translator: QTranslator, wanted: QLocale, name: str, folder: str) -> bool:
    if wanted.language() == QLocale.Language.Chinese:
        # All of Chinese is read by those who read any of it better than English is; there is one Chinese so far.
        return translator.load(f"{name}_zh_CN", folder)
    if translator.load(wanted, name, "_", folder):
        return True
    # English numbers of things ("1 page", "2 pages") are a translation, too.
    return name == "diglot" and translator.load("diglot_en", folder)
