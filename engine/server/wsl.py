"""The engine in a Linux distribution of WSL: on Windows, where vLLM itself does not run.

`wsl.exe` hands its standard input on, so the keeper, inside, hears when the app wants the engine ended or is gone
itself. A Unix socket inside cannot be opened from Windows; the engine listens on a port of the loopback device. The
interpreter and the engine's folder lie in the distribution and are named as they are named there.
"""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Mapping
from pathlib import Path

from engine.engine_errors import LaunchUnavailable
from engine.server.command import KEY, StartOrder, server_argv, server_environment
from engine.server.keeper import MARK
from engine.server.launched import (
    KEEPER,
    NOT_THERE,
    LaunchedCommand,
    Ran,
    keeper_words,
    local_endpoint,
    run_tool,
)
from engine.server.leftovers import clear_leftovers
from engine.server.state import Endpoint
from engine.settings import LaunchKind

WSL = "wsl.exe"
LIBRARIES = "/usr/lib/wsl/lib"
"""Where the distribution finds the driver of the Windows outside."""
SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"
CLIENT_NEEDS = (
    *("PATH", "PATHEXT", "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "USERPROFILE", "USERNAME"),
    *("LOCALAPPDATA", "APPDATA", "PROGRAMDATA", "PROGRAMFILES", "TEMP", "TMP"),
)
"""What wsl.exe itself must know."""

_DRIVE = re.compile(r"(?:\\\\[?.]\\)?([A-Za-z]):[\\/]*(.*)", re.DOTALL)
_SHARE = re.compile(r"\\\\(?:wsl\.localhost|wsl\$)\\[^\\]+(.*)", re.IGNORECASE | re.DOTALL)


def path_inside(path: Path | str) -> str:
    r"""Return how the distribution calls a file: `C:\a\b` is `/mnt/c/a/b`, `\\wsl$\Debian\home` is `/home`.

    A path that begins with a slash is one of the distribution's already.
    """
    name = str(path)
    if (drive := _DRIVE.fullmatch(name)) is not None:
        return f"/mnt/{drive[1].lower()}/{drive[2]}".replace("\\", "/").rstrip("/")
    if (share := _SHARE.fullmatch(name)) is not None:
        name = share[1] or "/"
    return name.replace("\\", "/")


def wsl_argv(order: StartOrder, distribution: str) -> list[str]:
    """Return the client's command line. Key and mark are not in it: `WSLENV` names them to be handed over."""
    inside = _inside(order)
    environment = server_environment(inside, {"PATH": SYSTEM_PATH, "LD_LIBRARY_PATH": LIBRARIES})
    environment |= dict.fromkeys(("TMPDIR", "TEMP", "TMP", "VLLM_RPC_BASE_PATH"), "/tmp")  # noqa: S108
    told = [f"{name}={value}" for name, value in sorted(environment.items()) if name not in (KEY, MARK)]
    python = inside.python.as_posix()
    kept = keeper_words(python, path_inside(KEEPER))
    return [*_into(distribution), "/usr/bin/env", *told, *kept, *server_argv(inside)]


def sweep_argv(order: StartOrder, distribution: str) -> list[str]:
    """Return the command that ends, by their ids inside, all processes with the order's mark."""
    python = path_inside(order.python)
    return [*_into(distribution), *keeper_words(python, path_inside(KEEPER))[:-1], "--sweep", order.marker]


class WslLaunch:
    """Run the engine by wsl.exe in one distribution ("": the user's usual one)."""

    kind = LaunchKind.WSL
    over_socket = False

    def __init__(self, distribution: str, *, program: str = WSL, environment: Mapping[str, str] | None = None) -> None:
        """Take the distribution; tests bring a program of their own in place of wsl.exe."""
        known = os.environ if environment is None else environment
        self._environment = {name: known[name] for name in CLIENT_NEEDS if name in known}
        self._environment["WSL_UTF8"] = "1"
        self._distribution = distribution
        self._program = program

    def command(self, order: StartOrder) -> LaunchedCommand:
        """Put wsl.exe and the keeper before the server."""
        secret = {KEY: order.key, MARK: order.marker}
        return LaunchedCommand(
            argv=[self._program, *wsl_argv(order, self._distribution)[1:]],
            environment=self._environment | secret | {"WSLENV": ":".join(f"{name}/u" for name in secret)},
            folders=(order.home,) if _DRIVE.fullmatch(str(order.home)) else (),  # others lie in the distribution
            afterwards=((self._program, *sweep_argv(order, self._distribution)[1:]),) if order.marker else (),
        )

    async def check(self) -> None:
        """Ask whether WSL is there and has the distribution; raises LaunchUnavailable."""
        listed = await self._run("--list", "--quiet")
        if listed.code == NOT_THERE:
            raise LaunchUnavailable("WSL", detail="it is not installed")
        names = [line.strip() for line in listed.said.splitlines() if line.strip()]
        if listed.code != 0 or not names:
            raise LaunchUnavailable("WSL", detail="it has no Linux distribution")
        if self._distribution and self._distribution.casefold() not in (name.casefold() for name in names):
            raise LaunchUnavailable(self._distribution, detail=f"WSL has only {', '.join(names)}"[:200])
        inside = await run_tool([self._program, *_into(self._distribution)[1:], "/bin/true"], self._environment)
        if inside.code != 0:
            raise LaunchUnavailable(self._distribution or names[0], detail="nothing can be run in it")

    def endpoint(self, order: StartOrder) -> Endpoint:
        """Return the port; WSL lets Windows reach it under its own loopback address."""
        return local_endpoint(order)

    async def stop_inside(self, order: StartOrder) -> None:
        """End all processes of the order that are left in the distribution."""
        for words in self.command(order).afterwards:
            await run_tool(words, self._environment, within_s=30.0)

    async def clear_leftovers(self) -> int:
        """End what a dead Diglot left here; inside, its keeper has ended everything when its client went."""
        return await clear_leftovers()

    async def _run(self, *words: str) -> Ran:
        return await run_tool([self._program, *words], self._environment)


def _into(distribution: str) -> list[str]:
    """Return how a command is run in the distribution without a shell that would read it a second time."""
    return [WSL, *(["--distribution", distribution] if distribution else []), "--exec"]


def _inside(order: StartOrder) -> StartOrder:
    """Return the order as it reads from within the distribution."""
    draft = Path(path_inside(order.draft)) if order.draft is not None else None
    return dataclasses.replace(
        order,
        python=Path(path_inside(order.python)),
        model=Path(path_inside(order.model)),
        home=Path(path_inside(order.home)),
        draft=draft,
    )
