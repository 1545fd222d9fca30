"""Tangents go through heating, transfer and dilution as the amounts do."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

import numpy as np
import pytest

from prenuc.errors import InputError
from prenuc.facts.catalogue import recipe
from prenuc.mechanism.two_pathway import two_pathway
from prenuc.protocol.protocol import Protocol
from prenuc.simulation import moves
from prenuc.simulation.evolve import compiled
from prenuc.simulation.run import simulate
from prenuc.simulation.sensitivity import prepared
from prenuc.simulation.sides import sides_of
from prenuc.simulation.solvers import Rodas

PARAMETERS = ("uptake.k", "nucleation.k", "bond formation.k", "isomerisation.k", "growth.k")


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
    model = two_pathway("CdS")
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
    with pytest.raises(InputError, match=r"stage\.count.*changes the reactions"):
        simulate(two_pathway("CdS"), protocol, parameters=["stage.count"])


@pytest.mark.parametrize(
    "moved", ["isomerisation.k", "return.half", "nucleation.size", "metal per chalcogen"]
)
def test_what_is_remembered_of_parameters_is_what_is_found_anew(moved):
    """Every constant of a variant, after those of its model and without anything before it."""
    model = deepcopy(two_pathway("CdS"))
    names = [name for name in model.constants if name != "stage.count"]
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
    names = ["isomerisation.k", "return.half", "growth.k", "nucleation.order"]
    prepared(compiled(model), names)
    variant = model.with_constants({"return.half": "3 mmol/L"})
    asked = []

    def noted(mechanism, name):
        asked.append(name)
        return sides_of(mechanism, name)

    monkeypatch.setattr(moves, "sides_of", noted)
    prepared(compiled(variant), names)
    assert asked == ["return.half"]
