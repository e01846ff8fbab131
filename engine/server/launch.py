"""Where the engine runs: natively, in a container, in WSL. One protocol; here the native way and the choice."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from pathlib import Path
from typing import Protocol

from engine.engine_errors import LaunchUnavailable
from engine.server.command import StartOrder, server_argv, server_environment, temporary_folder
from engine.server.container import ContainerLaunch
from engine.server.launched import KEEPER, LaunchedCommand, folders_of, keeper_words, local_endpoint, run_tool_here
from engine.server.leftovers import clear_leftovers
from engine.server.sandbox import TEMPORARY, find_places, interpreter_places, sandbox_argv, sandbox_works
from engine.server.state import Endpoint
from engine.server.wsl import LIBRARIES, WslLaunch
from engine.settings import EngineSettings, LaunchKind

__all__ = ["ContainerLaunch", "Launch", "LaunchedCommand", "NativeLaunch", "WslLaunch", "launch_for"]


class Launch(Protocol):
    """One way of running the engine."""

    kind: LaunchKind
    over_socket: bool
    """Whether the server is asked over a Unix socket; else over a port of the loopback device."""

    def command(self, order: StartOrder) -> LaunchedCommand:
        """Return what to start; looks at the disk, but changes nothing."""
        ...

    async def check(self) -> None:
        """Find out whether this way can be gone here; raises LaunchUnavailable."""
        ...

    def endpoint(self, order: StartOrder) -> Endpoint:
        """Return where the server will be asked."""
        ...

    async def stop_inside(self, order: StartOrder) -> None:
        """End what may be left where signals from here do not reach. Does nothing where there is no such place."""
        ...

    async def clear_leftovers(self) -> int:
        """End engines that outlived the Diglot which started them this way, and no others; return how many."""
        ...


class NativeLaunch:
    """Beside the app: in bubblewrap where that works, else with nothing but the keeper around it."""

    kind = LaunchKind.NATIVE
    over_socket = True

    def __init__(self, *, sandbox: bool | None = None) -> None:
        """Take bubblewrap or leave it; None tries whether it works, which blocks for a moment the first time."""
        self._sandbox = sandbox

    @property
    def confined(self) -> bool:
        """Whether engines run in bubblewrap."""
        return sandbox_works() if self._sandbox is None else self._sandbox

    def command(self, order: StartOrder) -> LaunchedCommand:
        """Put keeper and bubblewrap before the server."""
        environment = server_environment(order, _base())
        words = [*keeper_words(order.python.as_posix()), *server_argv(order)]
        temporary: Path | None = temporary_folder(order)
        if self.confined:
            words = [*_sandbox(order), *words]
            environment |= dict.fromkeys(("TMPDIR", "TEMP", "TMP", "VLLM_RPC_BASE_PATH"), TEMPORARY)
            temporary = None
        return LaunchedCommand(
            argv=words,
            environment=environment,
            confined=self.confined,
            cwd=order.home,
            folders=folders_of(order),
            stale=(order.socket,) if order.socket is not None else (),
            temporary=temporary,
        )

    async def check(self) -> None:
        """Try bubblewrap, and have the driver make its devices: inside, nobody may.

        Raises:
            LaunchUnavailable: On Windows, where vLLM does not run.
        """
        if sys.platform == "win32":
            raise LaunchUnavailable("Windows", detail="vLLM runs in WSL only")
        if await asyncio.to_thread(lambda: self.confined):
            await asyncio.to_thread(_wake_driver)

    def endpoint(self, order: StartOrder) -> Endpoint:
        """Return the socket, or the port of the loopback device."""
        return local_endpoint(order)

    async def stop_inside(self, order: StartOrder) -> None:
        """Do nothing: all its processes can be seen from here."""

    async def clear_leftovers(self) -> int:
        """End the processes whose Diglot is gone."""
        return await clear_leftovers()


def launch_for(settings: EngineSettings) -> Launch:
    """Return the way that the user has chosen."""
    if settings.launch is LaunchKind.CONTAINER:
        return ContainerLaunch(settings.image)
    if settings.launch is LaunchKind.WSL:
        return WslLaunch(settings.distribution)
    return NativeLaunch()


def _sandbox(order: StartOrder) -> list[str]:
    readable = [*interpreter_places(order.python), order.model, KEEPER, *order.readable]
    places = find_places(
        readable=[*readable, *([order.draft] if order.draft is not None else [])],
        writable=folders_of(order),
        folder=order.home,
        home=Path.home(),
        network=order.socket is None,
    )
    return sandbox_argv(places)


def _base() -> dict[str, str]:
    """Return our environment, with the libraries of the system and not those that came packed with the app."""
    base = dict(os.environ)
    packed = bool(getattr(sys, "frozen", False))
    found = base.pop("LD_LIBRARY_PATH_ORIG" if packed else "LD_LIBRARY_PATH", "")
    base.pop("LD_LIBRARY_PATH", None)
    if libraries := ":".join(filter(None, [LIBRARIES if os.path.isdir(LIBRARIES) else "", found])):
        base["LD_LIBRARY_PATH"] = libraries
    return base


def _wake_driver() -> None:
    """Have NVIDIA's helper make the devices CUDA needs. It is root's, so CUDA cannot call it from inside bubblewrap."""
    helper = shutil.which("nvidia-modprobe")
    if helper is None or not os.path.exists("/dev/nvidiactl") or os.path.exists("/dev/nvidia-uvm"):
        return
    run_tool_here([helper, "-u", "-c", "0"], os.environ)
