"""Which side each block goes to, and why."""
