"""The command line `diglot`: reading, the engine and the doctor are done here, everything else opens the window."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from engine.errors import Cancelled, Defect, DiglotError, NoDisplay, UsageError

COMMANDS = ("read", "search", "jobs", "library", "engine", "doctor")


def main() -> NoReturn:
    """Run the command line and leave with its exit code."""
    _open_standard_streams()
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Do what the words ask for and return the exit code; whatever fails is said on stderr in one line."""
    try:
        return _dispatch(arguments)
    except KeyboardInterrupt:
        return Cancelled.exit_code
    except DiglotError as error:
        from engine.exports.characters import one_line

        _say(f"diglot: {one_line(str(error))}")
        return error.exit_code
    except Exception as defect:
        # The last net: a person gets a sentence, the log gets the rest.
        import logging

        from engine.logs import start_logging
        from engine.paths import paths

        start_logging(paths().log_file)
        logging.getLogger("engine").exception("The command ended in a defect")
        _say(f"diglot: {Defect.title} ({type(defect).__name__}). Please report it with the log: {paths().log_file}")
        return Defect.exit_code


def _dispatch(arguments: Sequence[str]) -> int:
    first = arguments[0] if arguments else ""
    if not arguments or (os.path.exists(first) and first not in COMMANDS):
        return open_window(arguments)  # nothing more is loaded: the window should be there soon

    from engine.commands import arguments as words

    if first not in (*COMMANDS, "-h", "--help", "--version"):
        if (meant := words.guess_command(first, COMMANDS)) is not None:
            raise UsageError(first, detail=f"no such command or file; did you mean “{meant}”?")
        return open_window(arguments)
    if first in ("-h", "--help"):
        print(words.OVERVIEW, end="")
        return 0
    if first == "--version":
        print(words.version_line())
        return 0
    options = words.parse(arguments)

    from engine.logs import start_logging
    from engine.paths import paths

    start_logging(paths().log_file)
    if isinstance(options, words.DoctorOptions):
        from engine.commands.doctor import examine

        return examine(as_json=options.json)
    from engine.commands.reading_arguments import ReadOptions

    if isinstance(options, ReadOptions):
        from engine.commands.reading import read

        return read(options)
    from engine.commands.library_arguments import DropOptions, JobsOptions, ResumeOptions, SearchOptions

    if isinstance(options, SearchOptions):
        from engine.commands.searching import search

        return search(options)
    if isinstance(options, JobsOptions):
        from engine.commands.searching import jobs

        return jobs(options)
    if isinstance(options, ResumeOptions):
        from engine.commands.resuming import resume

        return resume(options)
    if isinstance(options, DropOptions):
        from engine.commands.resuming import drop

        return drop(options)
    from engine.commands.library_words import ForgetOptions, ListOptions, MoveOptions, SizeOptions

    if isinstance(options, SizeOptions | ListOptions | ForgetOptions | MoveOptions):
        from engine.commands.library_command import library

        return library(options)
    from engine.commands.engine import engine

    return engine(options)


def window_command(arguments: Sequence[str]) -> list[str]:
    """Return the command that opens the window; `-P`: a folder named desktop where we stand must not be run."""
    return [sys.executable, "-P", "-m", "desktop", *arguments]


def open_window(arguments: Sequence[str]) -> int:
    """Become the window. Returns only on Windows, where a program cannot become another one."""
    if sys.platform.startswith("linux") and not any(map(os.environ.get, ("WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))):
        display = os.environ.get("DISPLAY", "")
        if not _answers(display):
            raise NoDisplay(display)  # Qt itself would abort with a core dump
    command = window_command(arguments)
    if os.name != "nt":
        os.execv(command[0], command)  # noqa: S606 - our own program

    import subprocess

    return subprocess.run(command, check=False).returncode


def _answers(display: str) -> bool:
    """Tell whether an X server listens at a display, as ":0"; one at another machine is believed to."""
    host, colon, number = display.partition(":")
    if host not in ("", "unix") or not colon:
        return bool(display)
    import socket

    place = f"/tmp/.X11-unix/X{number.partition('.')[0]}"  # noqa: S108 - where X servers listen
    for address in (f"\0{place}", place):
        with socket.socket(socket.AF_UNIX) as connection:
            try:
                connection.connect(address)
            except OSError:
                continue
            return True
    return False


def _open_standard_streams() -> None:
    """Fill the places of closed streams: else the next file we open becomes stderr, and gets what libraries print."""
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number, which is this one
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - for the whole run


def _say(text: str) -> None:
    print(text, file=sys.stderr)


if __name__ == "__main__":
    main()
