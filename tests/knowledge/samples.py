"""Small literature files made for the tests."""

from __future__ import annotations

import io
import json

JATS = b"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE article PUBLIC "-//NLM//DTD JATS (Z39.96) Journal Archiving DTD v1.2//EN" "JATS-archivearticle1.dtd">
<article xmlns:xlink="http://www.w3.org/1999/xlink"><front><journal-meta><journal-title-group>
<journal-title>Journal of Quokka Eyes</journal-title></journal-title-group></journal-meta><article-meta>
<article-id pub-id-type="pmid">123456</article-id><article-id pub-id-type="doi">10.1000/quokka</article-id>
<title-group><article-title>Tapetal glow in the <italic>quokka</italic></article-title></title-group>
<contrib-group><contrib><name><surname>Marsupial</surname><given-names>Ann B</given-names></name></contrib></contrib-group>
<pub-date><year>2019</year></pub-date><volume>7</volume><fpage>11</fpage><lpage>19</lpage>
<permissions><license xlink:href="https://creativecommons.org/licenses/by/4.0/"><p>CC BY</p></license></permissions>
<abstract><p>The tapetum of the quokka glows turquoise at dusk.</p></abstract></article-meta></front>
<body><sec><title>Results</title><p>In 14 quokkas the glow lasted 21 minutes.</p></sec></body>
<back><ref-list><ref><mixed-citation>Never cited text.</mixed-citation></ref></ref-list></back></article>"""

NBIB = b"""PMID- 987654
DP  - 2021 Mar
TI  - Wombat choroid imaged by
      moonlight.
AB  - The wombat choroid is violet under moonlight. It measured 312 micrometres.
FAU - Burrow, Carl D
JT  - Annals of Wombat Vision
LID - 10.1000/wombat [doi]

PMID- 987655
DP  - 2022
TI  - A record without an abstract.
"""

BIBTEX = rb"""@article{numbat2020,
  title = {{Numbat} lens \& termite optics},
  author = {Stripe, Dora and Ant, Eli},
  journal = "Marsupial Optics",
  year = 2020, pages = {1--9},
  abstract = {The numbat lens focuses termites at {27} dioptres.}
}"""

CSL = json.dumps(
    [
        {
            "id": "bilby",
            "type": "article-journal",
            "title": "Bilby pupils",
            "issued": {"date-parts": [[2018]]},
            "abstract": "Bilby pupils widen to 9 millimetres in starlight.",
        }
    ]
).encode()

MARKDOWN = b"# Clinic protocol\n\n## Recall\n\nEyes with platypus oedema return after 17 days.\n"


def pdf(pages: list[str]) -> bytes:
    """A PDF with one line of text a page."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for text in pages:
        stream = f"BT /F1 12 Tf 50 700 Td ({text}) Tj ET".encode()
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents %d 0 R /Resources << /Font << /F1 3 0 R >> >> >>"
            % len(objects)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    out = io.BytesIO(b"")
    out.write(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % offset for offset in offsets))
    out.write(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))
    return out.getvalue()


def encrypted(data: bytes) -> bytes:
    """The same PDF under a password."""
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
