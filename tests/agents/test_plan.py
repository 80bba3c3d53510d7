"""Planning with a model: what it is shown, what it may spend, and that the protocol is done whatever it does."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fundoscope import Fundoscope, Report
from fundoscope.agents import policy
from fundoscope.agents.planner import discreet
from fundoscope.agents.policy import POLICIES, Policy, Spent, exhausted
from PIL import Image

from .scripted import asks, brief_of, pictures_of, planned_by

NOTHING = asks(words="Nothing more.")
FULL = {"quality", "landmarks", "vessels", "lesions", "grade", "disc", "conditions"}
MACULA = ("zoom", {"photograph": "photo-1", "landmark": "macula"})


def experts_of(report: Report) -> set[str]:
    return {expert.name for expert in report.provenance.experts}


def test_a_planner_that_sees_is_shown_the_photograph_and_what_it_asks_to_look_at(
    scope: Fundoscope, phantom_file: Path, phantom_report: Report
) -> None:
    planned, model = planned_by(scope, asks(MACULA), NOTHING)
    report = planned.read(phantom_file)
    first, second = (pictures_of(messages) for messages in model.asked[:2])
    assert len(first) == 1 and len(second) == 2 and second[0] == first[0]
    image = Image.open(io.BytesIO(base64.b64decode(second[1])))
    assert image.format == "JPEG" and not image.getexif()
    record = report.provenance.planning
    assert record is not None and record.planner == "scripted" and record.turns == len(model.asked)
    whole, close = record.pictures
    assert whole.what.startswith("photo-1: whole") and whole.times == len(model.asked) and whole.remote
    assert "macula" in close.what and close.sha256 == hashlib.sha256(base64.b64decode(second[1])).hexdigest()
    assert (close.width, close.height) == image.size
    assert [claim.text for claim in report.claims()] == [claim.text for claim in phantom_report.claims()]


def test_findings_are_drawn_on_a_picture_when_the_planner_asks_for_them(scope: Fundoscope, phantom_file: Path) -> None:
    vessels = asks(("segment_vessels", {"photograph": "photo-1"}))
    drawn = asks(("zoom", {"photograph": "photo-1", "landmark": "disc", "overlay": ["vessels"]}))
    planned, model = planned_by(scope, vessels, drawn, NOTHING)
    report = planned.read(phantom_file)
    pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(pictures_of(model.asked[2])[1]))))
    green = (pixels[..., 1] > 160) & (pixels[..., 2] < 150)
    assert green.mean() > 0.02
    assert report.provenance.planning is not None
    assert report.provenance.planning.pictures[-1].what.endswith("vessels drawn on it")


def test_a_planner_that_does_not_see_gets_words_alone_and_no_magnifying_glass(
    scope: Fundoscope, phantom_file: Path
) -> None:
    planned, model = planned_by(scope, NOTHING, sees=False)
    report = planned.read(phantom_file)
    assert not any(pictures_of(messages) for messages in model.asked)
    assert "zoom" not in model.offered[0]
    assert report.provenance.planning is not None and report.provenance.planning.pictures == []


def test_no_picture_is_in_the_checkpoints(scope: Fundoscope, phantom_file: Path) -> None:
    planned, model = planned_by(scope, asks(MACULA), NOTHING, session="checkpoints")
    planned.read(phantom_file)
    files = scope.settings.home.glob("checkpoints.sqlite*")
    stored = b"".join(file.read_bytes() for file in files)
    assert b"checkpoints:case-" in stored
    for picture in {p for messages in model.asked for p in pictures_of(messages)}:
        data = base64.b64decode(picture)
        assert data[200:240] not in stored and picture[400:440].encode() not in stored
    for magic in (b"\xff\xd8\xff\xe0", b"\x89PNG\r\n", b"/9j/4AAQ", b"iVBORw0KGgo"):
        assert magic not in stored


def test_the_planner_is_told_what_is_open_what_was_found_and_what_was_wrong(
    scope: Fundoscope, phantom_file: Path
) -> None:
    wrong = asks(("detect_lesions", {"photograph": "photo-3"}), ("assess_quality", {"photograph": "photo-1"}))
    lesions = asks(("detect_lesions", {"photograph": "photo-1"}))
    planned, model = planned_by(scope, wrong, lesions, NOTHING)
    report = planned.read(phantom_file)
    first, second, third = (brief_of(messages) for messages in model.asked[:3])
    assert ["detect_lesions", "photo-1"] in first["open"] and ["assess_quality", "photo-1"] not in first["open"]
    assert "photo-3 does not exist; there are photo-1" in second["problems"]
    assert any("assess_quality on photo-1 is done" in problem for problem in second["problems"])
    assert ["detect_lesions", "photo-1"] not in third["open"]
    (found,) = [f for f in third["found"]["photo-1"] if f["expert"] == "lesions"]
    assert "lesion_count_MA" in found["measured"]
    assert report.provenance.planning is not None
    assert "photo-3 does not exist; there are photo-1" in report.provenance.planning.problems


def test_readings_come_in_the_planners_order_and_only_forgotten_ones_are_logged(
    scope: Fundoscope, phantom_file: Path
) -> None:
    planned, model = planned_by(
        scope,
        asks(("segment_disc", {"photograph": "photo-1"})),
        asks(("detect_lesions", {"photograph": "photo-1"})),
        NOTHING,
    )
    report = planned.read(phantom_file)
    assert experts_of(report) == FULL
    added = [line.split()[0] for line in report.provenance.protocol_additions]
    assert "segment_disc" not in added and "detect_lesions" not in added
    assert {"segment_vessels", "grade_retinopathy"} <= set(added)
    assert len(model.asked) == 4, "after the protocol's readings the planner is asked once more"


def test_pictures_beyond_the_image_budget_are_not_shown_and_the_report_says_so(
    scope: Fundoscope, phantom_file: Path
) -> None:
    planned, model = planned_by(scope, asks(MACULA), NOTHING, image_budget=1)
    report = planned.read(phantom_file)
    assert all(len(pictures_of(messages)) == 1 for messages in model.asked)
    assert any("no picture is left" in problem for problem in brief_of(model.asked[1])["problems"])
    assert any("image budget of 1" in limit for limit in report.limits)
    blind, model = planned_by(scope, NOTHING, image_budget=0)
    blind.read(phantom_file)
    assert not any(pictures_of(messages) for messages in model.asked)


def test_a_planner_that_only_ever_looks_is_stopped_by_its_rounds(scope: Fundoscope, phantom_file: Path) -> None:
    def elsewhere(messages: list[Any]) -> Any:
        return asks(("zoom", {"photograph": "photo-1", "region": [10 * len(messages), 300, 200, 200]}))

    planned, model = planned_by(scope, elsewhere, policy="quick")
    report = planned.read(phantom_file)
    assert len(model.asked) == POLICIES["quick"].rounds
    assert experts_of(report) == FULL
    assert any("planning rounds of the quick policy were used up" in limit for limit in report.limits)
    assert report.provenance.planning is not None and report.provenance.planning.cut


def test_requests_beyond_the_tool_calls_are_cut_but_never_mandatory_ones(scope: Fundoscope, phantom_file: Path) -> None:
    looks = [("zoom", {"photograph": "photo-1", "region": [n, 200, 100, 100]}) for n in range(10)]
    planned, _ = planned_by(scope, asks(*looks, ("segment_disc", {"photograph": "photo-1"})), NOTHING, policy="quick")
    report = planned.read(phantom_file)
    assert report.provenance.planning is not None
    assert report.provenance.planning.tool_calls == POLICIES["quick"].tool_calls
    assert any("beyond 6 tool calls" in limit for limit in report.limits)
    assert not any("segment_disc" in line for line in report.provenance.protocol_additions)


def test_when_the_time_is_up_the_planner_is_not_asked_and_the_protocol_is_done(
    scope: Fundoscope, phantom_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    none_left = Policy("quick", wall_s=0, rounds=9, model_calls=9, tool_calls=9, tokens=10**6, pictures=9)
    monkeypatch.setitem(policy.POLICIES, "quick", none_left)
    planned, model = planned_by(scope, NOTHING, policy="quick")
    report = planned.read(phantom_file)
    assert model.asked == [] and experts_of(report) == FULL
    assert any("0 s of the quick policy were used up" in limit for limit in report.limits)


def test_what_is_optional_is_left_when_the_time_is_up(
    scope: Fundoscope, phantom_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    consult = scope.engine.bench.consult

    async def slow_disc(name: str, *given: Any) -> Any:
        if name == "disc":
            monkeypatch.setitem(policy.POLICIES, "quick", replace(POLICIES["quick"], wall_s=0))
            await asyncio.sleep(60)
        return await consult(name, *given)

    monkeypatch.setattr(scope.engine.bench, "consult", slow_disc)
    both = asks(("segment_disc", {"photograph": "photo-1"}), ("segment_vessels", {"photograph": "photo-1"}))
    planned, _ = planned_by(scope, both, NOTHING, policy="quick", session="narrow")
    report = planned.read(phantom_file, question="How dense are the vessels?")
    assert "vessels" in experts_of(report) and "disc" not in experts_of(report)
    assert any("segment_disc on photo-1 was not finished" in limit for limit in report.limits)
    reasons = {missing.subject: missing.reason for missing in report.not_assessed}
    assert reasons["disc"] == "the policy's time was used up" and reasons["grade"] == "it was not asked for"


def test_a_question_leaves_the_machine_without_what_names_a_person(scope: Fundoscope, phantom_file: Path) -> None:
    question = (
        "How is the grade in /data/Mueller/mueller_od.jpg of 12.03.1950, MRN-0042137, mail a.mueller@example.org?"
    )
    planned, model = planned_by(scope, NOTHING, session="discreet")
    planned.read(phantom_file, question=question, context="Anna Mueller, 74 years")
    sent = str(model.asked)
    assert "How is the grade in" in sent
    for private in ("ueller", "1950", "0042137", "example.org", "74 years", phantom_file.name):
        assert private not in sent
    at_home, model = planned_by(scope, NOTHING, remote=False, session="discreet")
    at_home.read(phantom_file, question=question)
    assert "0042137" in str(model.asked)


@pytest.mark.parametrize(
    "question", ["How many microaneurysms are there?", "Is 12 DD possible at 4288x2848, grade 2 or 3?"]
)
def test_ordinary_questions_leave_the_machine_as_they_are(question: str) -> None:
    assert discreet(question) == question


def test_two_photographs_are_both_shown(scope: Fundoscope, phantom_file: Path, tmp_path: Path) -> None:
    planned, model = planned_by(scope, NOTHING)
    second = tmp_path / "second.png"
    with Image.open(phantom_file) as phantom:
        phantom.paste((8, 8, 8), (0, 0, 32, 32))
        phantom.save(second)
    planned.read([phantom_file, second])
    assert len(pictures_of(model.asked[0])) == 2
    assert set(brief_of(model.asked[0])["photographs"]) == {"photo-1", "photo-2"}


@pytest.mark.parametrize(
    ("spent", "words"),
    [
        (Spent(181, 0, 0, 0, 0, 0), "180 s"),
        (Spent(0, 5, 0, 0, 0, 0), "5 planning rounds"),
        (Spent(0, 0, 12, 0, 0, 0), "12 model calls"),
        (Spent(0, 0, 0, 0, 100_000, 0), "100000 tokens"),
    ],
)
def test_each_budget_ends_the_asking_in_its_own_words(spent: Spent, words: str) -> None:
    assert words in (exhausted(POLICIES["standard"], spent) or "")
    assert exhausted(POLICIES["thorough"], spent) is None


def test_what_the_planner_looks_up_is_in_its_next_message_and_not_in_the_report(
    scope: Fundoscope, phantom_file: Path, phantom_report: Report
) -> None:
    look = asks(
        ("search_literature", {"query": "how moderate NPDR is defined"}),
        ("find_similar_cases", {"photograph": "photo-1"}),
    )
    planned, model = planned_by(scope, look, NOTHING)
    report = planned.read(phantom_file)
    passages, cases = brief_of(model.asked[1])["looked_up"]
    assert any("wilkinson2003" in found["reference"] for found in passages["found"])
    assert cases == {"tool": "find_similar_cases", "photograph": "photo-1", "found": []}
    assert report.evidence == phantom_report.evidence
