"""Do all formats of a report say the same? Fifty reports are written in each and read back by other programs."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from ..formats.registry import Manuscript, render
from ..sdk import Fundoscope
from .report_cases import report_cases
from .report_readers import Told, read_csv, read_fhir, read_json, read_pdf, read_segmentation, read_sr
from .table import Row

CASES = 50
READERS: Mapping[str, tuple[str, Callable[[bytes], Told]]] = {
    "csv": ("report.csv", read_csv),
    "fhir": ("report.fhir.json", read_fhir),
    "pdf": ("report.pdf", read_pdf),
    "sr": ("report.sr.dcm", read_sr),
}


def evaluate(data: Path | None) -> list[Row]:
    """Agreement over all cases; no photographs are needed."""
    return agreement_rows()


def agreement_rows(cases: int = CASES) -> list[Row]:
    """For each format the share of cases in which it says what the JSON says, bar 1; the note names the others."""
    wrong: dict[str, list[str]] = {name: [] for name in (*READERS, "seg")}
    masked = 0
    with tempfile.TemporaryDirectory() as home:
        for name, manuscript in report_cases(Fundoscope(home=Path(home), planner="protocol"), cases):
            files = render(manuscript, ["json", *READERS])
            truth = read_json(files["report.json"])
            for form, (file, reader) in READERS.items():
                if differences(truth, reader(files[file])):
                    wrong[form].append(name)
            if has_masks(truth):
                masked += 1
                if not segments_agree(truth, manuscript):
                    wrong["seg"].append(name)
    rows = []
    for form, names in wrong.items():
        total = masked if form == "seg" else cases
        about = f"{total} reports with masks" if form == "seg" else f"{total} reports"
        share = 1 - len(names) / max(total, 1)
        rows.append(Row(f"{form.upper()} says what the JSON says", about, share, bar=1.0, note=", ".join(names)))
    return rows


def differences(truth: Told, told: Told) -> list[str]:
    """Where a format says something else than the JSON; the advice only where the format has it."""
    found = []
    if told.grades != truth.grades:
        found.append(f"grades {told.grades}, not {truth.grades}")
    if told.counts != truth.counts:
        found.append(f"counts {told.counts}, not {truth.counts}")
    if told.referral is not None and told.referral != truth.referral:
        found.append(f"referral {told.referral}, not {truth.referral}")
    if told.advice is not None and told.advice != truth.advice:
        found.append(f"advice {told.advice!r}, not {truth.advice!r}")
    return found


def has_masks(truth: Told) -> bool:
    """Whether any lesion was counted, and so is drawn."""
    return any(count for counts in truth.counts.values() for count in counts.values())


def segments_agree(truth: Told, manuscript: Manuscript) -> bool:
    """Whether the segmentations hold, side by side, as many lesions as are counted."""
    told = dict(read_segmentation(data) for data in render(manuscript, ["seg"]).values())
    counted = {side: {kind: n for kind, n in counts.items() if n} for side, counts in truth.counts.items()}
    return told == {side: counts for side, counts in counted.items() if counts}
