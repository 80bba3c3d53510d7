"""The commands for a site of one's own: foreign weights, own labels, own calibration."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from .cli_show import spinner

if TYPE_CHECKING:
    from .experts.site import SiteCalibration

T = TypeVar("T")
LabelsOption = Annotated[
    Path | None,
    typer.Option("--labels", help="A CSV of one's own beside the photographs; docs/site.md has its columns"),
]

RetrainOption = Annotated[
    Path | None,
    typer.Option(help="Train what the cross-validated rows stand on anew, in this folder, and score that instead"),
]


def convert(
    file: Annotated[Path, typer.Argument(help="A PyTorch file of weights: .pth, .pt, .bin")],
    out: Annotated[Path, typer.Argument(help="The .safetensors file to write")],
    key: Annotated[str | None, typer.Option(help="The entry that holds the weights, for example model.encoder")] = None,
) -> None:
    """Write the tensors of a PyTorch file as safetensors; no code in the file is run."""
    from .experts.convert import convert as write

    done = write(file, out, key=key)
    for left in done.dropped:
        print(f"left out: {left}")
    print(f"{done.tensors} tensors, {done.bytes} bytes, SHA-256 {done.sha256}")
    print(done.path)


def evaluate_labels(task: str, labels: Path) -> None:
    """Print the table of an expert on own labels, and one line on stderr for each row that could not be used."""
    from .evals.site import TOO_FEW, evaluate_own
    from .evals.table import to_markdown

    rows = _of_rows(f"Measuring {task}", lambda: evaluate_own(task, labels), set())
    print(f"\n## {task}, {labels.name}\n\n{to_markdown(rows, TOO_FEW)}")


def evaluate_retrained(name: str, data: Path | None, out: Path) -> bool:
    """Print the cross-validated rows of an evaluation by networks trained now; whether all meet their bars."""
    from .evals.retrain import retrained
    from .evals.run import labelled
    from .evals.table import to_markdown
    from .settings import default_settings

    rows = retrained(name, labelled(data or default_settings().data), out)
    print(f"\n## {name}, trained in {out}\n\n{to_markdown(rows)}")
    return all(row.passed is not False for row in rows)


def calibrate(
    labels: Annotated[Path, typer.Option("--labels", help="A CSV of one's own: image, patient, gradable, grade")],
    task: Annotated[
        str | None, typer.Option(help="quality or grade; without it every task the CSV has labels of")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what would be stored and store nothing.")] = False,
) -> None:
    """Fit the quality threshold and the grade's temperature to one's own photographs and use them from now on."""
    from .errors import BadSetting
    from .evals.calibrate_site import calibrate_own
    from .evals.own_labels import TASKS, columns
    from .experts.site import store
    from .settings import default_settings

    tasks = [task] if task is not None else columns(labels)
    if not tasks:
        raise BadSetting(f"{labels.name}: it has none of the columns {', '.join(TASKS.values())}")
    refused: list[str] = []
    named: set[str] = set()
    for name in tasks:
        try:
            calibration = _of_rows(f"Fitting {name}", lambda name=name: calibrate_own(name, labels), named)  # type: ignore[misc]
        except BadSetting as error:
            refused.append(str(error))
            continue
        _tell(calibration)
        print("nothing was stored" if dry_run else store(calibration, default_settings().home))
    if refused:
        raise BadSetting("; ".join(refused))


def _of_rows(doing: str, work: Callable[[], tuple[T, list[str]]], named: set[str]) -> T:
    """What comes of own labels; each row that could not be used is named on stderr, also where nothing comes of them.

    `named` holds the lines that were printed before and are not printed again.
    """
    from .evals.own_labels import UnusableLabels

    problems: list[str] = []
    try:
        with spinner(doing):
            made, problems = work()
    except UnusableLabels as error:
        problems = error.problems
        raise
    finally:
        for line in problems:
            if line not in named:
                print(line, file=sys.stderr)
                named.add(line)
    return made


def _tell(calibration: SiteCalibration) -> None:
    counted = ", ".join(f"{count} {name}" for name, count in calibration.classes.items())
    print(f"{calibration.expert}: {calibration.photographs} photographs of {calibration.patients} patients ({counted})")
    for name, value in calibration.fitted.items():
        low, high = calibration.intervals[name]
        told = f"{value:.4f} (95 % interval {low:.4f} to {high:.4f}), shipped {calibration.shipped[name]:.4f}"
        print(f"  {name.replace('_', ' ')}: {told}")
    for name, (before, after) in calibration.figures.items():
        print(f"  {name}: {before:.3f} as shipped, {after:.3f} out of fold")
