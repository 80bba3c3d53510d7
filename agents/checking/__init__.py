"""What each sentence must find in its evidence, one file a subject: each hands on its `CHECKS`; `agents/checks.py` puts them together."""
