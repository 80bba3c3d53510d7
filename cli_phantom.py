"""The command that draws a phantom."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from .cli_show import spinner
from .errors import BadSetting

_SUFFIXES = (".png", ".jpg", ".jpeg", ".tif", ".tiff")
_MOST_LESIONS = 999
"""Of a kind; far more than have room on a retina."""


def phantom(
    path: Annotated[Path, typer.Argument(help="Where to write the picture (PNG, JPEG or TIFF)")],
    seed: Annotated[int, typer.Option(help="Seed of the drawing")] = 0,
    eye: Annotated[str, typer.Option(help="right or left; R, L, OD, OS too")] = "right",
    lesions: Annotated[str, typer.Option(help="Lesions to draw, for example MA=12,HE=6,EX=9,SE=1")] = "",
) -> None:
    """Draw a synthetic fundus photograph."""
    from .evals.phantom import write_phantom
    from .records.files import check_output, plain_name
    from .records.side import eye_named

    side = eye_named(eye)
    if seed < 0:
        raise BadSetting(f"a seed is 0 or more, not {seed}")
    counts = _lesion_counts(lesions.split(","))
    check_output(path, _SUFFIXES)
    with spinner("Drawing"):
        write_phantom(path, seed=seed, eye=side.value, lesions=counts)
    print(plain_name(path))


def _lesion_counts(words: Sequence[str]) -> dict[str, int]:
    counts = {}
    for word in filter(None, words):
        kind, _, number = word.partition("=")
        if kind not in ("MA", "HE", "EX", "SE") or not (number.isascii() and number.isdigit()):
            raise BadSetting(f"lesions are given like MA=12,HE=6, not {word!r}")
        if len(number) > len(str(_MOST_LESIONS)):
            raise BadSetting(f"at most {_MOST_LESIONS} lesions of a kind are drawn")
        counts[kind] = int(number)
    return counts
