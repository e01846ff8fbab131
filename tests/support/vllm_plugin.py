"""Our plug-in for vLLM, imported from where it lies: it belongs to the engine's environments, never to this one."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from typing import Any

PLACE = Path(__file__).parents[2] / "resources" / "vllm_plugin"
NAME = "diglot_vllm"


def plugin_module(name: str) -> Any:
    """Return a module of the plug-in, the package itself for an empty name."""
    if NAME not in sys.modules:
        folder = PLACE / NAME
        spec = importlib.util.spec_from_file_location(
            NAME, folder / "__init__.py", submodule_search_locations=[str(folder)]
        )
        assert spec is not None and spec.loader is not None
        package = importlib.util.module_from_spec(spec)
        sys.modules[NAME] = package
        spec.loader.exec_module(package)
    return importlib.import_module(f"{NAME}.{name}" if name else NAME)
