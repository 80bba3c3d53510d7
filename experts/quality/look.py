"""From a photograph to the numbers the heads judge."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from ...imaging import Frame
from ...records import Photograph
from .measures import DIAMETER, Measures, measure
from .network import Backbone, as_input

NETWORK_SIDE = 224


def field_square(photograph: Photograph) -> NDArray[np.uint8]:
    """The field of view's bounding square, RGB uint8 (DIAMETER, DIAMETER, 3)."""
    size = (photograph.height, photograph.width)
    return Frame.around(photograph.field_of_view, size, DIAMETER, square=True).look(photograph.pixels)


def describe(square: NDArray[np.uint8], backbone: Backbone) -> tuple[NDArray[np.float32], Measures]:
    """The heads' input (440,) float32 of a field-of-view square, and its measured numbers."""
    measures = measure(square)
    small = np.asarray(Image.fromarray(square).resize((NETWORK_SIDE, NETWORK_SIDE), Image.Resampling.BOX))
    with torch.inference_mode():
        pooled = backbone(as_input(small))[0].numpy()
    return np.concatenate([pooled, measures.as_array()]).astype(np.float32), measures
