"""Asking for formats by name: what is written, what is refused, and that nothing is half done."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys

import numpy as np
import pytest
from fundoscope.errors import BadSetting
from fundoscope.formats import csv_rows
from fundoscope.formats.registry import FORMATS, Manuscript, check_sources, parse_formats, render
from fundoscope.imaging.decode import DicomOrigin
from fundoscope.records import Eye, Photograph, Report
from fundoscope.records.report import ConditionResult


def test_names_are_read_from_a_comma_list_each_once_and_in_order():
    assert parse_formats(" html, JSON,html,") == ("html", "json")
    assert parse_formats(["csv"]) == ("csv",)


@pytest.mark.parametrize("given", ["poem", "json,poem", "", ",", []])
def test_a_name_that_no_format_has_is_one_line_that_lists_them(given):
    with pytest.raises(BadSetting) as refusal:
        parse_formats(given)
    assert all(name in str(refusal.value) for name in FORMATS) and "\n" not in str(refusal.value)


def test_the_command_refuses_an_unknown_format_before_anything_is_read(tmp_path):
    command = [sys.executable, "-m", "fundoscope", "read", "missing.jpg", "--format", "json,poem"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=os.environ, check=False)
    assert result.returncode == 2 and result.stdout == "" and list(tmp_path.iterdir()) == []
    assert result.stderr.startswith("fundoscope: no format is named poem") and result.stderr.count("\n") == 1


def test_the_command_refuses_formats_that_need_dicom_before_anything_is_read(tmp_path, phantom_file):
    command = [sys.executable, "-m", "fundoscope", "read", str(phantom_file), "--format", "json,sr", "--out", "out"]
    environment = {**os.environ, "FUNDOSCOPE_HOME": str(tmp_path / "home")}
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=environment, check=False)
    assert result.returncode == 2 and result.stdout == ""
    assert result.stderr.startswith("fundoscope: sr and seg refer to DICOM instances and ")
    assert "phantom.png came as PNG" in result.stderr and result.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists() and not (tmp_path / "home" / "checkpoints.sqlite").exists()


def test_formats_that_need_dicom_need_its_identifiers_too(tmp_path):
    photograph = Photograph.from_pixels(np.zeros((80, 80, 3), np.uint8)).model_copy(update={"file_format": "DICOM"})
    check_sources(["json", "fhir"], {"eye.dcm": photograph})
    with pytest.raises(BadSetting, match=r"the DICOM instance of eye\.dcm, which are not kept"):
        check_sources(["json", "seg"], {"eye.dcm": photograph})
    photograph._origin = DicomOrigin("1.2", "1.2.1", "1.2.1.1", "1.2.840.10008.5.1.4.1.1.77.1.5.1")
    check_sources(["json", "seg"], {"eye.dcm": photograph})


def test_the_sdk_writes_what_is_asked_for_under_the_given_stem(scope, phantom_report, tmp_path):
    written = scope.write(phantom_report, tmp_path, stem="visit", formats="csv,json")
    assert [path.name for path in written] == ["visit.csv", "visit.json"]
    assert Report.model_validate_json(written[1].read_bytes()).model_dump() == phantom_report.model_dump()
    with pytest.raises(BadSetting):
        scope.write(phantom_report, tmp_path / "new", formats=("json", "poem"))
    assert not (tmp_path / "new").exists()


def test_nothing_is_written_when_one_of_the_formats_cannot_be_made(scope, phantom_report, tmp_path, monkeypatch):
    def fail(_manuscript):
        raise BadSetting("no")

    monkeypatch.setattr(csv_rows, "render", fail)
    with pytest.raises(BadSetting):
        scope.write(phantom_report, tmp_path / "out", formats="json,csv")
    assert not (tmp_path / "out").exists()


def test_a_row_an_eye_says_what_the_report_says(two_eyes):
    apart = {Eye.RIGHT: ["age_related_macular_degeneration"]}
    advice = two_eyes.report.recommendation.model_copy(update={"examine_apart": apart})
    report = two_eyes.report.model_copy(update={"recommendation": advice})
    manuscript = Manuscript(report, two_eyes.store, two_eyes.photographs, "visit")
    rows = list(csv.DictReader(io.StringIO(render(manuscript, ["csv"])["visit.csv"].decode())))
    assert [row["eye"] for row in rows] == ["right", "left"]
    for row in rows:
        of_eye = two_eyes.report.eyes[Eye(row["eye"])]
        assert int(row["grade"]) == of_eye.grade.value
        assert {kind: int(row[kind]) for kind in ("MA", "HE", "EX", "SE")} == of_eye.lesions.counts
        assert row["file"] == two_eyes.report.case and row["report"] == "visit.json"
        assert row["flagged"] == ("age_related_macular_degeneration" if row["eye"] == "right" else "none")
        assert (row["next_examination"], row["referral"]) == (advice.interval or "", advice.referral or "")
        assert row["at_least"] == "True" and row["case"] == two_eyes.report.case
        assert row["examine_apart"] == ("age_related_macular_degeneration" if row["eye"] == "right" else "none")


@pytest.mark.parametrize(
    ("counts", "intervals", "wanted"),
    [
        ({"MA": 3, "HE": 2, "EX": 9, "SE": None}, {"MA": (0, 6), "HE": (0, 4), "EX": (3, 20)}, "MA; HE"),
        ({"MA": 9, "HE": 0, "EX": 2, "SE": 0}, {"MA": (4, 20), "HE": (0, 2)}, "none"),
        ({"MA": 0, "HE": 0, "EX": 0, "SE": None}, {"MA": (0, 1)}, None),
    ],
)
def test_counts_that_may_be_none_are_named(two_eyes, counts, intervals, wanted):
    of_eye = two_eyes.report.eyes[Eye.RIGHT]
    lesions = of_eye.lesions.model_copy(update={"counts": counts, "intervals": intervals})
    eyes = {Eye.RIGHT: of_eye.model_copy(update={"lesions": lesions})}
    report = two_eyes.report.model_copy(update={"eyes": eyes})
    assert csv_rows.row(report, Eye.RIGHT, "a.jpg", "a.json")["may_be_none"] == wanted


def test_flags_that_were_not_assessed_are_an_empty_field(two_eyes):
    of_eye = two_eyes.report.eyes[Eye.RIGHT]
    unknown = {name: ConditionResult() for name in of_eye.conditions}
    eyes = {Eye.RIGHT: of_eye.model_copy(update={"conditions": unknown})}
    report = two_eyes.report.model_copy(update={"eyes": eyes})
    assert csv_rows.row(report, Eye.RIGHT, "a.jpg", "a.json")["flagged"] is None


def test_a_line_of_an_earlier_version_has_an_empty_field_for_what_it_lacks():
    line = csv_rows.lines([{"file": "a, b.jpg", "eye": "right", "report": "r.json", "flagged": ""}])
    assert csv_rows.whole(line) == line
    assert csv_rows.whole(line.rstrip(",\n") + "\n") == line
