"""Queries (records to plain figures) and rendering (figures to pages)."""
