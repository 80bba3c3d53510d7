"""The FHIR bundle is valid R4 by HL7's own schema and says what the report says.

`fhir_r4.schema.json` is HL7's JSON schema of R4 (4.0), cut to what these resources reach.
"""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from fundoscope.formats.codes import all_codes
from fundoscope.formats.registry import Manuscript, render
from fundoscope.records import ArtifactStore, Eye, load_report
from pydicom.sr import _concepts_dict

HERE = Path(__file__).parent
SCHEMA = jsonschema.Draft6Validator(json.loads((HERE / "fhir_r4.schema.json").read_text()))
OLD = HERE.parent / "records" / "report_1_0.json"


@pytest.fixture(scope="module")
def report():
    return load_report(OLD)


@pytest.fixture(scope="module")
def bundle(report, tmp_path_factory):
    return json.loads(rendered(report, tmp_path_factory.mktemp("store")))


def rendered(report, folder) -> bytes:
    return render(Manuscript(report, ArtifactStore(folder), {}), ["fhir"])["report.fhir.json"]


def observations(bundle) -> dict:
    found = [entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == "Observation"]
    return {o["identifier"][0]["value"] if "identifier" in o else o["code"]["text"]: o for o in found}


def test_the_bundle_is_valid_r4_and_the_schema_refuses_what_is_not(bundle):
    SCHEMA.validate(bundle)
    broken = json.loads(json.dumps(bundle))
    broken["entry"][0]["resource"]["poem"] = "x"
    assert not SCHEMA.is_valid(broken)
    broken = json.loads(json.dumps(bundle))
    del broken["entry"][1]["resource"]["code"]
    assert not SCHEMA.is_valid(broken)


def test_grade_laterality_counts_and_advice_are_those_of_the_report(bundle, report):
    said, eye = observations(bundle), report.eyes[Eye.RIGHT]
    grade = said["right/grade"]
    assert grade["valueCodeableConcept"]["coding"][0]["code"] == "LA18645-4" and eye.grade.value == 2
    assert grade["code"]["coding"][0]["code"] == "71491-5" and grade["bodySite"]["text"] == "Right eye"
    for kind, count in eye.lesions.counts.items():
        assert said[f"right/{kind}"]["valueInteger"] == count
    parts = {c["code"]["text"]: c["valueString"] for c in said["Recommendation"]["component"]}
    assert parts == {"guideline": "ICO", "interval": "3-6 months", "referral": "referral to an ophthalmologist"}


def test_what_was_not_assessed_has_no_value_but_a_reason(bundle):
    avr = observations(bundle)["right/avr"]
    assert not any(key.startswith("value") for key in avr)
    assert "zone B" in avr["dataAbsentReason"]["text"]


def test_every_reference_leads_to_an_entry_of_the_bundle(bundle):
    known = {entry["fullUrl"] for entry in bundle["entry"]}
    assert len(known) == len(bundle["entry"])
    text = json.dumps(bundle)
    for piece in text.split('"reference": "')[1:]:
        assert piece.split('"')[0] in known


def test_there_is_no_patient_and_the_same_report_gives_the_same_bytes(bundle, report, tmp_path):
    kinds = [entry["resource"]["resourceType"] for entry in bundle["entry"]]
    assert "Patient" not in kinds and kinds.count("DiagnosticReport") == kinds.count("Device") == 1
    assert bundle["entry"][0]["resource"]["status"] == "preliminary"
    assert rendered(report, tmp_path) == rendered(report, tmp_path)


def test_codes_of_the_dicom_dictionary_mean_what_we_say_they_mean():
    for name, code in all_codes().items():
        assert code.source, name
        if "pydicom" not in code.source:
            continue
        meanings = [
            meaning
            for values in _concepts_dict.concepts[code.scheme].values()
            for value, (meaning, _) in values.items()
            if value == code.value
        ]
        assert any(code.meaning.lower() in meaning.lower() for meaning in meanings), name
