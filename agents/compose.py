"""Compose: the ledger turned into claims, step by step in the order a reader works."""

from __future__ import annotations

from dataclasses import dataclass, field

from langgraph.runtime import Runtime

from ..records import QUADRANTS, Claim, Evidence, Eye, Finding, Record
from .evidence_rules import LESION_KINDS, lesion_counts, lesions_imply
from .ledger import Ledger
from .lexicon import CONDITION_NAMES, PATTERNS, reasons_text
from .state import CaseState, Engine, deciding_grade, disagreements_of, ledger_of, photographs_of, references_by_eye

STEPS = ("adequacy", "landmarks", "vessels", "lesions", "grade", "macula", "disc", "conditions")


class PlacedClaim(Record):
    """A claim and where it stands: a step of an eye, the impression or the recommendation."""

    place: str
    eye: Eye | None = None
    claim: Claim


@dataclass
class Draft:
    """Claims as they are written, numbered C1, C2, ..."""

    claims: list[PlacedClaim] = field(default_factory=list)

    def say(
        self, place: str, pattern: str, eye: Eye | None, evidence: list[Evidence | None], **slots: str | int | float
    ) -> None:
        """Write one claim of a pattern; the eye slot is filled where the pattern has one."""
        shape = PATTERNS[pattern]
        if "eye" in shape.slots and eye is not None:
            slots = {"eye": eye.value, **slots}
        claim = Claim(
            id=f"C{len(self.claims) + 1}",
            text=shape.render(slots),
            kind=shape.kind,
            eye=eye,
            pattern=pattern,
            slots=slots,
            evidence=[entry.id for entry in evidence if entry is not None],
        )
        self.claims.append(PlacedClaim(place=place, eye=eye, claim=claim))


async def compose(state: CaseState, runtime: Runtime[Engine]) -> CaseState:
    """Write all claims of the report from the ledger: the first reading's with a model where the settings say so."""
    engine = runtime.context
    if engine.settings.composer == "model" and not state.get("report"):
        from .compose_model import compose_by_model

        return await compose_by_model(state, engine)
    claims = draft_claims(state)
    return {"draft": [placed.model_dump(mode="json") for placed in claims]}


def draft_claims(state: CaseState) -> list[PlacedClaim]:
    """The claims of a case in reading order: each eye's steps, the impression, the recommendation."""
    draft = Draft()
    ledger = ledger_of(state)
    for eye, references in references_by_eye(state).items():
        _EyeWriter(draft, ledger, eye, _hash_of(state, references[0]), state["passages"]).write()
    _impression(draft, ledger, state)
    _recommendation(draft, ledger, state)
    return draft.claims


def _hash_of(state: CaseState, reference: str) -> str:
    return photographs_of(state)[reference].sha256


class _EyeWriter:
    """Writes the steps of one eye."""

    def __init__(self, draft: Draft, ledger: Ledger, eye: Eye, photograph: str, passages: dict[str, list[str]]) -> None:
        self.draft, self.ledger, self.eye, self.passages = draft, ledger, eye, passages
        self.entries = {
            entry.finding.expert: entry
            for entry in ledger
            if entry.finding is not None and entry.finding.photograph == photograph
        }

    def finding(self, expert: str) -> Finding | None:
        entry = self.entries.get(expert)
        return None if entry is None else entry.finding

    def say(self, step: str, pattern: str, expert: str, **slots: str | int | float) -> None:
        self.draft.say(step, pattern, self.eye, [self.entries.get(expert)], **slots)

    def cite(self, step: str, purpose: str) -> None:
        for passage_id in self.passages.get(purpose, []):
            entry = self.ledger.get(passage_id)
            if entry is not None and entry.passage is not None:
                passage = entry.passage
                self.draft.say(step, "literature", self.eye, [entry], statement=passage.text, key=passage.reference)

    def write(self) -> None:
        self._adequacy()
        self._landmarks()
        self._vessels()
        self._lesions()
        self._grade()
        self._macula()
        self._disc()
        self._conditions()

    def _adequacy(self) -> None:
        quality = self.finding("quality")
        if quality is None:
            return
        score, fundus = quality.number("quality_score"), quality.number("fundus_probability")
        if quality.label == "gradable" and score is not None:
            self.say("adequacy", "gradable", "quality", score=score)
        elif quality.label == "not_a_fundus_photograph" and fundus is not None:
            self.say("adequacy", "not_fundus", "quality", probability=fundus)
        elif quality.label == "not_gradable" and quality.flags:
            self.say("adequacy", "not_gradable", "quality", reasons=reasons_text(quality.flags))
        elif quality.label == "not_gradable" and score is not None:
            self.say("adequacy", "low_quality", "quality", score=score)

    def _landmarks(self) -> None:
        landmarks = self.finding("landmarks")
        if landmarks is None:
            return
        disc, diameter = landmarks.points.get("disc"), landmarks.number("disc_diameter")
        if disc is not None and diameter is not None:
            self.say("landmarks", "disc_position", "landmarks", x=round(disc.x), y=round(disc.y), diameter=diameter)
        distance = landmarks.number("disc_fovea_distance")
        if distance is not None:
            self.say("landmarks", "fovea_distance", "landmarks", distance=distance)
        if landmarks.label in (Eye.RIGHT, Eye.LEFT):
            self.say("landmarks", "side", "landmarks", side=landmarks.label)
        for flag in ("macula-centred", "disc-centred"):
            if flag in landmarks.flags:
                self.say("landmarks", "field", "landmarks", field=flag)

    def _vessels(self) -> None:
        vessels = self.finding("vessels")
        if vessels is None:
            return
        density, skeleton = vessels.number("vessel_density"), vessels.measurement("skeleton_length")
        if density is not None:
            self.say("vessels", "vessel_density", "vessels", percent=density * 100)
        if skeleton is not None and skeleton.value is not None:
            self.say("vessels", "skeleton_length", "vessels", length=skeleton.value, unit=skeleton.unit)
        ratio = vessels.number("avr")
        if ratio is not None:
            self.say("vessels", "avr", "vessels", ratio=ratio)

    def _lesions(self) -> None:
        lesions = self.finding("lesions")
        for kind, count in lesion_counts(lesions).items():
            if count is None or lesions is None:
                continue
            pattern = "lesion_count_one" if count == 1 else "lesion_count"
            self.say("lesions", pattern, "lesions", lesion=kind, count=count)
            for quadrant in QUADRANTS:
                in_quadrant = lesions.number(f"lesion_count_{kind}_{quadrant}")
                if in_quadrant:
                    self.say(
                        "lesions", "lesion_quadrant", "lesions", quadrant=quadrant, lesion=kind, count=int(in_quadrant)
                    )
        for kind in LESION_KINDS:
            self.cite("lesions", f"lesion:{kind}" if lesion_counts(lesions)[kind] else "")

    def _grade(self) -> None:
        grade = self.finding("grade")
        if grade is not None and grade.value is not None and grade.probabilities is not None:
            value = grade.value
            self.say("grade", "grade", "grade", grade=value, value=value, probability=grade.probabilities[value])
            if grade.referable_probability is not None:
                self.say("grade", "referable", "grade", probability=grade.referable_probability)
            if grade.conformal_set:
                self.say("grade", "conformal_set", "grade", set=", ".join(str(g) for g in grade.conformal_set))
            self.cite("grade", f"grade:{value}")
        implied = lesions_imply(lesion_counts(self.finding("lesions")))
        if implied is not None:
            self.say("grade", f"lesions_mean_{implied}", "lesions")

    def _macula(self) -> None:
        grade, lesions = self.finding("grade"), self.finding("lesions")
        probability = None if grade is None else grade.number("dme_probability")
        if probability is not None:
            self.say("macula", "oedema_probability", "grade", probability=probability)
        if lesions is None:
            return
        distance = lesions.number("nearest_exudate_fovea_distance")
        if distance is not None:
            self.say("macula", "nearest_exudate", "lesions", distance=distance)
            self.say("macula", "exudate_near" if distance <= 1.0 else "exudate_far", "lesions")
            if distance <= 1.0:
                self.cite("macula", "macula")
        elif lesion_counts(lesions)["EX"] == 0:
            self.say("macula", "exudate_far", "lesions")

    def _disc(self) -> None:
        disc = self.finding("disc")
        ratio = None if disc is None else disc.number("vertical_cdr")
        if ratio is not None:
            self.say("disc", "cup_disc_ratio", "disc", ratio=ratio)

    def _conditions(self) -> None:
        conditions = self.finding("conditions")
        if conditions is None:
            return
        measured = {name: p for name in CONDITION_NAMES if (p := conditions.number(name)) is not None}
        for name, probability in measured.items():
            self.say("conditions", "condition", "conditions", condition=name, probability=probability)
        for name in conditions.flags:
            self.say("conditions", "condition_flagged", "conditions", condition=name)
        if measured and not conditions.flags:
            self.say("conditions", "no_condition_flagged", "conditions")


def _graded_entries(ledger: Ledger, state: CaseState) -> dict[Eye, Evidence]:
    """The grade finding that stands for each eye; only graded eyes."""
    entries = {}
    for eye, references in references_by_eye(state).items():
        entry = ledger.of("grade", eye, _hash_of(state, references[0]))
        if entry is not None and entry.finding is not None and entry.finding.value is not None:
            entries[eye] = entry
    return entries


def _impression(draft: Draft, ledger: Ledger, state: CaseState) -> None:
    graded = _graded_entries(ledger, state)
    for eye in references_by_eye(state):
        entry = graded.get(eye)
        finding = None if entry is None else entry.finding
        if finding is not None and finding.value is not None and finding.referable_probability is not None:
            value, referable = finding.value, finding.referable_probability
            draft.say("impression", "summary", eye, [entry], grade=value, value=value, probability=referable)
        else:
            draft.say("impression", "summary_no_grade", eye, [_any_entry(ledger, eye)])
    if len(graded) > 1:
        ranked = sorted(graded.items(), key=lambda item: -_value(item[1]))
        entries: list[Evidence | None] = list(graded.values())
        if _value(ranked[0][1]) == _value(ranked[1][1]):
            draft.say("impression", "same_grade", None, entries)
        else:
            draft.say("impression", "worse_eye", ranked[0][0], entries)


def _recommendation(draft: Draft, ledger: Ledger, state: CaseState) -> None:
    """The guideline's statement for the worse eye; never a routine interval on ungradable or contradictory evidence."""
    graded = _graded_entries(ledger, state)
    unsure = _unsure_eyes(ledger, state)
    for eye in references_by_eye(state):
        quality = next(
            (e for e in ledger if e.eye is eye and e.finding is not None and e.finding.expert == "quality"), None
        )
        if eye not in graded and quality is not None and quality.finding is not None and quality.finding.notes:
            draft.say("recommendation", "retake", eye, [quality], advice=quality.finding.notes[0])
        if eye in unsure:
            draft.say("recommendation", "person_first", eye, [_any_entry(ledger, eye)])
    if held_back(state):
        return
    for passage_id in state["passages"].get("recommendation", []):
        entry = ledger.get(passage_id)
        if entry is not None and entry.passage is not None:
            slots = {"statement": entry.passage.text, "key": entry.passage.reference}
            draft.say("recommendation", "follow", None, [entry], **slots)


def held_back(state: CaseState) -> bool:
    """Whether no interval may be named: an eye is without a grade or its evidence contradicts itself."""
    return bool(_unsure_eyes(ledger_of(state), state)) or deciding_grade(state) is None


def _unsure_eyes(ledger: Ledger, state: CaseState) -> set[Eye]:
    contradicted = {d.eye for d in disagreements_of(state)}
    graded = _graded_entries(ledger, state)
    return {eye for eye in references_by_eye(state) if eye not in graded or eye in contradicted}


def _value(entry: Evidence) -> int:
    return -1 if entry.finding is None or entry.finding.value is None else entry.finding.value


def _any_entry(ledger: Ledger, eye: Eye) -> Evidence | None:
    return next((entry for entry in ledger if entry.eye is eye), None)
