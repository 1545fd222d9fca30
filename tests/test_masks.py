"""A range that is masked takes no part, whatever stands in it, and is named in the history."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

import prenuc as pn
from commands import clusters, dots, run, write
from prenuc.errors import SpectrumError


def spoilt(series, low, high):
    """Return spectra with a lamp change between two wavelengths."""
    inside = (series.wavelength >= low) & (series.wavelength <= high)
    return replace(series, absorbance=series.absorbance + 3.0 * inside)


def test_what_is_masked_does_not_move_a_rate_constant():
    series = clusters(tuple(1 - np.exp(-0.3 * np.arange(12))))
    plain = pn.fit(series.masked(350, 360), "A -> B")
    bent = pn.fit(spoilt(series, 350, 360).masked(350, 360), "A -> B")
    assert bent.params["k"].value == plain.params["k"].value
    assert "masked: 350 to 360 nm, 11 of 136 wavelengths" in bent.history
    assert len(bent.series.wavelength) == 136 - 11


def test_what_is_masked_does_not_move_an_exciton():
    series = dots()
    found = pn.analyze(spoilt(series, 600, 610).masked(600, 610), "CdSe").rows()
    plain = pn.analyze(series, "CdSe").rows()
    for one, other in zip(found, plain, strict=True):
        assert one["first_exciton_nm"] == pytest.approx(other["first_exciton_nm"], abs=0.5)
        assert any("11 masked readings" in line for line in one["warnings"])


def test_times_are_left_out_of_spectra_and_of_traces():
    series = clusters(tuple(np.linspace(0, 1, 9)))
    middle = series.time[3:6]
    assert series.without_times(middle[0], middle[-1]).time.tolist() == [
        *series.time[:3],
        *series.time[6:],
    ]
    trace = series.trace("311 nm").without_times(middle[0], middle[-1])
    assert len(trace.time) == 6
    with pytest.raises(SpectrumError, match="all spectra"):
        series.without_times(series.time[0], series.time[-1])
    with pytest.raises(SpectrumError, match="all wavelengths"):
        series.masked(0, 1e4)


def test_the_option_is_repeatable_and_says_all_that_is_wrong(tmp_path, capsys, monkeypatch):
    series = clusters(tuple(np.linspace(0, 1, 9)))
    file = tmp_path / "series.csv"
    write(series, file)
    command = ("fit", file, "A -> B", "--json", "--mask", "350 360 nm", "--mask", "400 410 nm")
    told = json.loads(run(capsys, monkeypatch, *command).out)
    assert sum(line.startswith("masked: ") for line in told["history"]) == 2
    wrong = run(capsys, monkeypatch, "analyze", file, "--mask", "900 950 nm", "--mask", "0 d")
    assert wrong.code == 2
    assert wrong.err.count("--mask") == 2
    trace = tmp_path / "trace.csv"
    trace.write_text("time / min,signal\n" + "".join(f"{t},{t / 10}\n" for t in range(9)))
    refused = run(capsys, monkeypatch, "fit", trace, "A -> B", "--mask", "400 410 nm")
    assert "no wavelengths to mask" in refused.err


def test_a_spectrum_that_there_is_not_cannot_be_subtracted():
    with pytest.raises(SpectrumError, match="no spectrum 3 to subtract, of 3 spectra"):
        pn.SpectrumSeries(np.arange(300.0, 305), np.arange(3.0), np.ones((3, 5))).subtract(3)
