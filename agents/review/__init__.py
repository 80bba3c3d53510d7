"""Review: reports that wait for a person, what the person decides, what follows from it, and how a case is removed."""
