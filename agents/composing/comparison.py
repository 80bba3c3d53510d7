"""The comparison step: what two visits of an eye have and have not in common."""

from __future__ import annotations

from ...records import Finding
from ...records.comparison import COMPARE, STEP
from ..lexicon import LESION_NAMES
from ..patterns.words import MEASURE_NAMES
from .eye import EyeWriter


def write_comparison(writer: EyeWriter) -> None:
    """Lesions, grade and measures against the earlier visit, where there is one."""
    found = writer.finding(COMPARE)
    if found is None:
        return
    if found.flags:
        writer.say(STEP, "compared_with", COMPARE, date=found.flags[0])
    else:
        writer.say(STEP, "compared_undated", COMPARE)
    if found.label == "no_comparable_field":
        writer.say(STEP, "no_comparable_field", COMPARE)
    for kind in LESION_NAMES:
        _lesions(writer, found, kind)
    for kind in LESION_NAMES:
        _unsure(writer, found, kind)
    then, now = found.number("earlier_grade"), found.number("later_grade")
    if then is not None and now is not None:
        writer.say(STEP, "grade_change", COMPARE, earlier=then, later=now)
    for name in MEASURE_NAMES:
        _measure(writer, found, name)


def _lesions(writer: EyeWriter, found: Finding, kind: str) -> None:
    for name in ("new", "resolved", "persisting"):
        count = found.number(f"{name}_{kind}")
        if count is not None:
            writer.say(STEP, f"lesions_{name}", COMPARE, lesion=kind, count=int(count))
    outside = [found.number(f"not_comparable_{when}_{kind}") for when in ("then", "now")]
    if any(outside):
        writer.say(STEP, "lesions_outside", COMPARE, lesion=kind, count=int(sum(n or 0 for n in outside)))
    then = found.number(f"earlier_count_{kind}")
    if then is not None and found.number(f"new_{kind}") is None:
        writer.say(STEP, "lesions_then", COMPARE, lesion=kind, count=int(then))


def _unsure(writer: EyeWriter, found: Finding, kind: str) -> None:
    """How little one detection more or less says."""
    once = int(sum(found.number(f"{name}_{kind}") or 0 for name in ("new", "resolved")))
    share = found.number(f"detected_again_{kind}")
    if once and share is not None:
        writer.say(STEP, "lesions_again", COMPARE, lesion=kind, count=once, share=float(share))
    elif once:
        writer.say(STEP, "lesions_unsure", COMPARE, lesion=kind, count=once)


def _measure(writer: EyeWriter, found: Finding, name: str) -> None:
    then, now = found.number(f"earlier_{name}"), found.number(f"later_{name}")
    limit = found.number(f"repeatability_{name}")
    if then is None or now is None or limit is None:
        return
    pattern = "measure_beyond" if abs(now - then) > limit else "measure_within"
    writer.say(STEP, pattern, COMPARE, measure=name, earlier=then, later=now, limit=limit)
