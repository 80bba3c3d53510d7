"""Tests of batch review."""
