"""Where bubblewrap works, a helper process sees Python and our packages, and nothing else of the machine."""

from __future__ import annotations

import functools
import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path


def confinement() -> list[str]:
    """Return bubblewrap's command line: no network, no home folder, nothing to write, gone with its parent."""
    words = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    for path in _visible_places():
        words += ["--ro-bind", path, path]
    for path in ("/bin", "/lib", "/lib32", "/lib64", "/sbin"):
        if os.path.islink(path):
            words += ["--symlink", os.readlink(path), path]
        elif os.path.isdir(path):
            words += ["--ro-bind", path, path]
    words += ["--proc", "/proc", "--dev", "/dev", "--remount-ro", "/dev", "--remount-ro", "/"]
    return [*words, "--chdir", "/", "--"]


def _visible_places() -> list[str]:
    """What a helper must read to run Python and our packages, and nothing else; the interpreter may live in a home."""
    wanted = ["/usr", "/etc/ld.so.cache", "/etc/alternatives", sys.prefix, sys.base_prefix]
    wanted.append(sysconfig.get_path("stdlib"))
    spec = importlib.util.find_spec("engine")
    if spec is not None and spec.origin is not None:
        wanted.append(os.path.dirname(spec.origin))
    places: list[str] = []
    for name in wanted:
        # Under both names: a path with a link in it is asked for as it was written.
        for path in (os.path.normpath(name), str(Path(name).resolve())):
            if os.path.exists(path) and not any(path == place or path.startswith(place + "/") for place in places):
                places.append(path)
    return places


@functools.cache
def confinement_works() -> bool:
    """Tell whether bubblewrap is there and may do its work on this machine (asked once, about 5 ms)."""
    if not sys.platform.startswith("linux") or shutil.which("bwrap") is None:
        return False
    try:
        trial = subprocess.run([*confinement(), "/usr/bin/true"], capture_output=True, timeout=5, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return trial.returncode == 0
