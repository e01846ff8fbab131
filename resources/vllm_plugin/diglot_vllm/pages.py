"""Keeps the pages of different requests apart where vLLM would mix them up.

From vLLM 0.30 HunyuanOCR has no class of its own and runs on the Transformers backend. When several images are encoded
in one step, that backend cuts the features into equal shares of the patches. HunyuanOCR makes one feature of four
patches, and three kinds besides: one at the end of each row, one before and one after the page. So the cuts fall in
the wrong places, and requests are answered with the words of other pages. vLLM says so in one line of its log, once.

Here each page is encoded by itself instead. Nothing is left to be cut, and nothing of one page can reach another.
What comes back must have the size that the page's grid of patches gives; if it has not, the step fails. A page without
an answer is better than an answer from another page.
"""

from __future__ import annotations

import inspect
import logging
from enum import Enum
from typing import Any

__all__ = ["PagesMixedError", "keep_pages_apart"]

ARCHITECTURE = "HunYuanVLForConditionalGeneration"
MODEL_TYPE = "hunyuan_vl"
BACKEND = "vllm.model_executor.models.transformers"

KNOWN_SHAPE = {
    "_process_vision_input": ("self", "modality", "pixel_values", "num_patches", "kwargs"),
    "_get_features": ("self", "modality", "pixel_values", "kwargs"),
}
"""The methods of the backend's class that are relied upon, with their parameters as in vLLM 0.30 to 0.33."""

log = logging.getLogger("vllm.diglot")  # below vLLM's own logger, so that its lines look like all the others


class PagesMixedError(RuntimeError):
    """What the vision tower returned does not fit the pages that it was given."""


class Mend(Enum):
    """What became of it."""

    DONE = "done"
    NOT_NEEDED = "not needed"
    IMPOSSIBLE = "impossible"


def keep_pages_apart() -> None:
    """Mend the installed vLLM, or leave it as it is, and say which. Never raises, whatever the vLLM."""
    import vllm

    try:
        mend = _mend()
    except Exception:  # a vLLM that nobody foresaw must start all the same: the self-check decides about it
        log.debug("diglot: looking at vLLM failed", exc_info=True)
        mend = Mend.IMPOSSIBLE
    match mend:
        case Mend.DONE:
            log.info("diglot: pages are kept apart")
        case Mend.NOT_NEEDED:
            log.info("diglot: not needed")
        case Mend.IMPOSSIBLE:
            log.warning("diglot: cannot keep pages apart with vLLM %s", getattr(vllm, "__version__", "of no version"))


def _mend() -> Mend:
    if _has_its_own_class():
        return Mend.NOT_NEEDED
    backend = _backend_class()
    if backend is None:
        return Mend.IMPOSSIBLE
    inner = backend._process_vision_input
    if not getattr(inner, "keeps_pages_apart", False):
        backend._process_vision_input = _apart(inner)
    return Mend.DONE


def _has_its_own_class() -> bool:
    """Whether this vLLM runs HunyuanOCR by a class written for it, as 0.25 to 0.28 do; those split rightly."""
    from vllm.model_executor.models import ModelRegistry

    known = ModelRegistry.models.get(ARCHITECTURE)
    module = getattr(known, "module_name", "")
    return bool(module) and module != BACKEND and not module.startswith(BACKEND + ".")


def _backend_class() -> Any:
    """Return the backend's class if it has the shape that is known, else None."""
    try:
        from vllm.model_executor.models.transformers.multimodal import MultiModalMixin
    except ImportError:
        return None
    for name, parameters in KNOWN_SHAPE.items():
        method = inspect.getattr_static(MultiModalMixin, name, None)
        if not inspect.isfunction(method) or tuple(inspect.signature(inspect.unwrap(method)).parameters) != parameters:
            return None
    return MultiModalMixin


def _apart(inner: Any) -> Any:
    """Return the backend's method with a way of its own for the pages of HunyuanOCR."""

    def _process_vision_input(self: Any, modality: str, pixel_values: Any, num_patches: Any, **kwargs: Any) -> Any:
        if modality != "image" or getattr(self.config, "model_type", "") != MODEL_TYPE:
            return inner(self, modality, pixel_values, num_patches, **kwargs)
        return _encode_one_by_one(self, pixel_values, kwargs)

    _process_vision_input.keeps_pages_apart = True  # type: ignore[attr-defined]
    return _process_vision_input


def _encode_one_by_one(model: Any, pixel_values: Any, kwargs: dict[str, Any]) -> list[Any]:
    """Return the features of each page, (features, width) each, in the order of the grids.

    `pixel_values` holds the patches of all pages one below the other; `image_grid_thw` says how many are whose.
    """
    grids = kwargs.pop("image_grid_thw", None)
    if grids is None or not hasattr(pixel_values, "shape"):
        raise PagesMixedError("the pages came in a form that cannot be told apart")
    shapes = [tuple(int(side) for side in grid) for grid in grids.tolist()]
    patches = [frames * rows * columns for frames, rows, columns in shapes]
    if sum(patches) != pixel_values.shape[0]:
        raise PagesMixedError(f"{pixel_values.shape[0]} patches came for pages of {patches}")
    merge = int(model.config.vision_config.spatial_merge_size)

    pages, start = [], 0
    for index, (shape, count) in enumerate(zip(shapes, patches, strict=True)):
        own = pixel_values[start : start + count]
        features = model._get_features("image", own, image_grid_thw=grids[index : index + 1], **kwargs)
        features = features.reshape(-1, features.shape[-1])
        if features.shape[0] != _feature_count(shape, merge):
            raise PagesMixedError(f"{features.shape[0]} features came for a page of {shape} patches")
        pages.append(features)
        start += count
    return pages


def _feature_count(shape: tuple[int, ...], merge: int) -> int:
    """How many features a page has: its merged patches, one more at the end of each row, one before and one after."""
    _, rows, columns = shape
    return (rows // merge) * (columns // merge + 1) + 2
