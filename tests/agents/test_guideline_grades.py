"""What guidelines say of a grade that a question names, whatever grades the report has."""

from __future__ import annotations

import pytest
from fundoscope.evals.claims import findings as made
from fundoscope.records import Eye, Report

from .asking import ask, case, of_eye
from .test_answer_review import signed


@pytest.fixture(scope="module")
def two() -> Report:
    return case(of_eye(Eye.RIGHT), of_eye(Eye.LEFT, 1))


@pytest.mark.parametrize(
    ("question", "said", "unsaid"),
    [
        ("What does ICO say about grade 2?", "moderate NPDR is re-examined in 3-6 months", "severe"),
        ("What does ICO say about grade 3?", "severe NPDR is re-examined in under 3 months", "moderate"),
        ("What does the guideline recommend for severe NPDR?", "re-examined in under 3 months", "ADA"),
        ("When should grade 3 be seen by ICO and ADA?", "referred immediately", "moderate"),
        ("what do other guidelines say about grade 3?", "NICE NG242 severe", "moderate"),
        ("What does NHS say about grade 3?", "No statement of NHS on ICDR grade 3", "months"),
        ("How does ICO follow mild NPDR?", "mild NPDR is re-examined in 6-12 months", "grading model"),
        ("What does ICO say about severe NPDR in pregnancy?", "no passage on that", "months"),
        ("According to ICO, how soon is severe NPDR seen?", "re-examined in under 3 months", "moderate"),
        ("How soon is grade 4 referred by ICO?", "PDR is re-examined in under 1 month", "moderate"),
        ("how long can proliferative wait by ICO?", "PDR is re-examined in under 1 month", "moderate"),
        ("Where do the guidelines differ on grade 3?", "NICE NG242 severe", "moderate"),
        ("How does ICO compare with NICE on grade 3?", "NICE NG242 severe", "moderate"),
        ("What does ICO recommend in severe NPDR?", "re-examined in under 3 months", "moderate"),
        ("What does ICO recommend for a severe case?", "re-examined in under 3 months", "moderate"),
        ("What does ICO recommend when it is proliferative?", "PDR is re-examined in under 1 month", "moderate"),
        ("For severe NPDR, what does ICO recommend?", "re-examined in under 3 months", "moderate"),
        ("If the left eye were severe, what would ICO say?", "re-examined in under 3 months", "moderate"),
        ("What if it were severe, what would ADA say?", "referred immediately", "months, with"),
        ("What interval does AAO give for severe NPDR?", "is superseded by [aao_ppp_dr2025]", "moderate"),
        ("ICO on grade 3?", "re-examined in under 3 months", "grading model"),
        ("What does ICO recommend for grade 3, and why?", "what they state, and not why", "moderate"),
        (
            "how soon should someone with pdr be seen according to ico?",
            "PDR is re-examined in under 1 month",
            "moderate",
        ),
        ("Do ICO and NICE differ for PDR?", "PDR is re-examined in under 1 month", "AAO"),
        ("What does this report's guideline say of grade 4?", "PDR is re-examined in under 1 month", "moderate"),
        ("So what does the ICO guideline recommend for grade 3 then?", "re-examined in under 3 months", "AAO"),
        ("whats the ICO follow up for severe npdr", "re-examined in under 3 months", "moderate"),
        ("Could you please tell me what ICO recomends for grade 3?", "re-examined in under 3 months", "moderate"),
        (
            "Suppose it is grade 4. When must she be seen under the ICO?",
            "PDR is re-examined in under 1 month",
            "moderate",
        ),
        ("If I overrule it to grade 3, what follows under ICO?", "re-examined in under 3 months", "moderate"),
        ("What if it were severe, what do other guidelines say?", "NICE NG242 severe", "moderate"),
        ("What follows if severe, and how many microaneurysms are there?", "microaneurysms were detected", "moderate"),
        ("What does ICO recommend for grade 2 in the left eye?", "of the left eye: it has ICDR grade 1.", "right eye"),
    ],
)
def test_a_grade_that_the_question_names_is_the_one_a_guideline_is_asked_of(
    two: Report, question: str, said: str, unsaid: str
) -> None:
    text = ask(two, question).text
    assert said in text and unsaid not in text, text


@pytest.mark.parametrize("joined", ["in", "of", "for"])
@pytest.mark.parametrize(
    "subject",
    [
        "prognosis",
        "risk",
        "imaging",
        "photographs",
        "diet",
        "statins",
        "quadrants",
        "criteria",
        "progression",
        "evidence",
    ],
)
def test_other_subjects_beside_a_grade_are_no_question_after_its_interval(
    two: Report, subject: str, joined: str
) -> None:
    text = ask(two, f"What does ICO say about {subject} {joined} severe NPDR?").text
    assert text == "The literature here has no passage on that.", text


@pytest.mark.parametrize(
    "question",
    [
        "When is it severe by ICO?",
        "When does ICO say it is severe?",
        "Is it severe by ICO?",
        "Which eye is at grade 3 by ICO?",
        "What makes it severe by ICO?",
    ],
)
def test_whether_an_eye_has_the_grade_is_answered_from_the_photograph(two: Report, question: str) -> None:
    assert "months" not in ask(two, question).text.replace("3-6 months", "")


@pytest.mark.parametrize(
    "question",
    [
        "The patient has severe NPDR. When should she be seen under ICO?",
        "He has grade 4, when does ICO want him seen?",
        "Which guideline is strictest for grade 3?",
        "I have severe NPDR, what does ICO recommend?",
    ],
)
def test_that_no_eye_has_the_grade_is_said_where_the_reports_own_is_answered_for(two: Report, question: str) -> None:
    text = ask(two, question).text
    assert text.startswith("The report does not say ICDR grade ") and "moderate NPDR" in text, text


@pytest.mark.parametrize(
    "question",
    [
        "What happens to the lens in severe cases?",
        "What follows laser in severe NPDR?",
        "What if the severe haemorrhages are artefacts?",
        "what would happen to her vision if it were severe",
        "What if it is not grade 4?",
        "What if it were grade 3 or 4?",
    ],
)
def test_a_supposed_grade_among_other_words_has_no_interval(two: Report, question: str) -> None:
    text = ask(two, question).text
    assert "under 3 months" not in text and "under 1 month" not in text, text


@pytest.mark.parametrize("question", ["What does the ADA guideline recommend?", "What does ADA recommend?"])
def test_a_guideline_that_is_named_is_the_one_that_is_meant(two: Report, question: str) -> None:
    text = ask(two, question).text
    assert "ADA 2017" in text and "ICO" not in text and "AAO" not in text


@pytest.mark.parametrize(
    ("question", "said", "unsaid"),
    [
        ("What do the other guidelines recommend for glaucoma?", "", "months"),
        ("which guidelines mention microaneurysms?", "", "months"),
        ("What do other guidelines say? Is there glaucoma?", "glaucoma", ""),
        ("When should the patient be seen under NICE, and how many microaneurysms?", "NICE NG242 severe", ""),
        ("What does NICE recommend for the left eye?", "The left eye has ICDR grade 1.", "NICE NG242 severe"),
    ],
)
def test_after_a_review_other_subjects_and_the_other_eye_are_other_questions(
    two: Report, question: str, said: str, unsaid: str
) -> None:
    text = ask(signed(two, grades={"right": 3}), question).text
    assert said in text and (not unsaid or unsaid not in text), text


def test_after_a_review_guidelines_are_asked_of_the_grade_that_was_signed(two: Report) -> None:
    signed_severe = signed(two, grades={"right": 3})
    for question in ("What does NICE recommend?", "what do other guidelines say?", "Where do the guidelines differ?"):
        text = ask(signed_severe, question).text
        assert "NICE NG242 severe" in text and "ICO 2018 (high-resource settings) an eye with severe NPDR" in text
        assert "After review by Dr B" in text and "moderate" not in text
    assert "under 3 months" in ask(signed_severe, "What does the guideline recommend?").text
    ungradable = signed(two, ungradable=["right"])
    for question in ("What does NICE say about grade 3?", "what do other guidelines say?"):
        text = ask(ungradable, question).text
        assert "No interval is derived: the right eye has no reviewed grade." in text and "months" not in text


def test_a_signed_grade_opens_what_the_machines_reading_withheld() -> None:
    doubted = [f for f in of_eye(Eye.RIGHT) if f.expert != "grade"]
    withheld = case([*doubted, made.grade(Eye.RIGHT, (0.1, 0.3, 0.4, 0.1, 0.1), (1, 2))])
    assert "under 3 months" in ask(signed(withheld, grades={"right": 3}), "What does ICO say about grade 3?").text


def test_the_other_wish_of_such_a_question_is_answered_too(two: Report) -> None:
    text = ask(two, "How many microaneurysms, and what does ICO recommend for grade 1?").text
    assert "microaneurysms were detected" in text and "6-12 months" in text


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Why do you recommend referral for grade 2?", "The grading model reads"),
        ("does the guideline say why grade 2 is referred?", "The grading model reads"),
        ("Is referral recommended for the grade 2 eye?", "The right eye decides what follows"),
        ("does ICO recommend laser for severe NPDR?", "no passage on that"),
        ("What does ADA recommend for blood pressure in patients with moderate NPDR?", "no passage on that"),
        ("When should grade 1 or worse be seen by ICO?", "no passage on that"),
        ("What does the ADA recommend for grades 1 and 2?", "no passage on that"),
        ("How severe is it, and what does ICO recommend?", "moderate NPDR is re-examined in 3-6 months"),
        ("It is not severe, is it? What does ICO recommend?", "moderate NPDR is re-examined in 3-6 months"),
        ("Should I recommend grade 3?", "The grading model reads"),
    ],
)
def test_reasons_treatments_and_the_eye_of_a_grade_are_other_questions(two: Report, question: str, says: str) -> None:
    assert says in ask(two, question).text


def test_whether_an_eye_has_a_grade_is_no_question_after_that_grades_interval() -> None:
    text = ask(case(of_eye(Eye.RIGHT, 3)), "Is it mild, and when should the patient be seen by ICO?").text
    assert "under 3 months" in text and "6-12 months" not in text


def test_a_grade_of_the_report_has_no_guidelines_interval_where_the_report_withholds_it() -> None:
    doubted = [f for f in of_eye(Eye.RIGHT) if f.expert != "grade"]
    withheld = case([*doubted, made.grade(Eye.RIGHT, (0.1, 0.3, 0.4, 0.1, 0.1), (1, 2))])
    assert "months" not in ask(withheld, "What does ICO say about grade 2?").text
    for question in ("What does ICO say about grade 3?", "I see mild NPDR. When should it be seen by ICO?"):
        assert "months" not in ask(withheld, question).text
