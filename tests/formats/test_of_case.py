"""Which case a file is of that lies in the folder to write into."""

from __future__ import annotations

from pathlib import Path

import pytest
from fundoscope.errors import BadSetting
from fundoscope.formats.letter import render_letter
from fundoscope.formats.of_case import check_no_other_case
from fundoscope.formats.registry import Manuscript, render
from fundoscope.records.letter import Letter

OWN, OTHER = "case-00112233445566aa", "case-00112233445566bb"


def check(file: Path, case: str) -> None:
    check_no_other_case(file.parent, ("report", "letter"), case)


@pytest.mark.parametrize("form", ["json", "html", "pdf", "csv", "fhir"])
def test_a_file_that_only_mentions_a_case_is_not_of_it(two_eyes, tmp_path: Path, form: str) -> None:
    mentions = {"question": f"As in {OTHER}?", "review_reasons": [f"see {OTHER}"], "disclaimer": f"Not {OTHER}."}
    report = two_eyes.report.model_copy(update={"case": OWN, **mentions})
    ((name, data),) = render(Manuscript(report, two_eyes.store, two_eyes.photographs), [form]).items()
    file = tmp_path / name
    file.write_bytes(data)
    check(file, OWN)
    with pytest.raises(BadSetting, match=f"{name}: is of another case; this one needs another folder"):
        check(file, OTHER)


def test_a_letter_is_of_the_case_at_its_foot(tmp_path: Path) -> None:
    file = tmp_path / "letter.en-patient.html"
    letter = Letter(case=OWN, language="en", reader="patient", title="A letter", note=OTHER, disclaimer=OTHER)
    file.write_text(render_letter(letter))
    check(file, OWN)
    with pytest.raises(BadSetting, match="is of another case"):
        check(file, OTHER)


@pytest.mark.parametrize(
    ("name", "text"),
    [("report.json", f'["{OTHER}"]'), ("report.json", f"{{{OTHER}"), ("report.html", f"<p>{OTHER}</p>")],
)
def test_a_file_that_names_no_case_as_its_own_goes_by_what_it_mentions(tmp_path: Path, name: str, text: str) -> None:
    file = tmp_path / name
    file.write_text(text)
    check(file, OTHER)
    with pytest.raises(BadSetting, match="is of another case"):
        check(file, OWN)


def test_files_without_a_case_of_another_name_or_kind_are_passed_over(tmp_path: Path) -> None:
    for name, text in (("report.html", "<p>mine</p>"), ("notes.json", OTHER), ("report.txt", OTHER)):
        (tmp_path / name).write_text(text)
    check(tmp_path / "report.html", OWN)
    check(tmp_path / "new" / "report.html", OWN)
