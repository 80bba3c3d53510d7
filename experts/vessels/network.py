"""The vessel network: two compact U-Nets in a row, the second reading the picture and the first one's opinion.

The arrangement follows galdran2022_lwnet; widths, depth and input differ.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval

CHANNELS = 3
"""Channels of the input: red, green, blue after contrast normalisation."""
MULTIPLE = 8
"""Both sides of the input are multiples of this (four levels, three halvings)."""


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


class UNet(nn.Module):
    """A U-Net of `len(widths)` levels that gives one logit a pixel."""

    def __init__(self, inputs: int, widths: tuple[int, ...]) -> None:
        super().__init__()
        self.down = nn.ModuleList(Block(a, b) for a, b in zip((inputs, *widths), widths, strict=False))
        deep = tuple(reversed(widths))
        self.up = nn.ModuleList(nn.ConvTranspose2d(a, b, 2, stride=2) for a, b in pairwise(deep))
        self.merge = nn.ModuleList(Block(2 * b, b) for b in deep[1:])
        self.head = nn.Conv2d(widths[0], 1, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(n, inputs, h, w), sides divisible by 2 ** (levels - 1), to logits (n, 1, h, w)."""
        kept: list[torch.Tensor] = []
        for level, block in enumerate(self.down):
            x = block(functional.max_pool2d(x, 2) if level else x)
            kept.append(x)
        kept.pop()
        for up, merge in zip(self.up, self.merge, strict=True):
            x = merge(torch.cat([up(x), kept.pop()], dim=1))
        return self.head(x)


class VesselNet(nn.Module):
    """Logits of the vessel probability, from both networks."""

    def __init__(self, first: tuple[int, ...] = (16, 32, 64, 64), second: tuple[int, ...] = (8, 16, 32)) -> None:
        super().__init__()
        self.first = UNet(CHANNELS, first)
        self.second = UNet(CHANNELS + 1, second)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """(n, 3, h, w), sides multiples of 8, to the logits (n, 1, h, w) of the first and of the second network."""
        first = self.first(x)
        return first, self.second(torch.cat([x, torch.sigmoid(first)], dim=1))

    def fold(self) -> VesselNet:
        """This network in inference mode with its normalisations folded away; returns self."""
        self.eval()
        for module in list(self.modules()):
            if isinstance(module, Block):
                module.fold()
        return self.to(memory_format=torch.channels_last)
