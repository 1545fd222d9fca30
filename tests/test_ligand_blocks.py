"""Ligands of a mechanism file: what is bound is not free, and potentials alone feel it."""

from __future__ import annotations

import textwrap

import numpy as np
import pytest

from prenuc.errors import MechanismError
from prenuc.simulation.evolve import evolve
from prenuc.simulation.solvers import Rodas
from prenuc.thermodynamics.check import check

FILE = textwrap.dedent("""\
    units: {time: min, concentration: mmol/L, energy: kJ/mol}
    material: CdS
    debited: [L]
    components:
      M: {initial: 2}
      L: {initial: 1.5}
      N: {initial: 3}
      O: {initial: 5}
      PC: {initial: 1, formed: {from: 4 M, K: 0.5, at: 25 degC, H: -20}}
      MSC:
        formed: {from: PC, K: 2, at: 25 degC, H: -10}
        binding: {L: {h: 0.3, sites: 2}}
        exchange: {N: {for: O, K: 4, sites: 3}}
    dots:
      surface energy: 0.05
      smallest: 2
      largest: 30
      solubility: {of: M, value: 0.05, at: 25 degC, H: 20}
      binding: {L: {h: 2, sites: 0.5}}
    reactions:
      fragmentation: {equation: PC <-> 4 M, k: 0.1}
      isomerisation: {equation: PC <-> MSC, k: 0.2}
      growth: {equation: M <-> QD, k: 0.3, dots of: {from: 1, to: 9}}
      slow growth: {equation: M <-> QD, k: 0.01, dots of: {from: 10, to: 30}}
""")


@pytest.fixture
def refused(read):
    def call(old, new):
        assert old in FILE
        with pytest.raises(MechanismError) as caught:
            read(FILE.replace(old, new))
        return [problem.what for problem in caught.value.problems]

    return call


def test_such_a_file_is_consistent(read):
    found = check(read(FILE))
    assert (found.verdict, found.reversible, found.irreversible) == ("consistent", 5, ())


@pytest.fixture(params=[4.0, 1.0, 0.2])
def exchanged(read, request):
    """The mechanism where N is preferred to O, where it is not, and where O is; and K."""
    return read(FILE.replace("K: 4, sites", f"K: {request.param}, sites")), request.param


def test_free_and_bound_ligands_are_all_there_are(exchanged):
    mechanism, preferred = exchanged
    run = evolve(mechanism, [0.0, 1.0, 30.0, 1e4], solver=Rodas(rtol=1e-10))
    free, msc, x = (run.of(n) for n in ("free L", "MSC", "fraction of N beside O"))
    units = mechanism.class_units
    surface = run.dots @ (np.cbrt(units) ** 2 - 1.0)
    bound = 2 * msc * free / (0.3 + free) + 0.5 * surface * free / (2 + free)
    assert free + bound == pytest.approx(1.5, rel=1e-8)
    held = 3 * msc * preferred * x / (1 + (preferred - 1) * x)
    assert x * (8 - 3 * msc) + held == pytest.approx(3.0, rel=1e-8)


def test_a_cluster_is_in_equilibrium_with_what_binds_to_it(exchanged):
    mechanism, preferred = exchanged
    run = evolve(mechanism, [0.0, 1e6], solver=Rodas(rtol=1e-10))
    free, x = run.of("free L")[-1], run.of("fraction of N beside O")[-1]
    ratio = run.of("MSC")[-1] / run.of("PC")[-1]
    held = (1 + free / 0.3) ** 2 * (1 + (preferred - 1) * x) ** 3
    assert ratio == pytest.approx(2 * held, rel=1e-6)


def test_dots_are_in_equilibrium_with_their_units(read):
    """f_n = Mⁿ/Π c_k, c_k = c_∞ exp(ψ ((k+1)^(2/3) − k^(2/3))), whichever way they grow."""
    mechanism = read(FILE)
    run = evolve(mechanism, [0.0, 1e7], solver=Rodas(rtol=1e-10))
    psi = mechanism.population.capillarity / 298.15 - 0.5 * np.log1p(run.of("free L")[-1] / 2)
    k = mechanism.class_units - 1.0
    soluble = 0.05 * np.exp(psi * (np.cbrt(k + 1) ** 2 - np.cbrt(k) ** 2))
    wanted = np.log(run.of("M")[-1]) + np.cumsum(np.log(run.of("M")[-1] / soluble))
    assert np.log(run.dots[-1]) == pytest.approx(wanted, rel=1e-5, abs=1e-5)


def test_binding_changes_with_temperature_by_its_heat(read):
    bound = FILE.replace("h: 0.3, sites: 2}", "h: 0.3, sites: 2, at: 25 degC, H: -30}")
    kelvin = 350.0
    run = evolve(read(bound), [0.0, 1e6], temperature=kelvin, solver=Rodas(rtol=1e-10))
    half = 0.3 * np.exp(-30e3 / 8.314462618 * (1 / kelvin - 1 / 298.15))
    strength = 2 * np.exp(10e3 / 8.314462618 * (1 / kelvin - 1 / 298.15))
    free, x = run.of("free L")[-1], run.of("fraction of N beside O")[-1]
    ratio = run.of("MSC")[-1] / run.of("PC")[-1]
    assert ratio == pytest.approx(strength * (1 + free / half) ** 2 * (1 + 3 * x) ** 3, rel=1e-6)
    assert check(read(bound)).verdict == "consistent"


def test_what_is_wrong_with_ligands_is_said(refused):
    assert refused("debited: [L]", "debited: [K]") == ["no species 'K'"]
    assert refused("for: O, K: 4", "for: P, K: 4") == ["no species 'P'"]
    two = "binding: {L: {h: 2, sites: 0.5}, N: {h: 2, sites: 0.5}}"
    assert refused("binding: {L: {h: 2, sites: 0.5}}", two) == ["two ligands cover dots"]
