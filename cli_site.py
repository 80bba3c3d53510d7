"""The commands for a site of one's own: foreign weights, own labels, own calibration."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .cli_show import spinner

if TYPE_CHECKING:
    from .experts.site import SiteCalibration

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
    from .evals.site import evaluate_own
    from .evals.table import to_markdown

    with spinner(f"Measuring {task}"):
        rows, problems = evaluate_own(task, labels)
    _complain(problems)
    print(f"\n## {task}, {labels.name}\n\n{to_markdown(rows)}")


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
    refused = []
    for name in tasks:
        try:
            with spinner(f"Fitting {name}"):
                calibration, problems = calibrate_own(name, labels)
        except BadSetting as error:
            refused.append(str(error))
            continue
        _complain(problems)
        _tell(calibration)
        print("nothing was stored" if dry_run else store(calibration, default_settings().home))
    if refused:
        raise BadSetting("; ".join(refused))


def _complain(problems: list[str]) -> None:
    for line in problems:
        print(line, file=sys.stderr)


def _tell(calibration: SiteCalibration) -> None:
    counted = ", ".join(f"{count} {name}" for name, count in calibration.classes.items())
    print(f"{calibration.expert}: {calibration.photographs} photographs of {calibration.patients} patients ({counted})")
    for name, value in calibration.fitted.items():
        low, high = calibration.intervals[name]
        told = f"{value:.4f} (95 % interval {low:.4f} to {high:.4f}), shipped {calibration.shipped[name]:.4f}"
        print(f"  {name.replace('_', ' ')}: {told}")
    for name, (before, after) in calibration.figures.items():
        print(f"  {name}: {before:.3f} as shipped, {after:.3f} out of fold")
