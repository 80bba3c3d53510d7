"""Gradable or not, and whether it is a fundus photograph at all."""
