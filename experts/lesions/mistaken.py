"""What weights take for lesions where there are none: `python -m fundoscope.experts.lesions.mistaken --data DIR --weights FILE --out FILE`.

Writes the places in the lesion-free photographs of the training part, for `train --mistaken` to look at more often. The
optic disc is left out, as it is when lesions are counted.
"""

from __future__ import annotations

import argparse
import json
import logging
from pathlib import Path

import torch
from safetensors.torch import load_file

from ...records import Photograph
from ...settings import Settings
from .. import load_expert
from ..training.datasets import picture
from .anatomy import Anatomy
from .components import components
from .free import Places, free_files, healthy_files
from .network import KINDS, LesionNet
from .predict import load_segmenter, view_of

LOG = logging.getLogger("fundoscope.lesions")
LEAST = 0.2
"""Scores from here on are a mistake worth another look: less than any kind of lesion is counted from."""
MOST = 40
"""Places a photograph and kind at most, those with the highest scores."""


def places_in(network: LesionNet, photograph: Photograph, anatomy: Anatomy) -> list[tuple[float, float]]:
    """Centres (x, y), in photograph pixels, of what one upright reading of a photograph takes for lesions."""
    view = view_of(photograph.pixels, photograph.field_of_view)
    with torch.inference_mode():
        x = torch.from_numpy(view.values)[None].contiguous(memory_format=torch.channels_last)
        maps = network(x).sigmoid()[0].numpy() * (view.inside & ~anatomy.disc_mask(view.frame))
    found = []
    for channel in range(len(KINDS)):
        seen = components(maps[channel] >= LEAST, maps[channel])[0]
        for one in sorted(seen, key=lambda c: -c.peak)[:MOST]:
            x_at, y_at = view.frame.to_photograph(one.x, one.y)
            found.append((round(x_at, 1), round(y_at, 1)))
    return found


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--weights", type=Path, required=True, help="segmenter.safetensors of an earlier leg")
    parser.add_argument("--seed", type=int, default=0, help="that of the training, which draws the photographs by it")
    parser.add_argument("--out", type=Path, required=True, help="JSON file")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    network, landmarks = load_segmenter(load_file(options.weights)), load_expert("landmarks", Settings())
    places: Places = {}
    sets = [healthy_files(options.data), *free_files(options.data, options.seed, more=True)]
    for name, image in (file for files in sets for file in files):
        photograph = Photograph.from_pixels(picture(options.data / name / image))
        anatomy = Anatomy.of({"landmarks": landmarks.read(photograph)})
        places[f"{name}/{image}"] = places_in(network, photograph, anatomy)
    LOG.info("%d places in %d photographs", sum(map(len, places.values())), len(places))
    options.out.write_text(json.dumps(places, indent=0) + "\n")


if __name__ == "__main__":
    main()
