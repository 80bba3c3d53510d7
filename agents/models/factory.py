"""The speaker that the settings name."""

from __future__ import annotations

from pathlib import Path

from ...errors import BadSetting
from ...settings import Settings
from .speaker import Speaker

MEMORY = "planners.json"
"""In the home: what was found out about the models used."""


def speaker(settings: Settings) -> Speaker:
    """The planner the settings name. Raises BadSetting, in one line, for one that cannot be had."""
    if settings.planner == "protocol":
        from ..planner import ProtocolChatModel

        return Speaker(ProtocolChatModel(), name="protocol", writes=False, dialect="native")
    provider, _, model = settings.planner.partition(":")
    if not provider or not model:
        raise BadSetting(
            f"planner {settings.planner!r} is not known; it is protocol, PROVIDER:MODEL or transformers:FOLDER"
        )
    if provider == "transformers":
        return _local(model, settings)
    return _served(provider, model, settings)


def _served(provider: str, model: str, settings: Settings) -> Speaker:
    from .providers import provider_model

    chat, address, remote = provider_model(provider, model, settings)
    profile = dict(chat.profile or {})
    shown = settings.planner_sees == "yes" or (
        settings.planner_sees == "auto" and profile.get("image_inputs") is not False
    )
    dialect = settings.planner_dialect
    shown_model = Path(model).name if model.startswith(("/", "~", ".")) else model
    return Speaker(
        chat,
        name=f"{provider}:{shown_model}" if address is None else f"{provider}:{shown_model} at {address.shown}",
        remote=remote,
        sees=shown,
        sees_for_sure=settings.planner_sees != "auto",
        dialect="native" if dialect == "auto" and address is None and profile.get("tool_calling") else dialect,
        memory=settings.home / MEMORY,
        max_tokens=settings.planner_max_tokens,
        timeout=settings.planner_timeout,
    )


def _local(model: str, settings: Settings) -> Speaker:
    from .local import local_model

    chat = local_model(model, settings)
    return Speaker(
        chat,
        name=f"transformers:{chat.name}",
        sees=settings.planner_sees != "no" and chat.sees,
        dialect="json",
        max_tokens=settings.planner_max_tokens,
        timeout=settings.planner_timeout,
    )
