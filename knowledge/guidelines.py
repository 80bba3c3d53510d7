"""What each guideline says about when an eye of a given grade is seen again, and whether it is referred.

An empty cell means that no statement was found, not that nothing need be done. The NHS programme grades R and M levels,
to which no sourced mapping from the international grades exists, so its cells are empty.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, get_args

from ..errors import BadSetting, KnowledgeError
from ..records.base import Record
from . import corpus

DEFAULT_GUIDELINE = "ICO"
NO_REFERRAL = "no referral to an ophthalmologist"
"""How the table says that a guideline asks for none."""
MacularOedema = Literal["non-centre-involving", "centre-involving", "csme"]
_PATH = Path(__file__).with_name("guidelines.json")


class GuidelineStatement(Record):
    """One cell of the table. `sentence` is the text of the corpus passage `passage_id`.

    `grade` is the international grade 0-4, None where the statement is about macular oedema (`oedema` then names it).
    `interval` is when the eye is seen again, `referral` whether and when an ophthalmologist is involved; None where the
    guideline does not say.
    """

    guideline: str
    edition: str | None
    grade: int | None = None
    oedema: str | None = None
    interval: str | None
    referral: str | None
    sentence: str
    passage_id: str
    references: list[str]
    superseded_by: str | None = None


@lru_cache(maxsize=1)
def _table() -> dict[str, dict[str, Any]]:
    try:
        return json.loads(_PATH.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise KnowledgeError(f"{_PATH.name}: the guideline table cannot be read ({error})") from error


def guideline_names() -> list[str]:
    """The guidelines that the table knows."""
    return list(_table())


def recommendation(guideline: str = DEFAULT_GUIDELINE, grade: int = 0) -> GuidelineStatement | None:
    """What `guideline` says of an eye of international grade 0-4; None where it makes no statement.

    Raises BadSetting for an unknown guideline or a grade outside 0-4.
    """
    if grade not in range(5):
        raise BadSetting(f"grade {grade}: the international scale goes from 0 to 4")
    return _statement(guideline, str(grade), grade=grade)


def oedema_recommendation(guideline: str, oedema: MacularOedema) -> GuidelineStatement | None:
    """What `guideline` says of an eye with macular oedema; None where it makes no statement."""
    return _statement(guideline, oedema, oedema=oedema)


def oedema_statements(guideline: str) -> list[GuidelineStatement]:
    """All that `guideline` says of eyes with macular oedema, by its kinds; empty where it says nothing."""
    found = [oedema_recommendation(guideline, kind) for kind in get_args(MacularOedema)]
    return [statement for statement in found if statement is not None]


@lru_cache(maxsize=1)
def oedema_passages() -> frozenset[str]:
    """The passages in which any guideline says what follows macular oedema."""
    return frozenset(s.passage_id for name in guideline_names() for s in oedema_statements(name))


def _statement(
    guideline: str, cell: str, *, grade: int | None = None, oedema: str | None = None
) -> GuidelineStatement | None:
    table = _table()
    name = guideline.upper()
    if name not in table:
        raise BadSetting(f"guideline {guideline}: not one of {', '.join(table)}")
    found = table[name]["statements"].get(cell)
    if found is None:
        return None
    passage_id = _passage_ids().get(found["sentence"])
    if passage_id is None:
        raise KnowledgeError(f"{_PATH.name}: the sentence of {name} {cell} is not in the corpus")
    return GuidelineStatement(
        guideline=name, edition=table[name]["edition"], grade=grade, oedema=oedema, passage_id=passage_id, **found
    )


@lru_cache(maxsize=1)
def _passage_ids() -> dict[str, str]:
    return {passage.text: passage.id for passage in corpus.passages()}
