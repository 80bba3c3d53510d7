"""Reports read back from their files by programs that know nothing of Fundoscope: csv, json, pypdf and pydicom.

Each reader gives what the file says of each eye: grade, counts by lesion type, None where it says not assessed.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy import ndimage

KINDS = {"MA": "microaneurysms", "HE": "haemorrhages", "EX": "hard exudates", "SE": "soft exudates"}
_LOINC_GRADES = ("LA18643-9", "LA18644-7", "LA18645-4", "LA18646-2", "LA18648-8")
_SIDES = {"24028007": "right", "7771000": "left", None: "unknown"}
_HEADINGS = {"Right eye": "right", "Left eye": "left", "Eye of unknown side": "unknown"}
_NO_EYE = ("Not assessed", "Limits", "Evidence")


@dataclass
class Told:
    """What a file says: of each eye, and the advice (guideline's interval and referral, or its sentences)."""

    grades: dict[str, int | None] = field(default_factory=dict)
    counts: dict[str, dict[str, int | None]] = field(default_factory=dict)
    referral: tuple[str | None, str | None] | None = None
    advice: str | None = None


def read_json(data: bytes) -> Told:
    """The report itself, as JSON without its schema."""
    report = json.loads(data)
    given = report["recommendation"]
    return Told(
        grades={eye: said["grade"]["value"] for eye, said in report["eyes"].items()},
        counts={eye: dict(said["lesions"]["counts"]) for eye, said in report["eyes"].items()},
        referral=(given["interval"], given["referral"]),
        advice="\n".join(claim["text"] for claim in given["claims"]),
    )


def read_csv(data: bytes) -> Told:
    """A row an eye; the advice is not in it."""
    told = Told()
    for row in csv.DictReader(io.StringIO(data.decode())):
        told.grades[row["eye"]] = _whole(row["grade"])
        told.counts[row["eye"]] = {kind: _whole(row[kind]) for kind in KINDS}
    return told


def read_fhir(data: bytes) -> Told:
    """Observations by their identifier, grades by LOINC's answers."""
    told, parts = Told(advice=""), {}
    for entry in json.loads(data)["entry"]:
        resource = entry["resource"]
        if resource["resourceType"] != "Observation":
            continue
        if resource["code"]["text"] == "Recommendation":
            told.advice = resource["valueString"]
            parts = {part["code"]["text"]: part["valueString"] for part in resource.get("component", [])}
        if "identifier" not in resource:
            continue
        side, key = resource["identifier"][0]["value"].split("/")
        if _HEADINGS[resource["bodySite"]["text"]] != side:
            raise ValueError(f"{side} is called {resource['bodySite']['text']}")
        if key == "grade":
            coded = resource.get("valueCodeableConcept", {}).get("coding", [{}])[0].get("code")
            told.grades[side] = None if coded is None else _LOINC_GRADES.index(coded)
        elif key in KINDS:
            told.counts.setdefault(side, {})[key] = resource.get("valueInteger")
    told.referral = (parts.get("interval"), parts.get("referral"))
    return told


def read_pdf(data: bytes) -> Told:
    """The printed lines: an eye begins at its heading, the grade and the counts stand in its tables."""
    import pypdf

    text = "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)
    lines = [" ".join(line.split()) for line in text.splitlines()]
    told, side = Told(), None
    said: dict[str, str | None] = {}
    for line in lines:
        if line in _NO_EYE:
            side = None
        elif line in _HEADINGS:
            side = _HEADINGS[line]
            told.grades.setdefault(side, None)
            told.counts.setdefault(side, dict.fromkeys(KINDS))
        elif found := re.fullmatch(
            r"(Next examination|Referral for retinopathy)(?:, at the latest|, at the least)? (.+)", line
        ):
            said[found[1]] = None if found[2] == "no statement" else found[2]
        if side is None:
            continue
        if given := re.fullmatch(r"ICDR grade (\d), .*", line):
            told.grades[side] = int(given[1])
        for kind, name in KINDS.items():
            if counted := re.fullmatch(
                rf"{name.capitalize()} (\d[\d ]*|not assessed)((?: (?:\d+|\u2013|not assessed))*)", line
            ):
                told.counts[side][kind] = _whole(counted[1].split(" ")[0])
    told.referral = (said.get("Next examination"), said.get("Referral for retinopathy"))
    return told


def read_sr(data: bytes) -> Told:
    """Measurement groups of the structured report, the side by the laterality of the finding site."""
    report = _dicom(data)
    told = Told(advice="")
    for item in report.ContentSequence:
        if item.ValueType == "TEXT" and item.ConceptNameCodeSequence[0].CodeValue == "121075":
            told.advice = item.TextValue
    for group in (item for item in _content(report) if _named(item) == "125007"):
        said = {_named(item): item for item in _content(group)}
        site = said.get("272741003")
        side = _SIDES[site.ConceptCodeSequence[0].CodeValue if site is not None else None]
        grade = next((said[name] for name in ("71491-5", "71490-7", "grade") if name in said), None)
        coded = None if grade is None else grade.ConceptCodeSequence[0].CodeValue
        told.grades[side] = _LOINC_GRADES.index(coded) if coded in _LOINC_GRADES else None
        told.counts[side] = {kind: _counted(said[kind]) for kind in KINDS}
    return told


def read_segmentation(data: bytes) -> tuple[str, dict[str, int]]:
    """The side, and how many separate things each lesion's segment has."""
    file = _dicom(data)
    frames = np.asarray(file.pixel_array).reshape(-1, file.Rows, file.Columns)
    region = file.SegmentSequence[0].AnatomicRegionSequence[0]
    modifier = region.get("AnatomicRegionModifierSequence")
    found = {}
    for frame, group in zip(frames, file.PerFrameFunctionalGroupsSequence, strict=True):
        shared = file.SharedFunctionalGroupsSequence[0]
        identified = group.get("SegmentIdentificationSequence") or shared.SegmentIdentificationSequence
        number = identified[0].ReferencedSegmentNumber
        label = file.SegmentSequence[number - 1].SegmentLabel.lower()
        for kind, name in KINDS.items():
            if name in label:
                found[kind] = int(ndimage.label(frame)[1])
    return _SIDES[modifier[0].CodeValue if modifier else None], found


def _whole(text: str) -> int | None:
    return int(text) if text.strip().isdigit() else None


def _dicom(data: bytes) -> Any:
    import pydicom

    return pydicom.dcmread(io.BytesIO(data))


def _content(data: Any) -> Iterator[Any]:
    for item in data.get("ContentSequence", []):
        yield item
        yield from _content(item)


def _named(item: Any) -> str:
    name = item.ConceptNameCodeSequence[0]
    return str(name.get("CodeValue") or name.get("LongCodeValue"))


def _counted(item: Any) -> int | None:
    return int(float(item.MeasuredValueSequence[0].NumericValue)) if item.ValueType == "NUM" else None
