"""A letter: a report's supported claims in another voice, each sentence held against the evidence again."""

from __future__ import annotations

from collections.abc import Iterator

from ...knowledge.guidelines import NO_REFERRAL, GuidelineStatement, recommendation
from ...records import QUADRANTS, Claim, ClaimStatus, Eye, Report
from ...records.letter import Letter, LetterSection, LetterSentence
from ...records.report import ReportStatus
from ..checks import CHECKS, Cited
from ..language import Wrong
from ..ledger import Ledger
from ..patterns.slots import Slots
from ..review.contradicted import BOTH_EYES, BY_SCALE, GRADED
from .voice import GUIDELINE, QUOTING, Voice, load_voice, stands_for

QUADRANT = "lesion quadrant"
"""Stands for the counts of lesions by quadrant among what was not assessed."""
REVIEW = "review"
"""Stands for the claim of a sentence that tells what the reviewer said."""
FLAGGED = frozenset(
    {"condition_flagged", "condition_reaches", "summary_condition", "summary_drusen", "condition_apart"}
)
"""Sentences on one flag of an eye: a reviewer who does not let one stand lets none stand."""
APART = frozenset({"condition_apart", "cup_apart"})
"""Sentences on what is examined apart from retinopathy, whatever grade a reviewer gave."""
NOT_OF_CORRECTED = frozenset({*GRADED, *BY_SCALE, "no_condition_flagged"})
"""Sentences that are not told of an eye whose grade a reviewer corrected: the machine's own on its grade, what its lesions mean by
the scale, and that it found nothing else."""


def write_letter(report: Report, name: str) -> Letter:
    """The report in the voice of that name (`voice_names`). Raises BadSetting for another.

    A sentence that does not hold is left out and its claim listed, as is a claim that the voice does not tell.
    """
    voice = load_voice(name)
    ledger = Ledger(report.evidence)
    told: set[str] = set()
    sections = []
    for heading, claims in _sections(report, voice):
        sentences = by_reviewer(report, voice, heading)
        for claim in claims:
            text = tell(claim, voice, report)
            if text is not None and doubt(text, claim, voice, report, ledger) is None:
                sentences.append(LetterSentence(text=text, claim=claim.id, evidence=claim.evidence))
                told.add(claim.id)
        if sentences:
            sections.append(LetterSection(heading=heading, sentences=sentences))
    words = voice.words
    return Letter(
        case=report.case,
        language=voice.language,
        reader=voice.reader,
        title=words["title"],
        sections=sections,
        not_assessed_heading=words["headings"]["not_assessed"],
        not_assessed=_not_assessed(report, voice),
        left_out=[claim.id for claim in report.claims() if claim.id not in told],
        note=words["status"][report.status.value],
        disclaimer=words.get(
            "disclaimer_reviewed" if report.status is ReportStatus.REVIEWED else "", words["disclaimer"]
        ),
    )


def tell(claim: Claim, voice: Voice, report: Report) -> str | None:
    """A claim's sentence in this voice; None where it has none."""
    name, slots = _form(claim, voice, report)
    pattern = voice.patterns.get(name)
    if pattern is None or claim.status is not ClaimStatus.SUPPORTED:
        return None
    try:
        return pattern.render(slots)
    except KeyError:  # a value this voice has no words for
        return None


def doubt(text: str, claim: Claim, voice: Voice, report: Report, ledger: Ledger) -> str | None:
    """Why a sentence of this voice does not hold; None when it says what the claim says and the evidence bears it out."""
    parsed = voice.parse(text)
    if parsed is None:
        return "no sentence of this voice reads like this"
    name, said = parsed
    wanted, _ = _form(claim, voice, report)
    if name != wanted:
        return "it is not this claim's sentence"
    if text != tell(claim, voice, report):
        return "the guideline says otherwise" if name in GUIDELINE else "it says other than its claim"
    if name in GUIDELINE:
        return None
    entries = tuple(entry for entry in map(ledger.get, claim.evidence) if entry is not None)
    try:
        for check in CHECKS[stands_for(name)]:
            check(Cited({**claim.slots, **said}, entries))
    except Wrong as wrong:
        return str(wrong)
    return None


def _form(claim: Claim, voice: Voice, report: Report) -> tuple[str, Slots]:
    """The sentence form of a claim in this voice and its values."""
    name = claim.pattern or ""
    own = _own_form(claim, report)
    if own in voice.patterns:
        return own, claim.slots
    if name not in QUOTING or name in voice.patterns:
        return name, claim.slots
    statement = _statement(claim, report)
    if statement is None:
        return name, claim.slots
    slots: Slots = {"guideline": statement.guideline}
    if claim.eye is not None:
        slots["eye"] = claim.eye.value
    if statement.interval is not None:
        slots["interval"] = statement.interval
    if statement.referral not in (None, NO_REFERRAL):
        slots["referral"] = statement.referral or ""
    said = {(True, True): "referred", (True, False): "interval", (False, True): "seen", (False, False): "unsaid"}
    return f"{name}_{said['interval' in slots, 'referral' in slots]}", slots


def _own_form(claim: Claim, report: Report) -> str:
    """The name of the form that a voice may have for just this claim; empty where there is none."""
    if claim.pattern == "lesion_count" and claim.slots.get("count") == 0:
        return "lesion_count_none"
    open_ = [c.eye for c in report.standing(report.impression) if c.pattern == "undecided"]
    return "summary_open" if claim.pattern == "summary" and claim.eye in open_ else ""


def _statement(claim: Claim, report: Report) -> GuidelineStatement | None:
    """The statement whose passage the claim cites."""
    cited = {e.passage.text for e in report.evidence if e.passage is not None and e.id in claim.evidence}
    for grade in range(5):
        found = recommendation(report.provenance.guideline, grade)
        if found is not None and found.sentence in cited:
            return found
    return None


def by_reviewer(report: Report, voice: Voice, heading: str) -> list[LetterSentence]:
    """What a person who signed the report says under a heading: grades other than the machine's, and eyes to be seen."""
    headings = voice.words["headings"]
    if report.review is None or heading not in (headings["impression"], headings["recommendation"]):
        return []
    if heading == headings["recommendation"]:
        asks = voice.patterns["reviewed_referral"]
        return [LetterSentence(text=asks.render({"eye": eye.value}), claim=REVIEW) for eye in report.review.referred]
    said = []
    for eye in _corrected(report):
        grade = report.review.eyes[eye].grade
        name = "reviewed_without_grade" if grade is None else "reviewed_grade"
        slots: Slots = {"eye": eye.value} if grade is None else {"eye": eye.value, "grade": grade, "value": grade}
        said.append(LetterSentence(text=voice.patterns[name].render(slots), claim=REVIEW))
    return said


def _corrected(report: Report) -> list[Eye]:
    """Eyes whose grade the reviewer changed or took away."""
    eyes = report.review.eyes.items() if report.review is not None else ()
    return [eye for eye, reviewed in eyes if reviewed.grade != reviewed.grade_before]


def _sections(report: Report, voice: Voice) -> Iterator[tuple[str, list[Claim]]]:
    headings = voice.words["headings"]
    follows = report.recommendation.claims
    if report.review is not None:
        apart = [claim for claim in follows if claim.pattern in APART and _stands(claim, report)]
        follows = [claim for claim in report.review.recommendation.claims if _follows(claim, voice, report)] + apart
    yield headings["impression"], [claim for claim in report.impression if _stands(claim, report)]
    yield headings["recommendation"], follows
    for eye, told in report.eyes.items():
        claims = [claim for step in told.steps for claim in step.claims]
        yield headings[eye.value], [claim for claim in claims if _stands(claim, report)]


def _follows(claim: Claim, voice: Voice, report: Report) -> bool:
    """Whether a guideline's sentence is told: not to a patient whom it sends to nobody where the reviewer sends them to a doctor."""
    statement = _statement(claim, report)
    unasked = statement is None or statement.referral in (None, NO_REFERRAL)
    return voice.reader != "patient" or not unasked or report.review is None or not report.review.referred


def _stands(claim: Claim, report: Report) -> bool:
    """Whether a claim is told: a reviewer who signed did not reject or reword it, nor correct the grade it rests on."""
    if report.review is None:
        return True
    corrected = _corrected(report)
    if claim.pattern in BOTH_EYES:
        return not corrected
    if claim.pattern in NOT_OF_CORRECTED and claim.eye in corrected:
        return False
    if claim.pattern == "no_condition_flagged" and claim.eye in report.review.referred:
        return False
    return all(report.review.refused(said) is None for said in (claim, *_on_the_same_flag(claim, report)))


def _on_the_same_flag(claim: Claim, report: Report) -> list[Claim]:
    if claim.pattern not in FLAGGED:
        return []
    same = (claim.eye, claim.slots.get("condition"))
    return [c for c in report.claims() if c.pattern in FLAGGED and (c.eye, c.slots.get("condition")) == same]


def _not_assessed(report: Report, voice: Voice) -> list[str]:
    """What was not assessed, each thing once, in this voice's words."""
    missing = {(item.eye, item.subject) for item in report.not_assessed}
    told = []
    for item in report.not_assessed:
        whole = _whole(item.subject)
        if (item.eye, whole) not in missing:
            told.append(_in_words(item.subject.lower() if whole is None else QUADRANT, voice))
    return list(dict.fromkeys(subject for subject in told if subject))


def _whole(subject: str) -> str | None:
    """The count that a count in one quadrant is a part of; None for any other subject."""
    whole, _, part = subject.rpartition(" ")
    return whole if part in QUADRANTS else None


def _in_words(subject: str, voice: Voice) -> str | None:
    """This voice's words for a subject, by how it begins; None for one that it passes over."""
    named: dict[str, str | None] = voice.words["subjects"]
    begun = [name for name in named if subject.startswith(name)]
    return named[max(begun, key=len)] if begun else str(voice.words["other_subject"])
