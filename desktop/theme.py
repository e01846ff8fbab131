"""Colours and fonts: light and dark follow the system, and the page itself stays white in both."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass

from PySide6.QtCore import QLocale, QObject, Qt
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

CHINESE_FAMILIES = ("Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", "WenQuanYi Micro Hei")
"""Where Chinese comes from; without it Qt picks Japanese forms in an English locale."""
LATIN_FAMILIES = ("Noto Sans", "DejaVu Sans", "Liberation Sans")
"""Before it where the system names no font of its own: the quotes of a Chinese font are as wide as a character."""
NO_FAMILIES = ("Sans Serif", "Sans", "sans-serif")
"""Names that stand for whatever there is."""


@dataclass(frozen=True, slots=True)
class PageColours:
    """Colours that are drawn over white paper; the same by day and by night, for the paper does not change."""

    hover: QColor
    lit: QColor
    lit_edge: QColor
    line: QColor
    hit: QColor
    current_hit: QColor
    current_hit_edge: QColor
    doubt: QColor
    grave: QColor


PAGE_COLOURS = PageColours(
    hover=QColor(31, 111, 235, 26),
    lit=QColor(31, 111, 235, 38),
    lit_edge=QColor(31, 111, 235, 190),
    line=QColor(31, 111, 235, 72),
    hit=QColor(255, 236, 110),
    current_hit=QColor(255, 190, 92),
    current_hit_edge=QColor(206, 84, 0),
    doubt=QColor(201, 60, 20, 230),
    grave=QColor(179, 20, 29, 240),
)


@dataclass(frozen=True, slots=True)
class ViewColours:
    """Colours around the pages, made from the palette in use."""

    desk: QColor
    paper: QColor
    paper_edge: QColor
    quiet: QColor
    done: QColor
    busy: QColor
    failed: QColor


@dataclass(frozen=True, slots=True)
class ShareColours:
    """Colours of what graphics memory is used for; neighbours differ in brightness, for eyes that see few colours."""

    weights: QColor
    vision: QColor
    working: QColor
    pages: QColor
    spare: QColor
    free: QColor
    others: QColor


def as_tip(text: str) -> str:
    """Return the words of a tool tip that shows a text as it is: a file may be named like markup."""
    return f"<qt>{text.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;')}</qt>"


def is_dark(palette: QPalette) -> bool:
    """Tell whether light letters stand on a dark ground."""
    return palette.color(QPalette.ColorRole.Window).lightness() < 128


def view_colours(palette: QPalette) -> ViewColours:
    """Return the colours around the pages that go with a palette."""
    dark = is_dark(palette)
    return ViewColours(
        desk=palette.color(QPalette.ColorRole.Window).darker(125 if dark else 108),
        paper=QColor(255, 255, 255),
        paper_edge=QColor(0, 0, 0, 150 if dark else 60),
        quiet=QColor(150, 156, 164) if dark else QColor(98, 104, 112),
        done=QColor(87, 190, 120) if dark else QColor(26, 127, 55),
        busy=QColor(88, 166, 255) if dark else QColor(9, 105, 218),
        failed=QColor(255, 123, 114) if dark else QColor(190, 32, 40),
    )


def difference_colour(palette: QPalette) -> QColor:
    """Return the ground under characters in which two readings differ."""
    return QColor("#7a4a12") if is_dark(palette) else QColor("#ffd9a8")


def found_colour(palette: QPalette) -> QColor:
    """Return the ground under words that were found, as a marker would leave it."""
    return QColor("#5b4d12") if is_dark(palette) else QColor("#fff0a8")


def share_colours(palette: QPalette) -> ShareColours:
    """Return the colours of the memory bar that go with a palette."""
    dark = is_dark(palette)
    return ShareColours(
        weights=QColor(62, 120, 204) if dark else QColor(28, 88, 160),
        vision=QColor(150, 205, 245) if dark else QColor(126, 189, 235),
        working=QColor(36, 134, 104) if dark else QColor(0, 128, 96),
        pages=QColor(244, 186, 84) if dark else QColor(238, 164, 42),
        spare=QColor(112, 92, 54) if dark else QColor(250, 226, 176),
        free=palette.color(QPalette.ColorRole.Base),
        others=QColor(122, 130, 140) if dark else QColor(140, 147, 156),
    )


class Theme(QObject):
    """Keeps the application's palette and fonts in step with the system; lives as long as the application."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._own_palette = sys.platform not in ("win32", "darwin")  # they have colours of their own
        app.setFont(_with_chinese(app.font(), QLocale().language()))
        hints = app.styleHints()
        hints.colorSchemeChanged.connect(self.apply)
        self.apply(hints.colorScheme())

    def apply(self, scheme: Qt.ColorScheme) -> None:
        """Dress the application for a colour scheme; DIGLOT_THEME=light|dark has the last word."""
        wish = os.environ.get("DIGLOT_THEME", "")
        dark = wish == "dark" or (wish != "light" and scheme is Qt.ColorScheme.Dark)
        if self._own_palette:
            self._app.setPalette(_palette(dark=dark))


def _with_chinese(font: QFont, language: QLocale.Language) -> QFont:
    families = [family for family in font.families() if family not in CHINESE_FAMILIES]
    nameless = all(family in NO_FAMILIES for family in families)
    latin = LATIN_FAMILIES if nameless and language != QLocale.Language.Chinese else ()
    font.setFamilies([*families, *latin, *CHINESE_FAMILIES])
    return font


def _palette(*, dark: bool) -> QPalette:
    role = QPalette.ColorRole
    colours = (
        {
            role.Window: "#25282c", role.WindowText: "#e6e8eb", role.Base: "#1b1d20", role.AlternateBase: "#23262a",
            role.Text: "#e6e8eb", role.Button: "#30343a", role.ButtonText: "#e6e8eb", role.BrightText: "#ffffff",
            role.Highlight: "#2f6fd0", role.HighlightedText: "#ffffff", role.Link: "#6cb0ff",
            role.ToolTipBase: "#3a3f46", role.ToolTipText: "#f0f2f4", role.PlaceholderText: "#8b929b",
            role.Light: "#41464d", role.Midlight: "#383d43", role.Mid: "#1d1f22", role.Dark: "#17191b",
            role.Shadow: "#0c0d0e", role.Accent: "#4c8df0",
        }
        if dark
        else {
            role.Window: "#f3f4f5", role.WindowText: "#1c1f23", role.Base: "#ffffff", role.AlternateBase: "#f6f7f9",
            role.Text: "#1c1f23", role.Button: "#fbfbfc", role.ButtonText: "#1c1f23", role.BrightText: "#ffffff",
            role.Highlight: "#1f6feb", role.HighlightedText: "#ffffff", role.Link: "#0a58ca",
            role.ToolTipBase: "#ffffff", role.ToolTipText: "#1c1f23", role.PlaceholderText: "#737a83",
            role.Light: "#ffffff", role.Midlight: "#f3f4f6", role.Mid: "#c3c7cc", role.Dark: "#a3a8ae",
            role.Shadow: "#70757b", role.Accent: "#1f6feb",
        }
    )  # fmt: skip
    palette = QPalette()
    for colour_role, name in colours.items():
        palette.setColor(colour_role, QColor(name))
    faint = QColor("#7a8089" if dark else "#9aa0a7")
    for colour_role in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        palette.setColor(QPalette.ColorGroup.Disabled, colour_role, faint)
    return palette
