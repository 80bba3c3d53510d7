"""Optic disc and fovea: where they lie, and what follows for the eye's side and the field."""
