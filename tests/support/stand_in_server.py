"""A stand-in for vLLM's server: a real process with real children that behaves well, or badly on request.

It takes the command line and the environment of `python -m vllm.entrypoints.openai.api_server`, prints vLLM's lines of
a start phase by phase, binds its socket at once and listens at the end, and answers the routes Diglot asks. Like vLLM
it is a front process, a `VLLM::EngineCore` below it and a `VLLM::Worker` below that. A front killed with -9 leaves the
other two alive; a worker goes with its core; a front whose core is gone answers 503 and leaves a moment later.

    python = install(tmp_path / "engine", Behaviour(stall_at="weights"))     # or BEHAVIOURS["silent"]
    order = StartOrder(python=python, …)                                     # starts the stand-in in vLLM's place

`install` writes a little environment with a `bin/python` that starts the stand-in whatever module it is told to run,
so it also works inside bubblewrap and with an environment that passes nothing on. Only `python -I`, by which the
keeper is started, is the real interpreter. By hand:

    python -m tests.support.stand_in_server --behave deaf --host 127.0.0.1 --port 6688
    STAND_IN='{"crash_at": "graphs"}' python -m tests.support.stand_in_server --uds /tmp/x.sock

Only the standard library is needed, and any Python from 3.10 on.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import dataclasses
import json
import os
import select
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from tests.support.stand_in_behaviour import BEHAVIOURS, Behaviour
from tests.support.stand_in_http import Doors, Office, bind
from tests.support.stand_in_log import CORE, FRONT, PHASES, Voice

__all__ = ["BEHAVIOURS", "MODULE", "RECORD", "Behaviour", "install"]

MODULE = "tests.support.stand_in_server"
RECORD = "stand-in.json"
"""Where, under HOME, `record` writes what the front was started with."""


def install(folder: Path, behaviour: Behaviour | None = None) -> Path:
    """Make an environment that starts the stand-in, and return its `bin/python`.

    Everything it needs lies inside, but for the interpreter that runs the tests, and no name in the environment leads
    to it: `pyvenv.cfg` names where that interpreter lives, as in every virtual environment.
    """
    source = Path(__file__).parent
    support = folder / "stand-in" / "tests" / "support"
    support.mkdir(parents=True, exist_ok=True)
    for name in ("server", "behaviour", "http", "chat", "log"):
        shutil.copy(source / f"stand_in_{name}.py", support)
    real = Path(sys.executable).resolve()
    (folder / "pyvenv.cfg").write_text(f"home = {real.parent}\ninclude-system-site-packages = false\n", "utf-8")
    told = json.dumps(dataclasses.asdict(behaviour or Behaviour()))
    python = folder / "bin" / "python"
    python.parent.mkdir(exist_ok=True)
    python.write_text(
        "#!/bin/sh\n"
        f'[ "$1" = -I ] && exec {shlex.quote(str(real))} "$@"\n'  # the keeper is what it is
        f"export STAND_IN={shlex.quote(told)} PYTHONPATH={shlex.quote(str(folder / 'stand-in'))}\n"
        f'exec {shlex.quote(str(real))} -s -m {MODULE} "$@"\n',
        "utf-8",
    )
    python.chmod(0o755)
    return python


def main() -> None:
    """Be the process that the command line asks for."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("-m", dest="module", default="")
    parser.add_argument("--behave", choices=sorted(BEHAVIOURS))
    parser.add_argument("--role", choices=["front", "core", "worker", "escapee"], default="front")
    parser.add_argument("--ready", type=int, default=-1)
    parser.add_argument("--model", default="")
    parser.add_argument("--served-model-name", nargs="+", default=["HunyuanOCR"])
    parser.add_argument("--uds", default="")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--max-model-len", type=int, default=16384)
    parser.add_argument("--middleware", action="append", default=[])
    options, _ = parser.parse_known_args()
    told = os.environ.get("STAND_IN")
    behaviour = BEHAVIOURS[options.behave] if options.behave else Behaviour(**json.loads(told or "{}"))
    os.environ["STAND_IN"] = json.dumps(dataclasses.asdict(behaviour))  # the other roles behave alike
    if options.role == "front":
        _Front(behaviour, options).live()
    elif options.role == "core":
        _core(behaviour, options.ready)
    elif options.role == "worker":
        _worker(behaviour)
    else:
        _escapee()


class _Front:
    """The process that was started: prints, starts the core, waits for it, serves, and takes the core with it."""

    def __init__(self, behaviour: Behaviour, options: argparse.Namespace) -> None:
        self.behaviour = behaviour
        self.options = options
        self.voice = Voice(behaviour.version)
        self.core: subprocess.Popen[bytes] | None = None
        self.stopping = threading.Event()

    def live(self) -> None:
        """Start, serve, end."""
        self._listen_to_signals()
        if self.behaviour.record:
            told = {"argv": sys.argv, "environment": dict(os.environ)}
            Path(os.environ["HOME"], RECORD).write_text(json.dumps(told), "utf-8")
        try:
            bound, address = bind(self.options.uds, self.options.host, self.options.port)
        except OSError as problem:
            self.voice.traceback(FRONT, [f"OSError: {problem}"])
            sys.exit(1)
        self.voice.front(self.options.model, sys.argv[1:])
        _linger(self.behaviour, "interpreter", FRONT, self.voice)
        self._start_core()
        _linger(self.behaviour, "serving", FRONT, self.voice)
        office = Office(
            behaviour=self.behaviour,
            names=self.options.served_model_name,
            key=os.environ.get("VLLM_API_KEY", ""),
            door=bool(self.options.middleware),
            developer=os.environ.get("VLLM_SERVER_DEV_MODE") == "1",
            max_tokens=self.options.max_model_len,
            core_alive=lambda: self.core is not None and self.core.poll() is None,
        )
        doors = Doors(bound, office)
        threading.Thread(target=doors.serve_forever, args=(0.02,), daemon=True).start()
        self.serving = True
        self.voice.serving(address)
        self._work()

    def _listen_to_signals(self) -> None:
        def asked(*_: object) -> None:
            if self.core is None or not self.serving:
                for each in (signal.SIGINT, signal.SIGTERM):
                    signal.signal(each, signal.SIG_IGN)
                self._end_core()
                raise KeyboardInterrupt("terminated")
            self.stopping.set()

        self.serving = False
        signal.signal(signal.SIGTERM, signal.SIG_IGN if self.behaviour.deaf else asked)
        deaf = self.behaviour.deaf or self.behaviour.deaf_to_int
        signal.signal(signal.SIGINT, signal.SIG_IGN if deaf else asked)

    def _start_core(self) -> None:
        read, write = os.pipe()
        words = [sys.executable, "-s", "-m", MODULE, "--role", "core", "--ready", str(write)]
        self.core = subprocess.Popen(words, pass_fds=[write], stdin=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read, "rb") as ready:
            came_up = ready.read(1)
        if not came_up:
            self.voice.core_failed(self.core.wait())
            os._exit(1)

    def _work(self) -> None:
        behaviour, began = self.behaviour, time.monotonic()
        for number in range(behaviour.babble):
            self.voice.say(FRONT, "v1/metrics/loggers.py:271", f"Engine 000: line {number} " + "0123456789" * 20)
        assert self.core is not None
        while not self.stopping.wait(0.02):
            spent = time.monotonic() - began
            if 0 <= behaviour.front_dies_after <= spent:
                os.kill(os.getpid(), signal.SIGKILL)
            if 0 <= behaviour.core_dies_after <= spent:
                self.core.kill()
            if self.core.poll() is not None:
                self.voice.say(FRONT, "v1/engine/core_client.py:700", "Engine core died unexpectedly.", level="ERROR")
                time.sleep(behaviour.core_exit_is_noticed_after)
                os._exit(1)
        self.voice.say(FRONT, "launchers/launcher.py:249", "[shutdown] API server: shutdown triggered")
        time.sleep(behaviour.slow_end)
        self._end_core()
        if self.options.uds:
            with contextlib.suppress(OSError):
                Path(self.options.uds).unlink()
        os._exit(0)

    def _end_core(self) -> None:
        if self.core is not None:
            _end(self.core)


def _end(child: subprocess.Popen[bytes]) -> None:
    """End a child, from within a handler of signals too: what that interrupted may hold the lock that `wait` takes."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(child.pid, signal.SIGTERM)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(child.pid, 0)


def _core(behaviour: Behaviour, ready: int) -> None:
    _call_ourselves("VLLM::EngineCore")
    voice = Voice(behaviour.version)
    worker: subprocess.Popen[bytes] | None = None

    def asked(*_: object) -> None:
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, signal.SIG_IGN)  # it is told twice: by whoever ends all, and by the front
        if worker is not None:
            _end(worker)
        os._exit(0)

    signal.signal(signal.SIGTERM, signal.SIG_IGN if behaviour.deaf else asked)
    signal.signal(signal.SIGINT, signal.SIG_IGN if behaviour.deaf or behaviour.deaf_to_int else asked)
    voice.core_begins()
    if behaviour.escapee or behaviour.escapee_forgets:
        environment = {"PYTHONPATH": os.environ.get("PYTHONPATH", "")} if behaviour.escapee_forgets else None
        subprocess.run([sys.executable, "-s", "-m", MODULE, "--role", "escapee"], env=environment, check=True)
    read, write = os.pipe()
    words = [sys.executable, "-s", "-m", MODULE, "--role", "worker", "--ready", str(write)]
    worker = subprocess.Popen(words, stdin=subprocess.PIPE, pass_fds=[write])
    os.close(write)
    os.read(read, 1)
    for phase in PHASES[1:-1]:
        voice.phase(phase, worker.pid)
        _linger(behaviour, phase, CORE, voice, worker)
    os.write(ready, b"1")
    os.close(ready)
    while worker.poll() is None:
        time.sleep(0.02)
    os._exit(1)


def _worker(behaviour: Behaviour) -> None:
    _call_ourselves("VLLM::Worker")
    for each in (signal.SIGINT, signal.SIGTERM):
        deaf = behaviour.deaf or (behaviour.deaf_to_int and each == signal.SIGINT)
        signal.signal(each, signal.SIG_IGN if deaf else signal.SIG_DFL)
    with contextlib.suppress(OSError, ValueError):
        os.write(int(sys.argv[sys.argv.index("--ready") + 1]), b"1")
    select.select([sys.stdin], [], [])  # its core is gone when this can be read
    while behaviour.worker_outlives_core:
        time.sleep(60)


def _escapee() -> None:
    """Leave parent, group and session, as a daemon does, and keep the output open."""
    if os.fork():
        os._exit(0)
    os.setsid()
    if os.fork():
        os._exit(0)
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    _call_ourselves("escapee")
    while True:
        time.sleep(60)


def _linger(
    behaviour: Behaviour, phase: str, name: str, voice: Voice, worker: subprocess.Popen[bytes] | None = None
) -> None:
    """Take the time of a phase, or never come back, or die in it; a core whose worker is gone dies, too."""
    end = time.monotonic() + behaviour.phase_seconds
    while time.monotonic() < end or behaviour.stall_at == phase:
        if worker is not None and worker.poll() is not None:
            voice.traceback(name, ["RuntimeError: Worker proc VLLM::Worker died unexpectedly, shutting down executor."])
            os._exit(1)
        time.sleep(min(0.02, behaviour.phase_seconds))
    if behaviour.dies_at == phase:
        voice.traceback(name, behaviour.words)
        os._exit(behaviour.exit_code)


def _call_ourselves(name: str) -> None:
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(15, name.encode(), 0, 0, 0)


if __name__ == "__main__":
    main()
