"""Pictures in messages."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from typing import Any

from langchain_core.messages import BaseMessage
from PIL import Image

_KINDS = ("image", "image_url")


def picture_block(data: bytes, media_type: str = "image/jpeg") -> dict[str, Any]:
    """A picture for a message's content, in the form every LangChain provider takes."""
    return {"type": "image", "base64": base64.b64encode(data).decode("ascii"), "mime_type": media_type}


def grey_square() -> dict[str, Any]:
    """A picture of nothing, to find out whether a model takes pictures."""
    png = io.BytesIO()
    Image.new("L", (64, 64), 128).save(png, "PNG")
    return picture_block(png.getvalue(), "image/png")


def count_pictures(messages: Sequence[BaseMessage]) -> int:
    """How many pictures the messages hold."""
    return sum(_is_picture(part) for m in messages if isinstance(m.content, list) for part in m.content)


def without_pictures(messages: Sequence[BaseMessage]) -> list[BaseMessage]:
    """The messages with their text alone."""
    return [
        m.model_copy(update={"content": [part for part in m.content if not _is_picture(part)]})
        if isinstance(m.content, list)
        else m
        for m in messages
    ]


def _is_picture(part: Any) -> bool:
    return isinstance(part, dict) and part.get("type") in _KINDS
