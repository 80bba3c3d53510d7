"""Everyday words of a report: verbs of looking, being and having, and words that can be neither true nor false of an eye.

Words that take something back, weigh it or add to it (exclude, lack, suspect, likely, new, worse) are not among them.
"""

from __future__ import annotations

_REGULAR = """accept account achieve acquire act allocate amount appear apply arrange assess assign attain attribute base belong
calculate capture categorise categorize characterise characterize class classify compute consider
consist constitute contain count cover deem deliver demonstrate depict derive describe designate detect determine discern
display distribute divide document encompass encounter equal establish estimate evaluate exhibit exist express extend
favour favor feature fill flag form fulfil harbour harbor host identify image include indicate infer inspect
interpret involve judge label list locate look mark match measure name note number observe obtain occupy occur output
pick place point position possess predict present process produce provide quantify rank rate reach receive record register remain
report represent rest return reveal review score seem select serve share situate sort span state
stay stretch supply tabulate tally total turn use visualise visualize yield"""
_IRREGULAR = """am are be been being is was were has have having had do does did can could will would may might show shows shown
showed showing found finding find finds held holding hold holds bore bear bears bearing borne carry carries carried
carrying lay lie lies lying fall falls fell falling stand stands stood give gives gave given giving got get gets
getting make makes made making put puts putting read reads ran run runs running see sees saw seen choose chosen take
takes took taken taking go goes gone come comes came coming keep keeps kept sit sits sat sitting spread split splits
comprise comprises comprised comprising meet meets met fulfils fulfilled labelled labels totalled visible detectable
evident discernible identifiable recognisable recognizable observable noticeable there become becomes became"""
_PHRASES = """picked up, picks up, picked out, made out, turned up, came up, came out, comes out, turned out, turns out,
worked out, made up, makes up, make up, making up, take up, takes up, taking up, taken up, filed under, filed
as, labelled as, submitted as, as follows, suffers from, evidence of, sign of, signs of, presence of, in total
there are"""
_AROUND = """a, an, any, detection, lesion detection, the, this, that, these, those, its, it, itself, them, they, their, there, here, of, in, on, at, by,
for, from, to, as, upon, into, onto, per, via, i, we, our, us, also, additionally, furthermore, moreover,
overall, notably, specifically, accordingly, currently, again, likewise, similarly, indeed, automatically,
clearly, merely, simply, particularly, in particular, in turn, in summary, in contrast, by contrast, in
comparison, in detail, in question, by comparison, for its part, in this case, assessment, assessments,
analysis, analyses, evaluation, evaluations, examination, inspection, review, measurement, measurements, result,
results, output, outputs, estimate, estimates, estimation, prediction, predictions, interpretation, conclusion,
summary, impression, report, reading, readings, reader, finding, findings, observation, observations, data,
case, patient, patient's, the patient's, example, model, models, model's, grading model, classifier,
classifiers, classifier's, algorithm, algorithm's, system, software, network, network's, detector, detectors,
detector's, expert, experts, segmentation, segmenter, tool, automated, automatic, verdict, category, categories,
classification, class, classes, tree, photograph, photographs, photograph's, photo, photos, image, images,
image's, imaging, picture, pictures, picture's, scan, scans, view, retina, retinas, retina's, retinal, fundus,
fundi, eye, eyes, eye's, ocular, quadrant, quadrants, region, regions, area, areas, sector, sectors, portion,
part, aspect, side, sides, from side to side, side to side, vertically, horizontally, number of, numbers of,
number, figure, figures, value, values, count of, counts of, proportion of, fraction of, share of, percentage
of, exactly, precisely, just, instead, true, actual, final, own, solitary, lone, isolated, individual, separate,
discrete, estimated, calculated, computed, measured, submitted, supplied, corresponding, respective, resulting,
according to, away, centre, center, long, length, position, positions, arrangement, relative, layout,
orientation, geometry, spatial, configuration, where, between, who, whose, thereby, please, given as, that such,
so-called, with respect to, with regard to, regarding, concerning, as for, in terms of, type of, kind of,
entire, whole, sum of, 's, ', ", /, of them, all of them, either, both, each, in the case of, even, still, in
number, as a whole, along, zone, expected to be, well within, comfortably, by far, limit, threshold, boundary,
meridian, direction, axis, dimension, vertical, across, what, frequently, additional, burden of, load of, a
further, scattered, dispersed, over, retain, retains, retained, mean, means, meaning, by definition, half,
halves, hemisphere, hemispheres"""
_GUARDED = (
    r"some(?= (?:micro|ha?em|hard|soft|cotton|exud))",
    r"(?<=\d )(?:only|alone)",
    r"only(?= (?:\d|grades?\b|icdr|a\b|an\b|about|one|two|three|four|five|six|seven|eight|nine|ten))",
    r"single(?= (?:mas?\b|grade|microan|ha?em|hard|soft|cotton))",
    r"two(?= eyes)",
    r"all(?= in)",
    r"n(?= ?=)",
    r"within(?= (?:the (?:right|left)|od|os)\b)",
    r"(?:optic )?cup(?= (?:of|in|could|cannot))",
    r"set(?= (?:contains|includes|is|comprises|has|covers|spans))",
    r"further(?= \d)",
    r"similar(?: values)?(?= in both|:)",
    r"(?:nearly|almost) (?:equal|identical|the same)(?= (?:at|in))",
    r"differs?(?: markedly| considerably| slightly)?(?= ?[:;])",
    r"top(?= (?:prediction|grade|class|choice))",
    r"alone(?= (?:accounts|holds|contains|has|carries|shows))",
    r"only(?= (?:hard |soft )?(?:microaneurysm|ha?emorrhage|cotton)\b)",
    r"(?:confined|limited|restricted) to(?= (?:icdr |grades? )?(?:grade|icdr|\d))",
    r"well(?= (?:within|inside|beyond|outside|above|below|over|under))",
    r"associated(?= (?:probability|confidence|score|value))",
    r"types?(?= (?:was|were|is|are)\b)",
)
"""Words that say nothing only where they stand before or behind others."""


def _forms(verb: str) -> list[str]:
    """A regular verb in all its forms."""
    if verb.endswith("e"):
        return [verb, f"{verb}s", f"{verb}d", f"{verb[:-1]}ing"]
    if verb.endswith("y") and verb[-2] not in "aeou":
        return [verb, f"{verb[:-1]}ies", f"{verb[:-1]}ied", f"{verb}ing"]
    return [verb, f"{verb}{'es' if verb.endswith(('s', 'sh', 'ch', 'x')) else 's'}", f"{verb}ed", f"{verb}ing"]


def _listed(text: str) -> list[str]:
    return [" ".join(words.split()) for words in text.split(",")]


def _either(words: list[str]) -> str:
    return "|".join(sorted(dict.fromkeys(words), key=len, reverse=True))


VERBS = _either([form for verb in _REGULAR.split() for form in _forms(verb)] + _IRREGULAR.split() + _listed(_PHRASES))
"""A pattern for verbs that join a thing to what is said of it."""
FILLERS = "|".join([*_GUARDED, _either(_listed(_AROUND))])
"""A pattern for words that say nothing of an eye."""
