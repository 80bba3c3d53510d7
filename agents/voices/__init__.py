"""Reports in plain words and in other languages: one JSON file a voice, verified like the report itself."""

from .letter import write_letter
from .voice import Voice, load_voice, parse_voices, voice_names

__all__ = ["Voice", "load_voice", "parse_voices", "voice_names", "write_letter"]
