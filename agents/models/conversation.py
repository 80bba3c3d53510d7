"""Messages as a processor's chat template takes them."""

from __future__ import annotations

import base64
import binascii
import io
from collections.abc import Sequence
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, SystemMessage
from PIL import Image

Told = list[dict[str, Any]]


def conversation(messages: Sequence[BaseMessage], tokenizer: Any) -> Told:
    """Roles with lists of texts and decoded pictures; neighbours of one role become one.

    A text that spells one of the tokenizer's control tokens is taken apart, so that what stands in a document or a
    question can neither end a turn nor begin one.
    """
    control = sorted({str(token) for token in _control_tokens(tokenizer)}, key=len, reverse=True)
    told: Told = []
    for message in messages:
        role = _role(message)
        parts = _parts(message, control)
        if told and told[-1]["role"] == role:
            told[-1]["content"] += parts
        else:
            told.append({"role": role, "content": parts})
    return told


def without_system(told: Told) -> Told:
    """The same for templates without a system role: its words go before the first question."""
    if not told or told[0]["role"] != "system":
        return told
    first, rest = told[0], told[1:]
    if rest and rest[0]["role"] == "user":
        return [{"role": "user", "content": [*first["content"], *rest[0]["content"]]}, *rest[1:]]
    return [{"role": "user", "content": first["content"]}, *rest]


def _role(message: BaseMessage) -> str:
    if isinstance(message, SystemMessage):
        return "system"
    return "assistant" if isinstance(message, AIMessage) else "user"


def _parts(message: BaseMessage, control: Sequence[str]) -> list[dict[str, Any]]:
    content = [message.content] if isinstance(message.content, str) else message.content
    parts: list[dict[str, Any]] = []
    for part in content:
        if isinstance(part, str) or part.get("type") == "text":
            parts.append({"type": "text", "text": _harmless(part if isinstance(part, str) else part["text"], control)})
        elif part.get("type") in ("image", "image_url"):
            parts.append({"type": "image", "image": _picture(part)})
    return parts


def _control_tokens(tokenizer: Any) -> list[str]:
    added = getattr(tokenizer, "added_tokens_decoder", {})
    return [
        *tokenizer.all_special_tokens,
        *(token.content for token in added.values() if len(token.content.strip()) > 1),
    ]


def _harmless(text: str, control: Sequence[str]) -> str:
    for token in control:
        if token in text:
            text = text.replace(token, f"{token[0]} {token[1:]}")
    return text


def _picture(part: dict[str, Any]) -> Image.Image:
    """The picture in a message. Raises ValueError for one that is only named; nothing is fetched."""
    data = part.get("base64") or part.get("data")
    if data is None:
        address = part.get("image_url", part.get("url"))
        address = address.get("url") if isinstance(address, dict) else address
        head, _, data = str(address).partition(",")
        if not head.startswith("data:image/"):
            raise ValueError("a picture for a local model is in the message itself")
    try:
        return Image.open(io.BytesIO(base64.b64decode(data, validate=True))).convert("RGB")
    except (binascii.Error, OSError) as error:
        raise ValueError("a picture in the message cannot be decoded") from error
