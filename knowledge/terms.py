"""The words of a text as BM25 sees them: lower case, stemmed lightly, spelling variants and clinical synonyms united."""

from __future__ import annotations

import re
from functools import lru_cache

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
_PHRASES = tuple(
    (trigger, re.compile(pattern), replacement)
    for trigger, pattern, replacement in (
        ("proliferative", r"\bnon[- ]?proliferative(?: diabetic)? retinopathy\b", "npdr"),
        (
            "proliferative",
            r"(?<!non )(?<!non-)(?<!pre-)(?<!pre)\bproliferative(?: diabetic)? (?:retinopathy|disease)\b",
            "pdr",
        ),
        ("cotton", r"\bcotton[- ]wool spots?\b", "softexudate cottonwool"),
        ("soft exud", r"\bsoft exudates?\b", "softexudate cottonwool exudate"),
        ("hard exud", r"\bhard exudates?\b", "hardexudate exudate"),
        ("csm", r"\bcsm[eo]\b", "csme clinically significant macular oedema"),
        ("dm", r"\bdm[eo]\b", "diabetic macular oedema"),
        ("clinically", r"\bclinically significant macular o?edema\b", "csme clinically significant macular oedema"),
        ("center", r"\bcenter\b", "centre"),
        ("data set", r"\bdata sets?\b", "dataset"),
        ("follow", r"\bfollow(?:ed)?[- ]up\b", "followup"),
        ("examin", r"\bre-?examin\w+\b", "followup"),
        ("seen", r"\b(?:be seen(?: again| next)?|seen (?:again|next))\b", "followup"),
        ("soon", r"\bhow soon\b", "followup"),
        ("come", r"\b(?:come|comes|coming) back\b", "followup"),
        ("next", r"\bnext (?:visit|appointment|exam|examination|photograph|check)\b", "followup"),
        ("nerve head", r"\b(?:optic )?nerve heads?\b", "optic disc"),
        (
            " ratio",
            r"\b(?:arteriole|arteriolar|artery|arterial|arteriolo)[- ](?:to[- ])?(?:vein|venule|venous|venular) ratio\b",
            "avr",
        ),
        ("a/v", r"\ba/v ratio\b", "avr"),
        ("cup", r"\bcup[- /](?:to[- ])?disc(?: ratio)?\b", "cdr cup"),
        ("c/d", r"\bc/d(?: ratio)?\b", "cdr cup"),
        ("new ", r"\bnew (?:blood )?vessels?\b", "neovascularisation vessel"),
        ("neovascular", r"\bneovasculari[sz]ations?\b", "neovascularisation"),
        ("amd", r"\bamd\b", "amd macular degeneration"),
        ("macular deg", r"\bage[- ]related macular degeneration\b", "amd macular degeneration"),
        ("rvo", r"\b[bc]?rvo\b", "retinal vein occlusion"),
        ("microvascular", r"\bintraretinal microvascular abnormalit(?:y|ies)\b", "irma intraretinal"),
        ("photocoagulation", r"\bpan[- ]?retinal (?:laser )?photocoagulation\b", "prp panretinal"),
        ("retinal laser", r"\bpan[- ]?retinal laser\b", "prp panretinal"),
        ("aneurysm", r"\bmicro[- ]aneurysms?\b", "microaneurysm"),
        ("kwb", r"\bkwb\b", "keith wagener barker"),
        ("blood pressure", r"\bhigh blood pressure\b", "hypertension"),
        ("kingdom", r"\bunited kingdom\b", "uk"),
        ("states", r"\bunited states\b", "american"),
        ("artificial", r"\bartificial intelligence\b", "ai"),
    )
)
"""Phrases as (a part that must be there for the pattern to be tried, the pattern, the words it stands for)."""
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
    for trigger, pattern, replacement in _PHRASES:
        if trigger in text:
            text = pattern.sub(replacement, text)
    return [_canonical(word) for word in _WORD.findall(text) if word not in _STOPWORDS]


@lru_cache(maxsize=1 << 16)
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
