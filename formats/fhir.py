"""The report as a FHIR Bundle: a DiagnosticReport with its Observations, Media and the Device that read.

fhir.resources speaks R4B; every field used here is the same in R4, and the tests hold the output against R4's own
schema. There is no Patient: the subject is the case's pseudonymous id.
"""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

from ..records import Comparison, Eye, EyeReport, Photograph, Report, Review
from ..records.report import ReportStatus
from . import words
from .codes import concept
from .fhir_visits import comparison_parts, grade_concept
from .registry import Manuscript
from .said import GRADES, Item, advice_claims, evidence_of, eyes_in_order, items, review_lines, what_follows, why_absent

CASE_SYSTEM = "urn:x-fundoscope:case"
PHOTOGRAPH_SYSTEM = "urn:x-fundoscope:photograph-sha256"
KEY_SYSTEM = "urn:x-fundoscope:item"
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:x-fundoscope")
_MEDIA_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "TIFF": "image/tiff", "DICOM": "application/dicom"}
_REFERRAL = "Referral to an eye doctor asked for by the reviewer, with the reason"
_METHOD = {"text": "Automated analysis of a colour fundus photograph"}

_Resource = dict[str, Any]


def render(manuscript: Manuscript) -> dict[str, bytes]:
    """The bundle as indented JSON, UTF-8. The same report gives the same bytes."""
    from fhir.resources.R4B.bundle import Bundle

    bundle = Bundle.model_validate(_bundle(manuscript.report))
    return {".fhir.json": (bundle.model_dump_json(indent=2) + "\n").encode()}


def _bundle(report: Report) -> _Resource:
    device = _device(report)
    photographs = [(eye, p) for eye in eyes_in_order(report) for p in eye.photographs]
    media = {photograph.sha256: _media(report, eye.eye, photograph) for eye, photograph in photographs}
    observations = [
        _observation(report, eye, item, [media[p.sha256] for p in eye.photographs], device)
        for eye in eyes_in_order(report)
        for item in items(report, eye.eye)
        if not _told_with_grade(item)
    ]
    observations += [_compared(report, comparison, media, device) for comparison in report.comparisons]
    observations += [*_conclusions(report, device), *_referrals(report, device)]
    diagnostic = _diagnostic_report(report, observations, list(media.values()))
    resources = [diagnostic, *observations, *media.values(), device]
    bundle: _Resource = {"resourceType": "Bundle", "type": "collection", "id": _id(report, "bundle")}
    if report.provenance.created is not None:
        bundle["timestamp"] = report.provenance.created.isoformat()
    return bundle | {"entry": [{"fullUrl": f"urn:uuid:{r['id']}", "resource": r} for r in resources]}


def _diagnostic_report(report: Report, observations: list[_Resource], media: list[_Resource]) -> _Resource:
    claims = report.standing([*report.impression, *report.recommendation.claims])
    said = [claim.text for claim in claims] or [words.STATUS_WORDS[report.status]]
    resource: _Resource = {
        "resourceType": "DiagnosticReport",
        "id": _id(report, "report"),
        "identifier": [{"system": CASE_SYSTEM, "value": report.case}],
        "status": "final" if report.status is ReportStatus.REVIEWED else "preliminary",
        "code": {"text": "Reading of colour fundus photographs"},
        "subject": _subject(report),
        "result": [_reference(observation) for observation in observations],
        "media": [{"comment": m["bodySite"]["text"], "link": _reference(m)} for m in media],
        "conclusion": "\n".join(
            [
                *said,
                *review_lines(report),
                *(f"Disagreement: {d.text}" for d in report.disagreements),
                report.disclaimer,
            ]
        ),
    }
    if report.provenance.created is not None:
        resource["issued"] = report.provenance.created.isoformat()
    standing = {eye.eye: report.standing_grade(eye.eye) for eye in eyes_in_order(report)}
    graded = {eye: grade for eye, grade in standing.items() if grade is not None}
    if graded:
        resource["conclusionCode"] = [
            concept(f"{words.EYE_WORDS[eye]}: {words.GRADE_WORDS[grade]}", f"grade_{grade}")
            for eye, grade in graded.items()
        ]
    return resource


def _observation(report: Report, eye: EyeReport, item: Item, media: list[_Resource], device: _Resource) -> _Resource:
    resource = _begun(report, f"{eye.eye.value}:{item.key}", concept(item.text, item.code or ""), device)
    resource |= {
        "identifier": [{"system": KEY_SYSTEM, "value": f"{eye.eye.value}/{item.key}"}],
        "bodySite": concept(words.EYE_WORDS[eye.eye], "eye"),
        "method": _METHOD,
    }
    if media:
        resource["derivedFrom"] = [_reference(m) for m in media]
    if item.value is None:
        absent = concept(why_absent(report, eye.eye, item), "unknown")
        resource["dataAbsentReason"] = absent
    elif item.key in GRADES:
        resource["valueCodeableConcept"] = grade_concept(int(item.value))
    elif isinstance(item.value, bool):
        resource["valueBoolean"] = item.value
    elif item.unit:
        resource["valueQuantity"] = _quantity(item.value)
    else:
        resource["valueInteger"] = item.value
    if item.key == "grade":
        resource["component"] = [
            _component(i) for i in items(report, eye.eye) if _told_with_grade(i) and i.value is not None
        ]
    if item.key == "reviewed_grade" and report.review is not None:
        resource |= _by_reviewer(report.review)
        del resource["device"], resource["method"]
    resource["note"] = [{"text": note} for note in _notes(report, eye, item)]
    return {key: value for key, value in resource.items() if value != []}


def _compared(report: Report, comparison: Comparison, media: dict[str, _Resource], device: _Resource) -> _Resource:
    """Two visits of an eye. The Media are those of its photographs that are of this case."""
    eye, visits = comparison.eye, (comparison.later, comparison.earlier)
    code = concept("Comparison with an earlier photograph of the eye")
    resource = _begun(report, f"{eye.value}:comparison:{comparison.earlier.photograph}", code, device)
    resource |= {
        "identifier": [{"system": KEY_SYSTEM, "value": f"{eye.value}/comparison/{comparison.earlier.photograph[:12]}"}],
        "bodySite": concept(words.EYE_WORDS[eye], "eye"),
        "method": _METHOD,
        "derivedFrom": [_reference(media[v.photograph]) for v in visits if v.photograph in media],
    }
    resource |= comparison_parts(comparison)
    return {key: value for key, value in resource.items() if value != []}


def _told_with_grade(item: Item) -> bool:
    """The probabilities of the grades are components of the grade's observation."""
    return item.key in ("p0", "p1", "p2", "p3", "p4", "referable_probability")


def _component(item: Item) -> _Resource:
    return {"code": {"text": item.text}, "valueQuantity": _quantity(item.value or 0)}


def _notes(report: Report, eye: EyeReport, item: Item) -> list[str]:
    ids = evidence_of(report, eye.eye, item.expert)
    notes = [f"Evidence {', '.join(ids)}"] if ids else []
    if item.key == "grade" and eye.grade.conformal_set is not None:
        kept = ", ".join(map(str, eye.grade.conformal_set)) or "none"
        notes.append(f"Grades not excluded: {kept}")
    if item.key == "gradable":
        notes += [*eye.quality.reasons, *eye.quality.advice]
    return notes


def _conclusions(report: Report, device: _Resource) -> list[_Resource]:
    """Impression and recommendation in words, the latter with its guideline, interval and referral as components."""
    found = []
    if standing := report.standing(report.impression):
        impression = _begun(report, "impression", concept("Impression", "impression"), device)
        found.append(impression | {"valueString": "\n".join(claim.text for claim in standing)})
    given, claims = what_follows(report), advice_claims(report)
    if claims or given.interval or given.referral:
        told = "\n".join(claim.text for claim in claims) or f"{given.interval or ''} {given.referral or ''}"
        advice = _begun(report, "recommendation", concept("Recommendation", "recommendation"), device)
        advice["valueString"] = told.strip()
        parts = {
            "guideline": given.guideline,
            "interval": given.interval,
            "referral": given.referral,
            "standing": "the interval is the latest, the referral the least" if given.at_least else None,
            "examine apart": words.examined_apart(report.recommendation) or None,
        }
        said = {name: value for name, value in parts.items() if value}
        if said:
            advice["component"] = [{"code": {"text": name}, "valueString": value} for name, value in said.items()]
        found.append(advice)
    return found


def _referrals(report: Report, device: _Resource) -> list[_Resource]:
    """Eyes that the reviewer refers whatever the guideline says: observations by the reviewer, not by the device."""
    review, found = report.review, []
    if review is None:
        return []
    for eye, why in review.referred.items():
        resource = _begun(report, f"{eye.value}:reviewer_referral", concept(_REFERRAL), device)
        del resource["device"]
        resource |= {"identifier": [{"system": KEY_SYSTEM, "value": f"{eye.value}/reviewer_referral"}]}
        resource |= {"bodySite": concept(words.EYE_WORDS[eye], "eye"), "valueString": why, **_by_reviewer(review)}
        found.append(resource)
    return found


def _by_reviewer(review: Review) -> _Resource:
    """Whose an observation is, and since when, where a person made it."""
    return {
        "status": "final",
        "performer": [{"display": review.reviewer}],
        "effectiveDateTime": review.signed.isoformat(),
    }


def _begun(report: Report, name: str, code: dict[str, object], device: _Resource) -> _Resource:
    return {
        "resourceType": "Observation",
        "id": _id(report, name),
        "status": "preliminary",
        "category": [concept("Exam", "exam")],
        "code": code,
        "subject": _subject(report),
        "device": _reference(device),
    }


def _media(report: Report, eye: Eye, photograph: Photograph) -> _Resource:
    content = {"title": "Colour fundus photograph"}
    if photograph.file_format in _MEDIA_TYPES:
        content["contentType"] = _MEDIA_TYPES[photograph.file_format]
    media: _Resource = {
        "resourceType": "Media",
        "id": _id(report, f"photograph:{photograph.sha256}"),
        "identifier": [{"system": PHOTOGRAPH_SYSTEM, "value": photograph.sha256}],
        "status": "completed",
        "modality": concept("Ophthalmic photography", "photography"),
        "subject": _subject(report),
        "bodySite": concept(words.EYE_WORDS[eye], "eye"),
        "width": photograph.width,
        "height": photograph.height,
        "content": content,
    }
    if photograph.acquired is not None:
        media["createdDateTime"] = photograph.acquired.isoformat()
    return media


def _device(report: Report) -> _Resource:
    told = [f"{e.name} {e.version}, weights {e.weights_sha256[:12]}" for e in report.provenance.experts]
    return {
        "resourceType": "Device",
        "id": _id(report, "device"),
        "deviceName": [{"name": "Fundoscope", "type": "user-friendly-name"}],
        "version": [{"value": report.provenance.fundoscope}],
        "note": [{"text": text} for text in [report.disclaimer, *told]],
    }


def _subject(report: Report) -> _Resource:
    return {"identifier": {"system": CASE_SYSTEM, "value": report.case}, "display": "Pseudonymous case"}


def _reference(resource: _Resource) -> _Resource:
    return {"reference": f"urn:uuid:{resource['id']}"}


def _quantity(value: float) -> _Resource:
    return {"value": Decimal(str(round(float(value), 4))), "system": "http://unitsofmeasure.org", "code": "1"}


def _id(report: Report, name: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, f"{report.case}:{name}"))
