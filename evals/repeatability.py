"""Measures how far measurements differ between two photographs of an unchanged eye; writes experts/repeatability.json.

    python -m fundoscope.evals.repeatability --data DIR

A photograph is read, then again after a known change of position, perspective, exposure, focus and compression
(`evals.warps`). It is no second visit: what differs from day to day in the eye, the pupil and the camera is not in it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ..experts import load_expert
from ..experts.base import Expert
from ..experts.training.datasets import picture
from ..imaging import find_field_of_view
from ..records import Measurement, Photograph
from .registration import tuning_files
from .warps import Warp, another_exposure

SETS = ("hrf", "idrid_seg", "drishti_gs1")
SIDE = 1400
LEAST_PAIRS = 8
"""A measure that fewer pairs have is left out."""
EXPERTS = ("vessels", "disc")
COMMAND = "python -m fundoscope.evals.repeatability --data DIR"
Pair = tuple[Measurement, Measurement]


def measured(pairs: Sequence[Pair]) -> dict[str, dict[str, Any]]:
    """By measure: `limit` (1.96 times the root mean squared difference), unit, number of pairs and mean of the values."""
    by_name: dict[str, list[Pair]] = {}
    for pair in pairs:
        by_name.setdefault(pair[0].name, []).append(pair)
    found = {}
    for name, own in sorted(by_name.items()):
        values = np.array([(a.value, b.value) for a, b in own], dtype=float)
        if len(own) >= LEAST_PAIRS:
            limit = 1.96 * math.sqrt(float(np.mean((values[:, 0] - values[:, 1]) ** 2)))
            found[name] = {
                "limit": float(f"{limit:.3g}"),
                "unit": own[0][0].unit,
                "pairs": len(own),
                "mean": float(f"{values.mean():.3g}"),
            }
    return found


def pairs_of(data: Path, name: str, file: str, experts: dict[str, Expert]) -> list[Pair]:
    """The measurements that both readings of one photograph have."""
    pixels = picture(data / name / file)
    share = min(1.0, SIDE / max(pixels.shape[:2]))
    size = (round(pixels.shape[1] * share), round(pixels.shape[0] * share))
    pixels = np.array(Image.fromarray(pixels).resize(size, Image.Resampling.BOX))
    field = find_field_of_view(pixels)
    rng = np.random.default_rng(list(hashlib.sha256(f"again/{name}/{file}".encode()).digest()[:8]))
    again = another_exposure(rng, Warp.drawn(rng, field).picture(pixels, field), field)
    one, other = _read(pixels, experts), _read(again, experts)
    return [(one[key], other[key]) for key in one if key in other and one[key].unit == other[key].unit]


def _read(pixels: NDArray[np.uint8], experts: dict[str, Expert]) -> dict[str, Measurement]:
    photograph = Photograph.from_pixels(pixels)
    landmarks = experts["landmarks"].read(photograph)
    findings = [experts[name].read(photograph, {"landmarks": landmarks}) for name in EXPERTS]
    return {m.name: m for finding in findings for m in finding.measurements if m.value is not None and m.unit != "px"}


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="the labelled photographs")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent.parent / "experts" / "repeatability.json")
    given = parser.parse_args()
    experts = {name: load_expert(name) for name in ("landmarks", *EXPERTS)}
    files = [(name, file) for name in SETS for file in tuning_files(given.data, name)]
    pairs = [pair for name, file in files for pair in pairs_of(given.data, name, file, experts)]
    written = {"command": COMMAND, "photographs": len(files), "sets": list(SETS), "measures": measured(pairs)}
    if given.out.exists():  # the part that evals.lesions_twice writes stays
        written |= {k: v for k, v in json.loads(given.out.read_text(encoding="utf-8")).items() if k == "lesions"}
    given.out.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
