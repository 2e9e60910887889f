"""Reads a regulation, given as parsed trees, into the core's types, and checks it."""
