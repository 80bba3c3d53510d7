"""Voices: each tells every sentence of the report or says that it does not, adds nothing, and is held to the evidence."""

from __future__ import annotations

import datetime
import json
import re

import pytest
from fundoscope import Report
from fundoscope.agents.ledger import Ledger
from fundoscope.agents.lexicon import PATTERNS
from fundoscope.agents.review.sign import signed_report
from fundoscope.agents.voices import load_voice, voice_names, write_letter
from fundoscope.agents.voices.letter import NO_REFERRAL, REVIEW, doubt, tell
from fundoscope.agents.voices.voice import FOLDER, FORMS, GUIDELINE, REVIEWED, stands_for
from fundoscope.errors import BadSetting
from fundoscope.evals.readability import reading_ease, reading_grade, syllables
from fundoscope.experts.quality.expert import ADVICE, NO_FUNDUS_ADVICE
from fundoscope.formats.letter import render_letter
from fundoscope.knowledge.guidelines import guideline_names, recommendation
from fundoscope.records import Claim, ClaimStatus, Eye, ReviewDecision
from fundoscope.records.report import NotAssessed, ReportStatus

VOICES = voice_names()
PATIENT = [name for name in VOICES if name.endswith("-patient")]


@pytest.mark.parametrize("name", VOICES)
def test_a_voice_tells_every_sentence_of_the_report_or_names_it_as_left_out(name: str) -> None:
    voice = load_voice(name)
    told = set(voice.patterns) - {*GUIDELINE, *REVIEWED, *FORMS}
    assert told | voice.left_out == set(PATTERNS)
    assert told & voice.left_out == set()


@pytest.mark.parametrize("name", VOICES)
def test_a_voice_says_no_value_that_the_sentence_of_the_report_does_not_hold(name: str) -> None:
    for key, pattern in load_voice(name).patterns.items():
        known = (
            {"guideline", "interval", "referral", "eye"} if key in GUIDELINE else set(PATTERNS[stands_for(key)].slots)
        )
        assert set(pattern.slots) <= known, key
        assert ("{counted}" in pattern.template) <= ("{counted}" in PATTERNS[stands_for(key)].template), key


@pytest.mark.parametrize("name", VOICES)
def test_a_voice_has_words_for_all_that_a_report_can_hold(name: str) -> None:
    stored = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    statements = [recommendation(guideline, grade) for guideline in guideline_names() for grade in range(5)]
    assert set(stored["slots"]["interval"]) >= {s.interval for s in statements if s is not None and s.interval}
    referrals = {s.referral for s in statements if s is not None and s.referral} - {NO_REFERRAL}
    assert set(stored["slots"].get("referral", referrals)) >= referrals
    assert set(stored["slots"]["advice"]) == {*ADVICE.values(), NO_FUNDUS_ADVICE}
    assert set(stored["words"]["status"]) >= {status.value for status in ReportStatus}


@pytest.mark.parametrize("name", VOICES)
def test_no_two_words_of_a_slot_are_alike(name: str) -> None:
    stored = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))["slots"]
    for slot, words in stored.items():
        forms = [form for value in words.values() for form in (value if isinstance(value, list) else [value])]
        assert len(set(forms)) == len(forms), slot


@pytest.mark.parametrize("name", VOICES)
def test_a_letter_tells_what_its_voice_has_words_for_with_the_evidence_of_each_claim(
    name: str, phantom_report: Report
) -> None:
    letter, voice = write_letter(phantom_report, name), load_voice(name)
    claims = {claim.id: claim for claim in phantom_report.claims()}
    wanted = [c for c in claims.values() if tell(c, voice, phantom_report) is not None]
    assert [s.claim for s in letter.sentences()] and {s.claim for s in letter.sentences()} == {c.id for c in wanted}
    assert all(sentence.evidence == claims[sentence.claim].evidence for sentence in letter.sentences())
    assert {*letter.left_out, *(s.claim for s in letter.sentences())} == set(claims)


@pytest.mark.parametrize("name", VOICES)
def test_a_changed_number_eye_or_lesion_in_a_letter_is_caught(name: str, phantom_report: Report) -> None:
    voice, ledger = load_voice(name), Ledger(phantom_report.evidence)
    claims = {claim.id: claim for claim in phantom_report.claims()}
    stored = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))["slots"]
    swaps = [
        (stored["eye"]["right"], stored["eye"]["left"]),
        (stored["lesions"]["MA"][2][4:], stored["lesions"]["HE"][2][4:]),
        (stored["grade"]["2"], stored["grade"]["3"]),
    ]
    changed = 0
    for sentence in write_letter(phantom_report, name).sentences():
        claim = claims[sentence.claim]
        assert doubt(sentence.text, claim, voice, phantom_report, ledger) is None
        if claim.pattern in ("literature", "follow"):
            continue
        false = [sentence.text.replace(a, b) for a, b in swaps if a in sentence.text]
        false += [re.sub(r"\d+", lambda m: str(int(m[0]) + 7), sentence.text)]
        for text in false:
            if text != sentence.text:
                changed += 1
                assert doubt(text, claim, voice, phantom_report, ledger) is not None, text
    assert changed >= 10


def test_an_invented_sentence_is_not_of_the_voice(phantom_report: Report) -> None:
    claim = phantom_report.impression[0]
    ledger = Ledger(phantom_report.evidence)
    for name in VOICES:
        assert doubt("All is well.", claim, load_voice(name), phantom_report, ledger) is not None


def test_the_guidelines_interval_is_told_as_the_guideline_gives_it(phantom_report: Report) -> None:
    letter = write_letter(phantom_report, "en-patient")
    assert phantom_report.recommendation.interval == "3-6 months"
    said = "The advice of the ICO for this step is to see an eye doctor, and to have a new check in 3 to 6 months."
    assert said in [s.text for s in letter.sentences()]
    claim = next(c for c in phantom_report.recommendation.claims if c.pattern == "follow")
    false = said.replace("in 3 to 6 months", "in 1 to 2 years")
    ledger = Ledger(phantom_report.evidence)
    assert doubt(false, claim, load_voice("en-patient"), phantom_report, ledger) == "the guideline says otherwise"


def test_after_a_review_a_letter_tells_the_reviewers_grade_and_no_rejected_sentence(phantom_report: Report) -> None:
    grade = phantom_report.eyes[Eye.RIGHT].grade.value
    rejected = next(c.id for c in phantom_report.claims() if c.pattern == "lesion_count")
    decision = ReviewDecision(signature="R. Eader", accept_rest=True, reject=[rejected], grades={Eye.RIGHT: 3})
    signed = signed_report(phantom_report, decision, datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))
    letter = write_letter(signed, "en-patient")
    texts = [sentence.text for sentence in letter.sentences()]
    assert grade == 2
    assert any("a lot of damage from diabetes. This is step 3" in text for text in texts)
    assert not any("step 2 on a scale" in text or "some damage" in text for text in texts)
    said = "The advice of the ICO for this step is to see an eye doctor, and to have a new check in less than 3 months."
    assert said in texts
    assert rejected not in [sentence.claim for sentence in letter.sentences()]
    assert letter.note == "A computer wrote this and a person has checked it."


@pytest.mark.parametrize("name", VOICES)
def test_a_letter_of_a_corrected_eye_tells_nothing_of_what_the_machine_made_of_its_grade(
    name: str, phantom_report: Report
) -> None:
    decision = ReviewDecision(signature="R. Eader", accept_rest=True, grades={Eye.RIGHT: 0})
    signed = signed_report(phantom_report, decision, datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))
    patterns = {claim.id: claim.pattern for claim in signed.claims()}
    told = {patterns.get(sentence.claim) for sentence in write_letter(signed, name).sentences()}
    assert "lesion_count" in told and REVIEW in {s.claim for s in write_letter(signed, name).sentences()}
    assert not told & {"grade", "referable", "conformal_set", "summary", "lesions_mean_more", "no_condition_flagged"}


def with_claim(report: Report, pattern: str, **slots: int | float | str) -> tuple[Report, Claim]:
    """The report with the eye's sentence of another pattern in its impression, on the evidence of its summary."""
    summary = next(claim for claim in report.impression if claim.pattern == "summary")
    said = PATTERNS[pattern].claim("C99", Eye.RIGHT, {"eye": "right", **slots}, summary.evidence)
    said = said.model_copy(update={"status": ClaimStatus.SUPPORTED})
    return report.model_copy(update={"impression": [*report.impression, said]}), said


@pytest.mark.parametrize(
    ("name", "open_", "settled"),
    [
        ("en-patient", "Your right eye may show some damage from diabetes. The computer puts it at step 2 on", "This is step 2"),
        ("es-patient", "Su ojo derecho puede tener algo de daño por la diabetes. Para el programa es el paso 2", "Es el paso 2"),
    ],
)  # fmt: skip
def test_the_line_of_an_eye_is_tentative_where_it_is_left_open_whether_it_is_referable(
    name: str, open_: str, settled: str, phantom_report: Report
) -> None:
    voice = load_voice(name)
    summary = next(claim for claim in phantom_report.impression if claim.pattern == "summary")
    report, undecided = with_claim(phantom_report, "undecided")
    text = tell(summary, voice, report)
    assert text is not None and text.startswith(open_) and settled not in text
    assert doubt(text, summary, voice, report, Ledger(report.evidence)) is None
    decision = ReviewDecision(signature="R. Eader", accept_rest=True, reject=[undecided.id])
    signed = signed_report(report, decision, datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))
    for firm in (phantom_report, signed):
        assert settled in str(tell(summary, voice, firm))


def test_a_spanish_count_of_none_is_said_as_not_seen(phantom_report: Report) -> None:
    report, claim = with_claim(phantom_report, "lesion_count", lesion="HE", count=0)
    assert tell(claim, load_voice("es-patient"), report) == "No vimos sangrados pequeños en su ojo derecho."
    assert load_voice("es-patient").parse("No vimos sangrados pequeños en su ojo derecho.") == (
        "lesion_count_none", {"eye": "right", "lesion": "HE", "count": 0}
    )  # fmt: skip
    assert (
        tell(claim, load_voice("es-clinician"), report) == "Ojo derecho: ninguna hemorragia en la búsqueda de lesiones."
    )


def test_a_spanish_place_and_a_set_of_grades_do_not_read_as_and_and_between(phantom_report: Report) -> None:
    text = " ".join(s.text for s in write_letter(phantom_report, "es-clinician").sentences())
    assert re.search(r"el centro de la papila está en \(\d+, \d+\) px y su diámetro", text)
    assert "está entre estos: " in text


@pytest.mark.parametrize(
    ("missing", "told"),
    [
        (["lesion count HE inferonasal", "lesion count MA superonasal"], ["in which part of the eye each spot or bleed lies"]),
        (["lesion count HE", "lesion count HE inferonasal"], ["how many small bleeds there are"]),
    ],
)  # fmt: skip
def test_what_was_not_counted_is_named_and_a_part_is_not_told_beside_its_whole(
    missing: list[str], told: list[str], phantom_report: Report
) -> None:
    items = [NotAssessed(subject=subject, reason="no landmarks", eye=Eye.RIGHT) for subject in missing]
    report = phantom_report.model_copy(update={"not_assessed": items})
    assert write_letter(report, "en-patient").not_assessed == told


def test_a_patients_page_holds_no_ids_of_claims_and_evidence(phantom_report: Report) -> None:
    patient, clinician = (render_letter(write_letter(phantom_report, name)) for name in ("en-patient", "es-clinician"))
    assert not re.search(r">[^<]*\b[CEP]\d+\b", patient[patient.index("<body>") :])
    assert re.search(r'class="from">C\d+ · E\d+', clinician)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("en-patient", "The person who looked at your photo asks that an eye doctor sees your right eye."),
        ("es-patient", "La persona que miró su foto pide que un médico de los ojos vea su ojo derecho."),
        ("es-clinician", "La persona que leyó la fotografía pide que un oftalmólogo vea el ojo derecho."),
    ],
)
def test_an_eye_that_the_reviewer_refers_is_to_be_seen_and_no_guideline_sends_the_patient_home(
    name: str, said: str, phantom_report: Report
) -> None:
    asked = {"grades": {"right": 0}, "refer": {"right": "branch retinal vein occlusion"}}
    decision = ReviewDecision.model_validate({"signature": "R. Eader", "accept_rest": True, **asked})
    # With suspected macular oedema no interval would follow.
    calm = phantom_report.model_copy(deep=True)
    for finding in [entry.finding for entry in calm.evidence if entry.finding is not None]:
        surrogates = ("nearest_exudate_fovea_distance", "dme_probability")
        finding.measurements = [m for m in finding.measurements if m.name not in surrogates]
    signed = signed_report(calm, decision, datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))
    letter, voice = write_letter(signed, name), load_voice(name)
    follows = next(s for s in letter.sections if s.heading == voice.words["headings"]["recommendation"])
    assert (follows.sentences[0].text, follows.sentences[0].claim) == (said, REVIEW)
    texts = " ".join(sentence.text for sentence in letter.sentences())
    assert ("1-2 years" in texts) is (voice.reader == "clinician")
    assert "1 to 2 years" not in texts and "1 a 2 años" not in texts


def test_a_patients_letter_reads_at_about_nine_years(phantom_report: Report) -> None:
    text = " ".join(s.text for s in write_letter(phantom_report, "en-patient").sentences())
    assert reading_grade(text) <= 5.0
    spanish = " ".join(s.text for s in write_letter(phantom_report, "es-patient").sentences())
    assert reading_ease(spanish) >= 80.0


def test_every_plain_sentence_reads_at_about_nine_years() -> None:
    for name, pattern in load_voice("en-patient").patterns.items():
        text = re.sub(
            r"\{(\w+)(?::\w+)?\}",
            lambda m: {"eye": "right eye", "counted": "3 bleeds"}.get(m[1], "2"),
            pattern.template,
        )
        assert reading_grade(text) <= 7.5, (name, reading_grade(text))


@pytest.mark.parametrize(
    ("word", "count"), [("cat", 1), ("little", 2), ("retina", 3), ("serious", 2), ("bleed", 1), ("checked", 1)]
)
def test_syllables_are_counted_by_vowel_groups(word: str, count: int) -> None:
    assert syllables(word) == count


def test_the_reading_grade_is_the_published_formula() -> None:
    assert reading_grade("The cat sat on the mat.") == pytest.approx(0.39 * 6 + 11.8 - 15.59)


def test_a_voice_that_does_not_exist_is_one_line() -> None:
    with pytest.raises(BadSetting, match="no report is told in fr-clinician; there are en-patient"):
        load_voice("fr-clinician")


def test_a_letter_as_a_page_names_its_language_and_loads_nothing(phantom_report: Report) -> None:
    page = render_letter(write_letter(phantom_report, "es-patient"))
    assert '<html lang="es">' in page
    assert "<script" not in page and "http" not in page
    assert "Su ojo derecho" in page and phantom_report.case in page
