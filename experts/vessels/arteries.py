"""Arteries against veins on the vessels of a photograph."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import ndimage
from torch import nn
from torch.nn import functional

from .predict import mirrored
from .samples import Labelled
from .tree import VesselTree

ARTERY, VEIN = 1, 2
"""Values of the labelled planes; 3 is both or uncertain."""
WAYS = 2
"""Readings that are averaged: upright and left to right."""


def artery_probability(net: nn.Module, seen: torch.Tensor) -> NDArray[np.float32]:
    """The probability that a vessel at a place is an artery, float32 (h, w), from a normalised picture (3, h, w).

    `net` is an ArteryNet, folded. Off the vessels the number means nothing.
    """
    squares = mirrored([net], seen, WAYS)
    plane: NDArray[np.float32] = functional.interpolate(squares[None, None], scale_factor=2, mode="bilinear")[
        0, 0
    ].numpy()
    return plane


def by_segment(tree: VesselTree) -> NDArray[np.float32] | None:
    """The tree's `artery` plane with each pixel given the mean along the segment it lies nearest to; None without one.

    A vessel does not change its kind between two branchings; what a network takes it for does.
    """
    if tree.artery is None or not tree.segments:
        return tree.artery
    values = np.full(tree.vessels.shape, np.nan, dtype=np.float32)
    for segment in tree.segments:
        rows, columns = np.rint(segment.path).astype(int).T
        values[rows, columns] = segment.artery
    nearest = ndimage.distance_transform_edt(np.isnan(values), return_distances=False, return_indices=True)
    plane: NDArray[np.float32] = values[tuple(nearest)]
    return plane


def kinds_right(artery: NDArray[np.float32], one: Labelled) -> tuple[int, int]:
    """How many vessel pixels labelled artery or vein inside the field are called so, and how many there are."""
    if one.kinds is None:
        raise ValueError(f"{one.file} has no labels of arteries and veins")
    labelled = ((one.kinds == ARTERY) | (one.kinds == VEIN)) & one.field
    right = ((artery >= 0.5) == (one.kinds == ARTERY)) & labelled
    return int(right.sum()), int(labelled.sum())
