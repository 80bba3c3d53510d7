"""The phantom: a synthetic fundus photograph whose truth is known exactly."""

from .draw import Phantom, Truth, draw_phantom, write_phantom
from .lesions import Lesion

__all__ = ["Lesion", "Phantom", "Truth", "draw_phantom", "write_phantom"]
