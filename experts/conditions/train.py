"""Train the detectors: `python -m fundoscope.experts.conditions.train --data DIR --out DIR`.

Describes ODIR's photographs once (kept under --out, so that a second start goes on from there), fits logistic heads on
five folds of patients and writes `weights/`, `card.json` without figures and `conditions.csv`, the out-of-fold
predictions that `fundoscope eval conditions` scores. No part of the ImageNet backbone is changed. A detector is shipped
where the lower bound of its AUC on patients it did not see is at least `LEAST_AUC`.
"""

from __future__ import annotations

import argparse
import csv
import logging
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from ...records import Photograph
from ...settings import Settings
from .. import load_card, load_expert
from ..grade.novelty import Novelty
from ..precision import quick_precision
from ..quality.expert import BACKBONE as QUALITY_BACKBONE
from ..quality.expert import Quality
from ..training.datasets import picture
from ..training.metrics import roc_auc
from ..training.weights import write_weights
from . import about
from .expert import BACKBONE, HEADS
from .fit import cross_fitted, threshold
from .look import COLOURLESS, describe
from .samples import DATASET, LEAST_AUC, WORDS, Sample, samples

log = logging.getLogger("fundoscope.experts.conditions.train")

FAMILIAR = 0.995
"""Share of the photographs learnt from that count as familiar; what lies farther off than they do is not assessed."""


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    options = parser.parse_args()
    rows = samples(options.data)
    features = described(options.data, options.out, rows)
    present = np.array([row.present for row in rows])
    folds = np.array([row.fold for row in rows])
    heads, probability, penalties = cross_fitted(features, present, folds)
    write_predictions(options.out / "conditions.csv", rows, probability)
    shipped = []
    for k, name in enumerate(WORDS):
        low = lower_bound(present[:, k], probability[:, k], [row.patient for row in rows])
        auc = roc_auc(present[:, k], probability[:, k])
        log.info("%s: AUC %.3f, lower bound %.3f, penalties %s", name, auc, low, penalties[:, k])
        if low >= LEAST_AUC:
            shipped.append(k)
    novelty = Novelty.fit(features[:, COLOURLESS])
    distance = np.array([novelty.distance(row) for row in features[:, COLOURLESS]])
    thresholds = {name: threshold(probability[:, k], present[:, k]) for k, name in enumerate(WORDS) if k in shipped}
    thresholds["novelty"] = float(np.quantile(distance, FAMILIAR))
    tensors = {
        **{name: part[:, shipped] if name in ("weight", "bias") else part for name, part in heads.items()},
        "novelty_mean": novelty.mean,
        "novelty_directions": novelty.directions,
        "novelty_spread": novelty.spread,
        "novelty_rest": np.array([novelty.rest]),
    }
    state = {name: torch.from_numpy(np.asarray(part, dtype=np.float32)) for name, part in tensors.items()}
    heads_file = write_weights(state, options.out, HEADS, half=False)
    backbone = next(w for w in load_card("quality").weights if w.file == QUALITY_BACKBONE)
    card = about.card(
        [backbone.model_copy(update={"file": BACKBONE}), heads_file],
        {name: round(value, 4) for name, value in thresholds.items()},
        rows,
    )
    (options.out / "card.json").write_text(card.model_dump_json(indent=2) + "\n", encoding="utf-8")


def described(data: Path, out: Path, rows: list[Sample]) -> NDArray[np.float32]:
    """Features (n, LENGTH) of the photographs, from `out` as far as they are there."""
    file = out / "features.npy"
    features = list(np.load(file)) if file.exists() else []
    if len(features) == len(rows):
        return np.stack(features)
    settings = Settings(device="cpu")
    quality, landmarks = load_expert("quality", settings), load_expert("landmarks", settings)
    assert isinstance(quality, Quality)
    out.mkdir(parents=True, exist_ok=True)
    for row in rows[len(features) :]:
        photograph = Photograph.from_pixels(picture(data / DATASET / row.image))
        # Half the time, and crops that lie within half a pixel of where they would lie otherwise.
        with quick_precision("cpu"):
            seen = landmarks.read(photograph)
        features.append(describe(photograph, seen, quality.backbone))
        if len(features) % 100 == 0 or len(features) == len(rows):
            np.save(file, np.stack(features))
            log.info("%d of %d photographs described", len(features), len(rows))
    return np.stack(features)


def lower_bound(present: NDArray[np.bool_], probability: NDArray[np.float64], patients: list[str]) -> float:
    """Lower end of the AUC's 95 % interval over resampled patients."""
    numbered = np.unique(np.array(patients), return_inverse=True)[1]
    members = [np.flatnonzero(numbered == g) for g in range(numbered.max() + 1)]
    rng = np.random.default_rng(0)
    values = []
    for _ in range(1000):
        drawn = np.concatenate([members[i] for i in rng.integers(0, len(members), len(members))])
        values.append(roc_auc(present[drawn], probability[drawn]))
    return float(np.nanpercentile(values, 2.5))


def write_predictions(path: Path, rows: list[Sample], probability: NDArray[np.float64]) -> None:
    """Out-of-fold probabilities as CSV: image, fold, a column a condition."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["image", "fold", *WORDS])
        for row, of_row in zip(rows, probability, strict=True):
            writer.writerow([row.image, row.fold, *(f"{p:.5f}" for p in of_row)])


if __name__ == "__main__":
    main()
