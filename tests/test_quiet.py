"""Dependencies stay quiet whatever the shell says."""

from __future__ import annotations

from pathlib import Path

import pytest
from fundoscope.quiet import KEYS, SWITCHES, quiet_dependencies
from fundoscope.settings import load_settings


def test_tracing_inherited_from_the_shell_is_switched_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in (*SWITCHES, "YOLO_CONFIG_DIR"):
        monkeypatch.setenv(name, "left over")
    for key in KEYS:
        monkeypatch.setenv(key, "secret")
    quiet_dependencies(load_settings(home=tmp_path))
    assert {name: os.environ[name] for name in SWITCHES} == SWITCHES
    assert not any(key in os.environ for key in KEYS)
    assert os.environ["YOLO_CONFIG_DIR"].startswith(str(tmp_path))


@pytest.mark.parametrize("name", [name for name in SWITCHES if "TRACING" in name])
def test_tracing_that_was_on_before_is_off_afterwards(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from langsmith.utils import get_env_var, tracing_is_enabled

    for switch in SWITCHES:
        monkeypatch.delenv(switch, raising=False)
    monkeypatch.setenv(name, "true")
    get_env_var.cache_clear()
    assert tracing_is_enabled()
    quiet_dependencies(load_settings(home=tmp_path))
    assert not tracing_is_enabled()
