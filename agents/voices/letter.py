"""A letter: a report's supported claims in another voice, each sentence held against the evidence again."""

from __future__ import annotations

from collections.abc import Iterator

from ...knowledge.guidelines import recommendation
from ...records import Claim, ClaimStatus, EyeReport, Report
from ...records.letter import Letter, LetterSection, LetterSentence
from ..checks import CHECKS, Cited
from ..language import Wrong
from ..ledger import Ledger
from ..patterns.slots import Slots
from .voice import GUIDELINE, Voice, load_voice


def write_letter(report: Report, name: str) -> Letter:
    """The report in the voice of that name (`voice_names`). Raises BadSetting for another.

    A sentence that does not hold is left out and its claim listed, as is a claim that the voice does not tell.
    """
    voice = load_voice(name)
    ledger = Ledger(report.evidence)
    told: set[str] = set()
    sections = []
    for heading, claims in _sections(report, voice):
        sentences = []
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
        disclaimer=words["disclaimer"],
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
        for check in CHECKS[name]:
            check(Cited({**claim.slots, **said}, entries))
    except Wrong as wrong:
        return str(wrong)
    return None


def _form(claim: Claim, voice: Voice, report: Report) -> tuple[str, Slots]:
    """The sentence form of a claim in this voice and its values."""
    name = claim.pattern or ""
    if name != "follow" or name in voice.patterns:
        return name, claim.slots
    statement = _statement(claim, report)
    if statement is None:
        return name, claim.slots
    guideline, interval = statement
    if interval is None:
        return "follow_unsaid", {"guideline": guideline}
    return "follow_interval", {"guideline": guideline, "interval": interval}


def _statement(claim: Claim, report: Report) -> tuple[str, str | None] | None:
    """(guideline, interval) of the statement whose passage the claim cites."""
    cited = {e.passage.text for e in report.evidence if e.passage is not None and e.id in claim.evidence}
    for grade in range(5):
        found = recommendation(report.provenance.guideline, grade)
        if found is not None and found.sentence in cited:
            return found.guideline, found.interval
    return None


def _sections(report: Report, voice: Voice) -> Iterator[tuple[str, list[Claim]]]:
    headings = voice.words["headings"]
    yield headings["impression"], report.impression
    yield headings["recommendation"], report.recommendation.claims
    for eye, told in report.eyes.items():
        yield headings[eye.value], _of_eye(told)


def _of_eye(eye: EyeReport) -> list[Claim]:
    return [claim for step in eye.steps for claim in step.claims]


def _not_assessed(report: Report, voice: Voice) -> list[str]:
    """What was not assessed, each thing once, in this voice's words."""
    names = voice.words["subjects"]
    subjects = [names.get(item.subject, voice.words["other_subject"]) for item in report.not_assessed]
    return list(dict.fromkeys(subject for subject in subjects if subject))
