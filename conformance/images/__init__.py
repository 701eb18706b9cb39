"""Container images: found in an engine, pulled, looked into, and made from a libc's root directory."""
