"""What the window works out from the engine's news: what may be asked of it, and what fills a card's memory."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TYPE_CHECKING

from engine.server.state import ServerState, ServerStatus

if TYPE_CHECKING:
    from engine.server.hardware import Card
    from engine.server.plan import Plan

OTHERS_NAMED = 3
"""More programs than this are put together: their shares would be slivers."""
CRUMB_BYTES = 64 << 20
"""Less than this that nobody owns up to is the driver's own and not worth a name."""


@dataclass(frozen=True, slots=True)
class Offers:
    """What makes sense to ask of the engine now."""

    start: bool = False
    stop: bool = False
    sleep: bool = False
    wake: bool = False
    check: bool = False


def offers(status: ServerStatus, *, checking: bool = False) -> Offers:
    """Return what makes sense in a state; while a self-check runs, nothing but stopping does."""
    match status.state:
        case ServerState.STOPPED | ServerState.FAILED:
            return Offers(start=True)
        case ServerState.STARTING:
            return Offers(stop=True)
        case ServerState.READY:
            return Offers(stop=True, sleep=not checking and not status.remote, check=not checking)
        case ServerState.ASLEEP:
            return Offers(stop=True, wake=True)
        case _:
            return Offers()


class Part(Enum):
    """What a share of the memory is for."""

    WEIGHTS = auto()
    VISION = auto()
    WORKING = auto()
    PAGES = auto()
    SPARE = auto()
    FREE = auto()
    OTHERS = auto()


@dataclass(frozen=True, slots=True)
class Share:
    """A stretch of the card's memory; `name` says whose it is where it is another program's."""

    part: Part
    bytes: int
    name: str = ""


def without_ours(card: Card, held_bytes: int, pids: Collection[int] = ()) -> Card:
    """Return the card as the next start of our engine finds it: with what it holds of it now free again."""
    others = tuple(process for process in card.processes if process.pid not in pids)
    return replace(card, free_bytes=min(card.total_bytes, card.free_bytes + held_bytes), processes=others)


def shares(plan: Plan, card: Card) -> list[Share]:
    """Return what fills the card if the engine ran by this plan: its own parts, what stays free, the others by name.

    Together they are the card's memory but for crumbs, or more than that where the plan does not fit. The card is to be
    one `without_ours`.
    """
    spare = plan.spare_bytes if plan.fits else 0  # of what does not fit, the rest would be for pages
    own = [
        Share(Part.WEIGHTS, plan.weights_bytes),
        Share(Part.VISION, plan.vision_bytes),
        Share(Part.WORKING, plan.workspace_bytes + plan.graphs_bytes),
        Share(Part.PAGES, plan.page_memory_bytes + plan.spare_bytes - spare),
        Share(Part.SPARE, spare),
    ]
    free = card.free_bytes - sum(share.bytes for share in own)
    return [*own, Share(Part.FREE, max(0, free)), *_others(card)]


def _others(card: Card) -> list[Share]:
    left, named = max(0, card.total_bytes - card.free_bytes), list[Share]()
    for process in card.processes:  # the largest first
        # One that claims more than all others together can have is ours, or is counted twice by its driver.
        if process.bytes and process.bytes <= left and len(named) < OTHERS_NAMED:
            named.append(Share(Part.OTHERS, process.bytes, process.name))
            left -= process.bytes
    if left < CRUMB_BYTES and named:
        return named
    return [*named, Share(Part.OTHERS, left, "" if named else _names(card))] if left else named


def _names(card: Card) -> str:
    names = list(dict.fromkeys(process.name for process in card.processes if process.name))
    return ", ".join([*names[:OTHERS_NAMED], "…"] if len(names) > OTHERS_NAMED else names)
