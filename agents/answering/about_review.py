"""Questions about the review of a case: which grade the reviewer gave, who signed, what they noted and what they rejected."""

from __future__ import annotations

import re

from ...records import Eye, Report, Review
from ...records.report import ReportStatus
from ...records.review import EyeReview, Verdict
from .asked import Asked, Said, left_over, without
from .eyes import eyes_named

NOBODY = "Nobody has signed this report; it holds the machine's reading alone."
_PERSON = r"(?:reviewers?|reviewing (?:doctor|person)|signatory|person who (?:signed|reviewed)(?: (?:it|this))?|human (?:reader|reviewer)|(?:doctor|clinician) who (?:signed|reviewed)(?: (?:it|this))?{name})"
_GRADE = (
    r"\b(?:what|which|whose|how)\b[^.?!,;]{{0,40}}\bgrad\w*\b[^.?!,;]{{0,30}}\b{person}\b(?:\s+(?:give|gave|given|say|said|choose|chose|sign|signed|assign|assigned|set|put|record|recorded)\b)?(?:\s+for)?"
    r"|\b(?:what|which|how)\b(?:\s+\w+){{0,3}}\s+{person}(?:['’]s?)?(?:\s+\w+)?\s+grad\w+|\b{person}['’]s?(?:\s+\w+)?\s+grad\w+"
    r"|\bgrades?\b[^.?!,;]{{0,20}}\b(?:after (?:the )?review|by (?:the |a )?{person})\b|\b(?:reviewed|signed|human) grade\b"
    r"|\b(?:did|does|has) (?:the |a )?{person} (?:agree|disagree|confirm|accept|correct|change|overrule|override|overrul\w+)\w*\b(?:[^.?!,;]{{0,30}}\b(?:grade|machine|model|computer|software|you|reading)\b)?"
)
_WHO = (
    r"\bwho(?:se)?\b[^.?!,;]{{0,20}}\b(?:signed|sign|signature|reviewed|review|reviewer|countersigned|approved|validated)\b(?:\s+(?:off|on|it|this|that|them|the report|the case|this report|this case|the reading))*"
    r"|\b(?:has|have|is|was|were|did)\b[^.?!,;]{{0,30}}\b(?:been )?(?:signed|reviewed)\b(?: by (?:anyone|anybody|someone|somebody|a (?:person|doctor|human|clinician)))?"
    r"|\b(?:did|has) (?:anyone|anybody|someone|somebody|a (?:person|doctor|human|clinician)) (?:sign|review)(?:ed)?\b(?: (?:it|this|that))?"
    r"|\bwhen (?:was|were) (?:it|this|that|the report|the case) (?:signed|reviewed)\b|\bsigned by (?:whom|who)\b"
)
_NOTE = (
    r"\bwhat\b[^.?!,;]{{0,20}}\b{person}\b\s+(?:note|noted|write|wrote|written|say|said|comment|commented|remark|remarked|add|added|find|think|mean)\b"
    r"|\b{person}['’]?s? (?:notes?|comments?|remarks?|words?)\b|\b(?:notes?|comments?|remarks?) (?:by|from|of) (?:the |a )?{person}\b"
    r"|\b(?:is|was) there (?:an? )?(?:review )?note\b|\breview notes?\b"
)
_CHANGED = r"\b(?:what|which)\b[^.?!,;]{{0,30}}\b{person}\b\s+(?:\w+\s+)?(?:reject|chang|edit|correct|reword|accept)\w*"
_REFERRED = r"\b(?:did|does|has|why|whom?|what|which|is|was)\b[^.?!,;]{{0,30}}\b(?:{person} (?:ask for (?:an? )?)?refer\w*|referred by (?:the |a )?{person})(?: (?:it|this|the (?:right|left) eye|an eye|anyone))?"
_ASKED = (_GRADE, _WHO, _NOTE, _CHANGED, _REFERRED)


def about_review(question: str, asked: Asked) -> tuple[Said | None, str]:
    """What the review says to a question about it, and what of the question is left for others."""
    report = asked.report
    review = report.review
    name = "" if review is None else f"|{re.escape(review.reviewer)}"
    person = _PERSON.format(name=name)
    grade, who, note, changed, referred = (
        re.search(pattern.format(person=person), question, re.IGNORECASE) for pattern in _ASKED
    )
    found = [match for match in (grade, who, note, changed, referred) if match is not None]
    if not found:
        return None, question
    spans = [match.span() for match in found]
    left = left_over(question, without(question, spans))
    if review is None:
        return Said("", spans, notes=[NOBODY]), left
    lines = grade_lines(review, eyes_named(question, report.eyes)) if grade else []
    lines += _signed(report, review) if who else []
    lines += note_lines(review) or [f"{review.by} left no note."] if note else []
    lines += _changes(review) if changed else []
    lines += referral_lines(review) or [f"{review.by} asked for no referral of their own."] if referred else []
    return Said("", spans, notes=lines), left


def grade_lines(review: Review, eyes: set[Eye]) -> list[str]:
    """The grade of each of these eyes after review, then whose it is and what the machine's was."""
    return [_grade(of_eye, eye, review) for eye, of_eye in review.eyes.items() if eye in eyes]


def referral_lines(review: Review) -> list[str]:
    """The eyes that the reviewer refers whatever the guideline says, and why, as the reviewer's own statement."""
    return [
        f"{review.by} asks that an eye doctor sees the {_words(eye)}, whatever the guideline says; in their own words: {why}"
        for eye, why in review.referred.items()
    ]


def note_lines(review: Review) -> list[str]:
    """The reviewer's note as theirs; none where there is none."""
    return [f"In the words of {review.by}, not held against the evidence: {review.note}"] if review.note else []


def _grade(of_eye: EyeReview, eye: Eye, review: Review) -> str:
    which = _words(eye)
    machine = "none" if of_eye.grade_before is None else f"grade {of_eye.grade_before}"
    if of_eye.grade is None:
        why = "called the photograph ungradable" if of_eye.gradable is False else "let no grade stand"
        return f"No grade of the {which}: {review.by} {why}; the machine's reading is {machine}."
    if of_eye.grade_by == "reviewer":
        same = " too" if of_eye.grade == of_eye.grade_before else ""
        return f"Grade {of_eye.grade} of the {which}, given by {review.by}; the machine's reading is {machine}{same}."
    return f"Grade {of_eye.grade} of the {which}: the machine's, accepted by {review.by}."


def _words(eye: Eye) -> str:
    return "eye of unknown side" if eye is Eye.UNKNOWN else f"{eye.value} eye"


def _signed(report: Report, review: Review) -> list[str]:
    lines = [f"Signed by {review.by}."]
    if report.status is not ReportStatus.REVIEWED:
        lines.append("Something was read or changed after that, so it must be signed again.")
    if review.earlier is not None:
        lines.append(f"Before that, signed by {review.earlier.by}.")
    return lines


def _changes(review: Review) -> list[str]:
    """The sentences that did not stand as they were, with the reviewer's own words where there are some."""
    told = [decided for decided in review.claims if decided.verdict is not Verdict.ACCEPTED]
    return [
        f"{decided.verdict.value.capitalize()} by {review.by}{' through their grade' if decided.by_grade else ''}: {decided.before}"
        + ("" if decided.after is None else f" In the reviewer's own words: {decided.after}")
        for decided in told
    ] or [f"{review.by} accepted every sentence."]
