"""Claims: what a document says, kept even where another document says otherwise.

A claim is not a number that prenuc calculates with. It is a statement with method, reference and
place. Claims may contradict each other; then each lists the others in ``excludes``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from prenuc.facts.source import Source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prenuc.facts.document import Node
    from prenuc.facts.value import Value

CLAIM_KINDS = (
    "composition",  # a formula assigned to an absorption or a mass
    "characterisation",  # a measurement on a precursor compound
    "rule",  # what the two-pathway model states
    "rival",  # what another model states, or is said against it
    "contradiction",  # claims that the seed itself sets against each other
    "inconsistency",  # printed statements of the seed that do not fit together
    "gap",  # what the seed does not print
    "saxs",  # small-angle scattering
    "derived",  # what follows from printed numbers by calculation
)


@dataclass(frozen=True)
class Claim:
    """What somebody says, in our words.

    Args:
        id: Identifier, such as "table-s1-row-6-350".
        kind: One of :data:`CLAIM_KINDS`.
        subject: What it is about: a species, a model, a figure.
        statement: What is claimed.
        source: Where the seed says so.
        material: Semiconductor, empty when it is about none or several.
        method: How it was found.
        shape: Shape that the claim assigns.
        formulae: Compositions that the claim assigns; alternatives stand side by side.
        quantities: Its numbers by name.
        references: The works that the claim goes back to.
        excludes: Claims that cannot be true beside this one; the link is mutual.
        evidence: "printed", "inference", "implied" or "absent".
        entry: Identifier in the list of facts taken from the seed.
        note: What a reader should know.
    """

    id: str
    kind: str
    subject: str
    statement: str
    source: str
    material: str = ""
    method: str = ""
    shape: str = ""
    formulae: tuple[str, ...] = ()
    quantities: Mapping[str, Value] = field(default_factory=dict)
    references: tuple[Source, ...] = ()
    excludes: tuple[str, ...] = ()
    evidence: str = "printed"
    entry: str = ""
    note: str = ""

    @classmethod
    def read(cls, node: Node) -> Self:
        """Read one entry of a claim file."""
        kind = node.text("kind")
        if kind and kind not in CLAIM_KINDS:
            mend = "Write " + " | ".join(CLAIM_KINDS)
            node.problem(f"'{kind}' is no kind of claim", "kind", mend)
        source = str(node.source())
        return node.entry(
            cls,
            kind=kind,
            source=source,
            references=tuple(
                Source(key, "as cited in " + source.replace(" @ ", ", "))
                for key in node.texts("references")
            ),
        )

    @property
    def name(self) -> str:
        """The statement."""
        return self.statement

    def number(self, quantity: str, unit: str) -> float | None:
        """Return one of its numbers in a unit; None when the claim has none of that name."""
        value = self.quantities.get(quantity)
        return None if value is None else value.quantity.to(unit)
