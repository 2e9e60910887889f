"""What the history proves of itself (5.9)."""
