"""What a line says: its crop cut out of the picture, and the recognition network that reads it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from engine.readers.pixels import Pixels

LINE_HEIGHT = 48
"""The network reads lines of this many pixels in height."""
LEAST_WIDTH = 320
"""Shorter lines are filled up to this width, as in training; less costs accuracy."""
MOST_WIDTH = 48 * 120
"""No line is longer than this; what is, is pressed together."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a line says and how sure the network is of it, 0.0 to 1.0."""

    text: str
    score: float


class Recogniser:
    """The recognition network. One session serves all threads: each call runs in the thread that makes it."""

    def __init__(self, model: Path) -> None:
        """Load the network (about 0.2 s)."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name
        characters = self._session.get_modelmeta().custom_metadata_map["character"].splitlines()
        self._characters = ["", *characters, " "]  # the first place means "nothing here"

    def read(self, crop: Pixels) -> Reading:
        """Read one line, an RGB picture that runs from left to right, upright."""
        high, wide = crop.shape[:2]
        width = max(1, min(MOST_WIDTH, -(-wide * LINE_HEIGHT // high)))
        if (wide, high) != (width, LINE_HEIGHT):
            crop = cv2.resize(crop, (width, LINE_HEIGHT))
        blob: Any = cv2.dnn.blobFromImage(crop, 1 / 127.5, mean=(127.5, 127.5, 127.5), swapRB=True)
        if width < LEAST_WIDTH:
            blob = np.concatenate((blob, np.zeros((1, 3, LINE_HEIGHT, LEAST_WIDTH - width), np.float32)), axis=3)
        return self._decode(self._session.run(None, {self._input: blob})[0][0])

    def _decode(self, chances: npt.NDArray[np.float32]) -> Reading:
        best = chances.argmax(axis=1)
        starts = np.ones(len(best), bool)
        starts[1:] = best[1:] != best[:-1]
        places = np.flatnonzero(starts & (best != 0))
        if len(places) == 0:
            return Reading("", 0.0)
        text = "".join(self._characters[index] for index in best[places])
        return Reading(text, float(chances[places, best[places]].mean()))


def cut(picture: Pixels, quad: npt.NDArray[np.float32]) -> Pixels:
    """Cut a line out of the picture: `quad` (4, 2) in reading direction, start-top first."""
    wide = max(1, int(max(np.linalg.norm(quad[1] - quad[0]), np.linalg.norm(quad[2] - quad[3]))))
    high = max(1, int(max(np.linalg.norm(quad[3] - quad[0]), np.linalg.norm(quad[2] - quad[1]))))
    target = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    left, top = np.maximum(np.floor(quad.min(axis=0)).astype(int) - 2, 0)
    right, bottom = np.ceil(quad.max(axis=0)).astype(int) + 3
    part = picture[top:bottom, left:right]
    matrix = cv2.getPerspectiveTransform(quad - np.array((left, top), np.float32), target)
    crop: Pixels = cv2.warpPerspective(
        part, matrix, (wide, high), borderMode=cv2.BORDER_REPLICATE, flags=cv2.INTER_CUBIC
    )
    return crop
