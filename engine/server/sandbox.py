"""Where bubblewrap works, the engine runs without a network, sees nobody's documents and can write its own folder only.

It sees the system as it is, read-only: driver and CUDA libraries lie in too many places to name them. Hidden are the
user's home, other drives, temporary files, `/run`, where the sockets of the session and of services are, and all
devices but the graphics card: no camera, no microphone, no keyboard. Shown again are only the environment, the model
and the few folders it needs, under the names by which they are asked for.
"""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

HIDDEN = ("/home", "/root", "/run", "/tmp", "/var/tmp", "/mnt", "/media")  # noqa: S108 - hidden, not used
"""Beside the user's own home: what may hold documents, or sockets that lead out."""
SHOWN = ("/run/opengl-driver", "/run/current-system", "/run/nvidia-persistenced", "/mnt/wslg/distro")
"""Of that, what the graphics driver needs (NixOS, the driver's own daemon)."""
DEVICES = ("nvidia*", "dri", "dxg")
"""What of `/dev` the card is: NVIDIA's own devices, the kernel's, and the Windows driver's inside WSL."""
TEMPORARY = "/tmp"  # noqa: S108 - inside, it is memory of its own that vanishes with the engine
"""Where the engine puts its temporary files."""
MAX_LINKS = 40
"""How many links a path may lead through, as in the kernel."""


@dataclass(frozen=True, slots=True)
class Places:
    """What of the machine is to be seen. All paths are real ones, but for the names of `links`.

    `links` are symbolic links (name, target) in hidden folders by which something shown is asked for.
    """

    hidden: tuple[str, ...]
    readable: tuple[str, ...]
    writable: tuple[str, ...]
    links: tuple[tuple[str, str], ...] = ()
    devices: tuple[str, ...] = ()
    folder: str = "/"
    network: bool = False


def sandbox_argv(places: Places) -> list[str]:
    """Return bubblewrap's command line, to which the command is added."""
    words = ["bwrap", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    words += ["--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    words += [] if places.network else ["--unshare-net"]
    words += ["--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev"]
    for path in places.devices:
        words += ["--dev-bind", path, path]
    words += ["--tmpfs", "/dev/shm"]  # noqa: S108 - shared memory of a killed engine vanishes with it
    for path in places.hidden:
        words += ["--tmpfs", path]
    shown = [(path, "--ro-bind") for path in places.readable] + [(path, "--bind") for path in places.writable]
    for path, how in sorted(shown, key=lambda pair: (pair[0].count("/"), pair[0], pair[1])):
        words += [how, path, path]
    for name, target in places.links:
        words += ["--symlink", target, name]
    for path in places.hidden:
        words += [] if path == TEMPORARY else ["--remount-ro", path]
    return [*words, "--chdir", places.folder, "--"]


def find_places(
    *, readable: Iterable[Path], writable: Iterable[Path], folder: Path, home: Path, network: bool = False
) -> Places:
    """Look up what must be hidden, shown and linked so that every given path can be used as it is written.

    Args:
        readable: Files and folders to be read. A link among the files of a folder is followed one step, as in the
            Hugging Face cache, whose folders hold links only.
        writable: Folders to be written.
        folder: Where the engine is started.
        home: The user's home.
        network: Leave it the network (it listens on a port).
    """
    hidden = _hidden(home)
    read = list(readable)
    read += [link for place in read if place.is_dir() for link in _links_in(place)]
    wanted = [*read, *(Path(name) for name in SHOWN if os.path.exists(name))]
    write = sorted({os.path.realpath(path) for path in writable})
    real = {os.path.realpath(path) for path in wanted} - set(write)
    shown = sorted(path for path in real if _under(path, hidden) and os.path.exists(path))
    links: dict[str, str] = {}
    for path in (*wanted, *writable, folder):
        links |= _links_on_the_way(path)
    return Places(
        hidden=tuple(hidden),
        readable=tuple(_outermost(shown)),
        writable=tuple(write),
        links=tuple(
            (name, target)
            for name, target in links.items()
            if _under(name, hidden) and not _under(name, [*shown, *write])
        ),
        devices=tuple(sorted(str(path) for name in DEVICES for path in Path("/dev").glob(name))),
        folder=os.path.realpath(folder),
        network=network,
    )


def interpreter_places(python: Path) -> list[Path]:
    """Return what must be read to run an interpreter: its environment, and the Python that this was made from."""
    environment = python.parent.parent
    places = [python, environment, Path(os.path.realpath(python)).parent.parent]
    with contextlib.suppress(OSError):
        for line in (environment / "pyvenv.cfg").read_text("utf-8", "replace").splitlines():
            name, _, value = line.partition("=")
            if name.strip() == "home" and value.strip():
                places.append(Path(value.strip()).parent)
    return places


@functools.cache
def sandbox_works() -> bool:
    """Tell whether bubblewrap is there and may do all this on this machine (asked once, some 10 ms; blocks)."""
    if not sys.platform.startswith("linux") or shutil.which("bwrap") is None:
        return False
    places = Places(tuple(_hidden(Path.home())), (), ())
    try:
        trial = subprocess.run([*sandbox_argv(places), "/bin/true"], capture_output=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return trial.returncode == 0


def _hidden(home: Path) -> list[str]:
    """Return the real folders to hide: the user's home too, unless it is a folder of the system (as for services)."""
    wanted = {os.path.realpath(path) for path in (*HIDDEN, home) if os.path.isdir(path)}
    return _outermost(sorted(path for path in wanted if path.count("/") > 1 or path in HIDDEN))


def _links_in(folder: Path) -> list[Path]:
    with os.scandir(folder) as entries:
        return [Path(entry.path) for entry in entries if entry.is_symlink()]


def _outermost(paths: Sequence[str]) -> list[str]:
    """Leave out what lies in another of these folders; they are sorted."""
    kept: list[str] = []
    for path in paths:
        if not _under(path, kept):
            kept.append(path)
    return kept


def _under(path: str, folders: Iterable[str]) -> bool:
    return any(path == folder or path.startswith(folder.rstrip("/") + "/") for folder in folders)


def _links_on_the_way(path: Path) -> dict[str, str]:
    """Return every link that the kernel meets when it looks up a path: where it really is, and what it says."""
    found: dict[str, str] = {}
    rest = _steps(str(path.absolute()))
    real, followed = "", 0
    while rest:
        part = rest.pop()
        name = f"{real}/{part}"
        if part == "..":
            real = real.rpartition("/")[0]
        elif os.path.islink(name) and followed < MAX_LINKS:
            followed += 1
            found[name] = target = os.readlink(name)
            real = "" if target.startswith("/") else real
            rest += _steps(target)
        else:
            real = name
    return found


def _steps(path: str) -> list[str]:
    """Return the parts of a path, the next one last."""
    return [part for part in path.split("/") if part not in ("", ".")][::-1]
