"""Name servers that do what a case's `nameservers:` says, right or wrong, and log what they are asked."""
