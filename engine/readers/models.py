"""The networks of the built-in reader: found inside the installed packages, loaded once, never downloaded."""

from __future__ import annotations

import importlib.util
import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.readers.detect import Detector
    from engine.readers.recognise import Recogniser

DETECTION = "PP-OCRv6_det_small.onnx"
RECOGNITION = "PP-OCRv6_rec_small.onnx"
MOST_DETECTION_THREADS = 8


class ModelsMissingError(Exception):
    """A package or a network that the built-in reader needs is not there; says which."""


def model_path(name: str) -> Path:
    """Return where the rapidocr package keeps a network (its code is not imported).

    Raises:
        ModelsMissingError: The package or the file is not there.
    """
    spec = importlib.util.find_spec("rapidocr")
    if spec is None or spec.origin is None:
        raise ModelsMissingError("the package rapidocr")
    path = Path(spec.origin).parent / "models" / name
    if not path.is_file():
        raise ModelsMissingError(name)
    return path


def what_is_missing() -> str:
    """Say what the built-in reader lacks on this machine, "" where it is complete; loads nothing."""
    for package in ("onnxruntime", "cv2", "numpy"):
        if importlib.util.find_spec(package) is None:
            return f"the package {package}"
    try:
        for name in (DETECTION, RECOGNITION):
            model_path(name)
    except ModelsMissingError as missing:
        return str(missing)
    return ""


class Models:
    """The networks, each loaded when it is first wanted. Safe to use from several threads."""

    def __init__(self, *, workers: int) -> None:
        """Load nothing yet; `workers` is how many threads share the machine."""
        self._workers = workers
        self._locks = {"alone": threading.Lock(), "beside": threading.Lock(), "recogniser": threading.Lock()}
        self._detectors: dict[str, Detector] = {}
        self._recogniser: Recogniser | None = None

    def detector(self, *, alone: bool) -> Detector:
        """Return the detection network: on all cores where nothing else runs, else on one."""
        which = "alone" if alone and self._workers > 1 else "beside"
        with self._locks[which]:
            if which not in self._detectors:
                _check()
                from engine.readers.detect import Detector

                threads = min(self._workers, MOST_DETECTION_THREADS) if which == "alone" else 1
                self._detectors[which] = Detector(model_path(DETECTION), threads=threads)
            return self._detectors[which]

    @property
    def recogniser(self) -> Recogniser:
        """The recognition network."""
        with self._locks["recogniser"]:
            if self._recogniser is None:
                _check()
                from engine.readers.recognise import Recogniser

                self._recogniser = Recogniser(model_path(RECOGNITION))
            return self._recogniser


def _check() -> None:
    missing = what_is_missing()
    if missing:
        raise ModelsMissingError(missing)
    import cv2

    cv2.setNumThreads(1)  # the crew's threads are the parallelism
