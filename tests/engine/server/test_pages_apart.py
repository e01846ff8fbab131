"""Our mend of vLLM's Transformers backend, tried on stand-ins for the modules that it looks at."""

from __future__ import annotations

import logging
import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.vllm_plugin import plugin_module

pages = plugin_module("pages")

MODELS = "vllm.model_executor.models"
BACKEND = f"{MODELS}.transformers"
KEPT, NOT_NEEDED = "diglot: pages are kept apart", "diglot: not needed"
CANNOT = "diglot: cannot keep pages apart with vLLM 9.9"

sides = st.integers(1, 5).map(lambda merged: 2 * merged)
grids = st.lists(st.tuples(st.just(1), sides, sides), min_size=1, max_size=8)


class Backend:
    """vLLM's class as it is in 0.32, down to what the mend relies on. Every patch is a row that names its page."""

    def __init__(self, model_type: str = "hunyuan_vl", *, lost: int = 0) -> None:
        self.config = SimpleNamespace(model_type=model_type, vision_config=SimpleNamespace(spatial_merge_size=2))
        self.lost = lost

    def _process_vision_input(self, modality: str, pixel_values: Any, num_patches: Any, **kwargs: Any) -> Any:
        return "as vLLM does"

    def _get_features(self, modality: str, pixel_values: Any, **kwargs: Any) -> Any:
        """Make HunyuanOCR's features for all pages given, one below the other, as (1, features, width)."""
        assert modality == "image"
        made, start = [], 0
        for _, rows, columns in kwargs["image_grid_thw"].tolist():
            count = (rows // 2) * (columns // 2 + 1) + 2 - self.lost
            made.append(np.repeat(pixel_values[start : start + 1], count, axis=0))
            start += rows * columns
        return np.concatenate(made)[np.newaxis]


class Vllm:
    """The modules of an installed vLLM."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.patch = patch
        for name in ("vllm", "vllm.model_executor", MODELS, BACKEND, f"{BACKEND}.multimodal"):
            patch.setitem(sys.modules, name, ModuleType(name))
        self.put("vllm", "__version__", "9.9")
        self.registered(BACKEND)
        self.backend: Any = type("MultiModalMixin", (Backend,), dict(vars(Backend)))
        self.put(f"{BACKEND}.multimodal", "MultiModalMixin", self.backend)

    def put(self, module: str, name: str, value: Any) -> None:
        setattr(sys.modules[module], name, value)

    def registered(self, module: str | None) -> None:
        models = {} if module is None else {pages.ARCHITECTURE: SimpleNamespace(module_name=module)}
        self.put(MODELS, "ModelRegistry", SimpleNamespace(models=models))

    def split(self, shapes: Any, *, lost: int = 0, patches: Any = None, **more: Any) -> Any:
        grid = np.array(shapes)
        rows = [np.full((np.prod(shape), 3), number) for number, shape in enumerate(shapes)]
        given_patches = np.concatenate(rows) if patches is None else patches
        kwargs = {"image_grid_thw": grid, **more}
        return self.backend(lost=lost)._process_vision_input("image", given_patches, grid.prod(-1), **kwargs)


@pytest.fixture
def vllm(monkeypatch: pytest.MonkeyPatch) -> Vllm:
    return Vllm(monkeypatch)


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    with caplog.at_level(logging.INFO, "vllm.diglot"):
        pages.keep_pages_apart()
    return [record.getMessage() for record in caplog.records]


@given(shapes=grids)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_page_gets_its_own_features_and_all_of_them(vllm: Vllm, shapes: list[tuple[int, int, int]]) -> None:
    pages.keep_pages_apart()

    made = vllm.split(shapes)

    assert [page.shape for page in made] == [((rows // 2) * (columns // 2 + 1) + 2, 3) for _, rows, columns in shapes]
    assert [set(page.flatten().tolist()) for page in made] == [{number} for number in range(len(shapes))]


def test_it_says_that_pages_are_kept_apart(vllm: Vllm, caplog: pytest.LogCaptureFixture) -> None:
    assert said(caplog) == [KEPT]


def test_it_may_be_called_again(vllm: Vllm, caplog: pytest.LogCaptureFixture) -> None:
    pages.keep_pages_apart()
    mended = vllm.backend._process_vision_input

    assert said(caplog) == [KEPT]
    assert vllm.backend._process_vision_input is mended


@pytest.mark.parametrize(("modality", "model_type"), [("video", "hunyuan_vl"), ("image", "qwen2_5_vl"), ("image", "")])
def test_other_models_and_videos_are_left_to_vllm(vllm: Vllm, modality: str, model_type: str) -> None:
    pages.keep_pages_apart()

    made = vllm.backend(model_type)._process_vision_input(modality, np.zeros((4, 3)), np.array([4]))

    assert made == "as vLLM does"


def test_features_of_another_number_are_an_error(vllm: Vllm) -> None:
    pages.keep_pages_apart()

    with pytest.raises(pages.PagesMixedError, match="features"):
        vllm.split([(1, 4, 4), (1, 4, 6)], lost=1)


@pytest.mark.parametrize("patches", [np.zeros((15, 3)), np.zeros((17, 3))])
def test_patches_of_another_number_are_an_error(vllm: Vllm, patches: Any) -> None:
    pages.keep_pages_apart()

    with pytest.raises(pages.PagesMixedError, match="patches"):
        vllm.split([(1, 4, 4)], patches=patches)


@pytest.mark.parametrize(("patches", "grid"), [([np.zeros((16, 3))], np.array([[1, 4, 4]])), (np.zeros((16, 3)), None)])
def test_pages_in_another_form_are_an_error(vllm: Vllm, patches: Any, grid: Any) -> None:
    pages.keep_pages_apart()

    with pytest.raises(pages.PagesMixedError, match="form"):
        vllm.split([(1, 4, 4)], patches=patches, image_grid_thw=grid)


def test_an_older_vllm_with_a_class_of_its_own_is_left_as_it_is(vllm: Vllm, caplog: pytest.LogCaptureFixture) -> None:
    before = vllm.backend._process_vision_input
    vllm.registered(f"{MODELS}.hunyuan_vision")

    assert said(caplog) == [NOT_NEEDED]
    assert vllm.backend._process_vision_input is before


@pytest.mark.parametrize("module", [BACKEND, f"{BACKEND}.multimodal", None])
def test_a_model_that_runs_on_the_backend_needs_it(
    vllm: Vllm, caplog: pytest.LogCaptureFixture, module: str | None
) -> None:
    vllm.registered(module)

    assert said(caplog) == [KEPT]


def other_words(self: Any, modality: str, pixel_values: Any, num_patches: Any, grid: Any, **kwargs: Any) -> None: ...


@pytest.mark.parametrize("name", ["_process_vision_input", "_get_features"])
@pytest.mark.parametrize("method", [None, 5, other_words])
def test_a_backend_of_another_shape_is_not_touched(
    vllm: Vllm, caplog: pytest.LogCaptureFixture, name: str, method: Any
) -> None:
    setattr(vllm.backend, name, method)
    before = vllm.backend._process_vision_input

    assert said(caplog) == [CANNOT]
    assert vllm.backend._process_vision_input is before


@pytest.mark.parametrize("missing", [f"{BACKEND}.multimodal", MODELS])
def test_a_vllm_without_these_modules_starts_all_the_same(
    vllm: Vllm, caplog: pytest.LogCaptureFixture, missing: str
) -> None:
    vllm.patch.setitem(sys.modules, missing, None)

    assert said(caplog) == [CANNOT]
