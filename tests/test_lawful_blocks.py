"""Blocks whose ways back follow: laws that are no mass action, closed equations, dots."""

from __future__ import annotations

import numpy as np
import pytest

from prenuc.conditions import Conditions
from prenuc.errors import MechanismError
from prenuc.simulation.evolve import evolve
from prenuc.thermodynamics.check import check
from prenuc.thermodynamics.energy import gibbs_energy

R = 8.31446261815324
HEAD = """\
units: {time: min, concentration: mmol/L, energy: kJ/mol}
components:
  A: {initial: 2}
  P: {formed: {from: 10 A, K: 3e4, at: 100 degC, H: -80}}
  L: {initial: 0.5}
reactions:
"""


def affinity_from_rates(mechanism, state):
    there, back = mechanism.reactions
    return R * state.temperature * np.log(there.rate(state) / back.rate(state))


def test_a_forward_law_of_first_order_makes_a_tenth_of_a_cluster(read):
    """A → 0.1 P at the rate k A (1 − exp(−affinity/RT)), and the affinity is that of A ⇌ 0.1 P."""
    because = "because: one bond forms in an assembly of three"
    mechanism = read(HEAD + f"  bond: {{equation: A <-> 0.1 P, k: 0.3, {because}}}\n")
    found = check(mechanism)
    assert found.verdict == "consistent"
    reason = because.removeprefix("because: ")
    assert found.as_dict()["laws"] == [{"reaction": "bond", "because": reason}]
    plain = check(
        read(HEAD + "  bond: {equation: 10 A <-> P, k: 0.3, catalysts: {L: {half: 2}}}\n")
    )
    assert plain.as_dict()["laws"] == []
    state = Conditions(400.0, 1.0, {"A": 1.3, "P": 0.02, "L": 0.5}, {})
    log_k = 0.1 * (np.log(3e4) + 80e3 / R * (1 / 400.0 - 1 / 373.15))
    expected = R * 400.0 * (log_k + np.log(1.3) - 0.1 * np.log(0.02))
    assert mechanism.affinities(state)["bond"] * 1e3 == pytest.approx(expected)
    assert affinity_from_rates(mechanism, state) == pytest.approx(expected)


def test_with_a_reason_a_whole_law_acts_both_ways(read):
    law = "equation: 10 A <-> P, k: 2, order: {A: 10}, under: {P + L: {h: 0.1}}, above: {L: 0.2}"
    uneven = read(HEAD + f"  step: {{{law}}}\n")
    assert {fault.kind for fault in check(uneven).faults} == {
        "binding on a rate",
        "one-sided bound",
    }
    even = read(HEAD + f"  step: {{{law}, because: the surface fills up}}\n")
    assert check(even).verdict == "consistent"
    state = Conditions(373.15, 1.0, {"A": 0.9, "P": 2.0, "L": 0.7}, {})
    assert affinity_from_rates(even, state) == pytest.approx(even.affinities(state)["step"] * 1e3)


def test_a_reason_stands_where_a_way_back_follows_alone(read):
    for law in ("A -> 0.1 P, k: 1", "A <-> 0.1 P, k: 1, reverse: {value: 2, legacy: true}"):
        with pytest.raises(MechanismError, match="no way back that follows from its forward law"):
            read(HEAD + f"  bond: {{equation: {law}, because: so}}\n")


CLOSED = """\
units: {time: min, concentration: mmol/L, energy: kJ/mol}
closed by: [Cd(OA)2]
components:
  Cd(OA)2: {composition: reagent, initial: 40}
  S: {composition: reagent, initial: 10}
  PC: {composition: {Cd: 2, S: 1}, neutral with: Cd(OA)2, initial: 1}
  Mo: {composition: {Cd: 1, S: 1}, formed: {from: PC, K: 0.5, H: 20}}
reactions:
  fragmentation: {equation: PC <-> Mo, k: 0.1}
"""


def test_the_way_back_sees_what_closes_the_equation(read):
    mechanism = read(CLOSED)
    there, back = mechanism.reactions
    assert there.stoichiometry["Cd(OA)2"] == 1.0
    assert {name for factor in back.factors for name in factor.pool} == {"Mo", "Cd(OA)2"}
    assert check(mechanism).verdict == "consistent"
    with pytest.raises(MechanismError, match=r"of order -1 in Cd\(OA\)2"):
        read(CLOSED.replace("PC <-> Mo", "Mo <-> PC"))
    turned = CLOSED.replace("PC <-> Mo, k: 0.1", "Mo <-> PC, k: 0.1, order: {Cd(OA)2: 1}")
    assert check(read(turned)).verdict == "consistent"


DOTS = """\
units: {time: min, concentration: mmol/L, energy: kJ/mol}
material: CdS
components:
  Mo: {composition: {Cd: 1, S: 1}, initial: 1.5}
dots:
  surface energy: 0.02 J/m^2
  smallest: 6
  largest: 60
  solubility: {of: Mo, value: 0.02, at: 25 degC, H: 30}
reactions:
  nucleation: {equation: Mo -> QD, nucleus: 6, order: {Mo: 6}, k: 0.5}
  growth: {equation: Mo <-> QD, k: {value: 2, at: 25 degC, Ea: 60}}
"""


def test_dots_take_their_way_back_from_one_solubility(read):
    mechanism = read(DOTS)
    (join,), (leave,) = mechanism.population.attachment, mechanism.population.detachment
    for kelvin in (280.0, 450.0):
        solubility = 0.02 * np.exp(-30e3 / R * (1 / kelvin - 1 / 298.15))
        assert leave.constant(kelvin) / join.constant(kelvin) == pytest.approx(solubility)
    assert not leave.factors
    assert check(mechanism).verdict == "consistent"
    run = evolve(mechanism, np.concatenate([[0.0], np.logspace(-3, 6, 40)]))
    energy = [
        gibbs_energy(
            mechanism, Conditions(298.15, 1.0, dict(zip(run.names, row, strict=True)), {}), d
        )
        for row, d in zip(run.concentration, run.dots, strict=True)
    ]
    assert np.diff(energy).max() <= 1e-6 * np.ptp(energy)


def test_two_channels_of_dots_agree_on_the_solubility(read):
    helped = "catalysts: {L: {half: 2}}"
    growth = "equation: Mo <-> QD, k: {value: 1, at: 25 degC, Ea: 60}"
    text = DOTS.replace("  Mo: {", "  L: {initial: 1, composition: {}}\n  Mo: {")
    text += f"  growth with L: {{{growth}, {helped}}}\n"
    assert {fault.kind for fault in check(read(text)).faults} == {"missing way back"}
    nucleation = "equation: Mo -> QD, nucleus: 6, order: {Mo: 6}, k: 0.25"
    text += f"  nucleation with L: {{{nucleation}, {helped}}}\n"  # as the smallest dots fall apart
    assert check(read(text)).verdict == "consistent"
    assert check(read(text.replace("k: 0.25", "k: 0.2"))).verdict == "inconsistent"
    own = "reverse: {solubility: other, legacy: true}"
    values = """\
values:
  other.solubility: {value: 0.03, unit: mmol/L, source: prenuc @ this test, status: assumed}
  other.solubility at: {value: 25, unit: degC, source: prenuc @ this test, status: assumed}
  other.H: {value: 30, unit: kJ/mol, source: prenuc @ this test, status: assumed}
"""
    two = values + text.replace(f"Ea: 60}}, {helped}", f"Ea: 60}}, {helped}, {own}")
    kinds = {fault.kind for fault in check(read(two)).faults}
    assert "dots with two solubilities" in kinds


def test_dots_without_a_solubility_grow_one_way(read):
    text = DOTS.replace("  solubility: {of: Mo, value: 0.02, at: 25 degC, H: 30}\n", "")
    with pytest.raises(MechanismError, match="'growth' has no way back that is known"):
        read(text)
    assert check(read(text.replace("Mo <-> QD", "Mo -> QD"))).verdict == "cannot be checked"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("of: Mo", "of: Moo", "no species 'Moo'"),
        ("value: 0.02", "value: 0", "is zero"),
        ("value: 0.02, ", "", "'value' is missing"),
        ("H: 30", "H: hot", "wrong unit|not a unit|cannot|no unit|not a quantity"),
    ],
)
def test_a_solubility_that_cannot_be_is_refused(read, old, new, said):
    with pytest.raises(MechanismError, match=said):
        read(DOTS.replace(old, new))


STAGED = """\
units: {time: min, concentration: mmol/L, energy: kJ/mol}
values:
  count: {value: 3, unit: "1", source: user @ here, status: assumed}
components:
  A: {initial: 2}
  P: {stages: count, each stage: {K: 15, at: 25 degC, H: -40}, formed: {from: 2 A, K: 7, H: -9}}
  Q: {formed: {from: P, K: 5, H: -20}}
reactions:
  making of P: {equation: P <-> 2 A, k: 0.3}
  P goes to Q: {equation: P <-> Q, k: 0.1, chain: true}
  undoing: {equation: Q <-> 2 A, k: 0.02}
"""


def test_each_stage_is_formed_from_the_one_before(read):
    """ln K of a step of the chain is that of a stage, and what follows is formed from the last."""
    mechanism = read(STAGED)
    found = check(mechanism)
    assert (found.verdict, found.reversible) == ("consistent", 7)
    assert [loop.closes for loop in found.loops] == [True] * 3
    kelvin = 330.0
    held = {"A": 1.0, "P.1": 1.0, "P.2": 1.0, "P.3": 1.0, "Q": 1.0}
    affinities = mechanism.affinities(Conditions(kelvin, 1.0, held, {}))

    def log_k(k, heat):
        return R * kelvin / 1e3 * (np.log(k) - heat / R * (1 / kelvin - 1 / 298.15))

    step, last, first = log_k(15, -40e3), log_k(5, -20e3), log_k(7, -9e3)
    making = [-first, -first - step, -first - 2 * step]
    wanted = [*making, step, step, last, -first - 2 * step - last]
    assert list(affinities.values()) == pytest.approx(wanted)


def test_one_stage_has_none_before_it(read):
    with pytest.raises(MechanismError, match="'Q' has one stage"):
        read(STAGED.replace("Q: {formed", "Q: {each stage: {K: 1, H: 0}, formed"))


def test_a_component_is_formed_by_constants_of_another_name(read):
    """Two steps that are alike share their K."""
    shared = "{value: 15, unit: '1', source: user @ here, status: assumed}"
    head = (
        STAGED.partition("components:")[0]
        + f"  step.K: {shared}\n"
        + """\
  step.at: {value: 25, unit: degC, source: user @ here, status: assumed}
  step.H: {value: -40, unit: kJ/mol, source: user @ here, status: assumed}
components:
  A: {initial: 2}
  B: {formed: {from: A, by: step}}
  C: {formed: {from: B, by: step}}
reactions:
  one: {equation: A <-> B, k: 1}
  two: {equation: B <-> C, k: 3}
"""
    )
    mechanism = read(head)
    state = Conditions(310.0, 1.0, {"A": 1.0, "B": 1.0, "C": 1.0}, {})
    one, two = mechanism.affinities(state).values()
    expected = R * 310.0 / 1e3 * (np.log(15) + 40e3 / R * (1 / 310.0 - 1 / 298.15))
    assert (one, two) == pytest.approx((expected, expected))
    assert not {"B.K", "C.K"} & set(mechanism.constants)
