"""The engine as a module: nothing that Python hands over can end the interpreter."""

from __future__ import annotations

import contextlib
import importlib
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import invented
from populations import attachment, population
from prenuc.errors import SimulationError
from prenuc.simulation import native
from prenuc.simulation.evolve import compiled
from prenuc.simulation.sensitivity import prepared
from prenuc.simulation.solvers import Rodas
from prenuc.simulation.stretch import Stretch
from test_engine import EVERY_LAW
from test_size_classes import START, crowded
from test_tangents import written

TIMES = np.array([0.5, 1.0])
REFUSED = (ValueError, TypeError, BufferError, OverflowError)


def call(model, parameters=()):
    """Return the arguments of a call with one vessel; with tangents where there are parameters."""
    net = compiled(model)
    start = np.array([START.get(name, 1.0) for name in net.names])
    stretch = Stretch(net, start, TIMES, (300.0, 320.0), np.full(len(start), 1e-12))
    setting = Rodas(rtol=1e-4).setting(stretch)._replace(most_steps=40)
    n, classes, m = len(start), net.classes.size, len(TIMES)
    asked = [net.flat, net.classes, net.plan, setting]
    if not parameters:
        found = np.zeros((1, m, n)), np.zeros((1, m, classes)), np.zeros((1, 6))
        return [*asked, net.constant[None].copy(), start[None], np.zeros((1, classes)), *found]
    ready = prepared(net, parameters)
    p = len(ready.parameters)
    begin = np.zeros((n, p)), np.zeros((classes, p))
    found = np.zeros((m, n)), np.zeros((m, classes))
    of = np.zeros((m, n, p)), np.zeros((m, classes, p))
    return [*asked, ready.seeds, *begin, start, np.zeros(classes), *found, *of, np.zeros(6)]


MOVED = ("k", "nucleus", "capillarity")
CALLS = {
    "dots": (native.integrate, lambda: call(crowded(30))),
    "every law": (native.integrate, lambda: call(EVERY_LAW)),
    "ladders": (native.integrate, lambda: call(invented.ladders())),
    "tangents of ladders": (
        native.integrate_followed,
        lambda: call(invented.written(invented.ladders), invented.NUMBERS),
    ),
    "tangents": (
        native.integrate_followed,
        lambda: call(written(), ("k", "nucleus", "capillarity")),
    ),
}
PLACES = st.integers(-(2**63), 2**63 - 1) | st.integers(-3, 200)
NUMBERS = st.floats() | st.sampled_from([0.0, -1.0, np.nan, np.inf, 1e300])

HOW = ("numbers", "short", "long", "kind", "strided", "axes", "none")


def spoiled(array, data):
    """Return an array with another shape, kind, order or some other numbers."""
    how = data.draw(
        st.sampled_from(["numbers", "short", "long", "kind", "strided", "axes", "none"])
    )
    flat = array.reshape(-1)
    if how == "none":
        return data.draw(st.sampled_from([None, 3, "text", (), np.zeros(3, complex)]))
    if how == "kind":
        return array.astype(data.draw(st.sampled_from(["float32", "int32", "bool", ">f8"])))
    if how == "strided":
        return np.repeat(array, 2, axis=-1)[..., ::2]
    if how in {"short", "long", "axes"}:
        return {"short": flat[:-1], "long": np.resize(flat, len(flat) + 3), "axes": array[None]}[
            how
        ]
    other = array.copy()
    for _ in range(data.draw(st.integers(1, 3)) if array.size else 0):
        place = data.draw(st.integers(0, array.size - 1))
        other.reshape(-1)[place] = data.draw(PLACES if array.dtype == np.int64 else NUMBERS)
    return other


def spoil(arguments, data):
    """Spoil one argument, or one field of one."""
    place = data.draw(st.integers(0, len(arguments) - 1))
    one = arguments[place]
    if isinstance(one, np.ndarray):
        arguments[place] = spoiled(one, data)
        return
    field = data.draw(st.sampled_from(one._fields))
    value = getattr(one, field)
    if isinstance(value, np.ndarray):
        other = spoiled(value, data)
    elif isinstance(value, tuple):
        inner = data.draw(st.sampled_from(value._fields[:-1]))
        other = value._replace(**{inner: spoiled(getattr(value, inner), data)})
    else:
        other = data.draw(PLACES if isinstance(value, int) else NUMBERS)
        other = min(other, 40) if field == "most_steps" else other
    arguments[place] = one._replace(**{field: other})


@pytest.mark.parametrize("kind", CALLS)
@given(data=st.data())
def test_whatever_is_handed_over_is_refused_or_integrated(kind, data):
    function, arguments = CALLS[kind][0], CALLS[kind][1]()
    for _ in range(data.draw(st.integers(1, 2))):
        spoil(arguments, data)
        if not all(isinstance(one, np.ndarray) or hasattr(one, "_fields") for one in arguments):
            break
        if not all(hasattr(one, "_fields") for one in arguments[:4]):
            break
    with contextlib.suppress(*REFUSED):
        function(*arguments)


@pytest.mark.parametrize("kind", ["dots", "tangents"])
def test_what_is_left_as_it_is_runs(kind):
    function, arguments = CALLS[kind][0], CALLS[kind][1]()
    arguments[3] = arguments[3]._replace(most_steps=10_000)
    function(*arguments)
    assert arguments[-1].flat[0] == 0.0  # done
    assert np.all(np.isfinite(arguments[-1]))


@pytest.mark.parametrize("count", range(16))
def test_another_number_of_arguments_is_refused(count):
    for function in (native.integrate, native.integrate_followed, native.step_ends):
        with pytest.raises(REFUSED):
            function(*[None] * count)


def test_a_population_of_two_classes_is_refused():
    arguments = call(crowded(30))
    two = population(attachment(1.0), sizes=(2, 3))
    arguments[1] = compiled(two).classes
    with pytest.raises(ValueError, match="three size classes"):
        native.integrate(*arguments)


def test_an_array_that_may_not_be_written_to_is_refused():
    arguments = call(EVERY_LAW)
    arguments[-1].flags.writeable = False
    with pytest.raises((ValueError, BufferError)):
        native.integrate(*arguments)


RUN = """\
from prenuc.simulation import native
from prenuc.simulation.evolve import evolve
from test_size_classes import START, crowded
run = evolve(crowded(), [1.0, 20.0], start=START, temperature=(300.0, 350.0))
print(native.instructions, *run.concentration[-1])
"""


def test_one_set_of_instructions_can_be_forced():
    """The other one fuses multiplication and addition: last digits differ, no more."""
    told = {}
    for isa in ("", "baseline"):
        path = os.pathsep.join(sys.path)
        done = subprocess.run(
            [sys.executable, "-c", RUN],
            env=os.environ | {"PRENUC_ISA": isa, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            check=True,
        )
        name, *numbers = done.stdout.split()
        told[isa] = name, np.array(numbers, dtype=float)
    assert told["baseline"][0] == "baseline"
    np.testing.assert_allclose(told[""][1], told["baseline"][1], rtol=1e-11)


def test_an_engine_that_was_not_built_is_said_in_one_line(monkeypatch):
    monkeypatch.setitem(sys.modules, "prenuc.simulation.native._engine", None)
    monkeypatch.delitem(sys.modules, "prenuc.simulation.native")
    with pytest.raises(SimulationError, match=r"compiled engine is missing.*C\+\+17 compiler"):
        importlib.import_module("prenuc.simulation.native")
