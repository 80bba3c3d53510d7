"""A real Chroma server on loopback serves the same passages."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fundoscope.knowledge.retrieve import Retriever
from fundoscope.settings import Settings


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    command = Path(sys.executable).with_name("chroma")
    if not command.exists() and shutil.which("chroma") is None:
        pytest.fail("the chroma command comes with chromadb and is missing")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments = ["run", "--path", str(tmp_path / "server"), "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(
        [str(command), *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=tmp_path
    )
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(150):
            try:
                if httpx.get(f"{url}/api/v2/heartbeat", timeout=2).status_code == 200:
                    break
            except httpx.TransportError:
                time.sleep(0.2)
        else:
            pytest.fail("the Chroma server did not start")
        yield url
    finally:
        process.terminate()
        process.wait(timeout=20)


def test_a_server_answers_like_the_embedded_store(server: str, retriever: Retriever, tmp_path: Path) -> None:
    remote = Retriever(Settings(home=tmp_path / "home", chroma_url=server))
    for question in ("how soon should severe NPDR be seen?", "what are cotton-wool spots a sign of?"):
        assert [p.id for p in remote.search(question)] == [p.id for p in retriever.search(question)]
    assert not (tmp_path / "home" / "chroma").exists()
