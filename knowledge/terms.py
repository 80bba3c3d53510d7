"""The words of a text as BM25 sees them: lower case, stemmed lightly, spelling variants and clinical synonyms united."""

from __future__ import annotations

import re

_WORD = re.compile(r"[a-z0-9]+(?:[.\-/][0-9]+)*%?")
_STOPWORDS = frozenset(
    [
        "a",
        "after",
        "all",
        "also",
        "an",
        "and",
        "any",
        "are",
        "around",
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
        "get",
        "give",
        "given",
        "gives",
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
        "like",
        "many",
        "may",
        "me",
        "mean",
        "means",
        "much",
        "must",
        "my",
        "need",
        "needs",
        "of",
        "on",
        "or",
        "our",
        "per",
        "s",
        "same",
        "say",
        "says",
        "seen",
        "shall",
        "should",
        "show",
        "so",
        "soon",
        "such",
        "take",
        "tell",
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
        "us",
        "use",
        "used",
        "using",
        "via",
        "was",
        "we",
        "were",
        "what",
        "when",
        "where",
        "whether",
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
        "between",
        "according",
    ]
)
_PHRASES = [
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"\bnon[- ]?proliferative(?: diabetic)? retinopathy\b", "npdr"),
        (r"(?<!non )(?<!non-)(?<!pre-)(?<!pre)\bproliferative(?: diabetic)? (?:retinopathy|disease)\b", "pdr"),
        (r"\bcotton[- ]wool spots?\b", "softexudate cottonwool"),
        (r"\bsoft exudates?\b", "softexudate cottonwool exudate"),
        (r"\bhard exudates?\b", "hardexudate exudate"),
        (r"\bcsm[eo]\b", "csme clinically significant macular oedema"),
        (r"\bdm[eo]\b", "diabetic macular oedema"),
        (r"\bclinically significant macular o?edema\b", "csme clinically significant macular oedema"),
        (r"\bcenter\b", "centre"),
        (r"\bdata sets?\b", "dataset"),
        (r"\bfollow(?:ed)?[- ]up\b", "followup"),
        (r"\bre-?examin\w+\b", "followup"),
        (r"\b(?:optic )?nerve heads?\b", "optic disc"),
        (
            r"\b(?:arteriole|arteriolar|artery|arterial|arteriolo)[- ](?:to[- ])?(?:vein|venule|venous|venular) ratio\b",
            "avr",
        ),
        (r"\ba/v ratio\b", "avr"),
        (r"\b(?:cup[- /](?:to[- ])?disc|c/d)(?: ratio)?\b", "cdr cup"),
        (r"\bnew (?:blood )?vessels?\b", "neovascularisation vessel"),
        (r"\bneovasculari[sz]ations?\b", "neovascularisation"),
        (r"\bamd\b", "amd macular degeneration"),
        (r"\bage[- ]related macular degeneration\b", "amd macular degeneration"),
        (r"\b[bc]?rvo\b", "retinal vein occlusion"),
        (r"\bintraretinal microvascular abnormalit(?:y|ies)\b", "irma intraretinal"),
        (r"\bpan[- ]?retinal (?:laser )?photocoagulation\b", "prp panretinal"),
        (r"\bpan[- ]?retinal laser\b", "prp panretinal"),
        (r"\bmicro[- ]aneurysms?\b", "microaneurysm"),
        (r"\bkwb\b", "keith wagener barker"),
        (r"\bhigh blood pressure\b", "hypertension"),
        (r"\bunited kingdom\b", "uk"),
        (r"\bunited states\b", "american"),
        (r"\bhard to read\b", "ungradable"),
        (r"\bartificial intelligence\b", "ai"),
    )
]
_GROUPS = (
    "haemorrhage hemorrhage haemorrhagic hemorrhagic bleed bleeding",
    "oedema edema swelling swollen papilloedema papilledema thickening thickened",
    "diabetes diabetic diabetics",
    "hypertension hypertensive",
    "venous vein venule venular",
    "arteriolar artery arteriole arterial",
    "image picture photograph photo photography photographic",
    "study trial",
    "prp photocoagulation laser scatter",
    "mydriatic mydriasis dilated dilation drops pupil",
    "colour color coloured colored",
    "ischaemia ischemia ischemic ischaemic",
    "calibre caliber width widths",
    "nicking nipping",
    "grader reader",
    "glaucoma glaucomatous",
    "licence license licensed",
    "english england british britain uk nhs",
    "scottish scotland scots",
    "american usa america us",
    "european europe",
    "occlusion blockage blocked occluded",
    "predict prediction predictor predicted foretell forecast prognosis prognostic",
    "progression worsening worsen progress progressed conversion",
    "followup recheck followed monitor monitored revisit recall rescreened rescreen",
    "disagreement disagree differ differs conflict discordant",
    "agreement agree concur concordance",
    "screening screen screened",
    "separate distinguish differentiate",
    "definition define defined criterion criteria",
    "reference standard yardstick benchmark",
    "severity stage stages staging grade grades level levels",
    "prevalence frequent common frequency",
    "acuity vision sight eyesight",
    "reproducibility reproducible repeatability repeatable reliability reliable",
    "algorithm software program",
    "fabricated invented hallucinated fabrication",
    "worldwide global international",
    "vitrectomy surgery operate",
    "cup cupping",
)  # fmt: skip
_SUFFIXES = ("ings", "ing", "edly", "ed", "ies", "es", "s", "ly")


def terms(text: str) -> list[str]:
    """The terms of a text in order, repetitions kept."""
    text = text.lower().replace("µ", "u")
    for pattern, replacement in _PHRASES:
        text = pattern.sub(replacement, text)
    return [_canonical(word) for word in _WORD.findall(text) if word not in _STOPWORDS]


def _canonical(word: str) -> str:
    stem = _stem(word)
    return _SYNONYMS.get(word) or _SYNONYMS.get(stem, stem)


def _stem(word: str) -> str:
    if any(character.isdigit() for character in word) or word.endswith(("ss", "us", "is")):
        return word
    if len(word) <= 4:
        return word.removesuffix("s") if len(word) == 4 else word
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 4:
            word = word[: -len(suffix)] + ("y" if suffix == "ies" else "")
            break
    return word.removesuffix("e") if len(word) > 4 else word


_SYNONYMS = {form: group.split()[0] for group in _GROUPS for word in group.split() for form in (word, _stem(word))}
