"""The chat model that plans, by its setting."""

from __future__ import annotations

from langchain_core.language_models import BaseChatModel

from ..errors import BadSetting
from ..settings import Settings
from .planner import ProtocolChatModel


def planner_model(settings: Settings) -> BaseChatModel:
    """The planner the settings name. Raises BadSetting for one that is not known."""
    if settings.planner == "protocol":
        return ProtocolChatModel()
    raise BadSetting(f"planner {settings.planner!r} is not known; the built-in one is 'protocol'")
