"""Structured report and segmentations, read back by pydicom alone and judged by dciodvfy where that is installed."""

from __future__ import annotations

import io
import shutil
import subprocess
from dataclasses import replace

import numpy as np
import pydicom
import pytest
from fundoscope.errors import BadSetting, WrongMask
from fundoscope.formats.layers import draw_layers, mask
from fundoscope.formats.of_case import check_no_other_case
from fundoscope.formats.registry import Manuscript, render
from fundoscope.imaging import Frame
from fundoscope.imaging.decode import DicomOrigin
from fundoscope.records import Claim, Eye, Photograph
from fundoscope.records.claim import ReasoningStep
from fundoscope.records.comparison import STEP
from fundoscope.records.report import DISCLAIMER
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, OphthalmicPhotography8BitImageStorage

STUDY, SERIES = "1.2.826.0.1.3680043.8.498.1", "1.2.826.0.1.3680043.8.498.1.1"


def instance(eye: Eye) -> str:
    return f"{SERIES}.{1 if eye is Eye.RIGHT else 2}"


@pytest.fixture(scope="module")
def manuscript(two_eyes) -> Manuscript:
    """The two eyes as if they had come as DICOM."""
    report, photographs = two_eyes.report.model_copy(deep=True), {}
    for eye, of_eye in report.eyes.items():
        photograph = two_eyes.photographs[of_eye.photographs[0].sha256].model_copy(update={"file_format": "DICOM"})
        photograph._origin = DicomOrigin(STUDY, SERIES, instance(eye), OphthalmicPhotography8BitImageStorage)
        of_eye.photographs = [photograph]
        photographs[photograph.sha256] = photograph
    return Manuscript(report, two_eyes.store, photographs)


@pytest.fixture(scope="module")
def files(manuscript) -> dict[str, bytes]:
    return render(manuscript, ["sr", "seg"])


def opened(data: bytes) -> Dataset:
    return pydicom.dcmread(io.BytesIO(data))


def items_of(data: Dataset, name: str = "ContentSequence") -> list[Dataset]:
    """Every content item, deeply."""
    found = []
    for item in data.get(name, []):
        found += [item, *items_of(item)]
    return found


def meaning(code: Dataset) -> tuple[str, str, str]:
    value = code.get("CodeValue") or code.get("LongCodeValue")
    return code.CodingSchemeDesignator, value, code.CodeMeaning


def groups(report: Dataset) -> dict[str, dict[str, object]]:
    """What each measurement group says, by the code of its name; `sides` and `sources` beside it."""
    found = {}
    for group in items_of(report):
        if group.ValueType != "CONTAINER" or meaning(group.ConceptNameCodeSequence[0])[1] != "125007":
            continue
        said: dict[str, object] = {}
        for item in items_of(group):
            name = meaning(item.ConceptNameCodeSequence[0])[1]
            if item.ValueType == "NUM":
                said[name] = float(item.MeasuredValueSequence[0].NumericValue)
            elif item.ValueType == "CODE":
                said[name] = meaning(item.ConceptCodeSequence[0])[1]
            elif item.ValueType == "IMAGE":
                said["source"] = item.ReferencedSOPSequence[0].ReferencedSOPInstanceUID
        found[str(said["272741003"])] = said
    return found


def test_a_folder_of_another_case_is_refused_by_its_dicom_files(tmp_path, files, manuscript):
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
        check_no_other_case(tmp_path, ("report",), manuscript.report.case)
        with pytest.raises(BadSetting, match="is of another case"):
            check_no_other_case(tmp_path, ("report",), "case-" + "f" * 16)
        (tmp_path / name).unlink()


def test_the_structured_report_holds_grade_laterality_and_counts(manuscript, files):
    said = groups(opened(files["report.sr.dcm"]))
    for eye, side, name in ((Eye.RIGHT, "24028007", "71491-5"), (Eye.LEFT, "7771000", "71490-7")):
        of_eye = manuscript.report.eyes[eye]
        assert said[side][name] == "LA18645-4" and of_eye.grade.value == 2
        assert {kind: said[side][kind] for kind in of_eye.lesions.counts} == of_eye.lesions.counts
        assert said[side]["source"] == instance(eye)
        assert said[side]["avr"] == "not-assessed"


def test_impression_advice_and_disclaimer_are_in_the_structured_report(manuscript, files):
    report = opened(files["report.sr.dcm"])
    texts = "\n".join(item.TextValue for item in items_of(report) if item.ValueType == "TEXT")
    for claim in [*manuscript.report.impression, *manuscript.report.recommendation.claims]:
        assert claim.text in texts
    assert DISCLAIMER in texts
    assert (report.VerificationFlag, report.PreliminaryFlag) == ("UNVERIFIED", "PRELIMINARY")


def test_what_is_said_against_an_earlier_visit_is_in_the_structured_report(manuscript):
    report = manuscript.report.model_copy(deep=True)
    said = Claim(id="C1", text="The earlier photograph is of 2025-03-01.", kind="measurement", evidence=["E1"])
    report.eyes[Eye.RIGHT].steps.append(ReasoningStep(name=STEP, claims=[said]))
    written = opened(render(replace(manuscript, report=report), ["sr"])["report.sr.dcm"])
    (told,) = [i for i in items_of(written) if meaning(i.ConceptNameCodeSequence[0])[1] == "111424"]
    assert told.TextValue == said.text


def test_segments_are_the_masks_pixel_by_pixel(manuscript, files):
    for eye in (Eye.RIGHT, Eye.LEFT):
        data = opened(files[f"report.{eye.value}.seg.dcm"])
        photograph = manuscript.photographs[manuscript.report.eyes[eye].photographs[0].sha256]
        frames = data.pixel_array
        assert frames.shape == (len(data.SegmentSequence), photograph.height, photograph.width)
        findings = [e.finding for e in manuscript.report.evidence if e.finding is not None and e.eye is eye]
        lesions = next(f for f in findings if f.expert == "lesions")
        for frame, group in zip(frames, data.PerFrameFunctionalGroupsSequence, strict=True):
            number = group.SegmentIdentificationSequence[0].ReferencedSegmentNumber
            segment = data.SegmentSequence[number - 1]
            assert eye.value in segment.SegmentLabel
            if "microaneurysms" in segment.SegmentLabel:
                assert np.array_equal(frame.astype(bool), mask(lesions, "MA", photograph))
        assert {s.SegmentedPropertyTypeCodeSequence[0].CodeValue for s in data.SegmentSequence} >= {
            "81016008",
            "28758002",
        }


def test_references_lead_to_the_source_and_name_its_true_class(files):
    for data in map(opened, files.values()):
        text = str(data)
        assert data.StudyInstanceUID == STUDY and "VL Photographic" not in text
    segmentation = opened(files["report.right.seg.dcm"])
    reference = segmentation.ReferencedSeriesSequence[0].ReferencedInstanceSequence[0]
    assert reference.ReferencedSOPInstanceUID == instance(Eye.RIGHT)
    assert reference.ReferencedSOPClassUID == OphthalmicPhotography8BitImageStorage
    source = segmentation.SourceImageSequence[0]
    assert source.ReferencedSOPClassUID == OphthalmicPhotography8BitImageStorage


def test_the_patient_module_is_pseudonymous_and_says_so(manuscript, files):
    for data in map(opened, files.values()):
        assert data.PatientID == manuscript.report.case
        assert [data.PatientName, data.PatientBirthDate, data.PatientSex, data.AccessionNumber] == ["", "", "", ""]
        assert data.PatientIdentityRemoved == "YES" and data.DeidentificationMethod


def test_the_same_report_gives_the_same_bytes(manuscript, files):
    assert render(manuscript, ["sr", "seg"]) == files


@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="dciodvfy (dicom3tools) is not installed")
def test_dciodvfy_finds_no_error(files, tmp_path):
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
        checked = subprocess.run(
            ["dciodvfy", "-new", str(tmp_path / name)], capture_output=True, text=True, check=False
        )
        assert not [line for line in checked.stderr.splitlines() if line.startswith(("Error", "Abort"))], checked.stderr


def test_a_photograph_that_did_not_come_as_dicom_is_one_line(two_eyes):
    for name in ("sr", "seg"):
        with pytest.raises(BadSetting, match="DICOM") as refusal:
            render(Manuscript(two_eyes.report, two_eyes.store, two_eyes.photographs), [name])
        assert "\n" not in str(refusal.value)


def test_a_dicom_photograph_that_is_no_longer_at_hand_is_one_line(manuscript):
    with pytest.raises(BadSetting, match="not kept"):
        render(Manuscript(manuscript.report, manuscript.store, {}), ["sr"])


def test_a_mask_of_another_photograph_is_refused(manuscript):
    right, left = (manuscript.photographs[e.photographs[0].sha256] for e in manuscript.report.eyes.values())
    lesions = next(e.finding for e in manuscript.report.evidence if e.finding and e.finding.expert == "lesions")
    with pytest.raises(WrongMask, match=f"not to {left.sha256[:12]}") as refusal:
        mask(lesions, "MA", left)
    assert "\n" not in str(refusal.value)
    small = Frame(left=0, top=0, scale=1, width=90, height=90, photograph_width=90, photograph_height=90)
    altered = lesions.model_copy(deep=True).use(manuscript.store)
    altered.artifacts["MA"] = lesions.artifacts["MA"].model_copy(update={"frame": small})
    for look in (lambda: mask(altered, "MA", right), lambda: draw_layers(right, [altered], ["MA"])):
        altered._maps.clear()
        with pytest.raises(WrongMask, match="90x90"):
            look()


def test_uids_stay_with_the_pixels_and_out_of_the_record(tmp_path):
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = OphthalmicPhotography8BitImageStorage
    meta.MediaStorageSOPInstanceUID, meta.TransferSyntaxUID = instance(Eye.RIGHT), ExplicitVRLittleEndian
    data = Dataset()
    data.file_meta = meta
    data.SOPClassUID, data.SOPInstanceUID = meta.MediaStorageSOPClassUID, instance(Eye.RIGHT)
    data.StudyInstanceUID, data.SeriesInstanceUID = STUDY, SERIES
    data.PatientName, data.PatientID = "DOE^JANE", "12345"
    data.Rows, data.Columns, data.SamplesPerPixel, data.PlanarConfiguration = 80, 90, 3, 0
    data.PhotometricInterpretation, data.PixelRepresentation = "RGB", 0
    data.BitsAllocated, data.BitsStored, data.HighBit = 8, 8, 7
    data.PixelData = np.full((80, 90, 3), 90, dtype=np.uint8).tobytes()
    pydicom.dcmwrite(tmp_path / "a.dcm", data, enforce_file_format=True)
    photograph = Photograph.from_file(tmp_path / "a.dcm")
    assert photograph.origin is not None and photograph.origin.instance == instance(Eye.RIGHT)
    told = photograph.model_dump_json() + repr(photograph) + str(photograph.origin)
    assert not any(word in told for word in (STUDY, SERIES, "DOE", "12345"))
    data.StudyInstanceUID = "not a uid"
    pydicom.dcmwrite(tmp_path / "b.dcm", data, enforce_file_format=True)
    assert Photograph.from_file(tmp_path / "b.dcm").origin is None
