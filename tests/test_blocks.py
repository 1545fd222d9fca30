"""Mechanisms in blocks: what they say is what runs, and the way back is never a free number."""

from __future__ import annotations

import json
import math
import pickle
import textwrap

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prenuc.conditions import GAS_CONSTANT, Conditions
from prenuc.errors import MechanismError
from prenuc.facts.catalogue import get
from prenuc.mechanism import block_file, read_mechanism
from prenuc.mechanism.named import mechanism_named
from prenuc.simulation.evolve import evolve
from prenuc.simulation.solvers import Rodas

UNITS = "units: {time: min, concentration: mmol/L, energy: kJ/mol}\n"
EXAMPLE = textwrap.dedent(block_file.__doc__.split("::\n")[1].split("\nA number")[0])
ISOMERS = (
    UNITS
    + """\
components:
  PC:  {initial: 2}
  MSC: {formed: {from: PC, K: 9.8, at: 25 degC, H: -30}, binding: {L: {h: 2.46, sites: 3}}}
  L:   {initial: 10}
reactions:
  isomerisation: {equation: PC <-> MSC, k: {value: 0.0136, at: 25 degC, Ea: 85}}
"""
)


@pytest.fixture
def refused(read):
    def call(text):
        with pytest.raises(MechanismError) as caught:
            read(text)
        return [(int(p.where.rpartition(":")[2]), p.what) for p in caught.value.problems]

    return call


def rates(mechanism, concentrations, temperature=298.15):
    there = Conditions(temperature, 1.0, concentrations, {})
    return {one.name: one.rate(there) for one in mechanism.reactions}


# ---- the same as before --------------------------------------------------------------------------


def test_blocks_run_as_the_list_of_reactions_does(read):
    old = UNITS + (
        "species: {A: {initial: 1}, B: {}, C: {}}\n"
        "reactions:\n"
        '  - {equation: "A -> B", k: 0.04}\n'
        '  - {equation: "2 B -> B + C", k: {at: 25 degC, value: 3.0, Ea: 20}}\n'
        '  - {equation: "A <-> C", k: 0.2, k_reverse: 0.1}\n'
    )
    new = UNITS + (
        "components: {A: {initial: 1}, B: {}, C: {}}\n"
        "reactions:\n"
        "  first: {equation: A -> B, k: 0.04 1/min}\n"
        "  second: {equation: 2 B -> B + C, k: {at: 25 degC, value: 3.0, Ea: 20}}\n"
        "  third: {equation: A <-> C, k: 12 1/h, reverse: {value: 0.1, legacy: true}}\n"
    )
    times = [0.0, 1.0, 10.0, 100.0]
    wanted, found = (evolve(read(text), times).concentration for text in (old, new))
    np.testing.assert_allclose(found, wanted, rtol=1e-9)


def test_the_example_of_the_page_can_be_read(read):
    mechanism = read(EXAMPLE)
    assert len(mechanism.reactions) == 7
    assert mechanism.components["MSC-311"].kind == "MSC"
    value = mechanism.constants["isomerisation.k"]
    assert (str(value.source), value.status) == ("seed @ Figure 2b", "fitted")
    assert mechanism.constants["pairing.k"].quantity.unit == "(mmol/L)^-1/min"


# ---- the way back --------------------------------------------------------------------------------


@pytest.mark.parametrize("celsius", [25.0, 100.0])
@pytest.mark.parametrize("ligand", [0.0, 10.0])
def test_two_isomers_come_to_the_equilibrium_that_is_written(read, celsius, ligand):
    """K(T) = 9.8 exp(30000/R (1/T − 1/298.15)), times (1 + x/2.46)³ where a ligand binds."""
    kelvin = celsius + 273.15
    end = evolve(
        read(ISOMERS),
        [1e9],
        start={"PC": 2.0, "L": ligand},
        temperature=kelvin,
        solver=Rodas(rtol=1e-10),
    )
    wanted = 9.8 * math.exp(30e3 / GAS_CONSTANT * (1 / kelvin - 1 / 298.15))
    wanted *= (1 + ligand / 2.46) ** 3
    assert end.of("MSC")[0] / end.of("PC")[0] == pytest.approx(wanted, rel=1e-6)


def test_a_ligand_does_not_touch_the_forward_rate(read):
    mixture = {"PC": 2.0, "MSC": 1.0, "L": 0.0}
    bare, bound = (rates(read(ISOMERS), mixture | {"L": x}) for x in (0.0, 10.0))
    assert bare["isomerisation"] == bound["isomerisation"] == pytest.approx(2 * 0.0136 / 60)
    ratio = bound["isomerisation reverse"] / bare["isomerisation reverse"]
    assert ratio == pytest.approx((1 + 10 / 2.46) ** -3)


def test_an_assembly_of_many_has_the_constant_in_its_unit(read):
    """3 E + 6 M ⇌ A: [A] / ([E]³ [M]⁶) = K at the end, K in (mmol/L)⁻⁸ in any file."""
    text = (
        "units: {time: s, concentration: mol/L, energy: kJ/mol}\n"
        "components:\n"
        "  E: {initial: 1.5 mmol/L}\n"
        "  M: {initial: 6 mmol/L}\n"
        "  A: {formed: {from: 3 E + 6 M, K: 1.0e-5 (mmol/L)^-8, H: -39}}\n"
        "reactions:\n"
        "  assembly: {equation: 3 E + 6 M <-> A, k: 1.0e-5 (mmol/L)^-8/s}\n"
    )
    end = evolve(read(text), [1e6], solver=Rodas(rtol=1e-10))
    e, m, a = (1e3 * end.of(name)[0] for name in "EMA")  # mol/L in mmol/L
    assert a / (e**3 * m**6) == pytest.approx(1e-5, rel=1e-6)
    assert e + 3 * a == pytest.approx(1.5, rel=1e-9)


def test_enthalpy_and_entropy_say_the_same_as_a_constant_and_enthalpy(read):
    entropy = (-30e3 / 298.15 + GAS_CONSTANT * math.log(9.8)) / 1e3
    other = ISOMERS.replace("K: 9.8, at: 25 degC, H: -30", f"H: -30, S: {entropy!r}")
    mixture = {"PC": 1.0, "MSC": 1.0, "L": 1.0}
    for kelvin in (250.0, 298.15, 450.0):
        one, two = (rates(read(text), mixture, kelvin) for text in (ISOMERS, other))
        assert two == pytest.approx(one, rel=1e-10)


NUMBERS = st.floats(0.05, 20.0)


@given(
    st.lists(NUMBERS, min_size=3, max_size=3), NUMBERS, NUMBERS, NUMBERS, st.floats(250.0, 480.0)
)
def test_every_cycle_closes(tmp_path_factory, k, first, second, ligand, kelvin):
    """Around A → B → C → A the product of forward over backward rates is 1 for any numbers."""
    path = tmp_path_factory.mktemp("cycle") / "mine.yaml"
    path.write_text(
        UNITS
        + f"""\
components:
  A: {{}}
  B: {{formed: {{from: A, K: {first!r}, H: -40}}, binding: {{L: {{h: 2, sites: 3}}}}}}
  C: {{formed: {{from: B, K: {second!r}, at: 180 degC, H: 25}}, binding: {{L: {{h: 5, sites: 1}}}}}}
  L: {{}}
reactions:
  one:   {{equation: A <-> B, k: {{value: {k[0]!r}, Ea: 80}}}}
  two:   {{equation: B <-> C, k: {{value: {k[1]!r}, at: 100 degC, Ea: 10}}, catalysts: {{L: {{}}}}}}
  three: {{equation: C <-> A, k: {k[2]!r}}}
""",
        encoding="utf-8",
    )
    found = rates(read_mechanism(path), {"A": 1.3, "B": 0.4, "C": 2.0, "L": ligand}, kelvin)
    product = math.prod(found[n] / found[f"{n} reverse"] for n in ("one", "two", "three"))
    assert product == pytest.approx(1.0, rel=1e-9)


def test_the_net_rate_is_forward_times_one_less_exp_of_the_affinity(read):
    """For orders that are not those of the equation, too: A → P/10 of first order in A."""
    text = UNITS + (
        "components:\n"
        "  A: {}\n"
        "  L: {}\n"
        "  P: {formed: {from: 10 A, K: 50 (mmol/L)^-9, H: -20}}\n"
        "reactions:\n"
        "  bond: {equation: A <-> 0.1 P, k: 0.013, order: {A: 1}, catalysts: {L: {half: 10}}}\n"
    )
    a, p, ligand = 0.7, 0.2, 5.0
    found = rates(read(text), {"A": a, "P": p, "L": ligand})
    forward = 0.013 / 60 * a * ligand / (ligand + 10)
    ratio = p**0.1 / a / 50**0.1  # exp(−affinity/RT)
    assert found["bond"] == pytest.approx(forward)
    assert found["bond"] - found["bond reverse"] == pytest.approx(forward * (1 - ratio))


# ---- constants -----------------------------------------------------------------------------------


def test_every_number_is_a_constant_with_a_source_and_a_status(read):
    mechanism = read(ISOMERS)
    assert {name: str(value.quantity) for name, value in mechanism.constants.items()} == {
        "MSC.H": "-30 kJ/mol", "MSC.K": "9.8", "MSC.at": "25 degC",
        "MSC under L.h": "2.46 mmol/L", "MSC under L.sites": "3",
        "isomerisation.k": "0.0136 1/min", "isomerisation.at": "25 degC",
        "isomerisation.Ea": "85 kJ/mol",
    }  # fmt: skip
    assert {value.status for value in mechanism.constants.values()} == {"assumed"}
    assert str(mechanism.constants["MSC.K"].source).endswith("mine.yaml:4")


def test_a_constant_of_equilibrium_moves_the_way_back_alone(read):
    mechanism = read(ISOMERS)
    new = mechanism.with_constants({"MSC.K": 19.6, "MSC under L.h": "4.92 mmol/L"})
    mixture = {"PC": 1.0, "MSC": 1.0, "L": 10.0}
    before, after = rates(mechanism, mixture), rates(new, mixture)
    assert after["isomerisation"] == before["isomerisation"]
    ratio = after["isomerisation reverse"] / before["isomerisation reverse"]
    assert ratio == pytest.approx(0.5 * ((1 + 10 / 4.92) / (1 + 10 / 2.46)) ** -3)
    assert new.shared is mechanism.shared
    with pytest.raises(MechanismError, match=r"'MSC\.K' is zero"):
        mechanism.with_constants({"MSC.K": 0})
    with pytest.raises(MechanismError, match=r"no constant 'MSC\.k'.*'MSC\.K'"):
        mechanism.with_constants({"MSC.k": 1})


def test_it_goes_to_other_processes(read):
    mechanism = read(ISOMERS)
    again = pickle.loads(pickle.dumps(mechanism))  # noqa: S301  our own
    assert again.with_constants({"MSC.K": 2}) == mechanism.with_constants({"MSC.K": 2})


# ---- what is refused -----------------------------------------------------------------------------


def test_a_backward_constant_must_be_owned_up_to(refused):
    text = UNITS + (
        "components: {A: {}, B: {}}\n"
        "reactions:\n"
        "  free: {equation: A <-> B, k: 1, reverse: 2}\n"
        "  one way: {equation: A -> B, k: 1, reverse: {value: 2, legacy: true}}\n"
    )
    assert refused(text) == [
        (4, "'free' has a backward constant, which need not fit the others"),
        (5, "'one way' goes one way"),
    ]


def test_a_way_back_of_an_order_below_zero_is_refused(refused):
    text = UNITS + (
        "components: {A: {}, P: {formed: {from: 10 A, K: 1, H: 0}}}\n"
        "reactions:\n"
        "  bond: {equation: 10 A <-> P, k: 1 1/min, order: {A: 1}}\n"
    )
    assert refused(text) == [(4, "the way back of 'bond' would be of order -9 in A")]


def test_what_is_formed_from_itself_is_refused(refused):
    text = UNITS + (
        "components:\n"
        "  A: {formed: {from: B, K: 1, H: 0}}\n"
        "  B: {formed: {from: 2 A, K: 1, H: 0}}\n"
        "reactions: {r: {equation: A -> B, k: 1}}\n"
    )
    assert refused(text) == [(3, "'A' is formed from itself"), (4, "'B' is formed from itself")]


def test_a_constant_beyond_any_number_is_refused(refused):
    text = ISOMERS.replace("H: -30", "H: -30, S: 30").replace("K: 9.8, at: 25 degC, ", "")
    ((line, what),) = refused(text)
    assert line == 7
    assert what.startswith("the equilibrium constant of 'isomerisation' is 10^")


def test_all_problems_are_told_at_once_with_their_lines(refused):
    text = (
        UNITS
        + """\
components:
  A: {initial: -1}
  B: {formed: {from: 2 X, K: 1, H: 3}}
  C: {formed: {from: A, H: 3}, binding: {Y: {h: 1 min, sites: 1}}}
  D: {kindd: PC}
reactions:
  A: {equation: A -> B, k: 1}
  r1: {equation: A -> Z, k: -1}
  r2: {equation: A -> B, k: {value: 1, at: soon, Eaa: 3}}
  r3: {equation: A -> B, k: 1 mmol, status: guessed}
  r4: {equation: A -> B, catalysts: {Q: {}}}
  r5: {equation: A to B, k: 1}
"""
    )
    found = refused(text)
    assert {line for line, _ in found} == set(range(3, 14)) - {7}
    said = " | ".join(what for _, what in found)
    for words in (
        "'A' starts below zero", "no species 'X'", "'K' is missing", "no species 'Y'",
        "'1 min' has the wrong unit", "has no 'kindd'", "'A' is a component and a reaction",
        "no species 'Z'", "'r1.k' is below zero", "'soon' is not a quantity",
        "has no 'Eaa'", "'1 mmol' has the wrong unit", "has no 'status'", "no species 'Q'",
        "'k' is missing", "'A to B' has no arrow",
    ):  # fmt: skip
        assert words in said, words


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("K: 9.8", "K: 0", "'MSC.K' is zero"),
        ("K: 9.8", "K: -1", "'MSC.K' is below zero"),
        ("K: 9.8", "K: .nan", "'K' is not finite"),
        ("h: 2.46", "h: 0", "'MSC under L.h' is zero"),
        ("at: 25 degC, H", "at: -300 degC, H", "-300 degC is not above absolute zero"),
        ("from: PC", "from: ''", "'MSC' is formed from nothing"),
        ("k: {value", "order: {PC: -1}, k: {value", "'isomerisation' is of order -1 in PC"),
        ("k: {value", "catalysts: {L: {half: 0}}, k: {value", "with L.half' is zero"),
        ("k: {value", "catalysts: [L], k: {value", "expected a mapping"),
        ("k: {value: 0.0136, at: 25 degC, Ea: 85}", "k: [1]", "expected a mapping"),
        ("k: {value: 0.0136, at: 25 degC, Ea: 85}", "k: {}", "'value' is missing"),
        ("reactions:", "reaction:", "'reactions' is missing"),
    ],
)
def test_a_number_that_cannot_be_is_refused_and_never_a_traceback(refused, old, new, said):
    assert old in ISOMERS
    assert any(said in what for _, what in refused(ISOMERS.replace(old, new)))


def test_an_unbalanced_block_is_refused(refused):
    text = UNITS + (
        "components: {A: {composition: {Cd: 1}}, B: {composition: {Cd: 2}}}\n"
        "reactions:\n"
        "  r: {equation: A -> B, k: 1}\n"
    )
    assert refused(text) == [(4, "reaction 'r' (A -> B) makes +1 Cd")]


# ---- the package's own ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["two-pathway/CdS", "two-pathway/CdSe-ODE", "droplets/CdS"])
def test_a_user_could_have_written_a_model_of_the_package(name, tmp_path):
    """The same blocks and constants in a file of one's own make the same mechanism."""
    entry, usual = get("parameters", name), mechanism_named(name)
    keys = {"value", "unit", "source", "status"}
    values = {n: {k: v.as_dict()[k] for k in keys} for n, v in entry.values.items()}
    path = tmp_path / "mine.yaml"
    document = {"material": entry.material, "values": values, **entry.blocks}
    path.write_text(json.dumps(document), encoding="utf-8")
    mine = read_mechanism(path)
    assert mine.components == usual.components
    assert mine.all_reactions == usual.all_reactions
    assert mine.population == usual.population
    assert list(mine.constants) == list(usual.constants)


def test_a_block_that_calls_a_constant_that_is_not_there_is_refused(refused):
    text = UNITS + (
        "components: {A: {}, B: {}}\n"
        "reactions:\n"
        "  r: {equation: A -> B, k: other}\n"
        "  s: {equation: A -> B, k: 1, under: {C: {h: 1, sites: 1}}}\n"
    )
    said = refused(text)
    assert (4, "'other' is not a quantity") in said
    assert (5, "no species 'C'") in said
