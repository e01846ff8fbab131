"""What is known of the graphics cards: memory, who uses it, whether the engine can run there, or why there is none."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from engine.engine_errors import CardLost, EngineError, EngineNotPermitted, NoCard


class Reason(StrEnum):
    """Why there is no card. A front puts it into words; `error_of` has them for an error."""

    NONE = ""  # there is one
    NO_LIBRARY = "no library"  # the driver's library is not installed: no NVIDIA driver at all
    NO_DRIVER = "no driver"  # installed, but not running
    NO_CARD = "no card"
    CARD_LOST = "card lost"  # fell off the bus, or was switched off
    DRIVER_RESET = "driver reset"  # the card must be reset, or just was
    DRIVER_CHANGED = "driver changed"  # updated, and the old one still runs
    NOT_PERMITTED = "not permitted"
    NO_ANSWER = "no answer"  # the driver did not say anything in time
    UNKNOWN = "unknown"


class CardFit(StrEnum):
    """Whether the engine can use a card. What is not `GOOD` is for the setup to refuse or to warn of."""

    GOOD = "good"
    NO_BF16 = "no bf16"  # older than Ampere: the weights would have to be converted, which nobody has tried
    SPLIT = "split"  # divided by MIG; its slices are cards of their own, and the whole cannot be used
    UNKNOWN = "unknown"  # it does not say


@dataclass(frozen=True, slots=True)
class GpuProcess:
    """A program that uses a card. `bytes` is None where the system does not say, as in WSL and on most Windows."""

    pid: int
    name: str  # "" where it cannot be found out
    bytes: int | None


@dataclass(frozen=True, slots=True)
class Card:
    """A card that answers. `total_bytes` is what programs can have of it, without what the driver keeps."""

    uuid: str
    name: str
    index: int
    total_bytes: int
    free_bytes: int
    driver: str  # "580.95.05"
    cuda: str  # the newest that the driver can do: "13.0"
    capability: tuple[int, int]  # (0, 0) where it is not known
    processes: tuple[GpuProcess, ...] = ()
    fit: CardFit = CardFit.GOOD

    @property
    def used_bytes(self) -> int:
        """What all programs together have."""
        return self.total_bytes - self.free_bytes

    @property
    def unexplained_bytes(self) -> int:
        """What is used, but not by a program that is named: the desktop itself, or all of it where nobody says."""
        return max(0, self.used_bytes - sum(each.bytes or 0 for each in self.processes))

    def held_by(self, pids: Collection[int], *, unless_told: int = 0) -> int:
        """Return what these processes hold. Where the system does not say, `unless_told` is the best that is known."""
        ours = [each for each in self.processes if each.pid in pids]
        if not ours or any(each.bytes is None for each in ours):
            return min(unless_told, self.used_bytes)
        return min(sum(each.bytes or 0 for each in ours), self.used_bytes)


@dataclass(frozen=True, slots=True)
class SilentCard:
    """A card that is there and did not answer."""

    index: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class Survey:
    """One look at the cards. `reason` is empty where there is one that answers; `detail` is the library's own word."""

    cards: tuple[Card, ...]
    reason: Reason = Reason.NONE
    detail: str = ""
    silent: tuple[SilentCard, ...] = ()

    def card(self, uuid: str) -> Card | None:
        """Return the card of this UUID; for "", the one with the most free memory that the engine can use."""
        if uuid:
            return next((each for each in self.cards if each.uuid == uuid), None)
        fitting = [each for each in self.cards if each.fit is CardFit.GOOD] or list(self.cards)
        return max(fitting, key=lambda each: (each.free_bytes, -each.index), default=None)


def error_of(found: Survey) -> EngineError:
    """Return the error that a survey without cards amounts to."""
    kind = {
        Reason.CARD_LOST: CardLost,
        Reason.DRIVER_RESET: CardLost,
        Reason.DRIVER_CHANGED: CardLost,
        Reason.NO_ANSWER: CardLost,
        Reason.NOT_PERMITTED: EngineNotPermitted,
    }.get(found.reason, NoCard)
    return kind(detail=": ".join(each for each in (str(found.reason), found.detail) if each))
