"""The shipped corpus: Markdown notes of one subject each, cut into sentences that carry their sources.

A note is `# Title`, a line `topics: a, b`, `## Section` headings, and one sentence a line ending in `[key, key]`.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ..errors import KnowledgeError
from ..records.claim import Passage
from . import references

CORPUS = Path(__file__).with_name("corpus")
_SCOPE = CORPUS.with_name("scope.json")
_SENTENCE = re.compile(r"^(?P<text>\S.*[.?!]) \[(?P<keys>[A-Za-z0-9_]+(?:, [A-Za-z0-9_]+)*)\]$")


@dataclass(frozen=True)
class Sentence:
    """A sentence of a note: `number` counts from 1 in the note, `section` is the heading above it."""

    note: str
    title: str
    topics: tuple[str, ...]
    section: str
    number: int
    text: str
    keys: tuple[str, ...]

    @property
    def id(self) -> str:
        """The passage id, such as `severity-scale#3`."""
        return f"{self.note}#{self.number}"


def parse_note(name: str, text: str) -> list[Sentence]:
    """The sentences of a note; raises KnowledgeError on a line that is no heading and no sentence with keys."""
    title, section = "", ""
    topics: tuple[str, ...] = ()
    sentences: list[Sentence] = []
    for line in text.splitlines():
        line = line.strip()
        if not line:
            continue
        if line.startswith("## "):
            section = line[3:]
        elif line.startswith("# "):
            title = line[2:]
        elif line.startswith("topics: "):
            topics = tuple(part.strip() for part in line[8:].split(","))
        else:
            match = _SENTENCE.match(line)
            if match is None:
                raise KnowledgeError(f"{name}: a sentence without its reference key: {line[:60]}")
            keys = tuple(match["keys"].split(", "))
            sentences.append(Sentence(name, title, topics, section, len(sentences) + 1, match["text"], keys))
    return sentences


@lru_cache(maxsize=1)
def sentences() -> tuple[Sentence, ...]:
    """All sentences of the shipped notes, in the order of the notes' names."""
    notes = sorted(CORPUS.glob("*.md"))
    if not notes:
        raise KnowledgeError(f"{CORPUS}: the corpus is missing; reinstall fundoscope")
    return tuple(sentence for note in notes for sentence in parse_note(note.stem, note.read_text(encoding="utf-8")))


@lru_cache(maxsize=1)
def passages() -> tuple[Passage, ...]:
    """The corpus as passages of one sentence each."""
    return tuple(_passage(sentence) for sentence in sentences())


@lru_cache(maxsize=1)
def by_id() -> dict[str, Passage]:
    """The passages by id."""
    return {passage.id: passage for passage in passages()}


def _passage(sentence: Sentence) -> Passage:
    first = sentence.keys[0]
    fields = references.custom(first)
    topics = dict.fromkeys([*sentence.topics, *(t for key in sentence.keys for t in references.custom(key)["topics"])])
    return Passage(
        id=sentence.id,
        text=sentence.text,
        reference=first,
        references=list(sentence.keys),
        title=references.csl(first)["title"],
        year=references.year(first),
        guideline=fields["guideline"],
        edition=fields["edition"],
        superseded_by=fields["superseded_by"],
        topics=list(topics),
        place=f"{sentence.title}, sentence {sentence.number}",
    )


@lru_cache(maxsize=1)
def _headings() -> dict[str, str]:
    return {sentence.id: f"{sentence.title}, {sentence.section}" for sentence in sentences()}


def index_text(passage: Passage) -> str:
    """The text that is embedded: the note's title and section (or the source's title) before the sentence."""
    return f"{_headings().get(passage.id, passage.title)}: {passage.text}"


def lexical_text(passage: Passage) -> str:
    """The text that BM25 indexes: beside the sentence the titles, authors and years of its sources."""
    if passage.id not in _headings():
        return f"{passage.title} {passage.text} {passage.year or ''}"
    sources = (
        f"{' '.join(references.names(key))} {references.year(key) or ''} {passage.title if key == passage.reference else ''}"
        for key in passage.references
    )
    return f"{index_text(passage)} {' '.join(sources)}"


@lru_cache(maxsize=1)
def outside_subjects() -> tuple[str, ...]:
    """Subjects that the corpus does not treat; a question near one of them is the less likely to be answered."""
    return tuple(json.loads(_SCOPE.read_text(encoding="utf-8"))["subjects"])


@lru_cache(maxsize=1)
def corpus_sha256() -> str:
    """The hash of the notes, the references and the subjects outside, in hexadecimal."""
    digest = hashlib.sha256()
    for path in [*sorted(CORPUS.glob("*.md")), CORPUS.with_name("references.json"), _SCOPE]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
