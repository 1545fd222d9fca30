"""Figures share one style, leave the reader's own alone, and say what is missing."""

from __future__ import annotations

import sys

import matplotlib as mpl
import numpy as np
import pytest

from commands import clusters, dots
from prenuc.errors import InputError
from prenuc.present.figures.kinds import draw
from prenuc.present.figures.style import svg, time_axis, time_colours
from prenuc.present.files.figures import save


def spectra(series=None):
    return draw("spectra", dots() if series is None else series).figure


def test_a_figure_leaves_the_style_of_the_reader_as_it_was():
    with mpl.rc_context({"font.size": 17.0}):
        figure = spectra()
        assert mpl.rcParams["font.size"] == 17.0
    assert figure.axes[0].xaxis.label.get_size() == 8.0
    assert svg(figure).startswith("<svg")


def test_what_is_missing_is_said_with_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(InputError, match=r"matplotlib is not installed.*pip install"):
        spectra()


def test_colours_go_from_dark_to_light_and_never_to_white():
    brightness = time_colours(9)[:, :3].mean(axis=1)
    assert np.all(np.diff(brightness) > 0)
    assert brightness[-1] < 0.75


def test_spectra_without_times_are_numbered():
    series = clusters()
    assert time_axis(series) == (pytest.approx(series.time), "time / min")
    timeless = type(series)(series.wavelength, np.full(3, np.nan), series.absorbance)
    assert time_axis(timeless)[0].tolist() == [1.0, 2.0, 3.0]
    assert time_axis(timeless)[1] == "number of the spectrum"


def test_an_edge_that_dwarfs_the_bands_is_cut_off_and_that_is_said():
    series = clusters()
    edge = series.absorbance + 3.0 * np.exp(-(series.wavelength - 285) / 3)
    steep = type(series)(series.wavelength, series.time, edge)
    (axes,) = spectra(steep).axes
    assert axes.get_ylim()[1] < 2.0
    assert [text.get_text() for text in axes.texts] == ["cut off: readings up to 3.2"]
    assert not spectra(series).axes[0].texts


def test_only_known_formats_are_written_and_the_same_each_time(tmp_path):
    figure = spectra()
    with pytest.raises(InputError, match="is not a figure format"):
        save(figure, tmp_path / "a.jpg")
    assert list(tmp_path.iterdir()) == []
    for ending in (".svg", ".pdf", ".png"):
        first, second = (save(spectra(), tmp_path / f"{n}{ending}") for n in "ab")
        assert first.read_bytes() == second.read_bytes()
