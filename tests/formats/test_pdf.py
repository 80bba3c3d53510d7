"""The printed report, read back by pypdf: what it says, that it is the same twice, and what strange text does to it."""

from __future__ import annotations

import io
import re

import pypdf
import pytest
from fundoscope.formats.registry import Manuscript, render
from fundoscope.records import Eye
from fundoscope.records.claim import ClaimStatus, Ground
from fundoscope.records.report import DISCLAIMER


def rendered(sample, photographs=None, **changes) -> bytes:
    report = sample.report.model_copy(update=changes)
    shown = sample.photographs if photographs is None else photographs
    return render(Manuscript(report, sample.store, shown), ["pdf"])["report.pdf"]


def pages(data: bytes) -> list[str]:
    return [re.sub(r"\s+", " ", page.extract_text()) for page in pypdf.PdfReader(io.BytesIO(data)).pages]


@pytest.fixture(scope="module")
def printed(two_eyes) -> bytes:
    return rendered(two_eyes)


def test_grade_laterality_counts_and_every_sentence_can_be_read(printed, two_eyes):
    text = " ".join(pages(printed))
    for eye, heading in ((Eye.RIGHT, "Right eye"), (Eye.LEFT, "Left eye")):
        counts = two_eyes.report.eyes[eye].lesions.counts
        section = text[text.index(f" {heading} As photographed") :]
        assert "ICDR grade 2, Moderate NPDR" in section
        assert section.index(f"Microaneurysms {counts['MA']}") < section.index(f"Haemorrhages {counts['HE']}")
    for claim in two_eyes.report.claims():
        assert re.sub(r"\s+", " ", claim.text) in text
        assert all(f"{name} " in text for name in claim.evidence)


def test_the_disclaimer_and_the_number_stand_on_each_page(printed):
    read = pages(printed)
    assert len(read) > 2
    for number, text in enumerate(read, start=1):
        assert DISCLAIMER in text and f"{number} / {len(read)}" in text


def test_both_photographs_are_shown_plain_and_marked_and_without_metadata(printed):
    images = [image for page in pypdf.PdfReader(io.BytesIO(printed)).pages for image in page.images]
    assert len(images) == 4
    assert not any(image.image.getexif() for image in images)


def test_the_same_report_gives_the_same_bytes(two_eyes, printed):
    assert rendered(two_eyes) == printed


def test_evidence_is_linked(printed):
    links = [a for page in pypdf.PdfReader(io.BytesIO(printed)).pages for a in page.get("/Annots", [])]
    assert any("/Dest" in link.get_object() for link in links)


def test_a_photograph_that_is_gone_is_said(two_eyes):
    assert "no longer at hand" in " ".join(pages(rendered(two_eyes, {})))


def test_what_speaks_for_and_against_a_sentence_is_printed_under_it_and_doubt_is_said(two_eyes):
    claim = (
        two_eyes.report.eyes[Eye.RIGHT]
        .steps[0]
        .claims[0]
        .model_copy(
            update={
                "text": "A weighed sentence.",
                "supporting": [Ground(rule="a", text="This speaks for it.", evidence=["E1"])],
                "missing": [Ground(rule="b", text="This was not seen.")],
                "evidence": ["E99"],
                "status": ClaimStatus.CONTRADICTED,
            }
        )
    )
    text = " ".join(pages(rendered(two_eyes, {}, impression=[claim])))
    assert "A weighed sentence. (contradicted) E99" in text
    assert text.index("sentence. (contradicted)") < text.index("For: This speaks for it. E1")
    assert "Missing: This was not seen." in text


def test_strange_text_is_printed_as_text(two_eyes, caplog):
    limits = ["(a) \\ ) Tj **bold** <b>x</b> \x00\x1b[31m", "眼底 عين", "\N{NARROW NO-BREAK SPACE}é ü ñ ≥ µ"]
    text = " ".join(pages(rendered(two_eyes, {}, limits=limits)))
    assert "(a) \\ ) Tj **bold** <b>x</b> [31m" in text
    assert "\N{WHITE SQUARE}" in text and "é ü ñ ≥ µ" in text
    assert not caplog.records
