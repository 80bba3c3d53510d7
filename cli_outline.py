"""The command that outlines what a box or a point of a photograph shows."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .cli_show import EyeOption, print_measurements, spinner
from .errors import BadSetting


def outline(
    photograph: Annotated[Path, typer.Argument(help="The photograph", metavar="PHOTO")],
    box: Annotated[str | None, typer.Option(help="A box around it, in pixels", metavar="X,Y,W,H")] = None,
    point: Annotated[str | None, typer.Option(help="A point in its middle instead, in pixels", metavar="X,Y")] = None,
    out: Annotated[Path | None, typer.Option(help="Write the mask here, white on black (PNG)")] = None,
    eye: EyeOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the finding as JSON.")] = False,
) -> None:
    """Outline one region: its area, longest diameter and place. It does not say what the region is."""
    from .records.files import check_output, write_whole
    from .sdk import Fundoscope

    if out is not None:
        check_output(out, (".png",), photograph)
    with spinner("Outlining"):
        finding = Fundoscope().outline(photograph, box=_numbers("box", box), point=_numbers("point", point), eye=eye)
    if as_json:
        print(finding.model_dump_json(indent=2))
    elif finding.reason is not None:
        print(f"Not outlined: {finding.reason}.")
    else:
        for region in finding.regions:
            print(f"box: {region.x:g}, {region.y:g}, {region.width:g}, {region.height:g} px (x, y, width, height)")
            print(f"quadrant: {region.quadrant or 'not assessed'}")
        print_measurements(finding)
        print("Research software, not a medical device.")
    if finding.reason is not None:
        raise typer.Exit(1)
    if out is not None:
        from .imaging.archive import encode_png

        write_whole(out, encode_png(((finding.array("region") >= 0.5) * 255).astype("uint8")))
        print(out)


def _numbers(name: str, text: str | None) -> list[float] | None:
    """The numbers of an option. Raises BadSetting."""
    if text is None:
        return None
    try:
        return [float(part) for part in text.split(",")]
    except ValueError as error:
        raise BadSetting(f"--{name} takes numbers with commas between them, not {text!r}") from error
