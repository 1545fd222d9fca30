"""A user's own mechanism file: read, refused with file and line, or changed from one of ours."""

from __future__ import annotations

import re

import numpy as np
import pytest

from prenuc.errors import FactsError, InputError, MechanismError
from prenuc.mechanism import read_mechanism, two_pathway
from prenuc.simulation.ensemble import ensemble
from prenuc.simulation.evolve import evolve

ROBERTSON = """\
units: {time: s, concentration: mol/L, energy: kJ/mol}
species: {A: {initial: 1.0}, B: {}, C: {}}
reactions:
  - {equation: "A -> B", k: 0.04}
  - {equation: "2 B -> B + C", k: 3.0e7}      # mass action: rate = k [B]^2
  - {equation: "B + C -> C + A", k: 1.0e4}
"""
AB = "species: {A: {initial: 1.0}, B: {}}\n"


@pytest.fixture
def read(tmp_path):
    def reading(text, name="mine.yaml"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return read_mechanism(path)

    return reading


@pytest.fixture
def refused(read, tmp_path):
    def refusing(text):
        with pytest.raises(InputError) as caught:
            read(text)
        path = re.escape(str(tmp_path / "mine.yaml"))
        assert all(re.fullmatch(rf"{path}(:\d+)?", p.where) for p in caught.value.problems)
        return caught.value.problems

    return refusing


def lines(problems):
    return [int(problem.where.rpartition(":")[2]) for problem in problems]


def one_reaction(entry):
    return f"{AB}reactions:\n  - {entry}\n"


def test_the_documented_network_is_read_as_written(read):
    robertson = read(ROBERTSON)
    assert robertson.name == "mine"
    assert list(robertson.components) == ["A", "B", "C"]
    assert [r.equation() for r in robertson.reactions] == [
        "A -> B",
        "2 B -> B + C",
        "B + C -> C + A",
    ]
    assert [r.constant.k for r in robertson.reactions] == pytest.approx([0.04, 3e4, 10.0])
    orders = [{name: f.order for f in r.factors for name in f.pool} for r in robertson.reactions]
    assert orders == [{"A": 1.0}, {"B": 2.0}, {"B": 1.0, "C": 1.0}]
    assert robertson.initial == pytest.approx({"A": 1000.0, "B": 0.0, "C": 0.0})
    assert robertson.moieties() == ()


def test_units_are_seconds_and_moles_per_litre_unless_stated(read):
    assert read(ROBERTSON.partition("\n")[2]).units == read(ROBERTSON).units
    plain = read(one_reaction('{equation: "2 A -> B", k: 3}'))
    minutes = read("units: {time: min}\n" + one_reaction('{equation: "2 A -> B", k: 180}'))
    milli = read(
        "units: {concentration: mmol/L}\n" + one_reaction('{equation: "2 A -> B", k: 0.003}')
    )
    for other in (minutes, milli):
        assert other.reactions[0].constant.k == pytest.approx(plain.reactions[0].constant.k)
    assert milli.initial["A"] == pytest.approx(plain.initial["A"] / 1000)


def test_a_source_a_sink_and_a_catalyst(read):
    text = """\
species: {A: {}, B: {initial: 1}, E: {initial: 2}}
reactions:
  - {equation: "-> A", k: 0.5}
  - {equation: "A ->", k: 0.25}
  - {equation: "B + E -> A + E", k: 3}
"""
    network = read(text)
    source, sink, catalysed = network.reactions
    assert (source.stoichiometry, source.factors) == ({"A": 1.0}, ())
    assert source.constant.k == pytest.approx(500.0)
    assert sink.stoichiometry == {"A": -1.0}
    assert catalysed.stoichiometry == {"B": -1.0, "E": 0.0, "A": 1.0}
    assert catalysed.constant.k == pytest.approx(3e-3)


def test_a_reversible_reaction_has_two_constants(read):
    there, back = read(one_reaction('{equation: "2 A <-> B", k: 3, k_reverse: 0.5}')).reactions
    assert (there.stoichiometry, back.stoichiometry) == ({"A": -2, "B": 1}, {"A": 2, "B": -1})
    assert (there.constant.k, back.constant.k) == pytest.approx((3e-3, 0.5))
    assert [f.pool for f in back.factors] == [{"B": 1.0}]


def test_a_constant_with_temperature(read):
    (one,) = read(
        one_reaction('{equation: "A -> B", k: {at: "25 degC", value: 0.015, Ea: 85}}')
    ).reactions
    assert (one.constant.k, one.constant.at, one.constant.energy) == pytest.approx(
        (0.015, 298.15, 85e3)
    )


def test_numbers_in_equations(read):
    (one,) = read(one_reaction('{equation: "0.5 A + 1.5A -> 2*B", k: 1}')).reactions
    assert one.stoichiometry == {"A": -2.0, "B": 2.0}


def test_compositions_are_checked_when_given(read, refused):
    text = """\
species: {Cd: {composition: {Cd: 1}}, S: {composition: {S: 1}}, M: {composition: {Cd: 1, S: 1}}}
reactions:
  - {equation: "Cd + S -> M", k: 1}
  - {equation: "Cd + 2 S -> M", k: 1}
"""
    (problem,) = refused(text)
    assert "makes -1 S" in problem.what
    assert lines([problem]) == [4]
    assert read(text.replace("2 S", "S")).moieties() == ("Cd", "S")


def test_all_problems_of_a_file_are_reported_at_once_with_their_lines(refused):
    problems = refused("""\
units: {time: kg, concentration: mol/L, mass: g}
species:
  Alpha: {initial: -1}
  Beta: {start: 2}
reactions:
  - {equation: "Alpha -> Betta", k: 1}
  - {equation: "Alpha -> Beta", k: -3}
  - {equation: "Alpha = Beta", k: 3}
  - {equation: "Alpha -> Beta", k: 3, K: 2}
  - {equation: "Alpha -> Beta", k: fast}
  - {equation: "Alpha <-> Beta", k: 1}
  - {equation: "Alpha -> Beta", k: {at: 25, value: 1, Ea: 3}}
  - {equation: "Alpha + + Beta ->", k: 1}
reaction: []
""")
    said = dict(zip(lines(problems), problems, strict=False))
    assert set(lines(problems)) == {1, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14}
    assert [p.what for p in problems if p.where.endswith(":1")] == [
        "units has no 'mass'",
        "'1 kg' has the wrong unit",
    ]
    assert "starts below zero" in said[3].what
    assert "species 'Beta' has no 'start'" in said[4].what
    assert "no species 'Betta'" in said[6].what
    assert said[6].nearest == ("Beta",)
    assert "below zero" in said[7].what
    assert "'Alpha = Beta' has no arrow" in said[8].what
    assert "reaction R4 has no 'K'" in said[9].what
    assert "'k' must be a number, found 'fast'" in said[10].what
    assert "'k_reverse' is missing" in said[11].what
    assert "'25' has no unit" in said[12].what
    assert "cannot read '+ Beta'" in said[13].what
    assert said[14].nearest[0] == "reactions"


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ('{equation: "A -> B"}', "'k' is missing"),
        ("{k: 1}", "'equation' is missing"),
        ('{equation: "A -> B", k: .nan}', "'k' is not finite"),
        ('{equation: "A -> B", k: .inf}', "'k' is not finite"),
        ('{equation: "A -> B", k: 1e999}', "'k' is not finite"),
        ('{equation: "A -> B", k: true}', "'k' must be a number"),
        ('{equation: "A -> B", k: 3 1/min}', "'k' must be a number, found '3 1/min'"),
        ('{equation: "A -> B", k: 1, k_reverse: 1}', "has no 'k_reverse'"),
        ('{equation: "A -> B -> A", k: 1}', "cannot read 'B -> A'"),
        ('{equation: "-2 A -> B", k: 1}', "cannot read '-2 A'"),
        ('{equation: "A+B -> B", k: 1}', "no species 'A+B'"),
        ('{equation: "A -> B", k: {at: 25 degC, value: 1}}', "'Ea' is missing"),
        ('{equation: "A -> B", k: {at: 25 degC, Ea: 1}}', "'value' is missing"),
        ('{equation: "A -> B", k: {value: 1, Ea: 1}}', "'at' is missing"),
        ('{equation: "A -> B", k: {at: 25 degC, value: 1, Ea: 1, A: 1}}', "'k' has no 'A'"),
        ('{equation: "A -> B", k: {at: 25 degC, value: -1, Ea: 1}}', "below zero"),
        ('{equation: "A -> B", k: {at: 25 min, value: 1, Ea: 1}}', "wrong unit"),
        ('{equation: "A -> B", k: {at: -273.15 degC, value: 1, Ea: 1}}', "absolute zero"),
        ('{equation: "A -> B", k: {at: -300 degC, value: 1, Ea: 1}}', "absolute zero"),
        ('{equation: "A -> B", k: {at: 25 degC, value: 1, Ea: .nan}}', "'Ea' is not finite"),
        ("A -> B", "expected a mapping"),
    ],
)
def test_a_reaction_that_makes_no_sense_is_refused(refused, entry, said):
    problems = refused(one_reaction(entry))
    assert any(said in problem.what for problem in problems), problems
    assert set(lines(problems)) == {3}


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (AB, 1, "'reactions' is missing|has no reactions"),
        (AB + "reactions: []\n", 1, "has no reactions"),
        (AB + "reactions: {equation: A -> B}\n", 2, "'reactions' must be a list"),
        ("reactions:\n  - {equation: '-> A', k: 1}\n", 1, "'species' is missing"),
        (ROBERTSON.replace("C: {}", "C: 5"), 2, "expected a mapping"),
        ("\n" + ROBERTSON.replace("{A: {initial: 1.0}, B: {}, C: {}}", "[A, B]"), 3, "a list"),
        ("\n\n" + ROBERTSON.replace("{time: s,", "{time: second_,"), 3, "not a unit"),
        (ROBERTSON.replace("concentration: mol/L", "concentration: mol/kg"), 1, "wrong unit"),
        (ROBERTSON.replace("1.0}", ".nan}"), 2, "not finite"),
        ("- a\n- b\n", 1, "found a list"),
        ("text\n", 1, "found 'text'"),
    ],
)
def test_a_file_that_makes_no_sense_is_refused(refused, text, line, said):
    problems = refused(text)
    assert any(re.search(said, problem.what) for problem in problems)
    assert lines(problems)[0] == line


def test_a_species_that_stands_twice_is_refused(refused):
    (problem,) = refused(ROBERTSON.replace("C: {}", "A: {}"))
    assert "duplicate key" in problem.what
    assert lines([problem]) == [2]


def test_nitric_oxide_is_a_species(read):
    network = read('species: {NO: {initial: 1}}\nreactions:\n  - {equation: "NO ->", k: 1}\n')
    assert list(network.components) == ["NO"]


def test_empty_binary_and_missing_files_are_refused(read, tmp_path):
    with pytest.raises(FactsError, match=r"mine\.yaml: the file is empty"):
        read("")
    binary = tmp_path / "plot.png"
    binary.write_bytes(b"\x89PNG\r\n\x1a\n\x00")
    with pytest.raises(FactsError, match=r"plot\.png: this is not a text file"):
        read_mechanism(binary)
    with pytest.raises(FactsError, match=r"none\.yaml: no such file"):
        read_mechanism(tmp_path / "none.yaml")


def test_a_mechanism_of_the_package_can_be_changed(read, tmp_path):
    changed = read("based_on: two-pathway/CdS\nchange:\n  isomerisation.k: 0.03 1/min\n")
    usual = two_pathway("CdS")
    assert changed.name == usual.name
    forth = next(r for r in changed.reactions if r.name == "isomerisation of PC-311")
    assert forth.constant(298.15) == pytest.approx(0.03 / 60, rel=1e-12)
    new = changed.parameters["isomerisation.k"]
    assert str(new.source) == f"user @ {tmp_path / 'mine.yaml'}:3"
    assert new.status == "assumed"
    assert {n for n, v in changed.parameters.items() if v != usual.parameters[n]} == {
        "isomerisation.k"
    }


def test_a_changed_constant_may_use_another_unit_of_its_kind(read):
    changed = read("based_on: two-pathway/CdS\nchange: {isomerisation.k: 1.8 1/h}\n")
    forth = next(r for r in changed.reactions if r.name == "isomerisation of PC-311")
    assert forth.constant(298.15) == pytest.approx(1.8 / 3600, rel=1e-12)


NETWORK = """\
species: {A: {initial: 1}, B: {}}
reactions:
  - {equation: "A -> B", k: 0.5}
change: {R1.k: 0.03 1/min}
"""


def test_a_network_of_ones_own_can_be_changed_in_its_file(read, refused):
    changed = read(NETWORK)
    assert changed.reactions[0].constant(298.15) == pytest.approx(0.03 / 60, rel=1e-12)
    assert changed.initial == read(NETWORK.partition("change")[0]).initial
    assert changed.text == NETWORK
    problems = refused(NETWORK.replace("R1.k: 0.03 1/min", "R1.k: 3 mol/L, R2.k: 1 1/min"))
    assert lines(problems) == [4, 4]


def test_all_problems_of_a_change_are_reported_at_once(refused):
    problems = refused("""\
based_on: two-pathway/CdS
change:
  isomerisation.k: 0.03 min
  isomerization.k: 0.03 1/min
  uptake.k: quick
  uptake.at: 25
species: {}
""")
    assert set(lines(problems)) == {3, 4, 5, 6, 7}
    assert any(p.nearest[:1] == ("isomerisation.k",) for p in problems)


@pytest.mark.parametrize("change", ["isomerisation.k: -0.03 1/min", "isomerisation.at: -300 degC"])
def test_an_impossible_change_is_refused(refused, change):
    problems = refused(f"based_on: two-pathway/CdS\nchange:\n  {change}\n")
    assert lines(problems) == [3]


def test_an_unknown_base_is_answered_with_the_nearest(refused):
    (problem,) = refused("\nbased_on: two-pathway/CdX\n")
    assert problem.what == "no mechanism 'two-pathway/CdX'"
    assert "two-pathway/CdS" in problem.nearest
    assert lines([problem]) == [2]


@pytest.mark.parametrize("times", [[], [1.0, 1.0], [2.0, 1.0], [-1.0, 1.0], [float("nan")]])
def test_times_of_a_network_must_ascend_from_zero(read, times):
    with pytest.raises(InputError, match="must ascend from 0"):
        evolve(read(ROBERTSON), times)


def test_a_mechanism_error_is_an_input_error():
    assert issubclass(MechanismError, InputError)


DECAY = """\
units: {time: min, concentration: mol/L, energy: kJ/mol}
species: {A: {initial: 2.0}, B: {}}
reactions:
  - {equation: "A -> B", k: 0.5}
"""


def test_a_vessel_answers_in_the_units_of_the_file(read):
    """dA/dt = −k A with k in 1/min: A = A₀ exp(−k t), whatever SI is."""
    decay, times = read(DECAY), [0.0, 1.0, 5.0]
    found = evolve(decay, times)
    np.testing.assert_allclose(found.of("A"), 2.0 * np.exp(-0.5 * found.time), rtol=1e-7)
    np.testing.assert_allclose(evolve(decay, times, start={"A": 3.0}).of("A")[0], 3.0)
    half = evolve(decay, [10.0], until="50 % of A is consumed").stopped
    assert half == pytest.approx(np.log(2) / 0.5, rel=1e-7)
    many = ensemble(decay, [1.0], factors={"R1.k": [1.0, 2.0]}, starts=np.ones((2, 2)))
    np.testing.assert_allclose(many.concentration[:, 0, 0], np.exp([-0.5, -1.0]), rtol=1e-7)
    labelled = found.to_xarray()
    assert labelled["concentration"].attrs["units"] == "mol/L"
    assert labelled["time"].attrs["units"] == "min"
    np.testing.assert_array_equal(labelled["concentration"].sel(component="A"), found.of("A"))


def test_a_status_is_kept_and_changes_nothing_else(read):
    text = ROBERTSON + '  - {equation: "A <-> C", k: 0.2, k_reverse: 0.1}\n'
    said = text.replace("k: 0.04}", "k: {at: 25 degC, value: 0.04, Ea: 0, status: measured}}")
    said = said.replace("reverse: 0.1", "reverse: {at: 25 degC, value: 0.1, Ea: 0, status: fitted}")
    plain, known = read(text), read(said, "known.yaml")
    status = {name: one.status for name, one in known.constants.items() if name.endswith(".k")}
    assert status == {
        "R1.k": "measured",
        "R2.k": "assumed",
        "R3.k": "assumed",
        "R4.k": "assumed",
        "R4 reverse.k": "fitted",
    }
    times = np.array([0.0, 0.4, 40.0])
    one, other = evolve(plain, times), evolve(known, times)
    for name in "ABC":
        assert other.of(name) == pytest.approx(one.of(name), rel=1e-12)
    faster = known.with_constants({"R1.k": "0.08 1/s"}).constants["R1.k"]
    assert faster.si == 0.08


def test_a_status_that_is_none_is_refused_with_its_line(refused):
    (problem,) = refused(
        one_reaction('{equation: "A -> B", k: {at: 25 degC, value: 1, Ea: 0, status: sure}}')
    )
    assert problem.what == "'sure' is not a status"
    assert lines([problem]) == [3]
