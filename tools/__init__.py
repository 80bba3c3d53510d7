"""What a planner may call."""
