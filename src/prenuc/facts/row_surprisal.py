"""How surprising what a row checks is before any constant was fitted, in bits."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Self, get_args

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prenuc.facts.document import Node

PriorName = Literal["nearby", "physical"]
PRIORS: tuple[PriorName, ...] = get_args(PriorName)


@dataclass(frozen=True)
class RowSurprisal:
    """What draws of two priors say about a row, computed and kept (``make row-bits``).

    Args:
        id: The check.
        chances: By prior, the mean probability of what is printed.
        passes: By prior, the share of the draws that pass.
        draws: How many sets of constants were drawn of each.
        nuisance: Standard deviation, on the scale of the row, that baths and dilutions leave.
        mark: Of the row, the mechanisms, the spectra and the widths; with others it is out of date.
    """

    id: str
    chances: Mapping[PriorName, float]
    passes: Mapping[PriorName, float]
    draws: int
    nuisance: float
    mark: str

    @classmethod
    def read(cls, node: Node) -> Self:
        """Read one entry of the file."""
        draws = node.number("draws")
        return cls(
            node.text("id"),
            {prior: node.number(prior) for prior in PRIORS},
            {prior: node.number(f"{prior} passes") for prior in PRIORS},
            0 if math.isnan(draws) else int(draws),
            node.number("nuisance"),
            node.text("mark"),
        )

    @property
    def name(self) -> str:
        """The bits of both priors."""
        return ", ".join(f"{prior} {self.bits(prior):.1f} bits" for prior in PRIORS)

    def bits(self, prior: PriorName) -> float:
        """Return the surprisal of what is printed, −log2 of its mean probability over draws."""
        return -math.log2(self.chances[prior])
