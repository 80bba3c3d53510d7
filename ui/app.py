"""The reading room: a chat page on this machine where photographs are read and asked about."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import BadSetting, FundoscopeError
from ..formats.display import layer_names, overlay_picture
from ..formats.layers import starts_on
from ..formats.words import EYE_WORDS
from ..quiet import quiet_dependencies
from ..records import Claim, Finding, Photograph, Report
from ..records.report import DISCLAIMER
from ..sdk import Fundoscope
from ..settings import default_settings, working_under

STEP_WORDS = {
    "intake": "took the photograph in",
    "triage": "looked at quality and landmarks",
    "plan": "planned what to ask",
    "consult": "consulted the experts",
    "reconcile": "held the experts against each other",
    "retrieve": "looked up the literature",
    "compose": "wrote the claims",
    "verify": "verified every claim",
    "write_report": "put the report together",
}
GREETING = (
    "Drop one or more photographs of one patient here, or use the paper clip. "
    "Then ask, for example, “how many microaneurysms?”, “why this grade?”, “zoom in on the macula” or “what follows?”"
)
FILE_TYPES = [".jpg", ".jpeg", ".png", ".tif", ".tiff", ".dcm"]
CACHE_SECONDS = 3600
"""Uploaded files are deleted after this time."""

Message = dict[str, Any]
Update = tuple[Any, ...]


class Room:
    """What the page's events do. One room serves all visitors; what belongs to a visitor is in their session state."""

    def __init__(self, scope: Fundoscope) -> None:
        self.scope = scope

    async def respond(self, message: Message, history: list[Message], visitor: dict[str, Any]) -> AsyncIterator[Update]:
        """Read dropped photographs, or answer a question. Yields (history, visitor, picture, layers, files, which)."""
        import gradio as gr

        visitor = visitor or {"session": secrets.token_hex(8), "report": None, "shown": 0}
        text, files = (message.get("text") or "").strip(), list(message.get("files") or [])
        keep = (gr.skip(), gr.skip(), gr.skip(), gr.skip())
        history = [*history, {"role": "user", "content": text or _photographs(len(files))}]
        scope = self.scope.in_session(visitor["session"])
        try:
            if files:
                async for steps, report in self._read(scope, files):
                    shown = [*history, {"role": "assistant", "content": steps}]
                    if report is None:
                        yield (shown, visitor, *keep)
                        continue
                    visitor = {**visitor, "report": report.model_dump(mode="json"), "shown": 0}
                    history = shown
                    yield (shown, visitor, *await self._show(scope, report))
            if text:
                words, picture = await self._answer(scope, visitor, text)
                also = keep if picture is None else (picture, *keep[1:])
                yield ([*history, {"role": "assistant", "content": words}], visitor, *also)
            elif not files:
                yield ([*history, {"role": "assistant", "content": GREETING}], visitor, *keep)
        except FundoscopeError as error:
            yield ([*history, {"role": "assistant", "content": _own_words(error)}], visitor, *keep)

    async def picture(self, layers: list[str], visitor: dict[str, Any]) -> NDArray[np.uint8] | None:
        """The photograph that is shown with the chosen layers drawn on it; None before one was read, or when it is no longer
        kept."""
        if not visitor or not visitor.get("report"):
            return None
        report = Report.model_validate(visitor["report"])
        photograph, findings = await self._seen(
            self.scope.in_session(visitor["session"]), report, visitor.get("shown", 0)
        )
        return await self._drawn(photograph, findings, layers)

    async def turn_to(self, which: str, visitor: dict[str, Any]) -> Update:
        """Show another photograph of the case, by its name. (visitor, picture, layers)."""
        report = Report.model_validate(visitor["report"])
        visitor = {**visitor, "shown": photograph_names(report).index(which)}
        scope = self.scope.in_session(visitor["session"])
        return (visitor, *await self._pictured(scope, report, visitor["shown"]))

    async def _read(self, scope: Fundoscope, files: list[str]) -> AsyncIterator[tuple[str, Report | None]]:
        lines: list[str] = []
        async for step, report in scope.astream(files):
            if step not in STEP_WORDS:
                continue
            lines.append(f"- {STEP_WORDS[step]}")
            words = "\n".join(dict.fromkeys(lines))
            yield (words, None) if report is None else (f"{words}\n\n{_impression(report)}", report)

    async def _answer(
        self, scope: Fundoscope, visitor: dict[str, Any], question: str
    ) -> tuple[str, NDArray[np.uint8] | None]:
        """The words of an answer, and the picture it shows if it shows one."""
        if not visitor.get("report"):
            return "There is no photograph yet. " + GREETING, None
        report = Report.model_validate(visitor["report"])
        answer = await scope.aask(report, question)
        visitor["report"] = (await scope.areport(report.case)).model_dump(mode="json")
        lines = [_sentence(claim) for claim in answer.claims]
        lines += [f"Shown beside: {view.words}" for view in answer.views]
        lines += answer.notes
        picture = beside([await scope.apicture(report, view) for view in answer.views])
        return "\n".join(f"- {line}" for line in lines) or answer.text, picture

    async def _show(self, scope: Fundoscope, report: Report) -> Update:
        import gradio as gr

        folder = self.scope.settings.home / "ui" / scope.session
        files = [str(path) for path in await scope.awrite(report, folder)]
        names = photograph_names(report)
        which = gr.Radio(choices=names, value=names[0], visible=len(names) > 1)
        return (*await self._pictured(scope, report, 0), gr.Files(value=files, visible=True), which)

    async def _pictured(self, scope: Fundoscope, report: Report, place: int) -> Update:
        """A photograph of the case with the layers that are on at first, and the boxes to choose them by."""
        import gradio as gr

        photograph, findings = await self._seen(scope, report, place)
        layers = layer_names(findings)
        chosen = [name for name in layers if starts_on(findings, name)]
        boxes = gr.CheckboxGroup(choices=layers, value=chosen, visible=bool(layers))
        return (await self._drawn(photograph, findings, chosen), boxes)

    async def _drawn(
        self, photograph: Photograph | None, findings: list[Finding], layers: list[str]
    ) -> NDArray[np.uint8] | None:
        if photograph is None:
            return None
        with working_under(self.scope.settings):
            return await asyncio.to_thread(overlay_picture, photograph, findings, layers)

    async def _seen(self, scope: Fundoscope, report: Report, place: int) -> tuple[Photograph | None, list[Finding]]:
        """A photograph of the case by its place, and what was found in it."""
        sha256 = _shown(report)[place].sha256
        photograph = (await scope.aphotographs(report)).get(sha256)
        findings = [e.finding for e in report.evidence if e.finding is not None and e.finding.photograph == sha256]
        return photograph, [finding.use(scope.engine.bench.store) for finding in findings]


def photograph_names(report: Report) -> list[str]:
    """The photographs of a case by their eye, numbered where an eye has several."""
    names = []
    for eye, told in report.eyes.items():
        for number in range(1, len(told.photographs) + 1):
            names.append(EYE_WORDS[eye] + (f" {number}" if len(told.photographs) > 1 else ""))
    return names


def beside(pictures: list[NDArray[np.uint8]]) -> NDArray[np.uint8] | None:
    """Pictures (h, w, 3) in a row, the lower ones on black; None without any."""
    if not pictures:
        return None
    height = max(len(picture) for picture in pictures)
    return np.hstack([np.pad(p, ((0, height - len(p)), (0, 0), (0, 0))) for p in pictures])


def _shown(report: Report) -> list[Photograph]:
    return [photograph for eye in report.eyes.values() for photograph in eye.photographs]


def _photographs(count: int) -> str:
    return "1 photograph" if count == 1 else f"{count} photographs"


def _own_words(error: FundoscopeError) -> str:
    """The error without the server's temporary path."""
    return str(error).rsplit("/", 1)[-1]


def _sentence(claim: Claim) -> str:
    return f"{claim.text} *({', '.join(claim.evidence)})*"


def _impression(report: Report) -> str:
    adequacy = [c for eye in report.eyes.values() for s in eye.steps if s.name == "adequacy" for c in s.claims]
    claims = [*adequacy, *report.impression, *report.recommendation.claims]
    lines = [f"**{report.status.value.replace('_', ' ').capitalize()}**", ""]
    lines += [f"- {_sentence(claim)}" for claim in claims]
    lines += [f"- Disagreement: {d.text}" for d in report.disagreements]
    return "\n".join(lines)


def build(scope: Fundoscope) -> Any:
    """The page as gradio Blocks."""
    import gradio as gr

    room = Room(scope)
    with gr.Blocks(
        title="Fundoscope", analytics_enabled=False, fill_width=True, delete_cache=(CACHE_SECONDS, CACHE_SECONDS)
    ) as page:
        visitor, taken = gr.State({}), gr.State({})
        gr.Markdown(f"# Fundoscope\n{DISCLAIMER}")
        with gr.Row(equal_height=False):
            with gr.Column(scale=5, min_width=320):
                chat = gr.Chatbot(
                    value=[{"role": "assistant", "content": GREETING}],
                    label="Reading",
                    height=560,
                    elem_id="chat",
                    buttons=[],
                )
                entry = gr.MultimodalTextbox(
                    file_types=FILE_TYPES,
                    file_count="multiple",
                    placeholder="Drop photographs, or ask a question",
                    show_label=False,
                    elem_id="entry",
                )
            with gr.Column(scale=5, min_width=320):
                picture = gr.Image(
                    label="Photograph",
                    interactive=False,
                    format="jpeg",
                    height=560,
                    elem_id="picture",
                    buttons=["fullscreen"],
                )
                which = gr.Radio(choices=[], label="Photograph shown", visible=False, elem_id="which")
                layers = gr.CheckboxGroup(choices=[], label="Overlays", visible=False, elem_id="layers")
                files = gr.Files(label="Report (JSON and HTML)", interactive=False, visible=False, elem_id="files")
        entry.submit(lambda message: (message, None), entry, [taken, entry], queue=False).then(
            room.respond, [taken, chat, visitor], [chat, visitor, picture, layers, files, which]
        )
        layers.input(room.picture, [layers, visitor], picture)
        which.input(room.turn_to, [which, visitor], [visitor, picture, layers])
    return page


def launch(port: int, on_ready: Callable[[str], None]) -> None:
    """Serve the page on 127.0.0.1 until interrupted; `on_ready` hears its address. Raises BadSetting for a taken port."""
    settings = default_settings()
    quiet_dependencies(settings)
    os.environ["GRADIO_TEMP_DIR"] = str(settings.home / "ui" / "uploads")
    import gradio as gr

    page = build(Fundoscope(settings, session="ui"))
    theme = gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"])
    try:
        page.launch(
            server_name="127.0.0.1",
            server_port=port,
            share=False,
            theme=theme,
            ssr_mode=False,
            footer_links=[],
            show_error=False,
            quiet=True,
            prevent_thread_lock=True,
            allowed_paths=[str(settings.home / "ui")],
        )
    except OSError as error:
        raise BadSetting(f"port {port} is in use or closed to this program; --port takes another") from error
    on_ready(f"http://127.0.0.1:{port}")
    page.block_thread()
