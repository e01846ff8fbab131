"""What a helper process gives up for good before it touches anything untrusted, in bubblewrap or without it.

Bubblewrap hides the machine, but a descriptor that was handed in still leads out of it: `/proc/self/fd/N` can be opened
again for writing with the user's own rights. Landlock and a filter of system calls (seccomp) close that door: no file
is written, cut, made, removed or run, nothing of a file is changed, and there are no sockets. Both are asked of the
kernel directly; an old kernel that has one of them not is left with what else there is.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import struct

_EXECUTE, _WRITE_FILE, _REFER, _TRUNCATE = 1 << 0, 1 << 1, 1 << 13, 1 << 14
_REMOVE_AND_MAKE = sum(1 << bit for bit in range(4, 13))
_TCP = 0b11
_ABSTRACT_SOCKETS_AND_SIGNALS = 0b11
_CREATE_RULESET, _RESTRICT_SELF = 444, 446  # the same numbers on every machine
_SET_NO_NEW_PRIVS, _SET_SECCOMP, _FILTER = 38, 22, 2

_COMMON = {
    "io_uring_setup": 425,  # its work is not seen by a filter
    "fchmodat2": 452,
    "setxattrat": 463,
    "removexattrat": 466,
    "file_setattr": 469,
}
_FORBIDDEN: dict[str, tuple[int, dict[str, int]]] = {
    "x86_64": (
        0xC000003E,
        _COMMON
        | {"socket": 41, "chmod": 90, "fchmod": 91, "chown": 92, "fchown": 93, "lchown": 94, "fchownat": 260}
        | {"fchmodat": 268, "utime": 132, "utimes": 235, "futimesat": 261, "utimensat": 280}
        | {"setxattr": 188, "lsetxattr": 189, "fsetxattr": 190}
        | {"removexattr": 197, "lremovexattr": 198, "fremovexattr": 199}
        | {"ptrace": 101, "process_vm_writev": 311, "mount": 165, "unshare": 272, "userfaultfd": 323}
        | {"bpf": 321, "perf_event_open": 298, "add_key": 248, "request_key": 249, "keyctl": 250},
    ),
    "aarch64": (
        0xC00000B7,
        _COMMON
        | {"socket": 198, "fchmod": 52, "fchmodat": 53, "fchownat": 54, "fchown": 55, "utimensat": 88}
        | {"setxattr": 5, "lsetxattr": 6, "fsetxattr": 7, "removexattr": 14, "lremovexattr": 15, "fremovexattr": 16}
        | {"ptrace": 117, "process_vm_writev": 271, "mount": 40, "unshare": 97, "userfaultfd": 282}
        | {"bpf": 280, "perf_event_open": 241, "add_key": 217, "request_key": 218, "keyctl": 219},
    ),
}
"""Machine -> how the kernel calls it, and the system calls that no parser needs, with their numbers there."""


def restrain_ourselves() -> None:
    """Give it all up. Linux only; call it before the first thread is started, which alone it holds for."""
    with contextlib.suppress(OSError, AttributeError):  # another C library may lack prctl
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        _no_writing(libc)
        _no_other_calls(libc)


def _no_writing(libc: ctypes.CDLL) -> None:
    """Have Landlock forbid everything it knows of, but for reading: rules that allow something are never added."""
    version = libc.syscall(_CREATE_RULESET, None, 0, 1)
    if version < 1:
        return
    files = _EXECUTE | _WRITE_FILE | _REMOVE_AND_MAKE
    files |= (_REFER if version >= 2 else 0) | (_TRUNCATE if version >= 3 else 0)
    wanted = struct.pack("QQQ", files, _TCP, _ABSTRACT_SOCKETS_AND_SIGNALS)
    size = 8 if version < 4 else 16 if version < 6 else 24
    ruleset = libc.syscall(_CREATE_RULESET, wanted, size, 0)
    if ruleset >= 0:
        libc.syscall(_RESTRICT_SELF, ruleset, 0)
        os.close(ruleset)


def _no_other_calls(libc: ctypes.CDLL) -> None:
    """Have the kernel answer EPERM to every forbidden call, and to every call of another machine's kind."""
    machine = os.uname().machine
    if machine not in _FORBIDDEN or struct.calcsize("P") != 8:
        return
    name, calls = _FORBIDDEN[machine]
    program = _filter(name, sorted(calls.values()))
    buffer = ctypes.create_string_buffer(program, len(program))
    head = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    libc.prctl(_SET_SECCOMP, _FILTER, head, 0, 0)


def _filter(machine: int, numbers: list[int]) -> bytes:
    """Return the filter as the kernel takes it: one instruction is a code, two jumps and a constant."""
    load, equal, at_least, answer = 0x20, 0x15, 0x35, 0x06
    allow, refuse = 0x7FFF0000, 0x00050001  # refuse: the error EPERM
    last = len(numbers) + 1
    lines = [
        (load, 0, 0, 4),  # the machine's kind
        (equal, 0, last + 2, machine),
        (load, 0, 0, 0),  # the call's number
        (at_least, last, 0, 0x40000000),  # x32: the same calls under other numbers
        *((equal, last - 1 - index, 0, number) for index, number in enumerate(numbers)),
        (answer, 0, 0, allow),
        (answer, 0, 0, refuse),
    ]
    return b"".join(struct.pack("HBBI", *line) for line in lines)
