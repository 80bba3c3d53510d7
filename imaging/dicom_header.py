"""What a DICOM header says of a photograph and may go on: nothing by which a person could be told."""

from __future__ import annotations

import datetime
import hashlib
import re
import secrets
from typing import Any

from ..errors import UnreadableImage

MOST_DEVICE = 64
"""Characters of a camera's maker and model, at most: free text in which a sentence about a person has no room."""
_PATIENT_KEY = secrets.token_bytes(32)
_UID = re.compile(r"(?=.{1,64}$)[0-9]+(\.[0-9]+)+")
_STORAGE = "1.2.840.10008.5.1.4.1.1"
_PHOTOGRAPHS = frozenset(
    f"{_STORAGE}.{part}"
    for part in (
        *("7", "7.1", "7.2", "7.3", "7.4"),  # secondary capture
        *("77.1.1", "77.1.4"),  # VL endoscopic, VL photographic
        *("77.1.5.1", "77.1.5.2", "77.1.5.5", "77.1.5.6"),  # ophthalmic photography of 8 and 16 bit, wide field
    )
)
"""The standard's storage classes (DICOM PS3.6, table A-1) in which a colour photograph of an eye is kept."""


def check_class(header: Any) -> None:
    """Raises UnreadableImage for a standard class of something else (CT, MR, OCT, a report); classes not known pass."""
    from pydicom.uid import UID

    said = header.get("SOPClassUID") or header.file_meta.get("MediaStorageSOPClassUID") or ""
    kind = UID(str(said).strip())
    if kind.name != kind and kind not in _PHOTOGRAPHS:
        raise UnreadableImage(f"a DICOM file of the class {kind.name}, which is no photograph of an eye")


def device_of(header: Any) -> str | None:
    """Maker and model of the camera, printable characters, at most MOST_DEVICE."""
    words = " ".join(str(header.get(tag) or "") for tag in ("Manufacturer", "ManufacturerModelName"))
    plain = "".join(letter if letter.isprintable() else " " for letter in words)
    return " ".join(plain.split())[:MOST_DEVICE].rstrip() or None


def instance_of(header: Any) -> list[str] | None:
    """The UIDs of study, series, instance and class, where all four are whole."""
    tags = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "SOPClassUID")
    values = [str(header.get(tag) or "").strip() for tag in tags]
    return values if all(_UID.fullmatch(value) for value in values) else None


def eye_of(header: Any) -> str | None:
    """The side: right, left or None."""
    for tag in ("ImageLaterality", "Laterality"):
        letter = str(header.get(tag, "")).strip().upper()
        if letter in ("R", "L"):
            return {"R": "right", "L": "left"}[letter]
    return None


def patient_of(header: Any) -> tuple[str, str] | None:
    """What tells patients apart within this process: keyed hashes of the identifier's issuer and of the identifier."""
    issuer, identifier = (str(header.get(tag, "") or "").strip() for tag in ("IssuerOfPatientID", "PatientID"))
    return (_keyed(issuer), _keyed(identifier)) if identifier else None


def spacing_of(header: Any) -> tuple[float, float] | None:
    """Pixel spacing, (row, column) in mm."""
    value = header.get("PixelSpacing")
    try:
        row, column = (float(v) for v in value)
    except (TypeError, ValueError):
        return None
    return (row, column) if row > 0 and column > 0 else None


def date_of(header: Any) -> datetime.date | None:
    """The day on which the photograph was taken."""
    for tag in ("AcquisitionDate", "AcquisitionDateTime", "ContentDate", "StudyDate"):
        text = str(header.get(tag, "") or "")[:8]
        if len(text) == 8 and text.isdigit():
            try:
                return datetime.datetime.strptime(text, "%Y%m%d").date()
            except ValueError:
                continue
    return None


def _keyed(text: str) -> str:
    return hashlib.blake2b(text.encode(), key=_PATIENT_KEY, digest_size=16).hexdigest()
