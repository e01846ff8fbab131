"""Progress of the engine's setup and start on stderr: bytes and phases instead of pages, told in the same manner."""

from __future__ import annotations

import sys

from engine.commands.progress import ProgressReport, duration, manner_of
from engine.server.state import ServerState, ServerStatus
from engine.setup.progress import CopyProgress

MIB = 1 << 20


class SetupReport(ProgressReport):
    """Tells how far a step of the setup, or a start of the engine, is."""

    def __init__(self, *, quiet: bool) -> None:
        """Choose the manner by what stderr is."""
        super().__init__(manner_of(sys.stderr, quiet=quiet))

    def show_bytes(self, progress: CopyProgress) -> None:
        """Tell how many bytes are done."""
        figures = f"{progress.done_bytes / MIB:,.0f} MiB"
        if progress.total_bytes:
            figures = f"{progress.done_bytes / MIB:,.0f} of {progress.total_bytes / MIB:,.0f} MiB"
        share = progress.done_bytes / progress.total_bytes if progress.total_bytes else 0.0
        self.advance(share, _with_time(figures, progress.seconds_left), name=progress.name)

    def show_status(self, status: ServerStatus) -> None:
        """Tell in which phase a starting engine is."""
        if status.state is not ServerState.STARTING or status.phase is None:
            return
        step = f" {status.step[0]} of {status.step[1]}" if status.step is not None else ""
        name = f"starting, attempt {status.restarts + 1}" if status.restarts else "starting"
        share = min(0.99, status.progress or 0.0)  # it has started when it says so, not before
        self.advance(share, _with_time(f"{status.phase}{step}", status.seconds_left), name=name)


def _with_time(figures: str, seconds_left: float | None) -> str:
    return f"{figures}, {duration(seconds_left)} left" if seconds_left and seconds_left >= 1 else figures
