"""A site's own labels: one CSV beside the photographs.

Columns: `image` (a path, relative to the CSV); `gradable` (1, 0, yes or no) for the quality expert; `grade` (ICDR, 0 to 4)
for the grader; those of `site_measures` for the other experts; `patient` (any word), without which every photograph counts as
a patient of its own. Other columns are passed over, and so is a row whose label is empty. Cells are separated by commas, by
semicolons (numbers may then have a decimal comma) or by tabs, as the heading is; the text is UTF-8, or UTF-16 with its mark.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from ..errors import BadSetting, UnreadableImage
from ..records import Photograph
from ..records.files import plain_name

T = TypeVar("T")
L = TypeVar("L")
TASKS = {"quality": "gradable", "grade": "grade"}
"""Task to the column that holds its label."""
_SEPARATORS = ",;\t"
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
_LINE_END = re.compile(r"[\r\n]")
_PICTURE = re.compile(r"\.(?:jpe?g|png|tiff?|dcm)$", re.IGNORECASE)
_TRUTH = {"1": 1, "yes": 1, "true": 1, "0": 0, "no": 0, "false": 0}


@dataclass(frozen=True)
class Labelled(Generic[L]):
    """One row: its number as a spreadsheet shows it (the heading is 1), the photograph's file, label and patient."""

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


class UnusableLabels(BadSetting):
    """Own labels that lead to nothing; `problems` has a line for each row that could not be used."""

    def __init__(self, line: str, problems: Sequence[str]) -> None:
        super().__init__(line)
        self.problems = list(problems)


@contextmanager
def with_problems(problems: list[str]) -> Iterator[None]:
    """What is refused inside is UnusableLabels with these problems, those found until then."""
    try:
        yield
    except BadSetting as error:
        raise UnusableLabels(str(error), problems) from error


def columns(file: Path) -> list[str]:
    """The tasks whose labels a file has. Raises BadSetting."""
    heading = _table(file).heading
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
    table = _table(file)
    missing = [] if "image" in table.heading else ["image"]
    missing += [] if set(names) & set(table.heading) else [" or ".join(names)]
    if missing:
        raise BadSetting(f"{file.name}: there is no column {' and no column '.join(missing)}")
    rows: list[Labelled[L]] = []
    problems: list[str] = []
    for number, entry in table.rows:
        cells = {name: table.plain(word) for name in names if (word := entry.get(name, ""))}
        image = entry.get("image", "")
        if not cells:
            continue
        made = label(cells)
        if isinstance(made, str):
            problems.append(f"row {number}: {made}")
        elif not image or not _is_file(file.parent / image):
            problems.append(f"row {number}: there is no photograph {image!r}")
        else:
            patient = entry.get("patient", "") or f"row {number}"
            rows.append(Labelled(number, file.parent / image, made, patient))
    return OwnLabels(rows, problems, table.sha256)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that no file can have
        return False


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


@dataclass(frozen=True)
class _Table:
    """A CSV: its heading, its rows by number with the blanks around cells cut off, what separates cells, and a SHA-256 of the text."""

    heading: list[str]
    rows: list[tuple[int, dict[str, str]]]
    separator: str
    sha256: str

    def plain(self, word: str) -> str:
        """A cell with a decimal point where its decimal mark is a comma."""
        return word.replace(",", ".") if self.separator == ";" and _DECIMAL_COMMA.fullmatch(word) else word


def _table(file: Path) -> _Table:
    text = _text(file)
    lines = text.splitlines()
    first = lines[0] if lines else ""
    # The heading has no commas or semicolons in its names, so that what splits it most is what separates.
    separator = max(_SEPARATORS, key=first.count)
    rows = [[cell.strip() for cell in row] for row in _cells(file, text, separator)]
    heading = rows[0] if rows else []
    entries = [(number, dict(zip(heading, row, strict=False))) for number, row in enumerate(rows[1:], 2)]
    return _Table(heading, entries, separator, hashlib.sha256("\n".join(lines).encode()).hexdigest())


def _cells(file: Path, text: str, separator: str) -> list[list[str]]:
    """The cells of each row. Raises BadSetting, with the line on which the row begins, where they cannot be told apart."""
    reader = csv.reader(io.StringIO(text + "\n", newline=""), delimiter=separator)
    rows: list[list[str]] = []
    begins = 1
    try:
        for row in reader:
            heading = rows[0] if rows else row
            # Two stray quotes make one cell of all that lies between them, and other rows' labels become this one's.
            if any(_swallows_a_row(cell, separator, len(heading), file.parent) for cell in row):
                raise csv.Error(
                    "a cell goes on over the end of its line and other cells: a quote is missing or one is too many"
                )
            if row and row[-1].endswith("\n") and reader.line_num > text.count("\n"):  # the file's end lies in a cell
                raise csv.Error("a quote is not closed")
            rows.append(row)
            begins = reader.line_num + 1
    except csv.Error as error:
        raise BadSetting(f"{plain_name(file)}: line {begins}: the CSV cannot be read ({error})") from error
    return rows


def _swallows_a_row(cell: str, separator: str, columns: int, folder: Path) -> bool:
    """Whether a line of a cell, from the second on, looks like a row: it has as many cells, or begins with a file's or picture's name."""
    for line in _LINE_END.split(cell)[1:]:
        first = line.partition(separator)[0].strip()
        named = _PICTURE.search(first) or (first and (folder / first).is_file())
        if named or line.count(separator) >= max(1, columns - 1):
            return True
    return False


def _text(file: Path) -> str:
    try:
        data = file.read_bytes()
        marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        return data.decode("utf-16" if marked else "utf-8-sig")
    except OSError as error:
        raise BadSetting(f"{plain_name(file)}: the labels cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise BadSetting(f"{file.name}: the labels cannot be read; a CSV in UTF-8 is needed") from error
