"""Reading the user's own literature: one module per format, all giving documents."""

from .document import Document, Piece
from .read import read_documents

__all__ = ["Document", "Piece", "read_documents"]
