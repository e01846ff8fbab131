"""Lets vLLM's CPU build serve HunyuanOCR in our tests; no user's engine ever carries this.

Two things stand in its way, and neither has to do with what we test:

* The package index has torchvision only as a CUDA build, whose compiled operators cannot be loaded beside a CPU torch.
  torchvision then fails while it is imported, as it describes operators that do not exist. `prepare` sees to it that
  they are declared first; nothing ever calls them. The `.pth` file beside this package runs it at the start of every
  process, because a server is four of them.
* The vision merger hands a tensor that is not contiguous to a oneDNN kernel that wants one. `register`, an entry point
  of vLLM's general plug-ins, puts the kernel's input in order.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from importlib.metadata import PackageNotFoundError, version
from types import ModuleType
from typing import Any

__version__ = "1.0"

OPERATORS = ("nms", "qnms")
SIGNATURE = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"

_kept: list[Any] = []
"""torch forgets an operator together with the library object that declared it."""


class _BeforeTorchvision:
    """A finder that finds nothing: it only notices that torchvision is about to be imported."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname == "torchvision":
            sys.meta_path.remove(self)
            _declare_operators()
        return None


def prepare() -> None:
    """Have torchvision's operators declared before it is imported, where its own cannot be loaded."""
    if not any(isinstance(finder, _BeforeTorchvision) for finder in sys.meta_path):
        sys.meta_path.insert(0, _BeforeTorchvision())


def register() -> None:
    """Give oneDNN's matrix product the contiguous input it asks for. May be called more than once."""
    import vllm._custom_ops as ops

    inner = ops.onednn_mm
    if getattr(inner, "made_contiguous", False):
        return

    def onednn_mm(dnnl_handler: Any, x: Any, bias: Any) -> Any:
        return inner(dnnl_handler, x.contiguous(), bias)

    onednn_mm.made_contiguous = True  # type: ignore[attr-defined]
    ops.onednn_mm = onednn_mm


def _declare_operators() -> None:
    try:
        if version("torchvision").endswith("+cpu"):
            return  # the right build, which declares its own
    except PackageNotFoundError:
        return
    import torch

    library = torch.library.Library("torchvision", "DEF")
    for name in OPERATORS:
        library.define(name + SIGNATURE)
    _kept.append(library)
