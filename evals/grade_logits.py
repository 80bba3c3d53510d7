"""What the shipped grader says of validation and hold-out: `python -m fundoscope.evals.grade_logits --data DIR`.

Writes `predictions/grade.csv`: the label and the logits of each photograph, from which `grade_abstention` and
`grade_conformal` are computed without photographs.
"""

from __future__ import annotations

import argparse
import csv
import io
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from ..experts import load_expert
from ..experts.grade.expert import Grade
from ..experts.grade.split import SPLIT_FILE, Example, read_split
from ..experts.training.datasets import picture
from ..records import Photograph
from ..records.files import write_whole

FILE = Path(__file__).with_name("predictions") / "grade.csv"
LOGITS = tuple(f"logit_{grade}" for grade in range(5))


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    options = parser.parse_args()
    expert = load_expert("grade")
    if not isinstance(expert, Grade):
        raise TypeError("the built-in grader is read")
    rows = [r for r in read_split(expert.folder / SPLIT_FILE) if r.part != "train"]
    write(FILE, ((r, logits(expert, options.data, r)) for r in sorted(rows, key=lambda r: (r.dataset, r.image))))


def logits(expert: Grade, data: Path, row: Example) -> list[float]:
    """The network's five logits of one photograph, to four places."""
    photograph = Photograph.from_pixels(picture(data / row.dataset / row.image))
    return [round(float(v), 4) for v in expert.logits(photograph).logits]


@lru_cache(maxsize=1)
def stored() -> list[dict[str, str]]:
    """The lines of FILE."""
    with FILE.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def allowed(row: dict[str, str]) -> list[int]:
    """The grades that the label of a line leaves open."""
    return [int(grade) for grade in row["allowed"].split()]


def write(file: Path, seen: Iterable[tuple[Example, list[float]]]) -> None:
    """One line a photograph; the file appears whole or not at all."""
    page = io.StringIO()
    writer = csv.writer(page, lineterminator="\n")
    writer.writerow(["dataset", "image", "group", "allowed", "part", *LOGITS])
    for row, values in seen:
        writer.writerow([row.dataset, row.image, row.group, " ".join(map(str, row.allowed)), row.part, *values])
    write_whole(file, page.getvalue().encode())


if __name__ == "__main__":
    main()
