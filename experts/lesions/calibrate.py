"""Choose operating points on the ten held-out photographs: `python -m fundoscope.experts.lesions.calibrate --data DIR`.

Prints them as JSON: per kind the score and the least area (working pixels) with the best F1 of single lesions, and
the detector's scores likewise. The official test photographs are not opened.
"""

from __future__ import annotations

import argparse
import json
import logging
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.torch import load_file

from .appearance import RIM, inside_mask, standardise
from .components import components
from .detector import detect
from .detector import load as load_detector
from .matching import boxes_of_mask, f1, hits
from .measure import NOT_LEARNT
from .network import KINDS
from .predict import View, load_segmenter, probabilities
from .samples import Sample, idrid_samples, training_rows

LOG = logging.getLogger("fundoscope.lesions")
SCORES = (0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7, 0.8)
AREAS = {"MA": (4, 8, 12), "HE": (8, 16, 32), "EX": (4, 8, 16), "SE": (40, 80, 140)}
_BOX_SCORES = np.geomspace(0.01, 0.8, 30)
LABELLED = 3
"""Labelled components under this many working pixels are not asked for."""


def view_of_sample(sample: Sample) -> View:
    """A training sample as the networks read it at inference."""
    trimmed = inside_mask(sample.fov, sample.frame, RIM)
    return View(sample.frame, sample.pixels, standardise(sample.pixels, sample.inside), trimmed)


def segmenter_points(maps: list[NDArray[np.float32]], samples: list[Sample]) -> dict[str, float]:
    """Score and least area of each kind, by F1 of single lesions pooled over the samples."""
    chosen: dict[str, float] = {}
    for channel, kind in enumerate(KINDS):
        truth = [boxes_of_mask(s.masks[channel] > 127, LABELLED) for s in samples]
        best = (-1.0, 0.5, AREAS[kind][0])
        for score in SCORES:
            found = [components(m[channel] >= score, m[channel])[0] for m in maps]
            for area in AREAS[kind]:
                right = reported = 0
                for single, labelled in zip(found, truth, strict=True):
                    kept = sorted((c for c in single if c.area >= area), key=lambda c: -c.peak)
                    rows = [(c.columns.start, c.rows.start, c.columns.stop, c.rows.stop) for c in kept]
                    right += int(hits(np.asarray(rows, dtype=np.float64).reshape(-1, 4), labelled).sum())
                    reported += len(kept)
                best = max(best, (f1(right, reported, sum(map(len, truth))), score, area))
        LOG.info("%s: F1 %.3f at score %.2f, least area %d", kind, *best)
        chosen[kind], chosen[f"{kind}_least_area"] = best[1], float(best[2])
    return chosen


def detector_points(network: Any, views: list[View], samples: list[Sample]) -> dict[str, float]:
    """The detector's score of each kind, by F1 of single lesions pooled over the samples; NOT_LEARNT where it is 0."""
    found = [detect(network, view.values, float(_BOX_SCORES[0])) for view in views]
    chosen: dict[str, float] = {}
    for channel, kind in enumerate(KINDS):
        truth = [boxes_of_mask(s.masks[channel] > 127, LABELLED) for s in samples]
        best = (0.0, NOT_LEARNT)
        for score in _BOX_SCORES:
            right = reported = 0
            for boxes, labelled in zip(found, truth, strict=True):
                rows = [(b.left, b.top, b.right, b.bottom) for b in boxes if b.kind == kind and b.score >= score]
                right += int(hits(np.asarray(rows, dtype=np.float64).reshape(-1, 4), labelled).sum())
                reported += len(rows)
            best = max(best, (f1(right, reported, sum(map(len, truth))), round(float(score), 4)))
        LOG.info("detector %s: F1 %.3f at score %.4f", kind, *best)
        chosen[f"detector_{kind}"] = best[1]
    return chosen


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--weights", type=Path, default=Path(__file__).parent / "weights")
    parser.add_argument("--out", type=Path, required=True, help="JSON file the operating points are written to")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    samples = idrid_samples(options.data, training_rows(options.data)[1])
    views = [view_of_sample(s) for s in samples]
    segmenter = load_segmenter(load_file(options.weights / "segmenter.safetensors"))
    points = segmenter_points([probabilities(segmenter, v) for v in views], samples)
    detector_file = options.weights / "detector.safetensors"
    if detector_file.exists():
        points |= detector_points(load_detector(load_file(detector_file)), views, samples)
    options.out.write_text(json.dumps(points, indent=2) + "\n")


if __name__ == "__main__":
    main()
