"""Partial evaluation: what an expression is worth, where that can be known."""
