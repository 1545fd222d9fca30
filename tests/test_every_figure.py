"""Every kind of figure: texts that can be read, letters, alternative text, and its numbers."""

from __future__ import annotations

import csv
import re
from functools import cache
from itertools import combinations

import numpy as np
import pytest

import prenuc as pn
from drawn import ANSWERS, growing, made_course, run
from looking import faults
from prenuc.errors import InputError
from prenuc.present.figures.drawing import NAMELESS
from prenuc.present.figures.kinds import KINDS
from prenuc.present.figures.style import SPECIES, time_colours
from prenuc.simulation.fluxes import fluxes

WIDTHS = {"one column": "8.4 cm", "two columns": "17 cm"}


@cache
def answered(name):
    return ANSWERS[name]()


def drawn(name, **asked):
    answers, options = answered(name)
    return pn.figure(name.partition(",")[0], *answers, **options, **asked)


def columns(path):
    """Return the columns of a written table by heading; cells that are no numbers stay text."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        head, *rows = csv.reader(file)
    assert all(head)
    assert len({*head}) == len(head), head  # a table that is read by headings loses no column
    return {name: [row[i] for row in rows] for i, name in enumerate(head)}


def number(cell):
    try:
        return float(cell)
    except ValueError:
        return np.nan


def test_every_kind_is_looked_at():
    assert {name.partition(",")[0] for name in ANSWERS} == set(KINDS)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ANSWERS)
def test_no_text_overlaps_is_cut_off_or_small(name, width):
    title = "A title that is long enough to need more than one line"
    assert faults(drawn(name, size=WIDTHS[width], title=title).figure) == []


NOT_TO_SCALE = {"protocol"}  # its table has the steps


@pytest.mark.parametrize("name", ANSWERS)
def test_words_letters_and_numbers_beside_it_are_of_what_is_drawn(name, tmp_path):
    """Letters are TrueType; every named line is in the table as it is in the figure."""
    made = drawn(name, to=tmp_path / "a.pdf")
    assert re.search(r"\d", made.told)
    assert len(made.told) > 30
    written = (tmp_path / "a.pdf").read_bytes()
    assert b"/FontFile2" in written
    assert b"/Type3" not in written
    table = columns(tmp_path / "a.csv")
    assert table
    numbers = [np.array([number(cell) for cell in cells]) for cells in table.values()]
    for axes in [] if name in NOT_TO_SCALE else made.figure.axes:
        for line in axes.get_lines():
            if NAMELESS.fullmatch(str(line.get_label())) or not len(line.get_xdata()):
                continue
            for part in line.get_data():
                wanted = np.asarray(part, dtype=float)
                assert any(
                    np.allclose(one[: len(wanted)], wanted, rtol=1e-9, atol=1e-15, equal_nan=True)
                    for one in numbers
                    if len(one) >= len(wanted)
                ), line.get_label()


# ---- the numbers are those of the answers --------------------------------------------------------


def sheet(made):
    found = {one.heading: one.cells for one in made.numbers.columns}
    assert len(found) == len(made.numbers.columns)
    return found


def test_spectra_are_those_of_the_series():
    table = sheet(drawn("spectra"))
    for label, row in zip(growing().labels, growing().absorbance, strict=True):
        np.testing.assert_array_equal(table[f"clusters.csv, {label}"], row)


def test_a_map_holds_the_distribution_of_every_look():
    table = sheet(drawn("sizes"))
    one = made_course()
    np.testing.assert_array_equal(table["a, 90 min"], one.distribution[-1])
    at = sheet(drawn("distribution"))
    np.testing.assert_array_equal(at["60 min"], one.distribution[14])


def test_a_species_that_is_never_a_millionth_is_named_and_not_drawn():
    made = drawn("species")
    assert "PC-311" not in " ".join(sheet(made))
    assert made.notes == ("never a millionth of the chalcogen: PC-311",)


def test_fluxes_keep_the_books_of_every_species():
    """What came less what went is what is there, and no flow hangs on the looks."""
    found = fluxes(run())
    assert sum(found.held.values()) == pytest.approx(1.0)
    for name, kind in found.kinds.items():
        came = sum(one.share for one in found.flows if one.way.end == name)
        went = sum(one.share for one in found.flows if one.way.start == name)
        before = 1.0 if kind == "precursor" else 0.0
        assert came - went == pytest.approx(found.held[name] - before, abs=1e-6), name
    assert max(one.error for one in found.flows) < 1e-3
    table = sheet(drawn("fluxes"))
    assert table["net share of the chalcogen"] == [one.share for one in found.flows]


def test_a_mechanism_is_drawn_from_its_reactions():
    made = drawn("mechanism")
    named = set(";".join(sheet(made)["steps"]).replace("; ", ";").split(";"))
    assert {step.name for step in pn.two_pathway("CdS").steps} == named
    texts = {one.get_text() for axes in made.figure.axes for one in axes.texts}
    assert {"S", "assembly", "PC-311", "MSC-311", "Mo/Fr", "QD"} <= texts
    assert "PC-311 ⇌ N-311" in made.told


def test_stages_are_one_species():
    texts = {one.get_text() for axes in drawn("mechanism, long").figure.axes for one in axes.texts}
    assert "as-PC-371" in texts
    assert not any(one.startswith("as-PC-371.") and "\n" not in one for one in texts)


def test_a_timeline_has_every_sentence_at_its_instant():
    made = drawn("protocol")
    table = sheet(made)
    assert table["what is done"] == [str(step) for step in run().protocol.steps]
    assert table["from"][3:5] == [25.0, 25.0]
    assert "25 min: inject 1.2 mmol TOPO into flask; hold flask for 15 min" in made.told


# ---- what cannot be drawn ------------------------------------------------------------------------


def test_what_is_no_figure_is_refused_with_the_nearest_name():
    with pytest.raises(InputError, match=r"kind of figure 'spectrum'.*spectra"):
        pn.figure("spectrum", growing())
    with pytest.raises(InputError, match=r"'course' is not of SpectrumSeries.*Give a Course"):
        pn.figure("course", growing())
    with pytest.raises(InputError, match="'trend' is not of 0 answers"):
        pn.figure("trend")
    with pytest.raises(InputError, match=r"was not looked at 500 min.*-10 to 90 min"):
        pn.figure("distribution", made_course(), at=[500.0])
    with pytest.raises(InputError, match="2 A -> B has no ln"):
        pn.figure("logarithm", pn.fit(growing().trace("311 nm"), "2 A -> B"))


# ---- colours -------------------------------------------------------------------------------------

CONES = ("protanomaly", "deuteranomaly", "tritanomaly")
APART, LIGHTNESS = 20.0, 8.0  # units of CAM02-UCS; of CIE lightness


def seen(colours, lacking):
    """Return colours as somebody sees them who lacks a cone (Machado and others 2009), in UCS."""
    from colorspacious import cspace_convert

    view = {"name": "sRGB1+CVD", "cvd_type": lacking, "severity": 100}
    shown = colours if lacking is None else np.clip(cspace_convert(colours, view, "sRGB1"), 0, 1)
    return cspace_convert(shown, "sRGB1", "CAM02-UCS")


def rgb(colours):
    from matplotlib.colors import to_rgb

    return np.array([to_rgb(one) for one in colours])


@pytest.mark.parametrize("lacking", [None, *CONES])
def test_colours_are_told_apart_without_one_of_the_cones(lacking):
    colours = seen(rgb(SPECIES), lacking)
    assert min(np.linalg.norm(a - b) for a, b in combinations(colours, 2)) >= APART


def test_colours_are_told_apart_in_grey():
    from colorspacious import cspace_convert

    lightness = np.sort(cspace_convert(rgb(SPECIES), "sRGB1", "CIELab")[:, 0])
    assert np.diff(lightness).min() >= LIGHTNESS
    assert lightness[-1] < 78  # on white


@pytest.mark.parametrize("lacking", [None, *CONES])
def test_times_go_from_dark_to_light_for_everybody(lacking):
    lightness = seen(time_colours(9)[:, :3], lacking)[:, 0]
    assert np.diff(lightness).min() > 2.0


def test_the_colours_that_stood_here_before_fail_this():
    before = rgb(("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"))
    worst = min(
        np.linalg.norm(a - b)
        for lacking in CONES
        for a, b in combinations(seen(before, lacking), 2)
    )
    assert worst < APART
