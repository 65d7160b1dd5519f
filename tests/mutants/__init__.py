"""Mutants: consolidated results broken on purpose, one mistake each, to see whether the proof notices."""
