"""Train the quality heads: `python -m fundoscope.experts.quality.train --data DIR --out DIR`.

Describes every training picture once (kept under --out, so that a second start goes on from there), fits logistic heads
on five folds and writes `weights/` under --out. No part of the ImageNet backbone is changed.
"""

from __future__ import annotations

import argparse
import json
import logging
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from ..training.metrics import roc_auc
from ..training.weights import write_weights
from . import about
from .heads import CLIP, OUTPUTS, Heads
from .look import describe
from .network import from_imagenet
from .samples import FOLDS, Sample, training_squares

log = logging.getLogger("fundoscope.experts.quality.train")

TRIED = (0.01, 0.02, 0.03, 0.04, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5)
REFUSED_ELSEWHERE, REFUSED = 0.01, {"odir5k_subset": 0.025}
"""Share of a camera's good photographs that the gradable threshold may refuse; in ODIR "good" is only a missing word."""
PENALTY = {"fundus": 3e-3, "gradable": 1e-2, "focus": 1e-2, "illumination": 1e-2, "contrast": 1e-2, "field": 1e-2}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    options = parser.parse_args()
    backbone = from_imagenet(options.data / "pretrained/mobilenet_v2_imagenet_fp16.npz")
    features, samples = described(options.data, options.out, options.seed)
    heads = fit(features, samples)
    entries = [
        write_weights(backbone.state_dict(), options.out, "weights/backbone.safetensors"),
        write_weights(heads, options.out, "weights/heads.safetensors", half=False),
    ]
    card = about.card(entries, choose(features, samples, heads), samples)
    (options.out / "card.json").write_text(card.model_dump_json(indent=2) + "\n", encoding="utf-8")


def choose(features: NDArray[np.float32], samples: list[Sample], heads: dict[str, torch.Tensor]) -> dict[str, float]:
    """Thresholds by heads that did not see the patient: no camera loses more than `REFUSED` of its good ones."""
    judge = Heads({n: t.numpy() for n, t in heads.items()})
    p = np.stack([judge.probabilities(f, s.fold) for f, s in zip(features, samples, strict=True)])
    y = targets(samples)
    for k, name in enumerate(OUTPUTS):
        known = ~np.isnan(y[:, k])
        log.info("%s: out-of-fold AUC %.4f of %d", name, roc_auc(y[known, k] > 0, p[known, k]), int(known.sum()))
    source = np.array([s.source for s in samples])
    clean = y[:, 1] == 1
    loss = {
        t: {str(n): float((p[clean & (source == n), 1] < t).mean()) for n in np.unique(source[clean])} for t in TRIED
    }
    allowed = [t for t, lost in loss.items() if all(v <= REFUSED.get(n, REFUSED_ELSEWHERE) for n, v in lost.items())]
    for t, lost in loss.items():
        log.info("gradable below %.2f refused: %s", t, lost)
    for n in np.unique(source):
        fundus = p[source == n, 0]
        log.info("fundus, %s: %d, quantiles %s", n, len(fundus), np.quantile(fundus, [0, 0.005, 0.5, 0.98, 1]).round(3))
    return {"fundus": 0.5, "gradable": max(allowed, default=TRIED[0]), "reason": 0.5}


def described(data: Path, out: Path, seed: int) -> tuple[NDArray[np.float32], list[Sample]]:
    """Features (n, 440) of every training picture and what is known of it, from `out` when they are there."""
    file, notes = out / "features.npy", out / "samples.json"
    if file.exists() and notes.exists():
        return np.load(file), [_sample(s) for s in json.loads(notes.read_text(encoding="utf-8"))]
    # The backbone as it will be shipped: in half precision.
    backbone = from_imagenet(data / "pretrained/mobilenet_v2_imagenet_fp16.npz").half().float()
    features, samples = [], []
    for square, sample in training_squares(data, seed):
        features.append(describe(square, backbone)[0])
        samples.append(sample)
        if len(samples) % 500 == 0:
            log.info("%d pictures described", len(samples))
    out.mkdir(parents=True, exist_ok=True)
    np.save(file, np.stack(features))
    notes.write_text(json.dumps([asdict(s) for s in samples]), encoding="utf-8")
    return np.stack(features), samples


def _sample(stored: dict) -> Sample:
    reasons = stored.pop("reasons")
    return Sample(**stored, reasons=None if reasons is None else tuple(reasons))


def targets(samples: list[Sample]) -> NDArray[np.float32]:
    """Labels (n, 6) after `OUTPUTS`: 1, 0, or nan where nothing is known."""
    out = np.full((len(samples), len(OUTPUTS)), np.nan, dtype=np.float32)
    for i, s in enumerate(samples):
        out[i, 0] = s.fundus
        if s.gradable is not None:
            out[i, 1] = s.gradable
        if s.reasons is not None:
            out[i, 2:] = s.reasons
    return out


def weights(samples: list[Sample], label: NDArray[np.float32]) -> NDArray[np.float32]:
    """Weights (n,) of one output's labels: both classes weigh the same; within one, so do its origins (damped)."""
    keys = [f"{s.source}:{s.reasons is not None and any(s.reasons)}:{v}" for s, v in zip(samples, label, strict=True)]
    _, which, count = np.unique(keys, return_inverse=True, return_counts=True)
    weight = count[which] ** -0.6
    known = ~np.isnan(label)
    for value in (0.0, 1.0):
        weight[label == value] /= weight[label == value].sum()
    return np.where(known, weight / 2, 0.0).astype(np.float32)


def fit(features: NDArray[np.float32], samples: list[Sample]) -> dict[str, torch.Tensor]:
    """Heads of all folds: `weight` (FOLDS, 6, 440), `bias` (FOLDS, 6), and the features' `mean` and `scale`."""
    mean, scale = features.mean(0), features.std(0) + 1e-4
    x = torch.from_numpy(np.clip((features - mean) / scale, -CLIP, CLIP))
    y = targets(samples)
    folds = np.array([s.fold for s in samples])
    weight, bias = torch.zeros(FOLDS, len(OUTPUTS), x.shape[1]), torch.zeros(FOLDS, len(OUTPUTS))
    for fold in range(FOLDS):
        for k, name in enumerate(OUTPUTS):
            seen = (folds != fold) & ~np.isnan(y[:, k])
            label = np.where(seen, y[:, k], np.nan)
            w = weights(samples, label)[seen]
            weight[fold, k], bias[fold, k] = logistic(
                x[seen], torch.from_numpy(y[seen, k]), torch.from_numpy(w), PENALTY[name]
            )
        log.info("fold %d fitted", fold)
    return {"weight": weight, "bias": bias, "mean": torch.from_numpy(mean), "scale": torch.from_numpy(scale)}


def logistic(
    x: torch.Tensor, y: torch.Tensor, weight: torch.Tensor, penalty: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """Weighted logistic regression with an L2 penalty: coefficients (d,) and intercept."""
    coefficients = torch.zeros(x.shape[1], requires_grad=True)
    intercept = torch.zeros(1, requires_grad=True)
    solver = torch.optim.LBFGS([coefficients, intercept], max_iter=150, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        solver.zero_grad()
        logits = x @ coefficients + intercept
        loss = (weight * functional.binary_cross_entropy_with_logits(logits, y, reduction="none")).sum()
        loss = loss + penalty * coefficients.square().sum()
        loss.backward()
        return loss

    solver.step(closure)
    return coefficients.detach(), intercept.detach()[0]


if __name__ == "__main__":
    main()
