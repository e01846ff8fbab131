"""A fake docker (or podman): a real program that runs a container's command beside the tests, under the same rules.

Like docker it is a client and something that outlives it: the "container" is a process in a session of its own, whose
standard input is a pipe the client feeds, so that a client that is killed closes it. It gets the variables that `--env`
names and no others. `/diglot/…` in its command line and environment is replaced by what `--mount` says it is.

    program = install(tmp_path, name="docker")          # an executable; tmp_path/state holds what it did
    program = install(tmp_path, name="podman", Fake(images=("vllm:1",), daemon=False))
"""

from __future__ import annotations

import contextlib
import csv
import dataclasses
import json
import os
import shlex
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Fake:
    """What it is and has."""

    images: tuple[str, ...] = ("vllm:test",)
    daemon: bool = True
    permitted: bool = True
    rootless: bool = False
    python: str = sys.executable  # what `python3` is inside


def install(folder: Path, *, name: str = "docker", fake: Fake | None = None) -> Path:
    """Write the program and return it."""
    program = folder / name
    told = json.dumps(dataclasses.asdict(fake or Fake()))
    (folder / "state").mkdir(parents=True, exist_ok=True)
    words = [sys.executable, "-I", __file__, str(folder / "state"), name, told]
    program.write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n', "utf-8")
    program.chmod(0o755)
    return program


def main() -> int:
    """Be the client."""
    state, name, told, *words = sys.argv[1:]
    fake, place = Fake(**json.loads(told)), Path(state)
    with open(place / "calls", "a", encoding="utf-8") as calls:
        calls.write(json.dumps(words) + "\n")
    if words == ["--version"]:
        print(f"{name} version 28.2.2" if name == "podman" else "Docker version 28.2.2, build e6534b4")
        return 0
    if not fake.permitted:
        print("permission denied while trying to connect to the Docker daemon socket", file=sys.stderr)
        return 1
    if not fake.daemon:
        print("Cannot connect to the Docker daemon at unix:///var/run/docker.sock.", file=sys.stderr)
        return 1
    match words:
        case ["info", "--format", "{{.SecurityOptions}}"]:
            print("[name=seccomp,profile=builtin" + (" name=rootless]" if fake.rootless else "]"))
        case ["info", "--format", "{{.Host.Security.Rootless}}"]:
            print("true" if fake.rootless else "false")
        case ["image", "inspect", "--format", "{{.Id}}", image]:
            if image not in fake.images:
                print(f"Error response from daemon: No such image: {image}", file=sys.stderr)
                return 1
            print("sha256:0123")
        case ["load", "--input", archive]:
            if not Path(archive).is_file():
                print(f"open {archive}: no such file or directory", file=sys.stderr)
                return 1
            print("Loaded image: vllm:loaded")
        case ["ps", *_]:
            print("\n".join(each.stem for each in place.glob("*.box")))
        case ["inspect", "--format", _, box]:
            print(json.loads((place / f"{box}.box").read_text())["marker"])
        case ["stop", "--time", seconds, box]:
            return _end(place, box, signal.SIGTERM, float(seconds))
        case ["rm", "--force", box]:
            return _end(place, box, signal.SIGKILL, 5.0)
        case ["run", *rest]:
            return _run(place, fake, rest)
        case _:
            print(f"unknown command: {words}", file=sys.stderr)
            return 125
    return 0


def _run(place: Path, fake: Fake, words: list[str]) -> int:
    flags = {"--rm", "--init", "--interactive"}
    options: dict[str, list[str]] = {}
    while words[0].startswith("-"):
        option = words.pop(0)
        options.setdefault(option, []).append("" if option in flags else words.pop(0))
    image, *inside = words
    if image not in fake.images:
        print(f"docker: Error response from daemon: No such image: {image}", file=sys.stderr)
        return 125
    mounts = {}
    for line in options.get("--mount", []):
        told = dict(field.partition("=")[::2] for field in next(csv.reader([line])))
        mounts[told["target"]] = told["source"]
    said = [_outside(word, mounts) for word in inside]
    said = [fake.python if word == "python3" else word for word in said]
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin"}
    for each in options.get("--env", []):
        name, is_set, value = each.partition("=")
        environment[name] = _outside(value, mounts) if is_set else os.environ[name]
    box = place / f"{options['--name'][0]}.box"
    container = subprocess.Popen(
        [fake.python, *said], stdin=subprocess.PIPE, env=environment, start_new_session=True, cwd="/"
    )
    marker = options["--label"][0].partition("=")[2]
    box.write_text(json.dumps({"pid": container.pid, "marker": marker, "options": options}), "utf-8")
    if os.fork() == 0:  # what stands for the daemon: it removes the box when the container has ended
        _forget_when_gone(box, container.pid)
    assert container.stdin is not None
    import select

    while container.poll() is None:
        if select.select([0], [], [], 0.02)[0]:
            data = os.read(0, 64)
            if not data:
                container.stdin.close()
                break
            container.stdin.write(data)
            container.stdin.flush()
    code = container.wait()
    return code if code >= 0 else 128 - code


def _forget_when_gone(box: Path, pid: int) -> None:
    null = os.open(os.devnull, os.O_RDWR)
    for each in (0, 1, 2):
        os.dup2(null, each)
    for each in range(3, 64):
        with contextlib.suppress(OSError):
            os.close(each)
    os.setsid()
    while _lives(pid):
        time.sleep(0.02)
    box.unlink(missing_ok=True)
    os._exit(0)


def _end(place: Path, name: str, how: int, within_s: float) -> int:
    try:
        pid = int(json.loads((place / f"{name}.box").read_text())["pid"])
    except FileNotFoundError:
        print(f"Error response from daemon: No such container: {name}", file=sys.stderr)
        return 1
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, how)
        deadline = time.monotonic() + within_s
        while _lives(pid) and time.monotonic() < deadline:
            time.sleep(0.01)
        os.killpg(pid, signal.SIGKILL)
    with contextlib.suppress(FileNotFoundError):
        (place / f"{name}.box").unlink()
    return 0


def _outside(word: str, mounts: dict[str, str]) -> str:
    for target in sorted(mounts, key=len, reverse=True):
        if word == target or word.startswith(f"{target}/"):
            return mounts[target] + word[len(target) :]
    return word


def _lives(pid: int) -> bool:
    with contextlib.suppress(OSError, IndexError):
        return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0] not in (b"Z", b"X")
    return False


if __name__ == "__main__":
    sys.exit(main())
