"""Thresholds and calibration: python -m fundoscope.experts.vessels.calibrate --data DIR --weights DIR.

On the photographs held out from training, with the two networks as they were before the legs that learn from
DRIVE's held-out photographs too. The threshold is chosen on DRIVE's, whose observer drew the finest vessels too; HRF's
labels of arteries and veins leave many of them out.
"""

from __future__ import annotations

import argparse
import json
import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from safetensors.torch import load_file

from .network import BOTH_CAMERAS, ONE_CAMERA, VesselNet
from .predict import probability_at_size
from .samples import held_out
from .scores import auc, best_threshold, calibration_error, dice, histogram

log = logging.getLogger(__name__)


def validate(nets: Sequence[VesselNet], data: Path, sources: Sequence[str]) -> dict[str, float]:
    """The threshold with the best mean Dice over the held-out photographs of the first of `sources`; for each of them
    the Dice at it, the area under the ROC curve and the expected calibration error."""
    result: dict[str, float] = {}
    for source in sources:
        held = held_out(data, source)
        maps = [probability_at_size(nets, one.pixels) for one in held]
        threshold = result.setdefault("threshold", best_threshold(maps, held))
        counts = sum(histogram(m, one.vessels, one.field) for m, one in zip(maps, held, strict=True))
        scores = [dice(m >= threshold, one.vessels, one.field) for m, one in zip(maps, held, strict=True)]
        result[f"dice_{source}"] = round(float(np.mean(scores)), 4)
        result[f"auc_{source}"] = round(auc(np.asarray(counts)), 4)
        result[f"ece_{source}"] = round(calibration_error(np.asarray(counts)), 4)
    return result


def main(argv: list[str] | None = None) -> None:
    """Log the figures of the pair of networks and of the one that saw DRIVE alone."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument(
        "--weights", type=Path, required=True, help="folder of two networks that did not learn from them"
    )
    args = parser.parse_args(argv)
    files = (args.weights / Path(file).name for file in (BOTH_CAMERAS, ONE_CAMERA))
    both, one = (VesselNet().load(load_file(file)).fold() for file in files)
    pair, narrow = validate([both, one], args.data, ("drive", "hrf")), validate([one], args.data, ("drive",))
    log.info("%s", json.dumps({"vessel": pair, "vessel_drive_only": narrow}, indent=1))


if __name__ == "__main__":
    main()
