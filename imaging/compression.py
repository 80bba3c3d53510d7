"""How hard a JPEG file was compressed, told from its own quantisation table."""

from __future__ import annotations

import io
from functools import lru_cache

from PIL import Image


def jpeg_quality(table: list[int]) -> int:
    """The quality, 1 to 100, at which the usual encoder (libjpeg's) quantises brightness most nearly as hard as `table`.

    `table` holds the 64 steps of the first quantisation table, in any order.
    """
    steps = sum(table)
    low, high = 1, 100
    while low < high:
        middle = (low + high) // 2
        if _steps(middle) <= steps:
            high = middle
        else:
            low = middle + 1
    nearer = low > 1 and abs(_steps(low - 1) - steps) < abs(_steps(low) - steps)
    return low - 1 if nearer else low


@lru_cache(maxsize=100)
def _steps(quality: int) -> int:
    file = io.BytesIO()
    Image.new("L", (8, 8)).save(file, "JPEG", quality=quality)
    with Image.open(file) as written:
        return sum(written.quantization[0])  # type: ignore[attr-defined]
