"""A site's own labels: one CSV beside the photographs.

Columns: `image` (a path, relative to the CSV); `gradable` (1, 0, yes or no) for the quality expert; `grade` (ICDR, 0 to 4)
for the grader; those of `site_measures` for the other experts; `patient` (any word), without which every photograph counts as
a patient of its own. Other columns are passed over, and so is a row whose label is empty.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from ..errors import BadSetting, UnreadableImage
from ..records import Photograph

T = TypeVar("T")
L = TypeVar("L")
TASKS = {"quality": "gradable", "grade": "grade"}
"""Task to the column that holds its label."""
_TRUTH = {"1": 1, "yes": 1, "true": 1, "0": 0, "no": 0, "false": 0}


@dataclass(frozen=True)
class Labelled(Generic[L]):
    """One row: its number in the file (the first under the heading is 2), the photograph's file, label and patient."""

    row: int
    path: Path
    label: L
    patient: str


@dataclass(frozen=True)
class OwnLabels(Generic[L]):
    """The rows that can be used, one line for each that cannot, and the SHA-256 of the file."""

    rows: list[Labelled[L]]
    problems: list[str]
    sha256: str


def columns(file: Path) -> list[str]:
    """The tasks whose labels a file has. Raises BadSetting."""
    heading = next(csv.reader(_lines(file)), [])
    return [task for task, column in TASKS.items() if column in heading]


def read_labels(file: Path, task: str) -> OwnLabels[int]:
    """The labels of a task. Raises BadSetting for a file that cannot be read or has no such column."""
    if task not in TASKS:
        raise BadSetting(f"single labels are taken for {', '.join(TASKS)}, not for {task!r}")
    column = TASKS[task]

    def label(cells: Mapping[str, str]) -> int | str:
        word = cells[column].lower()
        found = truth(word) if task == "quality" else int(word) if word in ("0", "1", "2", "3", "4") else None
        wanted = "1, 0, yes or no" if task == "quality" else "a grade 0 to 4"
        return f"{column} is {word!r}, not {wanted}" if found is None else found

    return read_rows(file, [column], label)


def truth(word: str) -> int | None:
    """1 or 0 for a word that says yes or no, else None."""
    return _TRUTH.get(word.lower())


def read_rows(file: Path, names: Sequence[str], label: Callable[[Mapping[str, str]], L | str]) -> OwnLabels[L]:
    """The rows that have something in any of the columns `names`; `label` makes their label of its cells or says why not.

    Raises BadSetting for a file that cannot be read, or without photographs or any of the columns.
    """
    lines = _lines(file)
    table = csv.DictReader(lines)
    heading = table.fieldnames or ()
    missing = [] if "image" in heading else ["image"]
    missing += [] if set(names) & set(heading) else [" or ".join(names)]
    if missing:
        raise BadSetting(f"{file.name}: there is no column {' and no column '.join(missing)}")
    rows: list[Labelled[L]] = []
    problems: list[str] = []
    for number, entry in enumerate(table, 2):
        cells = {name: word for name in names if (word := (entry.get(name) or "").strip())}
        image = (entry["image"] or "").strip()
        if not cells:
            continue
        made = label(cells)
        if isinstance(made, str):
            problems.append(f"row {number}: {made}")
        elif not image or not (file.parent / image).is_file():
            problems.append(f"row {number}: there is no photograph {image!r}")
        else:
            patient = (entry.get("patient") or "").strip() or f"row {number}"
            rows.append(Labelled(number, file.parent / image, made, patient))
    return OwnLabels(rows, problems, hashlib.sha256("\n".join(lines).encode()).hexdigest())


def read_photographs(
    labels: OwnLabels[L], read: Callable[[Photograph, L], T | str], on_row: Callable[[], None] = lambda: None
) -> list[tuple[Labelled[L], T]]:
    """What `read` makes of each photograph and its label; where it says why not, or a photograph comes twice, a problem is noted."""
    done: list[tuple[Labelled[L], T]] = []
    seen: dict[str, int] = {}
    for row in labels.rows:
        on_row()
        try:
            photograph = Photograph.from_file(row.path)
        except UnreadableImage as error:
            labels.problems.append(f"row {row.row}: {error}")
            continue
        first = seen.setdefault(photograph.sha256, row.row)
        if first != row.row:
            labels.problems.append(f"row {row.row}: the same photograph as row {first}")
            continue
        made = read(photograph, row.label)
        if isinstance(made, str):
            labels.problems.append(f"row {row.row}: {made}")
        else:
            done.append((row, made))
    return done


def numbered_patients(rows: Iterable[Labelled[L]]) -> list[int]:
    """The patients of the rows by number."""
    numbers: dict[str, int] = {}
    return [numbers.setdefault(row.patient, len(numbers)) for row in rows]


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadSetting(f"{file.name}: the labels cannot be read; a CSV in UTF-8 is needed") from error
