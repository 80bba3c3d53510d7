"""A chat-completions server that behaves as it is told, and the ways in which it can misbehave."""
