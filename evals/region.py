"""The region expert from true boxes and from one click, against IDRiD's masks, beside what else could fill the box."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..experts import load_expert
from ..experts.lesions.detector import Box
from ..experts.lesions.expert import Lesions
from ..experts.lesions.network import KINDS
from ..experts.lesions.outline import outline_from_map
from ..experts.lesions.predict import probabilities, view_of
from ..experts.region.calibrate import KINDS as LARGER_KINDS
from ..experts.region.calibrate import LEAST_AREA
from ..experts.region.expert import RegionExpert
from ..experts.region.samples import Object, largest, objects_in
from ..experts.region.shape import Shape
from ..experts.region.window import Prompt
from ..experts.training.datasets import labels, plane
from ..records import Photograph
from ..settings import Settings, default_settings
from .table import Row, bootstrap

DISC_BAR, LESION_BAR, CLICK_BAR = 0.965, 0.72, 0.45


@dataclass
class Scores:
    """IoU by method and kind, one list a photograph."""

    by: dict[tuple[str, str], list[list[float]]] = field(default_factory=dict)

    def add(self, photograph: int, method: str, kind: str, value: float) -> None:
        """One object's IoU."""
        lists = self.by.setdefault((method, kind), [])
        while len(lists) <= photograph:
            lists.append([])
        lists[photograph].append(value)

    def row(
        self, method: str, kinds: Sequence[str], photographs: int, words: str, data: str, bar: float | None = None
    ) -> Row:
        """The mean over all objects of these kinds, its interval by photograph."""
        values: list[list[float]] = [[] for _ in range(photographs)]
        for kind in kinds:
            for index, found in enumerate(self.by.get((method, kind), [])):
                values[index] += found
        sums, counts = np.array([sum(v) for v in values]), np.array([len(v) for v in values])

        def mean(chosen: NDArray[np.intp]) -> float:
            return float(sums[chosen].sum() / max(1, counts[chosen].sum()))

        figure = mean(np.arange(photographs))
        return Row(f"{words} ({counts.sum()})", data, figure, bootstrap(photographs, mean), bar)


def evaluate(data: Path) -> list[Row]:
    """Mean IoU on IDRiD's test photographs, with the bars and what else could fill the box."""
    rows = [r for r in labels(data, "idrid_seg") if r["split"] == "test"]
    test, name = scores_of(data, rows), f"IDRiD test ({len(rows)})"
    lesions = f"HE, EX, SE of >= {LEAST_AREA} px"

    def row(method: str, kinds: Sequence[str], words: str, bar: float | None = None) -> Row:
        return test.row(method, kinds, len(rows), words, name, bar)

    return [
        row("box", ["disc"], "IoU from the true box: discs", DISC_BAR),
        row("ellipse", ["disc"], "the same, an ellipse inscribed in the box"),
        row("expert", ["disc"], "the same, the disc expert's mask"),
        row("box", LARGER_KINDS, f"IoU from the true box: {lesions}", LESION_BAR),
        row("ellipse", LARGER_KINDS, "the same, an ellipse inscribed in the box"),
        row("expert", LARGER_KINDS, "the same, the lesion segmenter's mask in the box"),
        row("click", LARGER_KINDS, f"IoU from one click in the middle: {lesions}", CLICK_BAR),
        row("click", ["disc"], "IoU from one click in the middle: discs"),
        *(row("box", [kind], f"IoU from the true box: {kind}") for kind in KINDS),
        *(row("click", [kind], f"IoU from one click: {kind}") for kind in KINDS),
    ]


def scores_of(data: Path, rows: Sequence[dict[str, str]]) -> Scores:
    """IoU of every method on these rows of `idrid_seg`; a click that is answered with nothing counts 0."""
    scores = Scores()
    region, lesions = load_expert("region"), load_expert("lesions", _shipped_lesions())
    if not isinstance(region, RegionExpert) or not isinstance(lesions, Lesions):
        raise TypeError("the built-in experts are measured")
    for index, row in enumerate(rows):
        photograph = Photograph.from_file(data / "idrid_seg" / row["image"])
        objects = labelled(data / "idrid_seg", row)
        prompts = [o.box for o in objects]
        diameter = photograph.field_of_view.diameter
        shapes = region.outliner.outlines(photograph.pixels, prompts, diameter)
        fill = _experts_fill(lesions, photograph, row, data)
        for thing, shape in zip(objects, shapes, strict=True):
            scores.add(index, "box", thing.kind, thing.iou(shape))
            scores.add(index, "ellipse", thing.kind, thing.iou(inscribed(thing)))
            scores.add(index, "expert", thing.kind, thing.iou(fill(thing)))
        middles = [Prompt(*thing.middle, *thing.middle) for thing in objects]
        clicked = region.outliner.outlines(photograph.pixels, middles, diameter)
        for thing, shape in zip(objects, clicked, strict=True):
            given = shape.score >= region.card.thresholds["click"]
            scores.add(index, "click", thing.kind, thing.iou(shape) if given else 0.0)
    return scores


def _shipped_lesions() -> Settings:
    """Settings in which the lesions expert reads by its segmenter."""
    return default_settings().model_copy(update={"sam_checkpoint": None, "lesion_method": "segmenter"})


def labelled(folder: Path, row: dict[str, str]) -> list[Object]:
    """The lesions of at least LEAST_AREA pixels (8-connected, each kind by itself) and the disc of a row."""
    found: list[Object] = []
    for kind in KINDS:
        if row[kind]:
            found += objects_in(plane(folder / row[kind]) > 0, kind, LEAST_AREA)
    return found + (largest(plane(folder / row["OD"]) > 0, "disc") if row["OD"] else [])


def inscribed(thing: Object) -> Shape:
    """The ellipse that touches the box from inside."""
    height, width = thing.mask.shape
    ys, xs = np.ogrid[:height, :width]
    inside = ((xs + 0.5 - width / 2) / (width / 2)) ** 2 + ((ys + 0.5 - height / 2) / (height / 2)) ** 2 <= 1
    return Shape(int(thing.box.left), int(thing.box.top), inside, 1.0)


def _experts_fill(
    lesions: Lesions, photograph: Photograph, row: dict[str, str], data: Path
) -> Callable[[Object], Shape]:
    """What the disc expert's or the lesion segmenter's map holds of an object's box."""
    from .disc import disc_mask

    view = view_of(photograph.pixels, photograph.field_of_view)
    maps = probabilities(lesions.segmenter, view)
    disc = disc_mask(data / "idrid_seg" / row["image"])

    def fill(thing: Object) -> Shape:
        box = thing.box
        left, top, right, bottom = int(box.left), int(box.top), int(box.right), int(box.bottom)
        if thing.kind == "disc":
            return Shape(0, 0, disc, 1.0).within(left, top, right, bottom)
        x0, y0 = view.frame.from_photograph(box.left, box.top)
        x1, y1 = view.frame.from_photograph(box.right, box.bottom)
        at_work = Box(x0, y0, x1, y1, thing.kind, 1.0)
        threshold = lesions.card.thresholds[thing.kind]
        outline = outline_from_map(at_work, maps[KINDS.index(thing.kind)], threshold)
        if outline.mask.size == 0:
            # The box lies outside what the segmenter sees of the photograph.
            return inscribed(thing)
        rows = _working(np.arange(top, bottom), view.frame.top, view.frame.scale, outline.rows)
        columns = _working(np.arange(left, right), view.frame.left, view.frame.scale, outline.columns)
        return Shape(left, top, outline.mask[np.ix_(rows, columns)], 1.0)

    return fill


def _working(pixels: NDArray[np.intp], start: float, scale: float, part: slice) -> NDArray[np.intp]:
    """Which rows (or columns) of a working part photograph pixels fall on."""
    at = ((pixels + 0.5 - start) / scale).astype(int) - int(part.start)
    return np.clip(at, 0, int(part.stop - part.start) - 1)
