"""Predictions for a data set that a network did not learn from.

`python -m fundoscope.experts.grade.crossing --data DIR --model OUT/model --left SET --recipe TEXT --out FOLDER` reads every
photograph of SET with a network that `train --leave SET` made. It writes `grade_without_SET.csv` (image and five uncalibrated
probabilities) and notes the recipe in `grade_cameras.json`; `fundoscope eval grade` scores them.
"""

from __future__ import annotations

import argparse
import csv
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...records import Photograph
from ..training.datasets import picture
from .calibration import softmax
from .model import GradingModel
from .preprocess import square
from .split import examples

RECIPES = "grade_cameras.json"


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--left", required=True, help="the data set that was left out of training")
    parser.add_argument("--recipe", required=True, help="how the network was trained")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    network = GradingModel(options.model)
    seen = {}
    for row in examples(options.data):
        if row.dataset == options.left:
            photograph = Photograph.from_pixels(picture(options.data / row.dataset / row.image))
            seen[row.image] = softmax(network.look(square(photograph, network.side)[0]).logits)
    write_predictions(options.out, options.left, seen, options.recipe)


def write_predictions(folder: Path, left: str, seen: dict[str, NDArray[np.float64]], recipe: str) -> None:
    """Write probabilities (5,) by image, and the recipe."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"grade_without_{left}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["image", *(f"p{g}" for g in range(5))])
        writer.writerows([image, *(f"{v:.4f}" for v in p)] for image, p in seen.items())
    recipes = read_recipes(folder) | {left: recipe}
    (folder / RECIPES).write_text(json.dumps(recipes, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def read_predictions(folder: Path, left: str) -> dict[str, NDArray[np.float64]]:
    """Probabilities (5,) by image."""
    with (folder / f"grade_without_{left}.csv").open(newline="", encoding="utf-8") as file:
        return {r["image"]: np.array([float(r[f"p{g}"]) for g in range(5)]) for r in csv.DictReader(file)}


def read_recipes(folder: Path) -> dict[str, str]:
    """How the network of each left-out data set was trained; empty where there are none."""
    file = folder / RECIPES
    found: dict[str, str] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return found


if __name__ == "__main__":
    main()
