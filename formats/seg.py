"""The masks of a report as DICOM segmentations, one file a photograph, in the photograph's own pixels.

highdicom makes segmentations only of sources with functional groups or of plain single frames, and ophthalmic photographs
are multi-frame without functional groups. The source is therefore shown to it as a VL photograph of the same instance and
size, and every reference is set to the source's true class afterwards.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import BadSetting
from ..records import Eye, Finding, Photograph, Report
from . import words
from .dicom import MANUFACTURER, code, finish, new_uid, sources, stand_in
from .layers import STYLES, mask, of_photograph
from .registry import Manuscript

_SEGMENTS = {
    "vessels": ("vessel", "Blood vessels of retina"),
    "disc": ("disc", "Optic disc"),
    "cup": (None, "Optic cup"),
    "SE": (None, "Soft exudates"),
    "EX": ("exudate", "Hard exudates"),
    "HE": (None, "Retinal haemorrhages"),
    "MA": (None, "Retinal microaneurysms"),
}
"""Maps that are masks: the name of their code in codes.json, if one was verified, and their words."""
_ABNORMAL = ("SE", "EX", "HE", "MA")


def render(manuscript: Manuscript) -> dict[str, bytes]:
    """A binary segmentation of each photograph that has masks.

    Raises BadSetting for photographs that are not DICOM or when no photograph has a mask, WrongMask for a mask of another
    photograph.
    """
    report = manuscript.report
    findings = [entry.finding.use(manuscript.store) for entry in report.evidence if entry.finding is not None]
    files: dict[str, bytes] = {}
    for eye, photograph in sources(manuscript):
        segments = _segments(photograph, of_photograph(photograph, findings))
        if segments:
            number = 1 + sum(name.startswith(f".{eye.value}") for name in files)
            ending = f".{eye.value}.seg.dcm" if number == 1 else f".{eye.value}-{number}.seg.dcm"
            files[ending] = _segmentation(report, eye, photograph, segments, number)
    if not files:
        raise BadSetting("no photograph of this report has a mask: seg has nothing to write")
    return files


def _segments(photograph: Photograph, findings: list[Finding]) -> list[tuple[str, Finding, NDArray[np.bool_]]]:
    """Name, finding and mask of what has at least one pixel, in drawing order."""
    found = []
    for name in _SEGMENTS:
        for finding in (f for f in findings if name in f.array_names):
            area = mask(finding, name, photograph)
            if area.any():
                found.append((name, finding, area))
    return found


def _segmentation(
    report: Report,
    eye: Eye,
    photograph: Photograph,
    segments: list[tuple[str, Finding, NDArray[np.bool_]]],
    number: int,
) -> bytes:
    from highdicom.seg import Segmentation, SegmentationTypeValues

    side = words.EYE_WORDS[eye]
    planes = np.stack([area for _, _, area in segments], axis=-1)[None].astype(np.uint8)
    data = Segmentation(
        source_images=[stand_in(report, photograph)],
        pixel_array=planes,
        segmentation_type=SegmentationTypeValues.BINARY,
        segment_descriptions=[_description(n, name, f, eye) for n, (name, f, _) in enumerate(segments, start=1)],
        series_instance_uid=new_uid(report, "seg series"),
        series_number=2,
        sop_instance_uid=new_uid(report, f"seg {photograph.sha256}"),
        instance_number=number,
        manufacturer=MANUFACTURER,
        manufacturer_model_name="Fundoscope",
        software_versions=report.provenance.fundoscope,
        device_serial_number=report.provenance.fundoscope,
        content_description=side,
        content_label="FUNDUS_MASKS",
        series_description=f"Masks of a colour fundus photograph, {side.lower()}",
        omit_empty_frames=False,
    )
    data.PatientOrientation = None
    origin = photograph.origin
    assert origin is not None
    return finish(data, report, {origin.instance: origin.sop_class})


def _description(number: int, name: str, finding: Finding, eye: Eye) -> Any:
    from highdicom import AlgorithmIdentificationSequence
    from highdicom.color import CIELabColor
    from highdicom.seg import SegmentAlgorithmTypeValues, SegmentDescription
    from pydicom.sr.codedict import codes

    coded, text = _SEGMENTS[name]
    described = SegmentDescription(
        segment_number=number,
        segment_label=f"{text}, {words.EYE_WORDS[eye].lower()}",
        segmented_property_category=code("abnormality" if name in _ABNORMAL else "structure", "", ""),
        segmented_property_type=code(coded, text, name),
        algorithm_type=SegmentAlgorithmTypeValues.AUTOMATIC,
        algorithm_identification=AlgorithmIdentificationSequence(
            name=f"Fundoscope {finding.expert}", family=codes.cid7162.ArtificialIntelligence, version=finding.version
        ),
        anatomic_regions=[code("retina", "", "")],
        display_color=CIELabColor.from_rgb(*STYLES[name].colour),
    )
    if eye is not Eye.UNKNOWN:
        described.AnatomicRegionSequence[0].AnatomicRegionModifierSequence = [code(eye.value, "", "")]
    return described
