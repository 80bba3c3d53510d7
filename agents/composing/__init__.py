"""What the built-in composer writes: one file a step of the reading, the impression and the recommendation."""
