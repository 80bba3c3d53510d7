"""Reports of older schema versions are read; what is no report, or too new, is one line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fundoscope.errors import UnreadableReport
from fundoscope.records import Eye, Report, load_report
from fundoscope.records.report import SCHEMA_VERSION

OLD = Path(__file__).parent / "report_1_0.json"
"""What the first version wrote of a phantom."""


def refusal(source) -> str:
    with pytest.raises(UnreadableReport) as caught:
        load_report(source)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_report_of_the_first_version_is_read_with_all_it_says():
    old = json.loads(OLD.read_text())
    report = load_report(OLD)
    assert old["schema_version"] == "1.0" and report.schema_version == SCHEMA_VERSION
    assert report.eyes[Eye.RIGHT].grade.value == old["eyes"]["right"]["grade"]["value"] == 2
    assert report.eyes[Eye.RIGHT].lesions.counts == old["eyes"]["right"]["lesions"]["counts"]
    assert [claim.text for claim in report.impression] == [claim["text"] for claim in old["impression"]]
    assert len(report.evidence) == len(old["evidence"])


def test_conditions_of_earlier_versions_say_what_their_expert_flagged():
    data = json.loads(OLD.read_text()) | {"schema_version": "1.1"}
    told = data["eyes"]["right"]["conditions"]
    told["pathological_myopia"]["probability"], told["glaucoma_suspect"]["probability"] = 0.9, 0.1
    entry = next(e["finding"] for e in data["evidence"] if (e["finding"] or {}).get("expert") == "conditions")
    entry["flags"] = ["pathological_myopia"]
    read = load_report(json.dumps(data)).eyes[Eye.RIGHT].conditions
    assert read["pathological_myopia"].flagged is True and read["glaucoma_suspect"].flagged is False
    assert read["normal_fundus"].flagged is None


def test_text_bytes_and_paths_are_read_alike():
    assert load_report(OLD.read_text()) == load_report(OLD.read_bytes()) == load_report(str(OLD))


def test_what_this_version_writes_it_reads_unchanged(phantom_report):
    text = phantom_report.model_dump_json()
    assert json.loads(load_report(text).model_dump_json()) == json.loads(text)


@pytest.mark.parametrize("version", ["1.9", "2.0", "0.9", "", None, 1, ["1.0"]])
def test_an_unknown_version_is_refused_with_the_known_ones(version, tmp_path):
    data = json.loads(OLD.read_text()) | {"schema_version": version}
    (tmp_path / "new.json").write_text(json.dumps(data))
    line = refusal(tmp_path / "new.json")
    assert "new.json" in line and "1.0" in line and SCHEMA_VERSION in line


@pytest.mark.parametrize("text", ["", "not json", "[]", "7", '{"case": "x"}', "\x00\xff", "{" * 100_000])
def test_what_is_no_report_is_one_line(text, tmp_path):
    (tmp_path / "prior.json").write_bytes(text.encode("latin-1"))
    assert "prior.json" in refusal(tmp_path / "prior.json")


def test_a_missing_file_and_a_broken_field_are_named(tmp_path):
    assert "cannot be read" in refusal(tmp_path / "gone.json")
    data = json.loads(OLD.read_text())
    data["eyes"]["right"]["grade"]["value"] = "two"
    assert "eyes.right.grade.value" in refusal(json.dumps(data))
    data = json.loads(OLD.read_text())
    for broken in ([], {"right": []}, {"right": {"eye": "right", "conditions": {"x": {}, "y": 1}}}):
        assert "eyes" in refusal(json.dumps(data | {"eyes": broken}))
    assert "poem" in refusal(json.dumps(json.loads(OLD.read_text()) | {"poem": "x"}))


def test_the_schema_names_the_version_that_is_written():
    assert Report.model_json_schema()["properties"]["schema_version"]["default"] == SCHEMA_VERSION
