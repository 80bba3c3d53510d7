"""The words of a text as BM25 sees them: lower case, stemmed lightly, spelling variants and clinical synonyms united."""

from __future__ import annotations

import re

_WORD = re.compile(r"[a-z0-9]+(?:[.\-/][0-9]+)*%?")
_STOPWORDS = frozenset(
    [
        "a",
        "an",
        "and",
        "any",
        "are",
        "as",
        "at",
        "be",
        "been",
        "being",
        "but",
        "by",
        "can",
        "could",
        "did",
        "do",
        "does",
        "for",
        "from",
        "had",
        "has",
        "have",
        "how",
        "i",
        "if",
        "in",
        "into",
        "is",
        "it",
        "its",
        "me",
        "my",
        "of",
        "on",
        "or",
        "our",
        "per",
        "should",
        "so",
        "such",
        "than",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "this",
        "those",
        "to",
        "under",
        "up",
        "was",
        "we",
        "were",
        "what",
        "when",
        "where",
        "which",
        "while",
        "who",
        "whom",
        "whose",
        "why",
        "will",
        "with",
        "within",
        "would",
        "you",
        "your",
        "about",
        "much",
        "many",
        "soon",
        "between",
        "give",
        "gives",
        "given",
        "use",
        "used",
        "using",
        "tell",
        "show",
        "according",
    ]
)
_PHRASES = [
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"\bnon[- ]?proliferative(?: diabetic)? retinopathy\b", "npdr"),
        (r"(?<!non )(?<!non-)(?<!pre-)(?<!pre)\bproliferative(?: diabetic)? (?:retinopathy|disease)\b", "pdr"),
        (r"\bcotton[- ]wool spots?\b", "softexudate"),
        (r"\bsoft exudates?\b", "softexudate"),
        (r"\bhard exudates?\b", "hardexudate"),
        (r"\bmacular (?:o?edema|swelling)\b", "maculopathyoedema"),
        (r"\bdme\b", "maculopathyoedema diabetic"),
        (r"\bcsm[eo]\b", "csme maculopathyoedema"),
        (r"\bclinically significant macular o?edema\b", "csme maculopathyoedema"),
        (r"\b(?:center|centre)\b", "centre"),
        (
            r"\b(?:arteriole|arteriolar|artery|arterial|arteriolo)[- ](?:to[- ])?(?:vein|venule|venous|venular) ratio\b",
            "avr",
        ),
        (r"\ba/v ratio\b", "avr"),
        (r"\b(?:cup[- /](?:to[- ])?disc|c/d)(?: ratio)?\b", "cdr"),
        (r"\bnew (?:blood )?vessels?\b", "neovascularisation"),
        (r"\bneovasculari[sz]ations?\b", "neovascularisation"),
        (r"\bage[- ]related macular degeneration\b", "amd"),
        (r"\bretinal vein occlusions?\b", "rvo"),
        (r"\bintraretinal microvascular abnormalit(?:y|ies)\b", "irma"),
        (r"\bpan[- ]?retinal (?:laser )?photocoagulation\b", "prp"),
        (r"\bpan[- ]?retinal laser\b", "prp"),
        (r"\bmicro[- ]aneurysms?\b", "microaneurysm"),
        (r"\bkwb\b", "keith wagener barker"),
        (r"\bhigh blood pressure\b", "hypertension"),
        (r"\bartificial intelligence\b", "ai"),
    )
]
_SYNONYMS = {
    "haemorrhage": "bleed", "hemorrhage": "bleed", "haemorrhagic": "bleed", "hemorrhagic": "bleed", "bleeding": "bleed",
    "blood": "blood", "oedema": "oedema", "edema": "oedema", "swelling": "oedema", "swollen": "oedema", "papilloedema": "oedema",
    "papilledema": "oedema", "hypertensive": "hypertension", "diabetic": "diabetes", "dr": "retinopathy",
    "tortuous": "tortuosity", "vein": "venous", "venule": "venous", "venular": "venous", "artery": "arteriolar",
    "arteriole": "arteriolar", "arterial": "arteriolar", "picture": "image", "photograph": "image", "photo": "image",
    "photography": "image", "trial": "study", "laser": "prp", "photocoagulation": "prp", "pupil": "mydriatic",
    "dilated": "mydriatic", "dilation": "mydriatic", "mydriasis": "mydriatic", "recheck": "re-examined",
    "glaucomatous": "glaucoma", "beaded": "beading", "licence": "license", "dataset": "dataset", "calibration": "calibration",
    "coloured": "colour", "color": "colour", "ischemia": "ischaemia", "ischemic": "ischaemia", "ischaemic": "ischaemia",
    "caliber": "calibre", "diameter": "diameter", "nicking": "nicking", "nipping": "nicking", "grader": "grader", "reader": "grader",
}  # fmt: skip
_SUFFIXES = ("ings", "ing", "edly", "ed", "ies", "es", "s", "ly")


def terms(text: str) -> list[str]:
    """The terms of a text in order, repetitions kept."""
    text = text.lower().replace("µ", "u").replace("data set", "dataset")
    for pattern, replacement in _PHRASES:
        text = pattern.sub(replacement, text)
    return [_canonical(word) for word in _WORD.findall(text) if word not in _STOPWORDS]


def _canonical(word: str) -> str:
    if word in _SYNONYMS:
        return _SYNONYMS[word]
    stem = _stem(word)
    return _SYNONYMS.get(stem, stem)


def _stem(word: str) -> str:
    if len(word) <= 4 or any(character.isdigit() for character in word):
        return word.removesuffix("s") if len(word) == 4 and not word.endswith("ss") and word.isalpha() else word
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 4 and not word.endswith(("ss", "us", "is")):
            stem = word[: -len(suffix)]
            if suffix == "ies":
                return stem + "y"
            if suffix == "es" and not stem.endswith(("s", "x", "z", "ch", "sh")):
                return stem + "e"
            return stem
    return word
