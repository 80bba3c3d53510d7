"""What can be laid over a photograph, made from the maps of its findings at the size at which it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ..errors import ArtifactMissing, ExpertUnavailable, WrongMask
from ..experts import load_card
from ..imaging import Frame
from ..records import Finding, Photograph, Status

DISPLAY_SIDE = 1400
"""Longest side, in pixels, at which a photograph is shown."""
LESION_NAMES = {"MA": "Microaneurysms", "HE": "Haemorrhages", "EX": "Hard exudates", "SE": "Soft exudates"}


@dataclass(frozen=True)
class Style:
    """How a layer looks: its words, its colour, how opaque (0 to 255) its area and its outline are.

    `aside` layers start switched off (`starts_on`): they cover what others show, or are no finding.
    """

    label: str
    colour: tuple[int, int, int]
    fill: int = 0
    outline: int = 0
    outline_width: int = 1
    aside: bool = False


STYLES = {
    "heatmap": Style("Grade heatmap", (253, 231, 37), aside=True),
    "vessels": Style("Vessels", (190, 255, 110), fill=110),
    "arteries": Style("Arteries", (255, 96, 72), fill=170, aside=True),
    "veins": Style("Veins", (60, 120, 255), fill=170, aside=True),
    "disc": Style("Disc outline", (255, 255, 255), outline=235, outline_width=2),
    "cup": Style("Cup outline", (120, 200, 255), outline=235, outline_width=2),
    "SE": Style(LESION_NAMES["SE"], (255, 138, 226), fill=45, outline=255, outline_width=2),
    "EX": Style(LESION_NAMES["EX"], (74, 48, 240), fill=20, outline=245, outline_width=2),
    "HE": Style(LESION_NAMES["HE"], (0, 205, 255), fill=40, outline=255, outline_width=2),
    "MA": Style(LESION_NAMES["MA"], (255, 255, 255), fill=40, outline=255, outline_width=2),
    "region": Style("Outlined region", (255, 214, 10), outline=255, outline_width=2),
    "landmarks": Style("Disc and fovea", (255, 255, 255)),
}
"""In drawing order. The colours differ in lightness as well as in hue, so that the colour-blind can tell them apart."""
DRAWN_FROM = {
    "heatmap": "grade",
    **dict.fromkeys(("vessels", "arteries", "veins"), "vessels"),
    **dict.fromkeys(("disc", "cup"), "disc"),
    **dict.fromkeys(LESION_NAMES, "lesions"),
    "region": "region",
    "landmarks": "landmarks",
}
"""The expert whose findings each layer is made from."""
_GAP = 1.5
"""Pixels between a lesion and the line round it, so that the smallest stay visible."""
_SOFT = 0.25
"""Span of probability, around the threshold, over which an area without an outline fades."""
_VIRIDIS = np.array(
    [(68, 1, 84), (72, 40, 120), (62, 74, 137), (49, 104, 142), (38, 130, 142), (31, 158, 137), (53, 183, 121),
     (109, 205, 89), (180, 222, 44), (253, 231, 37)],
    dtype=np.float64,
)  # fmt: skip
_FAINTEST, _STRONGEST = 0.15, 165
"""Heat under this share is left clear; the hottest is this opaque."""


@dataclass(frozen=True)
class Layer:
    """A picture of one colour scale: `steps` (height, width) uint8 index the `palette` (256, 4) uint8 RGBA; 0 is clear."""

    name: str
    steps: NDArray[np.uint8]
    palette: NDArray[np.uint8]


@dataclass(frozen=True)
class Landmarks:
    """Disc centre and diameter and fovea, in photograph pixels; None where not assessed."""

    disc: tuple[float, float, float] | None
    fovea: tuple[float, float] | None


def display_size(photograph: Photograph) -> tuple[int, int]:
    """(height, width) at which a photograph is shown; never enlarged."""
    share = min(1.0, DISPLAY_SIDE / max(photograph.height, photograph.width))
    return max(1, round(photograph.height * share)), max(1, round(photograph.width * share))


def of_photograph(photograph: Photograph, findings: Sequence[Finding]) -> list[Finding]:
    """The findings that speak of this photograph and assessed it."""
    return [f for f in findings if f.photograph == photograph.sha256 and f.status is Status.MEASURED]


def landmarks(findings: Sequence[Finding]) -> Landmarks | None:
    """The landmarks that the findings name, or None."""
    for finding in findings:
        disc, fovea, diameter = finding.points.get("disc"), finding.points.get("fovea"), finding.number("disc_diameter")
        if (disc is not None and diameter is not None) or fovea is not None:
            return Landmarks(
                disc=None if disc is None or diameter is None else (disc.x, disc.y, float(diameter)),
                fovea=None if fovea is None else (fovea.x, fovea.y),
            )
    return None


def layer_names(findings: Sequence[Finding]) -> list[str]:
    """The layers that these findings can draw, in drawing order ("landmarks" among them)."""
    names = {name for finding in findings if finding.status is Status.MEASURED for name in finding.array_names}
    if landmarks(findings) is not None:
        names.add("landmarks")
    return [name for name in STYLES if name in names and _count(findings, name) != 0]


def starts_on(findings: Sequence[Finding], name: str) -> bool:
    """Whether a layer is shown before anyone switches it; lesions that could not be counted are not."""
    counted = name not in LESION_NAMES or _count(findings, name) is not None
    return counted and not STYLES[name].aside


def draw_layers(photograph: Photograph, findings: Sequence[Finding], names: Sequence[str]) -> list[Layer]:
    """Draw the named layers at display size, in drawing order; a map that is no longer in the store is left out."""
    size = display_size(photograph)
    layers = []
    for finding in of_photograph(photograph, findings):
        for name in (n for n in STYLES if n in names and n in finding.array_names):
            try:
                plane = _at_display(finding, name, photograph, size)
            except (KeyError, ArtifactMissing):
                continue
            if name == "heatmap":
                layers.append(_heat(plane, photograph, size))
            else:
                layers.append(_area(name, plane, finding, photograph, size))
    order = list(STYLES)
    return sorted(_joined(layers), key=lambda layer: order.index(layer.name))


def _joined(layers: Sequence[Layer]) -> list[Layer]:
    """Layers of the same name, as of several outlined regions, in one."""
    joined: dict[str, Layer] = {}
    for layer in layers:
        same = joined.get(layer.name)
        steps = layer.steps if same is None else np.maximum(same.steps, layer.steps)
        joined[layer.name] = Layer(layer.name, steps, layer.palette)
    return list(joined.values())


def mask(finding: Finding, name: str, photograph: Photograph) -> NDArray[np.bool_]:
    """Where a finding sees `name` at its operating threshold, bool (height, width) of the photograph.

    Raises KeyError for a map it does not carry, ArtifactMissing for one that is gone, and WrongMask for one of another
    photograph.
    """
    size = (photograph.height, photograph.width)
    return _chosen(_at_display(finding, name, photograph, size), finding, name, photograph, size)


def _count(findings: Sequence[Finding], name: str) -> float | int | None:
    for finding in findings:
        if name in finding.array_names:
            return finding.number(f"lesion_count_{name}")
    return None


def _at_display(finding: Finding, name: str, photograph: Photograph, size: tuple[int, int]) -> NDArray[np.float32]:
    """A map at display size, by way of its frame seen from the smaller picture."""
    plane, frame = finding.working_map(name)
    made_for = (frame.photograph_width, frame.photograph_height)
    if finding.photograph != photograph.sha256 or made_for != (photograph.width, photograph.height):
        raise WrongMask(
            f"the map {name!r} of {finding.expert} belongs to photograph {finding.photograph[:12]} of"
            f" {made_for[0]}x{made_for[1]} px, not to {photograph.sha256[:12]} of {photograph.width}x{photograph.height} px"
        )
    share = size[1] / photograph.width
    smaller = Frame(
        left=frame.left * share,
        top=frame.top * share,
        scale=frame.scale * share,
        width=frame.width,
        height=frame.height,
        photograph_width=size[1],
        photograph_height=size[0],
    )
    return smaller.restore(plane)


def _chosen(
    plane: NDArray[np.float32], finding: Finding, name: str, photograph: Photograph, size: tuple[int, int]
) -> NDArray[np.bool_]:
    """Where the map is above its operating threshold; for counted lesions only inside the regions that were counted."""
    chosen: NDArray[np.bool_] = plane >= _threshold(finding, name)
    if name in LESION_NAMES and finding.number(f"lesion_count_{name}") is not None:
        share = size[1] / photograph.width
        counted = np.zeros_like(chosen)
        for region in (r for r in finding.regions if r.kind == name):
            x0, y0 = max(0, int(region.x * share) - 1), max(0, int(region.y * share) - 1)
            x1, y1 = int((region.x + region.width) * share) + 2, int((region.y + region.height) * share) + 2
            inside = chosen[y0:y1, x0:x1]
            counted[y0:y1, x0:x1] |= inside
            if not inside.any():
                # A lesion smaller than a shown pixel still gets its mark.
                counted[(y0 + y1) // 2, (x0 + x1) // 2] = True
        chosen = counted
    return chosen


def _threshold(finding: Finding, name: str) -> float:
    """The operating threshold on the expert's card for this map, 0.5 where the card names none."""
    try:
        thresholds = load_card(finding.expert).thresholds
    except ExpertUnavailable:
        return 0.5
    for key in (name, name.lower(), name.rstrip("s"), f"{name}_pixel"):
        if 0 < thresholds.get(key, 0.0) < 1:
            return thresholds[key]
    return 0.5


def _area(
    name: str, plane: NDArray[np.float32], finding: Finding, photograph: Photograph, size: tuple[int, int]
) -> Layer:
    style = STYLES[name]
    if style.outline:
        steps = _outlined(style, _chosen(plane, finding, name, photograph, size), _GAP if name in LESION_NAMES else 0.0)
    else:
        share = np.clip((plane - _threshold(finding, name)) / _SOFT + 0.5, 0, 1)
        steps = np.rint(share * style.fill).astype(np.uint8)
    palette = np.zeros((256, 4), dtype=np.uint8)
    palette[:, :3] = style.colour
    palette[:, 3] = np.arange(256)
    return Layer(name, steps, palette)


def _outlined(style: Style, chosen: NDArray[np.bool_], gap: float) -> NDArray[np.uint8]:
    """Steps of a filled area with a line round it, `gap` pixels off."""
    steps = np.where(chosen, np.uint8(style.fill), np.uint8(0))
    if not chosen.any():
        return steps
    rows, cols = np.flatnonzero(chosen.any(axis=1)), np.flatnonzero(chosen.any(axis=0))
    room = int(gap) + style.outline_width + 3
    box = (
        slice(max(0, int(rows[0]) - room), int(rows[-1]) + room + 1),
        slice(max(0, int(cols[0]) - room), int(cols[-1]) + room + 1),
    )
    away = ndimage.distance_transform_edt(~chosen[box])
    half = style.outline_width / 2
    line = np.clip(0.5 + half - np.abs(away - gap - half), 0, 1)
    line[chosen[box]] = 0
    steps[box] = np.maximum(steps[box], np.rint(line * style.outline).astype(np.uint8))
    return steps


def _heat(plane: NDArray[np.float32], photograph: Photograph, size: tuple[int, int]) -> Layer:
    steps = np.rint(np.clip(plane, 0, 1) * 255).astype(np.uint8)
    field, share = photograph.field_of_view, size[1] / photograph.width
    ys, xs = np.ogrid[: size[0], : size[1]]
    outside = np.hypot(xs + 0.5 - field.x * share, ys + 0.5 - field.y * share) > field.diameter * share / 2
    steps[outside] = 0
    scale = np.linspace(0, 1, 256)
    anchors = np.linspace(0, 1, len(_VIRIDIS))
    palette = np.zeros((256, 4), dtype=np.uint8)
    for channel in range(3):
        palette[:, channel] = np.rint(np.interp(scale, anchors, _VIRIDIS[:, channel]))
    palette[:, 3] = np.rint(np.clip((scale - _FAINTEST) / (0.6 - _FAINTEST), 0, 1) * _STRONGEST)
    return Layer("heatmap", steps, palette)
