"""Benchmarks and result tables."""
