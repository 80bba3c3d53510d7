"""Requests to tune the whole-request reader on: labelled ones, filled-in templates, and several of them joined into one, by a seed."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Sequence

from .examples import CARRIERS, FOLDER, misspelt, templates
from .intents import NO_WISH, intents
from .spelling import corrected

TEMPLATES, JOINED = 1200, 1500
"""Requests made of one template; of two or three wishes joined."""
JOINTS = (
    *(", and ", "; ", " and ", ". ", ". Also, ", ", also ", ", then ", " plus ", " as well as ", ". And ", "? ", " - "),
    *(" & ", ", ", " / ", ", and also ", "\n"),
)

Wished = tuple[str, tuple[str, ...]]
"""A request and the intents it holds."""


def wished(labelled: Sequence[Wished], seed: int) -> list[Wished]:
    """Requests with their spelling mended, each with its intents; none where nothing is asked for."""
    draw = random.Random(seed)
    slots: dict[str, list[str]] = json.loads((FOLDER / "slots.json").read_text(encoding="utf-8"))
    lines = templates()
    names = [name for name in intents() if name != NO_WISH]
    single: dict[str, list[str]] = {name: [] for name in names}
    for text, wanted in labelled:
        if len(wanted) == 1:
            single[wanted[0]].append(text)

    def filled(intent: str) -> str:
        return re.sub(r"\{(\w+)\}", lambda slot: draw.choice(slots[slot[1]]), draw.choice(lines[intent]))

    found: list[Wished] = []
    for text, wanted in labelled:
        for _ in range(min(2, len(wanted))):
            dressed = text
            if draw.random() < 0.15:
                dressed = draw.choice(CARRIERS).format(dressed)
            if draw.random() < 0.07:
                dressed = filled(NO_WISH) + draw.choice((". ", ", ", " - ")) + dressed
            found.append((dressed, wanted))
    for intent in draw.choices(list(lines), [len(group) ** 0.7 for group in lines.values()], k=TEMPLATES):
        text = draw.choice(CARRIERS).format(filled(intent)) if draw.random() < 0.3 else filled(intent)
        found.append((text, () if intent == NO_WISH else (intent,)))
    for _ in range(JOINED):
        wanted = tuple(draw.choice(names) for _ in range(2 if draw.random() < 0.75 else 3))
        parts = [draw.choice(single[i]) if single[i] and draw.random() < 0.6 else filled(i) for i in wanted]
        if draw.random() < 0.25:
            parts.insert(draw.randrange(len(parts) + 1), filled(NO_WISH))
        found.append((_joined(parts, draw), wanted))
    draw.shuffle(found)
    return [(_typed(text, draw), wanted) for text, wanted in found]


def _joined(parts: Sequence[str], draw: random.Random) -> str:
    text = parts[0].rstrip(" .?!")
    for part in parts[1:]:
        text = text.rstrip(" .?!") + draw.choice(JOINTS) + (part[0].lower() + part[1:] if draw.random() < 0.7 else part)
    return text


def _typed(text: str, draw: random.Random) -> str:
    """As somebody in a hurry types it, now and then; mended as the router would, mostly."""
    if draw.random() < 0.25:
        text = misspelt(text, draw)
    if draw.random() < 0.3:
        text = text.rstrip(" ?.!")
    return corrected(text) if draw.random() < 0.8 else text.lower()
