"""Emission: whose band is seen, how much of the light becomes it, and what stays dark."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import prenuc as pn
from prenuc.errors import InputError
from prenuc.facts.catalogue import get
from prenuc.observe import emission as module
from prenuc.observe.absorption import chalcogen_atoms
from prenuc.simulation.choice import for_recipe

SMALL, LARGE = "dMSC-393", "dMSC-460"
UV = "350 nm"


@pytest.fixture(scope="module")
def heated():
    """CdSe with acetic acid, heated in steps (Figure 3c-d)."""
    recipe = pn.recipe("cdse-3c-hoac")
    return pn.simulate(for_recipe(recipe), pn.Protocol.from_recipe(recipe))


def holding(run, **amounts):
    """Return one measurement of a run that holds nothing but some components, mol/m³ of atoms."""
    held = np.zeros(len(run.names))
    for name, atoms in amounts.items():
        held[run.names.index(name)] = atoms / chalcogen_atoms(run.mechanism.components[name])
    return replace(run, measurements=(replace(run.measurements[0], concentration=held),))


def photons(spectra):
    """Return the photons emitted for each that is absorbed, by each sample."""
    return np.trapezoid(spectra.absorbance, spectra.wavelength, axis=1)


@pytest.mark.parametrize(("cluster", "at"), [(SMALL, 399.0), (LARGE, 465.0)])
def test_a_cluster_alone_emits_its_printed_band_with_its_quantum_yield(heated, cluster, at):
    seen = pn.emission(holding(heated, **{cluster: 0.3}), excitation=UV)
    assert seen.signal == "photoluminescence"
    assert seen.wavelength[np.argmax(seen.absorbance[0])] == at
    assert photons(seen) == pytest.approx([0.1], rel=1e-6)


def test_light_is_shared_by_chalcogen_atoms_and_dots_stay_dark(heated):
    dots = heated.mechanism.dots.units
    both = pn.emission(holding(heated, **{SMALL: 0.1, LARGE: 0.3}), excitation=UV)
    dimmed = pn.emission(holding(heated, **{SMALL: 0.1, LARGE: 0.3, dots: 0.4}), excitation=UV)
    alone = [
        pn.emission(holding(heated, **{name: 1.0}), excitation=UV).absorbance
        for name in (SMALL, LARGE)
    ]
    np.testing.assert_allclose(both.absorbance, 0.25 * alone[0] + 0.75 * alone[1], rtol=1e-12)
    np.testing.assert_allclose(dimmed.absorbance, 0.5 * both.absorbance, rtol=1e-12)


def test_light_to_the_red_of_a_cluster_excites_the_other_alone(heated):
    mixed = holding(heated, **{SMALL: 0.3, LARGE: 0.1})
    alone = holding(heated, **{LARGE: 0.1})
    seen, wanted = (pn.emission(one, excitation="410 nm").absorbance for one in (mixed, alone))
    np.testing.assert_array_equal(seen, wanted)
    assert not pn.emission(mixed, excitation="500 nm").absorbance.any()


def test_an_empty_cuvette_is_dark(heated):
    assert not pn.emission(holding(heated), excitation=UV).absorbance.any()


def test_the_samples_of_figure_3d_emit_where_printed(heated):
    seen = pn.emission(heated, excitation=UV)
    by_vessel = dict(zip((m.vessel for m in heated.measurements), seen.absorbance, strict=True))
    at = {
        name: int(np.flatnonzero(seen.wavelength == nm)[0])
        for name, nm in ((SMALL, 399), (LARGE, 465))
    }
    assert seen.wavelength[np.argmax(by_vessel["trace-4"])] == pytest.approx(399, abs=3)
    assert seen.wavelength[np.argmax(by_vessel["trace-8"])] == pytest.approx(465, abs=3)
    assert by_vessel["trace-8"][at[SMALL]] < 0.05 * by_vessel["trace-8"][at[LARGE]]


def test_what_is_assumed_stands_in_the_history(heated):
    said = pn.emission(heated, excitation="0.36 um").history
    assert "excitation at 360 nm" in said
    assert set(module.LEFT_OUT) <= set(said)


def test_questions_without_an_answer_are_refused(heated, monkeypatch):
    with pytest.raises(InputError, match="measures nothing"):
        pn.emission(replace(heated, measurements=()), excitation=UV)
    with pytest.raises(InputError, match="nm"):
        pn.emission(heated, excitation="350 K")
    species = get("species", SMALL)
    less = {name: value for name, value in species.values.items() if name != "quantum_yield"}
    monkeypatch.setattr(module, "get", lambda *_: replace(species, values=less))
    with pytest.raises(InputError, match="'dMSC-393' emits and has no 'quantum_yield'"):
        pn.emission(heated, excitation=UV)
