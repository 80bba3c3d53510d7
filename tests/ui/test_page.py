"""The page in a real browser: a photograph is dropped in, read, shown and asked about."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium"),
]


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "FUNDOSCOPE_HOME": str(tmp_path / "home")}
    command = [sys.executable, "-m", "fundoscope", "ui", "--port", str(port)]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        with socket.socket() as knock:
            if knock.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.2)
    yield f"http://127.0.0.1:{port}"
    server.terminate()
    server.wait()


def test_a_dropped_photograph_is_read_shown_and_asked_about(address: str, phantom_file: Path, tmp_path: Path) -> None:
    from playwright.sync_api import expect, sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        outside: list[str] = []
        page.on("request", lambda request: outside.append(request.url) if _leaves(request.url, address) else None)
        page.goto(address)
        page.locator("#entry input[type=file]").set_input_files(str(phantom_file))
        expect(page.get_by_role("listitem", name="File thumbnail")).to_be_visible(timeout=60_000)
        page.locator("#entry textarea").press("Enter")
        chat = page.locator("#chat")
        expect(chat).to_contain_text("probability", timeout=120_000)
        expect(page.locator("#picture img")).to_be_visible(timeout=20_000)
        expect(page.locator("#layers")).to_contain_text("vessels")
        page.locator("#entry textarea").fill("How many microaneurysms are there?")
        page.locator("#entry textarea").press("Enter")
        expect(chat.get_by_text(re.compile(r"microaneurysms? (were|was) detected")).last).to_be_visible(timeout=60_000)
        before = page.locator("#picture img").get_attribute("src")
        page.locator("#entry textarea").fill("Zoom in on the macula")
        page.locator("#entry textarea").press("Enter")
        expect(chat.get_by_text(re.compile("Shown beside: photo-1: macula"))).to_be_visible(timeout=60_000)
        expect(page.locator("#picture img")).not_to_have_attribute("src", str(before), timeout=20_000)
        shot = Path(os.environ.get("FUNDOSCOPE_SCREENSHOTS", tmp_path)) / "page.png"
        page.wait_for_timeout(1000)
        page.screenshot(path=str(shot))
        browser.close()
    assert shot.stat().st_size > 20_000
    assert outside == []


def _leaves(url: str, address: str) -> bool:
    return url.startswith("http") and not url.startswith(address)
