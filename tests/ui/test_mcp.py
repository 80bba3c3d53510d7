"""The MCP server: its tools are the experts', it answers from one folder alone, and no file's name leaves it."""

from __future__ import annotations

import base64
import io
import json
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fundoscope import Fundoscope
from fundoscope.errors import BadSetting
from fundoscope.experts import expert_names, load_card
from fundoscope.ui import mcp_server
from fundoscope.ui.mcp_folder import Folder
from fundoscope.ui.mcp_server import build
from mcp import Client, StdioServerParameters
from PIL import Image

NAME = "Erika_Mustermann_1950.png"


@pytest.fixture
def folder(tmp_path: Path, phantom_file: Path) -> Path:
    """A photograph named after a patient, and a damaged file."""
    shutil.copy(phantom_file, tmp_path / NAME)
    (tmp_path / "Max_Muster.jpg").write_bytes(b"\xff\xd8\xff no picture")
    return tmp_path


@pytest.fixture
def client(scope: Fundoscope, folder: Path) -> Client:
    return Client(build(scope, Folder(folder, scope.settings.home)))


async def called(client: Client, tool: str, **arguments: object) -> tuple[bool, Any]:
    """Whether a call failed, and what came back: the JSON of an answer, or the line of an error."""
    result = await client.call_tool(tool, arguments)
    text = result.content[0].text  # type: ignore[union-attr]
    return bool(result.is_error), text if result.is_error else json.loads(text)


async def test_every_expert_is_a_tool_described_by_its_card(client: Client) -> None:
    async with client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    for name in (*expert_names(), "region"):
        card = load_card(name)
        assert (tools[card.tool].description or "").startswith(card.task.rstrip("."))
    others = {"list_photographs", "read_photographs", "ask_about_case", "zoom", "compare_visits", "search_literature"}
    assert {*others, "find_similar_cases"} < set(tools)
    assert tools["grade_retinopathy"].input_schema["required"] == ["photograph"]


async def test_photographs_have_references_and_no_names(client: Client) -> None:
    async with client:
        failed, listed = await called(client, "list_photographs")
        assert not failed and listed == {"photographs": ["photo-1", "photo-2"], "of": 2}
        assert (await called(client, "list_photographs", after=1))[1]["photographs"] == ["photo-2"]
        failed, quality = await called(client, "assess_quality", photograph="photo-1")
        assert not failed and quality["label"] == "gradable" and quality["photograph"] == "photo-1"
        _, by_name = await called(client, "assess_quality", photograph=NAME)
        assert by_name["measurements"] == quality["measurements"]


@pytest.mark.parametrize("asked", ["photo-9", "../secret.png", "/etc/passwd", "", "\0"])
async def test_nothing_outside_the_folder_is_looked_at(client: Client, folder: Path, asked: str) -> None:
    (folder.parent / "secret.png").write_bytes((folder / NAME).read_bytes())
    async with client:
        failed, line = await called(client, "assess_quality", photograph=asked)
    assert failed and "there is no photograph" in line


async def test_an_error_names_no_file(client: Client) -> None:
    async with client:
        failed, line = await called(client, "grade_retinopathy", photograph="photo-2")
    assert failed and "photo-2: " in line
    assert "Muster" not in line and "\n" not in line


async def test_an_expert_says_what_it_measured_with_intervals(client: Client) -> None:
    async with client:
        _, lesions = await called(client, "detect_lesions", photograph="photo-1")
    counts = {m["name"]: m for m in lesions["measurements"]}
    low, high = counts["lesion_count_HE"]["interval"]
    assert low <= counts["lesion_count_HE"]["value"] <= high
    assert lesions["eye"] == "right" and "artifacts" not in lesions and "not a medical device" in lesions["disclaimer"]


async def test_a_picture_is_given_with_findings_drawn_on_it(client: Client) -> None:
    async with client:
        result = await client.call_tool("zoom", {"photograph": "photo-1", "landmark": "disc", "overlay": ["disc"]})
    picture = Image.open(io.BytesIO(base64.b64decode(result.content[0].data)))  # type: ignore[union-attr]
    assert picture.format == "JPEG" and max(picture.size) <= 1024 and not picture.getexif()


async def test_a_case_is_read_and_asked_about(client: Client) -> None:
    async with client:
        _, report = await called(client, "read_photographs", photographs=["photo-1"])
        assert report["impression"] and all(sentence["evidence"] for sentence in report["impression"])
        assert "Mustermann" not in json.dumps(report)
        _, answer = await called(client, "ask_about_case", case=report["case"], question="how many haemorrhages?")
        assert any("haemorrhage" in sentence["text"] for sentence in answer["sentences"])
        failed, line = await called(client, "ask_about_case", case="case-none", question="how many haemorrhages?")
        assert failed and line.endswith("case-none was not read in this session")


async def test_a_region_is_outlined_and_a_comparison_refused_in_words(client: Client) -> None:
    async with client:
        failed, outlined = await called(client, "outline_region", photograph="photo-1", point=[900, 700])
        assert not failed and outlined["expert"] == "region"
        failed, line = await called(client, "compare_visits", earlier="photo-1", later="photo-1")
        assert failed and line.endswith("the earlier and the later photograph are the same")


def test_the_command_serves_without_the_sites_own_documents(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[Fundoscope] = []

    def build(scope: Fundoscope, folder: Folder) -> SimpleNamespace:
        served.append(scope)
        return SimpleNamespace(run=lambda transport: None)

    monkeypatch.setattr(mcp_server, "build", build)
    mcp_server.serve(folder)
    assert served[0].settings.own_documents is False and served[0].session == "mcp"


@pytest.mark.parametrize(
    ("names", "damaged"),
    [
        (("Anna_Meier/OD.jpg", "Max_Muster/OD.jpg"), 1),  # patients' folders with the same names in them
        (("Muster.jpg", "anna_Muster.jpg"), 1),  # a name that is the end of another
    ],
)
def test_errors_name_the_right_reference_and_no_part_of_a_path(
    tmp_path: Path, names: tuple[str, str], damaged: int
) -> None:
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"\xff\xd8\xff")
    shelf = Folder(tmp_path, tmp_path / "home")
    assert shelf.hidden(f"{tmp_path / names[damaged]}: the file is truncated") == "photo-2: the file is truncated"


async def test_a_folder_that_was_emptied_names_nothing(client: Client, folder: Path) -> None:
    for file in folder.iterdir():
        file.unlink()
    (folder / "Erika.txt").write_text("nothing")
    async with client:
        assert (await called(client, "list_photographs"))[1] == {"photographs": [], "of": 0}
        _, line = await called(client, "assess_quality", photograph="photo-7")
        assert str(folder) not in line and "Erika" not in line
        _, line = await called(client, "assess_quality", photograph="photo-1")
        assert "photo-1: " in line and str(folder) not in line


def test_references_stay_with_their_files_while_others_come_and_go(tmp_path: Path, phantom_file: Path) -> None:
    with pytest.raises(BadSetting, match="no photographs"):
        Folder(tmp_path, tmp_path / "home")
    shutil.copy(phantom_file, tmp_path / "b.png")
    shelf = Folder(tmp_path, tmp_path / "home")
    shutil.copy(phantom_file, tmp_path / "a.png")
    assert shelf.references() == ["photo-1", "photo-2"]
    assert shelf.path("photo-1").name == "b.png" and shelf.path("a.png").name == "a.png"
    (tmp_path / "b.png").unlink()
    assert shelf.references() == ["photo-2"]


async def test_a_client_speaks_to_the_command_over_its_stdin_and_stdout(folder: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    command = StdioServerParameters(
        command=sys.executable,
        args=["-m", "fundoscope", "mcp", str(folder)],
        env={"FUNDOSCOPE_HOME": str(home), "PATH": "/usr/bin"},
    )
    async with Client(command) as client:
        assert "every sentence stands on evidence" in (client.instructions or "")
        failed, found = await called(client, "locate_landmarks", photograph="photo-1")
    assert not failed and found["label"] == "right"
    assert home.is_dir()


def test_a_missing_package_is_one_line(folder: Path) -> None:
    code = "import sys; sys.modules['mcp'] = None; from fundoscope.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", code, "mcp", str(folder)], capture_output=True, text=True, check=False)
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr == (
        "fundoscope: the MCP server needs a package that is missing; pip install 'fundoscope[mcp]'\n"
    )
