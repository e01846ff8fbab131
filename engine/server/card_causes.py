"""Failures that come from the graphics card: its memory, its driver, its absence."""

from __future__ import annotations

import re

from engine.engine_errors import (
    CardLost,
    CudaMissing,
    DriverTooOld,
    EngineCrashed,
    NoFittingRelease,
    NotEnoughMemory,
    PageTooLongForMemory,
    Remedy,
    RemedyKind,
)
from engine.errors import DiglotError
from engine.server.cause_rule import AGAIN, SET_UP, Rank, Reads, Rule, always, quoting, rule
from engine.server.log_lines import showable

GIB = 1 << 30
RESERVE_BYTES = 256 << 20
"""Kept back of what is free when a budget is offered: the desktop takes a little more now and then."""
LEAST_BUDGET_BYTES = 2 * GIB
"""Less is not offered: the weights alone take 1.9 GiB."""

_UNITS = {"bytes": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": GIB, "TiB": 1 << 40}
_N = r"-?\d{1,12}(?:\.\d{1,6})?"
_SIZE = rf"({_N}) (bytes|[KMGT]iB)"
_CUDA_ERROR = r"CUDA (?:driver )?[Ee]rror: "
_LOST = "unspecified launch failure|the launch timed out and was terminated|uncorrectable ECC error|unknown error"
_CRASHED = "an illegal memory access|device-side assert triggered|misaligned address|an illegal instruction"


def gib(size: int) -> str:
    """Write a size as people know it from the panel."""
    return f"{size / GIB:.1f} GiB" if size * 10 >= GIB else f"{size >> 20} MiB"


def budget_within(free_bytes: int) -> Remedy | None:
    """Offer the largest budget, in steps of 0.1 GiB, that fits into what is free; None where it would be of no use."""
    tenths = (free_bytes - RESERVE_BYTES) * 10 // GIB
    size = tenths * GIB // 10
    return Remedy(RemedyKind.USE_BUDGET, size) if size >= LEAST_BUDGET_BYTES else None


def _too_little_free(match: re.Match[str]) -> DiglotError:
    free, total, wanted = (_gib_told(match[name]) for name in ("free", "total", "wanted"))
    detail = f"{gib(free)} of {gib(total)} are free, {gib(wanted)} were asked for"
    return NotEnoughMemory(detail=detail, remedy=budget_within(free))


def _out_of_memory(match: re.Match[str]) -> DiglotError:
    text = match.string
    tried = _size_told(rf"Tried to allocate {_SIZE}", text)
    free = _size_told(rf"of which {_SIZE} is free", text)
    own = _size_told(rf"this process has {_SIZE} memory in use", text)
    total = _size_told(rf"total capacity of {_SIZE}", text)
    if own is not None and total is not None and own > total:
        own = None  # on WSL the driver does not know, and says so with a number
    parts = [
        f"{gib(size)} {what}"
        for size, what in ((tried, "more were needed"), (free, "were free"), (own, "were held by the engine"))
        if size is not None
    ]
    fits = None if tried is None or free is None or own is None else own + free - tried
    return NotEnoughMemory(detail=", ".join(parts), remedy=None if fits is None else budget_within(fits))


def _too_long(match: re.Match[str]) -> DiglotError:
    text = match.string
    detail = f"{match['wanted']} tokens"
    if needed := re.search(rf"\(({_N}) GiB KV", text):
        detail += f" take {gib(_gib_told(needed[1]))}"
    if there := re.search(rf"available KV cache memory \(({_N}) GiB\)", text):
        detail += f", {gib(_gib_told(there[1]))} are left for pages"
    longest = re.search(r"estimated maximum model length is (\d{1,9})", text)
    return PageTooLongForMemory(detail=detail, remedy=_length(longest[1] if longest else "0"))


def _too_many_tokens(match: re.Match[str]) -> DiglotError:
    detail = f"{match['wanted']} tokens, there is room for {match['room']}"
    return PageTooLongForMemory(detail=detail, remedy=_length(match["room"]))


def _driver_too_old(match: re.Match[str]) -> DiglotError:
    found = re.search(r"found version (\d{1,3})0(\d)0\b", match.string)  # 12040 is 12.4
    return DriverTooOld(detail=f"it knows CUDA up to {found[1]}.{found[2]}" if found else "", remedy=SET_UP)


def _card_too_old(match: re.Match[str]) -> DiglotError:
    version = match["version"]
    if "." not in version:
        version = f"{version[:-1]}.{version[-1]}"
    name = match["name"].strip()
    return NoFittingRelease(detail=showable(f"{name} has compute capability {version}", most=120))


def _gib_told(number: str) -> int:
    return max(0, round(float(number) * GIB))


def _size_told(pattern: str, text: str) -> int | None:
    match = re.search(pattern, text)
    return max(0, round(float(match[1]) * _UNITS[match[2]])) if match else None


def _length(tokens: str) -> Remedy | None:
    return Remedy(RemedyKind.USE_LENGTH, int(tokens)) if int(tokens) > 0 else None


_UPDATED = always(CudaMissing, "the driver was updated, and not started anew")

CARD_RULES: tuple[Rule, ...] = (
    # Memory. vLLM on the processor says the same of the computer's.
    rule(
        "on startup is less than",
        _too_little_free,
        rf"\((?P<free>{_N})/(?P<total>{_N}) GiB\) on startup is less than [^(]{{1,120}}"
        rf"\([\d.]{{1,12}}, (?P<wanted>{_N}) GiB\)",
    ),
    rule(
        "on kv cache allocation is less than",
        _too_little_free,
        rf"\((?P<free>{_N})/(?P<total>{_N}) GiB\) on kv cache allocation is less than [^(]{{1,120}}"
        rf"\((?P<wanted>{_N})(?:/{_N})? GiB\)",
    ),
    rule("out of memory", _out_of_memory, r"CUDA (?:driver )?(?:[Ee]rror: )?out of memory"),
    rule("OutOfMemoryError", _out_of_memory, r"\btorch\.(?:cuda\.)?OutOfMemoryError\b"),
    rule("_STATUS_ALLOC_FAILED", _out_of_memory),
    rule("not enough GPU memory", _out_of_memory),
    rule(
        "No available memory for the cache blocks",
        always(NotEnoughMemory, "weights and vision alone take all that the engine was given"),
    ),
    rule("max seq len", _too_long, r"max seq len \((?P<wanted>\d{1,9})\), \("),
    rule(
        "stored in KV cache",
        _too_many_tokens,
        r"max seq len \((?P<wanted>\d{1,9})\) is larger than the maximum number of tokens that can be stored in KV "
        r"cache \((?P<room>\d{1,9})\)",
    ),
    rule(
        "greater than the derived max_model_len",
        _too_many_tokens,
        r"max_model_len \((?P<wanted>\d{1,9})\) is greater than the derived max_model_len "
        r"\([a-z_]{1,40}=(?P<room>\d{1,9})",
    ),
    rule(
        "Error in memory profiling",
        always(EngineCrashed, "another program gave graphics memory back while it was being measured", AGAIN),
    ),
    # The driver is older than the engine
    rule("NVIDIA driver on your system is too old", _driver_too_old, reads=Reads.ALL),
    rule("forward compatibility was attempted on non supported HW", _driver_too_old, reads=Reads.ALL),
    rule("CUDA driver version is insufficient", _driver_too_old, reads=Reads.ALL),
    rule("cudaErrorInsufficientDriver", _driver_too_old),
    rule("PTX was compiled with an unsupported toolchain", _driver_too_old),
    # The card is older, or newer, than the engine
    rule(
        "is not compatible with the current",
        _card_too_old,
        r"(?P<name>[^.\n]{1,80}) with CUDA capability sm_(?P<version>\d{2,3}) is not compatible with the current",
        reads=Reads.ALL,
    ),
    rule(
        "compute capability of at least",
        _card_too_old,
        r"compute capability of at least \d\.\d\. Your (?P<name>.{1,80}) GPU has compute capability "
        r"(?P<version>\d{1,2}\.\d)",
    ),
    rule("no kernel image is available", always(NoFittingRelease, "it was not built for this card")),
    # The card cannot be reached
    rule("Driver/library version mismatch", _UPDATED, reads=Reads.ALL),
    rule("unsupported display driver / cuda driver combination", _UPDATED, reads=Reads.ALL),
    rule("Found no NVIDIA driver on your system", always(CudaMissing, "no NVIDIA driver is loaded"), reads=Reads.ALL),
    rule(
        "busy or unavailable",
        always(CudaMissing, "another program has the card to itself"),
        r"CUDA[^\n]{1,40} busy or unavailable",
    ),
    rule("CUDA unknown error", always(CudaMissing, "the driver reports an unknown error"), reads=Reads.ALL),
    rule("no CUDA-capable device is detected", always(CudaMissing, "the driver shows no card"), reads=Reads.ALL),
    rule("invalid device ordinal", always(CudaMissing, "the chosen card is not there")),
    rule("system not yet initialized", always(CudaMissing, "the driver is not ready yet")),
    rule(
        "libcuda.so",
        always(CudaMissing, "libcuda.so was not found"),
        r"libcuda\.so[.\d]{0,8}: cannot open shared object",
        rank=Rank.CONSEQUENCE,
        reads=Reads.ALL,
    ),
    rule(
        "NVML",
        always(CudaMissing, "the driver's NVML library was not found"),
        "NVML Shared Library Not Found|NVMLError_LibraryNotFound",
        rank=Rank.CONSEQUENCE,
    ),
    rule("No CUDA GPUs are available", always(CudaMissing, "torch sees no card"), rank=Rank.CONSEQUENCE),
    rule("Failed to infer device type", always(CudaMissing, "vLLM sees no card"), rank=Rank.CONSEQUENCE),
    # It went away, or the engine fell over on it
    rule("Xid", quoting(CardLost, most=80), r"\bXid\b[^\n]{0,60}", reads=Reads.ALL),
    rule("GPU is lost", always(CardLost), reads=Reads.ALL),
    rule("NVMLError_GpuIsLost", always(CardLost)),
    rule("fallen off the bus", always(CardLost), reads=Reads.ALL),
    rule("CUDA", quoting(CardLost), rf"{_CUDA_ERROR}(?P<name>{_LOST})"),
    rule("CUDA", quoting(EngineCrashed), rf"{_CUDA_ERROR}(?:{_CRASHED})"),
)
