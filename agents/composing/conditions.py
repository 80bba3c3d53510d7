"""Step conditions: conditions other than diabetic retinopathy."""

from __future__ import annotations

from ..fields import speaking
from ..lexicon import CONDITION_NAMES
from .eye import EyeWriter


def write_conditions(writer: EyeWriter) -> None:
    """Conditions other than diabetic retinopathy: each by the photograph of the visit that flags it, or by the decisive one."""
    found = writer.ledger.of_photographs("conditions", writer.eye, writer.visit)
    entries = {finding.photograph: entry for entry, finding in found}
    speaks = speaking([finding for _entry, finding in found])
    measured = {name: p for name in CONDITION_NAMES if name in speaks and (p := speaks[name].number(name)) is not None}
    for name, probability in measured.items():
        entry = entries[speaks[name].photograph]
        writer.draft.say("conditions", "condition", writer.eye, [entry], condition=name, probability=probability)
    raised = [name for name, finding in speaks.items() if name in finding.flags]
    for name in raised:
        entry, measurement = entries[speaks[name].photograph], speaks[name].measurement(name)
        if measurement is not None and measurement.flagged_from is not None:
            about: dict[str, str | float] = {"condition": name, "threshold": measurement.flagged_from}
            writer.draft.say("conditions", "condition_reaches", writer.eye, [entry], **about)
        else:
            writer.draft.say("conditions", "condition_flagged", writer.eye, [entry], condition=name)
    if measured and not raised:
        writer.say("conditions", "no_condition_flagged", "conditions")
