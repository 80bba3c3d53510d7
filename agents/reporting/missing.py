"""What was not assessed, and why."""

from __future__ import annotations

from ...experts import expert_names
from ...records import Eye, EyeReport, Status
from ...records.report import NotAssessed
from ...tools.experts import tool_of
from ..state import CaseState, findings_of, planning_of, references_by_eye


def not_assessed(state: CaseState, eyes: dict[Eye, EyeReport]) -> list[NotAssessed]:
    """Everything an installed expert did not assess, with its reason."""
    missing: list[NotAssessed] = []
    for eye, references in references_by_eye(state).items():
        findings = findings_of(state, references[0])
        unusable = references[0] not in state["usable"]
        why_unusable = (
            "it is not a fundus photograph"
            if eyes[eye].quality.is_fundus is False
            else "the photograph is not gradable"
        )
        for name in expert_names():
            finding = findings.get(name)
            if finding is None:
                reason = why_unusable if unusable else _why_not_asked(state, name, references[0])
                missing.append(NotAssessed(subject=name, reason=reason, eye=eye))
            elif finding.status is Status.NOT_ASSESSED:
                missing.append(NotAssessed(subject=name, reason=finding.reason or "no reason was given", eye=eye))
            else:
                missing += [
                    NotAssessed(subject=m.name.replace("_", " "), reason=m.reason or "no reason was given", eye=eye)
                    for m in finding.measurements
                    if m.status is Status.NOT_ASSESSED
                ]
        missing.append(
            NotAssessed(subject="thickening of the macula", reason="one photograph does not show it", eye=eye)
        )
        if "conditions" not in expert_names():
            missing.append(NotAssessed(subject="other conditions", reason="no expert for them is installed", eye=eye))
    return missing


def _why_not_asked(state: CaseState, expert: str, reference: str) -> str:
    started = f"{tool_of(expert)} on {reference} "
    cut = any(line.startswith(started) for line in planning_of(state).cut)
    return "the policy's time was used up" if cut else "it was not asked for"
