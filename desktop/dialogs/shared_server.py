"""Asks for a shared server in the house: its address, its key, whom to trust; and says where pages will go."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QLineEdit, QPushButton, QSizePolicy, QWidget

from desktop.dialogs.setup_places import choose_certificates
from desktop.dialogs.trying import TryDialog
from desktop.setup_words import sentences
from desktop.views.banner import Banner, Tone
from desktop.views.engine_log import shown
from desktop.views.setup_choices import roomy
from engine.engine_errors import RemoteError
from engine.settings import RemoteSettings

if TYPE_CHECKING:
    from engine.server.address import Address
    from engine.server.remote import RemoteReport

LONGEST = 2000
HEIGHT = 480


class SharedServerDialog(TryDialog):
    """Nothing is sent anywhere before “Test” or “Use this server” is pressed, and never a page."""

    def __init__(self, parent: QWidget | None, settings: RemoteSettings, *, in_use: bool) -> None:
        """Fill it with what has been chosen before.

        Args:
            parent: Its owner.
            settings: The server that was chosen.
            in_use: Whether it reads the pages now.
        """
        super().__init__(parent, HEIGHT)
        self._kept_for = ""
        self.address, self.key, self.ca_file = QLineEdit(self), QLineEdit(self), QLineEdit(self)
        self.model = QComboBox(self)
        self.choose_file = QPushButton(self)
        self.leaves, self.plain = Banner(Tone.NOTE, lasting=True), Banner(Tone.ERROR, lasting=True)
        self.accept_plain = QCheckBox(self)
        self._furnish()
        self._write(in_use=in_use)
        self.address.setText(settings.url)
        self.ca_file.setText(settings.ca_file)
        self.model.setEditText(settings.model)
        self._accepted_for = settings.plain_http_accepted_for
        self._connect()
        self._address_changed()
        self.address.setFocus()

    def _furnish(self) -> None:
        self.key.setEchoMode(QLineEdit.EchoMode.Password)
        self.model.setEditable(True)
        self.model.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        for field in (self.address, self.key, self.ca_file):
            field.setMaxLength(LONGEST)
        self.choose_file.setAutoDefault(False)
        roomy(self.choose_file)
        self.model.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        file = QHBoxLayout()
        file.setSpacing(8)
        file.addWidget(self.ca_file, 1)
        file.addWidget(self.choose_file)
        self.form.addRow(self.tr("&Address"), self.address)
        self.form.addRow(self.tr("&Key"), self.key)
        self.form.addRow(self.tr("&Model"), self.model)
        self.form.addRow(self.tr("&CA file"), file)
        label = self.form.labelForField(file)
        if isinstance(label, QLabel):
            label.setBuddy(self.ca_file)
        for part in (self.plain, self.accept_plain, self.leaves):
            self.notes.addWidget(part)

    def _write(self, *, in_use: bool) -> None:
        self.setWindowTitle(self.tr("A shared server in the house"))
        self.about.setText(
            self.tr(
                "A vLLM or another server with HunyuanOCR that somebody in your house runs reads the pages in place of"
                " this computer. It must speak the language of OpenAI's interface."
            )
        )
        self.address.setAccessibleName(self.tr("Address of the server"))
        self.key.setAccessibleName(self.tr("Key of the server"))
        self.ca_file.setAccessibleName(self.tr("File of your house's certificate authority"))
        self.model.setAccessibleName(self.tr("Model on the server"))
        self.address.setPlaceholderText("https://ocr.example:8000")
        self.ca_file.setPlaceholderText(self.tr("only where your house signs its own certificates"))
        line = self.model.lineEdit()
        if line is not None:
            line.setPlaceholderText(self.tr("its HunyuanOCR"))
        self.choose_file.setText(self.tr("Choose…"))
        self.use.setText(self.tr("Use this server"))
        self.offer_stop(self.tr("Use this computer again") if in_use else "")
        self._show_kept()

    def _connect(self) -> None:
        self.address.textChanged.connect(self._address_changed)
        for changed in (self.key.textChanged, self.ca_file.textChanged, self.model.editTextChanged):
            changed.connect(self.show_nothing)
        self.accept_plain.toggled.connect(lambda _on: self._allow())
        self.choose_file.clicked.connect(lambda: choose_certificates(self, self._file_chosen))

    # -- what was entered

    @property
    def where(self) -> Address | None:
        """The address that was entered, None where it is none."""
        from engine.server.address import parse_address

        try:
            return parse_address(self.address.text())
        except RemoteError:
            return None

    def settings(self) -> RemoteSettings:
        """Return what was entered; the warning counts as accepted for exactly the address that it named."""
        where = self.where
        url = where.url if where is not None else self.address.text().strip()
        accepted = url if self._needs_accepting(where) and self.accept_plain.isChecked() else ""
        return RemoteSettings(
            url=url,
            model=self.model.currentText().strip(),
            ca_file=self.ca_file.text().strip(),
            plain_http_accepted_for=accepted,
        )

    def typed_key(self) -> str:
        """Return the key that was typed, "" where none was."""
        return self.key.text().strip()

    # -- what it is told

    def show_kept_key(self, url: str) -> None:
        """Say that a key is kept for this address, and need not be typed again."""
        self._kept_for = url
        self._show_kept()

    def show_report(self, report: RemoteReport) -> None:
        """Show what the server said."""
        self.show_models(report.models, report.model)
        words = self.tr("It answers, and has “{model}”.").format(model=shown(report.model))
        runs = self.tr("It runs vLLM {version}.").format(version=shown(report.version)) if report.version else ""
        safe = self.tr("The connection is encrypted.") if report.encrypted else self.tr("It is not encrypted.")
        self.show_result(sentences(words, runs, safe))

    def show_models(self, untrusted_names: Sequence[str], chosen: str) -> None:
        """Offer the models that the server names."""
        self.model.blockSignals(True)
        self.model.clear()
        self.model.addItems([shown(name) for name in untrusted_names])
        self.model.setEditText(chosen)
        self.model.blockSignals(False)

    # -- how it looks

    def _address_changed(self) -> None:
        where = self.where
        needs = self._needs_accepting(where)
        self.accept_plain.setChecked(needs and where is not None and self._accepted_for == where.url)
        self.plain.setVisible(needs)
        self.accept_plain.setVisible(needs)
        if needs and where is not None:
            self.plain.say(
                self.tr("{address} is not encrypted").format(address=shown(where.url)),
                self.tr(
                    "Whoever can listen on the network between here and there can read the pages, and the key. Ask"
                    " whoever runs the server for an address that begins with https."
                ),
            )
            self.accept_plain.setText(
                self.tr("Send pages unencrypted to {address} all the same").format(address=shown(where.url))
            )
        self._say_where(where)
        self._show_kept()
        self.show_nothing()
        self._allow()
        self.grow()

    def _say_where(self, where: Address | None) -> None:
        if where is None:
            words = self.tr("Pages will leave this computer")
            more = self.tr("They go to the server that you enter here, and the window says so all the time.")
        elif where.on_this_machine:
            words = self.tr("Pages go to {host}, which is this computer itself").format(host=shown(where.shown))
            more = self.tr("Where they go from there is up to the program that answers.")
        else:
            words = self.tr("Pages will leave this computer and go to {host}").format(host=shown(where.shown))
            more = self.tr("The window says so all the time. Nothing is sent before you press a button.")
        self.leaves.say(words, more)

    def _show_kept(self) -> None:
        where = self.where
        kept = bool(self._kept_for) and where is not None and where.url == self._kept_for
        self.key.setPlaceholderText(
            self.tr("kept; leave this empty to use it") if kept else self.tr("leave this empty if it needs none")
        )

    def _allow(self) -> None:
        where = self.where
        self.allow(where is not None and (not self._needs_accepting(where) or self.accept_plain.isChecked()))

    def _needs_accepting(self, where: Address | None) -> bool:
        return where is not None and not where.encrypted and not where.on_this_machine

    def _file_chosen(self, path: Path) -> None:
        self.ca_file.setText(str(path))
