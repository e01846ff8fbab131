"""Failures that come from the system the engine runs on, and from how it was installed."""

from __future__ import annotations

import re

from engine.engine_errors import (
    EngineBroken,
    EngineCrashed,
    EngineNotPermitted,
    EngineStalled,
    LaunchUnavailable,
    PortTaken,
)
from engine.errors import DiglotError, DiskFull
from engine.server.cause_rule import AGAIN, MAIN_MEMORY_FULL, SET_UP, Rank, Rule, always, quoting, rule
from engine.server.log_lines import showable

NAMED_FLAGS = 5
SHARED_MEMORY = "/dev/shm"  # noqa: S108 - a name that is only shown and looked for

_PATH = r"(?:: ['\"](?P<path>[^'\"\n]{1,1000})['\"])?"


def shared_memory_full() -> DiglotError:
    """Say that the memory which processes share is full: a drive by its looks, and none to a person."""
    return DiskFull(SHARED_MEMORY, detail="the memory that processes share, not a drive")


def _disk_full(match: re.Match[str]) -> DiglotError:
    path = match["path"] or ""
    return shared_memory_full() if path.startswith(SHARED_MEMORY) else DiskFull(showable(path, most=80))


def _not_permitted(match: re.Match[str]) -> DiglotError:
    return EngineNotPermitted(showable(match["path"] or "", most=80))


def _module_missing(match: re.Match[str]) -> DiglotError:
    return EngineBroken(detail=f"{match['name'].partition('.')[0]} is missing", remedy=SET_UP)


def _library_missing(match: re.Match[str]) -> DiglotError:
    return EngineBroken(detail=f"{match['name']} is missing", remedy=SET_UP)


def _flags_unknown(match: re.Match[str]) -> DiglotError:
    flags = re.findall(r"(?<!\S)--[a-z][\w-]{0,60}", match["rest"])[:NAMED_FLAGS]
    return EngineBroken(detail=f"this version does not know {', '.join(flags) or 'an argument'}", remedy=SET_UP)


def _flag_refused(match: re.Match[str]) -> DiglotError:
    return EngineBroken(detail=f"this version does not take what {match['name']} says", remedy=SET_UP)


def _system_too_old(match: re.Match[str]) -> DiglotError:
    return LaunchUnavailable(detail=f"this system's C library is older than {match['name']}")


_RAM = always(EngineCrashed, MAIN_MEMORY_FULL)
_BROKEN = quoting(EngineBroken, remedy=SET_UP)
_GONE = always(EngineBroken, "vLLM is not there", SET_UP)
_NOT_HERE = quoting(LaunchUnavailable)
_NO_COMPILER = always(LaunchUnavailable, "it needs a C compiler, and there is none")
_NO_HEADERS = always(LaunchUnavailable, "it needs the headers of Python, and they are not there")
_NO_NVCC = always(LaunchUnavailable, "it wants to compile for the card, and nvcc is not there")
_NO_NINJA = always(LaunchUnavailable, "it wants to compile for the card, and ninja is not there")

SYSTEM_RULES: tuple[Rule, ...] = (
    # The computer's memory
    rule("DefaultCPUAllocator", _RAM, r"DefaultCPUAllocator: (?:can't allocate|not enough) memory"),
    rule("[Errno 12]", _RAM),
    rule("std::bad_alloc", _RAM),
    rule("MemoryError", _RAM, r"^(?:\w{1,60}\.)?_?(?:Array)?MemoryError\b", rank=Rank.BROAD),
    rule("Killed", _RAM, r"^Killed\.?$|Out of memory: Killed process", rank=Rank.BROAD),
    # Its address
    rule("ddress already in use", always(PortTaken, remedy=AGAIN), r"[Aa]ddress already in use"),
    rule("EADDRINUSE", always(PortTaken, remedy=AGAIN)),
    rule("WinError 10048", always(PortTaken, remedy=AGAIN)),
    rule("while attempting to bind on address", always(PortTaken, remedy=AGAIN), rank=Rank.BROAD),
    # Its drives
    rule("No space left on device", _disk_full, rf"No space left on device{_PATH}"),
    rule("Disk quota exceeded", _disk_full, rf"Disk quota exceeded{_PATH}"),
    rule("insufficient shared memory (shm)", lambda match: shared_memory_full()),
    # What it forbids
    rule("[Errno 13]", _not_permitted, rf"\[Errno 13\] Permission denied{_PATH}", rank=Rank.BROAD),
    rule("[Errno 1]", _not_permitted, rf"\[Errno 1\] Operation not permitted{_PATH}", rank=Rank.BROAD),
    rule("Permission denied (os error 13)", always(EngineNotPermitted), rank=Rank.BROAD),
    rule("bwrap: ", quoting(EngineNotPermitted), r"^bwrap: [^\n]{1,120}", rank=Rank.BROAD),
    # What it lacks
    rule("GLIBC", _system_too_old, r"version [`'](?P<name>GLIBC(?:XX)?_[\d.]{1,12})' not found"),
    rule("Failed to find C compiler", _NO_COMPILER),
    rule("Python.h", _NO_HEADERS, r"fatal error: Python\.h: No such file"),
    rule("nvcc", _NO_NVCC, r"Could not find nvcc|nvcc: not found|nvcc not found at|directory: '[^'\n]{0,200}nvcc'"),
    rule("inja", _NO_NINJA, r"Ninja is required to load|directory: '[^'\n]{0,200}ninja'"),
    rule("docker: ", _NOT_HERE, r"^docker: (?P<name>[^\n]{1,160})", rank=Rank.BROAD),
    rule("Docker daemon", _NOT_HERE, r"Cannot connect to the Docker daemon|connect to the Docker daemon socket"),
    rule("could not select device driver", _NOT_HERE, rank=Rank.ROOT),
    rule("nvidia-container-cli: ", _NOT_HERE, r"nvidia-container-cli: [^\n]{1,120}"),
    rule("CDI devices", _NOT_HERE, r"unresolvable CDI devices [^\n]{1,80}"),
    rule("image not known", _NOT_HERE, r"[\w./:-]{1,120}: image not known"),
    rule("There is no distribution with the supplied name", _NOT_HERE),
    rule("Windows Subsystem for Linux", _NOT_HERE, r"Windows Subsystem for Linux (?:is not|has no) installed"),
    # How it was installed
    rule("No module named", _GONE, r"No module named '?vllm(?:\.entrypoints[\w.]{0,80})?(?![\w.])"),
    rule("No package metadata was found for", _GONE, r"No package metadata was found for vllm\b"),
    rule("No module named", _module_missing, r"\bNo module named '(?P<name>[\w.]{1,120})'", rank=Rank.BROAD),
    rule(
        "cannot open shared object file",
        _library_missing,
        r"\b(?!libcuda\.so)(?P<name>lib[\w.+-]{1,80}\.so[\w.]{0,20}): cannot open shared object file",
        rank=Rank.BROAD,
    ),
    rule("undefined symbol", _BROKEN, r"undefined symbol: [\w.]{1,160}", rank=Rank.BROAD),
    rule("cannot import name", _BROKEN, r"cannot import name '[\w.]{1,120}' from '[\w.]{1,120}'", rank=Rank.BROAD),
    rule("Torch not compiled with CUDA enabled", always(EngineBroken, "its torch knows no CUDA", SET_UP)),
    rule("Python version mismatch", _BROKEN, r"Python version mismatch: [^\n]{1,160}"),
    rule("init_fs_encoding", always(EngineBroken, "its Python does not start", SET_UP)),
    rule("bad interpreter", always(EngineBroken, "its Python is not there", SET_UP)),
    rule("unrecognized arguments", _flags_unknown, r"error: unrecognized arguments: (?P<rest>[^\n]{1,2000})"),
    rule("error: argument", _flag_refused, r"error: argument (?P<name>--[a-z][\w-]{0,60})"),
    rule("supported on current platform", _BROKEN, r"(?P<name>[\w -]{1,60} not supported on current platform)"),
    rule("AF_UNIX path too long", always(EngineCrashed, "the path of its socket is too long")),
    # It waited for itself in vain
    rule("Timed out waiting for engine core", always(EngineStalled, "it gave itself up", AGAIN), rank=Rank.BROAD),
    rule("Did not receive response from front-end", always(EngineStalled, "it gave itself up", AGAIN), rank=Rank.BROAD),
)
