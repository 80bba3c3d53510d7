"""A signed review in the files for hospitals and paper: the machine's grade stays, the person's stands beside it."""

from __future__ import annotations

import csv
import datetime
import io
import json
import re

import pypdf
import pytest
from fundoscope.agents.review.sign import signed_report
from fundoscope.formats.registry import Manuscript, render
from fundoscope.records import Report, ReviewDecision

WHEN = datetime.datetime(2026, 3, 4, 15, 6, tzinfo=datetime.UTC)


@pytest.fixture(scope="module")
def signed(two_eyes) -> Report:
    decision = ReviewDecision(
        signature="Dr Ada Reader", note="Hazy.", accept_rest=True, reject=["C-right-2"], grades={"right": 3, "left": 1}
    )
    return signed_report(two_eyes.report, decision, WHEN)


def test_the_bundle_is_final_and_holds_both_grades_and_who_gave_the_second(signed, two_eyes) -> None:
    bundle = json.loads(render(Manuscript(signed, two_eyes.store, {}), ["fhir"])["report.fhir.json"])
    resources = [entry["resource"] for entry in bundle["entry"]]
    said = {
        r["identifier"][0]["value"]: r for r in resources if r["resourceType"] == "Observation" and "identifier" in r
    }
    machine, person = said["right/grade"], said["right/reviewed_grade"]
    assert machine["valueCodeableConcept"]["text"].startswith("ICDR grade 2") and machine["status"] == "preliminary"
    assert person["valueCodeableConcept"]["text"].startswith("ICDR grade 3") and person["status"] == "final"
    assert person["performer"] == [{"display": "Dr Ada Reader"}] and "device" not in person
    assert person["effectiveDateTime"].startswith("2026-03-04T15:06")
    report = resources[0]
    assert report["status"] == "final" and "Reviewed by Dr Ada Reader on 2026-03-04" in report["conclusion"]
    assert [code["text"] for code in report["conclusionCode"]] == ["Right eye: Severe NPDR", "Left eye: Mild NPDR"]


def test_the_files_leave_out_sentences_that_a_person_rejected(two_eyes) -> None:
    claim = two_eyes.report.impression[0]
    decision = ReviewDecision(signature="Dr Ada Reader", accept_rest=True, reject=[claim.id], grades={"right": 0})
    signed = signed_report(two_eyes.report, decision, WHEN)
    graded = next(c for c in signed.claims() if c.id == "C-right-4")
    assert signed.review is not None and signed.review.of(graded.id).by_grade  # type: ignore[union-attr]
    made = render(Manuscript(signed, two_eyes.store, {}), ["fhir", "pdf"])
    resources = [entry["resource"] for entry in json.loads(made["report.fhir.json"])["entry"]]
    assert claim.text not in resources[0]["conclusion"].replace(f"Rejected by the reviewer: {claim.text}", "")
    assert not any(claim.text in r.get("valueString", "") for r in resources)
    pages = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made["report.pdf"])).pages)
    text = re.sub(r"\s+", " ", pages)
    assert graded.text not in text and "1 sentence of the machine is rejected by the reviewer's grade" in text
    assert text.count(claim.text) == text.count(f"Rejected by the reviewer: {claim.text}") == 1


def test_a_referral_of_the_reviewers_own_is_theirs_in_every_file(two_eyes) -> None:
    asked = {"grades": {"right": 0, "left": 0}, "refer": {"right": "branch retinal vein occlusion"}, "note": "No DR."}
    decision = ReviewDecision.model_validate({"signature": "Dr Ada Reader", "accept_rest": True, **asked})
    signed = signed_report(two_eyes.report, decision, WHEN)
    made = render(Manuscript(signed, two_eyes.store, {}), ["fhir", "pdf", "csv", "html"])
    resources = [entry["resource"] for entry in json.loads(made["report.fhir.json"])["entry"]]
    referral = next(r for r in resources if r.get("identifier", [{}])[0].get("value") == "right/reviewer_referral")
    assert (referral["valueString"], referral["status"]) == ("branch retinal vein occlusion", "final")
    assert referral["performer"] == [{"display": "Dr Ada Reader"}] and "device" not in referral
    rows = list(csv.DictReader(io.StringIO(made["report.csv"].decode())))
    assert {row["referral"] for row in rows} == {"by the reviewer, right eye: branch retinal vein occlusion"}
    assert {row["reviewer_note"] for row in rows} == {"No DR."}
    page = made["report.html"].decode()
    told = page.index("Referral asked for by the reviewer")
    assert (
        told
        < page.index("Derived by code under")
        < page.index("Note, in the reviewer's own words")
        < page.index("Impression of")
    )
    text = pypdf.PdfReader(io.BytesIO(made["report.pdf"])).pages[0].extract_text()
    text = re.sub(r"\s+", " ", text)
    assert "In the reviewer's own words: branch retinal vein occlusion" in text


def test_the_printed_report_begins_with_the_review(signed, two_eyes) -> None:
    data = render(Manuscript(signed, two_eyes.store, {}), ["pdf"])["report.pdf"]
    text = re.sub(r"\s+", " ", pypdf.PdfReader(io.BytesIO(data)).pages[0].extract_text())
    assert "Reviewed by Dr Ada Reader on 2026-03-04." in text
    assert "Right eye: the machine's reading was grade 2, Moderate NPDR; after review grade 3, Severe NPDR." in text
    assert "Rejected by the reviewer: The right eye shows 12 microaneurysms." in text
    assert text.index("Reviewed by") < text.index("Impression of the machine's reading")
