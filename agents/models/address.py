"""Where a model's server is, and whether that is this machine."""

from __future__ import annotations

import ipaddress
import os
import urllib.request
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit, urlunsplit

from ...errors import BadSetting

_OF_PROVIDER = {
    "openai": ("OPENAI_BASE_URL", "OPENAI_API_BASE"),
    "anthropic": ("ANTHROPIC_BASE_URL", "ANTHROPIC_API_URL"),
    "ollama": ("OLLAMA_HOST",),
}
"""Environment variables by which the providers' own clients find a server."""
_OLLAMA = "http://127.0.0.1:11434"


@dataclass(frozen=True)
class Address:
    """A server's address. `from_setting`: given by our setting and not by the provider's variable or habit."""

    parts: SplitResult
    from_setting: bool

    def url(self, *, v1: bool) -> str:
        """The base URL; a bare host gets the path `/v1`, or loses it, as the provider's client wants it."""
        path = self.parts.path.rstrip("/").removesuffix("/chat/completions")
        path = (path or "/v1") if v1 else path.removesuffix("/v1")
        return urlunsplit((self.parts.scheme, self.parts.netloc, path, self.parts.query, ""))

    @property
    def shown(self) -> str:
        """The address for reports: no user, no password, no query."""
        host = f"[{self.parts.hostname}]" if ":" in (self.parts.hostname or "") else self.parts.hostname
        port = f":{self.parts.port}" if self.parts.port else ""
        return f"{self.parts.scheme}://{host}{port}{self.parts.path.rstrip('/').removesuffix('/v1')}"

    @property
    def loopback(self) -> bool:
        """Whether it names this machine."""
        host = self.parts.hostname or ""
        if host == "localhost" or host.endswith(".localhost"):
            return True
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return False

    @property
    def proxied(self) -> bool:
        """Whether the environment names a proxy that a client would go through, even to this machine."""
        proxies = urllib.request.getproxies()
        named = proxies.get(self.parts.scheme) or proxies.get("all")
        return bool(named) and not urllib.request.proxy_bypass(self.parts.netloc.rpartition("@")[2])


def address_of(provider: str, base_url: str | None) -> Address | None:
    """The server of a provider's models; None for the provider's own. Raises BadSetting for what is no address."""
    if base_url:
        return Address(_split(base_url), from_setting=True)
    named = next((os.environ[name] for name in _OF_PROVIDER.get(provider, ()) if os.environ.get(name)), None)
    if provider == "ollama":
        named = named or _OLLAMA
        named = named if "://" in named else f"http://{named}"
        parts = _split(named.replace("//0.0.0.0", "//127.0.0.1"))
        parts = parts if parts.port else parts._replace(netloc=f"{parts.netloc}:11434")
        return Address(parts, from_setting=False)
    return Address(_split(named), from_setting=False) if named else None


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url.strip())
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable:
        raise BadSetting("planner_base_url is no address; it looks like http://127.0.0.1:8000")
    return parts
