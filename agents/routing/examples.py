"""Example requests per intent: the templates of `examples/`, filled in, misspelt and dressed up, by a seed."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

FOLDER = Path(__file__).with_name("examples")
FILLS = 3
"""Examples made of one template that has slots; a third as many of one that has none."""
CARRIERS = (
    "please {}",
    "{} please",
    "can you tell me {}",
    "could you {}",
    "I would like to know {}",
    "I want to know {}",
    "tell me {}",
    "hi, {}",
    "doctor asks: {}",
    "quick question: {}",
    "just {}",
    "{} thanks",
    "also {}",
    "and {}",
    "would you mind checking {}",
    "we need {}",
    "{} for my study",
    "{} asap",
    "in this photo {}",
    "{} in this patient",
    "my question is {}",
    "I wonder {}",
    "{} (diabetic, 60 years)",
)
_KEYS = {"a": "sq", "e": "wr", "i": "uo", "o": "ip", "r": "et", "s": "ad", "t": "ry", "n": "bm", "l": "k", "c": "xv"}


def templates() -> dict[str, list[str]]:
    """Intent to its templates."""
    return {
        file.stem: [line for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
        for file in sorted(FOLDER.glob("*.txt"))
    }


def plain_words() -> set[str]:
    """Every word of the examples, lower case."""
    slots = json.loads((FOLDER / "slots.json").read_text(encoding="utf-8"))
    lines = [line for group in (*templates().values(), *slots.values(), CARRIERS) for line in group]
    return {word for line in lines for word in re.findall(r"[a-z]+", re.sub(r"\{\w*\}", " ", line.lower()))}


def examples(seed: int = 0) -> list[tuple[str, str]]:
    """(intent, request) pairs; the same for the same seed."""
    draw = random.Random(seed)
    slots: dict[str, list[str]] = json.loads((FOLDER / "slots.json").read_text(encoding="utf-8"))
    found: dict[tuple[str, str], None] = {}
    for intent, lines in templates().items():
        for line in lines:
            for number in range(FILLS if "{" in line else 1 + FILLS // 3):
                text = re.sub(r"\{(\w+)\}", lambda slot: draw.choice(slots[slot[1]]), line)
                if number and intent not in ("filler", "small_talk") and draw.random() < 0.5:
                    text = draw.choice(CARRIERS).format(text)
                if number and draw.random() < 0.4:
                    text = misspelt(text, draw)
                found[intent, text] = None
    return list(found)


def misspelt(text: str, draw: random.Random) -> str:
    """The text with slips of the keyboard in about a quarter of its longer words."""
    return " ".join(_slip(word, draw) if len(word) > 3 and draw.random() < 0.25 else word for word in text.split())


def _slip(word: str, draw: random.Random) -> str:
    at = draw.randrange(1, len(word) - 1)
    kind = draw.choice(("drop", "swap", "double", "key"))
    if kind == "drop":
        return word[:at] + word[at + 1 :]
    if kind == "swap":
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if kind == "double":
        return word[:at] + word[at] + word[at:]
    return word[:at] + draw.choice(_KEYS.get(word[at].lower(), word[at])) + word[at + 1 :]
