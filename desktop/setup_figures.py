"""The figures of the setup in words: how far a copy is, what a release, a kit or a model is, what a check found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from desktop.engine_figures import gib, time_words
from desktop.setup_words import sentences
from desktop.words import QT_TRANSLATE_NOOP

if TYPE_CHECKING:
    from engine.server.cards import Card
    from engine.server.state import ServerStatus
    from engine.setup.kit import Kit
    from engine.setup.model import ModelInfo
    from engine.setup.progress import CopyProgress
    from engine.setup.releases import Ran, Release

MIB = 1 << 20
CHECK_PAGES = 12
"""How many known pages there are; more are never read at once by the self-check."""

TABLE_WORDS: tuple[str, ...] = (
    QT_TRANSLATE_NOOP("releases", "right with the plug-in, wrong without"),
    QT_TRANSLATE_NOOP(
        "releases", "it cannot start HunyuanOCR: “Expected 4 multimodal RoPE channels” (vLLM issue 55140)"
    ),
)
"""What the table of releases says in words: results of self-checks, and why a release is refused."""


# -- how far it is


def size_words(size: int) -> str:
    """Write bytes with as much as matters: “5.2 GiB”, “340 MiB”."""
    return gib(size) if size >= 1 << 30 else f"{size / MIB:.0f} MiB"


def progress_words(progress: CopyProgress) -> str:
    """Say how many bytes of how many, and how long it still takes."""
    if progress.total_bytes <= 0:
        return size_words(progress.done_bytes) if progress.done_bytes > 0 else ""
    parts = [
        _say("{done} of {total}").format(done=size_words(progress.done_bytes), total=size_words(progress.total_bytes)),
        f"{percent(progress)} %",
    ]
    if progress.seconds_left is not None:
        parts.append(_say("about {time} left").format(time=time_words(progress.seconds_left)))
    return " · ".join(parts)


def percent(progress: CopyProgress) -> int:
    """Return how far it is, never 100 before its end."""
    if progress.done_bytes >= progress.total_bytes:
        return 100
    return min(99, progress.done_bytes * 100 // progress.total_bytes)


# -- engines, kits and models


def ran_words(ran: Ran) -> str:
    """Say on what a release was really run, when, and what the self-check said."""
    from engine.setup.releases import Where

    if ran.where is Where.NEVER:
        return _say("not yet")
    words = _say("on a card, {date}: {result}") if ran.where is Where.GPU else _say("on a processor, {date}: {result}")
    return words.format(date=ran.date, result=table_words(ran.self_check))


def table_words(text: str) -> str:
    """Return what the table of releases says, in the person's language where it is one of its known sentences."""
    return QCoreApplication.translate("releases", text) if text else ""


def needs_words(release: Release) -> str:
    """Say what a release needs to run."""
    if release.min_driver:
        return _say("driver {version}").format(version=release.min_driver)
    return _say("a processor")


def why_not(release: Release, card: Card | None) -> str:
    """Say why a release cannot be installed for this card, "" where it can. Without a card only a refusal counts."""
    from engine.setup.releases import numbers

    if release.refused:
        return _say("This version is not offered: {reason}.").format(reason=table_words(release.refused))
    if card is None or not release.min_driver:
        return ""
    if card.driver and numbers(card.driver) < numbers(release.min_driver):
        words = _say("This version needs the driver {needed} or a newer one; here it is {driver}.")
        return words.format(needed=release.min_driver, driver=card.driver)
    if card.capability > (0, 0) and card.capability < numbers(release.min_capability):
        return _say("This version cannot use this card.")
    return ""


def release_words(release: Release, *, recommended: bool) -> str:
    """Say what there is to know of a release before it is installed."""
    from engine.setup.releases import Where

    parts = [_say("Recommended for this computer.")] if recommended else []
    if release.ran.where is Where.NEVER:
        parts.append(_say("It has not been run by us yet; the self-check shows whether it reads rightly here."))
    if release.needs_plugin:
        parts.append(_say("Diglot adds its plug-in that keeps pages apart."))
    return sentences(*parts)


def network_words(release: Release) -> str:
    """Say that installing this from the index uses the network, and how much it takes."""
    words = _say("This uses the network: about {download} are loaded, and take {disk} on the disk.")
    return words.format(download=size_words(release.download_bytes), disk=size_words(release.installed_bytes))


def kit_words(kit: Kit, release: Release | None) -> str:
    """Say what a kit is, in two lines."""
    name = f"vLLM {release.version}" if release is not None else kit.release
    cuda = f", CUDA {kit.cuda}" if kit.cuda else ""
    first = _say("{engine}{cuda}, Python {python}, for {platform}").format(
        engine=name, cuda=cuda, python=kit.python, platform=kit.platform
    )
    second = _say("{size}, made on {date}").format(size=size_words(kit.bytes), date=kit.made)
    return f"{first}\n{second}"


def fingerprint_words(kit: Kit) -> str:
    """Return the beginning of a kit's fingerprint, as two people would compare it."""
    digits = kit.fingerprint[:16]
    return " ".join(digits[place : place + 4] for place in range(0, len(digits), 4))


def model_words(model: ModelInfo) -> str:
    """Say what a model is."""
    draft = _say("with draft model") if model.draft is not None else _say("without draft model")
    return f"{model.name}, {size_words(model.size_bytes)}, {draft}"


def draft_words(model: ModelInfo) -> str:
    """Say whether a model has a draft beside it, and what that is."""
    if model.draft is not None:
        return _say("With the small draft model beside it, which can make reading faster.")
    return _say("Without the small draft model, which is not needed.")


# -- the self-check


def check_words(status: ServerStatus, planned: int) -> str:
    """Say what the self-check of the running engine found; "" where there was none.

    Args:
        status: The engine's.
        planned: How many pages at once were planned before it.
    """
    asked = max(1, status.pages_at_once)
    if status.checked is None:
        return ""
    if status.checked:
        tried = min(asked, CHECK_PAGES)
        if tried == 1:
            return _say("The known pages were read rightly, one after the other.")
        return QCoreApplication.translate("setup", "%n page(s) at once were read rightly.", "", tried)
    if planned <= 1:
        return _say("The known pages were not read rightly. Do not trust this engine; install another version.")
    if asked == 1:
        return _say("Pages were mixed up when several were read at once, so Diglot reads one after the other.")
    words = _say("Pages were mixed up at {planned} at once; {asked} at once are right, so Diglot asks for {asked}.")
    return words.format(planned=min(planned, CHECK_PAGES), asked=asked)


def _say(text: str) -> str:
    return QCoreApplication.translate("setup", text)
