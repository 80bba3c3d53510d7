"""A small SAM: segment-anything's own encoder, prompt encoder and mask decoder behind a convolutional stem."""

from __future__ import annotations

from typing import Any

import torch
from segment_anything.modeling import ImageEncoderViT, MaskDecoder, PromptEncoder, TwoWayTransformer
from torch import Tensor, nn
from torch.nn import functional as F

from ...errors import ExpertUnavailable
from ..lesions.network import Encoder
from .window import SIDE

_TOKENS = SIDE // 16
_WIDTH, _DEPTH, _HEADS = 160, 4, 5
_STEM_BLOCKS = 11
"""MobileNetV2's blocks in the stem: up to its last features at stride 16 with 64 channels."""
_TAPS = {1: 16, 3: 24, 6: 32}
"""Blocks whose features sharpen the mask (strides 2, 4 and 8), and their channels."""


class FineMaskDecoder(MaskDecoder):  # type: ignore[misc]
    """segment-anything's mask decoder, enlarging once more, with fine features added at each enlargement."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        at8, at4 = self.transformer_dim // 4, self.transformer_dim // 8
        self.lateral8 = nn.Conv2d(_TAPS[6], at8, 3, padding=1)
        self.lateral4 = nn.Conv2d(_TAPS[3] + 1, at4, 3, padding=1)
        self.lateral2 = nn.Conv2d(_TAPS[1], at4, 3, padding=1)
        self.mix4 = nn.Conv2d(at4, at4, 3, padding=1)
        self.enlarge = nn.ConvTranspose2d(at4, at4, 2, stride=2)
        self.mix2 = nn.Conv2d(at4, at4, 3, padding=1)

    def predict_each(
        self, embeddings: Tensor, pe: Tensor, sparse: Tensor, dense: Tensor, fine: list[Tensor], planes: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Mask logits (n, 4, MAP, MAP) and predicted IoU (n, 4) of n crops with a prompt each.

        `predict_masks`, the published form, repeats a single image for all its prompts. `fine`: features at strides 2, 4
        and 8; `planes`: the drawn prompts.
        """
        count = sparse.shape[0]
        out = torch.cat([self.iou_token.weight, self.mask_tokens.weight])
        tokens = torch.cat([out.unsqueeze(0).expand(count, -1, -1), sparse], dim=1)
        src = embeddings + dense
        shape = src.shape
        states, src = self.transformer(src, pe.expand(count, -1, -1, -1), tokens)
        src = src.transpose(1, 2).reshape(shape)
        first, norm, act, second, _ = self.output_upscaling
        x = act(norm(first(src)) + self.lateral8(fine[2]))
        x = act(second(x) + self.lateral4(torch.cat([fine[1], planes], 1)))
        x = x + act(self.mix4(x))
        x = act(self.enlarge(x) + self.lateral2(fine[0]))
        x = x + act(self.mix2(x))
        weights = [mlp(states[:, 1 + i]) for i, mlp in enumerate(self.output_hypernetworks_mlps)]
        masks = torch.einsum("nkc,nchw->nkhw", torch.stack(weights, dim=1), x)
        return masks, self.iou_prediction_head(states[:, 0])


class RegionSam(nn.Module):
    """Crops (n, 3, SIDE, SIDE), evened-out colours, and one prompt each, to mask logits and predicted IoU.

    Mask 0 answers a box; 1 to 3 are the readings of a click, which can mean a part or the whole.
    """

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.ModuleList(Encoder().features[:_STEM_BLOCKS])
        self.image_encoder = ImageEncoderViT(
            img_size=_TOKENS,
            patch_size=1,
            in_chans=64,
            embed_dim=_WIDTH,
            depth=_DEPTH,
            num_heads=_HEADS,
            out_chans=_WIDTH,
        )
        self.prompt_encoder = PromptEncoder(
            embed_dim=_WIDTH, image_embedding_size=(_TOKENS, _TOKENS), input_image_size=(SIDE, SIDE), mask_in_chans=16
        )
        transformer = TwoWayTransformer(depth=2, embedding_dim=_WIDTH, num_heads=_HEADS, mlp_dim=640)
        self.mask_decoder = FineMaskDecoder(transformer_dim=_WIDTH, transformer=transformer, iou_head_hidden_dim=_WIDTH)

    def forward(self, crops: Tensor, corners: Tensor, labels: Tensor, planes: Tensor) -> tuple[Tensor, Tensor]:
        """Logits (n, 4, MAP, MAP) and predicted IoU (n, 4).

        `corners` (n, 2, 2): the box's corners, or the click and anything, in crop pixels (x, y); `labels` (n,): 1 for a
        box, 0 for a click; `planes` (n, 1, PLANE, PLANE): the prompt drawn, as `window.prompt_plane` makes it.
        """
        x = F.relu6(self.stem[0](crops))
        taps = []
        for index, block in enumerate(list(self.stem)[1:], start=1):
            x = block(x)
            if index in _TAPS:
                taps.append(x)
        embeddings = self.image_encoder(x)
        is_box = labels[:, None, None]
        point_labels = torch.tensor([[1.0, -1.0]], device=crops.device).expand(len(crops), -1)
        clicked = self.prompt_encoder._embed_points(corners, point_labels, pad=False)
        boxed = self.prompt_encoder._embed_boxes(corners)
        _, dense = self.prompt_encoder(points=None, boxes=None, masks=planes)
        pe = self.prompt_encoder.get_dense_pe()
        sparse = is_box * boxed + (1 - is_box) * clicked
        return self.mask_decoder.predict_each(embeddings, pe, sparse, dense, taps, planes)

    def load_imagenet(self, encoder: Encoder) -> None:
        """Take the stem from a MobileNetV2 encoder."""
        for mine, theirs in zip(self.stem, encoder.features, strict=False):
            mine.load_state_dict(theirs.state_dict())


def fill(network: RegionSam, state: dict[str, Tensor]) -> RegionSam:
    """Put shipped weights into the network, ready to read. Raises ExpertUnavailable."""
    try:
        network.load_state_dict({name: tensor.float() for name, tensor in state.items()})
    except RuntimeError as error:
        raise ExpertUnavailable("region: the weights do not fit the network; reinstall fundoscope") from error
    return network.eval()
