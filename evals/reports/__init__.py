"""Reports to judge reports by: generated cases, changes that make them false, and rules written apart from the graph's."""
