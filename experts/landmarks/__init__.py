"""Optic disc, fovea, laterality and field."""
