"""References: printed as they were verified, exported as BibTeX."""

from __future__ import annotations

import pytest
from fundoscope.errors import KnowledgeError
from fundoscope.knowledge import references


def test_citation_prints_authors_title_container_year_volume_pages() -> None:
    printed = references.citation("knudtson2003")
    assert printed.text.startswith("Knudtson MD, ")
    assert "Revised formulas for summarizing retinal vessel diameters. Current Eye Research. 2003; 27" in printed.text
    assert printed.pmid == "14562179"
    assert printed.year == 2003


def test_author_lists_that_were_not_seen_whole_end_in_et_al() -> None:
    assert references.citation("solomon2017_ada").text.startswith("Solomon SD, et al.")
    assert references.citation("isnt_hrt2015").text.startswith("Effect of age and disc size")


def test_segment_anything_has_the_pages_of_ieee() -> None:
    assert "3992-4003" in references.citation("kirillov2023_sam").text


def test_superseded_source_says_so() -> None:
    assert references.citation("aao_ppp_dr2020").superseded_by == "aao_ppp_dr2025"


def test_identifiers_that_were_not_seen_stay_null() -> None:
    page = references.citation("bdc_dr_lesions")
    assert page.doi is None and page.pmid is None and page.year is None
    assert page.url is not None


def test_unknown_key_is_refused() -> None:
    with pytest.raises(KnowledgeError, match="no such reference"):
        references.citation("smith1900")


def test_bibtex_has_one_balanced_entry_per_reference() -> None:
    exported = references.bibtex()
    assert exported.count("\n@") + 1 == 116
    assert exported.count("{") == exported.count("}")
    assert "@article{wilkinson2003," in exported
    assert "doi = {10.1016/S0161-6420(03)00475-5}" in exported
    assert "and others" in references.bibtex(["solomon2017_ada"])
