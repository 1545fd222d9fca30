"""``prenuc check``: lawful mechanisms pass, each kind of planted fault is convicted and named."""

from __future__ import annotations

import importlib
import json
import math
from dataclasses import replace
from pathlib import Path

import pytest

from commands import run
from prenuc.conditions import Conditions
from prenuc.errors import MechanismError
from prenuc.mechanism import Arrhenius, Component, Mechanism, Reaction, read_mechanism
from prenuc.mechanism.population import Between, QuantumDotMoments, SizeClasses
from prenuc.mechanism.reaction import Binding, Excess, Power, Saturation, mass_action
from prenuc.thermodynamics.check import check, verdict_of
from prenuc.thermodynamics.faults import BOUND, CATALYST, HOST, ORDERS, RATE_BINDING

ROOT = Path(__file__).resolve().parents[1]
R = 8.31446261815324
AB = "species: {A: {initial: 1}, B: {}, C: {}, H: {initial: 0.1}, L: {initial: 1}}\nreactions:\n"


@pytest.fixture
def checked(tmp_path):
    def checking(*reactions, head=AB):
        path = tmp_path / "mine.yaml"
        lines = "".join(f"  - {{equation: {one}}}\n" for one in reactions)
        path.write_text(head + lines, encoding="utf-8")
        return check(read_mechanism(path))

    return checking


@pytest.fixture
def blocks(tmp_path):
    def checking(text):
        path = tmp_path / "blocks.yaml"
        path.write_text(text, encoding="utf-8")
        return check(read_mechanism(path))

    return checking


def kinds(found):
    return {fault.kind for fault in found.faults}


def triangle(last):
    return "A <-> B, k: 2, k_reverse: 1", "B <-> C, k: 3, k_reverse: 1", last


# Lawful ones.


def test_a_cycle_that_closes_is_consistent(checked):
    found = checked(*triangle("C <-> A, k: 1, k_reverse: 6"))
    assert (found.verdict, found.reversible, found.irreversible) == ("consistent", 3, ())
    (loop,) = found.loops
    assert loop.closes
    assert abs(loop.affinity) < 1e-9


def test_two_reactions_that_undo_each_other_are_one_reversible_reaction(checked):
    found = checked(
        "A -> B, k: 2", "B -> A, k: 1", "2 B + H -> C + H, k: 1", "C + H -> 2 B + H, k: 3"
    )
    assert found.verdict == "consistent"
    assert [(one.name, one.back.name) for one in found.steps] == [("R1", "R2"), ("R3", "R4")]


def test_a_host_on_both_sides_of_both_ways_is_lawful_and_so_is_the_same_K_by_two_routes(checked):
    plain, hosted = "A <-> B, k: 2, k_reverse: 1", "A + H <-> B + H, k: 10, k_reverse: 5"
    found = checked(plain, hosted)
    assert found.verdict == "consistent"
    assert [loop.closes for loop in found.loops] == [True]


def test_both_ways_of_second_order_have_a_K_too(checked):
    found = checked("2 A -> 2 B, k: 9", "2 B -> 2 A, k: 1", "A <-> B, k: 3, k_reverse: 1")
    assert found.verdict == "consistent"
    assert checked("2 A <-> 2 B, k: 9, k_reverse: 1", "A <-> B, k: 2, k_reverse: 1").faults


def test_stoichiometry_may_be_fractional(checked):
    found = checked(
        "A <-> 0.3 B, k: 4, k_reverse: 1",
        "B <-> C, k: 2, k_reverse: 1",
        f"A <-> 0.3 C, k: {4 * 2**0.3!r}, k_reverse: 1",
    )
    assert found.verdict == "consistent"
    (loop,) = found.loops
    assert sorted(abs(z) for _, z in loop.steps) == [3, 10, 10]


def test_reactions_without_a_way_back_cannot_be_checked(checked):
    found = checked("A -> B, k: 2", "B -> C, k: 1")
    assert found.verdict == "cannot be checked"
    assert [step.name for step in found.irreversible] == ["R1", "R2"]
    assert len(found.reasons) == 2
    assert "mine.yaml:3: 'R1' (A -> B)" in found.reasons[0]


def test_a_reason_makes_them_consistent_and_is_listed(checked):
    because = "irreversible: {because: the gas leaves}"
    found = checked(f"A -> B, k: 2, {because}", "B <-> C, k: 1, k_reverse: 2")
    assert found.verdict == "consistent"
    assert [step.there.because for step in found.irreversible] == ["the gas leaves"]


def test_sources_and_sinks_that_say_so_are_no_hidden_sources(checked):
    found = checked('"-> A", k: 2', "A -> B, k: 1", '"B ->", k: 1')
    assert found.verdict == "cannot be checked"
    assert not found.faults


def test_a_flow_through_a_reactor_may_drive_a_reaction(checked):
    """Feed and washout of A and of B away from their equilibrium are no cycle of reactions."""
    flows = '"-> A", k: 3', '"A ->", k: 1', '"-> B", k: 0.1', '"B ->", k: 1'
    assert not checked(*flows, "A <-> B, k: 2, k_reverse: 1").faults


def test_two_one_way_reactions_to_the_same_end_contradict_nothing(checked):
    found = checked("A -> B, k: 2", "A + H -> B + H, k: 1", "B <-> C, k: 1, k_reverse: 2")
    assert found.verdict == "cannot be checked"


def test_a_constant_of_zero_does_not_happen(checked):
    found = checked("A <-> B, k: 2, k_reverse: 0", "B <-> C, k: 0, k_reverse: 0")
    assert (found.verdict, found.reversible) == ("cannot be checked", 0)
    assert [step.name for step in found.irreversible] == ["R1"]


def test_the_same_reaction_twice_is_one_reaction_with_the_sum_of_constants(checked):
    found = checked("A -> B, k: 2", "A -> B, k: 1", "B -> A, k: 1", "A <-> B, k: 3, k_reverse: 1")
    assert found.verdict == "consistent"
    assert [step.log_equilibrium(300.0) for step in found.steps] == pytest.approx([math.log(3)] * 2)
    assert checked("A -> B, k: 2", "A -> B, k: 1", "A <-> B, k: 3, k_reverse: 1").faults


# Planted faults.


def test_a_wrong_K_in_a_cycle_is_convicted_with_the_K_that_closes_it(checked):
    found = checked(*triangle("C <-> A, k: 1, k_reverse: 1"))
    assert found.verdict == "inconsistent"
    (loop,) = found.loops
    assert loop.affinity == pytest.approx(R * 298.15 * math.log(6))
    assert loop.closing() == pytest.approx({"R1": 1 / 3, "R2": 1 / 2, "R3": 1 / 6})
    assert "mine.yaml:5: cycle that does not close" in found.reasons[0]
    assert "0.166667" in found.reasons[0]


def test_the_reaction_that_spoils_most_cycles_is_named(checked):
    """A, B, C, H, L all at K = 1 with each other, but for one of nine."""
    pairs = ["A B", "B C", "C H", "H L", "A C", "A H", "A L", "B H", "C L"]
    for wrong in range(len(pairs)):
        ks = [5 if i == wrong else 1 for i in range(len(pairs))]
        ways = (pair.replace(" ", " <-> ") for pair in pairs)
        found = checked(*(f"{way}, k: {k}, k_reverse: 1" for way, k in zip(ways, ks, strict=True)))
        assert found.verdict == "inconsistent"
        assert all(f"mine.yaml:{3 + wrong}: " in reason for reason in found.reasons)
        assert all("with K = 1" in reason for reason in found.reasons)


def test_the_K_that_closes_is_in_the_units_of_the_file(checked):
    head = "units: {concentration: mmol/L, time: min}\n" + AB
    loops = (
        "2 A <-> B, k: 8, k_reverse: 1",
        "B <-> C, k: 1, k_reverse: 1",
        "2 A <-> C, k: 1, k_reverse: 1",
    )
    (wrong,) = [one for one in checked(*loops, head=head).as_dict()["cycles"] if not one["closes"]]
    by_name = {one["reaction"]: one for one in wrong["would_close"]}
    assert by_name["R3"]["K"] == pytest.approx(8)
    assert by_name["R3"]["unit"] == "(mmol/L)^-1"
    in_molar = checked(*loops).as_dict()["cycles"][0]["would_close"]
    assert {one["unit"] for one in in_molar} == {"(mol/L)^-1", "1"}
    assert by_name["R3"]["where"].endswith("mine.yaml:6")


def test_a_cycle_that_closes_at_one_temperature_only_is_convicted(checked):
    law = "{at: 25 degC, value: 6, Ea: %s}"
    head = "units: {energy: kJ/mol}\n" + AB
    found = checked(*triangle(f"C <-> A, k: 1, k_reverse: {law % 20}"), head=head)
    assert found.verdict == "inconsistent"
    (loop,) = found.loops
    assert loop.state.temperature > 400
    assert (
        checked(*triangle(f"C <-> A, k: 1, k_reverse: {law % 0}"), head=head).verdict
        == "consistent"
    )


def test_where_an_enthalpy_is_wrong_that_is_said_too(checked):
    """ΔH of A ⇌ C is that of A ⇌ B and B ⇌ C together, −40; −35 is written."""
    head = "units: {energy: kJ/mol}\n" + AB
    ways = "A <-> B, k: 3, K: {value: 2, dH: -10}", "B <-> C, k: 3, K: {value: 5, dH: -30}"
    found = checked(*ways, "A <-> C, k: 3, K: {value: 10, dH: -35}", head=head)
    assert "'R3' would close it with K = 10 at 25 °C and ΔH = -40 kJ/mol" in found.reasons[0]
    assert checked(*ways, "A <-> C, k: 3, K: {value: 10, dH: -40}", head=head).loops[0].closes
    lone = checked(*ways, "A -> C, k: 3", head=head)
    assert "a way back with K = 10 at 25 °C and ΔH = -40 kJ/mol" in lone.reasons[0]


def test_the_K_that_closes_does_not_hang_on_what_one_way_alone_sees(blocks):
    """A power law is a fault of its own, which no K makes up for."""
    formed = "formed: {from: A, K: 3, H: -5}"
    steps = f"one: {{equation: A <-> B, k: 1}}\n  two: {{equation: A <-> B, k: 1, {LEGACY}"
    found = blocks(LIGANDS % formed + f"  {steps}, order: {{A: 2}}}}\n")
    assert kinds(found) == {"power law", "cycle that does not close"}
    (said,) = (reason for reason in found.reasons if "cycle" in reason)
    assert "no K closes it while that of 'two' changes with concentrations" in said
    assert "without that 'two' would close it with K = 3 at 25 °C and ΔH = -5 kJ/mol" in said


@pytest.mark.parametrize(
    ("reactions", "kind", "said"),
    [
        (["A -> B, k: 2", "B + H -> A + H, k: 1"], "one-sided host", "R2' needs H"),
        (["A -> 2 A, k: 1"], "source of matter", "'R1' makes A out of nothing"),
        (["2 A -> A, k: 1"], "source of matter", "'R1' makes A out of nothing"),
        (["H -> H + A, k: 1"], "source of matter", "out of nothing"),
        (["A -> B, k: 1", "2 B -> 2 A, k: 1"], "power law", "K would change with B"),
        (["A + B -> 2 B, k: 1", "B -> A, k: 1"], "power law", "K would change with B"),
        ([*triangle("A -> C, k: 1")], "missing way back", "K = 6"),
        (["A -> B, k: 1", "B -> C, k: 1", "C -> A, k: 1"], "missing way back", "none of them"),
        (["A -> B, k: 1", "B -> 2 A, k: 1"], "source of matter", "out of nothing"),
        (["A <-> B, k: 1, k_reverse: 1", "A <-> 2 B, k: 1, k_reverse: 1"], "source of matter", ""),
    ],
)
def test_planted_faults_of_networks(checked, reactions, kind, said):
    found = checked(*reactions)
    assert found.verdict == "inconsistent"
    assert kind in kinds(found)
    assert any(said in reason and "mine.yaml:" in reason for reason in found.reasons)


def test_a_reason_does_not_excuse_a_reaction_that_closes_a_cycle(checked):
    assert (
        checked(*triangle("A -> C, k: 1, irreversible: {because: fast}")).verdict == "inconsistent"
    )


def test_matter_of_known_and_unknown_composition_is_followed(checked):
    known = "A: {composition: {Cd: 1}}, B: {composition: {S: 1}}, E: {composition: {Cd: 2}}"
    head = f"species: {{{known}, X: {{}}}}\nreactions:\n"
    both = "k: 1, k_reverse: 1"
    assert (
        checked(f"A <-> X, {both}", f"X <-> B, {both}", head=head).faults[0].kind
        == "source of matter"
    )
    assert checked(f"A <-> X, {both}", f"2 X <-> E, {both}", head=head).verdict == "consistent"
    assert checked(f"A <-> X, {both}", f"X <-> E, {both}", head=head).verdict == "inconsistent"


LIGANDS = """\
units: {time: min, concentration: mmol/L}
components: {A: {initial: 1}, B: {%s}, L: {initial: 2}, H: {initial: 2}}
reactions:
"""


LEGACY = "reverse: {value: 2, legacy: true}"


@pytest.mark.parametrize(
    ("block", "kind"),
    [
        ("A -> B, k: 1, catalysts: {L: {half: 3}}}\n  two: {equation: B -> A, k: 2", CATALYST),
        ("A <-> B, k: 1, under: {L: {h: 3}}", RATE_BINDING),
        ("A <-> B, k: 1, above: {L: 3}", BOUND),
        (f"A <-> B, k: 1, order: {{A: 2}}, {LEGACY}", ORDERS),
        (f"A <-> B, k: 1, order: {{H: 1}}, {LEGACY}", HOST),
        ("A <-> B, k: 1, catalysts: {L: {half: 3}}", None),
        ("A <-> B, k: 1, order: {H: 1}", None),
        ("A <-> B, k: 1, order: {A: 2}", None),
    ],
)
def test_planted_faults_of_blocks(blocks, block, kind):
    found = blocks(LIGANDS % "formed: {from: A, K: 3, H: -5}" + f"  one: {{equation: {block}}}\n")
    assert kinds(found) == ({kind} if kind else set())
    assert found.verdict == ("inconsistent" if kind else "consistent")


def test_what_binds_and_is_not_taken_off_is_convicted_where_the_component_reacts(blocks):
    formed = "formed: {from: A, K: 3, H: -5}, binding: {L: {h: 2, sites: 4}}"
    found = blocks(LIGANDS % formed + "  one: {equation: A <-> B, k: 1}\n")
    assert kinds(found) == {"binding without debit"}
    assert kinds(blocks(LIGANDS % formed + "  one: {equation: A <-> H, k: 1}\n")) == set()


def dots(*channels, nuclei=None, smallest=8):
    """Dots that units join by several channels, each (k, solubility, catalyst factors)."""
    unit = {"Mo": -1.0, "QD": 1.0}
    joins, leaves = [], []
    for i, (k, solubility, factors) in enumerate(channels):
        joins.append(
            Reaction(f"join {i}", unit, Arrhenius(k), (*mass_action({"Mo": 1.0}), *factors))
        )
        back = {name: -n for name, n in unit.items()}
        leaves.append(Reaction(f"leave {i}", back, Arrhenius(k * solubility), factors))
    names = QuantumDotMoments()
    matter = {"Mo": {"Cd": 1.0}, "QD": {"Cd": 1.0}, "X": {}}
    counted = {n: Component(n, {}) for n in (names.number, names.length, names.surface)}
    components = {n: Component(n, parts) for n, parts in matter.items()} | counted
    made = tuple(nuclei or ())
    sizes = SizeClasses(
        tuple(joins),
        tuple(leaves),
        {one.name: 8.0 for one in made},
        capillarity=900.0,
        smallest=smallest,
    )
    return Mechanism("dots", components, made, dots=names, populations=(sizes,))


def test_dots_with_two_solubilities_are_convicted():
    assert kinds(check(dots((1, 0.1, ()), (2, 0.1, ())))) == set()
    found = check(dots((1, 0.1, ()), (2, 0.2, ())))
    assert kinds(found) == {"dots with two solubilities"}
    assert found.verdict == "inconsistent"


def test_a_catalyst_of_one_channel_acts_both_ways_or_is_convicted():
    helped = Saturation({"X": 1.0}, 1.0)
    assert not check(dots((1, 0.1, ()), (2, 0.1, (helped,)))).faults
    one = dots((1, 0.1, ()))
    (join,) = one.population.attachment
    uneven = replace(join, factors=(*join.factors, helped))
    assert kinds(
        check(replace(one, populations=(replace(one.population, attachment=(uneven,)),)))
    ) == {"one-sided catalyst"}


def test_a_channel_acts_on_the_same_dots_both_ways_or_is_convicted():
    one = dots((1, 0.1, ()))
    (sizes,) = one.populations
    both = dict.fromkeys(("join 0", "leave 0"), Between(sizes.profile, 10))
    assert not check(replace(one, populations=(replace(sizes, profiles=both),))).faults
    join = {"join 0": both["join 0"]}
    assert kinds(check(replace(one, populations=(replace(sizes, profiles=join),)))) == {BOUND}


def test_dots_nucleate_by_the_way_on_which_the_smallest_fall_apart():
    def nucleation(order):
        net = {"Mo": -8.0, "QD": 8.0}
        return (Reaction("nucleation", net, Arrhenius(1.0), mass_action({"Mo": order})),)

    lawful = check(dots((1, 0.1, ()), nuclei=nucleation(8.0)))
    assert (lawful.verdict, lawful.reversible) == ("consistent", 2)
    assert kinds(check(dots((1, 0.1, ()), nuclei=nucleation(6.0)))) == {"power law"}
    larger = check(dots((1, 0.1, ()), nuclei=nucleation(8.0), smallest=5))
    assert kinds(larger) == {"missing way back"}


def test_a_way_back_of_two_at_a_time_counts_twice(blocks):
    one, two = "equation: A -> B, k: 6", "equation: 2 B -> 2 A, k: 1, order: {B: 1}"
    found = blocks(LIGANDS % "" + f"  one: {{{one}}}\n  two: {{{two}}}\n")
    (step,) = found.steps
    assert math.exp(step.log_equilibrium(300.0)) == pytest.approx(3)


def test_the_affinity_of_any_pair_is_that_of_its_rates(blocks):
    """RT ln(r_f/r_b), also where K changes with concentrations."""
    law = "A <-> B, k: 1, under: {L: {h: 3}}, order: {H: 1, A: 2}"
    found = blocks(LIGANDS % "formed: {from: A, K: 3, H: -5}" + f"  one: {{equation: {law}}}\n")
    (step,) = found.steps
    state = Conditions(320.0, 1.0, {"A": 2.0, "B": 0.3, "L": 1.7, "H": 0.4}, {})
    rates = step.there.rate(state) / step.back.rate(state)
    assert step.affinity(state) == pytest.approx(R * 320.0 * math.log(rates))
    assert step.one_sided


# Affinities.


def test_affinities_are_zero_at_equilibrium_and_drive_forward_above(checked):
    found = checked("A + B <-> C, k: 2, k_reverse: 1")
    mechanism = replace(ab(), reactions=tuple(r for s in found.steps for r in (s.there, s.back)))
    k = 2e-3  # m³/mol
    at_rest = {"A": 5.0, "B": 4.0, "C": k * 20.0, "H": 0.0, "L": 0.0}
    assert mechanism.affinities(Conditions(300.0, 1.0, at_rest, {})) == pytest.approx(
        {"R1": 0.0}, abs=1e-12
    )
    driven = {**at_rest, "A": 50.0}
    (affinity,) = mechanism.affinities(Conditions(300.0, 1.0, driven, {})).values()
    assert affinity == pytest.approx(R * 300.0 * math.log(10) / 1e3)
    nothing = {**at_rest, "A": 0.0}
    assert mechanism.affinities(Conditions(300.0, 1.0, nothing, {}))["R1"] == -math.inf
    with pytest.raises(MechanismError, match="no concentration of 'H', 'L'"):
        mechanism.affinities(Conditions(300.0, 1.0, {"A": 1.0, "B": 1.0, "C": 1.0}, {}))


def ab():
    return Mechanism("m", {name: Component(name) for name in "ABCHL"}, ())


# The verdict alone, the command line.


def test_the_verdict_is_kept_until_constants_change(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(
        AB
        + "".join(f"  - {{equation: {one}}}\n" for one in triangle("C <-> A, k: 1, k_reverse: 6"))
    )
    mechanism = read_mechanism(path)
    assert verdict_of(mechanism) == verdict_of(mechanism) == "consistent"
    wrong = mechanism.with_constants({"R1.k": "3 1/s"})
    assert verdict_of(wrong) == "inconsistent"
    assert verdict_of(mechanism) == "consistent"


def test_the_command_answers_with_status_and_json(capsys, monkeypatch, tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(
        AB
        + "".join(f"  - {{equation: {one}}}\n" for one in triangle("C <-> A, k: 1, k_reverse: 1"))
    )
    answer = run(capsys, monkeypatch, "check", path)
    assert answer.code == 1
    assert "mine: inconsistent" in answer.out
    assert f"{path}:5" in answer.out
    document = json.loads(run(capsys, monkeypatch, "check", path, "--json").out)
    assert {
        "mechanism",
        "reversible",
        "irreversible",
        "cycles",
        "verdict",
        "reasons",
    } <= document.keys()
    (cycle,) = document["cycles"]
    assert cycle["reactions"] == ["R1", "R2", "R3"]
    assert cycle["affinity_kJ_per_mol"] == pytest.approx(4.4417, abs=1e-3)
    silent = tmp_path / "silent.yaml"
    silent.write_text(AB + "  - {equation: A -> B, k: 1}\n")
    several = run(capsys, monkeypatch, "check", path, silent, "classical/CdS", "--json")
    assert [one["verdict"] for one in json.loads(several.out)] == [
        "inconsistent",
        "cannot be checked",
        "consistent",
    ]
    assert several.code == 1
    assert run(capsys, monkeypatch, "check", silent).code == 0
    assert run(capsys, monkeypatch, "check", "classical/CdS").code == 0
    refused = run(capsys, monkeypatch, "check", "two-pathway/CdX")
    assert refused.code == 2
    assert "two-pathway/CdS" in refused.err
    scheme = run(capsys, monkeypatch, "check", "A <-> B")
    assert (scheme.code, scheme.out) == (2, "")
    assert "a scheme without constants" in scheme.err


def test_a_reaction_that_goes_both_ways_has_no_reason_not_to(checked):
    with pytest.raises(MechanismError, match="goes both ways and says why it does not"):
        checked("A <-> B, k: 1, k_reverse: 1, irreversible: {because: so}")
    with pytest.raises(MechanismError, match="'because' is missing"):
        checked("A -> B, k: 1, irreversible: {why: so}")


# Prefactors.


def test_prefactors_are_judged_by_transition_state_theory(checked):
    head = "units: {time: min, concentration: mmol/L, energy: kJ/mol}\n" + AB
    laws = "k: {at: 180 degC, value: 0.0151, Ea: 105}", "k: {at: 25 degC, value: 3.4, Ea: 60}"
    third = "k: {at: 180 degC, value: 1.29e-4, Ea: 152}"
    found = checked(f"A -> B, {laws[0]}", f"B -> C, {laws[1]}", f"A + B -> C, {third}", head=head)
    entropies = [one.entropy for one in found.prefactors]
    assert entropies == pytest.approx([-94, -76, 28], abs=1)  # a published set, by another program
    assert [one.within for one in found.prefactors] == [True, True, True]


def test_without_an_activation_energy_nothing_is_said_of_a_prefactor(checked):
    (found,) = checked("A -> B, k: 1").prefactors
    assert (found.entropy, found.within) == (None, None)


def test_of_a_high_order_the_way_back_is_judged(checked):
    law = "{at: 25 degC, value: 1, Ea: 80}"
    there, back = checked(f"2 A + B <-> C, k: {law}, k_reverse: {law}").prefactors
    assert (there.order, there.judged, there.within) == (3, False, None)
    assert (back.order, back.judged, back.within) == (1, True, True)


def test_a_bound_and_a_rate_binding_are_named():
    step = Reaction(
        "one",
        {"A": -1.0, "B": 1.0},
        Arrhenius(1.0),
        (*mass_action({"A": 1}), Excess({"L": 1.0}, 2.0)),
    )
    back = Reaction(
        "two",
        {"A": 1.0, "B": -1.0},
        Arrhenius(1.0),
        (*mass_action({"B": 1}), Binding({"H": 1.0}, 2.0)),
    )
    assert kinds(check(replace(ab(), reactions=(step, back)))) == {
        "one-sided bound",
        "binding on a rate",
    }
    scaled = replace(back, factors=(Power({"B": 1.0}, 1.0, 5.0),))
    plain = replace(step, factors=mass_action({"A": 1}))
    (one,) = check(replace(ab(), reactions=(plain, scaled))).steps
    assert one.log_equilibrium(300.0) == pytest.approx(math.log(5.0))


# K and potentials in place of a backward constant.

SPECIES = "units: {energy: kJ/mol}\nspecies: {A: {initial: 1}, B: {}, C: {}}\nreactions:\n"
FORMED = SPECIES.replace("B: {}, C: {}", "B: {formed: {%s}}, C: {formed: {%s}}")
OF_A = "from: A, K: 2, at: 50 degC, H: -10", "from: 2 A + B, H: 5, S: 0.1"


def back_of(found, name):
    (step,) = [step for step in found.steps if step.name == name]
    return step


def test_an_equilibrium_constant_stands_in_place_of_a_backward_one(checked):
    k = "k: {at: 80 degC, value: 3, Ea: 60}"
    found = checked(f"2 A <-> B, {k}, K: {{value: 5, at: 30 degC, dH: -20}}", head=SPECIES)
    assert found.verdict == "consistent"
    for kelvin in (280.0, 400.0):
        by_hand = math.log(5e-3) + 20e3 / R * (1 / kelvin - 1 / 303.15)
        assert back_of(found, "R1").log_equilibrium(kelvin) == pytest.approx(by_hand)
    plain = checked("A <-> B, k: 3, K: 6", head=SPECIES)
    assert plain.steps[0].back.constant.k == pytest.approx(0.5)


def test_own_constants_of_equilibrium_are_judged_around_cycles(checked):
    two = "A <-> B, k: 1, K: 2", "B <-> C, k: 1, K: 3"
    assert checked(*two, "A <-> C, k: 1, K: 6").verdict == "consistent"
    found = checked(*two, "A <-> C, k: 1, K: {value: 6, dH: -1}")
    assert found.verdict == "inconsistent"


def test_potentials_give_every_way_back_and_close_every_cycle(checked):
    found = checked(
        "A <-> B, k: 1",
        "2 A + B <-> C, k: {at: 25 degC, value: 4, Ea: 30}",
        "3 A <-> C, k: 2",
        head=FORMED % OF_A,
    )
    assert (found.verdict, found.reversible, len(found.loops)) == ("consistent", 3, 1)
    assert math.exp(back_of(found, "R1").log_equilibrium(323.15)) == pytest.approx(2)


def test_a_rate_constant_that_changes_leaves_the_equilibrium_as_it_is(tmp_path):
    path = tmp_path / "mine.yaml"
    head = SPECIES.replace("C: {}", "C: {formed: {from: A, K: 2, H: -10}}, D: {}, E: {}")
    first, *rest = "A <-> C, k: 1", "2 A <-> B, k: 1, K: 4", "D <-> E, k: 1, k_reverse: 2"
    path.write_text(head + "".join(f"  - {{equation: {one}}}\n" for one in (first, *rest)))
    mechanism = read_mechanism(path)
    names = {"R1.k", "C.K", "C.H", "R2.K", "R2.H", "R2.K at", "R3.k", "R3 reverse.k"}
    assert names <= set(mechanism.constants)
    assert mechanism.constants["R2.K"].quantity.unit == "(mol/L)^-1"
    faster = mechanism.with_constants({"R1.k": "3 1/s", "R2.k": "7 L/mol/s"})
    assert [step.log_equilibrium(300.0) for step in faster.steps] == pytest.approx(
        [step.log_equilibrium(300.0) for step in mechanism.steps]
    )
    assert faster.reactions[1].constant.k == pytest.approx(3 * mechanism.reactions[1].constant.k)


def test_a_K_beside_potentials_is_refused(checked):
    for other in ("K: 2", "k_reverse: 1"):
        with pytest.raises(MechanismError, match="is formed from another"):
            checked(f"A <-> B, k: 1, {other}", head=FORMED % OF_A)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("A -> B, k: 1, K: 2", "reaction R1 has no 'K'"),
        ("A <-> B, k: 1, K: 0", "'R1.K' is zero"),
        ("A <-> B, k: 1, K: 2, k_reverse: 1", "reaction R1 has no 'k_reverse'"),
        ("A <-> B, k: 1, K: {value: 2, H: 1}", "'K' has no 'H'"),
        ("A <-> B, k: 1", "'k_reverse' is missing"),
    ],
)
def test_what_makes_no_sense_is_refused(checked, entry, said):
    with pytest.raises(MechanismError, match=said):
        checked(entry, head=SPECIES)


def test_a_species_that_is_formed_from_itself_is_refused(checked):
    head = FORMED % ("from: C, K: 2, H: 0", "from: B, K: 2, H: 0")
    with pytest.raises(MechanismError, match="formed from itself"):
        checked("A <-> B, k: 1", head=head)


# Runs say what their mechanism is.


def test_a_run_says_what_its_mechanism_is(capsys, monkeypatch, tmp_path):
    path, page = tmp_path / "mine.yaml", tmp_path / "page.html"
    text = AB + "".join(
        f"  - {{equation: {one}}}\n" for one in triangle("C <-> A, k: 1, k_reverse: 6")
    )
    path.write_text(text)
    said = run(capsys, monkeypatch, "simulate", path, "--times", "0 1")
    assert "thermodynamics: consistent" in said.out
    path.write_text(text.replace("k_reverse: 6", "k_reverse: 1"))
    said = run(capsys, monkeypatch, "simulate", path, "--times", "0 1", "--json")
    assert json.loads(said.out)["thermodynamics"] == "inconsistent"
    recipe = "simulate", "cds-msc-311-in-toluene", "--mechanism", "classical/CdS", "--report", page
    assert "thermodynamics: consistent" in run(capsys, monkeypatch, *recipe).out
    assert "thermodynamics: consistent." in page.read_text("utf-8")
    path.write_text(AB + "  - {equation: A -> B, k: 1}\n")
    said = run(capsys, monkeypatch, "simulate", path, "--times", "0 1")
    assert "thermodynamics: cannot be checked" in said.out


# Pages.


def test_the_page_of_verdicts_is_up_to_date(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "examples"))
    verdicts = importlib.import_module("verdicts")
    page = (ROOT / "docs/reference/thermodynamics.md").read_text("utf-8")
    assert verdicts.page() == page, "run: python examples/verdicts.py"


def test_the_how_to_page_shows_what_the_command_says(capsys, monkeypatch, tmp_path):
    page = (ROOT / "docs/how-to/check-thermodynamics.md").read_text("utf-8")
    text, _, said = page.partition("```yaml\n")[2].partition("```\n")
    monkeypatch.chdir(tmp_path)
    Path("circle.yaml").write_text(text)
    assert run(capsys, monkeypatch, "check", "circle.yaml").out in said
    code = "".join(block.partition("```")[0] for block in page.split("```python\n")[1:])
    exec(compile(code, "the page", "exec"), {})  # noqa: S102  # the page is ours
    assert "inconsistent" in capsys.readouterr().out
