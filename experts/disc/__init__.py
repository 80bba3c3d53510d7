"""Optic disc and cup."""
