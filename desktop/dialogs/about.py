"""About: what this is, under which licence, on whose work it stands, and what it does not contain."""

from __future__ import annotations

import importlib.metadata
import platform

from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication, QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

LIBRARIES = (
    ("PySide6-Essentials", "LGPL-3.0"),
    ("PyMuPDF", "AGPL-3.0"),
    ("rapidocr", "Apache-2.0"),
    ("onnxruntime", "MIT"),
    ("opencv-python-headless", "Apache-2.0"),
    ("numpy", "BSD-3-Clause"),
    ("pillow", "MIT-CMU"),
    ("pillow-heif", "BSD-3-Clause"),
    ("qasync", "BSD-2-Clause"),
)


class AboutDialog(QDialog):
    """Name, version, licence, libraries."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("About Diglot"))
        name = _label(self.tr("Diglot {version}").format(version=version_of("diglot")))
        font = QFont(name.font())
        font.setPointSizeF(font.pointSizeF() * 1.6)
        font.setBold(True)
        name.setFont(font)
        what = _label(
            self.tr(
                "Reads documents on your own machine and shows the text beside the page. Nothing leaves the machine,"
                " unless you choose a shared server."
            )
        )
        licence = _label(
            self.tr(
                "Free software under the GNU Affero General Public License, version 3 or later. It comes without any"
                " warranty."
            )
        )
        model = _label(
            self.tr(
                "HunyuanOCR: not included. It is a model by Tencent with a licence of its own; Tencent is not"
                " affiliated with this project."
            )
        )
        libraries = QPlainTextEdit("\n".join(self._libraries()))
        libraries.setReadOnly(True)
        libraries.setAccessibleName(self.tr("Libraries this stands on"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        copy = buttons.addButton(self.tr("Copy"), QDialogButtonBox.ButtonRole.ActionRole)
        copy.clicked.connect(lambda: QApplication.clipboard().setText(self.words()))
        self._labels = (name, what, licence, model)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(12)
        for label in self._labels:
            column.addWidget(label)
        column.addWidget(_label(self.tr("Libraries this stands on:")))
        column.addWidget(libraries, 1)
        column.addWidget(buttons)
        self.resize(520, 480)

    def words(self) -> str:
        """Return everything as text, to be sent with a report."""
        return "\n\n".join([*(label.text() for label in self._labels), "\n".join(self._libraries())])

    def _libraries(self) -> list[str]:
        own = [f"Python {platform.python_version()} (PSF)", f"Qt {qVersion()} (LGPL-3.0)"]
        return own + [f"{name} {version_of(name)} ({licence})" for name, licence in LIBRARIES]


def version_of(package: str) -> str:
    """Return the installed version of a package, "" where it is not installed."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def show_about(parent: QWidget | None) -> AboutDialog:
    """Show the dialog; it does not block and goes away by itself when it is closed."""
    dialog = AboutDialog(parent)
    dialog.open()
    return dialog


def _label(text: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
