"""Reading free sentences back into facts that can be held against evidence."""

from .facts import Fact, Wrong
from .reading import facts_in
from .sentences import hold_sentence

__all__ = ["Fact", "Wrong", "facts_in", "hold_sentence"]
