"""What a mechanism says of its dots, whichever way they are counted; ``dots.py`` counts them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from prenuc.errors import MechanismError
from prenuc.facts.catalogue import get
from prenuc.mechanism.population import (
    AbstractProfile,
    DiffusionLimited,
    EveryUnit,
    SurfaceLimited,
    capillarity,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prenuc.mechanism.reaction import Factor, Reaction

PROFILES: Mapping[float, AbstractProfile] = {
    0.0: SurfaceLimited(),
    1.0: DiffusionLimited(),
    -1.0: EveryUnit(),
}  # by the exponent q of dl/dt = g l^(−q)


@dataclass(frozen=True)
class Cover:
    """A ligand that covers dots.

    Args:
        polynomial: The component that is its binding polynomial.
        sites: Sites per n^(2/3).
        surface: The component that is the surface that it covers.
    """

    polynomial: str = ""
    sites: float = 0.0
    surface: str = ""


@dataclass(frozen=True)
class Surface:
    """What holds for the dots of a mechanism, whichever way they are counted.

    Args:
        material: Semiconductor.
        energy: Surface energy in J/m²; 0 where it is not known, and dots are moments in any case.
        smallest: Units in the smallest dot.
        largest: Units in the largest dot.
        cover: The ligand that covers them, if any.
        exponent: q of dl/dt = g l^(−q): 0 where the surface takes units up, 1 where they have to
            diffuse there, −1 where every unit inside a dot is active.
    """

    material: str
    energy: float = 0.0
    smallest: float = 0.0
    largest: float = 0.0
    cover: Cover = field(default_factory=Cover)
    exponent: float = 0.0

    @property
    def capillarity(self) -> float:
        """Γ in K."""
        volume = get("materials", self.material).values["unit_volume"].si
        return capillarity(self.energy, volume) if self.energy else 0.0

    @property
    def profile(self) -> AbstractProfile:
        """How the rate of attachment grows with the number of units."""
        if self.exponent not in PROFILES:
            what = f"growth with a size exponent of {self.exponent:g} is not known"
            mend = "Give 0 (surface), 1 (diffusion) or -1 (all units)"
            raise MechanismError(what, mend, where="growth.size exponent")
        return PROFILES[self.exponent]


@dataclass(frozen=True)
class Channel:
    """A way in which a dot gains a unit, and loses it where it can.

    Args:
        joins: Per dot with α = 1.
        leaves: Per dot with β = 1; None where there is no way back.
        solubility: Of a plane surface, in mol/m³, where what joins is what it dissolves into.
        between: Units in the smallest and the largest dot that grow so; None for all.
        first: The concentration of one unit as a dot of one, where the channel makes dots of two
            by joining a unit to it; () where dots begin otherwise.
    """

    joins: Reaction
    leaves: Reaction | None = None
    solubility: float = 0.0
    between: tuple[float, float] | None = None
    first: tuple[Factor, ...] = ()


@dataclass(frozen=True)
class Nucleus:
    """What a reaction makes dots of.

    Args:
        name: Of the reaction.
        size: Units in the dots.
        falls: How one dot falls apart into what it was made of; None where it does not.
    """

    name: str
    size: float
    falls: Reaction | None = None
