"""Builds an environment as the app does, in a process of its own that a test may kill.

`python -m tests.support.interrupted_build ROOT NAME=VALUE …`, where the values are the installer's settings.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from engine.setup.installing import Installer
from engine.setup.runtime import build_environment
from tests.support.stand_in_packages import from_index

if __name__ == "__main__":
    settings = dict(word.split("=", 1) for word in sys.argv[2:])
    order = from_index(Path(sys.argv[1]), settings, Installer(settings.pop("INSTALLER")))
    asyncio.run(build_environment(order, on_progress=lambda _: None))
