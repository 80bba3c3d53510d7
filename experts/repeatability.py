"""How far a measure differs between two photographs of an unchanged eye.

`repeatability.json` is written by `python -m fundoscope.evals.repeatability --data DIR`, which names itself in it.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("repeatability.json")


def repeatability(measure: str) -> float | None:
    """The repeatability coefficient of a measurement by its name, in its own unit; None where it was not measured.

    Differences of an unchanged eye stay within it in 95 of 100 pairs: 1.96 times the square root of the mean squared
    difference of pairs.
    """
    found: dict[str, Any] | None = _measured()["measures"].get(measure)
    return None if found is None else float(found["limit"])


@lru_cache(maxsize=1)
def _measured() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    return read
