"""Signed cases as a labelled set: photographs without metadata and the CSV that `eval --labels` and `calibrate --labels` read."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from ...errors import ArtifactMissing, BadSetting
from ...records import ArtifactRef, ArtifactStore, Eye, Record, Report
from ...records.files import write_whole
from ...records.report import ReportStatus
from ...settings import Settings
from ..checkpoints import checkpoints
from . import index

COLUMNS = ("image", "grade", "gradable", "patient")
_SUFFIXES = {"image/jpeg": ".jpg", "image/png": ".png"}


class Exported(Record):
    """What was written: the CSV, how many photographs it labels, and a line for each signed eye it lacks."""

    labels: Path
    photographs: int
    problems: list[str]


async def export_signed(settings: Settings, folder: Path) -> Exported:
    """Write `labels.csv` and the photographs of every signed eye into an empty or new folder.

    The label is the grade that stands after the review, of the photograph the eye was read from; `gradable` is the
    reviewer's; `patient` is the case's pseudonym. A photograph that was signed twice, whichever question it was read for, has
    what was signed last; a grade is not given up for another question's signature that says nothing of it.
    Raises BadSetting for a folder that holds something or cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadSetting(f"{folder}: an export needs an empty or a new folder")
    store, problems = ArtifactStore(settings.artifacts), []
    rows: dict[str, dict[str, object]] = {}
    try:
        async with checkpoints(settings) as saver:
            for entry in index.entries(settings):
                if entry.status is not ReportStatus.REVIEWED:
                    continue
                config = {"configurable": {"thread_id": f"{entry.session}:{entry.case}", "checkpoint_ns": ""}}
                kept = await saver.aget_tuple(config)  # type: ignore[arg-type]
                state = {} if kept is None else kept.checkpoint["channel_values"]
                if not state.get("report"):
                    problems.append(f"{entry.case}: what was signed is no longer kept")
                    continue
                report = Report.model_validate(state["report"])
                for eye in report.review.eyes if report.review is not None else ():
                    try:
                        row = _row(report, eye, state["pictures"], store, folder)
                    except ArtifactMissing as error:
                        problems.append(f"{entry.case}, {eye.value} eye: {error}")
                        continue
                    if row is not None:
                        _enter(rows, report.eyes[eye].photographs[0].sha256, row, folder)
        if not rows:
            raise BadSetting(
                "; ".join(["no signed case has a photograph with a label; nothing was written", *problems])
            )
        table = io.StringIO()
        writer = csv.DictWriter(table, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(rows.values(), key=lambda row: str(row["image"])))
        write_whole(folder / "labels.csv", table.getvalue().encode())
    except OSError as error:
        raise BadSetting(f"{folder}: cannot be written ({error.strerror})") from error
    return Exported(labels=folder / "labels.csv", photographs=len(rows), problems=problems)


def _enter(rows: dict[str, dict[str, object]], photograph: str, row: dict[str, object], folder: Path) -> None:
    """Enter the row of a photograph in place of the one it had; the picture of the row that goes is removed."""
    before = rows.get(photograph, row)
    silent = row["grade"] == "" and row["gradable"] != 0 and row["patient"] != before["patient"]
    kept, gone = (before, row) if silent else (row, before)
    rows[photograph] = kept
    if gone["image"] != kept["image"]:
        (folder / str(gone["image"])).unlink()


def _row(
    report: Report, eye: Eye, pictures: dict[str, object], store: ArtifactStore, folder: Path
) -> dict[str, object] | None:
    """The row of a signed eye after its photograph was copied; None where nothing was signed that is a label."""
    assert report.review is not None
    signed = report.review.eyes[eye]
    if (signed.grade is None and signed.gradable is None) or report.status is not ReportStatus.REVIEWED:
        return None
    photograph = report.eyes[eye].photographs[0].sha256
    if photograph not in pictures:
        raise ArtifactMissing("its photograph is no longer kept")
    ref = ArtifactRef.model_validate(pictures[photograph])
    name = f"{report.case}-{eye.value}{_SUFFIXES[ref.media_type]}"
    write_whole(folder / name, store.get(ref))
    gradable = "" if signed.gradable is None else int(signed.gradable)
    return {
        "image": name,
        "grade": "" if signed.grade is None else signed.grade,
        "gradable": gradable,
        "patient": report.case,
    }
