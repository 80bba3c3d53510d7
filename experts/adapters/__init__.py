"""Ready-made experts for models that people have: each module here has a class `EXPERT` configured by `adapter.json`."""
