"""Asks NVIDIA's management library (NVML) for the graphics cards: memory, who uses it, the driver.

No card is an answer, not an error: a `Survey` without cards says why. Asking can take seconds where the driver wakes
up, and for ever where it hangs, so the loop asks through `survey_cards`.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import ntpath
import threading
from typing import Any

from engine.server.cards import Card, CardFit, GpuProcess, Reason, SilentCard, Survey, error_of

__all__ = [
    "Card",
    "CardFit",
    "GpuProcess",
    "Reason",
    "SilentCard",
    "Survey",
    "error_of",
    "survey",
    "survey_cards",
]

log = logging.getLogger(__name__)

ANSWER_WITHIN_S = 15.0
"""A sleeping card wakes within a few seconds; a driver that takes longer is in trouble."""
BF16_FROM = (8, 0)
"""Compute capability from which a card calculates in bfloat16, as the model's weights are."""
MOST_NAME = 60


def survey(nvml: Any = None) -> Survey:
    """Look at the cards. Blocks; may take seconds.

    Args:
        nvml: What answers in the place of the module `pynvml`.
    """
    if nvml is None:
        try:
            import pynvml
        except ImportError as problem:
            return Survey((), Reason.NO_LIBRARY, str(problem))
        nvml = pynvml
    try:
        nvml.nvmlInit()
    except nvml.NVMLError as problem:
        return Survey((), _reason(problem), str(problem))
    try:
        return _look(nvml)
    except nvml.NVMLError as problem:
        return Survey((), _reason(problem), str(problem))
    finally:
        with contextlib.suppress(nvml.NVMLError):
            nvml.nvmlShutdown()


_asking = threading.Lock()


async def survey_cards(nvml: Any = None, *, within_s: float = ANSWER_WITHIN_S) -> Survey:
    """Look at the cards without ever holding up the loop, nor the program's end.

    A driver that hangs keeps the thread that asked it; it is left behind, and meanwhile nobody else asks.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Survey] = loop.create_future()

    def settle(found: Survey | BaseException) -> None:
        if answer.done():
            return
        if isinstance(found, BaseException):
            answer.set_exception(found)
        else:
            answer.set_result(found)

    def ask() -> None:
        found: Survey | BaseException
        if not _asking.acquire(timeout=within_s):
            return
        try:
            found = survey(nvml)
        except Exception as defect:
            found = defect
        finally:
            _asking.release()
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(settle, found)

    threading.Thread(target=ask, name="card-survey", daemon=True).start()  # not a pool's: those are waited for at exit
    try:
        async with asyncio.timeout(within_s):
            return await answer
    except TimeoutError:
        return Survey((), Reason.NO_ANSWER)


def _look(nvml: Any) -> Survey:
    driver = str(nvml.nvmlSystemGetDriverVersion())
    cuda = _cuda(nvml)
    cards, silent, detail = [], [], ""
    for index in range(nvml.nvmlDeviceGetCount()):
        try:
            cards.append(_card(nvml, index, driver, cuda))
        except nvml.NVMLError as problem:
            log.warning("Graphics card %d does not answer: %s", index, problem)
            silent.append(SilentCard(index, _reason(problem)))
            detail = str(problem)
    if cards:
        return Survey(tuple(cards), silent=tuple(silent))
    reason = silent[0].reason if silent else Reason.NO_CARD
    return Survey((), reason, detail, tuple(silent))


def _card(nvml: Any, index: int, driver: str, cuda: str) -> Card:
    handle = nvml.nvmlDeviceGetHandleByIndex(index)
    total, free = _memory(nvml, handle)
    capability = _capability(nvml, handle)
    return Card(
        uuid=str(nvml.nvmlDeviceGetUUID(handle)),
        name=_plain(str(nvml.nvmlDeviceGetName(handle))),
        index=index,
        total_bytes=total,
        free_bytes=free,
        driver=driver,
        cuda=cuda,
        capability=capability,
        processes=_processes(nvml, handle),
        fit=_fit(nvml, handle, capability),
    )


def _memory(nvml: Any, handle: Any) -> tuple[int, int]:
    """Return what programs can have, and what of it is free.

    The driver keeps some hundred MiB for itself. CUDA does not count them, and vLLM takes its share of what CUDA
    counts; the older call, which is all that some drivers have, counts them as used.
    """
    try:
        told = nvml.nvmlDeviceGetMemoryInfo(handle, version=nvml.nvmlMemory_v2)
        total = int(told.total) - int(told.reserved)
    except nvml.NVMLError as problem:
        if _reason(problem) is not Reason.UNKNOWN:
            raise
        told = nvml.nvmlDeviceGetMemoryInfo(handle)
        total = int(told.total)
    return total, max(0, min(int(told.free), total))


def _cuda(nvml: Any) -> str:
    try:
        number = int(nvml.nvmlSystemGetCudaDriverVersion_v2())
    except nvml.NVMLError:
        return ""
    return f"{number // 1000}.{number % 1000 // 10}"


def _capability(nvml: Any, handle: Any) -> tuple[int, int]:
    try:
        major, minor = nvml.nvmlDeviceGetCudaComputeCapability(handle)
    except nvml.NVMLError as problem:
        if _reason(problem) is not Reason.UNKNOWN:
            raise
        return (0, 0)
    return (int(major), int(minor))


def _fit(nvml: Any, handle: Any, capability: tuple[int, int]) -> CardFit:
    with contextlib.suppress(nvml.NVMLError):  # nearly every card: it cannot be divided
        if nvml.nvmlDeviceGetMigMode(handle)[0]:
            return CardFit.SPLIT
    if capability == (0, 0):
        return CardFit.UNKNOWN
    return CardFit.GOOD if capability >= BF16_FROM else CardFit.NO_BF16


def _processes(nvml: Any, handle: Any) -> tuple[GpuProcess, ...]:
    """Return who uses the card, the largest first, those that do not say last."""
    held: dict[int, int | None] = {}
    for ask in (nvml.nvmlDeviceGetComputeRunningProcesses, nvml.nvmlDeviceGetGraphicsRunningProcesses):
        # Not told in WSL, nor by old drivers, for which the library has an error of another family.
        with contextlib.suppress(nvml.NVMLError, nvml.NVMLLibraryMismatchError):
            for each in ask(handle):
                told = None if each.usedGpuMemory is None else int(each.usedGpuMemory)
                # One that calculates and draws is in both lists, each time with all that it has.
                held[int(each.pid)] = max((held.get(int(each.pid)), told), key=lambda known: known or -1)
    found = [GpuProcess(pid, _program(nvml, pid), told) for pid, told in held.items()]
    return tuple(sorted(found, key=lambda each: (each.bytes is None, -(each.bytes or 0), each.pid)))


def _program(nvml: Any, pid: int) -> str:
    import psutil

    with contextlib.suppress(psutil.Error):
        return _plain(psutil.Process(pid).name())
    with contextlib.suppress(nvml.NVMLError, UnicodeDecodeError):
        return _plain(ntpath.basename(str(nvml.nvmlSystemGetProcessName(pid))))  # takes both kinds of slashes
    return ""


def _plain(untrusted_name: str) -> str:
    """Keep of a name what can be shown in a line: any program may call itself what it likes."""
    return "".join(each for each in untrusted_name if each.isprintable())[:MOST_NAME].strip()


def _reason(problem: Any) -> Reason:
    return _REASONS.get(getattr(problem, "value", 0), Reason.UNKNOWN)


_REASONS = {  # by NVML's return codes, which never change
    4: Reason.NOT_PERMITTED,
    6: Reason.NO_CARD,  # not found
    9: Reason.NO_DRIVER,
    10: Reason.NO_ANSWER,  # timeout
    12: Reason.NO_LIBRARY,
    15: Reason.CARD_LOST,
    16: Reason.DRIVER_RESET,
    17: Reason.NOT_PERMITTED,  # the operating system, or a container, keeps the card from us
    18: Reason.DRIVER_CHANGED,
    27: Reason.DRIVER_RESET,  # not ready
    28: Reason.NO_CARD,
}
