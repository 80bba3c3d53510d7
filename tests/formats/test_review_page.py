"""The page of a reviewed report: the machine's reading and the correction beside each other."""

from __future__ import annotations

import datetime

import pytest
from fundoscope.agents.review.sign import signed_report
from fundoscope.formats.html import render_html
from fundoscope.records import Report, ReviewDecision

WHEN = datetime.datetime(2026, 3, 4, 15, 6, tzinfo=datetime.UTC)


@pytest.fixture(scope="module")
def signed(two_eyes) -> Report:
    decision = ReviewDecision(
        signature="Dr <Ada> Reader",
        note="The left photograph is hazy.\nSee again with dilation.",
        accept_rest=True,
        reject=["C-right-2"],
        edit={"C-right-3": "Two flame haemorrhages along the superior arcade."},
        grades={"right": 3, "left": 1},
    )
    return signed_report(two_eyes.report, decision, WHEN)


@pytest.fixture(scope="module")
def page(signed: Report, two_eyes) -> str:
    return render_html(signed, two_eyes.store, two_eyes.photographs)


def test_the_page_shows_both_grades_and_who_signed_when(page: str) -> None:
    assert "Reviewed by Dr &lt;Ada&gt; Reader" in page and "2026-03-04 15:06 UTC" in page
    table = page[page.index('<table class="grades">') : page.index("</table>")]
    assert table.count("2, Moderate NPDR") == 2
    assert "3, Severe NPDR" in table and "1, Mild NPDR" in table


def test_a_rejected_and_an_edited_sentence_show_before_and_after(page: str) -> None:
    assert "<s>The right eye shows 12 microaneurysms.</s>" in page
    assert "<s>The right eye shows 6 haemorrhages.</s>" in page
    assert page.count("rejected by the reviewer<") == page.count("edited by the reviewer<") == 1
    assert page.count("rejected by the reviewer&#39;s grade<") == 2
    assert "2 sentences of the machine are rejected by the reviewer&#39;s grade" in page
    assert "Two flame haemorrhages along the superior arcade." in page
    assert page.count("the reviewer's own words, not held against the evidence") == 1


def test_the_machines_recommendation_is_named_as_such_beside_the_one_derived_anew(page: str, signed: Report) -> None:
    assert signed.review is not None
    follows = signed.review.recommendation
    assert "grade 3 of the right eye, the worse one: the grade the reviewer gave" in follows.basis
    assert follows.basis in page and "What follows under the ICO guideline" in page
    assert "Recommendation of the machine's reading" in page and "Impression of the machine's reading" in page


def test_a_report_without_review_shows_none_of_it(two_eyes) -> None:
    page = render_html(two_eyes.report, two_eyes.store, two_eyes.photographs)
    assert "Reviewed by" not in page and "machine's reading" not in page
