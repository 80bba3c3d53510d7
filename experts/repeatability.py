"""How far a measure differs between two photographs of an unchanged eye, and how many lesions of one the other shows.

`repeatability.json` is written by `python -m fundoscope.evals.repeatability --data DIR`, its part for lesions by
`python -m fundoscope.evals.lesions_twice --data DIR`; both name themselves in it.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("repeatability.json")
LEAST_DETECTIONS = 50
"""Lesions of a kind detected less often on the pairs say nothing of how often they are detected again."""


def repeatability(measure: str) -> float | None:
    """The repeatability coefficient of a measurement by its name, in its own unit; None where it was not measured.

    Differences of an unchanged eye stay within it in 95 of 100 pairs: 1.96 times the square root of the mean squared
    difference of pairs.
    """
    found: dict[str, Any] | None = _measured()["measures"].get(measure)
    return None if found is None else float(found["limit"])


def detected_again(kind: str) -> float | None:
    """Of the lesions of a kind that one of two photographs of the same eye shows, the share that the other shows too.

    None where fewer than LEAST_DETECTIONS were seen.
    """
    found: dict[str, Any] = _measured().get("lesions", {}).get("kinds", {}).get(kind, {})
    return float(found["share"]) if found.get("detections", 0) >= LEAST_DETECTIONS else None


@lru_cache(maxsize=1)
def _measured() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return read
