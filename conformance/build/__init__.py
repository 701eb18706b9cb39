"""Compiles probes once per libc, with that libc's own headers and start files, and the agent."""
