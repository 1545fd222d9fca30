"""Tangents go through heating, transfer and dilution as the amounts do."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

import numpy as np
import pytest

from prenuc.errors import InputError
from prenuc.facts.catalogue import recipe
from prenuc.mechanism import Arrhenius, Component, Mechanism, Reaction
from prenuc.mechanism.reach import reachable, runs
from prenuc.mechanism.reaction import Barrier, Binding, Excess, Power, Saturation, mass_action
from prenuc.mechanism.two_pathway import two_pathway
from prenuc.protocol.protocol import Protocol
from prenuc.simulation import moves
from prenuc.simulation.evolve import compiled
from prenuc.simulation.run import simulate
from prenuc.simulation.sensitivity import prepared
from prenuc.simulation.sides import sides_of
from prenuc.simulation.solvers import Rodas

PARAMETERS = ("uptake.k", "fragmentation.k", "bond formation.k", "isomerisation.k", "MSC-311.K")
STRUCTURE = {"dots.largest", "dots.bare", "dots.capped", "Mo/Fr under TOPO.sites", "stage.count"}


def followed(model):
    """Return the constants that do not change which reactions there are."""
    return [name for name in model.constants if name not in STRUCTURE]


def test_tangents_at_the_end_of_a_recipe_are_its_derivatives():
    model = two_pathway("CdS")
    protocol = Protocol.from_recipe(recipe("cds-msc-311-in-toluene"))
    run = simulate(model, protocol, solver=Rodas(), parameters=PARAMETERS)
    tight, step = Rodas(rtol=1e-11, atol=1e-18), 4e-3
    # A recipe is wrong by some hundred tolerances; a difference of two by that over its step.
    bound = 100 * (Rodas().rtol + tight.rtol / step)
    for column, name in enumerate(PARAMETERS):
        value = model.parameters[name]

        def end(share, name=name, value=value):
            number = value.quantity.number * (1 + share)
            moved = replace(value, quantity=replace(value.quantity, number=number))
            return simulate(
                model.with_constants({name: moved}), protocol, solver=tight
            ).measurements[-1]

        def slope(step, end=end, value=value):
            above, below = end(step), end(-step)
            return (above.concentration - below.concentration) / (2 * step * value.si)

        exact = (4 * slope(step) - slope(2 * step)) / 3
        off = np.abs(run.measurements[-1].tangents[:, column] - exact).max()
        assert off <= bound * np.abs(exact).max()


def test_without_parameters_nothing_is_carried():
    protocol = Protocol.from_recipe(recipe("cds-msc-311-in-toluene"))
    last = simulate(two_pathway("CdS"), protocol).measurements[-1]
    assert last.tangents.size == last.dot_tangents.size == 0


def test_a_nucleus_of_a_whole_number_of_units_is_followed_to_larger_ones():
    """It stands in a class of its own: below, another class shares it."""
    model = two_pathway("CdS@0.1")
    protocol = Protocol.from_recipe(recipe("cds-4c-oleate"))
    value, sharp = model.parameters["nucleation.size"], Rodas(rtol=1e-10)

    def last(more, **given):
        moved = replace(value, quantity=replace(value.quantity, number=value.si + more))
        changed = model.with_constants({"nucleation.size": moved}) if more else model
        return simulate(changed, protocol, solver=sharp, **given).measurements[-1]

    found = last(0.0, parameters=["nucleation.size"])
    step = 0.01
    first, second = (last(h).concentration for h in (step, 2 * step))
    exact = (4 * first - second - 3 * found.concentration) / (2 * step)
    off = np.abs(found.tangents[:, 0] - exact).max()
    assert off <= 1e-3 * np.abs(exact).max()
    assert np.abs(exact).max() > 0


def test_a_parameter_that_changes_the_reactions_is_refused():
    protocol = Protocol.from_recipe(recipe("cds-msc-311-in-toluene"))
    with pytest.raises(InputError, match=r"dots\.bare.*changes the reactions"):
        simulate(two_pathway("CdS"), protocol, parameters=["dots.bare"])


@pytest.mark.parametrize(
    ("which", "moved"),
    [
        ("CdS", "isomerisation.k"),
        ("CdS", "uptake.half"),
        ("CdS", "MSC-311.K"),
        ("CdS", "dots.surface energy"),
        ("CdS@0.1", "nucleation.size"),
        ("CdS@0.1", "metal per chalcogen"),
    ],
)
def test_what_is_remembered_of_parameters_is_what_is_found_anew(which, moved):
    """Every constant of a variant, after those of its model and without anything before it."""
    model = deepcopy(two_pathway(which))
    names = followed(model)
    prepared(compiled(model), names)
    number = 1.1 * model.constants[moved].quantity.number
    quantity = replace(model.constants[moved].quantity, number=number, digits="")
    variant = model.with_constants({moved: quantity})
    found, anew = (prepared(compiled(one), names).seeds for one in (variant, deepcopy(variant)))
    assert found.reaction.size > 100
    for field in found._fields:
        np.testing.assert_array_equal(getattr(found, field), getattr(anew, field), field)


def test_only_what_a_moved_constant_is_part_of_is_written_again(monkeypatch):
    model = two_pathway("CdS")
    names = ["isomerisation.k", "uptake.half", "growth.k", "MSC-311.K"]
    prepared(compiled(model), names)
    variant = model.with_constants({"uptake.half": "3 mmol/L"})
    asked = []

    def noted(mechanism, name):
        asked.append(name)
        return sides_of(mechanism, name)

    monkeypatch.setattr(moves, "sides_of", noted)
    prepared(compiled(variant), names)
    assert asked == ["uptake.half", "growth.k"]  # channels of dots are one part


def test_what_cannot_run_is_not_followed_and_would_not_move(monkeypatch):
    """No TOPO is charged, and a ligand that is not there binds nowhere."""
    model = two_pathway("CdS")
    protocol = Protocol.from_recipe(recipe("cds-msc-311-in-toluene"))
    names = followed(model)
    idle = {"fragmentation with TOPO.k", "MSC-311 under MSA-ate.K", "MSC-322 under HPPh2.h"}
    found = simulate(model, protocol, parameters=names).measurements[-1]
    monkeypatch.setattr(moves.Move, "acts", lambda *_: True)
    every = simulate(model, protocol, parameters=names).measurements[-1]
    moved = [name for name, of in zip(names, found.tangents.T, strict=True) if of.any()]
    assert idle.isdisjoint(moved)
    assert len(moved) > 40
    for one, other in (
        (found.tangents, every.tangents),
        (found.dot_tangents, every.dot_tangents),
    ):
        assert one.shape == other.shape
        size = np.abs(other).max(axis=0)
        nothing = 1e-60  # a ligand that is not there is 1e-94 of something
        assert (np.abs(one - other).max(axis=0) <= 1e-9 * size + nothing).all()


def test_a_parameter_asked_twice_has_two_columns():
    protocol = Protocol.from_recipe(recipe("cds-msc-311-in-toluene"))
    asked = ["growth.k", "fragmentation with TOPO.k", "isomerisation.k", "growth.k"]
    run = simulate(two_pathway("CdS"), protocol, parameters=asked)
    tangents = run.measurements[-1].tangents
    assert tangents.shape[1] == len(run.parameters) == 4
    assert [bool(of.any()) for of in tangents.T] == [True, False, True, True]
    np.testing.assert_array_equal(tangents[:, 0], tangents[:, 3])


def test_only_what_can_be_there_runs():
    """Orders above zero, saturation and barriers need something; ligands and limits do not."""
    there = {"A"}
    needs = (Power({"B": 1.0}), Saturation({"B": 1.0}), Barrier({"B": 1.0}), Excess({"B": 1.0}))
    free = (Power({"B": 1.0}, 0.0), Binding({"B": 1.0}), Excess({"B": -1.0}, -1.0))

    def law(*factors):
        return Reaction("R", {"A": -1.0}, Arrhenius(1.0), (Power({"A": 1.0}), *factors))

    assert not any(runs(law(factor), there) for factor in needs)
    assert all(runs(law(factor), there) for factor in free)


def test_what_is_made_can_be_there_too():
    def reaction(left, right):
        return Reaction(left, {left: -1.0, right: 1.0}, Arrhenius(1.0), mass_action({left: 1}))

    chain = tuple(reaction(*pair) for pair in ("BC", "AB", "DE"))
    model = Mechanism("chain", {name: Component(name) for name in "ABCDE"}, chain)
    assert reachable(model, ["A"]) == {"A", "B", "C"}
