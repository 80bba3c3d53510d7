"""The experts, the literature and whole readings as tools of an MCP server, over stdin and stdout, for one folder's photographs.

Importing it raises BadSetting where the package `mcp` is not installed.
"""

from __future__ import annotations

import asyncio
import functools
import io
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, Literal

from PIL import Image as Picture
from pydantic import Field

from .. import __version__
from ..errors import BadSetting, FundoscopeError
from ..experts import expert_names, load_card
from ..quiet import quiet_dependencies
from ..records.comparison import COMPARE
from ..records.report import DISCLAIMER
from ..sdk import Fundoscope
from ..tools.experts import described
from ..tools.lookups import SEARCH, SIMILAR, without_note
from ..tools.outline import OUTLINE
from ..tools.zoom import WORDS, ZOOM
from .mcp_folder import Folder
from .mcp_told import Told, told_answer, told_finding, told_passage, told_report

try:
    from mcp.server.mcpserver import Image, MCPServer
    from mcp.server.mcpserver.exceptions import ToolError
    from mcp.types import ToolAnnotations
except ImportError as error:
    raise BadSetting("the MCP server needs a package that is missing; pip install 'fundoscope[mcp]'") from error

INSTRUCTIONS = (
    "Fundoscope reads colour fundus photographs of one folder. list_photographs gives their references. read_photographs "
    "writes a whole report whose every sentence stands on evidence; the other tools ask one expert. What is not_assessed was "
    f"not looked at or could not be judged: it is no negative finding. {DISCLAIMER}"
)
MOST_LISTED = 200
"""References of one listing."""
LONGEST_SIDE, JPEG_QUALITY = 1024, 90
"""Of the pictures that `zoom` gives."""

Reference = Annotated[str, Field(description="A photograph's reference, for example photo-1")]
Side = Annotated[
    Literal["right", "left"] | None,
    Field(description="Which eye, if the user said so; otherwise it is told by the picture"),
]
Tool = Callable[..., Awaitable[Any]]


class Desk:
    """The tools. Each answers from the files of one folder and from nothing else of this machine's."""

    def __init__(self, scope: Fundoscope, folder: Folder) -> None:
        self.scope, self.folder = scope, folder

    async def list_photographs(
        self, after: Annotated[int, Field(ge=0, description="How many references to pass over")] = 0
    ) -> Told:
        """References of the photographs that are there. Names of files are not told."""
        references = await asyncio.to_thread(self.folder.references)
        return {"photographs": references[after : after + MOST_LISTED], "of": len(references)}

    async def read_photographs(
        self,
        photographs: Annotated[
            list[str], Field(min_length=1, max_length=8, description="References of the photographs of one patient")
        ],
        eye: Side = None,
    ) -> Told:
        """A whole reading of one patient's photographs: all experts, held against each other, and a report of verified sentences.
        Returns its case, by which ask_about_case answers questions."""
        report = await self.scope.aread([await self._file(one) for one in photographs], eye=eye)
        return told_report(report)

    async def ask_about_case(
        self,
        case: Annotated[str, Field(description="The case that read_photographs returned")],
        question: Annotated[str, Field(min_length=3, max_length=500, description="In plain English")],
    ) -> Told:
        """An answer to a question about a case, in verified sentences of its report and evidence."""
        return told_answer(await self.scope.aask(case, question))

    async def outline_region(
        self,
        photograph: Reference,
        box: Annotated[
            list[float] | None, Field(description="A box around it: x, y, width, height in pixels of the photograph")
        ] = None,
        point: Annotated[list[float] | None, Field(description="Or a point in its middle: x, y")] = None,
        eye: Side = None,
    ) -> Told:
        finding = await self.scope.aoutline(await self._file(photograph), box=box, point=point, eye=eye)
        return told_finding(finding, photograph)

    async def zoom(
        self,
        photograph: Reference,
        landmark: Annotated[Literal["macula", "disc"] | None, Field(description="What to look at")] = None,
        region: Annotated[list[float] | None, Field(description=f"Or a region: {WORDS['region']}")] = None,
        overlay: Annotated[list[str] | None, Field(description=f"Findings to draw on it: {WORDS['overlay']}")] = None,
    ) -> Image:
        """A picture of the macula, the disc, a region or the whole photograph, black outside the field of view, with findings
        drawn on it if they are named. It measures nothing; only experts measure."""
        pixels = await self.scope.azoom(
            await self._file(photograph),
            landmark=landmark,
            region=region,
            overlay=overlay or [],
            longest_side=LONGEST_SIDE,
        )
        made = io.BytesIO()
        Picture.fromarray(pixels).save(made, "JPEG", quality=JPEG_QUALITY, subsampling=0)
        return Image(data=made.getvalue(), format="jpeg")

    async def compare_visits(self, earlier: Reference, later: Reference, eye: Side = None) -> Told:
        """Two photographs of one eye held against each other: lesions detected now only, then only and at both, both grades, and
        measures with what an unchanged eye differs by. Two detections that differ are no proof that the eye does."""
        compared = await self.scope.acompare(await self._file(earlier), await self._file(later), eye=eye)
        told = compared.model_dump(mode="json", exclude_none=True)
        told["earlier"]["photograph"], told["later"]["photograph"] = earlier, later
        return {**told, "disclaimer": DISCLAIMER}

    async def search_literature(
        self, query: Annotated[str, Field(min_length=3, max_length=300, description="What to look for, in a few words")]
    ) -> Told:
        """Passages of guidelines and literature on diabetic retinopathy with their sources; none when nothing answers the query."""
        return {"passages": [told_passage(passage) for passage in await self.scope.asearch(query)]}

    async def find_similar_cases(self, photograph: Reference) -> Told:
        """Confirmed grades of the photographs kept on this machine that are most like this one. They are no measurement."""
        kept = await self.scope.asimilar(await self._file(photograph))
        return {"cases": [without_note(case) for case in kept]}

    async def _file(self, reference: str) -> Path:
        return await asyncio.to_thread(self.folder.path, reference)

    def expert(self, name: str) -> Tool:
        """The tool of one expert."""

        async def consult(photograph: Reference, eye: Side = None) -> Told:
            finding = await self.scope.aconsult(name, await self._file(photograph), eye=eye)
            return told_finding(finding, photograph)

        return consult

    def tools(self) -> dict[str, tuple[Tool, str]]:
        """Every tool with its description, which an expert's card gives where there is one."""
        experts = {load_card(name).tool: (self.expert(name), described(load_card(name))) for name in expert_names()}
        plain: dict[str, Tool] = {
            "list_photographs": self.list_photographs,
            "read_photographs": self.read_photographs,
            "ask_about_case": self.ask_about_case,
            ZOOM: self.zoom,
            COMPARE: self.compare_visits,
            SEARCH: self.search_literature,
            SIMILAR: self.find_similar_cases,
        }
        region = f"{described(load_card('region'))} It does not say what the region is."
        return {
            **{name: (tool, " ".join((tool.__doc__ or "").split())) for name, tool in plain.items()},
            **experts,
            OUTLINE: (self.outline_region, region),
        }


def build(scope: Fundoscope, folder: Folder) -> MCPServer:
    """The server."""
    server = MCPServer("fundoscope", version=__version__, instructions=INSTRUCTIONS, log_level="ERROR")
    for name, (tool, description) in Desk(scope, folder).tools().items():
        harmless = ToolAnnotations(read_only_hint=True, open_world_hint=False)
        server.add_tool(_refusing(tool, folder), name=name, description=description, annotations=harmless)
    return server


def serve(folder: Path) -> None:
    """Serve the photographs under `folder` to the client at the other end of stdin and stdout, until it hangs up.

    Raises BadSetting when the folder has no photographs.
    """
    scope = Fundoscope(session="mcp", own_documents=False)
    quiet_dependencies(scope.settings)
    server = build(scope, Folder(folder, scope.settings.home))
    server.run("stdio")


def _refusing(tool: Tool, folder: Folder) -> Tool:
    """The tool, which tells what Fundoscope refuses in one line that names no file."""

    @functools.wraps(tool)
    async def told(*given: Any, **named: Any) -> Any:
        try:
            return await tool(*given, **named)
        except FundoscopeError as error:
            raise ToolError(folder.hidden(str(error))) from error

    return told
