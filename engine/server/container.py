"""The engine in a container of docker or podman: the model mounted read-only, no network, gone with its client.

The keeper is the container's main process. The client holds its standard input, so a client that was killed, or whose
app was, ends the container too.
"""

from __future__ import annotations

import asyncio
import csv
import dataclasses
import io
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from engine.engine_errors import LaunchUnavailable
from engine.paths import paths, private_folder
from engine.server.command import KEY, StartOrder, server_argv, server_environment, token_name
from engine.server.keeper import MARK
from engine.server.launched import (
    HUNG,
    KEEPER,
    NOT_THERE,
    LaunchedCommand,
    Ran,
    folders_of,
    keeper_words,
    local_endpoint,
    run_tool,
)
from engine.server.leftovers import clear_leftovers, owner_is_gone
from engine.server.state import Endpoint
from engine.settings import LaunchKind
from engine.setup.wheels import build_plugin

LABEL = "diglot.engine"
"""The label that holds an engine's marker, by which containers left behind are known."""
STOP_WITHIN_S = 5
"""How long `stop` lets the keeper end the server before it kills."""
LOAD_WITHIN_S = 3600.0
"""An image has some 20 GB, and may come from a stick."""
INSIDE = PurePosixPath("/diglot")
"""Where, in a container, our mounts are."""

CLIENT_NEEDS = (
    *("PATH", "HOME", "USER", "LANG", "TMPDIR", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME"),
    *("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "CONTAINER_HOST", "CONTAINERS_CONF"),
    *("CONTAINERS_STORAGE_CONF", "CONTAINERS_REGISTRIES_CONF", "DBUS_SESSION_BUS_ADDRESS"),
    *("SYSTEMROOT", "USERPROFILE", "LOCALAPPDATA", "APPDATA", "PROGRAMDATA", "TEMP", "TMP"),
)
"""What docker and podman themselves must know. None of it gets into the container."""
LEFT_TO_THE_IMAGE = ("PATH", "LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES")
"""What the image sets for itself; which card it sees is said to docker."""


@dataclass(frozen=True, slots=True)
class Box:
    """What is known of the container program.

    `user` is "uid:gid", "" where there are no such numbers. `plugin` is our plug-in's wheel; Python reads it as it is.
    """

    program: str
    image: str
    podman: bool = False
    rootless: bool = False
    user: str = ""
    plugin: Path | None = None


def container_argv(order: StartOrder, box: Box) -> list[str]:
    """Return the client's command line. Values that are secret are named only: the client takes them from its own."""
    words = [box.program, "run", "--rm", "--init", "--interactive", "--pull", "never"]
    words += ["--name", token_name(order.token), "--label", f"{LABEL}={order.marker}"]
    if box.podman:
        words += ["--device", f"nvidia.com/gpu={order.card or 'all'}"]
    else:
        words += ["--gpus", f"device={order.card}" if order.card else "all"]
    words += ["--ipc", "host", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"]
    words += ["--security-opt", "label=disable"]  # else SELinux wants the user's own folders relabelled
    if box.podman and box.rootless:
        words += ["--userns", "keep-id"]
    elif box.user and not box.rootless:  # in rootless docker the container's root is this user
        words += ["--user", box.user]
    if order.socket is not None:
        words += ["--network", "none"]
    else:
        words += ["--publish", f"127.0.0.1:{order.port}:{order.port}"]
    for source, target, writable in _mounts(order, box):
        words += ["--mount", _mount(source, target, writable=writable)]
    inside = _inside(order)
    for name, value in sorted(_environment(inside, box).items()):
        words += ["--env", name if name in (KEY, MARK) else f"{name}={value}"]
    words += ["--workdir", str(INSIDE / "home"), "--entrypoint", "python3", box.image]
    kept = keeper_words("python3", str(INSIDE / "keeper.py"))[1:]
    return [*words, *kept, *server_argv(inside, host="0.0.0.0")]  # noqa: S104 - the container's own; see --publish


class ContainerLaunch:
    """Run the engine by docker or podman."""

    kind = LaunchKind.CONTAINER
    over_socket = True

    def __init__(
        self,
        image: str,
        *,
        program: str = "",
        plugin: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Describe the container; `check` finds out the rest.

        Args:
            image: Name of an image that holds vLLM.
            program: docker or podman; "" takes the one that is there.
            plugin: Our plug-in's wheel, which no image has; None has `check` make it.
            environment: Where the client's own variables come from.
        """
        known = os.environ if environment is None else environment
        self._environment = {name: known[name] for name in CLIENT_NEEDS if name in known}
        path = self._environment.get("PATH")
        found = next((each for each in ("docker", "podman") if shutil.which(each, path=path)), "docker")
        name = program or found
        user = f"{os.getuid()}:{os.getgid()}" if hasattr(os, "getuid") else ""
        self.box = Box(name, image, podman="podman" in Path(name).name, user=user, plugin=plugin)

    def command(self, order: StartOrder) -> LaunchedCommand:
        """Put the client before the server."""
        return LaunchedCommand(
            argv=container_argv(order, self.box),
            environment=self._environment | {KEY: order.key, MARK: order.marker},
            folders=folders_of(order),
            stale=(order.socket,) if order.socket is not None else (),
            afterwards=((self.box.program, "rm", "--force", token_name(order.token)),),
        )

    async def check(self) -> None:
        """Ask the program what it is, whether its daemon is there, and whether it has the image; make the plug-in.

        Raises:
            LaunchUnavailable: It is not installed, does not answer, works elsewhere, or has no such image.
        """
        version = await self._run("--version")
        if version.code == NOT_THERE:
            raise LaunchUnavailable(self.box.program, detail="it is not installed")
        podman = version.said.lower().startswith("podman")
        if self._works_elsewhere():
            raise LaunchUnavailable(self.box.program, detail="it is set up to work on another machine")
        info = await self._run("info", "--format", "{{.Host.Security.Rootless}}" if podman else "{{.SecurityOptions}}")
        if info.code != 0:
            raise LaunchUnavailable(self.box.program, detail=_reason(info))
        rootless = info.said.strip().lower() == "true" if podman else "rootless" in info.said
        self.box = dataclasses.replace(self.box, podman=podman, rootless=rootless)
        if not self.box.image:
            raise LaunchUnavailable(self.box.program, detail="no image has been chosen")
        image = await self._run("image", "inspect", "--format", "{{.Id}}", self.box.image)
        if image.code != 0:
            raise LaunchUnavailable(self.box.image, detail="this image is not loaded")
        if self.box.plugin is None:
            self.box = dataclasses.replace(self.box, plugin=await asyncio.to_thread(_plugin))

    async def load(self, archive: Path) -> str:
        """Load an image from an archive, and return its name; raises LaunchUnavailable."""
        loaded = await self._run("load", "--input", str(archive), within_s=LOAD_WITHIN_S)
        names = [line.partition(":")[2].strip() for line in loaded.said.splitlines() if line.startswith("Loaded image")]
        if loaded.code != 0 or not names:
            raise LaunchUnavailable(archive.name, detail=_reason(loaded))
        return names[-1]

    def endpoint(self, order: StartOrder) -> Endpoint:
        """Return the socket in the shared folder, or the published port."""
        return local_endpoint(order)

    async def stop_inside(self, order: StartOrder) -> None:
        """End the order's container, where it is left, and wait until it is gone."""
        await self._remove(token_name(order.token))

    async def clear_leftovers(self) -> int:
        """End processes and containers whose Diglot is gone, and no others; return how many."""
        cleared = await clear_leftovers()
        listed = await self._run("ps", "--all", "--quiet", "--filter", f"label={LABEL}")
        for name in listed.said.split() if listed.code == 0 else []:
            marker = await self._run("inspect", "--format", f'{{{{index .Config.Labels "{LABEL}"}}}}', name)
            if marker.code == 0 and owner_is_gone(marker.said.strip()):
                await self._remove(name)
                cleared += 1
        return cleared

    async def _remove(self, name: str) -> None:
        await self._run("stop", "--time", str(STOP_WITHIN_S), name)
        await self._run("rm", "--force", name)  # most often it is gone already, as it was run with --rm

    async def _run(self, *words: str, within_s: float = 20.0) -> Ran:
        return await run_tool([self.box.program, *words], self._environment, within_s=within_s)

    def _works_elsewhere(self) -> bool:
        hosts = (self._environment.get(name, "") for name in ("DOCKER_HOST", "CONTAINER_HOST"))
        return any(host.partition("://")[0] in ("tcp", "ssh", "http", "https") for host in hosts)


def _inside(order: StartOrder) -> StartOrder:
    """Return the order as it reads from within the container."""
    draft = order.draft
    if draft is not None:
        inner = draft.is_relative_to(order.model)
        draft = Path(INSIDE / "model" / draft.relative_to(order.model) if inner else INSIDE / "draft")
    return dataclasses.replace(
        order,
        python=Path("python3"),
        model=Path(INSIDE / "model"),
        draft=draft,
        home=Path(INSIDE / "home"),
        socket=Path(INSIDE / "run" / order.socket.name) if order.socket is not None else None,
    )


def _mounts(order: StartOrder, box: Box) -> list[tuple[Path, PurePosixPath, bool]]:
    """Return source, target and whether it may be written."""
    mounts = [(order.model, INSIDE / "model", False), (order.home, INSIDE / "home", True)]
    mounts.append((KEEPER, INSIDE / "keeper.py", False))
    if order.draft is not None and not order.draft.is_relative_to(order.model):
        mounts.append((order.draft, INSIDE / "draft", False))
    if order.socket is not None:
        mounts.append((order.socket.parent, INSIDE / "run", True))
    if box.plugin is not None:
        mounts.append((box.plugin, INSIDE / "plugin.whl", False))
    return mounts


def _mount(source: Path, target: PurePosixPath, *, writable: bool) -> str:
    """Return a mount as docker reads it: a line of CSV, so that any path can be said."""
    line = io.StringIO()
    fields = ["type=bind", f"source={source}", f"target={target}", *([] if writable else ["readonly"])]
    csv.writer(line, lineterminator="").writerow(fields)
    return line.getvalue()


def _environment(inside: StartOrder, box: Box) -> dict[str, str]:
    made = server_environment(inside, {}) | dict.fromkeys(("TMPDIR", "TEMP", "TMP", "VLLM_RPC_BASE_PATH"), "/tmp")  # noqa: S108
    if box.plugin is not None:
        made["PYTHONPATH"] = str(INSIDE / "plugin.whl")
    return {name: value for name, value in made.items() if name not in LEFT_TO_THE_IMAGE} | {MARK: inside.marker}


def _plugin() -> Path:
    """Make the wheel of our plug-in where the engine's things are kept."""
    into = paths().cache / "container"
    try:
        return build_plugin(private_folder(into))
    except OSError as problem:
        raise LaunchUnavailable(str(into), detail=problem.strerror or type(problem).__name__) from problem


def _reason(ran: Ran) -> str:
    """Say in a few words why docker or podman would not."""
    said = ran.said.lower()
    if ran.code == HUNG:
        return "it gives no answer"
    if "permission denied" in said:
        return "you have no permission to use it"
    if "cannot connect" in said or "connection refused" in said or "is the docker daemon running" in said:
        return "its service is not running"
    return ran.said.splitlines()[-1][:200] if ran.said else f"it ended with code {ran.code}"
