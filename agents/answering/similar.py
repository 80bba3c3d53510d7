"""Similar cases as evidence: what was kept, its confirmed reading and how alike it is."""

from __future__ import annotations

from ... import __version__
from ...knowledge.cases import KeptCase
from ...records import Claim, Finding, Measurement, Photograph
from ...tools.bench import Bench
from ...tools.similar import similar_cases
from ..ledger import Ledger
from ..lexicon import PATTERNS

LIMIT = 5
EXPERT = "similar_cases"


def similar_claims(bench: Bench, photograph: Photograph, ledger: Ledger, number: int) -> list[Claim]:
    """A claim for each kept case like this photograph, best first; its finding is entered in the ledger."""
    cases = similar_cases(bench, photograph, LIMIT)
    if not cases:
        return []
    entry = ledger.add_finding(_finding(cases, photograph, bench), photograph.eye)
    claims = []
    for place, case in enumerate(cases, start=1):
        slots: dict[str, str | int | float] = {
            "place": place,
            "case": case.id,
            "value": int(case.reading["grade"]),
            "similarity": float(case.similarity or 0.0),
            "eye": photograph.eye.value,
        }
        claims.append(PATTERNS["similar_case"].claim(f"A{number + place}", photograph.eye, slots, [entry.id]))
    return claims


def _finding(cases: list[KeptCase], photograph: Photograph, bench: Bench) -> Finding:
    measurements = []
    for place, case in enumerate(cases, start=1):
        measurements += [
            Measurement(name=f"similarity_{place}", value=case.similarity, unit=""),
            Measurement(name=f"confirmed_grade_{place}", value=int(case.reading["grade"]), unit=""),
        ]
    return Finding(
        expert=EXPERT,
        version=__version__,
        weights_sha256=bench.expert("grade").card.weights_sha256,
        photograph=photograph.sha256,
        eye=photograph.eye,
        measurements=measurements,
        notes=[case.id for case in cases],
    )
