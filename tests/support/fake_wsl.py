"""A fake wsl.exe: lists distributions as the real one does and runs what it is told right here.

Like the real one it speaks UTF-16 unless `WSL_UTF8` says otherwise, hands its standard input on, and gives to Linux
those variables of its own environment that `WSLENV` names, and no others.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path


def install(folder: Path, *distributions: str, utf16: bool = False) -> Path:
    """Write the program and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "wsl.exe"
    words = [sys.executable, "-I", __file__, json.dumps(distributions), "utf-16-le" if utf16 else "utf-8"]
    program.write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n', "utf-8")
    program.chmod(0o755)
    return program


def main() -> int:
    """Be wsl.exe."""
    told, encoding, *words = sys.argv[1:]
    distributions = json.loads(told)
    if words == ["--list", "--quiet"]:
        sys.stdout.buffer.write("\r\n".join([*distributions, ""]).encode(encoding))
        return 0 if distributions else 1
    if words[0] == "--distribution":
        if words[1] not in distributions:
            sys.stdout.buffer.write("There is no distribution with the supplied name.\r\n".encode(encoding))
            return 1
        words = words[2:]
    assert words[0] == "--exec"
    named = [each.partition("/")[0] for each in os.environ.get("WSLENV", "").split(":") if each]
    environment = {"PATH": "/usr/bin:/bin", **{name: os.environ[name] for name in named}}
    return subprocess.run(words[1:], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
