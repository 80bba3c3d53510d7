"""`python -m fundoscope` is the command line."""

from .cli import main

main()
