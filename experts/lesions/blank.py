"""How many lesions are counted in eyes that have none: `python -m fundoscope.experts.lesions.blank --data DIR --out FILE`.

Writes the card's `KIND_blank`: up to so many are counted in photographs of nine of ten patients without retinopathy of the
grader's validation part, of which neither the lesion networks nor their operating points have seen any. A count that is no higher tells
nothing by itself: its interval reaches down to none.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...records import Photograph
from ...settings import Settings
from .. import load_expert
from ..grade.split import Example, examples
from ..training.datasets import labels, picture
from .free import FREE_OF_LESIONS, without_lesions
from .measure import regions_of
from .network import KINDS

SHARE = 0.9
"""Of patients without retinopathy, the share in whose photographs there are no more than the blank of a kind."""


def counted(data: Path, rows: list[Example]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Diameters of the fields of view (n,), photograph px, and the maps' lesions (n, 4) in the order of KINDS.

    Counted at the operating point, also where a report counts none because the field of view is too small.
    """
    lesions, landmarks = load_expert("lesions", Settings()), load_expert("landmarks", Settings())
    fields, found = [], []
    for row in rows:
        photograph = Photograph.from_pixels(picture(data / row.dataset / row.image))
        finding = lesions.read(photograph, {"landmarks": landmarks.read(photograph)})
        kinds = [region.kind for region in regions_of(finding, lesions.card.thresholds)]
        found.append([kinds.count(kind) for kind in KINDS])
        fields.append(photograph.field_of_view.diameter)
    return np.array(fields, dtype=np.float64), np.array(found, dtype=np.float64).reshape(-1, len(KINDS))


def blank(counts: NDArray[np.float64], patients: Sequence[str], share: float = SHARE) -> int:
    """The least number that photographs of `share` of further patients do not exceed, from counts (n,) of such photographs.

    Each patient weighs as one, however many photographs there are of them.
    """
    own = Counter(patients)
    weight = np.array([1 / own[patient] for patient in patients])
    order = np.argsort(counts, kind="stable")
    reached = np.cumsum(weight[order]) / (len(own) + 1)
    place = int(np.searchsorted(reached, share - 1e-9))
    return int(counts[order][min(place, len(counts) - 1)])


def without_retinopathy(data: Path, part: str) -> list[Example]:
    """The photographs of one part of the grader's split whose labels call them free of retinopathy."""
    known = {(name, row["image"]): row for name in FREE_OF_LESIONS for row in labels(data, name)}
    return [e for e in examples(data) if e.part == part and without_lesions(e.dataset, known[e.dataset, e.image])]


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="JSON file")
    options = parser.parse_args()
    rows = without_retinopathy(options.data, "validation")
    counts, patients = counted(options.data, rows)[1], [f"{row.dataset}:{row.group}" for row in rows]
    blanks = {f"{kind}_blank": blank(counts[:, k], patients) for k, kind in enumerate(KINDS)}
    options.out.write_text(json.dumps(blanks, indent=1) + "\n")


if __name__ == "__main__":
    main()
