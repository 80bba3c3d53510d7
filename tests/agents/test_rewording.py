"""The report's own sentences beside, and in place of, a model's that failed."""

from __future__ import annotations

import json

from fundoscope.agents.compose_model import WrittenClaim
from fundoscope.evals.claims.cases import ScriptedSpeaker, reported

CASE = "moderate-both-eyes"
GOOD = [
    WrittenClaim(place="lesions", eye="right", text="The right eye shows fourteen microaneurysms.", evidence=["E4"]),
    WrittenClaim(place="lesions", eye="right", text="The right eye shows five haemorrhages.", evidence=["E4"]),
]


def strange(text: str, *evidence: str) -> WrittenClaim:
    return WrittenClaim(place="vessels", eye="right", text=text, evidence=list(evidence))


def test_what_goes_back_carries_the_reports_sentences_on_the_same_evidence_nearest_first() -> None:
    speaker = ScriptedSpeaker([*GOOD, strange("Calm, orderly vessels of the right eye run 10412 px.", "E3")])
    placed, state = reported(CASE, [], speaker)
    (wrong,) = json.loads(speaker.asked[1])["wrong"]
    assert wrong["instead"] == [
        "In the right eye, the vessel skeleton is 10412 px long.",
        "In the right eye, vessels cover 11.8 % of the field of view.",
    ]
    assert "In the right eye, the vessel skeleton is 10412 px long." in {p.claim.text for p in placed}
    assert "1 sentences in the report's own words stand for what the model wrote" in state["planning"]["problems"]
    assert [claim["text"] for claim in state["rejected"]] == [wrong["text"]]


def test_a_passage_can_be_quoted_instead() -> None:
    speaker = ScriptedSpeaker([*GOOD, strange("Guidance on the matter is plentiful [wilkinson2003].", "P1")])
    reported(CASE, [], speaker)
    (wrong,) = json.loads(speaker.asked[1])["wrong"]
    assert wrong["instead"] and wrong["instead"][0].endswith("[wilkinson2003]")


def test_nothing_is_said_in_place_of_what_no_measurement_is_near_or_the_report_says_already() -> None:
    vague = strange("Omens are dark.", "E3")
    known = WrittenClaim(place="lesions", eye="right", text="Microaneurysms, 14, dot the right eye.", evidence=["E4"])
    placed, state = reported(CASE, [*GOOD, vague, known])
    own = [p.claim.text for p in placed if p.place == "vessels"]
    assert own == [] and len(state["rejected"]) == 2
    assert "In the right eye, 14 microaneurysms were detected." not in {p.claim.text for p in placed}


def test_no_sentence_of_the_report_stands_in_it_twice() -> None:
    odd = [
        WrittenClaim(
            place="macula", eye="right", text="Fatty specks crowd the right fovea, 0.73 away.", evidence=["E4"]
        ),
        WrittenClaim(
            place="grade", eye="right", text="Right eye, moderate NPDR, or so they murmur, 0.81.", evidence=["E5"]
        ),
        WrittenClaim(place="adequacy", eye="right", text="A picture of 0.93, gradable with joy.", evidence=["E1"]),
    ]
    good = [*GOOD, WrittenClaim(place="grade", eye="left", text="The left eye has ICDR grade 2.", evidence=["E11"])]
    placed, _ = reported(CASE, [*good, *odd])
    told = [p.claim.text for p in placed]
    assert len(told) == len(set(told))
