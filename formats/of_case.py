"""Which case a written file is of: a folder holds the files of one."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

from ..errors import BadSetting
from ..records.files import plain_name
from .fhir import CASE_SYSTEM

_CASE = rb"(case-[0-9a-f]{16})"
"""The id of a case. A file may hold others than its own: that of an earlier visit, and those in a question or a note."""
_AS_ITS_OWN = {
    ".json": (rb'"system":\s*"' + re.escape(CASE_SYSTEM.encode()) + rb'",\s*"value":\s*"' + _CASE,),
    ".html": (rb"<title>Fundoscope report " + _CASE, rb"<br>" + _CASE + rb"</footer>"),
    ".pdf": (rb"/Title \(Fundoscope report " + _CASE,),
    ".csv": (rb"(?m)^" + _CASE + rb",",),
    ".dcm": (rb"(?s)\x10\x00\x20\x00LO.." + _CASE,),
}
"""By the endings of reports and letters, where such a file names its own case: FHIR's identifier, the title of a page, the foot
of a letter, the first cell of a row, DICOM's PatientID. What a person wrote cannot stand there: it is escaped or packed."""


def check_no_other_case(folder: Path, stems: Sequence[str], case: str) -> None:
    """Raises BadSetting when a file of the folder that is named by one of the stems is of another case than this."""
    for file in sorted(folder.iterdir()) if folder.is_dir() else ():
        if file.name.partition(".")[0] not in stems or file.suffix not in _AS_ITS_OWN or not file.is_file():
            continue
        data = file.read_bytes()
        # Where a file names no case as its own, those that it mentions are all there is to go by.
        of = _own(file.suffix, data) or set(re.findall(_CASE, data))
        if of and case.encode() not in of:
            raise BadSetting(f"{plain_name(file)}: is of another case; this one needs another folder")


def _own(ending: str, data: bytes) -> set[bytes]:
    """The cases that a file names as its own."""
    if ending == ".json":
        try:
            told = json.loads(data)
        except ValueError:
            told = None
        case = told.get("case") if isinstance(told, dict) else None
        if isinstance(case, str):  # a report
            return set(re.findall(_CASE, case.encode()))
    return {case for pattern in _AS_ITS_OWN[ending] for case in re.findall(pattern, data)}
