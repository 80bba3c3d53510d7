"""An example of a Fundoscope expert in a package of its own."""
