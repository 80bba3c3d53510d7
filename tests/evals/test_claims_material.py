"""The material that verification is judged by: true sentences are true of their ledgers, false ones are not."""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from fundoscope import evals
from fundoscope.agents.lexicon import parse
from fundoscope.evals.claims.facts import all_hold, cited, holds, near
from fundoscope.evals.claims.ledgers import ledger, ledger_names
from fundoscope.evals.claims.mutations import OPERATORS, Mutation, mutations
from fundoscope.evals.claims.rows import rows
from fundoscope.evals.claims.sources import paraphrases, rendered
from fundoscope.knowledge import references

FOLDER = Path(evals.__file__).with_name("claims")
HALVES = {"development", "test"}


def lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FOLDER / name).read_text(encoding="utf-8").splitlines()]


def test_the_ledgers_are_consistent() -> None:
    assert len(ledger_names()) >= 12
    for name in ledger_names():
        entries = ledger(name)
        assert len({entry.id for entry in entries}) == len(entries)
        for finding in (entry.finding for entry in entries if entry.finding is not None):
            if finding.probabilities is not None:
                assert sum(finding.probabilities) == pytest.approx(1.0, abs=1e-6)
                assert finding.conformal_set is not None and finding.value in finding.conformal_set
        for passage in (entry.passage for entry in entries if entry.passage is not None):
            assert set(passage.references) <= set(references.reference_keys())


def test_there_are_enough_true_sentences_each_once() -> None:
    items = rows("paraphrases")
    assert sum(item["half"] == "development" for item in items) >= 380
    assert len({item["id"] for item in items}) == len(items)
    assert len({(item["half"], item["ledger"], item["text"]) for item in items}) == len(items)


@pytest.mark.parametrize("kind", ["paraphrases", "hallucinations"])
def test_the_half_of_a_sentence_is_that_of_its_file(kind: str) -> None:
    held = (FOLDER / f"{kind}_test.jsonl").is_file()
    assert {item["half"] for item in lines(f"{kind}.jsonl")} == {"development"}
    assert {item["half"] for item in rows(kind)} == ({"development", "test"} if held else {"development"})


@pytest.mark.parametrize("name", ledger_names())
def test_true_sentences_hold_of_the_evidence_they_name(name: str) -> None:
    for item in (item for item in rows("paraphrases") if item["ledger"] == name):
        evidence = cited(ledger(name), item["evidence"])
        assert len(evidence) == len(item["evidence"])
        assert item["truth"]
        for fact in item["truth"]:
            assert holds(fact, evidence), (item["id"], item["text"], fact)


def test_keys_in_true_sentences_are_keys_of_the_passages_they_name() -> None:
    for item in rows("paraphrases"):
        keys = {key.strip() for group in re.findall(r"\[([a-z][^\]]*)\]", item["text"]) for key in group.split(",")}
        passages = [e.passage for e in cited(ledger(item["ledger"]), item["evidence"]) if e.passage is not None]
        assert keys <= {key for passage in passages for key in passage.references}, item["id"]


def test_rounding_is_held_to_the_digits_that_were_written() -> None:
    assert near(0.73, 2, 0.734) and near(210, -1, 210.6)
    assert not near(0.74, 2, 0.734) and not near(210, 0, 210.6) and not near(0.7, 1, None)


def test_facts_can_be_false() -> None:
    evidence = ledger("moderate-both-eyes")
    count = {"pattern": "lesion_count", "eye": "right", "lesion": "HE", "count": 5}
    assert holds(count, evidence)
    assert not holds(count | {"eye": "left"}, evidence)
    assert not holds(count | {"count": 6}, evidence)
    assert not all_hold([count, count | {"lesion": "MA"}], evidence)


MODES = {
    "misclassification",
    "failure_to_abstain",
    "inconsistent_reasoning",
    "hallucination",
    "unjustified_assertion",
    "missing_knowledge",
}


def test_there_are_enough_false_sentences_of_every_mode() -> None:
    items = rows("hallucinations")
    assert sum(item["half"] == "development" for item in items) >= 590
    assert {mode for mode, count in Counter(item["mode"] for item in items).items() if count >= 30} == MODES
    assert len({item["id"] for item in items}) == len(items)
    assert len({(item["half"], item["ledger"], item["text"]) for item in items}) == len(items)
    assert {item["ledger"] for item in items} == set(ledger_names())


def test_no_false_sentence_is_a_true_one_and_its_evidence_exists() -> None:
    true = {(item["ledger"], item["text"].casefold()) for item in rows("paraphrases")}
    for item in rows("hallucinations"):
        assert (item["ledger"], item["text"].casefold()) not in true
        assert len(cited(ledger(item["ledger"]), item["evidence"])) == len(item["evidence"]), item["id"]


@lru_cache
def mutated() -> list[Mutation]:
    return mutations()


def test_the_reports_own_sentences_are_true_of_their_ledgers() -> None:
    assert len(rendered()) >= 300
    for source in rendered():
        assert all_hold(source.facts, cited(ledger(source.ledger), source.evidence)), source.text


def test_there_are_enough_mutations_by_every_operator_and_the_same_each_time() -> None:
    assert len(mutated()) >= 1200
    counts = Counter(m.operator for m in mutated())
    assert set(counts) == set(OPERATORS) and min(counts.values()) >= 20
    assert len({m.id for m in mutated()}) == len({(m.ledger, m.text, m.evidence) for m in mutated()}) == len(mutated())
    assert mutations() == mutated()
    assert mutations(1) != mutated()


def test_a_mutation_differs_from_its_source_and_is_no_true_sentence_of_its_ledger() -> None:
    sources = {source.id: source for source in (*paraphrases(), *rendered())}
    true = {(s.ledger, s.text, s.evidence) for s in sources.values()}
    for m in mutated():
        assert (m.ledger, m.text, m.evidence) not in true
        assert m.original == sources[m.source].text
        assert (m.text, m.evidence) != (m.original, sources[m.source].evidence)


def test_mutated_rendered_sentences_do_not_hold_when_read_back() -> None:
    """The facts of a mutated sentence of the report, read by the lexicon and not by the operator that made it."""
    read = 0
    for m in mutated():
        parsed = parse(m.text) if m.pattern in READ_BACK and m.operator != "evidence" else None
        if parsed is None or parsed[0].id not in READ_BACK:
            continue
        read += 1
        slots = parsed[1]
        eye, evidence = {"eye": slots["eye"]}, ledger(m.ledger)
        facts = [eye | fact for fact in READ_BACK[parsed[0].id](slots)]
        assert not all_hold(facts, evidence), m
    assert read >= 500


def written(pattern: str, value: Any, decimals: int, **more: Any) -> dict[str, Any]:
    return {"pattern": pattern, "value": value, "decimals": decimals, **more}


def counted(pattern: str) -> Any:
    return lambda slots: [{"pattern": pattern, **{k: slots[k] for k in ("lesion", "count", "quadrant") if k in slots}}]


READ_BACK: dict[str, Any] = {
    "lesion_count": counted("lesion_count"),
    "lesion_count_one": counted("lesion_count"),
    "lesion_quadrant": counted("lesion_quadrant"),
    "nearest_exudate": lambda s: [written("nearest_exudate", s["distance"], 2)],
    "fovea_distance": lambda s: [written("fovea_distance", s["distance"], 2)],
    "cup_disc_ratio": lambda s: [written("cup_disc_ratio", s["ratio"], 2)],
    "referable": lambda s: [written("referable", s["probability"], 2)],
    "skeleton_length": lambda s: [written("skeleton_length", s["length"], 0, unit=s["unit"])],
    "vessel_density": lambda s: [{"pattern": "vessel_density", "percent": s["percent"], "decimals": 1}],
    "conformal_set": lambda s: [{"pattern": "conformal_set", "set": [int(g) for g in str(s["set"]).split(", ")]}],
    "exudate_near": lambda s: [{"pattern": "exudate_near"}],
    "exudate_far": lambda s: [{"pattern": "exudate_far"}],
    "summary": lambda s: [
        {"pattern": "grade", "value": s["value"]},
        {"pattern": "grade", "value": s["grade"]},
        written("referable", s["probability"], 2),
    ],
}


def test_symmetric_facts_yield_no_mutation_of_the_eye() -> None:
    """Both eyes of this ledger have twelve haemorrhages, so naming the other eye is as true."""
    texts = {m.text for m in mutated() if m.ledger == "twelve-in-each-eye" and m.operator == "eye"}
    assert "Twelve haemorrhages were detected in the left eye." not in texts
    assert "In the left eye, 12 haemorrhages were detected." not in texts
    assert "In the left eye, 18 microaneurysms were detected." in texts


def test_mutations_keep_the_half_of_their_paraphrase() -> None:
    halves = {source.id: source.half for source in paraphrases()}
    assert all(m.half == halves[m.source] for m in mutated() if m.source in halves)
    assert {m.half for m in mutated() if m.pattern} == HALVES
