"""The sentences of reports, one file a subject: each hands on its `PATTERNS`; `agents/lexicon.py` puts them together."""
