"""What the DICOM formats share: the source they refer to, identifiers of their own, dates, and codes.

The report kept no identifier of a person. What is written carries the case's pseudonymous id as PatientID, an empty name,
birth date and sex, and says so (PatientIdentityRemoved); study, series and instance identifiers of the source come from
memory and only while its photograph is at hand. New identifiers are made from the report's content (2.25, by UUID).
"""

from __future__ import annotations

import datetime
import io
import uuid
from collections.abc import Iterator
from typing import Any

from ..errors import BadSetting
from ..records import Eye, Photograph, Report
from .codes import all_codes
from .registry import Manuscript
from .said import eyes_in_order

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:x-fundoscope:dicom")
STAND_IN_CLASS = "1.2.840.10008.5.1.4.1.1.77.1.4"
"""VL Photographic Image Storage: a single frame without functional groups, which highdicom accepts as a source."""
PRIVATE_SCHEME = "99FUNDOSCOPE"
"""Designator of codes of our own, for what no code of a terminology was verified (PS3.16 8.2: those begin with 99)."""
MANUFACTURER = "Fundoscope"
REMOVED = "Fundoscope keeps no identifiers of persons"


def sources(manuscript: Manuscript) -> list[tuple[Eye, Photograph]]:
    """Each eye's photographs that are at hand with their DICOM origin.

    Raises BadSetting, one line, when one did not come as DICOM, has no identifiers, or is no longer at hand.
    """
    found = []
    for eye in eyes_in_order(manuscript.report):
        for record in eye.photographs:
            photograph = manuscript.photographs.get(record.sha256)
            found.append((eye.eye, with_origin(record, photograph, f"photograph {record.sha256[:12]}")))
    return found


def with_origin(record: Photograph, photograph: Photograph | None, name: str) -> Photograph:
    """The photograph of a record, where it is at hand with its DICOM origin. `name` is what the user knows it by.

    Raises BadSetting, one line, when it did not come as DICOM, has no identifiers, or is not at hand.
    """
    if record.file_format != "DICOM":
        raise BadSetting(
            f"sr and seg refer to DICOM instances and {name} came as {record.file_format}: ask for fhir, pdf or json"
        )
    if photograph is None or photograph.origin is None:
        raise BadSetting(
            f"sr and seg need the identifiers of the DICOM instance of {name}, which are"
            " not kept: read the file again and write in the same session (it must carry all its UIDs)"
        )
    return photograph


def stand_in(report: Report, photograph: Photograph) -> Any:
    """A data set with the source's identifiers and size, as a VL photograph of the pseudonymous case."""
    from pydicom.dataset import Dataset

    origin = photograph.origin
    assert origin is not None
    data = Dataset()
    data.SOPClassUID, data.SOPInstanceUID = STAND_IN_CLASS, origin.instance
    data.StudyInstanceUID, data.SeriesInstanceUID = origin.study, origin.series
    data.PatientID, data.PatientName, data.PatientBirthDate, data.PatientSex = report.case, "", "", ""
    data.AccessionNumber, data.StudyID, data.StudyDate, data.StudyTime = "", "", "", ""
    data.Modality = "OP"
    data.Rows, data.Columns = photograph.height, photograph.width
    data.SpecificCharacterSet = "ISO_IR 192"
    return data


def finish(data: Any, report: Report, originals: dict[str, str]) -> bytes:
    """The file: references lead to the sources' true classes (`originals` by instance), dates are the report's.

    A report without a date leaves today's out: 1 January 1980 stands for "not said", so that equal reports give equal bytes.
    """
    from pydicom.filewriter import dcmwrite

    written = report.provenance.created or datetime.datetime(1980, 1, 1, tzinfo=datetime.UTC)
    day, time = written.strftime("%Y%m%d"), written.strftime("%H%M%S.%f")
    for item in _data_sets(data):
        if str(item.get("ReferencedSOPInstanceUID", "")) in originals:
            item.ReferencedSOPClassUID = originals[str(item.ReferencedSOPInstanceUID)]
        for name in ("InstanceCreation", "Content", "Series"):
            if f"{name}Date" in item:
                setattr(item, f"{name}Date", day)
            if f"{name}Time" in item:
                setattr(item, f"{name}Time", time)
        if "ContributionDateTime" in item:
            item.ContributionDateTime = day + time
        if "DimensionOrganizationUID" in item:
            item.DimensionOrganizationUID = new_uid(report, "dimensions")
    data.PatientIdentityRemoved = "YES"
    data.DeidentificationMethod = REMOVED
    buffer = io.BytesIO()
    dcmwrite(buffer, data, enforce_file_format=True)
    return buffer.getvalue()


def new_uid(report: Report, name: str) -> str:
    """An identifier made from the report's content and a name."""
    return f"2.25.{uuid.uuid5(_NAMESPACE, f'{report.model_dump_json()}:{name}').int}"


def code(name: str | None, text: str, key: str) -> Any:
    """A highdicom code: the verified one of this name in codes.json, else one of our own with these words."""
    from highdicom.sr import CodedConcept

    known = all_codes().get(name or "")
    if known is not None:
        return CodedConcept(known.value, known.scheme, known.meaning[:64])
    return CodedConcept(key, PRIVATE_SCHEME, text[:64])


def _data_sets(data: Any) -> Iterator[Any]:
    yield data
    for element in data:
        if element.VR == "SQ":
            for item in element.value:
                yield from _data_sets(item)
