from __future__ import annotations

import pytest

from engine.children.serving import Call, Refusal
from engine.readers import models
from engine.readers.cpu_worker import Desk
from engine.readers.models import ModelsMissingError, model_path, what_is_missing


def test_the_networks_come_with_the_installed_packages() -> None:
    assert what_is_missing() == ""
    assert model_path(models.RECOGNITION).stat().st_size > 1_000_000


def test_a_missing_network_is_named_and_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "DETECTION", "nothing_like_it.onnx")
    assert what_is_missing() == "nothing_like_it.onnx"
    with pytest.raises(ModelsMissingError):
        model_path("nothing_like_it.onnx")
    with pytest.raises(Refusal) as refusal:
        Desk(1).answer(Call({"op": "warm"}, bytearray()))
    assert (refusal.value.code, refusal.value.detail) == ("missing", "nothing_like_it.onnx")
