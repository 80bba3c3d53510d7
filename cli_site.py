"""The commands for a site of one's own: foreign weights."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def convert(
    file: Annotated[Path, typer.Argument(help="A PyTorch file of weights: .pth, .pt, .bin")],
    out: Annotated[Path, typer.Argument(help="The .safetensors file to write")],
    key: Annotated[str | None, typer.Option(help="The entry that holds the weights, for example model.encoder")] = None,
) -> None:
    """Write the tensors of a PyTorch file as safetensors; no code in the file is run."""
    from .experts.convert import convert as write

    done = write(file, out, key=key)
    for left in done.dropped:
        print(f"left out: {left}")
    print(f"{done.tensors} tensors, {done.bytes} bytes, SHA-256 {done.sha256}")
    print(done.path)
