"""Engine tests run without Qt in their reach: importing it fails here, as it would on a server."""

from __future__ import annotations

import sys

if "pytestqt" not in sys.modules:  # its plug-in needs Qt before the first test; `make` leaves it out
    for _name in ("PySide6", "shiboken6", "qasync", "desktop"):
        sys.modules[_name] = None  # type: ignore[assignment]
