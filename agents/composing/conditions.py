"""Step conditions: conditions other than diabetic retinopathy."""

from __future__ import annotations

from ..lexicon import CONDITION_NAMES
from .eye import EyeWriter


def write_conditions(writer: EyeWriter) -> None:
    """Conditions other than diabetic retinopathy."""
    conditions = writer.finding("conditions")
    if conditions is None:
        return
    measured = {name: p for name in CONDITION_NAMES if (p := conditions.number(name)) is not None}
    for name, probability in measured.items():
        writer.say("conditions", "condition", "conditions", condition=name, probability=probability)
    for name in conditions.flags:
        measurement = conditions.measurement(name)
        if measurement is not None and measurement.flagged_from is not None:
            least = measurement.flagged_from
            writer.say("conditions", "condition_reaches", "conditions", condition=name, threshold=least)
        else:
            writer.say("conditions", "condition_flagged", "conditions", condition=name)
    if measured and not conditions.flags:
        writer.say("conditions", "no_condition_flagged", "conditions")
