"""The gate: what changed between two runs of a libc, worst first, and whether the newer one may ship.

It reads records and never runs anything. docs/gate.md tells what the classes mean.
"""
