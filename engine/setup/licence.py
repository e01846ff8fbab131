"""Tencent's licence for the model: what a person is told before first use, its text, and the consent that is kept.

The model is Tencent's and not ours; we neither bring it nor may we pass over what its licence asks of whoever uses it.
"""

from __future__ import annotations

import datetime
import re
from pathlib import Path

from engine.engine_errors import LicenceNotAccepted
from engine.errors import DiglotError
from engine.setup.checkpoint import cache_root
from engine.setup.checkpoint_files import Shelf, is_text, read_whole

LICENCE = "tencent-hunyuan-community 2025-11-25"
"""The text that the consent is about, and the day it is from. A later one asks again."""
LICENCE_NAME = "Tencent Hunyuan Community License Agreement"
NOTICE = (
    "HunyuanOCR is a model by Tencent. It comes under the Tencent Hunyuan Community License Agreement of"
    " 25 November 2025, which is not an open-source licence.",
    "Diglot is not made by Tencent: Tencent is not affiliated with it, and neither sponsors nor endorses it.",
    "The licence does not apply in the European Union, the United Kingdom and South Korea: neither the model nor what"
    " it writes may be used there.",
    "The licence forbids some uses, among them military ones, improving other AI models with what it writes, and"
    " automated decisions that weigh heavily on people, such as about credit, work, health or law.",
    "What the model writes must be called machine-made where it is published. It can be wrong: check what matters.",
    "The licence itself lies in the model's folder. It is what counts; please read it before you accept it.",
)
"""What is shown before first use and in About, in this order: our own words for what matters most."""
CREDIT = "Tencent Hunyuan is licensed under the Tencent Hunyuan Community License Agreement, Copyright © 2025 Tencent."
MAX_TEXT_CHARS = 200_000
_CONSENT = re.compile(re.escape(LICENCE) + r", accepted \d{4}-\d{2}-\d{2}")


def consent(today: datetime.date) -> str:
    """Return what is kept in the settings (`EngineSettings.licence_accepted`) when a person accepts."""
    return f"{LICENCE}, accepted {today.isoformat()}"


def is_accepted(kept: str) -> bool:
    """Tell whether what is kept is a consent to the licence as it stands."""
    return _CONSENT.fullmatch(kept) is not None


def check_accepted(kept: str) -> None:
    """Raise `LicenceNotAccepted` where it is not."""
    if not is_accepted(kept):
        raise LicenceNotAccepted


def licence_text(folder: Path) -> str | None:
    """Return the licence that lies in a model's folder, a notice after it; None where there is none to be read.

    It is untrusted text like everything there: at most `MAX_TEXT_CHARS` of it, and no control characters.
    """
    shelf = Shelf(folder, root=cache_root(folder))
    names = [name for name in shelf.names() if is_text(name)]
    wanted = [name for start in ("licen", "notice") for name in names if name.lower().startswith(start)]
    texts = [text for name in wanted if (text := _text(shelf, name))]
    return "\n\n".join(texts)[:MAX_TEXT_CHARS] or None


def _text(shelf: Shelf, name: str) -> str:
    try:
        file = shelf.find(name)
        untrusted = read_whole(file).decode("utf-8", "replace") if file is not None else ""
    except DiglotError:
        return ""
    lines = untrusted.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")
    return "".join(sign for sign in lines if sign == "\n" or sign == "\t" or sign.isprintable()).strip()
