"""The speaker that the settings name."""

from __future__ import annotations

from langchain_core.language_models import BaseChatModel

from ...errors import BadSetting
from ...settings import Settings
from .speaker import Speaker


def speaker(settings: Settings) -> Speaker:
    """The planner the settings name. Raises BadSetting, in one line, for one that cannot be had."""
    if settings.planner == "protocol":
        from ..planner import ProtocolChatModel

        return Speaker(ProtocolChatModel(), name="protocol", writes=False, dialect="native")
    raise BadSetting(f"planner {settings.planner!r} is not known; the built-in one is 'protocol'")


def planner_model(settings: Settings) -> BaseChatModel:
    """The chat model behind the speaker. Raises BadSetting."""
    return speaker(settings).model
