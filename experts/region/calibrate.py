"""What is made of the network's maps: `python -m fundoscope.experts.region.calibrate --data DIR --weights FILE`.

Logs, for each setting, the mean IoU from the true box on the ten photographs of IDRiD's training split that are held out of
training: of the discs, of the larger lesions, and of both in equal parts. The best goes on the card, by hand. The
last leg (`train --all`) learns from these photographs too, so it is the leg before it that is measured.
"""

from __future__ import annotations

import argparse
import itertools
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.torch import load_file

from ...imaging import Frame
from .network import RegionSam, fill
from .outline import SmallSam
from .rounding import Rounding, rounded
from .samples import Object, Scene, validation_scenes
from .window import crop_side, frame_at

LOG = logging.getLogger("fundoscope.region.calibrate")
AGREEMENTS, SHARES, THRESHOLDS = (0.84, 0.87, 0.9), (0.0, 0.2, 0.3, 0.4, 0.5), (0.45, 0.5, 0.55)
KINDS = ("HE", "EX", "SE")
"""The kinds that are judged; microaneurysms of that size are round, so that any ellipse outlines them."""
LEAST_AREA = 100
"""Lesions of fewer label pixels (of the halved photographs) are not judged: their outlines are of few pixels."""
Seen = tuple[Object, Frame, NDArray[np.float32]]


def main() -> None:
    """Command line."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--weights", type=Path, required=True, help="region.safetensors of the leg before the last")
    args = parser.parse_args()
    network = fill(RegionSam(), load_file(args.weights))
    scenes = validation_scenes(args.data)
    for views in (2, 4):
        sam = SmallSam(network, 0.5, Rounding(1, 0), views)
        seen = [one for scene in scenes for one in maps_of(sam, scene)]
        for how, threshold in settings():
            discs, lesions = score(sam, seen, how, threshold)
            LOG.info(
                "views %d threshold %.2f agreement %.2f share %.1f: discs %.4f lesions %.4f mean %.4f",
                views, threshold, how.agreement, how.share, discs, lesions, (discs + lesions) / 2,
            )  # fmt: skip


def settings() -> Iterator[tuple[Rounding, float]]:
    """Every setting that is compared."""
    for agreement, share, threshold in itertools.product(AGREEMENTS, SHARES, THRESHOLDS):
        if share or agreement == AGREEMENTS[0]:
            yield Rounding(agreement, share), threshold


def maps_of(sam: SmallSam, scene: Scene) -> list[Seen]:
    """The judged objects of a photograph with the frame of their true box and the network's map there."""
    chosen = [o for o in scene.objects if o.kind == "disc" or (o.kind in KINDS and o.area >= LEAST_AREA)]
    boxes = [o.box for o in chosen]
    frames = [frame_at(scene.pixels.shape[:2], *b.centre, crop_side(b, scene.diameter)) for b in boxes]
    maps, _ = sam.maps(scene.pixels, boxes, frames)
    return [(o, frame, plane[0].copy()) for o, frame, plane in zip(chosen, frames, maps, strict=True)]


def score(sam: SmallSam, seen: Sequence[Seen], how: Rounding, threshold: float) -> tuple[float, float]:
    """Mean IoU of the discs and of the lesions."""
    sam.threshold = threshold
    found: dict[bool, list[float]] = {True: [], False: []}
    for thing, frame, plane in seen:
        shape = sam.shape(rounded(plane, frame, thing.box, how), frame, thing.box, 1.0)
        found[thing.kind == "disc"].append(thing.iou(shape))
    return float(np.mean(found[True])), float(np.mean(found[False]))


if __name__ == "__main__":
    main()
