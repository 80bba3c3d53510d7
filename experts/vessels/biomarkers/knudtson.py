"""The formulas of Knudtson and colleagues that sum up vessel widths in one number (knudtson2003)."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..tree import VesselTree
from ..widths import sections
from .base import NO_DISC, Geometry, Value
from .zone import Crossing, crossings, visible

REFERENCE = "knudtson2003"
ARTERIOLES, VENULES = 0.88, 0.95
"""Factor by which the width of a parent exceeds the root of its two branches' summed squares (knudtson2003)."""
SIX = 6
"""So many of the widest vessels of a kind are summed up (knudtson2003)."""
NOT_TOLD_APART = "arteries and veins are not told apart well enough"


def equivalent(widths: Sequence[float], factor: float) -> float:
    """The width of the one vessel that would feed all of `widths`, in their unit.

    The widest is paired with the narrowest, the second widest with the second narrowest and so on, each pair giving
    factor * sqrt(a^2 + b^2); one left over in the middle is carried on; repeated until one is left (knudtson2003).
    Raises ValueError without widths.
    """
    left = sorted(widths, reverse=True)
    if not left:
        raise ValueError("there are no widths to sum up")
    while len(left) > 1:
        pairs = [factor * math.hypot(left[i], left[-1 - i]) for i in range(len(left) // 2)]
        middle = [left[len(left) // 2]] if len(left) % 2 else []
        left = sorted(pairs + middle, reverse=True)
    return left[0]


def six_widest(tree: VesselTree, *, artery: bool) -> list[Crossing] | str:
    """The six widest arterioles or venules in zone B, or the reason why there are none."""
    if (hidden := visible(tree)) is not None:
        return hidden
    if tree.artery is None:
        return NOT_TOLD_APART
    seen = crossings(tree)
    found = [crossing for crossing in seen if crossing.artery is artery]
    if len(found) < SIX:
        return f"only {len(found)} {'arterioles' if artery else 'venules'} are seen in zone B; six are needed"
    if any(crossing.artery is None and crossing.width > found[SIX - 1].width for crossing in seen):
        return "a vessel in zone B as wide as the six is neither surely artery nor surely vein"
    return found[:SIX]


def central(tree: VesselTree, *, artery: bool) -> Value | str:
    """CRAE or CRVE in disc diameters, or in millimetres where the photograph's spacing is known."""
    six = six_widest(tree, artery=artery)
    if isinstance(six, str):
        return six
    width = equivalent([crossing.width for crossing in six], ARTERIOLES if artery else VENULES)
    across = [line for c in six for line in sections(c.path, c.widths)]
    geometry = Geometry.of_pixels([*(crossing.path for crossing in six), *across])
    if tree.spacing is not None:
        return Value(width * tree.scale * tree.spacing, geometry, unit="mm")
    return Value(width / tree.disc.diameter, geometry) if tree.disc is not None else NO_DISC
