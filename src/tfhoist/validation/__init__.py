"""What is served, before and after: the declared list of checks, what was seen of each, and whether it's the same."""
