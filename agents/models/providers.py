"""Chat models of LangChain's providers, each told where its server is, with which key, and how much it may say."""

from __future__ import annotations

import os
from typing import Any

import httpx
from langchain_core.language_models import BaseChatModel

from ...errors import BadSetting
from ...settings import Settings
from .address import Address, address_of
from .transport import client_options

EXTRAS = ("openai", "anthropic", "ollama")
"""Providers whose package is an extra of ours."""
KEYS = {"openai": "OPENAI_API_KEY", "anthropic": "ANTHROPIC_API_KEY"}
NO_KEY = "none"
"""Sent to servers that want no key, because clients insist on one."""


def provider_model(provider: str, model: str, settings: Settings) -> tuple[BaseChatModel, Address | None, bool]:
    """(the chat model, its server's address, whether messages leave this machine).

    Raises BadSetting, in one line: no such provider, its package is missing, it has no key.
    """
    address = address_of(provider, settings.planner_base_url)
    here = address is not None and address.loopback and not model.endswith("cloud")
    if provider not in ("openai", "ollama"):
        here = here and address is not None and not address.proxied
    return _made(provider, model, _options(provider, settings, address, here)), address, not here


def _made(provider: str, model: str, options: dict[str, Any]) -> BaseChatModel:
    from langchain.chat_models import init_chat_model

    try:
        return init_chat_model(model, model_provider=provider, **options)
    except ImportError as error:
        mend = f"'fundoscope[{provider}]'" if provider in EXTRAS else f"langchain-{provider.replace('_', '-')}"
        raise BadSetting(f"planner {provider}: its package is missing; pip install {mend}") from error
    except (ValueError, TypeError, KeyError) as error:
        if "model_provider" in str(error) or "upported" in str(error):
            raise BadSetting(f"planner: there is no provider {provider!r}") from error
        raise BadSetting(f"planner {provider}: its client refuses the settings ({type(error).__name__})") from error
    except Exception as error:  # the provider's own errors have no common base; all others are raised again
        if type(error).__module__.partition(".")[0] not in (provider, f"langchain_{provider}"):
            raise
        raise BadSetting(f"planner {provider}: its client refuses the settings ({type(error).__name__})") from error


def _options(provider: str, settings: Settings, address: Address | None, here: bool) -> dict[str, Any]:
    """What the provider's client is told, in its own words."""
    options: dict[str, Any] = {"disable_streaming": not settings.planner_stream}
    most, seconds, key = settings.planner_max_tokens, settings.planner_timeout, _key(provider, settings, address)
    web = client_options(seconds, loopback=here)
    if here and provider in ("openai", "ollama"):
        options |= {"temperature": 0.0, "seed": settings.seed}
    if address is not None:
        options["base_url"] = address.url(v1=provider not in ("anthropic", "ollama"))
    if provider == "ollama":
        headers = {"headers": {"Authorization": f"Bearer {key}"}} if key is not None else {}
        return {**options, "num_predict": most, "async_client_kwargs": {**web, **headers}}
    if key is not None:
        options["api_key"] = key
    if provider == "openai":
        options |= {"timeout": web["timeout"], "max_retries": 0, "use_responses_api": False, "stream_usage": True}
        options |= {"stream_chunk_timeout": None, "http_async_client": httpx.AsyncClient(**web)}
        return options | ({"max_tokens": most} if address is None else {"extra_body": {"max_tokens": most}})
    if provider == "anthropic":
        options |= {"timeout": seconds, "max_retries": 0}
    return {**options, "max_tokens": most}


def _key(provider: str, settings: Settings, address: Address | None) -> str | None:
    """The key to send. A provider's own key is never sent to a server that our setting names."""
    if settings.planner_api_key is not None:
        return settings.planner_api_key.get_secret_value()
    if address is not None and address.from_setting:
        return NO_KEY
    if provider not in KEYS:
        return None
    key = os.environ.get(KEYS[provider]) or (NO_KEY if address is not None else None)
    if key is None:
        raise BadSetting(f"planner {provider}: it needs a key in FUNDOSCOPE_PLANNER_API_KEY or {KEYS[provider]}")
    return key
