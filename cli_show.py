"""What the commands share: the planner's options, a spinner, and how a report and an answer are printed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from .agents.answer import Answer
    from .records import Claim, Finding, Report

EyeOption = Annotated[str | None, typer.Option("--eye", help="right or left (R, L, OD, OS too), when it is known")]
PlannerOption = Annotated[
    str | None,
    typer.Option("--planner", help="protocol (default), openai:MODEL, ollama:MODEL, transformers:FOLDER, ..."),
]
BaseUrlOption = Annotated[
    str | None, typer.Option("--base-url", help="The planner's server, such as http://127.0.0.1:8000/v1")
]
DialectOption = Annotated[
    str | None, typer.Option("--dialect", help="How the planner calls tools: auto, native or json")
]
ComposerOption = Annotated[
    str | None, typer.Option("--composer", help="Who words the report: built-in (default) or model, the planner's")
]
PolicyOption = Annotated[
    str | None, typer.Option("--policy", help="How much the planner may spend: quick, standard or thorough")
]


def given(**settings: Any) -> dict[str, Any]:
    """The settings that were given on the command line."""
    return {name: value for name, value in settings.items() if value is not None}


@contextmanager
def spinner(text: str) -> Iterator[None]:
    """A spinner on a terminal; silence elsewhere."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    with console.status(text):
        yield


def print_report(report: Report) -> None:
    """The impression with its evidence, what is said against an earlier visit, what disagrees, what a budget cut or a model did wrong, and what this is not."""
    from .records.comparison import STEP as COMPARISON

    print(f"Status: {report.status.value.replace('_', ' ')}")
    adequacy = [c for eye in report.eyes.values() for s in eye.steps if s.name == "adequacy" for c in s.claims]
    for claim in report.standing([*adequacy, *report.impression, *report.recommendation.claims]):
        print(f"  {sentence(claim)}")
    compared = [c for eye in report.eyes.values() for s in eye.steps if s.name == COMPARISON for c in s.claims]
    for claim in compared:
        # What is none, or no more than photographs of an unchanged eye differ by, is left to the report.
        if claim.pattern != "measure_within" and claim.slots.get("count") != 0:
            print(f"  {sentence(claim)}")
    for disagreement in report.disagreements:
        print(f"  Disagreement: {disagreement.text}")
    planning = report.provenance.planning
    if planning is not None:
        for cut in planning.cut:
            print(f"  {cut}")
        if planning.problems:
            print(f"  What went wrong in planning: {'; '.join(planning.problems)}.")
    print_review(report)
    print(report.disclaimer)


def print_measurements(finding: Finding) -> None:
    """A line for each measurement: its value with unit and interval, or why there is none."""
    for measurement in finding.measurements:
        unit = "" if measurement.unit in ("", "count") else f" {measurement.unit}"
        value = "not assessed" if measurement.value is None else f"{measurement.value:g}{unit}"
        within = "" if measurement.interval is None else " ({:g} to {:g})".format(*measurement.interval)
        why = f", because {measurement.reason}" if measurement.reason else ""
        print(f"{measurement.name.replace('_', ' ')}: {value}{within}{why}")


def tell_uncompared(report: Report) -> None:
    """One line on stderr for each eye that is not compared with the prior report, with its reason."""
    from .records.comparison import SUBJECT

    for missing in report.not_assessed:
        if missing.subject == SUBJECT:
            eye = "" if missing.eye is None else f"{missing.eye.value} eye "
            print(f"fundoscope: {eye}not compared with the prior report: {missing.reason}", file=sys.stderr)


def print_review(report: Report) -> None:
    """What a person signed: what was changed, the grades before and after, what follows now."""
    from .formats.said import referral_lines, rejected_by_grade

    review = report.review
    if review is None:
        return
    print(f"Reviewed by {review.by}")
    for decided in review.claims:
        if decided.verdict != "accepted" and not decided.by_grade:
            print(f"  {decided.claim} {decided.verdict.value}: {decided.before}")
        if decided.after is not None:
            print(f"     the reviewer's own words: {decided.after}")
    if line := rejected_by_grade(review):
        print(f"  {line}")
    for eye, of_eye in review.eyes.items():
        before, after = (_grade(grade) for grade in (of_eye.grade_before, of_eye.grade))
        print(f"  {eye.value} eye: {after} after review; the machine's reading: {before}")
    for line in referral_lines(review):
        print(f"  {line}")
    for claim in review.recommendation.claims:
        print(f"  {sentence(claim)}")
    print(f"  {review.recommendation.basis}")
    if review.note:
        print(f"  Note, in the reviewer's own words: {review.note}")


def _grade(grade: int | None) -> str:
    return "no grade" if grade is None else f"grade {grade}"


def print_answer(answer: Answer) -> None:
    """The claims of an answer with their evidence, and what else there is to say."""
    for claim in answer.claims:
        print(f"  {sentence(claim)}")
    for line in answer.notes:
        print(f"  {line}")
    for view in answer.views:
        print(f"  To be seen in {view.words}")
    if not (answer.claims or answer.notes or answer.views):
        print(f"  {answer.text}")


def sentence(claim: Claim) -> str:
    """A claim with the ids of its evidence."""
    return f"{claim.text}  ({', '.join(claim.evidence)})"
