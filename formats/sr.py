"""The report as a DICOM structured report: TID 1500, Comprehensive SR, one measurement group an eye.

For cases that came as DICOM. What was not assessed is there as a qualitative evaluation that says so.
"""

from __future__ import annotations

from typing import Any

from ..records import Eye, Photograph, Report
from ..records.comparison import STEP
from ..records.report import ReportStatus
from . import words
from .dicom import MANUFACTURER, PRIVATE_SCHEME, code, finish, new_uid, sources, stand_in
from .registry import Manuscript
from .said import GRADES, Item, advice_claims, eyes_in_order, items, referral_lines, review_lines


def render(manuscript: Manuscript) -> dict[str, bytes]:
    """One structured report, preliminary unless a person signed, never verified in DICOM's sense. Raises BadSetting for photographs that are not DICOM."""
    from highdicom.sr import ComprehensiveSR

    report = manuscript.report
    photographs = sources(manuscript)
    content = _content(report, photographs)
    document = ComprehensiveSR(
        evidence=[stand_in(report, photograph) for _, photograph in photographs],
        content=content[0],
        series_instance_uid=new_uid(report, "sr series"),
        series_number=1,
        sop_instance_uid=new_uid(report, "sr"),
        instance_number=1,
        manufacturer=MANUFACTURER,
        is_complete=True,
        is_final=report.status is ReportStatus.REVIEWED,
        is_verified=False,
        series_description="Reading of colour fundus photographs",
    )
    origins = [p.origin for _, p in photographs if p.origin is not None]
    return {".sr.dcm": finish(document, report, {origin.instance: origin.sop_class for origin in origins})}


def _content(report: Report, photographs: list[tuple[Eye, Photograph]]) -> Any:
    from highdicom import sr
    from pydicom.sr.codedict import codes

    device = sr.DeviceObserverIdentifyingAttributes(
        uid=new_uid(report, "device"),
        name="Fundoscope",
        manufacturer_name=MANUFACTURER,
        model_name="Fundoscope",
        serial_number=report.provenance.fundoscope,
    )
    observer = sr.ObserverContext(codes.DCM.Device, device)
    content = sr.MeasurementReport(
        observation_context=sr.ObservationContext(observer_device_context=observer),
        procedure_reported=code(None, "Colour fundus photography", "photography"),
        imaging_measurements=[_group(report, eye.eye, photographs) for eye in eyes_in_order(report)],
        title=codes.DCM.ImagingMeasurementReport,
        language_of_content_item_and_descendants=sr.LanguageOfContentItemAndDescendants(
            sr.CodedConcept("en-GB", "RFC5646", "English (Great Britain)")
        ),
    )
    said = {
        codes.DCM.Impression: [claim.text for claim in report.standing(report.impression)],
        codes.DCM.ComparisonToPreviousStudies: _on_visits(report),
        codes.DCM.Recommendation: [
            *(referral_lines(report.review) if report.review is not None else []),
            *(claim.text for claim in advice_claims(report)),
        ],
        codes.DCM.Comment: [
            f"Status: {words.STATUS_WORDS[report.status]}",
            *review_lines(report),
            *(f"Disagreement: {d.text}" for d in report.disagreements),
            report.disclaimer,
        ],
    }
    for name, lines in said.items():
        if lines:
            text = sr.TextContentItem(name, "\n".join(lines), sr.RelationshipTypeValues.CONTAINS)
            content[0].ContentSequence.append(text)
    return content


def _on_visits(report: Report) -> list[str]:
    """What is said of each eye against an earlier visit."""
    steps = [step for eye in eyes_in_order(report) for step in eye.steps if step.name == STEP]
    return [claim.text for step in steps for claim in report.standing(step.claims)]


def _group(report: Report, side: Eye, photographs: list[tuple[Eye, Photograph]]) -> Any:
    """Measurements and evaluations of one eye, with the photographs they were made on."""
    from highdicom import sr

    said = list(items(report, side))
    laterality = code(side.value, "", "") if side is not Eye.UNKNOWN else None
    origins = [p.origin for eye, p in photographs if eye is side and p.origin is not None]
    return sr.MeasurementsAndQualitativeEvaluations(
        tracking_identifier=sr.TrackingIdentifier(
            uid=new_uid(report, f"group {side.value}"), identifier=words.EYE_WORDS[side]
        ),
        finding_sites=[sr.FindingSite(code("eye", "", ""), laterality=laterality)],
        algorithm_id=sr.AlgorithmIdentification("Fundoscope", report.provenance.fundoscope),
        measurements=[_measurement(item) for item in said if _is_number(item)],
        qualitative_evaluations=[_evaluation(item) for item in said if not _is_number(item)],
        source_images=[sr.SourceImageForMeasurementGroup(o.sop_class, o.instance) for o in origins],
    )


def _is_number(item: Item) -> bool:
    return item.value is not None and item.key not in (*GRADES, "gradable")


def _measurement(item: Item) -> Any:
    from highdicom.sr import Measurement

    value = item.value or 0
    return Measurement(_name(item), value if isinstance(value, int) else round(value, 4), code("one", "", ""))


def _evaluation(item: Item) -> Any:
    from highdicom.sr import CodedConcept, QualitativeEvaluation

    if item.value is None:
        value = CodedConcept("not-assessed", PRIVATE_SCHEME, "Not assessed")
    elif item.key in GRADES:
        value = code(f"grade_{item.value}", "", "")
    elif item.value:
        value = CodedConcept("gradable", PRIVATE_SCHEME, "Gradable")
    else:
        value = CodedConcept("not-gradable", PRIVATE_SCHEME, "Not gradable")
    return QualitativeEvaluation(_name(item), value)


def _name(item: Item) -> Any:
    return code(None if item.key == "reviewed_grade" else item.code, item.text, item.key)
