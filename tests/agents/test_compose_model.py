"""A model that words the report: what it may write, what goes back, and what is in the report whatever it does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fundoscope import Fundoscope
from fundoscope.agents.compose_model import WrittenClaim
from fundoscope.agents.models import Speaker
from fundoscope.agents.state import Engine
from fundoscope.evals.claims import cases
from fundoscope.evals.claims.cases import ScriptedSpeaker, reported
from fundoscope.settings import load_settings
from langchain_core.messages import AIMessage

from .scripted import ScriptedModel

CASE = "moderate-both-eyes"
MA = "The right eye shows fourteen microaneurysms."


def written(text: str, *evidence: str, place: Any = "lesions", eye: Any = None) -> WrittenClaim:
    return WrittenClaim(place=place, eye=eye, text=text, evidence=list(evidence))


def texts(name: str, *claims: WrittenClaim) -> tuple[list[str], dict[str, Any]]:
    placed, state = reported(name, claims)
    return [p.claim.text for p in placed], state  # type: ignore[return-value]


def test_a_sentence_that_holds_stands_as_it_was_written_in_place_of_the_built_in_one() -> None:
    found, state = texts(CASE, written(MA, "E4", eye="right"))
    assert MA in found and "In the right eye, 14 microaneurysms were detected." not in found
    assert state["planning"]["composer"] == "model" and not state["rejected"]


def test_what_is_essential_is_there_whatever_the_model_leaves_out() -> None:
    found, _ = texts(CASE, written(MA, "E4", eye="right"))
    words = "\n".join(found)
    for essential in (
        "gradable",
        "5 haemorrhages",
        "ICDR grade 2",
        "macular oedema",
        "same grade",
        "No interval is named",
    ):
        assert essential in words, essential


def test_what_the_model_wrote_word_for_word_is_not_said_twice() -> None:
    own = next(p.claim for p in reported(CASE, [])[0] if p.claim.pattern == "same_grade")
    found, _ = texts(CASE, written(own.text, *own.evidence, place="impression"), written(MA, "E4", eye="right"))
    assert found.count(own.text) == 1


def test_what_fails_goes_back_with_its_reason_and_is_then_removed_and_listed() -> None:
    lie = "The right eye shows 15 microaneurysms."
    true = [written(t, "E4") for t in (MA, "The right eye shows five haemorrhages.")]
    found, state = texts(CASE, *true, written(lie, "E4"))
    assert lie not in found and MA in found and found.count(MA) == 1
    assert [claim["text"] for claim in state["rejected"]] == [lie]
    assert state["planning"]["composer"] == "model" and state["planning"]["turns"] == 2


def test_a_model_that_is_mostly_wrong_writes_nothing_and_the_report_says_so() -> None:
    lies = [written(f"The right eye shows {n} microaneurysms.", "E4") for n in (15, 16, 17)]
    found, state = texts(CASE, *lies, written(MA, "E4"))
    assert found == texts(CASE)[0]
    assert len(state["rejected"]) == 3 and state["planning"]["composer"] == "built-in"
    assert any("More than half" in line for line in state["planning"]["cut"])


def test_a_model_that_writes_nothing_leaves_it_to_the_built_in_composer() -> None:
    found, state = texts(CASE)
    assert len(found) > 40 and state["planning"]["composer"] == "built-in"
    assert any("wrote no sentences" in line for line in state["planning"]["cut"])


@pytest.mark.parametrize("name", ["left-not-gradable", "disagreements", "not-a-fundus"])
def test_advice_that_is_held_back_stays_held_back(name: str) -> None:
    entries = {e.passage.id: e for e in cases.ledger(name) if e.passage is not None}
    advice = [
        written(f"{e.passage.text} [{e.passage.reference}]", e.id, place="impression")
        for e in entries.values()
        if e.passage is not None and e.passage.guideline is not None
    ]
    found, _ = texts(name, *advice, written("No retinopathy needs follow-up.", "E1"))
    assert any("A qualified person must read" in text for text in found)
    assert not any("What follows:" in text or "re-examined" in text for text in found)


def test_a_model_is_told_nothing_but_the_ledger_and_how_to_word_it() -> None:
    speaker = ScriptedSpeaker([written(MA, "E4")], remote=True)
    reported(CASE, speaker.claims, speaker)
    told = json.loads(speaker.asked[0])
    assert set(told) == {"forms", "ledger", "wrong"} and told["wrong"] == []
    assert all("{" in form or "eye" in form for form in told["forms"])
    assert {entry["id"] for entry in told["ledger"]} >= {"E1", "E4", "P1"}
    assert "a" * 64 not in speaker.asked[0] and "photograph" not in {key for e in told["ledger"] for key in e}


def test_evidence_that_was_not_offered_counts_for_nothing() -> None:
    found, state = texts(CASE, written(MA, "E99"), written("The right eye shows five haemorrhages.", "E4"))
    assert MA not in found and [claim["text"] for claim in state["rejected"]] == [MA]


def test_a_whole_reading_is_worded_by_the_model_and_says_so(scope: Fundoscope, phantom_file: Path) -> None:
    lie = "The right eye shows neovascularisation of the disc."
    true = "Image quality in OD is adequate for grading."
    claims = [{"place": "adequacy", "eye": "right", "text": t, "evidence": ["E1"]} for t in (true, lie)]
    answers = {False: AIMessage(json.dumps({"calls": []})), True: AIMessage(json.dumps({"claims": claims}))}
    model = ScriptedModel(script=[lambda messages: answers['"forms"' in str(messages[-1].content)]])
    read = Fundoscope(load_settings(**{**scope.settings.model_dump(), "composer": "model"}), session="worded")
    speaker = Speaker(model, name="scripted", dialect="json")
    read._engine = Engine(read.settings, scope.engine.bench, speaker, scope.engine.shelf)
    report = read.read(phantom_file)
    said = [claim.text for claim in report.claims()]
    assert true in said and lie not in said
    assert [removed.text for removed in report.provenance.removed_claims] == [lie]
    assert report.provenance.planning is not None and report.provenance.planning.composer == "model"
    assert any("haemorrhage" in text for text in said) and report.recommendation.claims
