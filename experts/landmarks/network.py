"""The landmark network: a MobileNetV2 encoder and a light pyramid decoder that draws three maps at half scale."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

_BLOCKS = (
    # expansion, channels out, stride of inverted residuals 1 to 15 of MobileNetV2
    (1, 16, 1),
    (6, 24, 2),
    (6, 24, 1),
    (6, 32, 2),
    (6, 32, 1),
    (6, 32, 1),
    (6, 64, 2),
    (6, 64, 1),
    (6, 64, 1),
    (6, 64, 1),
    (6, 96, 1),
    (6, 96, 1),
    (6, 96, 1),
    (6, 160, 2),
    (6, 160, 1),
)
_TAPS = {1: 16, 3: 24, 6: 32, 13: 96, 15: 160}
"""Encoder features handed to the decoder (index: channels), at strides 2, 4, 8, 16 and 32."""
STRIDE = 2
"""Network pixels per map pixel."""
CHANNELS = ("disc_centre", "fovea_centre", "disc")
"""What the maps show, in order."""


class _SameConv(nn.Module):
    """A convolution padded as TensorFlow's "SAME" does on even sides (stride 2 pads right and bottom), then ReLU6."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1, act: bool = True):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, groups=groups)
        total = kernel - stride if kernel > 1 else 0
        self.padding = (total // 2, total - total // 2) * 2
        self.act = act

    def forward(self, x: Tensor) -> Tensor:
        if self.padding[1]:
            x = F.pad(x, self.padding)
        x = self.conv(x)
        return F.relu6(x) if self.act else x


class _Inverted(nn.Module):
    """MobileNetV2's inverted residual, its batch norms folded into the convolutions."""

    def __init__(self, inputs: int, outputs: int, expansion: int, stride: int) -> None:
        super().__init__()
        hidden = inputs * expansion
        layers = [_SameConv(inputs, hidden, 1)] if expansion > 1 else []
        layers += [_SameConv(hidden, hidden, 3, stride, groups=hidden), _SameConv(hidden, outputs, 1, act=False)]
        self.conv = nn.Sequential(*layers)
        self.residual = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.conv(x)
        return x + y if self.residual else y


class _Merge(nn.Module):
    """Adds an upsampled coarse map to a fine one and mixes them with a separable convolution."""

    def __init__(self, fine: int, width: int) -> None:
        super().__init__()
        self.lateral = nn.Conv2d(fine, width, 1)
        self.depth = nn.Conv2d(width, width, 5, padding=2, groups=width)
        self.point = nn.Conv2d(width, width, 1)
        self.norm = nn.GroupNorm(8, width)

    def forward(self, coarse: Tensor, fine: Tensor) -> Tensor:
        up = F.interpolate(coarse, size=fine.shape[-2:], mode="bilinear", align_corners=False)
        x = up + self.lateral(fine)
        return F.relu(x + self.norm(self.point(self.depth(x))))


class LandmarkNet(nn.Module):
    """RGB (n, 3, h, w) scaled to -1..1, sides multiples of 32, to logits (n, maps, h / 2, w / 2).

    For landmarks the maps are those of CHANNELS.
    """

    def __init__(self, maps: int = len(CHANNELS), width: int = 48) -> None:
        super().__init__()
        features: list[nn.Module] = [_SameConv(3, 32, 3, 2)]
        channels = 32
        for expansion, outputs, stride in _BLOCKS:
            features.append(_Inverted(channels, outputs, expansion, stride))
            channels = outputs
        self.features = nn.ModuleList(features)
        self.top = nn.Conv2d(channels, width, 1)
        self.merges = nn.ModuleList(_Merge(_TAPS[index], width) for index in (13, 6, 3, 1))
        self.head = nn.Conv2d(width, maps, 3, padding=1)
        nn.init.zeros_(self.head.weight)
        nn.init.constant_(self.head.bias, -4.0)  # type: ignore[arg-type]

    def forward(self, x: Tensor) -> Tensor:
        taps: dict[int, Tensor] = {}
        for index, block in enumerate(self.features):
            x = block(x)
            if index in _TAPS:
                taps[index] = x
        x = F.relu(self.top(taps[15]))
        for merge, index in zip(self.merges, (13, 6, 3, 1), strict=True):
            x = merge(x, taps[index])
        out: Tensor = self.head(x)
        return out
