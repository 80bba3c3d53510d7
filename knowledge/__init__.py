"""The clinical literature: references, corpus, retrieval."""
