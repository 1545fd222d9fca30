"""Many flasks at once: each as if it were alone."""

from __future__ import annotations

import gc
import time
import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import prenuc as pn
from prenuc.arrays import product
from prenuc.errors import InputError, SimulationError
from prenuc.observe.many import PART, _in_order
from prenuc.simulation.choice import for_recipe
from prenuc.simulation.members import REMEMBERED

RECIPE = pn.recipe("cds-4c-oleate")
MODEL = for_recipe(RECIPE, dots=None)
PROTOCOL = pn.Protocol.from_recipe(RECIPE)
TEXT = (
    "charge flask with 1.2 mmol Cd(OA)2, 0.3 mmol S and 9.2 g ODE at 60 degC",
    "heat flask to 180 degC over 10 min",
    "take 25 uL of flask into cuvette with 3.00 mL toluene at 25 degC",
    "measure cuvette at 0 min",
    "hold flask for 10 min",
    "take 25 uL of flask into later with 3.00 mL toluene at 25 degC",
    "measure later at 0 min, 30 min",
)
SHORT = pn.Protocol.from_text(TEXT)


def k_of(name="isomerisation.k"):
    return MODEL.constants[name].quantity.number


def equal_to_its_run(flasks, member):
    """Whether a member and a run of its own agree in every bit that both have."""
    mechanism, protocol = flasks.single(member)
    inert = [name for name in flasks.members.inert if name in protocol.reagents]
    run = pn.simulate(mechanism, protocol, inert=inert)
    held = np.array([one.concentration for one in run.measurements])
    columns = [flasks.names.index(name) for name in run.names]
    np.testing.assert_array_equal(flasks.concentration[member][:, columns], held)
    np.testing.assert_array_equal(flasks.absorbance[member], pn.uv_vis(run).absorbance)
    np.testing.assert_array_equal(flasks.time[member], [one.time for one in run.measurements])
    reacted = [one.reaction_time for one in run.measurements]
    np.testing.assert_array_equal(flasks.reaction_time[member], np.array(reacted, dtype=float))
    np.testing.assert_array_equal(
        flasks.dilution[member], [one.dilution for one in run.measurements]
    )


@pytest.mark.parametrize("threads", [1, 3])
def test_members_with_other_constants_equal_their_single_runs(threads):
    factors = np.exp(np.random.default_rng(3).normal(0.0, 0.5, 2 * PART + 3))
    flasks = pn.simulate_many(
        MODEL,
        SHORT,
        constants={"isomerisation.k": k_of() * factors, "growth.k": k_of("growth.k")},
        threads=threads,
    )
    assert len(flasks) == len(factors)
    assert flasks.failed == {}
    for member in (0, PART - 1, PART, len(factors) - 1):
        equal_to_its_run(flasks, member)
    assert len(set(flasks.of("MSC-311")[:, 2].tolist())) == len(factors)  # they do differ


def test_members_with_other_steps_equal_their_single_runs():
    """One measurement each way, other solutes in some: the rows of one product mix all of them."""
    flasks = pn.simulate_many(
        MODEL,
        SHORT,
        vary={
            "heat flask": ["160 degC", "180 degC", "200 degC", "220 degC"],
            "dilute charge flask": [1, 3, 30, 300],
            "charge flask: TOPO": ["0 mmol", "1 mmol", "0 mmol", "1 mmol"],
        },
    )
    for member in range(4):
        equal_to_its_run(flasks, member)
    assert flasks.of("TOPO")[:, 0].tolist()[::2] == [0.0, 0.0]
    assert np.all(flasks.of("TOPO")[1::2] > 0)


def test_a_single_spectrum_is_a_row_of_any_product():
    once = pn.Protocol.from_text(TEXT[:4])
    flasks = pn.simulate_many(MODEL, once, vary={"heat flask": ["170 degC", "190 degC"]})
    for member in range(2):
        equal_to_its_run(flasks, member)


@pytest.mark.parametrize("n", [1, 7, 8, 9, 139, 416, 513])
@pytest.mark.parametrize("k", [1, 63, 304])
def test_a_row_of_a_product_hangs_on_nothing_but_that_row(k, n):
    rng = np.random.default_rng(k + n)
    rows, matrix = rng.normal(size=(29, k)), rng.normal(size=(k, n))
    rows[5:12, k // 3 :] = 0.0
    whole = product(rows, matrix)
    np.testing.assert_allclose(whole, rows @ matrix, rtol=1e-12, atol=1e-12)
    for some in ([3], [28], [6, 7], [20, 5, 0, 11, 19, 27, 9, 14, 2]):
        np.testing.assert_array_equal(product(rows[some], matrix), whole[some])


def test_memory_is_that_of_the_answer():
    """With more members nothing but their numbers is more, also where no spectra are kept."""

    def held(count, nm):
        drawn = k_of() * np.linspace(0.5, 2.0, count)
        given = {"isomerisation.k": drawn, "growth.k": k_of("growth.k")}
        gc.collect()
        tracemalloc.start()
        flasks = pn.simulate_many(
            MODEL,
            SHORT,
            constants=given,
            wavelength=nm,
            threads=1,
            progress=lambda _: gc.collect(),  # circles that wait for a collection are not held
        )
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        arrays = flasks.time, flasks.volume, flasks.concentration, flasks.absorbance
        return peak, sum(one.nbytes for one in arrays)

    held(REMEMBERED + PART, None)  # what is remembered for all is there
    for nm in ([], None):
        (few, small), (many, large) = held(5 * PART, nm), held(8 * PART, nm)
        assert many - few < 1.1 * (large - small) + 3 * PART * 2000  # bytes
        assert large - small > (3 * PART * 3 * 416 * 8 if nm is None else 0)


def test_threads_do_not_run_ahead_of_the_answer():
    """However slowly it is taken, no more parts are begun than there are threads."""
    parts, begun, ahead = [range(i, i + 1) for i in range(12)], [], []
    with ThreadPoolExecutor(2) as pool:
        for part, found in _in_order(pool, lambda one: begun.append(one) or [one], parts, 2):
            time.sleep(0.02)
            ahead.append(len(begun) - part.stop)
            assert found == [part]
    assert max(ahead) <= 1
    assert sorted(begun, key=lambda part: part.start) == parts  # threads may overtake each other


def test_a_component_that_only_later_members_have_is_absent_in_the_earlier_ones():
    changes = {"after heat flask": ["1 mmol TOPO", "1 mmol EtOH"]}
    flasks = pn.simulate_many(MODEL, SHORT, vary=changes, inert=["EtOH"])
    assert not flasks.failed
    assert flasks.names[-1] == "EtOH"
    assert flasks.of("EtOH")[0].tolist() == [0.0, 0.0, 0.0]
    assert np.all(flasks.of("EtOH")[1] > 0)
    for member in range(2):
        equal_to_its_run(flasks, member)


def test_a_member_that_cannot_be_is_a_row_with_its_reason():
    flasks = pn.simulate_many(MODEL, SHORT, vary={"heat flask": ["180 degC", "400 degC"]})
    assert list(flasks.failed) == [1]
    assert "boil" in flasks.failed[1]
    assert np.isnan(flasks.absorbance[1]).all()
    assert np.isfinite(flasks.absorbance[0]).all()
    assert flasks.to_xarray()["reason"].to_numpy().tolist() == ["", flasks.failed[1]]


def test_a_dilution_of_a_charge_leaves_the_solvent():
    thin = PROTOCOL.with_dilution({"charge flask": 30})
    before, after = (
        {part.of: part.amount.si for part in protocol.steps[0].contents}
        for protocol in (PROTOCOL, thin)
    )
    assert after["ODE"] == before["ODE"]
    others = {name for name in before if name != "ODE" and before[name]}
    assert {name: before[name] / after[name] for name in others} == pytest.approx(
        dict.fromkeys(others, 30.0), rel=1e-3
    )
    assert str(thin) == str(PROTOCOL.varied("dilute charge flask = 30"))


def test_everything_is_labelled():
    numbers = k_of() * np.array([0.5, 2.0])
    flasks = pn.simulate_many(
        MODEL, SHORT, constants={"isomerisation.k": numbers}, wavelength=np.array([311.0])
    )
    data = flasks.to_xarray()
    assert dict(data.sizes) == {
        "member": 2,
        "measurement": 3,
        "component": len(flasks.names),
        "wavelength": 1,
    }
    assert data["absorbance"].sel(wavelength=311.0).shape == (2, 3)
    assert data["isomerisation.k"].sizes == {"member": 2}
    table = flasks.to_dataframe()
    assert len(table) == 6
    assert table["vessel"].tolist() == ["cuvette", "later", "later"] * 2
    assert table["reaction time / min"].tolist() == pytest.approx([0, 10, 10] * 2)
    assert data["dilution"].to_numpy() == pytest.approx(121)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"constants": {"isomerization.k": 1.0}}, "Nearest: 'isomerisation.k'"),
        ({"vary": {"heat flsk": ["180 degC"]}}, "Nearest: 'heat flask'"),
        ({"constants": {"isomerisation.k": [1, 2]}, "vary": {"hold flask": ["1 h"]}}, "1, 2 mem"),
        ({"vary": {"hold flask": []}}, "0 members"),
    ],
)
def test_what_no_member_can_be_is_refused(asked, said):
    with pytest.raises(InputError, match=said):
        pn.simulate_many(MODEL, SHORT, **asked)


def test_nothing_but_failures_is_an_error():
    with pytest.raises(InputError, match="boil"):
        pn.simulate_many(MODEL, SHORT, vary={"heat flask": ["400 degC", "410 degC"]})
    with pytest.raises(SimulationError, match="every member failed"):
        pn.simulate_many(MODEL, SHORT, constants={"isomerisation.k": ["-1 1/s"]})
