"""Grounds of sentences on macula, disc, other conditions, which eye it is, and which eye decides."""

from __future__ import annotations

from ...records import Eye
from ..evidence_rules import cup_size, drusen_possible, lesion_counts, reflex_possible, surrogate_found
from .rule import Rule, Side, Weighed, about

EVEN = 0.5
MACULA = about("exudate_near", "exudate_far", "oedema_probability")
EXUDATE = about("exudate_near", "summary_oedema", "summary_exudate", "summary_exudate_few")
CRITERIA = about("criterion_lesion", "criterion_lesions")
FLAGGED = about("condition_flagged", "condition_reaches", "summary_condition")
CUP = about("cdr_within", "cdr_between", "cdr_above")
WORSE = about("worse_eye", "worse_eye_reason")
THICKNESS = ("thickening", "central_thickness", "macular_thickness")
"""What a measurement of the macula's thickness would be called."""


def _near(w: Weighed) -> bool | None:
    """Whether exudate lies within one disc diameter of the fovea; None when that was not assessed."""
    lesions = w.findings.get("lesions")
    if surrogate_found(lesions):
        return True
    distance = w.number("lesions", "nearest_exudate_fovea_distance")
    return False if distance is not None or lesion_counts(lesions)["EX"] == 0 else None


def _probable(w: Weighed) -> bool | None:
    probability = w.number("grade", "dme_probability")
    return None if probability is None else probability >= EVEN


def _claims_near(w: Weighed) -> bool | None:
    return _probable(w) if w.claim.pattern == "oedema_probability" else w.claim.pattern == "exudate_near"


def _agrees(w: Weighed, found: bool | None, wanted: bool) -> bool:
    claimed = _claims_near(w)
    return found is not None and claimed is not None and (found == claimed) is wanted


def _suspect(w: Weighed) -> bool | None:
    probability = w.number("conditions", "glaucoma_suspect")
    return None if probability is None else "glaucoma_suspect" in w.findings["conditions"].flags


def _cup(w: Weighed) -> str | None:
    ratio = w.number("disc", "vertical_cdr")
    return None if ratio is None else cup_size(ratio)


def _on_glaucoma(w: Weighed) -> bool:
    return w.claim.slots.get("condition") == "glaucoma_suspect"


def _side(w: Weighed) -> str | None:
    label = w.findings["landmarks"].label if "landmarks" in w.findings else None
    return label if label in (Eye.RIGHT, Eye.LEFT) else None


def _other_sources(w: Weighed) -> bool:
    return w.claim.slots.get("source") != "landmarks"


def _sets_meet(w: Weighed) -> bool | None:
    """Whether the conformal sets of the two eyes share a grade; None without both."""
    own, other = w.findings.get("grade"), w.other.get("grade")
    if own is None or other is None or not own.conformal_set or not other.conformal_set:
        return None
    return bool(set(own.conformal_set) & set(other.conformal_set))


def _some_unscreened(w: Weighed) -> bool:
    return "conditions" in w.findings and any(m.value is None for m in w.findings["conditions"].measurements)


def _thickness_unseen(w: Weighed) -> bool:
    return not any(f.number(name) is not None for f in w.findings.values() for name in THICKNESS)


def _on_exudates(w: Weighed) -> bool:
    return w.claim.pattern not in CRITERIA or w.claim.slots.get("lesion") == "EX"


RULES: tuple[Rule, ...] = (
    Rule(
        "drusen-alike",
        Side.OPPOSING,
        EXUDATE | CRITERIA,
        ("lesions", "conditions"),
        "Macular degeneration is flagged in this eye, and its drusen look alike.",
        lambda w: _on_exudates(w) and drusen_possible(w.findings.get("lesions"), w.findings.get("conditions")),
    ),
    Rule(
        "foveal-reflex",
        Side.OPPOSING,
        EXUDATE,
        ("lesions", "landmarks"),
        "It lies at the fovea's very centre alone, where a reflex of light looks alike.",
        lambda w: reflex_possible(w.findings),
    ),
    Rule(
        "oedema-probability-agrees",
        Side.SUPPORTING,
        about("exudate_near", "exudate_far"),
        ("grade",),
        "The grading model's probability of exudate near the macula's centre says the same.",
        lambda w: _agrees(w, _probable(w), True),
    ),
    Rule(
        "oedema-probability-differs",
        Side.OPPOSING,
        about("exudate_near", "exudate_far"),
        ("grade",),
        "The grading model's probability of exudate near the macula's centre says otherwise.",
        lambda w: _agrees(w, _probable(w), False),
    ),
    Rule(
        "exudates-agree",
        Side.SUPPORTING,
        about("oedema_probability"),
        ("lesions",),
        "The exudates that were detected lie accordingly.",
        lambda w: _agrees(w, _near(w), True),
    ),
    Rule(
        "exudates-differ",
        Side.OPPOSING,
        about("oedema_probability"),
        ("lesions",),
        "The exudates that were detected lie otherwise.",
        lambda w: _agrees(w, _near(w), False),
    ),
    Rule(
        "exudates-not-placed",
        Side.MISSING,
        about("oedema_probability"),
        ("lesions",),
        "Where exudates lie was not assessed.",
        lambda w: _near(w) is None,
    ),
    Rule(
        "thickening-unseen",
        Side.MISSING,
        MACULA,
        (),
        "Thickening of the macula is not seen in one photograph.",
        _thickness_unseen,
    ),
    Rule(
        "suspect-agrees",
        Side.SUPPORTING,
        about("cdr_within", "cdr_above"),
        ("conditions",),
        "The screening for suspected glaucoma says the same.",
        lambda w: _suspect(w) is (w.claim.pattern == "cdr_above"),
    ),
    Rule(
        "suspect-differs",
        Side.OPPOSING,
        about("cdr_within", "cdr_above"),
        ("conditions",),
        "The screening for suspected glaucoma says otherwise.",
        lambda w: _suspect(w) is (w.claim.pattern == "cdr_within"),
    ),
    Rule(
        "disc-size-unknown",
        Side.MISSING,
        CUP,
        ("intake",),
        "The size of the disc in millimetres is not known.",
        lambda w: w.not_assessed("intake", "pixel_spacing"),
    ),
    Rule(
        "cup-agrees",
        Side.SUPPORTING,
        FLAGGED,
        ("disc",),
        "The cup-disc ratio is above the limit of large discs.",
        lambda w: _on_glaucoma(w) and _cup(w) == "above",
    ),
    Rule(
        "cup-differs",
        Side.OPPOSING,
        FLAGGED,
        ("disc",),
        "The cup-disc ratio is within the limit of small discs.",
        lambda w: _on_glaucoma(w) and _cup(w) == "within",
    ),
    Rule(
        "large-cup",
        Side.OPPOSING,
        about("no_condition_flagged"),
        ("disc",),
        "The cup-disc ratio is above the limit of large discs.",
        lambda w: _cup(w) == "above",
    ),
    Rule(
        "some-unscreened",
        Side.MISSING,
        about("no_condition_flagged"),
        ("conditions",),
        "Some conditions have no detector.",
        _some_unscreened,
    ),
    Rule(
        "landmarks-agree",
        Side.SUPPORTING,
        about("eye_named"),
        ("landmarks",),
        "Disc and fovea lie as in this eye.",
        lambda w: _other_sources(w) and _side(w) == w.eye.value,
    ),
    Rule(
        "landmarks-differ",
        Side.OPPOSING,
        about("eye_named"),
        ("landmarks",),
        "Disc and fovea lie as in the other eye.",
        lambda w: _side(w) is not None and _side(w) != w.eye.value,
    ),
    Rule(
        "landmarks-silent",
        Side.MISSING,
        about("eye_named", "eye_unnamed"),
        ("landmarks",),
        "Disc and fovea do not tell which eye it is.",
        lambda w: _side(w) is None,
    ),
    Rule(
        "sets-apart",
        Side.SUPPORTING,
        WORSE,
        ("grade",),
        "The conformal sets of the two eyes share no grade.",
        lambda w: _sets_meet(w) is False,
        others=("grade",),
    ),
    Rule(
        "sets-meet",
        Side.OPPOSING,
        WORSE,
        ("grade",),
        "The conformal sets of the two eyes share a grade.",
        lambda w: _sets_meet(w) is True,
        others=("grade",),
    ),
    Rule(
        "photograph-unreadable",
        Side.SUPPORTING,
        about("summary_no_grade"),
        ("quality",),
        "The photograph is not gradable.",
        lambda w: "quality" in w.findings and w.findings["quality"].label not in (None, "gradable"),
    ),
    Rule(
        "other-eye-ungraded",
        Side.MISSING,
        about("one_eye_graded"),
        (),
        "The other eye has no grade.",
        lambda w: "grade" not in w.other or w.other["grade"].value is None,
    ),
)
