"""The window on its way without a person, but with HunyuanOCR as its reader: a shared server, asked many pages at once.

`python -m tests.bench.streaming_window PAGES_AT_ONCE OUT FILE`
"""

from __future__ import annotations

import sys
from typing import Any

from desktop import __main__, app
from engine.readers import appetite


def with_the_model(*parts: Any) -> app.Parts:
    """Put together what works behind a window, as always, and let it read with the model."""
    made = _compose(*parts)
    made.session.reader = "vllm"
    return made


if __name__ == "__main__":
    at_once, out, file = sys.argv[1:]
    appetite.FIRST_AT_SHARED = appetite.MOST_AT_SHARED = int(at_once)
    _compose, app.compose = app.compose, with_the_model  # type: ignore[assignment]
    sys.exit(__main__.main(["--unattended", out, file]))
