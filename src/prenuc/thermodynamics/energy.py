r"""The Gibbs energy of a vessel and the power that reactions dissipate in it.

For an ideal dilute solution of particles j (molecules, clusters, dots by class),

.. math:: μ_j = μ_j^\circ + RT \ln c_j, \qquad G = V \sum_j c_j (μ_j - RT), \qquad
   \frac{dG}{dt} = -V \sum_r v_r A_r \le 0

in a closed vessel at one temperature. The sum runs over *particles*, in the counting of the
equations: where A and A₃ react, A₃ counts once, not three times (per unit, G may rise). Where
temperature or contents change, only the dissipated power Σ v A ≥ 0 has a meaning.

The μ° follow from the equilibrium constants up to a constant for each conserved quantity, which no
difference of G in a closed vessel depends on. A dot of n units has, relative to the smallest, of
n₀, with Γ of ``mechanism/population.py``,

.. math:: μ_n^\circ = μ_{n_0}^\circ + (n - n_0)\, μ_{\text{unit}}^\circ + R Γ (n^{2/3} - n_0^{2/3})

A ligand that binds counts free and bound: G = Σ c_j (μ_j − RT) + Σ L μ_L − RT Σ l, with all of it
L, the free one l, μ_L = μ°_L + RT ln l, and μ_j lowered by RT s ln q for s sites of polynomial q.
A moiety that several components carry, and that no reaction makes, counts likewise beside these.

Where one of two ligands holds each of s sites that are never bare, with x the fraction of the new
one among all that are elsewhere and N and O all of the new and of the old one,

.. math:: G = \sum_j c_j (μ_j - RT) + RT\,(N \ln x + O \ln(1 - x)), \qquad
   μ_j = μ_j^\circ + RT \ln c_j - RT\, s_j \ln(1 - x + K x)

the entropy of mixing of what sits anywhere else; ∂G/∂x = 0 is the balance of the new ligand.

Units are SI; concentrations in mol/m³ with the standard state 1 mol/m³.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from prenuc.conditions import GAS_CONSTANT
from prenuc.errors import MechanismError
from prenuc.mechanism.binding import carried_of, exchanges_of, free_of, sites_of
from prenuc.thermodynamics.check import INCONSISTENT, verdict_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from prenuc.arrays import Array
    from prenuc.conditions import Conditions
    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.mechanism.population import SizeClasses
    from prenuc.mechanism.reversible import Step


def standard_potentials(mechanism: Mechanism, temperature: float) -> dict[str, float]:
    """Return μ° of everything that reversible reactions change, in J/mol.

    Args:
        mechanism: One that does not contradict itself.
        temperature: In K.

    Returns:
        By component; of dots, that of a unit in a large one, and of a dot beyond its units.

    Raises:
        MechanismError: Its cycles do not close, or the like, so that there are no potentials.
    """
    if verdict_of(mechanism) == INCONSISTENT:
        what = f"{mechanism.name} contradicts thermodynamics, so that it has no Gibbs energy"
        raise MechanismError(what, "See what prenuc check says of it")
    steps = [step for step in mechanism.steps if step.back is not None]
    names = list(dict.fromkeys(name for step in steps for name in step.net))
    changes = np.array([[step.net.get(name, 0.0) for name in names] for step in steps])
    driven = np.array([step.log_equilibrium(temperature) for step in steps])
    if not steps:
        return {}
    found = -np.linalg.lstsq(changes, driven, rcond=None)[0] * GAS_CONSTANT * temperature
    return dict(zip(names, found.tolist(), strict=True))


def gibbs_energy(mechanism: Mechanism, state: Conditions, dots: Array | None = None) -> float:
    """Return G = V Σ c (μ − RT) in J, up to a constant of a closed vessel at one temperature.

    Args:
        mechanism: One that does not contradict itself.
        state: Temperature (K), volume (m³) and concentrations (mol/m³), with those of free ligands
            and binding polynomials where ligands bind.
        dots: Concentration of dots of each class in mol/m³, one class of each ladder after the
            other, shape (classes,); None where the mechanism has none.

    Raises:
        MechanismError: The mechanism contradicts itself, or says nothing of the dots.
    """
    standard = standard_potentials(mechanism, state.temperature)
    thermal, ladders = GAS_CONSTANT * state.temperature, mechanism.populations
    free, there = free_of(mechanism.balances), state.concentrations
    aside = {*mechanism.moment_names, *mechanism.without_mass, *free}
    covered = _covered(sites_of(mechanism.balances), there)
    held = [name for name in there if name not in aside and name in {*standard, *covered}]
    potential = [standard.get(n, 0.0) - thermal * covered.get(n, 0.0) for n in held]
    found = _of_particles(np.array(potential), np.array([there[n] for n in held]), thermal)
    for all_of_it, ligand in free.items():
        of_ligand = standard.get(ligand, 0.0) + thermal * _log(there[ligand])
        found += there[all_of_it] * of_ligand - thermal * there[ligand]
    for ligand, pool in carried_of(mechanism.balances).items():
        held_by = sum(number * there[name] for name, number in pool.items())
        found += thermal * (held_by * _log(there[ligand]) - there[ligand])
    for x, pools in exchanges_of(mechanism.balances).items():
        of_new, both = (sum(n * there[name] for name, n in pool.items()) for pool in pools)
        found += thermal * (of_new * _log(there[x]) + (both - of_new) * _log(1.0 - there[x]))
    if ladders and dots is None:
        raise MechanismError("the dots of a mechanism with size classes are missing", "Give them")
    for i, sizes in enumerate(ladders):
        own = np.asarray(dots, dtype=float)[i :: len(ladders)]
        found += _of_particles(_of_dots(sizes, standard, there, thermal), own, thermal)
    return state.volume * found


def _log(number: float) -> float:
    return float(np.log(number)) if number > 0 else 0.0  # times what is not there


def _covered(
    sites: Mapping[str, Mapping[str, float]], there: Mapping[str, float]
) -> dict[str, float]:
    """Return by how many RT ligands lower the potential of each component that they bind to."""
    found: dict[str, float] = {}
    for q, hosts in sites.items():
        for name, number in hosts.items():
            found[name] = found.get(name, 0.0) + number * _log(there[q])
    return found


def _of_particles(standard: Array, concentrations: Array, thermal: float) -> float:
    """Return Σ c (μ° + RT ln c − RT) in J/m³; what is not there adds nothing."""
    there = concentrations > 0
    c, potential = concentrations[there], standard[there]
    return float(c @ (potential + thermal * (np.log(c) - 1.0)))


def _of_dots(
    sizes: SizeClasses, standard: Mapping[str, float], there: Mapping[str, float], thermal: float
) -> Array:
    """Return μ° of a dot of each class in J/mol, under what covers it, shape (classes,)."""
    units = sizes.units
    curved = np.cbrt(units) ** 2 - np.cbrt(units[0]) ** 2
    of_unit, of_dot = (standard.get(n, 0.0) for n in (sizes.moments.units, sizes.moments.number))
    found: Array = of_dot + units * of_unit + GAS_CONSTANT * sizes.capillarity * curved
    if sizes.cover:
        area = np.cbrt(units) ** 2 - np.cbrt(units[0] - 1.0) ** 2
        found -= thermal * sizes.sites * area * _log(there[sizes.cover])
    return found


@dataclass(frozen=True)
class Drive:
    """What drives a step, and what that costs.

    Args:
        rate: Net, in mol/m³/s of what the step makes; of a channel that dots grow by, of units.
        affinity: In J/mol; of such a channel the mean over all events, with the sign of the rate.
            Infinite where one side is missing, nan where nothing happens.
        power: Σ v A in W/m³, without sides of which nothing is there.
    """

    rate: float
    affinity: float
    power: float


def drives(
    mechanism: Mechanism,
    state: Conditions,
    dots: Array | None = None,
    steps: Sequence[Step] | None = None,
) -> dict[str, Drive]:
    """Return what drives every reversible reaction, by its name; nothing in a frozen solid.

    Args:
        mechanism: What happens.
        state: Temperature (K) and concentrations (mol/m³) of every component.
        dots: Concentration of dots of each class in mol/m³, one class of each ladder after the
            other, shape (classes,).
        steps: Those of the mechanism, where they are known.
    """
    if state.frozen:
        return {}
    ladders = mechanism.populations
    channels: dict[str, tuple[SizeClasses, Array]] = {}
    there = dict(state.concentrations)
    for i, sizes in enumerate(ladders):
        own = np.zeros(len(sizes.units)) if dots is None else np.asarray(dots)[i :: len(ladders)]
        channels |= {one.name: (sizes, own) for one in sizes.attachment}
        there[sizes.moments.number] = float(own[0])  # a nucleation makes the smallest dot
    state, found = replace(state, concentrations=there), {}
    for step in mechanism.steps if steps is None else steps:
        if step.back is None:
            continue
        if step.name in channels:
            found[step.name] = _of_channel(*channels[step.name], step, state)
        else:
            rate = step.there.rate(state) - step.events * step.back.rate(state)
            affinity = step.affinity(state)
            power = rate * affinity if np.isfinite(affinity) else 0.0
            found[step.name] = Drive(rate, affinity, power)
    return found


def dissipation(mechanism: Mechanism, state: Conditions, dots: Array | None = None) -> float:
    """Return the power that reversible reactions dissipate, Σ v A in W/m³.

    Reactions without a way back have no affinity and are left out; so are sides of which nothing is
    there, whose affinity is infinite.

    Args:
        mechanism: What happens.
        state: Temperature (K) and concentrations (mol/m³) of every component.
        dots: Concentration of dots of each class in mol/m³, one class of each ladder after the
            other, shape (classes,).
    """
    return sum(one.power for one in drives(mechanism, state, dots).values())


def _of_channel(sizes: SizeClasses, dots: Array, step: Step, state: Conditions) -> Drive:
    """Return what drives a channel, over all classes between which it moves units."""
    assert step.back is not None  # noqa: S101  # the caller asks for such steps alone
    last = int(np.max(np.flatnonzero(dots), initial=0)) + 2  # beyond, nothing is there
    dots, units = dots[:last], sizes.units[:last]
    thermal = GAS_CONSTANT * state.temperature
    held = sizes.capillarity / state.temperature
    if sizes.cover:
        held -= sizes.sites * _log(state.concentrations[sizes.cover])
    there = step.there.rate(state) * sizes.growth(step.there)(units[:-1]) * dots[:-1]
    back = step.back.rate(state) * sizes.growth(step.back)(units[:-1]) * dots[1:]
    back = back * np.exp(np.diff(np.cbrt(units) ** 2) * held)
    both, net = (there > 0) & (back > 0), there - back
    power = thermal / step.multiple * float(net[both] @ np.log(there[both] / back[both]))
    rate, events = float(net.sum()), float(np.abs(net).sum())
    mean = math.copysign(power / events, rate) if events > 0 else math.nan
    return Drive(rate, mean, power)
