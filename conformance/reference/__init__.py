"""What is committed about the catalogued libcs: their observations, and pages for people to read."""
