"""The region expert: what lies in a box or under a click, outlined by a small segment-anything network."""
