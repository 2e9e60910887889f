"""Packages for the archive (5.9): what is in one, how it is written, and how it is verified."""
