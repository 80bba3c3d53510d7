"""The command that reads photographs into a report and writes it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .cli_show import (
    BaseUrlOption,
    ComposerOption,
    DialectOption,
    EyeOption,
    PlannerOption,
    PolicyOption,
    given,
    print_report,
    spinner,
    tell_uncompared,
)


def read(
    photographs: Annotated[list[Path], typer.Argument(help="The photographs of one patient", metavar="PHOTO...")],
    eye: EyeOption = None,
    out: Annotated[Path | None, typer.Option(help="Folder to write the report into")] = None,
    formats: Annotated[
        str | None,
        typer.Option(
            "--format",
            help="json, html, pdf, csv, fhir, and for DICOM files sr, seg; several with commas; default json,html",
            metavar="NAME,...",
        ),
    ] = None,
    letters: Annotated[
        str | None,
        typer.Option(
            "--letter",
            help="Also write letters: en-patient, es-clinician, es-patient, with commas",
            metavar="VOICE,...",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    guideline: Annotated[str | None, typer.Option(help="ICO, AAO, ADA, NICE or NHS")] = None,
    prior: Annotated[
        Path | None, typer.Option(help="The report.json of an earlier visit to compare with", metavar="OLD.json")
    ] = None,
    planner: PlannerOption = None,
    base_url: BaseUrlOption = None,
    dialect: DialectOption = None,
    policy: PolicyOption = None,
    composer: ComposerOption = None,
) -> None:
    """Read photographs into one grounded report; `--format` without `--out` writes it here."""
    from .agents.voices import parse_voices
    from .formats.of_case import check_no_other_case
    from .formats.registry import DEFAULT_FORMATS, check_sources, parse_formats

    wanted = DEFAULT_FORMATS if formats is None else parse_formats(formats)
    voices = parse_voices(letters)
    if out is None and (formats is not None or voices):
        out = Path()
    from .records.files import check_writable, plain_name
    from .sdk import Fundoscope
    from .sdk_look import photograph_of

    if out is not None:
        check_writable(out)
    planning = given(
        planner=planner, planner_base_url=base_url, planner_dialect=dialect, policy=policy, composer=composer
    )
    scope = Fundoscope(**given(guideline=guideline), **planning)
    with spinner("Reading"):
        taken = [photograph_of(path, eye) for path in photographs]
        check_sources(wanted, {plain_name(path): one for path, one in zip(photographs, taken, strict=True)})
        if out is not None:
            check_no_other_case(out, ("report", "letter"), scope.case(taken).id)
        report = scope.read(taken, prior=prior)
        written = scope.write(report, out, formats=wanted) if out is not None else []
        written += [scope.write_letter(report, voice, out) for voice in voices if out is not None]
    if prior is not None:
        tell_uncompared(report)
    if as_json:
        print(report.model_dump_json(indent=2))
        return
    print_report(report)
    for path in written:
        print(path)
