"""Pictures for a planner that sees: made at the moment of the call, within the budget, and recorded by their hash."""

from __future__ import annotations

import asyncio
import hashlib
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from PIL import Image

from ..records import Finding, Photograph
from ..records.report import SentPicture
from ..tools.views import View, render
from .models.pictures import picture_block

WHOLE_SIDE = 1024
"""Longest side, in pixels, of a whole photograph as a planner is shown it."""
CLOSE_SIDE = 768
"""Longest side, in pixels, of a region as a planner is shown it."""
PIXELS_PER_TOKEN = 750
"""What a picture costs a vision model, by the rule of thumb its providers publish."""
JPEG_QUALITY = 90


@dataclass(frozen=True)
class Picture:
    """A view as JPEG bytes without metadata."""

    view: View
    data: bytes
    width: int
    height: int

    @property
    def tokens(self) -> int:
        """About what the picture costs."""
        return self.width * self.height // PIXELS_PER_TOKEN

    def block(self) -> dict[str, Any]:
        """The picture as a content block of a message."""
        return picture_block(self.data)

    def sent(self, *, remote: bool) -> SentPicture:
        """The record of showing it."""
        return SentPicture(
            what=self.view.words,
            sha256=hashlib.sha256(self.data).hexdigest(),
            width=self.width,
            height=self.height,
            bytes=len(self.data),
            remote=remote,
        )


async def take(view: View, photograph: Photograph, findings: Mapping[str, Finding]) -> Picture:
    """The picture of a view. The findings can reach their maps (`use(store)`)."""
    return await asyncio.to_thread(_take, view, photograph, findings)


def _take(view: View, photograph: Photograph, findings: Mapping[str, Finding]) -> Picture:
    pixels = render(view, photograph, findings, WHOLE_SIDE if view.what == "whole" else CLOSE_SIDE)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=JPEG_QUALITY, subsampling=0)
    return Picture(view=view, data=buffer.getvalue(), width=pixels.shape[1], height=pixels.shape[0])


def affordable(views: Iterable[View], shown: Iterable[SentPicture], most: int) -> tuple[list[View], list[View]]:
    """Views that may be shown and those the budget of `most` different pictures leaves out. Showing one again is free."""
    known = {picture.what for picture in shown}
    may: list[View] = []
    cut: list[View] = []
    for view in views:
        if view.words in known or len(known) < most:
            known.add(view.words)
            may.append(view)
        else:
            cut.append(view)
    return may, cut


def record(shown: Iterable[SentPicture], pictures: Iterable[SentPicture]) -> list[SentPicture]:
    """The pictures shown so far with those of another message; one that was shown before is counted."""
    by_what = {picture.what: picture for picture in shown}
    for picture in pictures:
        before = by_what.get(picture.what)
        times = 1 if before is None else before.times + 1
        by_what[picture.what] = picture.model_copy(update={"times": times})
    return list(by_what.values())
