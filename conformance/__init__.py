"""How C libraries really behave: the same probes on several libcs, side by side."""

__version__ = "0.1.0"
