"""What the page shows of a report, prepared for the template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..records import QUADRANTS, Evidence, Eye, EyeReport, Finding, Photograph, Report, Status
from ..records.report import ConditionResult
from . import words
from .layers import LESION_NAMES, Landmarks
from .overlays import OverlayImage, overlay_images, photograph_landmarks, photograph_uri


@dataclass(frozen=True)
class Bar:
    """One grade of the chart: its number, words, probability, and whether it is the grade given."""

    grade: int
    label: str
    share: float
    told: str
    chosen: bool


@dataclass(frozen=True)
class LesionRow:
    """Counts of one lesion type, by quadrant where that was assessed."""

    kind: str
    label: str
    total: str
    quadrants: list[str]


@dataclass(frozen=True)
class Figure:
    """A photograph with its layers. `key` is a short id; `uri` None where the picture is not at hand."""

    key: str
    photograph: Photograph
    uri: str | None
    layers: list[OverlayImage]
    landmarks: Landmarks | None

    @property
    def switches(self) -> list[str]:
        """Names of what can be switched on and off over the picture."""
        if self.uri is None:
            return []
        return [*(layer.name for layer in self.layers), *(["landmarks"] if self.landmarks else []), "zoom"]

    @property
    def line(self) -> float:
        """Width of a line in photograph pixels that is about two pixels on the page."""
        return max(self.photograph.width, self.photograph.height) / 500


@dataclass(frozen=True)
class EyeView:
    """One eye of the report."""

    title: str
    report: EyeReport
    figures: list[Figure]
    advice: str
    bars: list[Bar]
    facts: list[tuple[str, str]]
    lesions: list[LesionRow]
    quadrants: list[str]


@dataclass(frozen=True)
class MeasurementRow:
    """One measurement of a finding."""

    label: str
    value: str
    interval: str
    note: str
    assessed: bool


@dataclass(frozen=True)
class EvidenceView:
    """One entry of the ledger."""

    id: str
    title: str
    gist: str
    entry: Evidence
    rows: list[MeasurementRow] = field(default_factory=list)
    probabilities: str = ""

    @property
    def notes(self) -> bool:
        """Whether any measurement has a definition or a reason to show."""
        return any(row.note for row in self.rows)


def eye_views(report: Report, photographs: Mapping[str, Photograph]) -> list[EyeView]:
    """The eyes in the order right, left, unknown."""
    findings = [entry.finding for entry in report.evidence if entry.finding is not None]
    order = [Eye.RIGHT, Eye.LEFT, Eye.UNKNOWN]
    return [
        EyeView(
            title=words.EYE_WORDS[eye],
            report=report.eyes[eye],
            figures=_figures(report.eyes[eye], photographs, findings),
            advice=_advice(report.eyes[eye]),
            bars=_bars(report.eyes[eye]),
            facts=_facts(report.eyes[eye]),
            lesions=_lesions(report.eyes[eye]),
            quadrants=list(QUADRANTS) if report.eyes[eye].lesions.by_quadrant else [],
        )
        for eye in order
        if eye in report.eyes
    ]


def evidence_views(report: Report) -> list[EvidenceView]:
    """The ledger in its order."""
    return [_finding_view(e, e.finding) if e.finding is not None else _passage_view(e) for e in report.evidence]


def _figures(eye: EyeReport, photographs: Mapping[str, Photograph], findings: list[Finding]) -> list[Figure]:
    figures = []
    for number, record in enumerate(eye.photographs, 1):
        key = f"{eye.eye.value}-{number}"
        photograph = photographs.get(record.sha256)
        if photograph is None:
            figures.append(Figure(key, record, None, [], None))
            continue
        layers = overlay_images(photograph, findings)
        found = photograph_landmarks(photograph, findings)
        figures.append(Figure(key, photograph, photograph_uri(photograph), layers, found))
    return figures


def _advice(eye: EyeReport) -> str:
    """What was wrong with the photograph and what to do, in sentences."""
    noted = ", ".join(reason.replace("_", " ") for reason in eye.quality.reasons)
    sentences = [f"poor {noted}"] if noted else []
    sentences += [advice.rstrip(".") for advice in eye.quality.advice]
    return " ".join(f"{sentence}." for sentence in sentences)


def _bars(eye: EyeReport) -> list[Bar]:
    return [
        Bar(grade, words.GRADE_WORDS[grade], share, words.percent(share), grade == eye.grade.value)
        for grade, share in enumerate(eye.grade.probabilities or [])
        if grade < len(words.GRADE_WORDS)
    ]


def _facts(eye: EyeReport) -> list[tuple[str, str]]:
    quality, grade, landmarks = eye.quality, eye.grade, eye.landmarks
    gradable = {True: "gradable", False: "not gradable", None: words.NOT_ASSESSED}[quality.gradable]
    if quality.is_fundus is False:
        gradable = "not a fundus photograph"
    if quality.score is not None:
        gradable += f", score {quality.score:.2f}"
    facts = [("Quality", gradable)]
    if quality.is_fundus is False or quality.gradable is False:
        return facts
    named = words.NOT_ASSESSED if grade.value is None else f"{grade.value}, {words.GRADE_WORDS[grade.value]}"
    facts.append(("ICDR grade", named))
    facts.append(("Referable (grade 2 or more)", words.percent(grade.referable_probability)))
    if grade.conformal_set is not None:
        facts.append(("Grades not excluded", ", ".join(map(str, grade.conformal_set)) or "none"))
    facts.append(("Macular oedema, by exudate", words.percent(grade.dme_probability)))
    near = eye.lesions.nearest_exudate_dd
    if near is not None:
        facts.append(("Exudate nearest the fovea", f"{near:.2f}\u202fDD"))
    disc, fovea = landmarks.disc, landmarks.fovea
    facts.append(
        (
            "Optic disc",
            words.NOT_ASSESSED
            if disc is None
            else f"at {disc.x:.0f}, {disc.y:.0f}\u202fpx; {disc.diameter:.0f}\u202fpx across",
        )
    )
    facts.append(("Fovea", words.NOT_ASSESSED if fovea is None else f"at {fovea.x:.0f}, {fovea.y:.0f}\u202fpx"))
    cdr = eye.disc.vertical_cdr
    facts.append(("Vertical cup-disc ratio", words.NOT_ASSESSED if cdr is None else f"{cdr:.2f}"))
    facts.append(("Vessel density", words.percent(eye.vessels.density, 1)))
    length = words.number(eye.vessels.skeleton_length)
    if eye.vessels.skeleton_length is not None:
        length += f"\u202f{eye.vessels.skeleton_length_unit or ''}"
    facts.append(("Vessel length", length))
    facts += [
        (words.readable(name), words.percent(c.probability) + (_flag(c) if c.flagged else ""))
        for name, c in sorted(eye.conditions.items())
    ]
    return facts


def _flag(condition: ConditionResult) -> str:
    least = condition.flagged_from
    return ", flagged" if least is None else f", flagged from {words.percent(least)} on"


def _lesions(eye: EyeReport) -> list[LesionRow]:
    if eye.quality.is_fundus is False or eye.quality.gradable is False:
        return []
    rows = []
    for kind, label in LESION_NAMES.items():
        by = (eye.lesions.by_quadrant or {}).get(kind, {})
        cells = [words.number(by.get(quadrant)) if by else "\u2013" for quadrant in QUADRANTS]
        total = words.number(eye.lesions.counts.get(kind))
        if kind in eye.lesions.intervals:
            total += " ({:.0f} to {:.0f})".format(*eye.lesions.intervals[kind])
        rows.append(LesionRow(kind, label, total, cells if eye.lesions.by_quadrant else []))
    return rows


def _finding_view(entry: Evidence, finding: Finding) -> EvidenceView:
    eye = words.EYE_WORDS[entry.eye] if entry.eye is not None else ""
    rows = []
    for m in finding.measurements:
        note = m.reason if m.status is Status.NOT_ASSESSED else m.definition
        told = words.measured(m)
        rows.append(MeasurementRow(words.readable(m.name), told, words.interval(m), note or "", m.value is not None))
    if finding.status is Status.NOT_ASSESSED:
        gist = f"not assessed: {finding.reason or 'no reason was given'}"
    elif finding.value is not None:
        gist = f"value {finding.value}"
    elif finding.label:
        gist = finding.label.replace("_", " ")
    else:
        done = sum(row.assessed for row in rows)
        gist = f"{done} measurement{'' if done == 1 else 's'}"
    title = ", ".join(part for part in (f"{finding.expert} expert", eye.lower()) if part)
    shares = ", ".join(f"{share:.3f}" for share in finding.probabilities or [])
    return EvidenceView(entry.id, title, gist, entry, rows, shares)


def _passage_view(entry: Evidence) -> EvidenceView:
    passage = entry.passage
    title = "passage" if passage is None else passage.title
    gist = "" if passage is None else passage.reference + (f", {passage.year}" if passage.year else "")
    return EvidenceView(entry.id, title, gist, entry)
