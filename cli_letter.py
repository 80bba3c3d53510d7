"""The command that tells a written report in plain words or in another language."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

VoiceOption = Annotated[
    str, typer.Option("--voice", help="LANGUAGE-READER: en-patient, es-clinician or es-patient", metavar="VOICE")
]


def letter(
    report: Annotated[Path, typer.Argument(help="A report.json")],
    voice: VoiceOption = "en-patient",
    out: Annotated[Path | None, typer.Option(help="An HTML file to write instead of printing")] = None,
) -> None:
    """Tell a report in plain words or in another language; every sentence is verified again."""
    from .agents.voices import write_letter
    from .formats.letter import render_letter
    from .records.files import check_output, write_whole
    from .records.versions import load_report

    if out is not None:
        check_output(out, (".html", ".htm"), report)
    told = write_letter(load_report(report), voice)
    if out is not None:
        write_whole(out, render_letter(told).encode())
        print(out)
        return
    print(f"{told.title}\n\n{told.note}")
    for section in told.sections:
        print(f"\n{section.heading}")
        for sentence in section.sentences:
            print(f"  {sentence.text}")
    if told.not_assessed:
        print(f"\n{told.not_assessed_heading}")
        for subject in told.not_assessed:
            print(f"  {subject}")
    print(f"\n{told.disclaimer}")
