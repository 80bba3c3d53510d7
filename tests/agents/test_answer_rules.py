"""What is answered before the router: what nobody looks for, eyes without a photograph, and questions about the report itself."""

from __future__ import annotations

import datetime

import pytest
from fundoscope.agents.answering.eyes import absent, eyes_named
from fundoscope.agents.answering.refused import MOST_LETTERS, OTHER_LANGUAGE, TOO_LONG, in_another_language
from fundoscope.records import Eye, Finding, Measurement, Report

from .asking import SIDES, ask, case, dated, of_eye, unplaced, with_finding

RIGHT, LEFT, UNKNOWN = Eye.RIGHT, Eye.LEFT, Eye.UNKNOWN


@pytest.fixture(scope="module")
def two() -> Report:
    return case(of_eye(RIGHT, 2, glaucoma=0.9), of_eye(LEFT, 1))


@pytest.fixture(scope="module")
def right() -> Report:
    return case(of_eye(RIGHT))


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("Is there a vein occlusion?", "retinal vein occlusion"),
        ("is it BRVO", "branch retinal vein occlusion"),
        ("CRVO?", "central retinal vein occlusion"),
        ("Is there a retinal detachment?", "retinal detachment"),
        ("any retinal detachement", "retinal detachment"),
        ("any sign of melanoma", "melanoma"),
        ("macular hole?", "macular hole"),
        ("Check for an ERM.", "epiretinal membrane"),
        ("Is there papilledema?", "papilloedema"),
        ("nevus?", "naevus"),
        ("Any retinitis pigmentosa?", "retinitis pigmentosa"),
        ("Are there drusen?", "drusen"),
        ("Is there a vitreous hemorrhage?", "vitreous haemorrhage"),
        ("any preretinal haemorrhage?", "preretinal haemorrhage"),
        ("uveitis?", "uveitis"),
        ("retinopathy of prematurity?", "retinopathy of prematurity"),
        ("signs of sickle cell retinopathy?", "sickle cell retinopathy"),
        ("PVD?", "posterior vitreous detachment"),
        ("Is it CSR?", "central serous chorioretinopathy"),
        ("CNV?", "choroidal neovascularisation"),
        ("Is there a macroaneurysm?", "retinal macroaneurysm"),
        ("My cousin carries Stargardt's. Do you find it in me?", "inherited retinal dystrophy"),
    ],
)
def test_a_disease_nobody_looks_for_is_never_answered_with_what_was_not_flagged(
    right: Report, question: str, name: str
) -> None:
    answer = ask(right, question)
    assert answer.text == f"Not assessed: {name}; no expert here looks for it."
    assert not answer.answered and not answer.claims


def test_the_other_parts_of_such_a_question_are_answered(right: Report) -> None:
    answer = ask(right, "Is there a retinal detachment, and what is the cup-disc ratio?")
    assert answer.text.startswith("Not assessed: retinal detachment;") and answer.answered
    assert "cup_disc_ratio" in {claim.pattern for claim in answer.claims}
    assert not any("condition" in str(claim.pattern) for claim in answer.claims)


def test_a_question_that_names_no_condition_is_told_which_were_screened_for(right: Report) -> None:
    assert "Screened for: suspected glaucoma; nothing else." in ask(right, "Is there any other eye disease?").notes


@pytest.mark.parametrize(
    ("question", "subjects"),
    [
        ("Is there neovascularisation?", "neovascularisation"),
        ("NVD, NVE", "neovascularisation"),
        ("are there new vessels at the disc?", "neovascularisation"),
        ("IRMA or venous beading?", "IRMA, venous beading"),
    ],
)
def test_signs_the_lesions_expert_never_learnt_are_answered_alone_with_its_reason(
    right: Report, question: str, subjects: str
) -> None:
    answer = ask(right, question)
    assert answer.text == f"Not assessed (right eye): {subjects}, because no labelled photographs to learn from."
    assert not answer.claims and not answer.answered


@pytest.mark.parametrize(
    ("question", "eyes", "named", "missing"),
    [
        ("cup-disc ratio of the left eye?", {RIGHT}, set(), {LEFT}),
        ("CDR OS?", {RIGHT}, set(), {LEFT}),
        ("oculus sinister?", {RIGHT, UNKNOWN}, set(), {LEFT}),
        ("and the other eye?", {RIGHT}, set(), {LEFT}),
        ("any other eye disease?", {RIGHT}, {RIGHT}, set()),
        ("grade of both eyes", {RIGHT}, {RIGHT}, {LEFT}),
        ("grade of OD", {RIGHT, LEFT}, {RIGHT}, set()),
        ("Is this a right or left eye?", {RIGHT}, {RIGHT}, set()),
        ("is that right?", {LEFT}, {LEFT}, set()),
        ("Is the grade right?", {LEFT}, {LEFT}, set()),
        ("what should be done right now?", {LEFT}, {LEFT}, set()),
        ("All right, how many haemorrhages?", {LEFT}, {LEFT}, set()),
        ("what happens if it is left untreated?", {RIGHT}, {RIGHT}, set()),
        ("what is left to check?", {RIGHT}, {RIGHT}, set()),
    ],
)
def test_right_and_left_are_told_from_their_other_senses(
    question: str, eyes: set[Eye], named: set[Eye], missing: set[Eye]
) -> None:
    assert eyes_named(question, eyes) == named and absent(question, eyes) == missing


@pytest.mark.parametrize(
    "question", ["cup-disc ratio of the left eye?", "What is the grade OS?", "Zoom on the left macula"]
)
def test_an_eye_without_a_photograph_is_not_answered_with_another(right: Report, question: str) -> None:
    answer = ask(right, question)
    assert answer.text == "There is no photograph of the left eye."
    assert not answer.answered and not answer.claims and not answer.views


def test_beside_an_eye_of_unknown_side_that_is_said_too() -> None:
    answer = ask(case(of_eye(RIGHT), of_eye(UNKNOWN)), "cup-disc ratio of the left eye?")
    assert answer.notes == ["There is no photograph of the left eye.", "The side of one photograph is not known."]
    assert not answer.claims


def test_what_is_asked_of_the_other_eye_alone_is_left_out(right: Report) -> None:
    answer = ask(right, "How many haemorrhages are in the right eye and what is the cup-disc ratio of the left?")
    assert {claim.pattern for claim in answer.claims} <= {"lesion_count", "lesion_quadrant"} and answer.claims


def test_glaucoma_is_answered_with_its_screening_before_the_cup(two: Report) -> None:
    patterns = [claim.pattern for claim in ask(two, "Is there glaucoma?").claims]
    assert patterns[:2] == ["condition_flagged", "condition"] and "cup_disc_ratio" in patterns


def test_what_was_not_assessed_is_one_line_a_reason_and_an_eye() -> None:
    answer = ask(case(unplaced(RIGHT)), "What was not assessed?")
    assert answer.answered and not answer.claims
    where = "because fovea and optic disc were not located."
    assert [line for line in answer.notes if line.endswith(where)] == [
        f"Not assessed (right eye): lesion counts by quadrant and type, distance of the nearest hard exudate from the fovea, {where}"
    ]
    assert len(answer.notes) <= 8


def test_limits_and_reasons_for_review_are_the_reports_own(two: Report) -> None:
    assert ask(two, "What are the limits of this report?").notes[:3] == two.limits[:3]
    for question in ("Why does the report need review?", "why should a person look?"):
        assert ask(two, question).text == "For a person to look at: right eye: suspected glaucoma is flagged."


@pytest.mark.parametrize("question", ["Which eye is worse?", "Compare both eyes", "compare the two eyes"])
def test_one_eye_is_held_against_the_other_by_the_impression(two: Report, question: str) -> None:
    answer = ask(two, question)
    assert answer.claims == two.impression and not answer.notes


def test_eyes_held_against_an_earlier_visit_are_another_matter(two: Report) -> None:
    assert "Not compared" in ask(two, "Is the right eye worse than last year?").text


def test_the_fovea_is_given_in_pixels(two: Report) -> None:
    entry = next(e for e in two.evidence if e.finding is not None and e.finding.expert == "landmarks" and e.eye is LEFT)
    assert (
        f"{entry.id}: the fovea of the left eye is at x 1104, y 760 px."
        in ask(two, "where exactly is the fovea, in pixels?").notes
    )


def test_when_and_by_what_a_photograph_was_taken_is_what_its_file_says(right: Report) -> None:
    known = dated(right, RIGHT, acquired=datetime.date(2024, 5, 1), device="Canon CR-2")
    assert ask(known, "When was the photo taken?").text == "The photograph of the right eye was taken on 2024-05-01."
    assert ask(known, "what camera?").text == "The photograph of the right eye was taken with Canon CR-2."
    assert "does not say when it was taken" in ask(right, "When was the photo taken?").text


def test_the_probability_of_a_grade_is_the_models_with_its_evidence(right: Report) -> None:
    answer = ask(right, "probability of grade 3")
    assert answer.text.endswith("in the right eye, the grading model gives ICDR grade 3 a probability of 0.02.")
    assert answer.answered and not answer.claims and answer.text.startswith("E")


def test_a_grade_the_report_does_not_have_is_put_right_first(right: Report) -> None:
    answer = ask(right, "You said grade 3, why?")
    assert answer.text.startswith("The report does not say ICDR grade 3: the right eye has ICDR grade 2.")
    assert "grade" in {claim.pattern for claim in answer.claims}
    assert "does not say" not in ask(right, "Why grade 2 and not 3?").text


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("hide the overlay", "Nothing is drawn"),
        ("Write a letter to the patient", "fundoscope letter"),
        ("explain in simple words", "fundoscope letter"),
        ("¿Hay retinopatía?", OTHER_LANGUAGE),
        ("Gibt es eine Retinopathie?", OTHER_LANGUAGE),
        ("Quel est le grade ?", OTHER_LANGUAGE),
        ("这只眼睛有糖尿病视网膜病变吗？", OTHER_LANGUAGE),
        ("grade? " * (MOST_LETTERS // 4), TOO_LONG),
    ],
)
def test_what_is_served_elsewhere_or_not_read_is_said_so(right: Report, question: str, says: str) -> None:
    answer = ask(right, question)
    assert says in answer.text and not answer.claims and not answer.views


@pytest.mark.parametrize(
    "question", ["CDR OD", "bleeds y/n, cupping y/n", "Dr. von der Heide asks: grade?", "MA count"]
)
def test_terse_english_is_english(question: str) -> None:
    assert not in_another_language(question)


def test_what_a_plug_in_measured_is_told_by_its_name(right: Report) -> None:
    finding = Finding(
        expert="drusen",
        version="1",
        weights_sha256="0" * 64,
        photograph=SIDES[RIGHT] * 64,
        eye=RIGHT,
        measurements=[
            Measurement(name="drusen_area", value=0.12, unit="DD2"),
            Measurement.not_assessed("pigment_change", "it was too dark"),
        ],
    )
    told = with_finding(right, finding)
    entry = told.evidence[-1] if told.evidence[-1].finding else next(e for e in told.evidence if e.finding == finding)
    area = f"{entry.id}: the drusen expert gives drusen area of the right eye as 0.12 DD2."
    assert ask(told, "what is the drusen area?").text == area
    assert ask(told, "are there drusen?").notes == [
        area,
        f"Not assessed: pigment change of the right eye, because it was too dark (drusen, {entry.id}).",
    ]


def test_a_condition_asked_for_by_name_is_answered_alone() -> None:
    findings = of_eye(RIGHT)
    screened = findings[-1]
    more = [Measurement(name="cataract_or_haze", value=0.07), Measurement(name="pathological_myopia", value=0.01)]
    several = [*findings[:-1], screened.model_copy(update={"measurements": [*screened.measurements, *more]})]
    said = ask(case(several), "Is there a cataract?").claims
    assert {claim.slots.get("condition") for claim in said} == {"cataract_or_haze"}
