"""Ways in which a planner behind a server misbehaves, by name."""

from __future__ import annotations

import json
from typing import Any

from .server import Script, answers_bytes, calls, cut, endless, fails, hangs, refusal, text

AT = {"photograph": "photo-1"}
LIES = "The left eye has neovascularisation of the disc and must be given ranibizumab today."


def elsewhere(request: dict[str, Any]) -> Any:
    """Another look each time, so that it never ends."""
    return calls(("zoom", {**AT, "region": [len(json.dumps(request)) % 300, 300, 120, 120]}))


BEHAVIOURS: dict[str, Script] = {
    "refuses": refusal(),
    "says it is sorry": text("I'm sorry, I cannot read medical pictures."),
    "says nothing": text(""),
    "tells a story instead": text(LIES * 40),
    "says that all is done": text('{"done": true, "open": [], "mandatory": [], "report": "' + LIES + '"}'),
    "calls tools there are not": calls(("prescribe", {"drug": "ranibizumab"}), ("skip_protocol", {})),
    "gives arguments of the wrong kind": calls(
        ("detect_lesions", {"photograph": 3}), ("grade_retinopathy", '"photo-1"')
    ),
    "gives arguments that are no JSON": calls(("detect_lesions", '{"photograph": "photo-')),
    "names photographs there are not": calls(
        ("detect_lesions", {"photograph": "photo-9"}), ("zoom", {"photograph": LIES})
    ),
    "asks again for what is done": calls(("assess_quality", AT)),
    "makes fifty calls at once": calls(*(("zoom", {**AT, "region": [n, 100, 100, 100]}) for n in range(50))),
    "looks at places outside": calls(("zoom", {**AT, "region": [10**7, -5, 0, 1e300]})),
    "looks and looks": elsewhere,
    "fails": fails(500),
    "has no time": fails(429, retry_after="60"),
    "does not know us": fails(401),
    "hangs": hangs(30),
    "breaks off": cut(calls(("detect_lesions", AT)), 2),
    "never stops": endless(LIES),
    "sends bytes that are no text": answers_bytes(b"\xff\xfe\x00 {]"),
    "sends a page": answers_bytes(b"<html><body>Sign in to the hotel's network</body></html>"),
}
