"""The formats' agreement is measured by readers that notice when a file says something else."""

from __future__ import annotations

import json

import pytest
from fundoscope.evals.report_cases import report_cases
from fundoscope.evals.report_readers import read_csv, read_fhir, read_json, read_pdf, read_sr
from fundoscope.evals.reports_agree import agreement_rows, differences, has_masks, segments_agree
from fundoscope.formats.registry import Manuscript, render
from fundoscope.records import Eye

FILES = {"csv": "report.csv", "fhir": "report.fhir.json", "pdf": "report.pdf", "sr": "report.sr.dcm"}
READERS = {"csv": read_csv, "fhir": read_fhir, "pdf": read_pdf, "sr": read_sr}


@pytest.fixture(scope="module")
def cases(scope):
    return dict(report_cases(scope, 14))


def test_the_cases_are_of_many_shapes(cases):
    reports = [manuscript.report for manuscript in cases.values()]
    assert {"complete", "needs_review", "not_a_fundus_photograph"} <= {report.status.value for report in reports}
    assert {eye for report in reports for eye in report.eyes} == set(Eye)
    counts = [n for report in reports for eye in report.eyes.values() for n in eye.lesions.counts.values()]
    assert None in counts and 0 in counts and max(n or 0 for n in counts) > 50


def test_three_cases_agree_in_every_format(scope):
    rows = agreement_rows(3)
    assert [row.metric.split()[0] for row in rows] == ["CSV", "FHIR", "PDF", "SR", "SEG"]
    assert all(row.passed for row in rows), rows


@pytest.mark.parametrize("name", READERS)
def test_each_reader_notices_another_grade_another_count_and_a_swapped_eye(cases, name):
    manuscript = cases["moderate-both-eyes"]
    truth = read_json(render(manuscript, ["json"])["report.json"])
    for change in ("grade", "count", "eyes"):
        report = manuscript.report.model_copy(deep=True)
        right, left = report.eyes[Eye.RIGHT], report.eyes[Eye.LEFT]
        if change == "grade":
            left.grade.value = 3
        elif change == "count":
            right.lesions.counts["SE"] = None
        else:
            right.lesions, left.lesions = left.lesions, right.lesions
        altered = Manuscript(report, manuscript.store, manuscript.photographs)
        assert differences(truth, READERS[name](render(altered, [name])[FILES[name]])), change


def test_another_referral_is_noticed_where_it_is_written(cases):
    manuscript = cases["moderate-both-eyes"]
    truth = read_json(render(manuscript, ["json"])["report.json"])
    report = manuscript.report.model_copy(deep=True)
    report.recommendation.referral = "no referral"
    altered = Manuscript(report, manuscript.store, manuscript.photographs)
    for name in ("fhir", "pdf"):
        assert differences(truth, READERS[name](render(altered, [name])[FILES[name]])), name


def test_a_lesion_missing_from_a_mask_is_noticed(cases):
    manuscript = cases["mild-right-only"]
    text = render(manuscript, ["json"])["report.json"]
    assert has_masks(read_json(text)) and segments_agree(read_json(text), manuscript)
    more = json.loads(text)
    more["eyes"]["right"]["lesions"]["counts"]["MA"] += 1
    assert not segments_agree(read_json(json.dumps(more).encode()), manuscript)
