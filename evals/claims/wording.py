"""Words that mutations put in the place of others."""

from __future__ import annotations

REASONS = (
    ("poor focus", "poor contrast"),
    ("poor illumination", "an incomplete field of view"),
    ("out of focus", "underexposed"),
    ("macula-centred", "disc-centred"),
    ("centred on the macula", "centred on the disc"),
    ("disc-centred", "macula-centred"),
    ("centered on the optic disc", "centered on the macula"),
)
COMPARISONS = (
    ("lesion_more_than", "more than", "fewer than"),
    ("lesion_more_than", "More than", "Fewer than"),
    ("more_in", "more", "fewer"),
    ("more_in", "More", "Fewer"),
    ("worse_eye", "higher", "lower"),
    ("worse_eye", "worse", "better"),
    ("nearest_exudate", "nearest", "farthest"),
    ("nearest_exudate", "closest", "farthest"),
    ("nearest_exudate", "at least", "less than"),
    ("exudate_far", "within", "beyond"),
)
PASSAGE_COMPARISONS = (
    ("more than", "fewer than"),
    ("More than", "Fewer than"),
    ("under", "over"),
    ("less than", "more than"),
    ("within", "beyond"),
    ("upward", "downward"),
    ("at most", "at least"),
)
CLAUSES = (
    ", and there is neovascularisation",
    ", with venous beading in two quadrants",
    ", and prominent IRMA is present",
    ", which has progressed since the last visit",
    ", which is due to hypertension",
    ", and laser treatment is advised",
    ", with a vitreous haemorrhage",
    ", which means that the patient has glaucoma",
    ", so vision is certain to be affected",
    " and a choroidal naevus",
    ", as in the prior photograph",
    ", and drusen are seen at the macula",
)
