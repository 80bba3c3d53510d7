"""Signs and diseases of the eye that no expert here looks for, by the ways they are spelt. Longer names stand before those within
them; an abbreviation that is a word of its own counts in capitals alone."""

from __future__ import annotations

NAMES: dict[str, str] = {
    "branch retinal vein occlusion": r"branch (?:retinal )?vein (?:occlusions?|thrombos[ie]s)|\bbrvos?\b",
    "central retinal vein occlusion": r"central (?:retinal )?vein (?:occlusions?|thrombos[ie]s)|\bcrvos?\b",
    "retinal vein occlusion": r"(?:retinal )?(?:vein|venous) (?:occlusions?|thrombos[ie]s)|branch occlusions?|occluded veins?|\brvos?\b",
    "retinal artery occlusion": r"(?:(?:branch|central) )?(?:retinal )?(?:artery|arterial) occlusions?|occluded arter(?:y|ies)"
    r"|\b[cb]raos?\b",
    "retinal embolus": r"(?:retinal )?embol(?:us|i|ism)|hollenhorst(?: plaques?)?",
    "retinal detachment": r"(?:(?:tractional|rhegmatogenous|exudative|retinal|retina|diabetic) )*detachments?(?: of the retina)?"
    r"|detached retinas?|retina(?: is)? detach(?:ed|ing)|\b[tr]?rds?\b",
    "posterior vitreous detachment": r"posterior vitreous detachments?|vitreous detachments?|\bpvds?\b",
    "retinal tear": r"(?:retinal|retina) (?:tears?|breaks?|holes?)|torn retina|retina(?: is)? torn|horseshoe tears?",
    "lattice degeneration": r"lattice(?: degeneration)?",
    "retinoschisis": r"retinoschisis",
    "macular hole": r"(?:(?:lamellar|full[- ]thickness) )?macular? (?:pseudo-?)?holes?|hole in the macula|\bMH\b",
    "epiretinal membrane": r"epi-?retinal (?:membranes?|gliosis|fibrosis)|macular pucker|cellophane maculopathy|(?-i:\bERMs?\b)",
    "vitreomacular traction": r"vitreo-?macular (?:traction|adhesion)|\bvmt\b",
    "macular telangiectasia": r"macular telangiectasias?|\bmactel\b",
    "central serous chorioretinopathy": r"central serous(?: (?:chorio-?)?retinopathy)?(?: chorioretinopathy)?|\bcs(?:c|r|cr)\b",
    "choroidal neovascularisation": r"(?:choroidal|subretinal) neovasculari[sz]ations?|\bcnvm?\b",
    "polypoidal choroidal vasculopathy": r"polypoidal (?:choroidal )?vasculopathy|(?-i:\bPCV\b)",
    "optic disc drusen": r"(?:optic )?(?:dis[ck]|nerve(?: head)?) drusen",
    "drusen": r"(?:(?:soft|hard|macular|reticular) )?\bdrus(?:en|e|ens)\b",
    "geographic atrophy": r"geographic atrophy",
    "vitreous haemorrhage": r"(?:intra-?)?vitr(?:eous|eal) (?:ha?emorrhages?|bleed(?:s|ing)?)|bleed(?:ing)? (?:in|into) the vitreous"
    r"|blood in the vitreous|(?-i:\bVH\b)",
    "preretinal haemorrhage": r"(?:pre-?retinal|subhyaloid) (?:ha?emorrhages?|bleed(?:s|ing)?)",
    "subretinal haemorrhage": r"(?:sub-?retinal|choroidal) (?:ha?emorrhages?|bleed(?:s|ing)?)",
    "disc haemorrhage": r"(?:optic )?(?:dis[ck]|drance) ha?emorrhages?",
    "Roth spots": r"roth'?s? spots?",
    "papilloedema": r"papillo?o?edema|(?:swollen|swelling of the|o?edema of the) (?:optic )?(?:dis[ck]s?|nerves?)(?: heads?)?"
    r"|(?:optic )?(?:dis[ck]|nerve)(?: head)? (?:is |looks )?(?:swollen|swelling|o?edema)",
    "optic atrophy": r"optic (?:nerve )?atroph(?:y|ic)|(?:pale (?:optic )?dis[ck]|dis[ck] pallor|pallor of the (?:optic )?dis[ck])",
    "optic neuritis": r"optic neuritis|papillitis",
    "ischaemic optic neuropathy": r"(?:anterior )?isch(?:a)?emic optic neuropath(?:y|ies)|\bna?aion\b|\baion\b",
    "melanoma": r"(?:(?:choroidal|uveal|ocular) )?melanomas?",
    "naevus": r"(?:choroidal )?(?:na?evus|na?evi|freckles?)",
    "tumour": r"tumou?rs?(?! board)|(?:eye |ocular )?cancers?|metastas[ei]s|malignanc(?:y|ies)|neoplasms?",
    "retinoblastoma": r"retinoblastomas?",
    "haemangioma": r"ha?emangiomas?|von hippel[- ]lindau",
    "pigment epithelial hypertrophy": r"\bchrpe\b|hypertrophy of the (?:retinal )?pigment epithelium",
    "retinitis pigmentosa": r"retinitis pigmentosa|(?:rod[- ]cone|cone[- ]rod) dystroph(?:y|ies)|bone[- ]spicules?|(?-i:\bRP\b)",
    "inherited retinal dystrophy": r"(?:retinal |macular )?dystroph(?:y|ies)|stargardts?(?:'?s)?(?: disease)?|best'?s? (?:disease|vitelliform)"
    r"|choroid(?:a)?emia|choroideremia",
    "retinopathy of prematurity": r"retinopathy of (?:prematurity|prematures?)|\brop\b",
    "sickle cell retinopathy": r"(?:proliferative )?sickle(?:[- ]cell)?(?: (?:retinopathy|disease|an(?:a)?emia))?|sea[- ]fan",
    "radiation retinopathy": r"radiation (?:retinopathy|maculopathy)",
    "hydroxychloroquine retinopathy": r"(?:hydroxy)?chloroquine (?:retinopathy|maculopathy|toxicity)|plaquenil|bull'?s[- ]eye maculopathy",
    "Coats disease": r"coats'?(?:'?s)? disease",
    "Eales disease": r"eales'?(?:'?s)? disease",
    "retinal macroaneurysm": r"(?:retinal )?(?:arterial? |arteriolar )?macro-?aneurysms?",
    "retinal vasculitis": r"(?:retinal )?vasculitis",
    "ocular ischaemic syndrome": r"ocular isch(?:a)?emi[ac](?: syndrome)?|retinal isch(?:a)?emia",
    "uveitis": r"(?:(?:anterior|posterior|intermediate|pan) ?)?uveitis|vitritis|iritis|\bendophthalmitis",
    "chorioretinitis": r"chorio-?retinitis|choroiditis|retinitis|toxoplasm(?:osis|a)|\bcmv\b|cytomegalovirus|birdshot",
    "scleritis": r"scleritis",
    "angioid streaks": r"angioid streaks?",
    "myelinated nerve fibres": r"(?:myelinated|medullated) (?:nerve )?(?:fib(?:re|er)s?)",
    "coloboma": r"colobomas?",
    "tilted disc": r"tilted dis[ck]s?|dis[ck] pits?|optic pits?",
    "asteroid hyalosis": r"asteroid hyalosis|synchysis",
    "vitreous floaters": r"floaters?",
    "laser scars": r"laser (?:scars?|marks?|burns?|spots?)|(?:photocoagulation|prp) (?:scars?|marks?)|(?:has|have) (?:\w+ )?(?:\w+ )?had (?:any )?laser|(?:previous|prior|past) laser",
    "proliferation of fibrous tissue": r"fibro(?:us|vascular) proliferations?|fibrosis",
    "neovascularisation": r"neo-?vasculari[sz]ations?|new (?:blood )?vessels?|\bnv[de]\b|neovessels?",
    "IRMA": r"\birmas?\b|intra-?retinal micro-?vascular (?:abnormalit(?:y|ies)|anomal(?:y|ies))",
    "arteriovenous nicking": r"(?:a-?v|arterio-?venous|arterio-?venular) (?:nick(?:ing|s)?|nipping|compression|crossing changes?)"
    r"|copper wiring|silver wiring|gunn'?s? sign|salus'?s? sign",
    "leakage": r"(?:dye |vascular |fluorescein |capillary )?leakages?\b|\bleaking\b",
    "capillary non-perfusion": r"(?:capillary |retinal )?non-?perfusion|(?:macular|peripheral) isch(?:a)?emia|(?:capillary )?drop-?out",
    "risk of stroke, heart disease or dementia": r"(?:(?:risks?|signs?|chances?) of (?:a |an )?)?(?:strokes?|heart (?:attacks?|disease|failure)|cardio-?vascular"
    r"|dementia|alzheimer'?s?)(?: (?:risks?|disease|events?))?",
    "diabetes itself": r"(?:do|does|did) (?:i|he|she|they|you think (?:i|he|she)|(?:the|this|my) (?:patient|person|woman|man)) have diabetes"
    r"(?! (?:mellitus )?(?:eye|retin))|\bis (?:he|she|(?:the|this) (?:patient|person)) (?:a )?diabetic\b(?! (?:retin|macul))|\bdiagnose diabetes\b",
    "venous beading": r"(?:venous|vein) beading|beading(?: of the veins)?|beaded veins?",
}
"""What an answer calls it, by a pattern of its spellings."""
