"""Decoding, field of view and geometry of fundus photographs."""

from .decode import DecodedImage, decode
from .field_of_view import FieldOfView, find_field_of_view
from .frame import Frame

__all__ = ["DecodedImage", "FieldOfView", "Frame", "decode", "find_field_of_view"]
