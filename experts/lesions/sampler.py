"""Where crops to learn from are taken."""

from __future__ import annotations

import numpy as np

from .network import KINDS
from .samples import Sample

AGAIN = 0.6
"""Share of the crops of lesion-free photographs that are set on what was mistaken for lesions in them."""


class CropSampler:
    """Draws crop centres: lesions by kind, the optic disc, anywhere in the field, and photographs free of lesions.

    Shares of the kinds MA, HE, EX, SE, then disc, anywhere; `free` is the share of photographs free of lesions, each of
    whose sets in `healthy` is drawn alike; where something in them was mistaken for lesions, AGAIN of these crops show
    it. Among the lesions of a photograph the odds are their areas to the power `by_area`: 0 draws all alike, 1 the
    confluent ones nearly always. `copies` are poorer copies by the photograph's name, `spoilt` the share of draws from
    them.
    """

    shares = (0.24, 0.20, 0.20, 0.13, 0.05, 0.12)

    def __init__(
        self,
        samples: list[Sample],
        healthy: list[list[Sample]],
        by_area: float = 0.5,
        *,
        free: float = 0.06,
        copies: dict[str, list[Sample]] | None = None,
        spoilt: float = 0.0,
    ) -> None:
        self.samples, self.healthy, self.by_area = samples, healthy, by_area
        self.copies, self.spoilt = copies or {}, spoilt
        share = np.array([*self.shares, 0.0])
        self.odds = share / share.sum() * (1 - free)
        self.odds[-1] = free
        self.bearers = [[s for s in samples if len(s.spots[k])] for k in range(len(KINDS))]
        self.with_disc = [s for s in samples if s.disc is not None]

    def draw(self, side: int, rng: np.random.Generator) -> tuple[Sample, float, float]:
        """A sample and a crop centre (row, column) jittered by up to a third of `side`."""
        sample, row, column = self._spot(side, rng)
        copies = self.copies.get(sample.name)
        if copies and rng.random() < self.spoilt:
            sample = copies[rng.integers(len(copies))]
        return sample, row, column

    def _spot(self, side: int, rng: np.random.Generator) -> tuple[Sample, float, float]:
        what = int(rng.choice(len(self.odds), p=self.odds))
        jitter = rng.uniform(-side / 3, side / 3, 2)
        if what < len(KINDS):
            sample = self.bearers[what][rng.integers(len(self.bearers[what]))]
            odds = sample.spots[what][:, 2] ** self.by_area
            spot = sample.spots[what][rng.choice(len(odds), p=odds / odds.sum())]
            return sample, float(spot[0] + jitter[0]), float(spot[1] + jitter[1])
        if what == len(KINDS):
            sample = self.with_disc[rng.integers(len(self.with_disc))]
            at = sample.disc or (0.0, 0.0)
            return sample, at[0] + jitter[0], at[1] + jitter[1]
        pool = self.samples
        if what > len(KINDS) + 1 and self.healthy:
            pool = self.healthy[rng.integers(len(self.healthy))]
            mistaken = [s for s in pool if len(s.mistaken)]
            if mistaken and rng.random() < AGAIN:
                sample = mistaken[rng.integers(len(mistaken))]
                place = sample.mistaken[rng.integers(len(sample.mistaken))]
                return sample, float(place[0] + jitter[0]), float(place[1] + jitter[1])
        sample = pool[rng.integers(len(pool))]
        height, width = sample.inside.shape
        return sample, float(rng.uniform(0, height)), float(rng.uniform(0, width))
