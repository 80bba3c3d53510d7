"""Signing: the report with its review, and what follows from the reviewed grades under the guideline.

The machine's findings, claims, grades and recommendation stay as they were; the review stands beside them.
"""

from __future__ import annotations

import datetime

from ...knowledge import corpus
from ...knowledge.guidelines import recommendation
from ...knowledge.references import citation
from ...records import Claim, Evidence, Eye, Passage, Report, Review, ReviewDecision
from ...records.report import ReportStatus
from ...records.review import ClaimReview, EyeReview, ReviewedRecommendation, Verdict
from ..evidence_rules import REFERABLE_GRADE, oedema_suspected
from ..ledger import Ledger
from ..lexicon import EYE_WORDS, PATTERNS
from ..patterns.words import WHY_WITHHELD
from ..verify import verify_claim
from .decide import check, claim_reviews, eye_reviews

_OEDEMA = frozenset({"summary_oedema", "summary_exudate", "summary_exudate_few"})
"""Sentences by which a report suspects macular oedema."""
READ_SINCE = "readings were added or changed after {by} signed: what was signed is shown, and must be signed again"


def signed_report(report: Report, decision: ReviewDecision, signed: datetime.datetime) -> Report:
    """The report with the review of these decisions. Raises BadSetting where they do not fit it."""
    check(report, decision)
    claims = claim_reviews(report, decision)
    eyes = {Eye(eye): review for eye, review in eye_reviews(report, decision, claims).items()}
    follows, evidence = derive(report, eyes, claims)
    review = Review(
        reviewer=decision.signature.strip(),
        signed=signed,
        note=decision.note.strip(),
        claims=claims,
        eyes=eyes,
        recommendation=follows,
        reasons=report.review_reasons,
        earlier=report.review,
    )
    return _with(report, review, evidence, ReportStatus.REVIEWED)


def with_review(report: Report, review: Review) -> Report:
    """A fresh report of a case that was signed before: still reviewed while it says what was signed, and asks for a person for
    no other reason than the signed one did.

    Where it says something else, the review stays in it and the report asks for a person again.
    """
    before = [(decided.claim, decided.before) for decided in review.claims]
    grades = {eye: of_eye.grade_before for eye, of_eye in review.eyes.items()}
    same = before == [(claim.id, claim.text) for claim in report.claims()]
    same = same and grades == {eye: of_eye.grade.value for eye, of_eye in report.eyes.items()}
    same = same and (review.reasons is None or set(report.review_reasons) <= set(review.reasons))
    eyes = {eye: of_eye for eye, of_eye in review.eyes.items() if eye in report.eyes}
    follows, evidence = derive(report, eyes, review.claims)
    review = review.model_copy(update={"recommendation": follows})
    if same:
        return _with(report, review, evidence, ReportStatus.REVIEWED)
    reasons = [*report.review_reasons, READ_SINCE.format(by=review.by)]
    asking = report.model_copy(update={"review_reasons": reasons})
    return _with(asking, review, evidence, ReportStatus.NEEDS_REVIEW)


def _with(report: Report, review: Review, evidence: list[Evidence], status: ReportStatus) -> Report:
    keys = [key for e in evidence if e.passage for key in (e.passage.reference, *e.passage.references)]
    known = {cited.key for cited in report.citations}
    more = [citation(key) for key in dict.fromkeys(keys) if key not in known]
    return report.model_copy(
        update={"review": review, "status": status, "evidence": evidence, "citations": [*report.citations, *more]}
    )


def derive(
    report: Report, eyes: dict[Eye, EyeReview], claims: list[ClaimReview]
) -> tuple[ReviewedRecommendation, list[Evidence]]:
    """What the report's guideline says of the worse reviewed grade, and the ledger with the passage it stands on.

    While an eye has no reviewed grade, its evidence contradicts itself and the reviewer named no grade for it, or its grade is
    below the referable though macular oedema is suspected, there is only what another, referable eye asks for at the least.
    """
    guideline = report.recommendation.guideline or report.provenance.guideline
    ledger = Ledger(report.evidence)
    unsettled = _unsettled(report, eyes, claims, ledger)
    if unsettled:
        settled = {eye: review.grade or 0 for eye, review in eyes.items() if eye not in unsettled}
        return _at_least(guideline, next(iter(unsettled.values())), settled, ledger), list(ledger)
    worse, review = max(eyes.items(), key=lambda item: (item[1].grade or 0, item[1].grade_by == "reviewer"))
    statement = recommendation(guideline, review.grade or 0)
    source = "the grade the reviewer gave" if review.grade_by == "reviewer" else "the machine's grade, as accepted"
    which = f"{EYE_WORDS[worse]}, the worse one" if len(eyes) > 1 else EYE_WORDS[worse]
    basis = f"grade {review.grade} of the {which}: {source}"
    if statement is None:
        basis = f"The {guideline} guideline makes no statement for {basis}."
        return ReviewedRecommendation(guideline=guideline, basis=basis), list(ledger)
    claim = _follow(corpus.by_id()[statement.passage_id], ledger)
    refused = next((c for c in claims if c.before == claim.text and _by_hand(c)), None)
    if refused is not None:
        basis = (
            f"No interval is derived: the reviewer {refused.verdict.value} the guideline's sentence ({refused.claim})."
        )
        return ReviewedRecommendation(guideline=guideline, basis=basis), list(ledger)
    follows = ReviewedRecommendation(
        guideline=guideline,
        interval=statement.interval,
        referral=statement.referral,
        claims=[claim],
        basis=f"Derived by code under the {guideline} guideline from {basis}.",
    )
    return follows, list(ledger)


def _by_hand(decided: ClaimReview) -> bool:
    """Whether the reviewer rejected or reworded a sentence by name."""
    return decided.verdict is not Verdict.ACCEPTED and not decided.by_grade


def _unsettled(report: Report, eyes: dict[Eye, EyeReview], claims: list[ClaimReview], ledger: Ledger) -> dict[Eye, str]:
    """The eyes from whose grades nothing follows yet, with why."""
    contradicted = {disagreement.eye for disagreement in report.disagreements}
    why = {}
    for eye, review in eyes.items():
        if review.grade is None:
            why[eye] = f"the {EYE_WORDS[eye]} has no reviewed grade"
        elif review.grade_by == "machine" and (eye in contradicted or None in contradicted):
            why[eye] = f"the evidence on the {EYE_WORDS[eye]} contradicts itself and the reviewer named no grade for it"
        elif (
            review.grade < REFERABLE_GRADE
            and _oedema(report, eye, ledger)
            and not _oedema_rejected(report, eye, claims)
        ):
            why[eye] = f"in the {EYE_WORDS[eye]} {WHY_WITHHELD['oedema']}"
    return why


def _oedema(report: Report, eye: Eye, ledger: Ledger) -> bool:
    """Whether macular oedema is suspected in the photograph that stands for an eye."""
    shown = [photograph.sha256 for photograph in report.eyes[eye].photographs[:1]]
    found = {name: ledger.of_photographs(name, eye, shown) for name in ("grade", "lesions")}
    grade, lesions = (entries[0][1] if entries else None for entries in found.values())
    return oedema_suspected(grade, lesions)


def _oedema_rejected(report: Report, eye: Eye, claims: list[ClaimReview]) -> bool:
    """Whether the reviewer rejected by hand all that suspects macular oedema in an eye, or that it holds the interval back."""
    rejected = {decided.claim for decided in claims if decided.verdict is Verdict.REJECTED and not decided.by_grade}
    of_eye = [claim for claim in report.claims() if claim.eye is eye]
    suspects = {claim.id for claim in of_eye if claim.pattern in _OEDEMA}
    withheld = {claim.id for claim in of_eye if claim.slots.get("why") == "oedema"}
    return bool(withheld & rejected) or (bool(suspects) and suspects <= rejected)


def _at_least(guideline: str, why: str, settled: dict[Eye, int], ledger: Ledger) -> ReviewedRecommendation:
    """What the worst of the settled grades asks for at the least, where it is referable."""
    basis = f"No interval is derived: {why}."
    worst = max(settled, key=lambda eye: settled[eye], default=None)
    statement = None if worst is None else recommendation(guideline, settled[worst])
    if worst is None or statement is None or settled[worst] < REFERABLE_GRADE:
        return ReviewedRecommendation(guideline=guideline, basis=basis)
    return ReviewedRecommendation(
        guideline=guideline,
        interval=statement.interval,
        referral=statement.referral,
        at_least=True,
        claims=[_follow(corpus.by_id()[statement.passage_id], ledger)],
        basis=f"{basis} At the least, under the {guideline} guideline from grade {settled[worst]} of the {EYE_WORDS[worst]}.",
    )


def _follow(passage: Passage, ledger: Ledger) -> Claim:
    """The guideline's sentence as a verified claim; its passage is entered in the ledger."""
    entry = ledger.add_passage(passage.model_copy(update={"score": None}))
    slots = {"statement": passage.text, "key": passage.reference}
    return verify_claim(PATTERNS["follow"].claim("R1", None, slots, [entry.id]), ledger)
