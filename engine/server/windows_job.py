"""A Windows job: everything in it ends when the last handle to it is closed, however its owner ended.

What bubblewrap and the keeper are elsewhere. A process is started halted, put into the job and only then let go, so
that nothing it starts is ever outside.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys

if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    CREATE_HALTED = 0x00000004
    _EXTENDED_LIMITS = 9
    _KILL_ON_CLOSE = 0x00002000

    class _BasicLimits(ctypes.Structure):
        _fields_ = (
            ("PerProcessUserTimeLimit", ctypes.c_int64),
            ("PerJobUserTimeLimit", ctypes.c_int64),
            ("LimitFlags", wintypes.DWORD),
            ("MinimumWorkingSetSize", ctypes.c_size_t),
            ("MaximumWorkingSetSize", ctypes.c_size_t),
            ("ActiveProcessLimit", wintypes.DWORD),
            ("Affinity", ctypes.c_size_t),
            ("PriorityClass", wintypes.DWORD),
            ("SchedulingClass", wintypes.DWORD),
        )

    class _ExtendedLimits(ctypes.Structure):
        _fields_ = (
            ("BasicLimitInformation", _BasicLimits),
            ("IoInfo", ctypes.c_uint64 * 6),
            ("ProcessMemoryLimit", ctypes.c_size_t),
            ("JobMemoryLimit", ctypes.c_size_t),
            ("PeakProcessMemoryUsed", ctypes.c_size_t),
            ("PeakJobMemoryUsed", ctypes.c_size_t),
        )

    class Job:
        """A job that ends with us."""

        def __init__(self) -> None:
            """Make it; raises OSError."""
            self._kernel = ctypes.WinDLL("kernel32", use_last_error=True)
            self._kernel.CreateJobObjectW.restype = wintypes.HANDLE
            self._kernel.CreateJobObjectW.argtypes = (ctypes.c_void_p, wintypes.LPCWSTR)
            self._kernel.SetInformationJobObject.argtypes = (
                *(wintypes.HANDLE, ctypes.c_int, ctypes.c_void_p, wintypes.DWORD),
            )
            self._kernel.AssignProcessToJobObject.argtypes = (wintypes.HANDLE, wintypes.HANDLE)
            self._kernel.TerminateJobObject.argtypes = (wintypes.HANDLE, wintypes.UINT)
            self._kernel.CloseHandle.argtypes = (wintypes.HANDLE,)
            self._handle = self._kernel.CreateJobObjectW(None, None)
            if not self._handle:
                raise ctypes.WinError(ctypes.get_last_error())
            limits = _ExtendedLimits()
            limits.BasicLimitInformation.LimitFlags = _KILL_ON_CLOSE
            size = ctypes.sizeof(limits)
            if not self._kernel.SetInformationJobObject(self._handle, _EXTENDED_LIMITS, ctypes.byref(limits), size):
                problem = ctypes.WinError(ctypes.get_last_error())
                self.close()
                raise problem

        def take_in(self, process: subprocess.Popen[bytes]) -> None:
            """Put a halted process into the job and let it go; raises OSError, and then it is ended."""
            handle = wintypes.HANDLE(int(process._handle))  # type: ignore[attr-defined]
            if not self._kernel.AssignProcessToJobObject(self._handle, handle):
                problem = ctypes.WinError(ctypes.get_last_error())
                process.kill()
                raise problem
            # Popen keeps no handle of the thread that ResumeThread wants; this resumes a process by its own.
            resume = ctypes.WinDLL("ntdll").NtResumeProcess
            resume.argtypes = (wintypes.HANDLE,)
            resume(handle)

        def end(self) -> None:
            """End everything in it at once."""
            if self._handle:
                self._kernel.TerminateJobObject(self._handle, 1)

        def close(self) -> None:
            """Let go of it, which ends what is left in it."""
            with contextlib.suppress(OSError):
                if self._handle:
                    self._kernel.CloseHandle(self._handle)
            self._handle = None

else:
    CREATE_HALTED = 0

    class Job:
        """There are no jobs here; a keeper does their work."""

        def take_in(self, process: subprocess.Popen[bytes]) -> None:
            """Do nothing."""

        def end(self) -> None:
            """Do nothing."""

        def close(self) -> None:
            """Do nothing."""
