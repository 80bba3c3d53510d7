"""What training scripts share."""
