"""The planner setting: what each value gives, where messages go, and what is refused in one line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from fundoscope.agents.models import Speaker, speaker
from fundoscope.agents.models.address import address_of
from fundoscope.errors import BadSetting
from fundoscope.evals.scripted.server import ScriptedServer, fails, text
from fundoscope.settings import load_settings
from langchain_core.messages import HumanMessage
from pydantic import SecretStr

from .test_speaker import look, written

PROVIDERS_OWN = (
    "OPENAI_API_KEY",
    "OPENAI_BASE_URL",
    "OPENAI_API_BASE",
    "ANTHROPIC_API_KEY",
    "OLLAMA_HOST",
    "HTTP_PROXY",
)


@pytest.fixture(autouse=True)
def bare_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROVIDERS_OWN:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def made(planner: str, home: Path, **settings: Any) -> Speaker:
    return speaker(load_settings(planner=planner, home=home, **settings))


@pytest.mark.parametrize(
    ("url", "name", "remote"),
    [
        ("http://127.0.0.1:8000", "openai:any at http://127.0.0.1:8000", False),
        ("http://localhost:8000/v1", "openai:any at http://localhost:8000", False),
        ("http://[::1]:8000", "openai:any at http://[::1]:8000", False),
        ("https://me:secret@models.example/v1?key=secret", "openai:any at https://models.example", True),
        ("http://192.168.1.5:8000", "openai:any at http://192.168.1.5:8000", True),
        ("http://127.0.0.1.example:8000", "openai:any at http://127.0.0.1.example:8000", True),
        ("http://localhost@models.example", "openai:any at http://models.example", True),
    ],
)
def test_the_name_keeps_secrets_and_says_where(url: str, name: str, remote: bool, tmp_path: Path) -> None:
    one = made("openai:any", tmp_path, planner_base_url=url)
    assert (one.name, one.remote) == (name, remote)


def test_a_provider_in_the_cloud_is_remote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-own")
    one = made("openai:gpt-4o", tmp_path)
    assert (one.name, one.remote, one.sees) == ("openai:gpt-4o", True, True)
    assert not made("openai:gpt-4o", tmp_path, planner_sees="no").sees


@pytest.mark.parametrize(
    ("planner", "settings", "words"),
    [
        ("clever", {}, "'clever' is not known"),
        ("openai:", {}, "is not known"),
        ("nobody:model", {}, "there is no provider 'nobody'"),
        ("openai:gpt-4o", {}, "FUNDOSCOPE_PLANNER_API_KEY or OPENAI_API_KEY"),
        ("openai:any", {"planner_base_url": "file:///etc/passwd"}, "planner_base_url is no address"),
        ("openai:any", {"planner_base_url": "http://me:secret@host:port"}, "planner_base_url is no address"),
        ("openai:any", {"planner_base_url": "127.0.0.1:8000"}, "planner_base_url is no address"),
    ],
)
def test_what_cannot_be_had_is_one_line(planner: str, settings: dict[str, str], words: str, tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match=words) as refused:
        made(planner, tmp_path, **settings)
    assert "\n" not in str(refused.value) and "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("provider", "module", "mend"),
    [
        ("openai", "langchain_openai", r"pip install 'fundoscope\[openai\]'"),
        ("anthropic", "langchain_anthropic", r"pip install 'fundoscope\[anthropic\]'"),
        ("ollama", "langchain_ollama", r"pip install 'fundoscope\[ollama\]'"),
        ("groq", "langchain_groq", "pip install langchain-groq"),
    ],
)
def test_a_missing_package_names_its_extra(
    provider: str, module: str, mend: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from langchain.chat_models import base

    base._get_chat_model_creator.cache_clear()
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(BadSetting, match=mend):
        made(f"{provider}:any", tmp_path, planner_api_key="k")


def test_the_key_shows_in_no_text_of_the_settings() -> None:
    settings = load_settings(planner_api_key="sk-secret")
    assert settings.planner_api_key == SecretStr("sk-secret")
    assert "sk-secret" not in repr(settings) + str(settings.model_dump()) + settings.model_dump_json()
    with pytest.raises(BadSetting) as refused:
        load_settings(planner_api_key=["sk-secret"])
    assert "sk-secret" not in str(refused.value)


async def sent(server: ScriptedServer, planner: str, home: Path, **settings: Any) -> None:
    server.otherwise = text(written())
    one = made(planner, home, **{"planner_base_url": server.url, "planner_dialect": "json", **settings})
    await one.call_tools([HumanMessage("Meier?")], [look], limit_s=20)


async def test_the_providers_own_key_goes_to_no_other_server(
    model_server: ScriptedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-own")
    await sent(model_server, "openai:any", tmp_path)
    assert b"sk-own" not in model_server.everything
    assert model_server.headers[0]["authorization"] == "Bearer none"


async def test_what_is_meant_for_this_machine_goes_through_no_proxy(
    model_server: ScriptedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ScriptedServer() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        await sent(model_server, "openai:any", tmp_path)
        assert bytes(proxy.everything) == b""
    assert b"Meier" in model_server.everything


async def test_a_redirect_is_not_followed(model_server: ScriptedServer, tmp_path: Path) -> None:
    with ScriptedServer() as elsewhere:
        model_server.say(fails(307, location=f"{elsewhere.url}/v1/chat/completions"))
        await sent(model_server, "openai:any", tmp_path)
        assert bytes(elsewhere.everything) == b""


def test_a_server_in_the_providers_own_variable_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9000/v1")
    monkeypatch.setenv("OLLAMA_HOST", "0.0.0.0")
    openai, ollama = address_of("openai", None), address_of("ollama", None)
    assert openai is not None and openai.loopback and not openai.from_setting
    assert ollama is not None and ollama.url(v1=False) == "http://127.0.0.1:11434" and ollama.loopback


def test_ollama_is_here_but_its_cloud_models_are_not(tmp_path: Path) -> None:
    pytest.importorskip("langchain_ollama")
    assert not made("ollama:llava", tmp_path).remote
    assert made("ollama:gpt-oss:120b-cloud", tmp_path).remote


def test_anthropic_speaks_to_its_own_address_unless_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("langchain_anthropic")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-own")
    assert made("anthropic:claude-sonnet-4-5", tmp_path).remote
