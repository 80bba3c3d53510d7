"""Weights between two trainings: `python -m fundoscope.experts.training.between --start A --end B --share S --out FILE`.

Both are safetensors of one network, the later ones trained on from the earlier ones; the share S (0 to 1) says how far on the
straight way from the first to the second the written weights lie, one half being the mean of both. What a card pins of them
is written beside them as JSON.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from safetensors.torch import load_file

from .weights import blended, write_weights


def main(argv: list[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--start", type=Path, required=True)
    parser.add_argument("--end", type=Path, required=True)
    parser.add_argument("--share", type=float, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(argv)
    if not 0 <= options.share <= 1:
        parser.error("--share lies between 0 and 1")
    start, end = load_file(options.start), load_file(options.end)
    if {k: v.shape for k, v in start.items()} != {k: v.shape for k, v in end.items()}:
        parser.error(f"{options.start.name} and {options.end.name} are not of one network")
    entry = write_weights(blended(end, start, options.share), options.out.parent, options.out.name)
    options.out.with_suffix(".json").write_text(entry.model_dump_json() + "\n")


if __name__ == "__main__":
    main()
