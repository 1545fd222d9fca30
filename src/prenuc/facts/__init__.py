"""What is known, and who says so.

Facts are YAML files inside the package. Every number in them is a
:class:`~prenuc.facts.value.Value`: a number with unit, source and status. What a paper does not
print is an :class:`~prenuc.facts.recipe.Unreported` entry, never a silent default.
"""

from prenuc.facts.catalogue import KINDS, cite, entries, find, recipe
from prenuc.facts.reference import Reference
from prenuc.facts.source import Source
from prenuc.facts.value import Value

__all__ = ["KINDS", "Reference", "Source", "Value", "cite", "entries", "find", "recipe"]
