"""Ways out of the one typed report."""
