"""The names of the arrays that the OCR process passes around."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
"""A picture: (height, width, 3), RGB."""
Quads = npt.NDArray[np.float32]
"""Corners of lines: (n, 4, 2), x and y in pixels."""
Corners = npt.NDArray[np.float32]
"""Corners of one line (4, 2) or of many."""
