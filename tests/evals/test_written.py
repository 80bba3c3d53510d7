"""A model's recorded sentences, and the speaker that says them in two turns."""

from __future__ import annotations

from fundoscope.agents.compose_model import WrittenClaim
from fundoscope.evals.claims.cases import reported
from fundoscope.evals.claims.ledgers import ledger
from fundoscope.evals.claims.written import AskedTwice, Sentence, is_said, sentences

CASE = "moderate-both-eyes"


def written(text: str, *evidence: str) -> WrittenClaim:
    return WrittenClaim(place="lesions", eye="right", text=text, evidence=list(evidence))


def test_the_halves_hardly_share_a_sentence_and_name_only_evidence_that_exists() -> None:
    halves = [sentences(half) for half in ("development", "test")]
    texts = [{(s.ledger, s.first.text) for s in half} for half in halves]
    assert len(texts[1]) >= 200
    assert len(texts[0] & texts[1]) < 0.05 * len(texts[1]), "by chance, two writers wrote the same"
    for sentence in (one for half in halves for one in half):
        known = {entry.id for entry in ledger(sentence.ledger)}
        assert all(set(claim.evidence) <= known for claim in (sentence.first, *sentence.again)), sentence


def test_what_comes_back_is_answered_with_what_was_written_again() -> None:
    good = Sentence(CASE, written("The right eye shows five haemorrhages.", "E4"), ())
    strange = Sentence(
        CASE,
        written("Fourteen tiny red dots speckle the right eye.", "E4"),
        (written("The right eye shows fourteen microaneurysms.", "E4"),),
    )
    speaker = AskedTwice([], sentences=[good, strange])
    report = {placed.claim.text for placed in reported(CASE, [], speaker)[0]}
    assert len(speaker.asked) == 2
    assert strange.first.text not in report
    assert is_said(good, report) and is_said(strange, report)
    assert not is_said(Sentence(CASE, strange.first, ()), report)
