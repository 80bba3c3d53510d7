"""The networks for vessels and for arteries against veins: U-Nets that work on squares of 2x2 pixels.

Taking four pixels for one place costs no detail, as the first convolution sees all twelve values of a square, and
makes a step on a CPU more than twice as fast as one of the same depth that works on every pixel.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Self

import torch
from torch import nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval

BOTH_CAMERAS, ONE_CAMERA = "weights/vessels.safetensors", "weights/vessels_drive_only.safetensors"
"""Weights for vessels; the second saw DRIVE alone."""
ARTERIES = "weights/arteries.safetensors"
CHANNELS = 3
"""Channels of the input: red, green, blue after contrast normalisation."""
MULTIPLE = 32
"""Both sides of the input are multiples of this (squares of two, then up to four halvings)."""


class Block(nn.Module):
    """Two 3x3 convolutions, each normalised and rectified, beside a 1x1 shortcut."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)
        self.norm1: nn.Module = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.norm2: nn.Module = nn.BatchNorm2d(outputs)
        self.short: nn.Module = nn.Conv2d(inputs, outputs, 1, bias=False) if inputs != outputs else nn.Identity()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(n, inputs, h, w) to (n, outputs, h, w)."""
        y = functional.relu(self.norm1(self.conv1(x)), inplace=True)
        y = self.norm2(self.conv2(y)) + self.short(x)
        return functional.relu(y, inplace=True)

    def fold(self) -> None:
        """Fold both normalisations into their convolutions; for inference only."""
        if isinstance(self.norm1, nn.BatchNorm2d) and isinstance(self.norm2, nn.BatchNorm2d):
            self.conv1 = fuse_conv_bn_eval(self.conv1, self.norm1)
            self.conv2 = fuse_conv_bn_eval(self.conv2, self.norm2)
            self.norm1, self.norm2 = nn.Identity(), nn.Identity()


class SquareNet(nn.Module):
    """A U-Net over squares of 2x2 pixels: it reads twelve values a square and gives `logits` a square."""

    def __init__(self, widths: tuple[int, ...], logits: int) -> None:
        super().__init__()
        self.down = nn.ModuleList(Block(a, b) for a, b in zip((4 * CHANNELS, *widths), widths, strict=False))
        deep = tuple(reversed(widths))
        self.up = nn.ModuleList(nn.ConvTranspose2d(a, b, 2, stride=2) for a, b in pairwise(deep))
        self.merge = nn.ModuleList(Block(2 * b, b) for b in deep[1:])
        self.head = nn.Conv2d(widths[0], logits, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(n, 3, h, w), sides multiples of MULTIPLE, to (n, logits, h / 2, w / 2)."""
        x = functional.pixel_unshuffle(x, 2)
        kept: list[torch.Tensor] = []
        for level, block in enumerate(self.down):
            x = block(functional.max_pool2d(x, 2) if level else x)
            kept.append(x)
        kept.pop()
        for up, merge in zip(self.up, self.merge, strict=True):
            x = merge(torch.cat([up(x), kept.pop()], dim=1))
        logits: torch.Tensor = self.head(x)
        return logits

    def fold(self) -> Self:
        """This network in inference mode with its normalisations folded away; returns self."""
        self.eval()
        for module in list(self.modules()):
            if isinstance(module, Block):
                module.fold()
        return self.to(memory_format=torch.channels_last)

    def load(self, state: Mapping[str, torch.Tensor]) -> Self:
        """Take weights as they are stored (in half precision, without batch counts); returns self.

        Raises ValueError where they do not fit.
        """
        counted = {k: v for k, v in self.state_dict().items() if k.endswith("num_batches_tracked")}
        try:
            self.load_state_dict({k: v.float() for k, v in state.items()} | counted)
        except RuntimeError as error:
            raise ValueError("the weights do not fit the network") from error
        return self


class VesselNet(SquareNet):
    """Logits of vessel, one a pixel."""

    def __init__(self, widths: tuple[int, ...] = (32, 64, 96, 128)) -> None:
        super().__init__(widths, logits=4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(n, 3, h, w), sides multiples of MULTIPLE, to logits (n, 1, h, w)."""
        return functional.pixel_shuffle(super().forward(x), 2)


class ArteryNet(SquareNet):
    """Logits of artery against vein, one a square of 2x2 pixels; they mean something on vessels only."""

    def __init__(self, widths: tuple[int, ...] = (32, 64, 96, 128, 128)) -> None:
        super().__init__(widths, logits=1)

    def begin_as(self, vessel: VesselNet) -> None:
        """Take over a vessel network's levels; the deepest one and the head stay as they are."""
        deeper = len(self.up) - len(vessel.up)
        for mine, theirs in zip(self.down, vessel.down, strict=False):
            mine.load_state_dict(theirs.state_dict())
        for ours, others in ((self.up, vessel.up), (self.merge, vessel.merge)):
            for mine, theirs in zip(ours[deeper:], others, strict=True):
                mine.load_state_dict(theirs.state_dict())
