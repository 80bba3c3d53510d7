"""Outlines that a request asks for: a box or a point in pixels, or the disc, and what was measured of the region."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from typing import Any

from ...errors import ArtifactMissing, BadSetting
from ...experts.region.window import Prompt
from ...records import Claim, Eye, Finding, Status
from ...tools.outline import free_name, prompt_of
from ...tools.views import View
from ..composing.regions import region_sentences
from ..ledger import Ledger
from ..lexicon import PATTERNS
from ..state import CaseState, Engine, findings_of
from .show import DISC, NUMBERS, references_named

_ROOM = 3.0
"""Side of what is shown around a region, in multiples of the region's longer side."""
_LEAST_SHOWN = 200
NOWHERE = "Not outlined: name a point (x, y) or a box (x, y, width, height) in pixels of the photograph."


@dataclass
class Outlined:
    """What came of a request: claims, pictures, lines on what was not outlined, and findings by photograph and name."""

    claims: list[Claim] = field(default_factory=list)
    views: list[View] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    findings: dict[str, dict[str, Any]] = field(default_factory=dict)


def outlined(request: str, state: CaseState, engine: Engine, ledger: Ledger, number: int) -> Outlined:
    """Outline what a request points at on the photographs of the eyes it names; findings are entered in the ledger."""
    made = Outlined()
    for reference in references_named(request, state):
        given = findings_of(state, reference)
        try:
            photograph = engine.photograph(state, reference)
            prompt = _prompt(request, reference, given, photograph)
        except (BadSetting, ArtifactMissing) as problem:
            made.notes.append(f"Not outlined: {problem}.")
            continue
        if prompt is None:
            made.notes.append(NOWHERE)
            continue
        finding, _seconds = asyncio.run(engine.bench.consult("region", photograph, given, prompt))
        if finding.status is Status.NOT_ASSESSED:
            made.notes.append(f"Not outlined: {finding.reason}.")
            continue
        made.findings.setdefault(reference, {})[free_name(given)] = finding.model_dump(mode="json")
        made.claims += _claims(finding, Eye(state["eyes"][reference]), ledger, number + len(made.claims))
        made.views.append(_view(reference, finding, photograph.width, photograph.height))
    made.notes = list(dict.fromkeys(made.notes))
    return made


def _prompt(request: str, reference: str, given: dict[str, Finding], photograph: Any) -> Prompt | None:
    numbers = [float(number) for number in NUMBERS.findall(re.sub(re.escape(reference), "", request, flags=re.I))]
    if len(numbers) >= 4:
        return prompt_of(numbers[:4], None, photograph)
    if len(numbers) in (2, 3):
        return prompt_of(None, numbers[:2], photograph)
    landmarks = given.get("landmarks")
    disc = None if landmarks is None else landmarks.points.get("disc")
    if disc is not None and DISC.search(request):
        return prompt_of(None, (disc.x, disc.y), photograph)
    return None


def _claims(finding: Finding, eye: Eye, ledger: Ledger, number: int) -> list[Claim]:
    entry = ledger.add_finding(finding, eye)
    return [
        PATTERNS[pattern].claim(f"A{place}", eye, {"eye": eye.value, **values}, [entry.id])
        for place, (pattern, values) in enumerate(region_sentences(finding), start=number + 1)
    ]


def _view(reference: str, finding: Finding, width: int, height: int) -> View:
    """The region with room around it."""
    region = finding.regions[0]
    side = min(max(_ROOM * max(region.width, region.height), _LEAST_SHOWN), width, height)
    left = min(max(0.0, region.x + region.width / 2 - side / 2), width - side)
    top = min(max(0.0, region.y + region.height / 2 - side / 2), height - side)
    box = (int(left), int(top), int(side), int(side))
    return View(photograph=reference, what="region", box=box, overlay=["region"])
