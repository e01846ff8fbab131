"""A Windows job ends everything in it when it is let go."""

from __future__ import annotations

import subprocess
import sys

import psutil
import pytest

from engine.server.windows_job import CREATE_HALTED, Job
from tests.support.children import left_of

CODE = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'input()']); print('on', flush=True); input()"


def halted() -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", CODE]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, creationflags=CREATE_HALTED)


@pytest.mark.skipif(sys.platform != "win32", reason="jobs are Windows's")
@pytest.mark.parametrize("how", ["close", "end"])
def test_what_a_process_in_a_job_started_ends_with_the_job(how: str) -> None:
    job = Job()
    with halted() as process:
        job.take_in(process)
        assert process.stdout is not None
        process.stdout.readline()
        family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
        getattr(job, how)()
        assert len(family) >= 2
        assert left_of(family) == []
    job.close()


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for other systems")
def test_elsewhere_a_job_is_nothing_and_starts_nothing_halted() -> None:
    job = Job()
    with halted() as process:
        job.take_in(process)
        assert process.stdout is not None
        assert process.stdout.readline() == b"on\n"
        job.end()
        job.close()
        assert process.poll() is None
        process.communicate(b"\n")
