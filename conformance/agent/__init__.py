"""The sandboxed agent that runs probes, seen from the harness."""
