r"""Two priors of constants, written down before any fit (docs/decisions/0034-rows-weighed.md).

**Physical**: what chemistry of this kind allows, each constant for itself.

=========================  =======================================================================
constant                   drawn
=========================  =======================================================================
activation energy          evenly from 30 to 160 kJ/mol
rate constant              by transition-state theory from its energy and an entropy of activation
                           that is normal, 150 J/mol/K being two standard deviations and the end
reaction enthalpy          evenly from 0 to 120 kJ/mol, with the sign that it has
equilibrium constant,      log-normal with a factor of ten, about one, or about 1 mmol/L for what
concentration              has the dimension concentration^m: then K^(1/m) is drawn
solubility of a plane      likewise, about 0.01 mmol/L
preference for a ligand    evenly in its logarithm from 1 to 10
surface energy             evenly from 0.05 to 0.25 J/m²
=========================  =======================================================================

**Near** a point: rates, equilibria and concentrations log-normal with a factor of three, the
preference for a ligand not below one; energies ±10 kJ/mol, evenly, activation energies not below
zero; surface energies ±20 %, evenly.

What is measured stays, and so does structure: orders, sites, sizes, reference temperatures. Every
constant has a seed of its own name, so that a new constant moves no other.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from prenuc.conditions import GAS_CONSTANT
from prenuc.facts.catalogue import get
from prenuc.infer.calibration.ablations import EQUAL
from prenuc.infer.calibration.draws import generator_of
from prenuc.infer.calibration.varied import Changed, kind_of, owners, value_of
from prenuc.quantities import Quantity
from prenuc.thermodynamics.prefactors import WIDEST, prefactors_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from prenuc.facts.check import Check
    from prenuc.infer.calibration.varied import Name
    from prenuc.infer.experiments.performed import Choose

FACTOR, ENERGY, SURFACE = 3.0, 10.0, 0.2  # near a point: standard deviation; kJ/mol; share
ACTIVATION, ENTHALPY = (30.0, 160.0), 120.0  # kJ/mol
ENTROPY = WIDEST / 2.0  # J/mol/K, one standard deviation
DECADE, SOLUBILITY = 10.0, 0.01  # one standard deviation, a factor; mmol/L
TENSION = 0.05, 0.25  # J/m²

SURFACE_ENERGY = "surface energy"  # ends the name of one
PREFERENCE = " under "  # stands in the name of a constant by which a ligand is preferred
_SUBSTANCE = re.compile(r"\[substance\](?: \*\* (\d+))?")


def drawn_constants(checks: Sequence[Check], choose: Choose) -> list[Name]:
    """Return the constants that are drawn, by parameter set and name.

    Args:
        checks: What is asked.
        choose: Gives every recipe its mechanism.
    """
    used = {name for of in owners(checks, choose).values() for name in of}
    return sorted(name for name in used if _is_drawn(name))


def _is_drawn(name: Name) -> bool:
    value, kind = value_of(name), kind_of(name[1])
    moves = kind != "structure" or name[1].endswith(SURFACE_ENERGY)
    return value.status != "measured" and moves and (kind == "energy" or value.quantity.number != 0)


def _prefers(name: Name) -> bool:
    return PREFERENCE in name[1] and name[1].endswith(".K")


def near(name: Name, number: float, generator: np.random.Generator) -> float:
    """Return a constant that is drawn near a point, in its own unit.

    Args:
        name: Its parameter set and its name there.
        number: What it is at the point, in its own unit.
        generator: Of random numbers.
    """
    if name[1].endswith(SURFACE_ENERGY):
        return number * float(generator.uniform(1.0 - SURFACE, 1.0 + SURFACE))
    if kind_of(name[1]) != "energy":
        number *= math.exp(math.log(FACTOR) * float(generator.normal()))
        return max(number, EQUAL) if _prefers(name) else number
    unit = value_of(name).quantity.unit
    by = Quantity(float(generator.uniform(-ENERGY, ENERGY)), "kJ/mol").to(unit)
    return max(0.0 if name[1].endswith(".Ea") else -math.inf, number + by)


@dataclass(frozen=True)
class Physical:
    """The physical prior of all constants that act in some rows.

    Args:
        checks: The rows.
        choose: Gives every recipe its mechanism.
        seed: Of all draws.
    """

    checks: tuple[Check, ...]
    choose: Choose
    seed: int = 34

    @cached_property
    def names(self) -> list[Name]:
        """The constants that are drawn."""
        return drawn_constants(self.checks, self.choose)

    def point(self, draw: int) -> dict[Name, float]:
        """Return every constant in a draw, in its own unit.

        Args:
            draw: Number of the draw.
        """
        generators = {name: generator_of(self.seed, "physical", draw, *name) for name in self.names}
        found = {name: _alone(name, generators[name]) for name in self.names}
        there = Changed(self.choose, found)
        mechanisms = {recipe: there(get("recipes", recipe)) for recipe, _ in self._rates.values()}
        ways = {r: list(prefactors_of(m.steps, stated=True)) for r, m in mechanisms.items()}
        for name, (recipe, place) in self._rates.items():
            entropy = ways[recipe][place].entropy or 0.0  # of its own rate constant alone
            wanted = float(np.clip(generators[name].normal(0.0, ENTROPY), -WIDEST, WIDEST))
            found[name] *= math.exp((wanted - entropy) / GAS_CONSTANT)
        return found

    def about(self, point: Mapping[Name, float], draw: int) -> dict[Name, float]:
        """Return every constant in a draw near a point, in its own unit.

        Args:
            point: The constants there.
            draw: Number of the draw.
        """
        return {
            name: near(name, number, generator_of(self.seed, "near", draw, *name))
            for name, number in point.items()
        }

    @cached_property
    def _rates(self) -> dict[Name, tuple[str, int]]:
        """A recipe, and the place of a judged prefactor in its mechanism, for each rate constant.

        Which it is shows when the rate constant is made e times as large.
        """
        found: dict[Name, tuple[str, int]] = {}
        for recipe, used in owners(self.checks, self.choose).items():
            left = [n for n in self.names if n in used and kind_of(n[1]) == "rate"]
            for name in (name for name in left if name not in found):
                numbers = value_of(name).quantity.number, math.e * value_of(name).quantity.number
                before, after = (self._prefactors(recipe, name, number) for number in numbers)
                moved = [i for i, (b, a) in enumerate(zip(before, after, strict=True)) if a > b]
                if moved:
                    found[name] = recipe, moved[0]
        return found

    def _prefactors(self, recipe: str, name: Name, number: float) -> list[float]:
        """Return the entropies of a mechanism, in J/mol/K; −inf of ways that are not judged."""
        mechanism = Changed(self.choose, {name: number})(get("recipes", recipe))
        ways = prefactors_of(mechanism.steps, stated=True)
        return [(one.entropy or 0.0) if one.judged else -math.inf for one in ways]


def _alone(name: Name, generator: np.random.Generator) -> float:
    """Return a constant that hangs on no other; of a rate, the package's own number to start."""
    quantity = value_of(name).quantity
    what, number, unit = name[1], quantity.number, quantity.unit
    if what.endswith(SURFACE_ENERGY):
        return Quantity(float(generator.uniform(*TENSION)), "J/m^2").to(unit)
    if what.endswith(".Ea"):
        return Quantity(float(generator.uniform(*ACTIVATION)), "kJ/mol").to(unit)
    if kind_of(what) == "energy":
        size = Quantity(float(generator.uniform(0.0, ENTHALPY)), "kJ/mol").to(unit)
        return math.copysign(size, number)
    if kind_of(what) == "rate":
        return number
    if _prefers(name):
        return math.exp(math.log(DECADE) * float(generator.uniform()))
    logarithm = math.log(DECADE) * float(generator.normal())
    if what.endswith("solubility"):
        logarithm += math.log(SOLUBILITY)
    held = _SUBSTANCE.search(quantity.dimension)
    particles = float(held[1] or 1.0) if held else 1.0
    # 1 mmol/L is one SI unit, so that K of m particles about 1 mmol/L has the SI number one
    log_number = math.log(number / quantity.si) + particles * logarithm
    return math.exp(log_number)
