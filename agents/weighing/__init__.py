"""What speaks for an interpretation, against it, and is missing to it: rules as data, one file a subject, each with its `RULES`."""
