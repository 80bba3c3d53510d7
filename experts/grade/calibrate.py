"""Put a trained network in the expert's folder: `python -m fundoscope.experts.grade.calibrate --data DIR --model DIR`.

Copies the transformers folder, measures the validation part (never the hold-out), chooses temperature, offsets, decision
rule, conformal quantile and the distance of unfamiliar photographs, and writes the card (its figures come from
`fundoscope eval grade`).
"""

from __future__ import annotations

import argparse
import hashlib
import logging
import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from ...records import Photograph
from ...records.card import WeightsFile
from ..training.datasets import picture
from ..training.metrics import calibration_error, quadratic_kappa, roc_auc
from ..training.weights import write_weights
from . import about
from .calibration import conformal_quantile, decide, fit_temperature, probabilities
from .expert import MACULA_FILE, MODEL_FOLDER, NOVELTY_FILE, REFERABLE
from .macula import OedemaExample, oedema_examples
from .macula import choose as choose_oedema
from .model import FILES, GradingModel, Output
from .novelty import Novelty
from .preprocess import square
from .split import SPLIT_FILE, Example, examples, write_split

log = logging.getLogger("fundoscope.experts.grade.calibrate")
CALIBRATED_ON = ("idrid_grading", "odir5k_subset")
FAMILIAR = 300
"""Training photographs whose features say what is familiar."""


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True, help="the folder `model` that train wrote")
    parser.add_argument("--folder", type=Path, default=Path(__file__).parent)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    options = parser.parse_args()
    calibrate(options.data, options.model, options.folder)


def calibrate(data: Path, model: Path, folder: Path) -> None:
    """See the module."""
    target = folder / MODEL_FOLDER
    target.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        shutil.copyfile(model / name, target / name)
    rows = examples(data)
    write_split(rows, folder / SPLIT_FILE)
    network = GradingModel(target)
    chosen = [r for r in rows if r.part == "validation" and r.dataset in CALIBRATED_ON and r.grade is not None]
    seen = _read(network, data, chosen)
    grades = np.array([r.grade for r in chosen])
    thresholds = choose(np.stack([s.logits for s in seen]), grades, np.array([r.dataset for r in chosen]))
    familiar = [r for r in rows if r.part == "train"]
    order = np.random.default_rng(0).permutation(len(familiar))[:FAMILIAR]
    novelty = Novelty.fit(np.stack([s.features for s in _read(network, data, [familiar[i] for i in order])]))
    distances = [novelty.distance(s.features) for s in seen]
    thresholds["novelty_distance"] = float(np.percentile(distances, 99))
    thresholds["heatmap_reference_logit"] = _typical_heat(network, seen, grades)
    oedema = [r for r in oedema_examples(data, rows) if r.part != "holdout"]
    stored = {
        "mean": novelty.mean,
        "directions": novelty.directions,
        "spread": novelty.spread,
        "rest": np.array([novelty.rest], dtype=np.float32),
    }
    tensors = {n: torch.from_numpy(np.ascontiguousarray(v, dtype=np.float32)) for n, v in stored.items()}
    entries = [
        *(_entry(folder, f"{MODEL_FOLDER}/{n}") for n in FILES),
        write_weights(tensors, folder, NOVELTY_FILE),
        _oedema(network, data, oedema, folder),
    ]
    learnt = Counter(r.dataset for r in oedema if r.part == "train")
    card = about.card(entries, {k: round(v, 5) for k, v in thresholds.items()}, rows, learnt)
    (folder / "card.json").write_text(card.model_dump_json(indent=2) + "\n", encoding="utf-8")


def choose(logits: NDArray[np.float64], grades: NDArray, datasets: NDArray) -> dict[str, float]:
    """Temperature, offsets, decision rule and conformal quantile from the validation part."""
    temperature, _ = fit_temperature(logits, grades)
    plain = probabilities(logits, temperature)
    log.info("temperature %.3f alone: calibration error %.3f", temperature, calibration_error(grades, plain))
    temperature, offsets = fit_temperature(logits, grades, offset_penalty=0.02)
    p = probabilities(logits, temperature, offsets)
    log.info("temperature %.3f offsets %s: %.3f", temperature, offsets.round(2), calibration_error(grades, p))
    kappas = {}
    for rule in range(3):
        each = [quadratic_kappa(grades[datasets == d], decide(p[datasets == d], rule)) for d in CALIBRATED_ON]
        kappas[rule] = float(np.mean(each))
        log.info("decision rule %d: kappa %s", rule, np.round(each, 3))
    for d in CALIBRATED_ON:
        log.info(
            "%s: referable AUC %.3f",
            d,
            roc_auc(grades[datasets == d] >= REFERABLE, p[datasets == d, REFERABLE:].sum(1)),
        )
    rule = max(kappas, key=lambda r: kappas[r])
    return {
        "temperature": temperature,
        **{f"offset_{g}": float(v) for g, v in enumerate(offsets)},
        "decision_rule_0_to_2": float(rule),
        "conformal_quantile": conformal_quantile(p, grades),
        "referable": 0.5,
    }


def _oedema(network: GradingModel, data: Path, rows: list[OedemaExample], folder: Path) -> WeightsFile:
    """Fit the head for macular oedema and write it."""
    head, penalty = choose_oedema(np.stack([s.features for s in _read(network, data, rows)]), rows)
    log.info("macular oedema: penalty %g", penalty)
    stored = {"weight": torch.from_numpy(head.weight).float(), "offset": torch.tensor([head.offset])}
    return write_weights(stored, folder, MACULA_FILE, half=False)


def _read(network: GradingModel, data: Path, rows: Sequence[Example | OedemaExample]) -> list[Output]:
    photographs = (Photograph.from_pixels(picture(data / r.dataset / r.image)) for r in rows)
    return list(network.look_through(square(p, network.side)[0] for p in photographs))


def _typical_heat(network: GradingModel, seen: list[Output], grades: NDArray) -> float:
    """Median, over referable validation photographs, of the strongest evidence in them."""
    head = network.head()
    if head is None:
        return 0.0
    pull = head[REFERABLE:].mean(axis=0) - head[:REFERABLE].mean(axis=0)
    planes = [s.plane for s, g in zip(seen, grades, strict=True) if g >= REFERABLE and s.plane is not None]
    return float(np.median([np.tensordot(pull, plane, 1).max() for plane in planes])) if planes else 0.0


def _entry(folder: Path, file: str) -> WeightsFile:
    data = (folder / file).read_bytes()
    return WeightsFile(file=file, sha256=hashlib.sha256(data).hexdigest(), bytes=len(data))


if __name__ == "__main__":
    main()
