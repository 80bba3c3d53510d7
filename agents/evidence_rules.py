"""What lesion counts mean by the ICDR definitions."""

from __future__ import annotations

from collections.abc import Mapping

from ..records import Finding

LESION_KINDS = ("MA", "HE", "EX", "SE")


def lesion_counts(finding: Finding | None) -> dict[str, int | None]:
    """Counts by lesion type; None is not assessed."""
    if finding is None:
        return dict.fromkeys(LESION_KINDS)
    counts = {kind: finding.number(f"lesion_count_{kind}") for kind in LESION_KINDS}
    return {kind: None if count is None else int(count) for kind, count in counts.items()}


def lesions_imply(counts: Mapping[str, int | None]) -> str | None:
    """What the counts say by the ICDR scale [wilkinson2003].

    "none": no lesion (grade 0); "mild": microaneurysms only (grade 1); "more": more than microaneurysms (grade 2 or
    above; the 4-2-1 signs and neovascularisation have no detector, so not how much above); None: not assessed.
    """
    others = [counts.get(kind) for kind in ("HE", "EX", "SE")]
    if any(count for count in others):
        return "more"
    if any(count is None for count in (counts.get("MA"), *others)):
        return None
    return "mild" if counts.get("MA") else "none"
