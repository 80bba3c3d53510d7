"""The labelled photographs under FUNDOSCOPE_DATA: one `labels.csv` a folder, paths relative to the folder."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def labels(data: Path, name: str) -> list[dict[str, str]]:
    """Rows of `data/name/labels.csv`. Raises FileNotFoundError."""
    with (data / name / "labels.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def picture(path: Path) -> NDArray[np.uint8]:
    """RGB uint8 (height, width, 3)."""
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def plane(path: Path) -> NDArray[np.uint8]:
    """A label plane (height, width) as stored: palette indices, or 0 and 255 of a one-bit mask as 0 and 1."""
    with Image.open(path) as image:
        if image.mode == "1":
            return np.asarray(image).astype(np.uint8)
        return np.asarray(image if image.mode in ("P", "L") else image.convert("L"))
