"""Other conditions than diabetic retinopathy, each by a detector of its own."""
