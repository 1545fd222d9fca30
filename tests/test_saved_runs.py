"""A run, saved and loaded, is the run that was saved; nothing else is taken for one."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
import xarray as xr

from prenuc.errors import InputError
from prenuc.facts.catalogue import recipe
from prenuc.mechanism.dots import Moments
from prenuc.mechanism.reaction import Factor
from prenuc.mechanism.two_pathway import two_pathway
from prenuc.observe.absorption import uv_vis
from prenuc.protocol.protocol import Protocol
from prenuc.simulation import archive
from prenuc.simulation.run import simulate
from prenuc.simulation.solution import Run

ARRAYS = "concentration", "dots", "tangents", "dot_tangents"


@pytest.fixture(scope="module")
def run():
    """Return a run with dots class by class, and with made-up tangents in two parameters."""
    protocol = Protocol.from_recipe(recipe("cds-msc-311-in-toluene"))
    found = simulate(two_pathway("CdS"), protocol)
    rng = np.random.default_rng(5)
    measurements = [
        replace(
            one,
            tangents=rng.normal(size=(len(found.names), 2)),
            dot_tangents=rng.normal(size=(len(one.dots), 2)),
        )
        for one in found.measurements[:3]
    ]
    return replace(found, measurements=tuple(measurements), parameters=("a.k", "b.k"))


def assert_same(one, other):
    for name in ("mechanism", "protocol", "names", "conservation", "stats", "parameters"):
        assert getattr(one, name) == getattr(other, name)
    assert len(one.measurements) == len(other.measurements)
    for a, b in zip(one.measurements, other.measurements, strict=True):
        for name in ARRAYS:
            np.testing.assert_array_equal(getattr(a, name), getattr(b, name))
        bare = {name: np.zeros(0) for name in ARRAYS}
        for name in ("vessel", "time", "temperature", "volume"):
            assert getattr(replace(a, **bare), name) == getattr(b, name)


def test_a_loaded_run_is_the_saved_one_to_the_last_bit(run, tmp_path):
    run.save(tmp_path / "run.nc")
    loaded = Run.load(tmp_path / "run.nc")
    assert_same(run, loaded)
    assert loaded.assumptions == run.assumptions
    np.testing.assert_array_equal(uv_vis(loaded).absorbance, uv_vis(run).absorbance)


def test_a_run_of_moments_that_measured_nothing_comes_back(tmp_path):
    protocol = Protocol.from_text(["charge flask with 1 g ODE at 60 degC"])
    run = simulate(two_pathway("CdS@0.1", dots=Moments()), protocol)
    run.save(tmp_path / "run.nc")
    assert_same(run, Run.load(tmp_path / "run.nc"))


def test_any_library_reads_the_arrays_with_their_units(run, tmp_path):
    run.save(tmp_path / "run.nc")
    with xr.open_dataset(tmp_path / "run.nc", decode_times=False) as data:
        row = data["concentration"].sel(component="MSC-311")
        np.testing.assert_array_equal(row, run.concentration("MSC-311"))
        assert data["time"].attrs["units"] == "s"
        assert row.attrs["units"] == "mol/m^3"
        assert data["tangents"].sel(parameter="b.k").shape == (3, len(run.names))
        assert data["size"].to_numpy().tolist() == run.mechanism.population.units.tolist()


def test_a_changed_file_is_refused(run, tmp_path):
    path = tmp_path / "run.nc"
    run.save(path)
    bits = path.read_bytes()
    place = bits.index(np.array(run.measurements[1].concentration[:3], ">f8").tobytes())
    path.write_bytes(bits[:place] + b"\x40" + bits[place + 1 :])
    with pytest.raises(InputError, match="changed since it was saved"):
        Run.load(path)


def test_a_file_of_other_classes_names_the_version_that_wrote_it(run, tmp_path, monkeypatch):
    run.save(tmp_path / "run.nc")
    monkeypatch.delitem(archive._CLASSES, "Mechanism")
    with pytest.raises(InputError, match=r"run\.nc: prenuc .* wrote this file"):
        Run.load(tmp_path / "run.nc")


def test_other_files_are_refused(tmp_path):
    missing = tmp_path / "no.nc"
    text = tmp_path / "text.nc"
    text.write_text("Wavelength,1\n")
    other = tmp_path / "other.nc"
    xr.Dataset({"a": ("x", [1.0])}).to_netcdf(other, engine="scipy")
    for path, why in ((missing, "no such file"), (text, "no netCDF"), (other, "holds no run")):
        with pytest.raises(InputError, match=why) as caught:
            Run.load(path)
        assert caught.value.problems[0].where == str(path)


def test_a_rate_law_of_ones_own_is_refused_by_name_and_leaves_no_file(run, tmp_path):
    @dataclass(frozen=True)
    class Cosine(Factor):
        def of(self, x):
            return x

    model = run.mechanism
    odd = replace(model.reactions[0], factors=(Cosine({}),))
    strange = replace(run, mechanism=replace(model, reactions=(odd, *model.reactions[1:])))
    with pytest.raises(InputError, match="'Cosine' cannot be saved"):
        strange.save(tmp_path / "run.nc")
    assert not list(tmp_path.iterdir())
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=r"not a directory|file exists"):
        run.save(tmp_path / "file" / "run.nc")


def test_a_run_is_shown_in_ten_lines_at_most(run):
    shown = repr(run).splitlines()
    assert len(shown) <= 10
    assert "cds-msc-311-in-toluene with two-pathway/CdS" in shown[0]
    assert "3 measurements: cuvette (3)" in shown[1]
    assert max(map(len, shown)) < 200
