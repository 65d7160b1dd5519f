"""HCL native syntax: structure and references by bytes, expressions as trees, edits, formatting."""
