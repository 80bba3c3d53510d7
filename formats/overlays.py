"""Photographs and layers as data URIs, for pages that load nothing from elsewhere."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

from ..records import Finding, Photograph
from .display import shown_pixels
from .layers import STYLES, Landmarks, Layer, draw_layers, landmarks, layer_names, of_photograph, starts_on

JPEG_QUALITY = 88


@dataclass(frozen=True)
class OverlayImage:
    """A transparent PNG of one layer as a data URI, with its words and its colour (`#rrggbb`); `aside` ones start off."""

    name: str
    label: str
    colour: str
    uri: str
    aside: bool


def photograph_uri(photograph: Photograph) -> str:
    """The photograph as shown, a JPEG data URI without metadata."""
    buffer = io.BytesIO()
    Image.fromarray(shown_pixels(photograph)).save(buffer, "JPEG", quality=JPEG_QUALITY, subsampling=0)
    return _uri("image/jpeg", buffer.getvalue())


def overlay_images(photograph: Photograph, findings: Sequence[Finding]) -> list[OverlayImage]:
    """Every layer the findings can draw over this photograph, in drawing order, the landmarks excepted."""
    own = of_photograph(photograph, findings)
    return [
        OverlayImage(
            layer.name,
            STYLES[layer.name].label,
            hex_colour(layer.name),
            _uri("image/png", encode(layer)),
            not starts_on(own, layer.name),
        )
        for layer in draw_layers(photograph, own, layer_names(own))
    ]


def photograph_landmarks(photograph: Photograph, findings: Sequence[Finding]) -> Landmarks | None:
    """Disc and fovea of this photograph, in its own pixels."""
    return landmarks(of_photograph(photograph, findings))


def hex_colour(name: str) -> str:
    """The colour of a layer as `#rrggbb`."""
    return "#{:02x}{:02x}{:02x}".format(*STYLES[name].colour)


def encode(layer: Layer) -> bytes:
    """A layer as a palette PNG with transparency."""
    image = Image.fromarray(layer.steps)
    image.putpalette(layer.palette[:, :3].tobytes(), "RGB")
    buffer = io.BytesIO()
    image.save(buffer, "PNG", transparency=layer.palette[:, 3].tobytes(), compress_level=6)
    return buffer.getvalue()


def _uri(media_type: str, data: bytes) -> str:
    return f"data:{media_type};base64,{base64.b64encode(data).decode('ascii')}"
