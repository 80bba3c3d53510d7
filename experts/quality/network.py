"""The quality expert's eye: the first thirteen blocks of MobileNetV2, pooled, beside four measured numbers, and logistic heads."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

BLOCKS = 13
TAPS = (3, 6, 10, 13)
"""Blocks whose channels are pooled (24, 32, 64 and 96 channels at 1/4, 1/8, 1/16 and 1/16 of the side)."""
_PLAN = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1))
"""Expansion, channels, repeats and first stride of each stage (Sandler 2018)."""


class Convolution(nn.Module):
    """Convolution with TensorFlow's "same" padding (the odd pixel right and below) and a ReLU6 unless `linear`."""

    def __init__(
        self, into: int, out: int, kernel: int, stride: int = 1, groups: int = 1, linear: bool = False
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(into, out, kernel, stride, groups=groups)
        self.linear = linear

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(n, into, h, w) to (n, out, ceil(h / stride), ceil(w / stride))."""
        kernel, stride = self.conv.kernel_size[0], self.conv.stride[0]
        if kernel > 1:
            pads = []
            for side in (x.shape[3], x.shape[2]):
                total = max(0, (-(-side // stride) - 1) * stride + kernel - side)
                pads += [total // 2, total - total // 2]
            x = functional.pad(x, pads)
        x = self.conv(x)
        return x if self.linear else functional.relu6(x)


class Block(nn.Module):
    """An inverted residual."""

    def __init__(self, into: int, out: int, stride: int, expansion: int) -> None:
        super().__init__()
        wide = into * expansion
        layers = [] if expansion == 1 else [Convolution(into, wide, 1)]
        layers += [Convolution(wide, wide, 3, stride, groups=wide), Convolution(wide, out, 1, linear=True)]
        self.conv = nn.Sequential(*layers)
        self.residual = stride == 1 and into == out

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(n, into, h, w) to (n, out, h / stride, w / stride)."""
        y = self.conv(x)
        return x + y if self.residual else y


class Backbone(nn.Module):
    """MobileNetV2 through its thirteenth block; gives the pooled channels of `TAPS`."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = [Convolution(3, 32, 3, 2)]
        channels = 32
        for expansion, out, repeats, first in _PLAN:
            for i in range(repeats):
                layers.append(Block(channels, out, first if i == 0 else 1, expansion))
                channels = out
        self.features = nn.Sequential(*layers)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Pictures (n, 3, side, side), -1 to 1, to means and standard deviations of the tapped channels (n, 432)."""
        pooled = []
        for i, layer in enumerate(self.features):
            x = layer(x)
            if i in TAPS:
                pooled += [x.mean((2, 3)), x.std((2, 3))]
        return torch.cat(pooled, 1)


def from_imagenet(path: Path) -> Backbone:
    """The backbone with ImageNet weights from an npz with batch norms folded into the convolutions."""
    network = Backbone()
    wanted = network.state_dict()
    with np.load(path) as stored:
        network.load_state_dict({n: torch.from_numpy(stored[n].astype(np.float32)) for n in wanted})
    return network.eval()


def as_input(pixels: NDArray[np.uint8]) -> torch.Tensor:
    """An RGB square, uint8 (side, side, 3), as network input (1, 3, side, side), -1 to 1."""
    return torch.from_numpy(np.array(pixels)).permute(2, 0, 1)[None].float() / 127.5 - 1.0
