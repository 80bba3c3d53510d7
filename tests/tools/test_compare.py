"""Two visits of a phantom eye whose displacement and lesions are known; findings are its truth, so that no expert takes part."""

from __future__ import annotations

import dataclasses
import datetime
import json
from collections import Counter
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from fundoscope.agents.composing.comparison import write_comparison
from fundoscope.agents.composing.draft import Draft
from fundoscope.agents.composing.eye import EyeWriter
from fundoscope.agents.ledger import Ledger
from fundoscope.agents.verify import verify_claim
from fundoscope.evals.phantom import draw_phantom
from fundoscope.evals.warps import Warp
from fundoscope.formats.html import render_html
from fundoscope.formats.registry import Manuscript, render
from fundoscope.imaging import FieldOfView, Frame
from fundoscope.records import (
    ArtifactStore,
    Claim,
    Eye,
    EyeReport,
    Finding,
    Measurement,
    Photograph,
    Point,
    Region,
    Report,
)
from fundoscope.records.comparison import Change, Visit
from fundoscope.records.report import Provenance
from fundoscope.tools import compare as comparing
from fundoscope.tools.compare import Seen, compare, finding_of

HEIGHT, WIDTH = SIZE = (480, 720)
THEN = datetime.date(2025, 3, 1)
FHIR_R4 = jsonschema.Draft6Validator(
    json.loads((Path(__file__).parents[1] / "formats" / "fhir_r4.schema.json").read_text())
)


@pytest.fixture(scope="module")
def truth():
    return draw_phantom(3, size=SIZE, lesions={"HE": 5, "EX": 6, "MA": 4}).truth


@pytest.fixture(scope="module")
def warp(truth):
    field = truth.field_of_view
    shift = (0.12 * field.diameter, -0.05 * field.diameter)
    return Warp((field.x, field.y), field.diameter, shift, 8.0, 1.05, (0.0, 0.0), (0.0, 0.0, 0.0, 0.0))


def finding(expert, sha, **values) -> Finding:
    return Finding(expert=expert, version="1", weights_sha256="", photograph=sha, **values)


def plane_of(mask, warp, field) -> np.ndarray:
    picture = np.repeat((mask * 255).astype(np.uint8)[..., None], 3, axis=2)
    return (picture if warp is None else warp.picture(picture, field))[..., 0].astype(np.float32) / 255


def seen(truth, name, lesions, warp=None, grade=2, density=0.1, acquired=None, side="right") -> Seen:
    """A visit of the phantom: lesions (kind, x, y, diameter) in the first photograph's pixels, moved by `warp`."""
    circle = truth.field_of_view
    field = FieldOfView(circle.x, circle.y, circle.diameter, 0, 0, WIDTH, HEIGHT, 1.0)
    frame = Frame(left=0, top=0, scale=1, width=WIDTH, height=HEIGHT, photograph_width=WIDTH, photograph_height=HEIGHT)
    square = Frame.around(field, SIZE, 64, square=True)
    sha = name * 16
    landmarks = finding("landmarks", sha, label=side)
    landmarks.measurements = [Measurement(name="disc_diameter", value=truth.disc.diameter, unit="px")]
    landmarks.attach("disc_region", np.zeros((64, 64), np.float32), square)
    vessels = finding("vessels", sha)
    vessels.measurements = [
        Measurement(name="vessel_density", value=density, unit="fraction"),
        Measurement(name="vessel_calibre", value=5.0, unit="px"),
    ]
    vessels.attach("vessels", plane_of(truth.masks["vessels"], warp, field), frame)
    placed = [(kind, *(warp.from_original(np.array([[x, y]]))[0] if warp else (x, y)), d) for kind, x, y, d in lesions]
    regions = [
        Region(kind=kind, x=x - d / 2, y=y - d / 2, width=d, height=d, area=d * d, score=0.9)
        for kind, x, y, d in placed
        if np.hypot(x - circle.x, y - circle.y) < 0.49 * circle.diameter
    ]
    spots = finding("lesions", sha, regions=regions)
    spots.measurements = [
        Measurement(name=f"lesion_count_{kind}", value=sum(r.kind == kind for r in regions), unit="count")
        for kind in ("MA", "HE", "EX")
    ]
    graded = finding("grade", sha, value=grade)
    findings = {f.expert: f for f in (landmarks, vessels, spots, graded)}
    landmarks.points = {"disc": Point(x=truth.disc.x, y=truth.disc.y)} if warp is None else {}
    return Seen(Visit(photograph=sha, acquired=acquired), findings)


def spots_of(truth):
    return [(lesion.kind, lesion.x, lesion.y, lesion.diameter) for lesion in truth.lesions]


@pytest.fixture(scope="module")
def visits(truth, warp):
    """Then: all but two of the lesions; now: all but the first two haemorrhages."""
    lesions = spots_of(truth)
    exudates = [spot for spot in lesions if spot[0] == "EX"]
    haemorrhages = [spot for spot in lesions if spot[0] == "HE"]
    earlier = seen(truth, "aaaa", [s for s in lesions if s not in exudates[:2]], grade=1, acquired=THEN)
    later = seen(truth, "bbbb", [s for s in lesions if s not in haemorrhages[:2]], warp, density=0.15)
    return earlier, later


@pytest.fixture(scope="module")
def comparison(visits):
    return compare(Eye.RIGHT, *visits)


def test_new_resolved_and_persisting_lesions_are_told_by_place(comparison, truth, visits):
    assert comparison.reason is None and comparison.alignment.error_dd < 0.05
    total = dict.fromkeys(("MA", "HE", "EX"), 0)
    for change in comparison.lesions:
        total[change.kind] += 1
        if change.change is Change.NOT_COMPARABLE:
            assert (change.earlier is None) != (change.later is None)
    exudates, haemorrhages = comparison.tallies["EX"], comparison.tallies["HE"]
    assert (exudates.resolved, exudates.new) == (0, 2 - exudates.not_comparable_now)
    assert (haemorrhages.new, haemorrhages.resolved) == (0, 2 - haemorrhages.not_comparable_then)
    assert exudates.persisting + exudates.not_comparable_then >= 3
    assert comparison.tallies["MA"].new == comparison.tallies["MA"].resolved == 0
    assert "soft exudates: not assessed at both visits" in comparison.not_comparable


@pytest.mark.parametrize(
    ("counts", "compared"), [((3, None), False), ((None, 1), False), ((2, 3), True), ((0, None), True)]
)
def test_red_lesions_of_visits_of_which_one_alone_had_dust_left_out_are_not_compared(visits, counts, compared):
    seen_twice = []
    for visit, count in zip(visits, counts, strict=True):
        lesions = visit.findings["lesions"].model_copy(deep=True)
        if count is not None:
            lesions.measurements.append(Measurement(name="on_camera_spots", value=count, unit="count"))
        seen_twice.append(dataclasses.replace(visit, findings={**visit.findings, "lesions": lesions}))
    found = compare(Eye.RIGHT, *seen_twice)
    assert ("HE" in found.tallies) == ("MA" in found.tallies) == compared and "EX" in found.tallies
    assert any("dust of the camera" in line for line in found.not_comparable) == (not compared)


def test_a_lesion_outside_what_both_show_is_not_comparable(truth, warp):
    circle = truth.field_of_view
    rim = ("HE", circle.x - 0.47 * circle.diameter, circle.y, 10.0)
    moved = Warp(warp.centre, warp.diameter, (-0.3 * circle.diameter, 0.0), 0.0, 1.0, (0.0, 0.0), (0.0, 0.0, 0.0, 0.0))
    found = compare(Eye.RIGHT, seen(truth, "aaaa", [rim]), seen(truth, "bbbb", [], moved))
    tally = found.tallies["HE"]
    assert (tally.resolved, tally.not_comparable_then) == (0, 1)
    assert any("vessel density" in line for line in found.not_comparable)


def test_grade_and_measures_are_compared_with_what_an_unchanged_eye_differs_by(visits, monkeypatch):
    monkeypatch.setattr(comparing, "repeatability", {"vessel_density": 0.02}.get)
    found = compare(Eye.RIGHT, *visits)
    assert (found.grade.earlier, found.grade.later) == (1, 2)
    (density,) = found.measures
    assert (density.name, density.beyond, density.repeatability) == ("vessel_density", True, 0.02)
    assert density.difference == pytest.approx(0.05)


def test_every_sentence_on_a_comparison_stands_and_a_changed_one_falls(visits, monkeypatch):
    monkeypatch.setattr(comparing, "repeatability", {"vessel_density": 0.02}.get)
    monkeypatch.setattr(comparing, "detected_again", {"HE": 0.62}.get)
    ledger = Ledger()
    ledger.add_finding(finding_of(compare(Eye.RIGHT, *visits)), Eye.RIGHT)
    draft = Draft()
    write_comparison(EyeWriter(draft, ledger, Eye.RIGHT, ["bbbb" * 16], {}))
    texts = [placed.claim.text for placed in draft.claims]
    assert "In the right eye, what was detected at one visit alone (2 haemorrhages) may be no change" in " ".join(texts)
    assert "The right eye is compared with its photograph of 2025-03-01." in texts
    assert "In the right eye, the ICDR grade was 1 at the earlier visit and is 2 now." in texts
    assert any("hard exudate" in text and "was not measured" in text for text in texts)
    assert any("is 0.150 now, more than the 0.020 by which" in text for text in texts)
    for placed in draft.claims:
        assert verify_claim(placed.claim, ledger).status == "supported", placed.claim.text
    for text, wrong in (
        ("2025-03-01", "2025-03-02"),
        ("grade was 1", "grade was 0"),
        ("more than the 0.020 by", "within the 0.020 by"),
        ("not now: 2", "not now: 3"),
        ("alone (2 haem", "alone (3 haem"),
        ("share of 0.62", "share of 0.72"),
        ("right eye", "left eye"),
    ):
        changed = [
            Claim(id="X", text=t.replace(text, wrong), kind="measurement", evidence=["E1"]) for t in texts if text in t
        ]
        assert changed and all(verify_claim(claim, ledger).status != "supported" for claim in changed), text


def written(comparison, later: Photograph) -> Report:
    return Report(
        case="case-1",
        status="complete",
        eyes={Eye.RIGHT: EyeReport(eye=Eye.RIGHT, photographs=[later])},
        comparisons=[comparison],
        provenance=Provenance(fundoscope="0", planner="protocol", guideline="ICO", seed=0),
    )


def blank(sha256: str, shade: int) -> Photograph:
    pixels = np.full((HEIGHT, WIDTH, 3), shade, np.uint8)
    return Photograph.from_pixels(pixels, "right").model_copy(update={"sha256": sha256})


def test_the_page_shows_both_visits_with_what_was_detected_at_which(visits, comparison, tmp_path):
    earlier, later = (blank(seen.visit.photograph, shade) for shade, seen in zip((90, 120), visits, strict=True))
    report = written(comparison, later)
    both = render_html(report, ArtifactStore(tmp_path), {p.sha256: p for p in (earlier, later)})
    alone = render_html(report, ArtifactStore(tmp_path), {later.sha256: later})
    count = Counter(change.change for change in comparison.lesions)
    assert both.count('class="visit-resolved"') == alone.count('class="visit-resolved"') == count[Change.RESOLVED]
    assert both.count('class="visit-new"') == alone.count('class="visit-new"') == count[Change.NEW]
    assert both.count('class="visit-persisting"') == 2 * count[Change.PERSISTING]
    assert alone.count('class="visit-persisting"') == count[Change.PERSISTING]
    assert "of 2025-03-01" in both and "is not at hand" in alone and "is not at hand" not in both


def test_a_comparison_is_an_observation_of_the_bundle(comparison, tmp_path):
    report = written(comparison, blank(comparison.later.photograph, 120))
    bundle = json.loads(render(Manuscript(report, ArtifactStore(tmp_path), {}), ["fhir"])["report.fhir.json"])
    FHIR_R4.validate(bundle)
    resources = [entry["resource"] for entry in bundle["entry"]]
    (told,) = [r for r in resources if r.get("identifier", [{}])[0].get("value", "").startswith("right/comparison/")]
    assert told["identifier"][0]["value"].endswith(comparison.earlier.photograph[:12])
    parts = {part["code"]["text"]: part for part in told["component"]}
    assert parts["ICDR grade, then"]["valueCodeableConcept"]["text"].startswith("ICDR grade 1")
    assert parts["ICDR grade, now"]["valueCodeableConcept"]["text"].startswith("ICDR grade 2")
    assert parts["Hard exudates, detected now only"]["valueInteger"] == comparison.tallies["EX"].new
    assert parts["Haemorrhages, detected then only"]["valueInteger"] == comparison.tallies["HE"].resolved
    assert "not assessed" in parts["Soft exudates, now"]["dataAbsentReason"]["text"]
    assert len(told["derivedFrom"]) == 1 and told["bodySite"]["text"] == "Right eye"
    assert any("of 2025-03-01" in note["text"] for note in told["note"])


def test_another_person_s_eye_and_the_other_side_are_declared(truth, visits):
    stranger = draw_phantom(4, size=SIZE).truth
    other = compare(Eye.RIGHT, seen(stranger, "cccc", []), visits[1])
    assert (other.alignment is None and "do not agree" in other.reason) or "no camera gives" in other.reason
    assert other.lesions == [] and other.tallies == {}
    assert other.counts["HE"].earlier == 0 and other.grade.earlier == 2
    side = compare(Eye.RIGHT, seen(truth, "dddd", [], side="left"), visits[1])
    assert "left eye" in side.reason
    assert finding_of(side).label == "no_comparable_field"


def test_an_earlier_map_that_is_no_longer_kept_leaves_counts_and_grade(visits, tmp_path):
    earlier, later = visits
    store = ArtifactStore(tmp_path)
    gone = {}
    for name, one in earlier.findings.items():
        copy = one.model_copy(deep=True)
        copy.keep(store)
        gone[name] = Finding.model_validate_json(copy.model_dump_json()).use(ArtifactStore(tmp_path / "empty"))
    found = compare(Eye.RIGHT, Seen(earlier.visit, gone), later)
    assert found.reason == "the vessel map of the earlier photograph is no longer kept on this machine"
    assert found.counts["HE"].earlier == 5 and found.tallies == {} and found.grade.earlier == 1
    kept = {name: Finding.model_validate_json(f.model_dump_json()).use(store) for name, f in gone.items()}
    assert compare(Eye.RIGHT, Seen(earlier.visit, kept), later).alignment is not None
