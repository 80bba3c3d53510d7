"""A model's own sentences through compose and verify: what is kept at once, and what after the model was asked once again.

`written_*.jsonl` hold what a language model wrote when it was given the composer's messages for each ledger, and under `again`
what it wrote for the sentences that came back. Nothing is tuned on the test half.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...agents.compose_model import WrittenClaim, WrittenReport
from ...agents.models import Turn
from ..table import Row
from .cases import ScriptedSpeaker, reported
from .judge import REMOVED_BAR, interval, supported
from .rows import FOLDER


@dataclass(frozen=True)
class Sentence:
    """One true sentence of a model's first answer, and what it wrote for it when it came back."""

    ledger: str
    first: WrittenClaim
    again: tuple[WrittenClaim, ...]


@dataclass
class AskedTwice(ScriptedSpeaker):
    """Answers with its first sentences, then with what it wrote again for those that come back."""

    sentences: Sequence[Sentence] = field(default=())

    async def write(self, messages: Sequence[Any], schema: type[WrittenReport], *, limit_s: float) -> tuple[Any, Turn]:
        """The recorded answer."""
        brief = json.loads(str(messages[-1].content))
        self.asked.append(str(messages[-1].content))
        if not brief["wrong"]:
            return schema(claims=[sentence.first for sentence in self.sentences]), Turn()
        back = {entry["text"] for entry in brief["wrong"]}
        again = [claim for s in self.sentences if s.first.text in back for claim in s.again]
        return schema(claims=again), Turn()


def sentences(half: str) -> list[Sentence]:
    """The sentences of a half, in the order in which they were written."""
    lines = (FOLDER / f"written_{half}.jsonl").read_text(encoding="utf-8").splitlines()
    return [
        Sentence(item["ledger"], _claim(item), tuple(_claim(again) for again in item.get("again", [])))
        for item in map(json.loads, lines)
    ]


def _claim(item: dict[str, Any]) -> WrittenClaim:
    return WrittenClaim(place=item["place"], eye=item["eye"], text=item["text"], evidence=item["evidence"])


def evaluate(data: Path | None = None) -> list[Row]:
    """What became of the sentences, each ledger's in one report; `data` is not used."""
    return [*map(came_back, ("development", "test")), removed()]


def came_back(half: str) -> Row:
    """The share that does not hold as it was first written."""
    found = sentences(half)
    failed = [s for s in found if not supported(s.ledger, s.first.text, s.first.evidence)]
    return _share("true sentences of a model that go back to it once", f"{half} half", failed, found)


def removed() -> Row:
    """The share of the test half of which, after the model was asked once again, the report lacks something."""
    found, lost = sentences("test"), []
    for name in dict.fromkeys(sentence.ledger for sentence in found):
        own = [sentence for sentence in found if sentence.ledger == name]
        report = {placed.claim.text for placed in reported(name, [], AskedTwice([], sentences=own))[0]}
        lost += [sentence for sentence in own if not is_said(sentence, report)]
    row = "true sentences of a model that were removed, after they went back once"
    return _share(row, "test half", lost, found, REMOVED_BAR, "; ".join(sentence.first.text for sentence in lost))


def is_said(sentence: Sentence, report: set[str]) -> bool:
    """Whether a report's sentences hold the sentence, or all that was written for it again."""
    again = {claim.text for claim in sentence.again}
    return sentence.first.text in report or (bool(again) and again <= report)


def _share(
    metric: str, half: str, some: Sequence[Sentence], of: Sequence[Sentence], bar: float | None = None, note: str = ""
) -> Row:
    bounds = interval(len(some), len(of))
    return Row(metric, f"{half} ({len(of)})", len(some) / len(of), bounds, bar, lower_is_better=True, note=note)
