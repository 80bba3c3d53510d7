"""Values in words."""

from __future__ import annotations

import pytest
from fundoscope.formats import words
from fundoscope.records import Citation, Measurement


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, "not assessed"),
        (0, "0"),
        (0.0, "0"),
        (12, "12"),
        (18234.5, "18 234"),
        (20836, "20 836"),
        (281.34, "281.3"),
        (1.9, "1.9"),
        (0.09341, "0.093"),
        (-2.5, "-2.5"),
        (100.02, "100"),
    ],
)
def test_numbers_are_told_with_few_digits_and_null_is_not_assessed(value, told):
    assert words.number(value).replace("\u202f", " ") == told


def test_a_measurement_that_was_not_made_has_no_unit():
    assert words.measured(Measurement.not_assessed("x", "too dark", "px")) == "not assessed"
    assert words.measured(Measurement(name="x", value=3.5, unit="DD")) == "3.5\u202fDD"


def test_names_become_readable():
    assert words.readable("lesion_count_MA_superonasal") == "Lesion count MA superonasal"
    assert words.readable("vertical_cdr") == "Vertical CDR"


def test_only_identifiers_that_were_seen_and_web_addresses_become_links():
    assert words.links(Citation(key="a", text="A")) == []
    both = Citation(key="a", text="A", doi="10.1/x y", pmid="123", url="https://example.org/p")
    assert words.links(both) == [
        ("doi:10.1/x y", "https://doi.org/10.1/x%20y"),
        ("PMID 123", "https://pubmed.ncbi.nlm.nih.gov/123/"),
        ("example.org", "https://example.org/p"),
    ]
    assert words.links(Citation(key="a", text="A", pmid="x/../y", url="javascript:alert(1)")) == []
