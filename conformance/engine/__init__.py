"""Runs cases: many at once, each in a sandbox, and gives what was observed."""
