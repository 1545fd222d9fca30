"""A published curve answers inside its range and for quantum dots, and says why where it is not."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prenuc.errors import InputError
from prenuc.facts.catalogue import entries, get
from prenuc.observe.amounts import amount
from prenuc.observe.sizing import TOLERANCE_NM, msc_lines, size

CURVES = [(m.id, curve) for m in entries("materials").values() for curve in m.curves]


def yu_cdse(nm):
    """Polynomial and power law of Yu 2003 for CdSe, typed from the paper, not from our data."""
    diameter = 1.6122e-9 * nm**4 - 2.6575e-6 * nm**3 + 1.6242e-3 * nm**2 - 0.4277 * nm + 41.57
    return diameter, 5857 * diameter**2.65


def jasieniak_cdse(nm, hwhm_ev=0.06):
    """Sizing and extinction of Jasieniak 2009 for CdSe, typed from the paper."""
    diameter = 1.62974e-9 * nm**4 - 2.85743e-6 * nm**3 + 1.8873e-3 * nm**2 - 0.54736 * nm + 59.60816
    return diameter, (155507 + 6.67054e13 * math.exp(-1240 / nm / 0.10551)) * 0.06 / hwhm_ev


@pytest.mark.parametrize("nm", [500.0, 550.0, 600.0])
def test_cdse_by_both_papers(nm):
    first, second = size("CdSe", nm)
    assert (first.curve, second.curve) == ("yu2003-CdSe", "jasieniak2009-CdSe")
    assert (first.diameter_nm, first.extinction) == pytest.approx(yu_cdse(nm))
    assert (second.diameter_nm, second.extinction) == pytest.approx(jasieniak_cdse(nm))
    assert first.in_range
    assert not first.reason
    assert first.source.startswith("yu2003 @ ")


def test_a_measured_width_enters_the_extinction_of_jasieniak_only():
    narrow = size("CdSe", 550.0, hwhm_nm=12.0)
    width = 1239.841984 / 550 - 1239.841984 / 562
    assert narrow[0] == size("CdSe", 550.0)[0]
    assert narrow[1].extinction == pytest.approx(jasieniak_cdse(550, width)[1])


def test_the_cdte_curve_is_refused_at_371_nm_because_it_is_negative_there():
    for force in (False, True):
        (one,) = size("CdTe", 371.0, force=force)
        assert (one.diameter_nm, one.extinction, one.in_range) == (None, None, False)
        assert "negative diameter" in one.reason
    assert "dMSC-371" in size("CdTe", 371.0)[0].reason


def test_a_curve_without_a_law_of_extinction_gives_none():
    (one,) = size("ZnSe", 400.0)
    assert one.diameter_nm == pytest.approx(3.68, abs=0.01)
    assert one.extinction is None


def test_one_curve_may_answer_where_another_does_not():
    first, second = size("CdSe", 445.0)
    assert first.diameter_nm is not None
    assert (second.diameter_nm, second.in_range) == (None, False)
    assert "460-655 nm" in second.reason


@pytest.mark.parametrize(
    ("hwhm", "force", "sized"),
    [(None, False, False), (9.0, False, False), (20.0, False, True), (None, True, True)],
)
def test_on_the_line_of_a_cluster_the_width_decides(hwhm, force, sized):
    (one,) = size("CdS", 311.5, hwhm_nm=hwhm, force=force)
    assert (one.diameter_nm is not None) is sized
    assert one.in_range
    assert ("MSC-311" in one.reason) is not sized


def test_other_readings_of_a_line_count_and_other_materials_do_not():
    assert "MSC-311" in size("CdS", 309.0)[0].reason
    assert size("CdSe", 508.5)[0].diameter_nm is None  # printed as 512/508
    assert size("CdSe", 550.0)[0].diameter_nm is not None
    line = next(line for line in msc_lines("CdTe") if line.species == "dMSC-371")
    assert line.positions == (350.0, 371.0)
    assert not line.at(350.0)  # the second line of the doublet is not the first absorption
    assert {line.material for line in msc_lines("CdSe")} == {"CdSe"}


@pytest.mark.parametrize(("material", "curve"), CURVES, ids=lambda value: getattr(value, "id", ""))
@given(data=st.data())
def test_inside_its_range_a_curve_rises_and_outside_it_is_silent(material, curve, data):
    low, high = curve.low.quantity.to("nm"), curve.high.quantity.to("nm")

    def answer(nm):
        return next(one for one in size(material, nm, force=True) if one.curve == curve.id)

    inside = sorted(data.draw(st.tuples(*[st.floats(low, high)] * 2)))
    small, large = (answer(nm) for nm in inside)
    assert 0 < small.diameter_nm <= large.diameter_nm < 20
    outside = data.draw(
        st.floats(1, low, exclude_max=True) | st.floats(high, 3000, exclude_min=True)
    )
    silent = answer(outside)
    assert (silent.diameter_nm, silent.extinction, silent.in_range) == (None, None, False)
    assert silent.reason


@given(st.sampled_from(msc_lines()), st.floats(-0.9, 0.9))
def test_no_catalogued_line_is_sized_without_its_width(line, off):
    for one in size(line.material, line.positions[-1] + off * TOLERANCE_NM):
        assert one.diameter_nm is None
        assert line.species in one.reason


@pytest.mark.parametrize(
    ("material", "nm", "energy", "e0", "a", "b", "c"),
    [
        ("PbS", 1240.0, 1239.841984, 0.41, 0.0252, 0.283, 0.0),
        ("PbSe", 1500.0, 1239.841984, 0.278, 0.016, 0.209, 0.45),
        ("ZnS", 290.0, 1239.841984, 3.7, 0.2349, -0.0418, 0.2562),
    ],
)
def test_lead_salts_and_zinc_sulfide_give_the_energy_back(material, nm, energy, e0, a, b, c):
    (one,) = size(material, nm)
    d = one.diameter_nm
    assert e0 + 1 / (a * d**2 + b * d + c) == pytest.approx(energy / nm, rel=1e-9)
    assert one.checked == "unchecked"


def test_an_extinction_says_where_it_holds():
    (lead,) = size("PbS", 1200.0)
    assert (lead.extinction, lead.extinction_at_nm) == (
        pytest.approx(23300 * lead.diameter_nm**3),
        400,
    )
    assert all(one.extinction_at_nm == 550 for one in size("CdSe", 550.0))


def test_every_material_says_what_its_curves_were_made_on_and_checked_against():
    assert {m.id for m in entries("materials").values() if m.curves} >= {
        *("CdS", "CdSe", "CdTe", "ZnSe", "ZnS", "InP", "PbS", "PbSe")
    }
    for material, curve in CURVES:
        assert curve.made_on in {"maximum", "centre", "unknown"}, material
        assert curve.checked
    assert {one.made_on for one in size("CdSe", 550.0)} == {"maximum", "unknown"}
    assert size("CdSe", 550.0)[0].spread_nm == pytest.approx(0.12 * 3.04, rel=0.01)


LITERATURE = Path(__file__).parents[2] / "shared/data/cdse_hot_injection_literature/syntheses.csv"


@pytest.mark.skipif(not LITERATURE.exists(), reason=f"the table is not at {LITERATURE}")
@pytest.mark.parametrize("curve", get("materials", "CdSe").curves, ids=lambda curve: curve.id)
def test_the_curves_of_cdse_were_checked_against_printed_pairs(curve):
    ratios = []
    for row in csv.DictReader(LITERATURE.read_text().splitlines()):
        at, size_nm = row["Absorbance max (nm)"], row["Diameter_nm"]
        told = row["Diameter from"] == "TEM" and {at, size_nm}.isdisjoint({"None", ""})
        if told and curve.in_range(float(at)):
            ratios.append(curve.diameter(float(at)) / float(size_nm))
    middle = np.median(ratios)
    robust = 1.4826 * np.median(np.abs(ratios - middle))
    assert curve.checked.startswith(f"{len(ratios)} published syntheses")
    assert (
        f"{middle:.2f}, robust standard deviation {robust:.0%}".replace("%", " %") in curve.checked
    )


def test_the_number_of_dots_follows_from_their_absorbance():
    first = size("CdSe", 550.0)[0]
    found = amount("CdSe", first, 0.42, path_cm=0.2, dilution=60, volume_l=0.02, metal_mol=4e-4)
    assert found.concentration == pytest.approx(0.42 * 60 / 0.2 / first.extinction)
    assert found.number == pytest.approx(found.concentration * 0.02 * 6.02214076e23)
    sphere = math.pi * first.diameter_nm**3 / 6 / 0.05611
    assert found.units == pytest.approx(sphere, rel=1e-3)
    assert found.chemical_yield == pytest.approx(
        found.concentration * 0.02 * sphere / 4e-4, rel=1e-3
    )
    assert amount("ZnSe", size("ZnSe", 400.0)[0], 0.4) is None
    with pytest.raises(InputError) as caught:
        amount("CdSe", first, -1.0, dilution=0)
    assert len(caught.value.problems) == 2
    with pytest.raises(InputError, match="needs the volume"):
        amount("CdSe", first, 0.4, metal_mol=1.0)


@pytest.mark.parametrize("nm", [0.0, -5.0, math.nan, math.inf])
def test_a_wavelength_is_a_positive_number(nm):
    with pytest.raises(InputError, match="wavelength"):
        size("CdSe", nm)
    with pytest.raises(InputError, match="half width"):
        size("CdSe", 550.0, hwhm_nm=nm)


def test_an_unknown_material_gets_the_nearest_name():
    with pytest.raises(InputError, match=r"no material 'CdSa'\. Nearest: 'CdS'"):
        size("CdSa", 500.0)
