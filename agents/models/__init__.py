"""Chat models: any of them can plan, and what each does wrong stays here."""

from .factory import speaker
from .pictures import picture_block
from .speaker import Call, Speaker, Turn, Usage

__all__ = ["Call", "Speaker", "Turn", "Usage", "picture_block", "speaker"]
