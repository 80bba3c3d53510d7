"""Outlines on request: in a conversation, by a planner, through the SDK and the command line."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from fundoscope import Fundoscope, Report
from fundoscope.agents.ledger import Ledger
from fundoscope.agents.verify import verify_claim
from fundoscope.cli import app
from fundoscope.errors import BadSetting
from fundoscope.evals.scripted.behaviours import AT
from fundoscope.evals.scripted.server import ScriptedServer, calls, text
from fundoscope.records import Claim, ClaimStatus, Eye, Point
from PIL import Image
from typer.testing import CliRunner

from .cases import finding, numbers


@pytest.fixture(scope="module")
def talk(scope: Fundoscope, phantom_file: Path) -> tuple[Fundoscope, Report]:
    """A case of its own, so that what is outlined stays out of the other tests' reports."""
    own = scope.in_session("outlines")
    return own, own.read(phantom_file)


def disc_box(report: Report) -> list[float]:
    located = next(e.finding for e in report.evidence if e.finding is not None and e.finding.expert == "landmarks")
    disc, diameter = located.points["disc"], float(located.number("disc_diameter") or 0)
    return [round(disc.x - diameter / 2), round(disc.y - diameter / 2), round(diameter), round(diameter)]


def test_a_box_in_a_question_is_outlined_in_verified_sentences_with_a_picture(talk: tuple[Fundoscope, Report]) -> None:
    scope, report = talk
    box = ", ".join(f"{v:.0f}" for v in disc_box(report))
    answer = scope.ask(report, f"Outline the region at {box}")
    assert {"region_extent", "region_extent_dd", "region_place"} <= {claim.pattern for claim in answer.claims}
    assert all(claim.status is ClaimStatus.SUPPORTED for claim in answer.claims)
    (view,) = answer.views
    assert view.overlay == ["region"]
    assert not np.array_equal(
        scope.picture(report, view), scope.picture(report, view.model_copy(update={"overlay": []}))
    )
    later = scope.report(report.case)
    assert any(claim.pattern == "region_extent" for claim in scope.ask(later, "lesions?").claims)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("outline the spot at 99999, 40", "outside the photograph"),
        ("outline the spot at 1, 1", "outside the field of view"),
        ("outline it", "name a point"),
    ],
)
def test_what_cannot_be_outlined_is_said_so(talk: tuple[Fundoscope, Report], question: str, says: str) -> None:
    answer = talk[0].ask(talk[1], question)
    assert "Not outlined" in answer.text and says in answer.text and not answer.claims


def test_a_planner_may_outline_twice_on_one_photograph(
    talk: tuple[Fundoscope, Report], phantom_file: Path, model_server: ScriptedServer
) -> None:
    from .test_hostile import served

    x, y, width, height = disc_box(talk[1])
    twice = [
        ("outline_region", {**AT, "box": [x, y, width, height]}),
        ("outline_region", {**AT, "box": [x + 4, y + 4, width, height]}),
    ]
    model_server.say(calls(*twice), calls(("outline_region", {**AT, "point": [-4, 2]})), text("Nothing more."))
    report = served(talk[0], model_server.url).read(phantom_file)
    assert sum(claim.pattern == "region_extent" for claim in report.claims()) == 2
    planning = report.provenance.planning
    assert planning is not None and any("outside the photograph" in problem for problem in planning.problems)
    assert "region" in {expert.name for expert in report.provenance.experts}


def test_a_changed_number_of_an_outline_does_not_pass() -> None:
    ledger = Ledger()
    measured = numbers(region_area=312, region_longest_diameter=24.6, region_fovea_distance=1.231)
    entry = ledger.add_finding(finding("region", Eye.RIGHT, measurements=measured), Eye.RIGHT)
    assert entry.finding is not None
    entry.finding.points = {"region": Point(x=40.2, y=51.4)}

    def verdict(said: str) -> ClaimStatus:
        return verify_claim(Claim(id="C1", text=said, evidence=[entry.id], kind="measurement"), ledger).status

    true = "In the right eye, the outlined region covers 312 px and is 25 px across at its longest, centred at x 40, y 51 px."
    assert verdict(true) is ClaimStatus.SUPPORTED
    for wrong in (("312", "321"), ("25 px", "26 px"), ("x 40", "x 41"), ("right", "left")):
        assert verdict(true.replace(*wrong)) is not ClaimStatus.SUPPORTED
    place = (
        "In the right eye, the outlined region lies 1.23 disc diameters from the fovea, in the inferonasal quadrant."
    )
    assert verdict(place) is not ClaimStatus.SUPPORTED


def test_the_sdk_takes_a_box_or_a_point_and_not_both(talk: tuple[Fundoscope, Report], phantom_file: Path) -> None:
    scope, report = talk
    found = scope.outline(phantom_file, box=disc_box(report))
    assert found.number("region_area") and found.array("region").max() == 1
    with pytest.raises(BadSetting, match="either a box"):
        scope.outline(phantom_file, box=[1, 2, 3, 4], point=[1, 2])
    with pytest.raises(BadSetting, match="outside the photograph"):
        scope.outline(phantom_file, point=[-1, 5])


def test_the_command_writes_the_mask_and_says_the_measures(
    talk: tuple[Fundoscope, Report], phantom_file: Path, tmp_path: Path
) -> None:
    box = ",".join(f"{v:.0f}" for v in disc_box(talk[1]))
    out = tmp_path / "mask.png"
    done = CliRunner().invoke(app, ["outline", str(phantom_file), "--box", box, "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert "region longest diameter dd:" in done.output and "because the file says no pixel spacing" in done.output
    with Image.open(out) as mask, Image.open(phantom_file) as photograph:
        assert mask.size == photograph.size and np.asarray(mask).max() == 255
    as_json = CliRunner().invoke(app, ["outline", str(phantom_file), "--box", box, "--json"])
    assert json.loads(as_json.output)["expert"] == "region"


def test_what_an_option_cannot_mean_is_one_line(phantom_file: Path) -> None:
    done = CliRunner().invoke(app, ["outline", str(phantom_file), "--point", "here"])
    assert isinstance(done.exception, BadSetting) and "--point takes numbers" in str(done.exception)
