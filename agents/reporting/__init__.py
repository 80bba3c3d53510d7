"""The parts of the typed report: values of an eye, and what was not assessed."""
