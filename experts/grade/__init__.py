"""Diabetic-retinopathy grade."""
