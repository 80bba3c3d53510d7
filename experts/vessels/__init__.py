"""Retinal vessels."""
