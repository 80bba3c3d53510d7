"""How hard a text is to read, by the Flesch-Kincaid grade for English and the Fernandez Huerta score for Spanish."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W\d_]+|\d+")
_VOWELS = {"en": "aeiouy", "es": "aeiouáéíóúü"}


def syllables(word: str, language: str = "en") -> int:
    """Syllables of a word, by its groups of vowels; a number counts as two."""
    word = word.lower()
    if word.isdigit():
        return 2
    groups = re.findall(f"[{_VOWELS[language]}]+", word)
    count = len(groups)
    if language == "en":
        if word.endswith("e") and not word.endswith(("le", "ee")) and count > 1:
            count -= 1
        if word.endswith("ed") and not word.endswith(("ted", "ded")) and count > 1:
            count -= 1
    else:
        count += sum(bool(re.search("[aeoáéó]{2}|[íú][aeo]|[aeo][íú]", group)) for group in groups)
    return max(1, count)


def reading_grade(text: str) -> float:
    """The Flesch-Kincaid grade of an English text: years of school; a reader of nine is in the fourth or fifth."""
    words, sentences = _parts(text)
    per_word = sum(syllables(word) for word in words) / len(words)
    return 0.39 * len(words) / sentences + 11.8 * per_word - 15.59


def reading_ease(text: str) -> float:
    """The Fernandez Huerta score of a Spanish text, 0 (hard) to 100; 80 and more is easy to very easy."""
    words, sentences = _parts(text)
    per_word = sum(syllables(word, "es") for word in words) / len(words)
    return 206.84 - 60.0 * per_word - 1.02 * len(words) / sentences


def _parts(text: str) -> tuple[list[str], int]:
    words = _WORD.findall(text)
    sentences = [s for s in re.split(r"[.!?:](?:\s|$)", text) if _WORD.search(s)]
    return words, max(1, len(sentences))
