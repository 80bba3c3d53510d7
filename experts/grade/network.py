"""The grader's network: MobileNetV2 of transformers, and how ImageNet weights come into it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from transformers import MobileNetV2Config, MobileNetV2ForImageClassification, PreTrainedModel

ICDR = (
    "No apparent retinopathy",
    "Mild non-proliferative diabetic retinopathy",
    "Moderate non-proliferative diabetic retinopathy",
    "Severe non-proliferative diabetic retinopathy",
    "Proliferative diabetic retinopathy",
)
"""Names of the five grades of the International Clinical Diabetic Retinopathy scale."""


def configuration(side: int) -> MobileNetV2Config:
    """The configuration of the shipped network for pictures of `side` pixels."""
    return MobileNetV2Config(
        image_size=side,
        tf_padding=True,
        classifier_dropout_prob=0.2,
        id2label=dict(enumerate(ICDR)),
        label2id={name: i for i, name in enumerate(ICDR)},
    )


def from_imagenet(path: Path, side: int) -> MobileNetV2ForImageClassification:
    """The network with ImageNet weights (npz with batch norms folded into convolutions) and a new head."""
    network = MobileNetV2ForImageClassification(configuration(side))
    state = network.state_dict()
    with np.load(path) as stored:
        for source, target in _layer_names():
            weight = torch.from_numpy(stored[f"{source}.weight"].astype(np.float32))
            bias = torch.from_numpy(stored[f"{source}.bias"].astype(np.float32))
            prefix = f"mobilenet_v2.{target}"
            state[f"{prefix}.convolution.weight"] = weight
            state[f"{prefix}.normalization.weight"] = torch.ones_like(bias)
            state[f"{prefix}.normalization.bias"] = bias
            state[f"{prefix}.normalization.running_mean"] = torch.zeros_like(bias)
            state[f"{prefix}.normalization.running_var"] = torch.full_like(bias, 1.0 - network.config.layer_norm_eps)
    network.load_state_dict(state)
    head = network.classifier
    assert isinstance(head, torch.nn.Linear)
    torch.nn.init.normal_(head.weight, std=0.01)
    torch.nn.init.zeros_(head.bias)
    return network


def _layer_names() -> list[tuple[str, str]]:
    """Convolutions of the stored network and of transformers' one, in pairs."""
    pairs = [
        ("features.0.conv", "conv_stem.first_conv"),
        ("features.1.conv.0.conv", "conv_stem.conv_3x3"),
        ("features.1.conv.1.conv", "conv_stem.reduce_1x1"),
        ("features.18.conv", "conv_1x1"),
    ]
    for block in range(2, 18):
        for position, part in enumerate(("expand_1x1", "conv_3x3", "reduce_1x1")):
            pairs.append((f"features.{block}.conv.{position}.conv", f"layer.{block - 2}.{part}"))
    return pairs


def freeze(network: MobileNetV2ForImageClassification, layers: int) -> None:
    """Fix the stem and the first `layers` blocks, and every batch norm's statistics (part of the folded weights)."""
    fixed = ("mobilenet_v2.conv_stem.", *(f"mobilenet_v2.layer.{i}." for i in range(layers)))
    for name, parameter in network.named_parameters():
        parameter.requires_grad_(not name.startswith(fixed))
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.eval()


def as_input(squares: np.ndarray, mean: float = 0.5, std: float = 0.5) -> torch.Tensor:
    """Flattened squares, uint8 (n, side, side, 3), as network input (n, 3, side, side), -1 to 1."""
    tensor = torch.from_numpy(np.array(squares)).permute(0, 3, 1, 2).float() / 255.0
    return ((tensor - mean) / std).contiguous(memory_format=torch.channels_last)


def forward(network: PreTrainedModel, pictures: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor | None]:
    """Logits (n, 5), penultimate features (n, d) and, where the network is convolutional, its last map (n, d, h, w).

    Two views, the picture and its mirror image, are averaged in logits and features; maps are mirrored back first.
    """
    logits, features, maps, kept = [], [], [], []
    hook = network.base_model.register_forward_hook(lambda _m, _i, output: kept.append(output.last_hidden_state))
    try:
        with torch.inference_mode():
            for mirrored in (False, True):
                logits.append(network(pictures.flip(3) if mirrored else pictures).logits.float())
                last = kept.pop().float()
                features.append(last.mean((2, 3)) if last.ndim == 4 else last.mean(1))
                if last.ndim == 4:
                    maps.append(last.flip(3) if mirrored else last)
    finally:
        hook.remove()
    joined = (maps[0] + maps[1]) / 2 if maps else None
    return (logits[0] + logits[1]) / 2, (features[0] + features[1]) / 2, joined
