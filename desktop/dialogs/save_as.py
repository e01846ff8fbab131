"""Asks where a reading is to be saved and in which format, without blocking the loop."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QDir, QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.dialogs.asking import answer_of


@dataclass(frozen=True, slots=True)
class Format:
    """A format to save in: its name for the engine, which is also its suffix, and other suffixes that mean it."""

    name: str
    also: tuple[str, ...] = ()

    @property
    def suffixes(self) -> tuple[str, ...]:
        """All suffixes that mean this format."""
        return (self.name, *self.also)


FORMATS = (Format("md", ("markdown",)), Format("txt"), Format("html", ("htm",)), Format("json"))


def format_words(name: str) -> str:
    """Return what a format is called."""
    match name:
        case "md":
            return QCoreApplication.translate("SaveAs", "Markdown")
        case "txt":
            return QCoreApplication.translate("SaveAs", "Plain text")
        case "html":
            return QCoreApplication.translate("SaveAs", "Web page")
        case _:
            return QCoreApplication.translate("SaveAs", "JSON with all places")


def filter_words(format_: Format) -> str:
    """Return the line for a format in the file dialog."""
    return f"{format_words(format_.name)} ({' '.join(f'*.{suffix}' for suffix in format_.suffixes)})"


def chosen_format(path: Path, filter_line: str) -> Format:
    """Tell the format: the name's own suffix decides where it has a known one, else the line chosen in the dialog."""
    suffix = path.suffix.lower().lstrip(".")
    for format_ in FORMATS:
        if suffix in format_.suffixes:
            return format_
    return next((format_ for format_ in FORMATS if filter_words(format_) == filter_line), FORMATS[0])


def with_suffix(path: Path, format_: Format) -> Path:
    """Add the format's suffix where the name has none that means it: “report.2027” becomes “report.2027.md”."""
    if path.suffix.lower().lstrip(".") in format_.suffixes:
        return path
    return path.with_name(f"{path.name}.{format_.name}")


def not_there_yet(path: Path) -> Path:
    """Return the path, or with a number added where there is such a file already."""
    wanted, count = path, 1
    while path.exists():
        count += 1
        path = wanted.with_name(f"{wanted.stem} ({count}){wanted.suffix}")
    return path


def proposed_name(document_name: str) -> str:
    """Return the document's name without its suffix and without what no file name may hold."""
    stem = re.sub(r"\.\w{1,5}$", "", document_name)
    return re.sub(r'[\x00-\x1f<>:"/\\|?*]', "_", stem).strip(" .") or "diglot"


class SaveAsDialog(QFileDialog):
    """The file dialog for saving; asks before it would overwrite the file that is really written."""

    def __init__(self, parent: QWidget | None, document_name: str) -> None:
        super().__init__(parent)
        self.setWindowTitle(QCoreApplication.translate("SaveAs", "Save what was read"))
        self.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self.setFileMode(QFileDialog.FileMode.AnyFile)
        self.setNameFilters([filter_words(format_) for format_ in FORMATS])
        self.setDefaultSuffix(FORMATS[0].name)
        self.filterSelected.connect(self._follow_filter)
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        self.setDirectory(documents if documents and QDir(documents).exists() else QDir.homePath())
        self.selectFile(f"{proposed_name(document_name)}.{FORMATS[0].name}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def answer(self) -> tuple[Path, str] | None:
        """Return where and in which format, None where nothing was chosen."""
        files = self.selectedFiles()
        if not files:
            return None
        path = Path(files[0])
        format_ = chosen_format(path, self.selectedNameFilter())
        written = with_suffix(path, format_)
        # The dialog asked about overwriting `path`; about a name made longer afterwards it could not ask.
        return (written if written == path else not_there_yet(written)), format_.name

    def _follow_filter(self, line: str) -> None:
        """Give the name the suffix of the format just chosen, so that the dialog asks about the right file."""
        format_ = next((format_ for format_ in FORMATS if filter_words(format_) == line), FORMATS[0])
        self.setDefaultSuffix(format_.name)
        files = self.selectedFiles()
        if files and Path(files[0]).name:
            path = Path(files[0])
            known = {suffix for other in FORMATS for suffix in other.suffixes}
            stem = path.stem if path.suffix.lower().lstrip(".") in known else path.name
            self.selectFile(f"{stem}.{format_.name}")


async def ask_where(parent: QWidget | None, document_name: str) -> tuple[Path, str] | None:
    """Ask where to save and return the path and the format (md, txt, html, json), None where the person gave up."""
    dialog = SaveAsDialog(parent, document_name)
    return await answer_of(dialog, dialog.answer)
