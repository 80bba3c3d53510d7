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
    labels: Annotated[
        Path | None, typer.Option("--labels", help="A CSV of one's own: image, patient, gradable, grade")
    ] = None,
    photographs: Annotated[
        Path | None,
        typer.Option("--photographs", help="A folder of one's own: dark spots that its cameras always show are found"),
    ] = None,
    task: Annotated[
        str | None, typer.Option(help="quality or grade; without it every task the CSV has labels of")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what would be stored and store nothing.")] = False,
) -> None:
    """Fit thresholds to one's own labelled photographs, or find the dust of one's own cameras; used from now on."""
    from .errors import BadSetting

    if (labels is None) == (photographs is None):
        raise BadSetting(
            "one of --labels CSV (thresholds) and --photographs FOLDER (dark spots of the camera) is needed"
        )
    if labels is not None:
        _fit_thresholds(labels, task, dry_run)
        return
    if task is not None:
        raise BadSetting("--task goes with --labels; the dark spots of a camera are for the lesions expert")
    assert photographs is not None
    _find_spots(photographs, dry_run)


def _fit_thresholds(labels: Path, task: str | None, dry_run: bool) -> None:
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


def _find_spots(folder: Path, dry_run: bool) -> None:
    from .errors import BadSetting
    from .evals.camera_spots import FEW_PEOPLE, NONE_FOUND, UNUSABLE, cameras, photographs_of, spots_of, store_found
    from .jobs.folder import photographs_in
    from .records.files import check_writable
    from .settings import default_settings

    home, problems = default_settings().home, list[str]()
    check_writable(home)
    files = photographs_in(folder, home)
    with spinner(f"Looking at {len(files.photographs)} photographs"):
        found, left_out = cameras(photographs_of(files.photographs, problems))
        spots = [spots_of(camera) for camera in found]
    for line in (*files.unseen, *problems):
        print(line, file=sys.stderr)
    if left_out:
        print(f"photographs left out: {left_out} ({UNUSABLE})")
    enough = [(camera, own) for camera, own in zip(found, spots, strict=True) if camera.short is None]
    short = [camera for camera in found if camera.short is not None]
    if not enough:
        raise BadSetting(f"{short[0].line}, {short[0].short}" if short else f"no photograph can be used: {UNUSABLE}")
    for camera, own in enough:
        print(f"{camera.line}; {'; '.join(one.line for one in own) or NONE_FOUND}")
        for line in ["nothing was stored"] if own and dry_run else store_found(own, home) if own else []:
            print(line)
    if any(own for _, own in enough):
        print(FEW_PEOPLE)
    if short:
        print(
            f"{sum(len(camera.contrasts) for camera in short)} of other sizes or fields of view, too few of each to look for spots"
        )


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
