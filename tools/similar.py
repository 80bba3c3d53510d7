"""Similar cases: photographs the user chose to keep, found again by the grade expert's features."""

from __future__ import annotations

from numbers import Integral
from typing import TYPE_CHECKING, Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from ..errors import BadSetting, NotAFundusPhotograph
from ..experts.quality.expert import NO_FUNDUS, NOT_GRADABLE
from ..knowledge.cases import KeptCase, SimilarCases
from ..records import Photograph
from .bench import Bench

if TYPE_CHECKING:
    from ..experts import Expert


class _Describes(Protocol):
    def features(self, photograph: Photograph) -> NDArray[np.float32]:
        """The expert's features of a photograph."""


def keep_case(bench: Bench, photograph: Photograph, grade: int, note: str = "") -> KeptCase:
    """Keep a photograph with its confirmed ICDR grade (0 to 4); keeping it again replaces the reading.

    The case's `noticed` says what was replaced, and when the photograph is not gradable: the confirmed grade is a person's, but
    few are found by it. Raises BadSetting for a grade outside 0 to 4, NotAFundusPhotograph for a picture of something else.
    """
    if not _whole(grade) or grade not in range(5):
        raise BadSetting(f"a confirmed grade is 0 to 4, a whole number, not {grade!r}")
    quality = bench.expert("quality").read(photograph)
    if quality.label == NO_FUNDUS:
        share = quality.number("fundus_probability")
        raise NotAFundusPhotograph(
            f"the picture is not a fundus photograph (probability of a fundus {share:.2f}); it was not kept"
        )
    noticed = []
    if quality.label == NOT_GRADABLE:
        noticed.append(
            f"kept, but the photograph is not gradable ({', '.join(quality.flags)}): few will be found by it"
        )
    picture = photograph.keep(bench.store)
    reading: dict[str, Any] = {
        "grade": int(grade),
        "eye": photograph.eye.value,
        "note": note,
        "picture": picture.sha256,
    }
    expert = bench.expert("grade")
    shelf = _shelf(bench, expert)
    case = KeptCase(id=photograph.sha256[:16], photograph=photograph.sha256, reading=reading)
    before = next((kept.reading for kept in shelf.kept() if kept.id == case.id), reading)
    if before != reading:
        noticed.append(f"this photograph was kept before; replaced: {told(before)}")
    shelf.keep(case, cast(_Describes, expert).features(photograph))
    return case.model_copy(update={"noticed": noticed})


def told(reading: dict[str, Any]) -> str:
    """A confirmed reading in a line: grade, eye and note."""
    note = f"  {reading['note']}" if reading.get("note") else ""
    return f"grade {reading['grade']}  {reading['eye']} eye{note}"


def similar_cases(bench: Bench, photograph: Photograph, limit: int = 5) -> list[KeptCase]:
    """The kept photographs most like this one, best first, `limit` at most; the photograph itself is left out.

    Raises BadSetting for a limit under 1.
    """
    if not _whole(limit) or limit < 1:
        raise BadSetting(f"a limit is a whole number of cases, 1 or more, not {limit!r}")
    expert = bench.expert("grade")
    return _shelf(bench, expert).find(cast(_Describes, expert).features(photograph), limit=limit, but=photograph.sha256)


def kept_cases(bench: Bench) -> list[KeptCase]:
    """All kept photographs with their readings."""
    return _shelf(bench, bench.expert("grade")).kept()


def forget_case(bench: Bench, case_id: str) -> None:
    """Remove a kept photograph and its picture's copy. Raises KnowledgeError when it is not kept."""
    shelf = _shelf(bench, bench.expert("grade"))
    picture = next((case.reading.get("picture") for case in shelf.kept() if case.id == case_id), None)
    shelf.remove(case_id)
    if picture is not None:
        bench.store.path(str(picture)).unlink(missing_ok=True)


def _whole(number: object) -> bool:
    return isinstance(number, Integral) and not isinstance(number, bool)


def _shelf(bench: Bench, expert: Expert) -> SimilarCases:
    return SimilarCases(bench.settings, expert.card.weights_sha256)
