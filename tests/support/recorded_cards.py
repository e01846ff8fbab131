# ruff: noqa: N802, N815 - the names are pynvml's
"""Machines with graphics cards, played back: objects with those functions of `pynvml` that we ask.

The numbers are what NVML tells of such cards. They were written down, not taken from live ones here; what only a real
card can show is measured in `tests/gpu`.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pynvml

MIB = 1 << 20
GIB = 1 << 30

NOBODY = 4_200_000_000
"""Process numbers from here on are larger than any system gives, so that none of them is one of this machine."""


@dataclass
class Used:
    """A program on a card. `mib` is None where the system does not say."""

    pid: int
    mib: int | None
    draws: bool = False
    calculates: bool = True


@dataclass
class RecordedCard:
    """One card. `error` is what every question about it is answered with."""

    name: str
    total_mib: int
    reserved_mib: int
    free_mib: int
    capability: tuple[int, int] = (8, 9)
    users: list[Used] = field(default_factory=list)
    uuid: str = ""
    mig: bool | None = None  # None: it cannot be divided
    error: int = 0


class RecordedMachine:
    """What `pynvml` would be on that machine."""

    NVMLError = pynvml.NVMLError
    NVMLLibraryMismatchError = pynvml.NVMLLibraryMismatchError
    nvmlMemory_v2 = pynvml.nvmlMemory_v2

    def __init__(
        self,
        *cards: RecordedCard,
        driver: str = "580.95.05",
        cuda: int = 13000,
        init_error: int = 0,
        names: dict[int, str | bytes] | None = None,
        lacks: tuple[str, ...] = (),
        hangs: threading.Event | None = None,
    ) -> None:
        """Set it up. `lacks` are functions that its driver's library does not have; it `hangs` until the event."""
        self.cards = cards
        self.open = 0  # how often it was opened and not closed
        self._driver, self._cuda, self._init_error = driver, cuda, init_error
        self._names = names or {}
        self._lacks = lacks
        self._hangs = hangs

    def nvmlInit(self) -> None:
        if self._hangs is not None:
            self._hangs.wait()
        self._fail(self._init_error)
        self.open += 1

    def nvmlShutdown(self) -> None:
        self.open -= 1

    def nvmlSystemGetDriverVersion(self) -> str:
        return self._driver

    def nvmlSystemGetCudaDriverVersion_v2(self) -> int:
        self._needs("nvmlSystemGetCudaDriverVersion_v2")
        return self._cuda

    def nvmlSystemGetProcessName(self, pid: int) -> str:
        if pid not in self._names:
            self._fail(pynvml.NVML_ERROR_NOT_FOUND)
        name = self._names[pid]
        return name.decode() if isinstance(name, bytes) else name

    def nvmlDeviceGetCount(self) -> int:
        return len(self.cards)

    def nvmlDeviceGetHandleByIndex(self, index: int) -> RecordedCard:
        return self._asked(self.cards[index])

    def nvmlDeviceGetUUID(self, handle: RecordedCard) -> str:
        return self._asked(handle).uuid or f"GPU-{self.cards.index(handle)}"

    def nvmlDeviceGetName(self, handle: RecordedCard) -> str:
        return self._asked(handle).name

    def nvmlDeviceGetMemoryInfo(self, handle: RecordedCard, version: int | None = None) -> Any:
        card = self._asked(handle)
        told = {"total": card.total_mib * MIB, "free": card.free_mib * MIB}
        if version is None:
            return SimpleNamespace(**told)
        assert version == pynvml.nvmlMemory_v2
        self._needs("nvmlDeviceGetMemoryInfo_v2")
        return SimpleNamespace(**told, reserved=card.reserved_mib * MIB)

    def nvmlDeviceGetCudaComputeCapability(self, handle: RecordedCard) -> tuple[int, int]:
        self._needs("nvmlDeviceGetCudaComputeCapability")
        return self._asked(handle).capability

    def nvmlDeviceGetMigMode(self, handle: RecordedCard) -> list[int]:
        card = self._asked(handle)
        if card.mig is None:
            self._fail(pynvml.NVML_ERROR_NOT_SUPPORTED)
        return [int(bool(card.mig))] * 2

    def nvmlDeviceGetComputeRunningProcesses(self, handle: RecordedCard) -> list[Any]:
        return self._users(handle, "calculates")

    def nvmlDeviceGetGraphicsRunningProcesses(self, handle: RecordedCard) -> list[Any]:
        return self._users(handle, "draws")

    def _users(self, handle: RecordedCard, kind: str) -> list[Any]:
        if "processes" in self._lacks:
            self._fail(pynvml.NVML_ERROR_NOT_SUPPORTED)
        if "processes_v3" in self._lacks:
            raise self.NVMLLibraryMismatchError
        return [
            SimpleNamespace(pid=each.pid, usedGpuMemory=None if each.mib is None else each.mib * MIB)
            for each in self._asked(handle).users
            if getattr(each, kind)
        ]

    def _asked(self, card: RecordedCard) -> RecordedCard:
        self._fail(card.error)
        return card

    def _needs(self, function: str) -> None:
        if function in self._lacks:
            self._fail(pynvml.NVML_ERROR_FUNCTION_NOT_FOUND)

    def _fail(self, code: int) -> None:
        if code:
            raise pynvml.NVMLError(code)


DESKTOP, BROWSER, CAD, GAME, OURS = (NOBODY + each for each in range(5))
NAMES: dict[int, str | bytes] = {
    DESKTOP: "/usr/bin/gnome-shell",
    BROWSER: "/usr/lib/firefox/firefox",
    CAD: "/opt/cad/bin/cad",
    GAME: "C:\\Games\\game.exe",
    OURS: "/home/ann/.local/share/diglot/engine/bin/python3.12",
}
_DESK = Used(DESKTOP, 180, draws=True, calculates=False)


def laptop_8() -> RecordedMachine:
    """A laptop with 8 GB, nothing but the desktop on it."""
    card = RecordedCard("NVIDIA GeForce RTX 4060 Laptop GPU", 8188, 225, 7560, users=[_DESK])
    return RecordedMachine(card, names=NAMES)


def office_12() -> RecordedMachine:
    """12 GB, with a browser open."""
    users = [_DESK, Used(BROWSER, 610, draws=True)]
    return RecordedMachine(RecordedCard("NVIDIA GeForce RTX 4070", 12282, 282, 11010, users=users), names=NAMES)


def office_16() -> RecordedMachine:
    """16 GB."""
    return RecordedMachine(
        RecordedCard("NVIDIA RTX 2000 Ada Generation", 16380, 388, 15600, users=[_DESK]), names=NAMES
    )


def workstation_24() -> RecordedMachine:
    """24 GB."""
    return RecordedMachine(RecordedCard("NVIDIA GeForce RTX 4090", 24564, 354, 23800, users=[_DESK]), names=NAMES)


def workstation_48() -> RecordedMachine:
    """48 GB."""
    return RecordedMachine(
        RecordedCard("NVIDIA RTX 6000 Ada Generation", 49140, 619, 48200, users=[_DESK]), names=NAMES
    )


def cad_at_work() -> RecordedMachine:
    """24 GB, nearly all of it taken by a CAD program, which calculates and draws."""
    users = [_DESK, Used(CAD, 20500, draws=True)]
    return RecordedMachine(RecordedCard("NVIDIA GeForce RTX 4090", 24564, 354, 3300, users=users), names=NAMES)


def two_cards() -> RecordedMachine:
    """An old card for the screens and a large one for work."""
    return RecordedMachine(
        RecordedCard("Quadro P2000", 5059, 60, 4500, capability=(6, 1), users=[_DESK]),
        RecordedCard("NVIDIA RTX A5000", 24564, 361, 24200, capability=(8, 6)),
        names=NAMES,
    )


def wsl() -> RecordedMachine:
    """WSL2: the programs of Windows are not told, and the newer memory call is not there."""
    card = RecordedCard("NVIDIA GeForce RTX 3060", 12288, 0, 10900, capability=(8, 6))
    return RecordedMachine(card, driver="581.29", lacks=("processes", "nvmlDeviceGetMemoryInfo_v2"))


def windows() -> RecordedMachine:
    """Windows with its own driver model: programs by name, but not what each of them has."""
    users = [Used(GAME, None, draws=True, calculates=False), Used(CAD, None)]
    return RecordedMachine(RecordedCard("NVIDIA GeForce RTX 3080", 10240, 190, 8000, users=users), names=NAMES)
