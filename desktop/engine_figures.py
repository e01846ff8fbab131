"""Figures about the engine in words: memory, tokens, times, and what a plan promises or why it does not fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

if TYPE_CHECKING:
    from engine.server.hardware import Card
    from engine.server.plan import Plan

GIB = 1 << 30
HOLDERS_NAMED = 3


def gib(size: int) -> str:
    """Write bytes as people compare them with what is printed on a card: “5.2 GiB”."""
    return f"{size / GIB:.1f} GiB"


def count_words(number: int) -> str:
    """Write a large number with a space that no line is broken at: “16 000”."""
    return f"{number:,}".replace(",", "\u00a0")


def time_words(seconds: float) -> str:
    """Write a time that is only an estimate: to five seconds, above a minute and a half to minutes."""
    if seconds < 90:
        return QCoreApplication.translate("figures", "{s} s").format(s=max(5, round(seconds / 5) * 5))
    return QCoreApplication.translate("figures", "{m} min").format(m=round(seconds / 60))


def promise(plan: Plan) -> str:
    """Say what a plan that fits gives: how many pages at once, and how long one may be."""
    return QCoreApplication.translate(
        "figures", "Reads about %n page(s) at once, pages up to {tokens} tokens.", "", plan.pages_at_once
    ).format(tokens=count_words(plan.max_tokens))


def refusal(plan: Plan, card: Card) -> str:
    """Say why a plan does not fit: too little for the engine, or more than is free, and who holds the rest."""
    if card.total_bytes < plan.least_bytes:
        words = _say("This card is too small: the engine needs at least {least}, the card has {total}.")
        return words.format(least=gib(plan.least_bytes), total=gib(card.total_bytes))
    if plan.budget_bytes < plan.least_bytes <= card.free_bytes:
        words = _say("This is too little: the engine needs at least {least}.")
        return words.format(least=gib(plan.least_bytes))
    wanted = max(plan.budget_bytes, plan.least_bytes)
    words = _say("This does not fit: {wanted} are needed and {free} are free.")
    said = words.format(wanted=gib(wanted), free=gib(card.free_bytes))
    holders = sorted(
        ((process.bytes or 0, process.name) for process in card.processes if process.name), key=lambda held: -held[0]
    )
    if holders:
        named = [f"{name} ({gib(held)})" if held else name for held, name in holders[:HOLDERS_NAMED]]
        who = _say("The card is also used by {programs}.").format(programs=", ".join(named))
        return _say("{sentence} {another}").format(sentence=said, another=who)
    return said


def _say(text: str) -> str:
    return QCoreApplication.translate("figures", text)
