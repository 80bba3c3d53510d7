"""Questions that are not read: too long a text, and another language than English."""

from __future__ import annotations

import re
import unicodedata

MOST_LETTERS = 2000
"""A question of more characters is no question of one case."""
TOO_LONG = f"That is too long: please ask in at most {MOST_LETTERS} characters."
OTHER_LANGUAGE = "Please ask in English; questions in other languages are not read here."
FOREIGN_SHARE = 0.3
"""From this share of letters outside the Latin alphabet on a text is not English."""
_ENGLISH = frozenset(
    [
        "the",
        "a",
        "an",
        "is",
        "are",
        "was",
        "of",
        "in",
        "on",
        "and",
        "or",
        "what",
        "which",
        "how",
        "many",
        "much",
        "any",
        "there",
        "this",
        "that",
        "does",
        "do",
        "did",
        "has",
        "have",
        "with",
        "for",
        "to",
        "it",
        "she",
        "he",
        "her",
        "his",
        "you",
        "i",
        "my",
        "we",
        "be",
        "at",
        "by",
        "from",
        "not",
        "no",
        "where",
        "when",
        "why",
        "who",
        "can",
        "could",
        "should",
        "would",
        "please",
        "show",
        "tell",
        "grade",
        "eye",
    ]
)
_FOREIGN = {
    "es": "el la los las un una es está hay de del y o en qué que cuál cuáles cuánto cuántas cuántos cómo dónde por para con "
    "ojo ojos derecho izquierdo tiene retinopatía hemorragias exudados paciente informe cuando su se",
    "de": "der das ist sind ein eine einen gibt es wie viele welche welcher wo warum und oder im auge augen rechte rechten linke "
    "linken hat der mit für nicht netzhaut blutungen sehen bitte zeige sie ich wann muss",
    "fr": "le la les un une est sont y il elle combien quel quelle quels où pourquoi et ou dans du de des oeil œil yeux droit "
    "gauche avec pour pas rétinopathie hémorragies quand montre moi avez vous ce cette",
}
_FOREIGN_WORDS = {language: frozenset(words.split()) - _ENGLISH for language, words in _FOREIGN.items()}


def refusal(question: str) -> str | None:
    """Why a question is not read; None for one that is."""
    if len(question) > MOST_LETTERS:
        return TOO_LONG
    return OTHER_LANGUAGE if in_another_language(question) else None


def in_another_language(question: str) -> bool:
    """Whether a question is in another language: letters of another script, or more of its little words than English ones.

    One little word alone decides only beside a letter or mark that English has not.
    """
    letters = [letter for letter in question if letter.isalpha()]
    latin = [letter for letter in letters if unicodedata.name(letter, "").startswith("LATIN")]
    if len(letters) - len(latin) > FOREIGN_SHARE * len(letters):
        return True
    words = set(re.findall(r"[^\W\d_]+", question.lower()))
    english = len(words & _ENGLISH)
    foreign = max(len(words & known) for known in _FOREIGN_WORDS.values())
    marked = "¿" in question or any(not letter.isascii() for letter in latin)
    return foreign > english and (foreign >= 2 or marked)
