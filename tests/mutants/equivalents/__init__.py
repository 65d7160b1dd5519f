"""Why some mutants survive rightly: they don't change what Terraform does.

A mutant is explained when each thing that it changed has one of these reasons, and the reason is looked up in the files of
the mutant itself; what the proof says plays no part.
"""

from tests.mutants.equivalents import blocks, variables
from tests.mutants.equivalents.registry import EQUIVALENTS, Equivalent, explain

__all__ = ["EQUIVALENTS", "Equivalent", "blocks", "explain", "variables"]
