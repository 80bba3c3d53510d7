"""Batch review."""
