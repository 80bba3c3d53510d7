"""Choose operating points on the ten held-out photographs: `python -m fundoscope.experts.lesions.calibrate`.

Of weights that did not see these ten: per kind the score and the least area (working pixels) with the best F1 of single
lesions, the detector's scores likewise, and how far from the counts the true ones lie. What both methods found at every
score is written beside them. The official test photographs are not opened.
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
from .components import Component, components
from .detector import Box, detect
from .detector import load as load_detector
from .froc import DETECTOR_SCORES, SEGMENTER_SCORES, Sweep
from .matching import boxes_of_mask
from .measure import NOT_LEARNT
from .network import KINDS, LesionNet
from .predict import View, load_segmenter, probabilities
from .samples import Sample, idrid_samples, training_rows

LOG = logging.getLogger("fundoscope.lesions")
AREAS = {"MA": (4, 8, 12), "HE": (8, 16, 32), "EX": (4, 8, 16), "SE": (40, 80, 140)}
LABELLED = 3
"""Labelled components under this many working pixels are not asked for."""
HELD_OUT = Path(__file__).with_name("held_out.json")
"""What both methods found of the ten held-out photographs at every score, by weights that did not see them."""


def view_of_sample(sample: Sample) -> View:
    """A training sample as the networks read it at inference."""
    trimmed = inside_mask(sample.fov, sample.frame, RIM)
    return View(sample.frame, sample.pixels, standardise(sample.pixels, sample.inside), trimmed)


def segmenter_sweeps(maps: list[NDArray[np.float32]], samples: list[Sample], channel: int) -> dict[int, Sweep]:
    """The components of one kind's maps at each score, by the least area (working pixels) asked of them."""
    areas = AREAS[KINDS[channel]]
    sweeps = {area: Sweep(scores=SEGMENTER_SCORES) for area in areas}
    for planes, sample in zip(maps, samples, strict=True):
        plane, truth = planes[channel], _labelled(sample, channel)
        found = [components(plane >= score, plane, min(areas))[0] for score in SEGMENTER_SCORES]
        for area, sweep in sweeps.items():
            sweep.add((_table([c for c in single if c.area >= area]) for single in found), truth)
    return sweeps


def detector_sweep(found: list[list[Box]], samples: list[Sample], channel: int) -> Sweep:
    """The boxes of one kind, at each score."""
    sweep = Sweep(scores=DETECTOR_SCORES)
    for boxes, sample in zip(found, samples, strict=True):
        own = [(b.left, b.top, b.right, b.bottom, b.score) for b in boxes if b.kind == KINDS[channel]]
        table = np.asarray(own, dtype=np.float64).reshape(-1, 5)
        sweep.add((table[table[:, 4] >= score, :4] for score in sweep.scores), _labelled(sample, channel))
    return sweep


def _table(found: list[Component]) -> NDArray[np.float64]:
    """Boxes (n, 4), best first."""
    ranked = sorted(found, key=lambda c: -c.peak)
    rows = [(c.columns.start, c.rows.start, c.columns.stop, c.rows.stop) for c in ranked]
    return np.asarray(rows, dtype=np.float64).reshape(-1, 4)


def _labelled(sample: Sample, channel: int) -> NDArray[np.float64]:
    return boxes_of_mask(sample.masks[channel] > 127, LABELLED)


def count_factors(sweep: Sweep, index: int) -> tuple[float, float]:
    """Between which multiples of (counted + 1) the true (count + 1) of a further photograph lies, 95 %.

    Student's t of the log ratios at the score `index` over the photographs.
    """
    from scipy.stats import t

    counted = np.asarray(sweep.found)[:, index] + np.asarray(sweep.false)[:, index]
    ratios = np.log((np.asarray(sweep.labelled) + 1) / (counted + 1))
    reach = t.ppf(0.975, len(ratios) - 1) * ratios.std(ddof=1) * np.sqrt(1 + 1 / len(ratios))
    return float(np.exp(ratios.mean() - reach)), float(np.exp(ratios.mean() + reach))


def points_of(sweep: Sweep, name: str) -> dict[str, float]:
    """The score with the best F1 under `name` (NOT_LEARNT where it is 0), and the factors of its counts."""
    value, index = sweep.best()
    low, high = count_factors(sweep, index)
    LOG.info("%s: F1 %.3f at %.4f, FROC %.3f", name, value, sweep.scores[index], sweep.mean_share())
    score = sweep.scores[index] if value > 0 else NOT_LEARNT
    return {name: score, f"{name}_count_low": round(low, 3), f"{name}_count_high": round(high, 3)}


def calibrate_segmenter(network: LesionNet, samples: list[Sample]) -> tuple[dict[str, float], dict[str, Sweep]]:
    """The segmenter's operating points, and by kind what it found of the samples at every score."""
    maps = [probabilities(network, view_of_sample(s)) for s in samples]
    points: dict[str, float] = {}
    chosen: dict[str, Sweep] = {}
    for channel, kind in enumerate(KINDS):
        sweeps = segmenter_sweeps(maps, samples, channel)
        area = max(sweeps, key=lambda a: sweeps[a].best()[0])
        chosen[kind] = sweeps[area]
        points |= points_of(sweeps[area], kind) | {f"{kind}_least_area": float(area)}
    return points, chosen


def calibrate_detector(network: Any, samples: list[Sample]) -> tuple[dict[str, float], dict[str, Sweep]]:
    """The detector's likewise."""
    boxes = [detect(network, view_of_sample(s).values, DETECTOR_SCORES[0]) for s in samples]
    sweeps = {kind: detector_sweep(boxes, samples, channel) for channel, kind in enumerate(KINDS)}
    points: dict[str, float] = {}
    for kind, sweep in sweeps.items():
        points |= points_of(sweep, f"detector_{kind}")
    return points, sweeps


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="folder for thresholds.json and held_out.json")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    samples = idrid_samples(options.data, training_rows(options.data)[1])
    segmenter = load_segmenter(load_file(options.weights / "segmenter.safetensors"))
    detector = load_detector(load_file(options.weights / "detector.safetensors"))
    points, by_segmenter = calibrate_segmenter(segmenter, samples)
    more, by_detector = calibrate_detector(detector, samples)
    (options.out / "thresholds.json").write_text(json.dumps(points | more, indent=1) + "\n")
    found = {"segmenter": by_segmenter, "detector": by_detector}
    counted = {method: {kind: s.model_dump() for kind, s in own.items()} for method, own in found.items()}
    (options.out / HELD_OUT.name).write_text(json.dumps(counted) + "\n")


if __name__ == "__main__":
    main()
