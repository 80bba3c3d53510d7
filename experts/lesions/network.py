"""The segmenter: a U-Net on MobileNetV2's first fourteen blocks with a stem at full resolution."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.fusion import fuse_conv_bn_eval

from ...errors import ExpertUnavailable

KINDS = ("MA", "HE", "EX", "SE")
"""Microaneurysms, haemorrhages, hard exudates, soft exudates: the order of the output channels."""
STRIDE = 16
"""Sides of the input are multiples of this."""
STRIPS, MARGIN = 4, 8
"""The layers at full and half size read the picture in so many strips, which needs a fraction of the memory, and see so many
rows beyond each. The encoder's beginning reaches eight rows down (3x3 convolutions at full size by steps of two, at half size, and
at half size by steps of two), the decoder's end six: a doubling and a 3x3 convolution at half size, and both again."""

_BLOCKS = (
    # (in, expanded, out, stride) of features.1 to features.13
    (32, 32, 16, 1),
    (16, 96, 24, 2),
    (24, 144, 24, 1),
    (24, 144, 32, 2),
    (32, 192, 32, 1),
    (32, 192, 32, 1),
    (32, 192, 64, 2),
    (64, 384, 64, 1),
    (64, 384, 64, 1),
    (64, 384, 64, 1),
    (64, 384, 96, 1),
    (96, 576, 96, 1),
    (96, 576, 96, 1),
)
_TAPS = (1, 3, 6, 13)
"""Blocks whose outputs the decoder reads: strides 2, 4, 8 and 16."""


class SameConv(nn.Module):
    """A convolution with TensorFlow's "SAME" padding on even sides: stride 2 pads right and bottom only."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1) -> None:
        super().__init__()
        self.pad = stride == 2
        padding = 0 if self.pad else kernel // 2
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, padding, groups=groups)

    def forward(self, x: Tensor) -> Tensor:
        """(n, inputs, h, w) to (n, outputs, h / stride, w / stride)."""
        return self.conv(F.pad(x, (0, 1, 0, 1)) if self.pad else x)


def _relu6(x: Tensor) -> Tensor:
    return F.relu6(x, inplace=not torch.is_grad_enabled())


@dataclass(frozen=True)
class _Strip:
    """Rows `top` to `bottom` of a picture, with a margin of `above` and `below` rows that hides the cut edges."""

    top: int
    bottom: int
    above: int
    below: int

    def without_margin(self, x: Tensor, stride: int) -> Tensor:
        """What was read of the strip (n, c, rows / stride, w) less its margin."""
        return x[:, :, self.above // stride : x.shape[2] - self.below // stride]


def _strips(height: int) -> list[_Strip]:
    """A picture of `height` rows, a multiple of STRIDE and at least STRIPS * MARGIN, in STRIPS strips.

    What depends on the height is arithmetic alone, so that the exported graph takes any.
    """
    rows, strips = height // STRIPS, []
    for number in range(STRIPS):
        above = MARGIN if number > 0 else 0
        below = MARGIN if number < STRIPS - 1 else 0
        strips.append(_Strip(number * rows - above, (number + 1) * rows + below, above, below))
    return strips


class InvertedResidual(nn.Module):
    """MobileNetV2's block with its batch norms folded into the convolutions."""

    def __init__(self, inputs: int, expanded: int, outputs: int, stride: int) -> None:
        super().__init__()
        depthwise = SameConv(expanded, expanded, 3, stride, groups=expanded)
        project = SameConv(expanded, outputs, 1)
        expand = [] if expanded == inputs else [SameConv(inputs, expanded, 1)]
        self.conv = nn.ModuleList([*expand, depthwise, project])
        self.residual = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        """(n, inputs, h, w) to (n, outputs, h / stride, w / stride)."""
        y = x
        for layer in self.conv[:-1]:
            y = _relu6(layer(y))
        y = self.conv[-1](y)
        return x + y if self.residual else y


class Encoder(nn.Module):
    """MobileNetV2 up to block 13; reads (n, 3, h, w) in -1 to 1."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.ModuleList([SameConv(3, 32, 3, 2), *(InvertedResidual(*b) for b in _BLOCKS)])

    def forward(self, x: Tensor) -> list[Tensor]:
        """Features at strides 2, 4, 8 and 16 with 16, 24, 32 and 96 channels."""
        if self.training:
            two, x = self._begin(x)
        else:
            read = [(self._begin(x[:, :, rows.top : rows.bottom]), rows) for rows in _strips(x.shape[2])]
            two = torch.cat([rows.without_margin(seen[0], 2) for seen, rows in read], 2)
            x = torch.cat([rows.without_margin(seen[1], 4) for seen, rows in read], 2)
        taps = [two]
        for index in range(3, len(self.features)):
            x = self.features[index](x)
            if index in _TAPS:
                taps.append(x)
        return taps

    def _begin(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """What the first block (n, 16, h / 2, w / 2) and the second (n, 24, h / 4, w / 4) give."""
        two = self.features[1](_relu6(self.features[0](x)))
        return two, self.features[2](two)

    def load_imagenet(self, path: Path) -> None:
        """Load the published ImageNet weights (`features.N...` arrays of an .npz file)."""
        with np.load(path) as arrays:
            wanted = self.state_dict()
            self.load_state_dict({k: torch.from_numpy(arrays[k].astype(np.float32)) for k in wanted})


def _conv(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs, momentum=0.05), nn.ReLU(True)
    )


class LesionNet(nn.Module):
    """Four lesion logits a pixel.

    Input (n, 3, h, w), colours standardised to about -1 to 1 (`standardise`), h and w multiples of STRIDE
    and h at least STRIPS * MARGIN; output logits (n, 4, h, w) in the order of KINDS. Architecture after U-Net and
    MobileNetV2.
    """

    def __init__(self) -> None:
        super().__init__()
        self.encoder = Encoder()
        self.stem = nn.Sequential(_conv(3, 16), _conv(16, 16))
        self.up8 = _conv(96 + 32, 64)
        self.up4 = _conv(64 + 24, 48)
        self.up2 = _conv(48 + 16, 32)
        self.narrow = nn.Conv2d(32, 16, 1)
        self.full = _conv(16, 16)
        self.head = nn.Conv2d(16, len(KINDS), 1)
        if self.head.bias is not None:
            nn.init.constant_(self.head.bias, -4.0)

    def forward(self, x: Tensor) -> Tensor:
        """Logits (n, 4, h, w)."""
        two, four, eight, sixteen = self.encoder(x)
        y = self.up8(torch.cat([_double(sixteen), eight], 1))
        y = self.up4(torch.cat([_double(y), four], 1))
        if self.training:
            return self._end(x, two, y)
        return torch.cat([self._strip(x, two, y, rows) for rows in _strips(x.shape[2])], 2)

    def _end(self, x: Tensor, two: Tensor, y: Tensor) -> Tensor:
        """Logits from the picture (n, 3, h, w), the encoder's features at half and what was read at a quarter of its size."""
        y = self.narrow(self.up2(torch.cat([_double(y), two], 1)))
        return self.head(self.full(_double(y) + self.stem(x)))

    def _strip(self, x: Tensor, two: Tensor, y: Tensor, rows: _Strip) -> Tensor:
        """The same for one strip of rows."""
        top, bottom = rows.top, rows.bottom
        seen = self._end(x[:, :, top:bottom], two[:, :, top // 2 : bottom // 2], y[:, :, top // 4 : bottom // 4])
        return rows.without_margin(seen, 1)

    def fold(self) -> LesionNet:
        """The same network for reading only: batch norms put into their convolutions. Changes and returns itself."""
        self.eval()
        blocks: tuple[Any, ...] = (self.stem[0], self.stem[1], self.up8, self.up4, self.up2, self.full)
        for block in blocks:
            block[0] = fuse_conv_bn_eval(block[0], block[1])
            block[1] = nn.Identity()
        return self


def fill(network: nn.Module, state: dict[str, Tensor], what: str) -> None:
    """Put weights as they are shipped (half precision, no batch counters) into a network. Raises ExpertUnavailable."""
    missing, unexpected = network.load_state_dict({k: v.float() for k, v in state.items()}, strict=False)
    if unexpected or any(not key.endswith("num_batches_tracked") for key in missing):
        raise ExpertUnavailable(f"lesions: {what} do not fit the network; reinstall fundoscope")


def _double(x: Tensor) -> Tensor:
    return F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
