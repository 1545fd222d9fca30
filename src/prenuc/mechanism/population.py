r"""A population of dots, class by class: every number of units per dot is counted for itself.

Dots of n units, n = smallest … largest, gain and lose one unit at a time,

.. math:: \dot f_n = A\,(α_{n-1} f_{n-1} - α_n f_n) + B\,(β_{n+1} f_{n+1} - β_n f_n) + J_n

where A and B sum the rates of all *channels* by which a unit arrives or leaves (a monomer, a
precursor compound, …), α_n says how that rate grows with the size of a dot, and J_n is nucleation.
A curved surface holds its units less firmly (Gibbs-Thomson): by detailed balance

.. math:: β_n = α_{n-1} \exp\Big(\frac{Γ}{T}\,(n^{2/3} - (n-1)^{2/3})\Big), \quad
   Γ = \frac{(36 π)^{1/3} γ v^{2/3}}{k_B}

with γ the surface energy in J/m² and v the volume of a unit in m³; for large n the exponent is
2γv/(r kT). A dot that loses a unit below the smallest size falls apart into all its units.

References: Becker and Döring 1935, Ann. Phys. 416, 719 (the equations); Burton 1977, in:
Statistical Mechanics A (ed. Berne), ch. 6 (discrete form and its equilibrium).
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from prenuc.conditions import BOLTZMANN
from prenuc.errors import MechanismError, Problem, unknown_name
from prenuc.facts.catalogue import get

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from prenuc.arrays import Array
    from prenuc.mechanism.reaction import Reaction


@dataclass(frozen=True)
class AbstractProfile(ABC):
    """How the rate of attachment grows with size; α of one unit is 1."""

    @abstractmethod
    def __call__(self, units: Array) -> Array:
        """Return α for numbers of units per dot, the same shape."""


@dataclass(frozen=True)
class SurfaceLimited(AbstractProfile):
    """α = n^(2/3): every site of the surface takes units alike (dr/dt independent of r)."""

    def __call__(self, units: Array) -> Array:
        """Return α for numbers of units per dot, the same shape."""
        return np.cbrt(units) ** 2


@dataclass(frozen=True)
class DiffusionLimited(AbstractProfile):
    """α = n^(1/3): units diffuse to a sphere, 4πDrc per dot (dr/dt ∝ 1/r; Smoluchowski 1917)."""

    def __call__(self, units: Array) -> Array:
        """Return α for numbers of units per dot, the same shape."""
        return np.cbrt(units)


@dataclass(frozen=True)
class EveryUnit(AbstractProfile):
    """α = n: every unit inside a dot takes units up (dr/dt ∝ r), as A + B → 2 B says."""

    def __call__(self, units: Array) -> Array:
        """Return α for numbers of units per dot, the same shape."""
        return np.array(units, dtype=float)


@dataclass(frozen=True)
class Between(AbstractProfile):
    """The α of another profile for dots of some sizes, and 0 for all others.

    A channel loses units from the dots that it makes: β of a dot is α of the dot of a unit less.

    Args:
        inner: The other profile.
        smallest: Units in the smallest dot that takes part.
        largest: Units in the largest one.
    """

    inner: AbstractProfile
    smallest: float = 0.0
    largest: float = math.inf

    def __call__(self, units: Array) -> Array:
        """Return α for numbers of units per dot, the same shape."""
        inside = (units >= self.smallest) & (units <= self.largest)
        return np.where(inside, self.inner(units), 0.0)


def capillarity(surface_energy: float, unit_volume: float) -> float:
    """Return Γ in K for a surface energy in J/m² and the volume of a unit in m³."""
    return float((36 * math.pi) ** (1 / 3) * surface_energy * unit_volume ** (2 / 3) / BOLTZMANN)


@dataclass(frozen=True)
class QuantumDotMoments:
    """Names of the four moments Σ l^p of a dot population, l = (units per dot)^(1/3).

    Args:
        number: p = 0.
        length: p = 1.
        surface: p = 2.
        units: p = 3, the formula units in dots: the only one that carries matter.
    """

    number: str = "QD number"
    length: str = "QD length"
    surface: str = "QD surface"
    units: str = "QD"


DOTS = QuantumDotMoments()
FIRST_TWO = ", the first two units"  # ends the name of a channel where it makes dots of two


@dataclass(frozen=True)
class SizeClasses:
    """Dots by their number of units.

    Args:
        attachment: Channels by which a unit joins a dot. A channel is a reaction with the
            stoichiometry of one unit; k Π g is in 1/s for a dot with α = 1.
        detachment: Channels by which a unit leaves a dot with β = 1.
        nuclei: Units in the nucleus that a reaction of the mechanism makes, by its name. What lies
            between two classes is shared so that dots and units are kept.
        profile: α of channels.
        profiles: α of channels that grow otherwise with size, by name.
        capillarity: Γ in K, see :func:`capillarity`; 0 for dots that do not feel their size.
        cover: The binding polynomial q of ligands on the surface, a component (see
            :mod:`prenuc.mechanism.binding`); "" where none binds.
        sites: Sites σ per n^(2/3) that q is for: the exponent above falls by σ ln q.
        surface: The component that stands for Σ (n^(2/3) − (smallest − 1)^(2/3)) of all dots, the
            surface that q is for; "" where nothing asks for it.
        material: Semiconductor, where it is not that of the mechanism.
        smallest: Units in the smallest dot.
        largest: Units in the largest dot; there growth ends.
        moments: Names under which the moments of the population are reported.
    """

    attachment: tuple[Reaction, ...]
    detachment: tuple[Reaction, ...] = ()
    nuclei: Mapping[str, float] = field(default_factory=dict)
    profile: AbstractProfile = field(default_factory=SurfaceLimited)
    profiles: Mapping[str, AbstractProfile] = field(default_factory=dict)
    capillarity: float = 0.0
    cover: str = ""
    sites: float = 0.0
    surface: str = ""
    material: str = ""
    smallest: int = 2
    largest: int = 10_000
    moments: QuantumDotMoments = field(default_factory=QuantumDotMoments)

    @property
    def channels(self) -> tuple[Reaction, ...]:
        """All channels, those of attachment first."""
        return (*self.attachment, *self.detachment)

    def growth(self, channel: Reaction) -> AbstractProfile:
        """Return how the rate of a channel grows with size."""
        return self.profiles.get(channel.name, self.profile)

    @property
    def between_classes(self) -> tuple[Reaction, ...]:
        """The channels that lead from class to class, without how the smallest dots fall apart."""
        known = ((one, self.profiles.get(one.name)) for one in self.channels)
        return tuple(
            one
            for one, profile in known
            if not isinstance(profile, Between) or profile.largest >= self.smallest
        )

    @property
    def units(self) -> Array:
        """Units per dot of every class, shape (classes,)."""
        return np.arange(self.smallest, self.largest + 1, dtype=float)

    def issues(self) -> list[Problem]:
        """Return what is wrong with the sizes."""
        found = []
        if not 1 <= self.smallest < self.largest:
            what = f"dots of {self.smallest} to {self.largest} units"
            found.append(Problem(what, "Give 1 ≤ smallest < largest"))
        for name, size in self.nuclei.items():
            if not self.smallest <= size <= self.largest:
                what = f"'{name}' makes a nucleus of {size:g} units, outside the classes"
                found.append(
                    Problem(what, f"Give {self.smallest} to {self.largest}, or other classes")
                )
        return found


def population_issues(
    populations: Sequence[SizeClasses], components: Collection[str]
) -> list[Problem]:
    """Return what is wrong with the sizes and names of all ladders.

    Args:
        populations: The ladders.
        components: Names of the components that there are.
    """
    found = [problem for one in populations for problem in one.issues()]
    if len({(one.smallest, one.largest) for one in populations}) > 1:
        what = "ladders of size classes count different numbers of units per dot"
        found.append(Problem(what, "Give all the same smallest and largest"))
    found += [
        unknown_name("component", name, components)
        for one in populations
        for name in (one.cover, one.surface)
        if name and name not in components
    ]
    return found


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
