"""Experts asked outside a case: one of them on one photograph, two visits of an eye held against each other, a closer look."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..errors import BadSetting, NotAFundusPhotograph
from ..experts.quality.expert import NO_FUNDUS, NOT_GRADABLE
from ..experts.region.window import Prompt
from ..records import Comparison, Eye, FieldName, Finding, Photograph, of_different_patients
from ..records.comparison import Visit
from .bench import Bench, not_assessed
from .compare import Seen, compare
from .views import render
from .zoom import ZoomArguments, drawn_from, view_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TRIAGE = ("quality", "landmarks")
"""Asked first, as in a case: whether a photograph can be read, and which eye it is of."""
COMPARED_BY = ("vessels", "lesions", "grade")
"""What two visits are compared by."""

Read = tuple[Photograph, dict[str, Finding]]
"""A photograph, its eye and field named, and the findings on it by expert."""


async def consult_apart(bench: Bench, name: str, photograph: Photograph) -> Finding:
    """What one expert says of a photograph, after those it needs. Of a picture that cannot be read, that it was not assessed.

    Raises ExpertUnavailable when there is no such expert.
    """
    await asyncio.to_thread(bench.expert, name)
    photograph, findings = await read_apart(bench, [name], photograph)
    return findings.get(name) or not_assessed(name, photograph, unreadable(findings["quality"]) or "")


async def read_apart(bench: Bench, names: Iterable[str], photograph: Photograph) -> Read:
    """The findings of these experts and of those they need; of quality alone when the photograph cannot be read.

    Raises ExpertUnavailable when one of them cannot be loaded.
    """
    photograph, findings = await _triaged(bench, photograph)
    if unreadable(findings["quality"]) is not None:
        return photograph, {"quality": findings["quality"]}

    async def ask(name: str) -> None:
        for need in (await asyncio.to_thread(bench.expert, name)).needs:
            if need not in findings:
                await ask(need)
        findings[name], _seconds = await bench.consult(name, photograph, findings)

    for name in names:
        if name not in findings:
            await ask(name)
    for name in TRIAGE:  # asked before the eye was known
        findings[name] = findings[name].model_copy(update={"eye": photograph.eye})
    return photograph, {name: finding.use(bench.store) for name, finding in findings.items()}


async def _triaged(bench: Bench, photograph: Photograph) -> Read:
    """Quality and landmarks, and the photograph with the eye that they tell unless it is known."""
    looked = await asyncio.gather(*(bench.consult(name, photograph, {}) for name in TRIAGE))
    findings = {name: finding for name, (finding, _seconds) in zip(TRIAGE, looked, strict=True)}
    photograph = photograph.model_copy()
    if unreadable(findings["quality"]) is None:
        name_eye(photograph, findings["landmarks"])
    return photograph, findings


async def outline_apart(bench: Bench, photograph: Photograph, prompt: Prompt) -> Finding:
    """What a prompt points at; not assessed in a picture of something else than a fundus, outlined in one not gradable."""
    photograph, findings = await _triaged(bench, photograph)
    if findings["quality"].label == NO_FUNDUS:
        return not_assessed("region", photograph, unreadable(findings["quality"]) or "")
    finding, _seconds = await bench.consult("region", photograph, {"landmarks": findings["landmarks"]}, prompt)
    return finding


async def compare_apart(bench: Bench, earlier: Photograph, later: Photograph) -> Comparison:
    """The later photograph of an eye against the earlier one.

    Raises BadSetting when they are the same, of different patients or eyes, or dated the other way round, and when one of them cannot be read.
    """
    if earlier.sha256 == later.sha256:
        raise BadSetting("the earlier and the later photograph are the same")
    if of_different_patients([earlier, later]):
        raise BadSetting("the photographs are of different patients by their headers")
    if earlier.acquired is not None and later.acquired is not None and earlier.acquired > later.acquired:
        raise BadSetting(f"the earlier photograph is of {earlier.acquired}, after the later one of {later.acquired}")
    (earlier, then), (later, now) = [await read_apart(bench, COMPARED_BY, p) for p in (earlier, later)]
    for findings, which in ((then, "earlier"), (now, "later")):
        if (why := unreadable(findings["quality"])) is not None:
            raise BadSetting(f"the {which} photograph cannot be compared: {why}")
    eyes = {earlier.eye, later.eye} - {Eye.UNKNOWN}
    if len(eyes) > 1:
        raise BadSetting(f"the photographs are of different eyes: {earlier.eye} and {later.eye}")
    before, after = (
        Seen(Visit(photograph=p.sha256, acquired=p.acquired), findings)
        for p, findings in ((earlier, then), (later, now))
    )
    return await asyncio.to_thread(compare, eyes.pop() if eyes else Eye.UNKNOWN, before, after)


async def view_apart(
    bench: Bench, photograph: Photograph, asked: ZoomArguments, longest_side: int
) -> NDArray[np.uint8]:
    """The pixels of a view of a photograph, RGB uint8 (height, width, 3), with what it draws asked of the experts before.

    Raises BadSetting when there is no such view, NotAFundusPhotograph for a picture of something else.
    """
    photograph, findings = await read_apart(bench, drawn_from(asked.overlay), photograph)
    if findings["quality"].label == NO_FUNDUS:
        raise NotAFundusPhotograph("the picture is not a fundus photograph and is not shown")
    view = view_of(asked, photograph, findings)
    return await asyncio.to_thread(render, view, photograph, findings, longest_side)


def unreadable(quality: Finding) -> str | None:
    """Why a photograph cannot be read, by its quality finding; None for one that can."""
    if quality.label == NO_FUNDUS:
        return "the picture is not a fundus photograph"
    if quality.label == NOT_GRADABLE:
        return "the photograph is not gradable" + (f" ({', '.join(quality.flags)})" if quality.flags else "")
    return None


def name_eye(photograph: Photograph, landmarks: Finding) -> None:
    """What the user or the header says stands; otherwise the landmarks decide. The field is theirs in any case."""
    if photograph.eye is Eye.UNKNOWN and landmarks.label in (Eye.RIGHT, Eye.LEFT):
        photograph.eye, photograph.eye_source = Eye(landmarks.label), "landmarks"
    photograph.field = next((field for field in FieldName if field.value in landmarks.flags), FieldName.UNKNOWN)
