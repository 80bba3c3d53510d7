"""Fixed replies, for what no claim can answer."""

from __future__ import annotations

CAPABILITIES = (
    "Ask about image quality, landmarks, vessels, lesions, macula, grade, disc, follow-up, what the literature says, "
    "similar cases you kept, or why a sentence stands in the report."
)
OUT_OF_SCOPE = (
    "That is outside what a colour fundus photograph, these experts and the literature here can answer. " + CAPABILITIES
)
SMALL_TALK = (
    "I read colour fundus photographs; I am research software, not a person and not a medical device. " + CAPABILITIES
)
NO_SIMILAR = "No similar case: nothing has been kept yet. `fundoscope cases keep PHOTO --grade N` keeps one."
NO_EARLIER = (
    "Not compared: the case holds one visit of this eye. Read dated photographs of both visits together, or name the earlier "
    "report (`fundoscope read PHOTO --prior OLD.json`)."
)
NO_PASSAGE = "The literature here has no passage on that."
LETTER = (
    "A letter in plain words, to the patient or in another language, is made by `fundoscope letter report.json` or "
    "`scope.letter(report)`."
)
REVIEW = (
    "A person's correction is recorded by `fundoscope review CASE` or `scope.review(report, ...)`: each sentence accepted, edited or "
    "rejected, the grade, a note and the signature; the report says so."
)
SYMPTOMS = (
    "Complaints are not assessed here: a photograph does not answer them. New flashes, floaters, a shadow, pain or any change of sight "
    "want an eye doctor at once, whatever this report says."
)
FORMATS = (
    "A report is written by `fundoscope read PHOTO --out DIR --format json,html,pdf,csv,fhir,sr,seg` or "
    "`scope.write(report, DIR, formats=...)`."
)
CARD = "All of its figures, data and limits: `fundoscope experts card {name}`."
NOTHING_DRAWN = "Nothing is drawn: an overlay is shown only with the answer that was asked for it."
NO_TREATMENT = (
    "Not assessed: treatment; no expert here decides on it, and the report says no more than when to be seen."
)
NOT_INSTALLED = {
    "screen_conditions": "Not assessed: no expert for conditions other than diabetic retinopathy is installed.",
    "outline_region": "Not assessed: no expert that outlines a marked region is installed.",
}
"""Tools a request can ask for that this version may lack."""
