"""Fourteen hand-made ledgers: findings without pixels, and passages of the shipped corpus.

Findings are entered eye by eye (right, left, unknown) in the order quality, landmarks, vessels, lesions, grade, disc as
`E1`, `E2`, ...; passages as `P1`, `P2`, ... A photograph that is not gradable has a quality finding alone.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from ...knowledge import corpus
from ...records import Evidence, Eye, Finding
from .findings import disc, grade, landmarks, lesions, quality, vessels

R, L, U = Eye.RIGHT, Eye.LEFT, Eye.UNKNOWN


def _moderate_both_eyes() -> tuple[list[Finding], list[str]]:
    return [
        quality(R, 0.934),
        landmarks(R, (1500.4, 700.2, 210.6), 2.413),
        vessels(R, 0.1184, 10412.3),
        lesions(R, {"MA": (6, 3, 4, 1), "HE": (3, 0, 0, 2), "EX": (2, 1, 0, 0)}, 0.734),
        grade(R, (0.021, 0.049, 0.812, 0.087, 0.031), (2,)),
        disc(R, 0.423),
        quality(L, 0.881),
        landmarks(L, (612.7, 688.1, 204.3), 2.562),
        vessels(L, 0.1067, 9874.6),
        lesions(L, {"MA": (2, 4, 0, 3), "HE": (0, 4, 3, 0), "SE": (0, 0, 1, 0)}),
        grade(L, (0.041, 0.206, 0.638, 0.094, 0.021), (1, 2)),
        disc(L, 0.471),
    ], ["severity-scale#4", "follow-up#3", "macular-oedema#6", "haemorrhages#5"]


def _none_both_eyes() -> tuple[list[Finding], list[str]]:
    return [
        quality(R, 0.972),
        landmarks(R, (1421.6, 655.3, 188.2), 2.487),
        vessels(R, 0.1238, 11050.8),
        lesions(R, {}),
        grade(R, (0.943, 0.038, 0.013, 0.004, 0.002), (0,)),
        disc(R, 0.312),
        quality(L, 0.958),
        landmarks(L, (588.3, 662.9, 191.7), 2.461),
        vessels(L, 0.1291, 11278.2),
        lesions(L, {}),
        grade(L, (0.917, 0.056, 0.019, 0.006, 0.002), (0,)),
        disc(L, 0.338),
    ], ["severity-scale#2", "follow-up#1"]


def _mild_right_only() -> tuple[list[Finding], list[str]]:
    return [
        quality(R, 0.847),
        landmarks(R, (1733.2, 812.4, 243.8), 2.334),
        vessels(R, 0.0982, 12634.7),
        lesions(R, {"MA": (0, 0, 1, 0)}),
        grade(R, (0.187, 0.723, 0.071, 0.013, 0.006), (0, 1)),
        disc(R, 0.287),
    ], ["severity-scale#3", "follow-up#2", "microaneurysms#6", "microaneurysms#1"]


def _severe_left_only() -> tuple[list[Finding], list[str]]:
    return [
        quality(L, 0.763),
        landmarks(L, (701.2, 744.8, 226.4), 2.618),
        vessels(L, 0.1426, 9321.4),
        lesions(L, {"MA": (14, 9, 12, 11), "HE": (24, 22, 21, 23), "EX": (8, 0, 9, 0), "SE": (2, 3, 0, 1)}, 0.318),
        grade(L, (0.003, 0.008, 0.132, 0.784, 0.073), (2, 3)),
        disc(L, 0.516),
    ], ["severity-scale#5", "follow-up#4", "rule-4-2-1#1", "haemorrhages#6", "hard-exudates#4"]


def _proliferative_and_moderate() -> tuple[list[Finding], list[str]]:
    return [
        quality(R, 0.684),
        landmarks(R, (1618.9, 731.3, 219.7), 2.377),
        vessels(R, 0.1513, 8842.1),
        lesions(R, {"MA": (11, 8, 7, 5), "HE": (12, 9, 6, 10), "EX": (0, 0, 5, 1), "SE": (1, 1, 0, 0)}, 1.462),
        grade(R, (0.004, 0.006, 0.053, 0.134, 0.803), (3, 4)),
        disc(R, None),
        quality(L, 0.792),
        landmarks(L, (544.1, 718.6, 214.9), 2.443),
        vessels(L, 0.1342, 9216.9),
        lesions(L, {"MA": (4, 3, 2, 1), "HE": (2, 0, 1, 0), "EX": (0, 1, 0, 0)}, 0.913),
        grade(L, (0.018, 0.094, 0.743, 0.118, 0.027), (2,)),
        disc(L, 0.394),
    ], ["severity-scale#6", "follow-up#5", "neovascularisation#2", "macular-oedema#6"]


def _left_not_gradable() -> tuple[list[Finding], list[str]]:
    advice = "Focus again on the retina and repeat the photograph."
    return [
        quality(R, 0.906),
        landmarks(R, (1466.7, 693.4, 201.9), 2.526),
        vessels(R, 0.1121, 10187.5),
        lesions(R, {"MA": (1, 0, 2, 0)}),
        grade(R, (0.126, 0.781, 0.079, 0.011, 0.003), (0, 1)),
        disc(R, 0.362),
        quality(L, 0.173, 0.964, ("focus", "illumination"), advice),
    ], ["severity-scale#3", "follow-up#2", "image-quality#5"]


def _exudate_far() -> tuple[list[Finding], list[str]]:
    return [
        quality(R, 0.823),
        landmarks(R, (1392.8, 677.1, 196.4), 2.291),
        vessels(R, 0.1013, 9653.2),
        lesions(R, {"EX": (0, 4, 0, 1)}, 2.352),
        grade(R, (0.062, 0.176, 0.692, 0.056, 0.014), (1, 2)),
        disc(R, 0.447),
    ], ["severity-scale#4", "follow-up#3", "hard-exudates#1", "hard-exudates#5"]


def _not_assessed_values() -> tuple[list[Finding], list[str]]:
    return [
        quality(L, 0.618),
        landmarks(L, None, None, side=U, field=None),
        vessels(L, 0.0874, 7421.3),
        lesions(L, {"MA": None, "HE": 7, "EX": 2, "SE": 0}),
        grade(L, (0.082, 0.157, 0.564, 0.162, 0.035), (1, 2, 3)),
        disc(L, None, "no optic disc was found"),
    ], ["severity-scale#4", "haemorrhages#5"]


def _unknown_side() -> tuple[list[Finding], list[str]]:
    return [
        quality(U, 0.714),
        landmarks(U, (1012.3, 768.9, 232.1), None, side=U, field="disc-centred"),
        vessels(U, 0.1356, 148.7, "mm"),
        lesions(U, {"MA": 7}),
        grade(U, (0.231, 0.587, 0.148, 0.026, 0.008), (0, 1, 2)),
        disc(U, 0.534),
    ], ["severity-scale#3", "microaneurysms#4", "microaneurysms#6"]


def _disagreements() -> tuple[list[Finding], list[str]]:
    return [
        quality(R, 0.577),
        landmarks(R, (1288.4, 641.7, 181.3), 2.702, side=L),
        vessels(R, 0.0931, 8427.6),
        lesions(R, {}),
        grade(R, (0.142, 0.261, 0.421, 0.14, 0.036), (1, 2, 3), novel=True),
        disc(R, 0.663),
        quality(L, 0.652),
        landmarks(L, (633.8, 649.2, 184.6), 2.641),
        vessels(L, 0.0968, 8611.9),
        lesions(L, {"MA": (1, 1, 0, 0), "HE": (0, 0, 2, 0), "EX": (0, 0, 1, 0)}, 1.827),
        grade(L, (0.476, 0.287, 0.198, 0.031, 0.008), (0, 1, 2)),
        disc(L, 0.581),
    ], ["severity-scale#2", "severity-scale#4"]


def _guidelines_differ() -> tuple[list[Finding], list[str]]:
    return [
        quality(R, 0.869),
        landmarks(R, (1559.3, 724.6, 217.2), 2.456),
        vessels(R, 0.1288, 9907.7),
        lesions(R, {"MA": (5, 4, 6, 4), "HE": (9, 7, 8, 6), "EX": (1, 0, 0, 0), "SE": (0, 2, 0, 2)}, 0.586),
        grade(R, (0.006, 0.017, 0.214, 0.697, 0.066), (2, 3)),
        disc(R, 0.408),
    ], ["follow-up#4", "follow-up#12", "follow-up#19", "follow-up#25", "follow-up#31", "referral#1"]


def _not_a_fundus() -> tuple[list[Finding], list[str]]:
    advice = "No retina was recognised: give a colour fundus photograph."
    return [quality(U, 0.043, 0.027, (), advice)], []


def _large_cups() -> tuple[list[Finding], list[str]]:
    return [
        quality(R, 0.943),
        landmarks(R, (1477.9, 702.8, 238.4), 2.217),
        vessels(R, 0.1153, 10593.1),
        lesions(R, {}),
        grade(R, (0.892, 0.071, 0.026, 0.008, 0.003), (0,)),
        disc(R, 0.784),
        quality(L, 0.927),
        landmarks(L, (596.1, 709.4, 233.7), 2.268),
        vessels(L, 0.1198, 10742.8),
        lesions(L, {"MA": (0, 0, 0, 1)}),
        grade(L, (0.274, 0.653, 0.058, 0.011, 0.004), (0, 1)),
        disc(L, 0.556),
    ], ["cup-disc-ratio#6", "cup-disc-ratio#7", "cup-disc-ratio#2", "follow-up#2"]


def _twelve_in_each_eye() -> tuple[list[Finding], list[str]]:
    return [
        quality(R, 0.896),
        landmarks(R, (1504.6, 716.3, 208.9), 2.392),
        vessels(R, 0.1109, 10064.4),
        lesions(R, {"MA": (5, 6, 4, 3), "HE": (5, 1, 4, 2), "SE": (0, 1, 0, 0)}),
        grade(R, (0.011, 0.043, 0.857, 0.069, 0.02), (2,)),
        disc(R, 0.443),
        quality(L, 0.913),
        landmarks(L, (571.8, 721.7, 212.6), 2.418),
        vessels(L, 0.1146, 10236.8),
        lesions(L, {"MA": (3, 2, 8, 7), "HE": (2, 7, 0, 3), "EX": (0, 0, 3, 8)}, 1.214),
        grade(L, (0.009, 0.037, 0.876, 0.062, 0.016), (2,)),
        disc(L, 0.437),
    ], ["severity-scale#4", "follow-up#3", "follow-up#11", "follow-up#18", "follow-up#30"]


_LEDGERS: dict[str, Callable[[], tuple[list[Finding], list[str]]]] = {
    "moderate-both-eyes": _moderate_both_eyes,
    "none-both-eyes": _none_both_eyes,
    "mild-right-only": _mild_right_only,
    "severe-left-only": _severe_left_only,
    "proliferative-and-moderate": _proliferative_and_moderate,
    "left-not-gradable": _left_not_gradable,
    "exudate-far": _exudate_far,
    "not-assessed-values": _not_assessed_values,
    "unknown-side": _unknown_side,
    "disagreements": _disagreements,
    "guidelines-differ": _guidelines_differ,
    "not-a-fundus": _not_a_fundus,
    "large-cups": _large_cups,
    "twelve-in-each-eye": _twelve_in_each_eye,
}


def ledger_names() -> list[str]:
    """The names of the ledgers."""
    return list(_LEDGERS)


@lru_cache(maxsize=len(_LEDGERS))
def ledger(name: str) -> tuple[Evidence, ...]:
    """The evidence of a named case, in ledger order. Raises KeyError for an unknown name."""
    findings, passages = _LEDGERS[name]()
    entries = [Evidence(id=f"E{n}", eye=f.eye, finding=f) for n, f in enumerate(findings, start=1)]
    cited = [Evidence(id=f"P{n}", passage=corpus.by_id()[key]) for n, key in enumerate(passages, start=1)]
    return (*entries, *cited)
