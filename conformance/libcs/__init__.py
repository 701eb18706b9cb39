"""Which C libraries can be tested, where they come from, and what they really are."""
