"""Verbs of research: everything that changes state."""
