"""What an answer is made of: chosen claims, explanations, pictures to show, and fixed replies."""
