"""A free sentence held against the evidence it names: its facts against findings, what it restates against passages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ...records import Evidence, Eye, Passage
from .facts import Wrong
from .holding import hold_fact
from .passages import cited_keys, says_what_the_passage_says
from .reading import facts_in


def hold_sentence(text: str, eye: Eye | None, entries: Sequence[Evidence]) -> None:
    """Raise Wrong unless all that a sentence says follows from the entries; `eye` is the eye it is filed under."""
    said, keys = cited_keys(text)
    passages = [entry.passage for entry in entries if entry.passage is not None]
    if not keys and (not passages or any(entry.finding is not None for entry in entries)):
        _hold_facts(text, eye, entries)
        return
    if not passages:
        raise Wrong("it cites no passage", unsupported=True)
    if _restates(said, keys, passages):
        return
    for first, second in _split(said):
        for finding_part, passage_part in ((first, second), (second, first)):
            grades = [fact.slots["grade"] for fact in facts_in(finding_part) or [] if fact.kind == "grade"]
            if grades and _restates(f"grade {grades[0]} {passage_part}", keys, passages):
                _hold_facts(finding_part, eye, entries)
                return
    raise Wrong("the passage does not say so", unsupported=True)


def _hold_facts(text: str, eye: Eye | None, entries: Sequence[Evidence]) -> None:
    facts = facts_in(text)
    if facts is None:
        raise Wrong("it says something that nothing here can check", unsupported=True)
    for fact in facts:
        if fact.eye is not None and eye is not None and fact.eye != eye and len({f.eye for f in facts}) == 1:
            raise Wrong("the sentence speaks of another eye than the claim")
        own = eye if fact.eye is None and eye is not None and fact.kind != "same_grade" else fact.eye
        hold_fact(replace(fact, eye=own), entries)


def _restates(said: str, keys: Sequence[str], passages: Sequence[Passage]) -> bool:
    return any(says_what_the_passage_says(said, keys, passage) for passage in passages)


def _split(text: str) -> Iterator[tuple[str, str]]:
    for place, character in enumerate(text):
        if character in ",;":
            yield text[:place], text[place + 1 :]
