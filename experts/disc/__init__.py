"""Optic disc and cup: their outlines and the vertical cup-disc ratio."""
