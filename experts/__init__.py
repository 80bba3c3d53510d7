"""The experts: each reads a photograph and returns a Finding."""

from .base import Expert, Findings
from .registry import expert_names, load_card, load_expert

__all__ = ["Expert", "Findings", "expert_names", "load_card", "load_expert"]
