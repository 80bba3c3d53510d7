"""The closed lexicon: (concept, value, words). Earlier rows win, so longer phrases stand before their parts.

`FILLERS` say nothing that can be true or false of an eye. A word in neither makes a sentence unsupported.
"""

from __future__ import annotations

_RETINOPATHY = r"(?:(?:diabetic )?retinopathy|npdr|dr)"
_NONPROLIFERATIVE = r"(?:npdr|non-?proliferative (?:diabetic )?retinopathy|non-?proliferative dr|non-?proliferative)"
_OEDEMA = r"(?:diabetic )?macular (?:o?edema)"
_ONE_DD = r"(?:1|one|a|a single) (?:disc|disk|optic disc)[- ]diameter|1 dd|one dd"
_NOT = r"(?:was|were|is|are|has|have|had|could|can|did|does|do)(?: not|n't)|cannot|not"
_PICTURE = r"(?:photograph|photo|image|picture)"
_MORE = r"(?:more|higher|above|over|worse|greater|beyond|up)"
_MA = r"(?:microaneurysms?|mas?)"
_EYE_NOUN = r"(?:eyes?|retinas?|fundus|fundi)"
_COUNT = r"(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty)(?:-\w+)?"
_LESIONS_NAMED = rf"(?:{_COUNT} )?(?:(?:hard|soft|retinal|intraretinal|cotton[- ]wool) )?(?:microaneurysms|mas|ha?emorrhages|bleeds|exudates|spots)\b"
_FUNDUS = rf"(?:(?:colou?r )?(?:fundus|retinal) {_PICTURE}|{_PICTURE} of (?:a|the) (?:fundus|retina)|fundus)"
_JUDGED = r"(?:agree|agrees|agreeing|fit|fits|fitting|match|matches|matching|correspond|corresponds|corresponding|consistent|compatible|in keeping|in agreement|in line|in accord|in accordance)"

_ROWS: tuple[tuple[str, object, str], ...] = (
    ("VERB", None, r"(?:lesion|vessel|landmark|disc|grading) (?:detector|expert|model|network|segmentation|segmenter|classifier)|lesion counts?(?= (?:are|is|were) (?!zero)| in\b| of\b| for\b|:)"),
    # Phrases that hold words with a meaning of their own.
    ("SET", None, r"(?:the )?(?:90 ?(?:%|per cent|percent)|ninety per cent)(?: (?:coverage|conformal|prediction|confidence))*(?: sets?)?"),
    ("SET", None, r"(?:conformal|prediction)(?: prediction)? sets?|conformal"),
    ("SET", None, r"remains? possible|are possible|(?:all |both )?compatible with|cannot be told apart|among|plausible|candidates?"),
    ("REFER", None, rf"(?:icdr )?(?:grades? (?:2|two)|level 2|moderate {_NONPROLIFERATIVE}) (?:or|and) {_MORE}|at least (?:icdr )?grade (?:2|two)|at least moderate {_NONPROLIFERATIVE}|referab(?:le|ility)(?: (?:level|grade|disease|{_RETINOPATHY}))*"),
    ("SURROGATE", None, rf"(?:(?:accepted|recogni[sz]ed|photographic|only|just|merely) )*(?:surrogate|proxy)(?: (?:sign|marker|measure|criterion))?(?: (?:for|of) {_OEDEMA})?"),
    ("CAUTION", None, rf"not the same as (?:a )?(?:proof|diagnosis)|rather than (?:a )?(?:proof|diagnosis|measurement)(?: of (?:it|oedema|{_OEDEMA}))?|(?:but |which |this |that |it |and )*(?:is not|not|does not|without|cannot|isn't|doesn't)(?: be)?(?: a| an| itself| by itself)? (?:diagnos(?:is|e|ing|tic)|proof|prove|establish|confirm|confirmation|measure|measurement)(?: (?:of|for))?(?: (?:it|oedema|{_OEDEMA}))?"),
    ("ONE_DD", "beyond", rf"(?:more than|over|beyond|outside|outside of|further than|farther than|further away than|exceeding|greater than|at more than) (?:{_ONE_DD})"),
    ("ONE_DD", "within", rf"(?:within|inside|less than|under|closer than|nearer than|no more than|not more than|at most|at less than|no further than) (?:{_ONE_DD})"),
    ("NEAREST", "at least", r"none (?:of (?:them|which) )?(?:is |lies |was )?(?:nearer|closer)(?: to the fovea)?(?: than)?"),
    ("NEAREST", None, r"(?:comes?|gets?|reach(?:es)?) as (?:close|near) as|nearest|closest|(?:minimum|minimal|shortest|smallest)(?= distance)"),
    ("OTHER_THAN_MA", None, rf"(?:(?:retinal )?lesions?|abnormalities|changes|signs|findings) (?:other than|beyond|besides|apart from|in addition to|as well as) {_MA}(?: alone| only)?|more (?:lesions )?than (?:just |only )?{_MA}(?: alone| only)?|(?:go|goes|extends?) beyond {_MA}|not (?:only|just) {_MA}|(?:other|further|additional) lesions (?:than|besides|beyond) {_MA}"),
    ("ONLY_MA", None, rf"(?:lesions? )?(?:confined|limited|restricted) to {_MA}|nothing (?:but|other than|beyond|except) {_MA}|no (?:retinal )?lesions?(?: types?| kinds?)? (?:other than|beyond|besides|except|but|apart from) {_MA}|(?:only|solely|exclusively) {_MA}(?! (?:was|were) \d)|{_MA} (?:only|alone)"),
    ("EXCEEDS", None, r"(?:exceeds?|exceeding|beyond|above|more than|worse than|goes beyond|go beyond|further than) (?:the definition of |the criteri(?:on|a) (?:for|of) )?(?=(?:icdr |mild|grade))"),
    ("LIKE", None, r"(?:lie |lies |placed |arranged |are |is |look |looks )*(?:as in|those of|that of|like(?: those)? (?:in|of)|typical of|in the positions? of|indicates?|suggests?|shows?(?= an? (?:right|left))|fits?|match(?:es)?|corresponds? to|(?:consistent|compatible|in keeping) with|like)(?= (?:an? )?(?:right|left))|as in(?= (?:an?|the) (?:right|left))|as(?= an? (?:right|left) eye)|of(?= an? (?:right|left) eye)"),
    ("AGREES", None, rf"(?:which )?(?:is |are |was |were )?{_JUDGED}(?: with| to)?|as in(?= mild| grade| no apparent)|(?:is |are )?(?:the definition of|what defines|defining|defines|define|meets? the definition of|satisf(?:y|ies) the definition of|as expected for)"),
    ("OOD", None, r"(?:unlike|differs? from|different from) (?:the )?training (?:data|set|photographs|images)(?: of the (?:grading )?model)?|(?:unlike|differs? from|dissimilar to|different from|does not resemble|not like) (?:those|the photographs|the images|the ones|what|anything|photographs|images)(?: that| which)?(?: the)?(?: grading)?(?: model| network)?(?: was| has been)? (?:trained on|learnt from|learned from|seen in training|trained with|saw in training)|out[- ]of[- ]distribution|outside the distribution (?:that |of photographs )?(?:that )?the (?:grading )?model was trained on|outside (?:the |of the )?(?:grading model's |model's )?(?:training )?distribution"),
    ("NOT_MEASURED", None, rf"(?:{_NOT})(?: be| been)? (?:reliably )?(?:assess(?:ed|able)|measur(?:ed|able)|determin(?:ed|able)|evaluated|computed|calculated|counted|established|estimated|looked for|examined|available|known|provided)|(?:{_NOT})(?: be| been)? (?:reliably )?(?:assess(?:ed|able)|measur(?:ed|able)|determin(?:ed|able)|evaluated|computed|calculated|counted|established|estimated|assigned|available|known|provided)|unavailable|not available|unknown(?! (?:side|laterality))|no expert (?:assess|measur|evaluat)(?:es|ed|e)?|no (?:assessment|measurement|value|figure)(?: of| for| was| is)*(?: made| available| given)?"),
    ("AVAILABLE", None, r"(?:is|are|was|were) (?:available|given|known)(?= for\b| in\b|$)"),
    ("NO_LANDMARK", "disc", rf"(?:the )?(?:optic )?disc (?:{_NOT})(?: be)? (?:located|found|detected|identified|locali[sz]ed)|no (?:optic )?disc (?:was|could be) (?:located|found|detected|identified)"),
    ("NO_LANDMARK", "fovea", rf"(?:the )?fovea (?:{_NOT})(?: be)? (?:located|found|detected|identified|locali[sz]ed)|no fovea (?:was|could be) (?:located|found|detected|identified)"),
    ("NO_LANDMARK", "not located", rf"(?:the )?(?:landmarks|fovea and (?:optic )?disc|(?:optic )?disc and fovea) (?:{_NOT})(?: be)? (?:located|found|detected|identified|locali[sz]ed)|no landmarks (?:were|could be) (?:located|found|detected|identified)"),
    ("RETAKE", None, rf"(?:must|should|needs to|has to) be (?:re-?photographed|photographed(?: again)?|taken(?: again)?)|(?:should|must|needs to|need to|has to|ought to) be (?:retaken|repeated|taken again)|retake|retaking|repeat(?: of)?|(?:a|another|new|a new|a further|a fresh|a better) {_PICTURE} (?:of|should|is|must)|(?:please )?(?:take|taken) (?:again|anew|once more)|(?:should|must) be (?:supplied|given|provided)(?: instead)?|(?:please )?(?:give|supply|provide)(?= a)|needs? (?:retaking|repeating)|(?:needs?|requires?) (?:a|another) (?:new |further |fresh )?{_PICTURE}|(?:is|are) (?:needed|required)(?: again)?|recapture(?:d)?"),
    ("BETTER", "focus", r"(?:with )?(?:better|sharper|improved|correct) focus(?: on the retina)?|(?:re)?focus(?:ing|sed)? again(?: on the retina)?|after refocus(?:s?ing)(?: on the retina)?"),
    ("BETTER", "illumination", r"(?:with )?(?:better|improved|more) (?:illumination|light|lighting)"),
    ("NOT_GRADABLE", None, rf"(?:{_NOT}) possible(?: to grade)?|impossible to grade|(?:prevents?|prevented|preclud(?:es?|ed)|rules? out|do(?:es)? not (?:allow|permit)) (?:the |any )?grading(?: of)?|ungradable|non-gradable|(?:(?:{_NOT})|too poor to)(?: be)? (?:gradable|graded(?= because| due)|sufficient for grading|adequate for grading|good enough (?:to grade|for grading|to be graded))|(?:could|can) not be graded|cannot be graded|couldn't be graded|(?:insufficient|inadequate)(?: quality)?(?: for grading)?|too poor (?:for grading|to be graded|to grade)"),
    ("GRADABLE", None, r"gradable|pass(?:es|ed) (?:the )?(?:image )?quality (?:assessment|control|check)|can be graded|could be graded|(?:adequate|sufficient|good enough|suitable|acceptable|fit)(?: quality)?(?: for| to be)? (?:grading|graded|be graded)|(?:of )?(?:sufficient|adequate|acceptable)(?: quality)?(?: for grading| to be graded| to grade)?|good enough(?: to grade| to be graded)?|suffices? for grading"),
    ("NO_GRADE", None, rf"lacks? (?:an? )?(?:icdr )?grade|no (?:icdr |retinopathy |dr )?grade|ungraded|(?:{_NOT}) (?:be |been )?graded|without (?:an? )?(?:icdr )?grade|not (?:given|assigned) (?:an? )?(?:icdr )?grade|(?:did|has|have|does|could) not (?:receive|received|be given|been given|be assigned) (?:an? )?(?:icdr )?grade"),
    ("DECIDES", None, r"(?:and |so |which |it |therefore |that )*(?:decides|determines|drives|governs|dictates|deciding|determining) (?:what follows|what comes next|what is done next|the next step|the follow-up)"),
    ("MORE", True, r"(?:a )?(?:higher|larger|greater) (?:number|count) of"),
    ("MORE", False, r"(?:a )?(?:lower|smaller) (?:number|count) of"),
    ("WORSE", True, r"(?:the )?(?:worse|more severe|more advanced|more severely affected|more affected|worse affected|higher|greater|worse)[- ](?:icdr |retinopathy )?(?:graded|grade|eye|level|of the two|one)(?: of the two)?|(?:graded |rated |ranked )?(?:higher|worse|more severely(?: affected)?|more severe|more advanced)(?! quality)"),
    ("WORSE", False, r"(?:the )?(?:better|less severe|milder|lower) (?:icdr )?(?:grade|eye|level|of the two)|(?:graded |rated )?(?:lower|better|milder|less severe|less severely(?: affected)?)"),
    ("SAME", True, r"(?:the )?(?:same|identical|equal|an equal)(?: (?:icdr|retinopathy))? (?:grades?|level)|do not differ in(?: icdr)? grade|no difference in(?: icdr)? grades?|share (?:a|an|one|the same)(?: icdr)? grade|graded (?:alike|equally|the same|identically)"),
    ("SAME", False, r"(?:the )?same|identical|equal|alike"),
    ("PROBABLE", True, r"(?:is )?(?:likely|probable)|probably"),
    ("PROBABLE", False, r"(?:is )?(?:unlikely|improbable)"),
    ("FUNDUS_P", None, rf"fundus probability|(?:probability|likelihood|chance) (?:of|that) (?:(?:it|this) (?:is|shows|being) |being |showing )?(?:a |an )?{_FUNDUS}"),
    ("P", None, r"p(?= ?[=(])|probabilit(?:y|ies)|likelihood|chance|confidence|confident(?: that)"),
    # Grades by name.
    ("G", 0, rf"free of apparent (?:diabetic )?retinopathy|no apparent (?:diabetic )?(?:retinopathy|dr)|without apparent (?:diabetic )?retinopathy|no apparent {_RETINOPATHY}"),
    ("G", 1, rf"mild {_NONPROLIFERATIVE}|mild (?:diabetic )?retinopathy|mild dr"),
    ("G", 2, rf"moderate {_NONPROLIFERATIVE}|moderate (?:diabetic )?retinopathy|moderate dr"),
    ("G", 3, rf"severe {_NONPROLIFERATIVE}|severe (?:diabetic )?retinopathy|severe dr"),
    ("G", 4, r"proliferative (?:diabetic )?retinopathy|proliferative dr|pdr"),
    ("NO_DR", None, r"no (?:diabetic )?retinopathy|no dr|free of (?:diabetic )?retinopathy"),
    ("G", 1, r"mild(?= in\b| and\b| or\b| \(|$)"),
    ("G", 2, r"moderate(?= in\b| and\b| or\b| \(|$)"),
    ("G", 3, r"severe(?= in\b| and\b| or\b| \(|$)"),
    ("G", 4, r"proliferative(?= in\b| and\b| or\b| \(|$)"),
    ("K", None, r"most (?:likely|probable) (?:icdr )?grades?|(?:diabetic )?retinopathy (?:grades?|severity|level)"),
    ("K", None, r"(?:the )?(?:(?:international |icdr )*(?:severity )?)(?:grades?|graded|grading|icdr|levels?|stages?|staged)(?= |$|[,:;.)=])(?! model| algorithm)"),
    # Lesions.
    ("L", ("SE", 1), r"soft exudate|cotton[- ]wool spot|cws(?= |$)(?= (?:is|was|lies|in|nasally))"),
    ("L", ("SE", 0), r"se(?= ?[\d:(=])"),
    ("L", ("EX", 0), r"ex(?= ?[\d:(=])"),
    ("L", ("HE", 2), r"he(?= ?[\d:(=])"),
    ("L", ("SE", 2), r"soft exudates|cotton[- ]wool spots|cwss?"),
    ("L", ("EX", 1), r"hard exudate"),
    ("L", ("EX", 2), r"hard exudates|hes(?= exudates)"),
    ("L", ("EX", 0), r"(?:hard )?exudation"),
    ("L", ("EX", 1), r"exudate"),
    ("L", ("EX", 2), r"exudates"),
    ("L", ("MA", 1), r"microaneurysm|ma"),
    ("L", ("MA", 2), r"microaneurysms|mas"),
    ("L", ("HE", 1), r"(?:intra-?retinal |retinal )?(?:ha?emorrhage|bleed)"),
    ("L", ("HE", 2), r"(?:intra-?retinal |retinal )?(?:ha?emorrhages|bleeds)"),
    ("ONLY_LESION", None, r"(?:only|sole) (?:type of |kind of )?(?:retinal )?(?:lesions?|abnormalit(?:y|ies)|findings?|signs?)(?: types?)?"),
    ("NOTHING", None, r"nothing"),
    ("ANY", None, r"(?:(?:four|4|diabetic|retinal) )?(?:types? of |kinds? of )?lesions?(?: (?:types?|kinds?))?(?: of (?:any|these) (?:kind|type|sort)s?)?(?: of any (?:kind|type|sort))?(?: of the four (?:types|kinds))?(?: (?:that (?:was|were) |which were |we )?(?:looked|searched) for| (?:it|the detector) (?:looks|looked|searched) for)?|(?:diabetic )?abnormalit(?:y|ies)(?= (?:was|were) detected)"),
    ("Q", "superotemporal", r"superotemporal(?:ly)?|supero-temporal(?:ly)?|superior[- ]temporal|upper[- ]temporal|temporal superior|superior and temporal"),
    ("Q", "superonasal", r"superonasal(?:ly)?|supero-nasal(?:ly)?|superior[- ]nasal|upper[- ]nasal"),
    ("Q", "inferotemporal", r"inferotemporal(?:ly)?|infero-temporal(?:ly)?|inferior[- ]temporal|lower[- ]temporal"),
    ("Q", "inferonasal", r"inferonasal(?:ly)?|infero-nasal(?:ly)?|inferior[- ]nasal|lower[- ]nasal"),
    ("V", "supero", r"superior(?:ly)?"),
    ("V", "infero", r"inferior(?:ly)?"),
    ("H", "nasal", r"nasal(?:ly)?"),
    ("H", "temporal", r"temporal(?:ly)?"),
    ("EVENLY", None, r"(?:split |divided |distributed |shared )?(?:evenly|equally)"),
    ("DEFINITE", None, rf"(?:the|its|these|'s)(?= {_LESIONS_NAMED})"),
    ("OF", None, r"(?:out )?of (?:the|its|these|all)(?= (?:\d+|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty)(?:-\w+)? (?!eyes?))"),
    ("ALL", None, r"all(?= (?:lesion|hard|soft|cotton|micro|ha?em|exud|retinal|lesions|of |the |\w+ of |\d|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve))"),
    ("MORE", True, r"more numerous|more(?! than (?:\d|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty))"),
    ("MORE", False, r"(?:fewer|less numerous)(?! than (?:\d|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty))"),
    ("BOUND", "more", r"more than|over|above|greater than|exceeding|exceeds|in excess of|upwards of"),
    ("BOUND", "less", r"less than|fewer than|under|below|smaller than"),
    ("BOUND", "at least", r"at least|no less than|not less than|no fewer than|a minimum of|no nearer than|no closer than"),
    ("BOUND", "at most", r"within(?= \d)|at most|no more than|not more than|up to|a maximum of"),
    ("TOTAL", None, r"in total|a total of|totals?|altogether|in all|combined|together(?! with)"),
    ("MANY", None, r"several|multiple|a few"),
    ("ABOUT", None, r"about|roughly|approximately|around|circa|some(?= \d)|nearly|almost|close to|approx\.?|an estimated|~"),
    ("THAN", None, r"than|versus|vs\.?|against|compared (?:with|to)|as opposed to"),
    # Measures.
    ("CDR", None, r"(?:vertical )?(?:cup[- ](?:to[- ])?(?:disc|disk)(?: (?:diameter|height))?[- ]ratios?(?: \(vertical\))?|cdrs?|c/d(?: ratio)?|cup/(?:disc|disk) ratio|cup-(?:disc|disk)(?! ratio))(?: vertically)?|ratio of cup to (?:disc|disk)|(?:optic )?cup (?:takes up|occupies|spans|fills|covers|makes up)(?= .*(?:height|disc|disk))"),
    ("HEIGHT", None, r"(?:of )?(?:the )?(?:optic )?(?:disc|disk)(?:'s)? height|(?:of )?(?:the )?vertical disc diameter|height of the (?:optic )?(?:disc|disk)"),
    ("SCORE", None, r"scor(?:es|ed|ing)(?= \d)|(?:image |picture |photographic |photograph )?quality(?: score| rating| expert| model)?|score"),
    ("FIELD_IS", "macula-centred", r"(?:macula|fovea)-cent(?:red|ered)|cent(?:red|ered) (?:on|at|over) the (?:macula|fovea)|has the (?:macula|fovea) (?:at|in) its cent(?:re|er)|(?:macula|fovea) (?:is|lies) (?:at|in) the cent(?:re|er)"),
    ("FIELD_IS", "disc-centred", r"(?:optic[- ])?(?:disc|disk)-cent(?:red|ered)|cent(?:red|ered) (?:on|at|over) the (?:optic )?(?:disc|disk)|has the (?:optic )?(?:disc|disk) (?:at|in) its cent(?:re|er)"),
    ("PLACED", None, r"(?:is |lies |is located |located |situated |found )?(?:at (?:the )?(?:pixel |image )?(?:position|coordinates?|location)|at(?= ?\(?x)|at(?= ?\(\d)|cent(?:red|ered) (?:at|on|near)|centre (?:is |lies )?at)(?= ?\(?(?:x|\d))"),
    ("XY", "x", r"x ?(?:=|:)?(?= ?\d)"),
    ("XY", "y", r"y ?(?:=|:)?(?= ?\d)"),
    ("DD", "DD", r"(?:optic )?(?:disc|disk)[- ]diameters?|dds?"),
    ("PX", "px", r"pixels?|px"),
    ("MM", "mm", r"millimetres?|millimeters?|mm"),
    ("SKELETON", None, r"(?:vessel|vascular|vasculature)(?:'s)?[- ](?:tree )?skeleton(?:'s)?(?: length)?|skeleton of (?:the )?(?:retinal )?(?:vessels|vasculature)|skeletoni[sz]ed vessels|skeleton length|total vessel length"),
    ("FOV", None, r"(?:(?:visible |imaged |photographed )?field(?: of view)?|imaged area|visible area)"),
    ("VESSEL", None, r"(?:retinal |segmented )?(?:vessels?|vasculature|blood vessels?)(?: (?:density|area|coverage))?|vascular (?:density|coverage)"),
    ("DISTANCE", None, r"distances?(?: of| from| between)?|apart|separated by|separation"),
    ("DIAMETER", None, r"diameter|width|size|wide|across|in width"),
    ("DISC_FOVEA", None, r"(?:disc|disk)[- ](?:to[- ])?fovea|fovea[- ](?:to[- ])?(?:disc|disk)|papillofoveal|foveo?-?papillary"),
    ("LANDMARKS", None, r"landmarks"),
    ("FOVEA", None, r"foveal? cent(?:re|er)|foveas?|foveal?"),
    ("DISC", None, r"its cent(?:re|er)|optic nerve head|(?:optic )?(?:discs?|disks?)(?:'s)?(?: cent(?:re|er))?"),
    ("NAME", "neovascularisation", r"neovasculari[sz]ation|new vessels"),
    ("NAME", "IRMA", r"irmas?|intra-?retinal microvascular abnormalit(?:y|ies)"),
    ("NAME", "venous_beading", r"venous beading"),
    ("QUADRANTS", None, r"(?:by|to|per|into|in) quadrants?(?= |$)|quadrant counts|quadrants"),
    ("REASON", ("focus", "illumination"), r"poor focus and (?:poor )?illumination|poor illumination and (?:poor )?focus"),
    ("REASON", ("focus", "illumination"), r"focus and illumination (?:are|were) (?:both )?poor"),
    ("REASON", "focus", r"focus (?:is|was) poor|poor(?:ly)? focus(?:sed|ed)?|out of focus|blurred|blurry|blur|unsharp|defocus(?:sed|ed)?|lack of focus|not in focus"),
    ("REASON", "illumination", r"poor(?:ly)? illuminat(?:ion|ed)|poor lighting|badly lit|poorly lit|inadequate illumination|insufficient illumination"),
    ("REASON", "contrast", r"poor contrast|low contrast|lack of contrast"),
    ("REASON", "field", r"(?:an )?incomplete field(?: of view)?"),
    ("FUNDUS", False, rf"(?:(?:is|was) not|isn't|does not (?:appear|seem) to be|not|no)(?: a| an)? (?:recogni[sz]ed as an? )?{_FUNDUS}|shows? no (?:fundus|retina)|does not show (?:a|the) (?:fundus|retina)|not of a (?:fundus|retina)"),
    # Eyes.
    ("NEITHER_EYE", None, r"neither (?:eye|of the (?:two )?eyes)|in neither eye"),
    ("E", ("right", "left"), rf"(?:both|each|either|the two|each of the|the) (?:fellow )?(?:eyes|{_PICTURE}s|fundi|retinas|discs|sides)|(?:each|either) (?:eye|{_PICTURE}|side|fundus|retina)|right and left {_EYE_NOUN}|bilateral(?:ly)?|ou(?= |$)|both(?! (?:in|compatible|at|micro|ha?em|hard|soft|cotton|the|grades?|poor|mild|moderate|severe|of)\b)"),
    ("E", ("unknown",), rf"{_EYE_NOUN} of (?:unknown|undetermined) (?:side|laterality)|(?:unknown|undetermined)[- ]?(?:side|laterality)? eye"),
    ("OTHER_EYE", None, r"(?:the )?(?:other|fellow|contralateral) eye"),
    ("E", ("right",), rf"(?:right|od|re)(?:[- ]{_EYE_NOUN})?(?:'s(?! {_LESIONS_NAMED}))?"),
    ("E", ("left",), rf"(?:left|os|le)(?:[- ]{_EYE_NOUN})?(?:'s(?! {_LESIONS_NAMED}))?"),
    ("FUNDUS", True, rf"(?:colou?r )?(?:fundus|retinal) {_PICTURE}|(?:of )?an? (?:fundus|retina)"),
    # Saying no.
    ("NEG", "none", r"none of(?: the| its| these)?"),
    ("NEG", "nor", r"nor"),
    ("NEG", "no", r"no evidence of|no signs? of|no|without|neither|free (?:of|from)|devoid of|(?:absence|lack) of|lacks|not any|not a single|not one|zero(?= (?:\w+ )?(?:microan|ha?em|hard|soft|cotton|exud|bleed|lesion|mas?\b))"),
    ("NEG", "not", r"not|cannot|n't"),
    ("NEG", "alone", r"none|nil"),
    ("NEG", "after", r"absent|(?:was|were|are) zero"),
    # How clauses join.
    ("BECAUSE", None, r"because of|because|due to|owing to|on account of|since|therefore|hence|so|thus|(?<=, )as|(?<!.)as"),
    ("JOIN", "but", r"but|whereas|while|although|though|even though|yet|however|;|despite|nevertheless|in spite of"),
    ("JOIN", "with", r"(?<!.)(?:apart from|besides|in addition to)|with(?= )|together with|along with|alongside|accompanied by|which|that is|i\.e\.|namely|\(|\)|:|-(?= )|=|\{|\}|including|plus|of which|carr(?:y|ies|ying)|giving|given(?! as)|\.(?= )|at(?= )"),
    ("JOIN", ",", r","),
    ("JOIN", "and", r"and|as well as|&"),
    ("JOIN", "or", r"or"),
    ("JOIN", "to", r"to(?= (?:\d|grade|one|two|three|four))|through|-(?=\d)"),
    ("LOOSE", None, r"respectively"),
    ("DR", None, r"(?:diabetic )?retinopathy|dr"),
    ("VERB", None, r"(?:is|are|was|were|has been|have been|be|been|being|had|has|have|having|do|does|did|can|could|will be)"),
    ("VERB", None, r"(?:show(?:s|ed|n|ing)?|contain(?:s|ed|ing)?|hold(?:s|ing)?|held|display(?:s|ed)?|exhibit(?:s|ed)?|harbou?rs?|carr(?:y|ies|ied)|bear(?:s)?|reveal(?:s|ed)?|demonstrate[sd]?|present|seen|found|find(?:s)?|detect(?:s|ed|able)?|distributed(?: as follows)?|as follows|visible|identif(?:y|ies|ied)|noted|observed|record(?:s|ed)?|count(?:s|ed)?|number(?:s|ed|ing)?|measured?|measures|measuring|located|lying|lies|lie|makes? up|makes?|accounts? for|falls? (?:into|in|on)|remains?|stays?|suffers? from|belongs? to|sits?|situated|there|came out|come|comes|amount(?:s|ed)? to|equal(?:s|led)?|estimate[sd]?|reported|reports?|reads?|rated|rates|put|puts|placed|assign(?:s|ed)?|gives?|gave|received?|receives|obtained|reach(?:es|ed)?|scor(?:es|ed)|classif(?:y|ies|ied)|categori[sz]ed|labelled|judged|deemed|considered|compris(?:es|ing|ed)|consists? of|includes|covers?|covered|occup(?:y|ies|ied)|fills?|filled|takes? up|taken up|makes? up|extends?|spans?|looks?|stands? at|stands?|runs? to|runs?|features?|picks? up|picked up|possess(?:es)?|hosts?|constitutes?|predict(?:s|ed)?|infer(?:s|red)?|comput(?:es|ed)|calculat(?:es|ed)|determin(?:es|ed)|deriv(?:es|ed)|achiev(?:es|ed)|attain(?:s|ed)?|outputs?|stat(?:es|ed)|indicated|appl(?:y|ies) to|keeps?|kept|came up|serves? as|acts? as|arranged|named|goes|go|recogni[sz]ed|spotted|discerned|documented|list(?:s|ed)|produc(?:es|ed)|deliver(?:s|ed)?|turn(?:s|ed)? up|come(?:s)? to|assess(?:ed|es)|evaluat(?:ed|es)|marked|exists?|appears?|occurs?|occurred|tallied|registered|share|shares|meets?|fulfils?|met|made|yield(?:s|ed)?|return(?:s|ed)?)"),
)  # fmt: skip


def _bounded(regex: str) -> str:
    """Words end where a word ends; punctuation ends anywhere."""
    return rf"(?:{regex})(?<=[a-z0-9.%)])(?![\w])|(?:{regex})(?<![a-z0-9.%])"


LEXICON: tuple[tuple[str, object, str], ...] = tuple((k, v, _bounded(regex)) for k, v, regex in _ROWS)
FILLERS = (
    r"instead|vertically|classifiers?|verdict|categor(?:y|ies)|classification|assessment|results?|estimates?|prediction|outputs?|tree|from side to side|side to side|some(?= (?:micro|ha?em|hard|soft|cotton|exud))|a|an|any|the|this|that|these|those|its|it|them|they|their|there|of|in|on|at|by|for|from|to|as|upon|"
    r"per|'s|'|eyes?|\"|/|i|"
    r"submitted|fraction of|proportion of|share of|percentage of|photographs?|photos?|images?|pictures?|retinas?|fundus|scans?|findings?|"
    r"(?:the )?(?:grading )?(?:models?|algorithm|system|software|network|detector|expert|analysis|segmentation|reading|reader)(?:'s)?|"
    r"(?:the )?patient's|overall|quadrants?|numbers? of|count of|counts of|exactly|precisely|just|(?<=\d )(?:only|alone)|only(?= (?:\d|grades?\b|icdr|a\b|an\b|one|two|three|four|five|six|seven|eight|nine|ten))|"
    r"single(?= (?:grade|exudate|microan|ha?em|hard|soft|cotton))|solitary|lone|estimated|calculated|overall|away|centre|center|value|"
    r"two(?= eyes)|both|long|length|according|please|given as|side|also|"
    r"each(?= of|$|,)|where|of them|either|between|positions?|arrangement|relative|layout|orientation|all(?= in)"
)
