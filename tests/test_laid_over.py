"""Chi squared of spectra that are laid over a flask, held against what chance gives."""

import numpy as np
import pytest

import prenuc as pn
from prenuc.errors import FitError
from prenuc.infer.selection.laid_over import LaidOver

NOISE = 1e-3


@pytest.fixture(scope="module")
def flask():
    return pn.two_pathway("CdS"), pn.Protocol.from_recipe(pn.recipe("cds-msc-311-in-toluene"))


@pytest.fixture(scope="module")
def run(flask):
    return pn.simulate(*flask)


@pytest.mark.parametrize("seed", range(5))
def test_chi_squared_of_the_truth_is_what_its_noise_gives(flask, run, seed):
    found = LaidOver.of(pn.uv_vis(run, noise=NOISE, seed=seed), *flask).misfit(*flask)
    low, high = found.expected
    assert low < found.chi2 < high
    assert found.noise == pytest.approx(NOISE, rel=0.02)
    assert found.readings == 49 * 416
    assert all(abs(factor - 1.0) < 0.05 for factor in found.amplitudes.values())


def test_chi_squared_grows_as_a_constant_leaves_the_truth_and_not_with_the_extinction(flask, run):
    mechanism, protocol = flask
    spectra = pn.uv_vis(run, noise=NOISE, seed=1)
    laid = LaidOver.of(spectra, *flask)
    chi2 = [
        laid.misfit(mechanism.with_constants({"isomerisation.k": f"{k} 1/min"}), protocol).chi2
        for k in (0.01568, 0.0150, 0.013, 0.010)
    ]
    assert np.all(np.diff(chi2) > 1000.0)
    path = pn.SpectrumSeries(spectra.wavelength, spectra.time, 0.5 * spectra.absorbance)
    thin = LaidOver.of(path, *flask).misfit(*flask)
    assert thin.chi2 == pytest.approx(thin.readings, rel=0.02)
    assert thin.amplitudes["MSC-311"] == pytest.approx(0.5, rel=0.01)


def test_spectra_of_another_protocol_and_three_spectra_are_refused(flask, run):
    mechanism, _ = flask
    spectra = pn.uv_vis(run, noise=NOISE, seed=1)
    other = pn.Protocol.from_recipe(pn.recipe("cds-3a-msa-at-15-min"))
    with pytest.raises(FitError, match="do not match the 10 measurements"):
        LaidOver.of(spectra, mechanism, other)
    with pytest.raises(FitError, match="too few spectra"):
        LaidOver.of(spectra.between_times(0.0, 12.0), *flask)
