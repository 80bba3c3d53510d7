"""Reports of older schema versions, brought up to this one step by step.

A minor version adds fields that may be left out; a major version changes the meaning of fields. A report of a version
that is not listed here, newer ones among them, is refused: guessing what its fields mean could mislead.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ..errors import UnreadableReport
from .report import SCHEMA_VERSION, Report

_Data = dict[str, Any]


def load_report(source: str | Path | bytes) -> Report:
    """The report in a JSON file (a path), or in JSON text (bytes, or a string that begins with a brace).

    Raises UnreadableReport, one line naming the file, for what is not JSON, not a report, or of an unknown version.
    """
    named = "the report"
    if isinstance(source, Path) or (isinstance(source, str) and not source.lstrip().startswith("{")):
        named = str(source)
        try:
            source = Path(source).read_bytes()
        except OSError as error:
            raise UnreadableReport(f"{named}: cannot be read ({error.strerror})") from error
    try:
        data = json.loads(source)
    except (ValueError, RecursionError) as error:
        raise UnreadableReport(f"{named}: not JSON") from error
    if not isinstance(data, dict) or not {"schema_version", "case", "eyes", "provenance"} <= set(data):
        raise UnreadableReport(f"{named}: not a report of Fundoscope")
    try:
        return Report.model_validate(upgrade(data))
    except UnreadableReport as error:
        raise UnreadableReport(f"{named}: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise UnreadableReport(
            f"{named}: not a whole report of schema version {data['schema_version']} ({place}: {first['msg']})"
        ) from error


def upgrade(data: _Data) -> _Data:
    """The data of a report brought to this schema version; the argument is left as it is. Raises UnreadableReport."""
    data = dict(data)
    while (version := data["schema_version"]) != SCHEMA_VERSION:
        step = _STEPS.get(version) if isinstance(version, str) else None
        if step is None:
            known = ", ".join([*_STEPS, SCHEMA_VERSION])
            shown = repr(version)[:40]
            raise UnreadableReport(f"a report of schema version {shown}; this Fundoscope reads {known}")
        data["schema_version"], change = step
        data = change(data)
    return data


def _only_optional_fields_were_added(data: _Data) -> _Data:
    return data


def _with_flags(data: _Data) -> _Data:
    """Conditions say whether they are flagged; until then the expert's finding on the eye's first photograph alone did."""
    report = Report.model_validate(data)
    for eye in report.eyes.values():
        shown = eye.photographs[0].sha256 if eye.photographs else None
        of_eye = [e.finding for e in report.evidence if e.finding is not None and e.finding.photograph == shown]
        flags = next((finding.flags for finding in of_eye if finding.expert == "conditions"), [])
        for name, condition in eye.conditions.items():
            condition.flagged = None if condition.probability is None else name in flags
    return report.model_dump(mode="json")


_STEPS: dict[str, tuple[str, Callable[[_Data], _Data]]] = {
    "1.0": ("1.1", _only_optional_fields_were_added),
    "1.1": ("1.2", _with_flags),
    "1.2": ("1.3", _only_optional_fields_were_added),
    "1.3": ("1.4", _only_optional_fields_were_added),
    "1.4": ("1.5", _only_optional_fields_were_added),
    "1.5": ("1.6", _only_optional_fields_were_added),
}
"""Each known older version, the next one, and what changes on the way."""
