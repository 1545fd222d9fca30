"""Scattering of discs: the printed radii, the integral, and Guinier's law."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import j1

import prenuc as pn
from prenuc.errors import InputError

lengths = st.floats(0.2, 4.0)


@pytest.mark.parametrize(("gyration", "radius"), [(0.92, 1.21), (1.14, 1.54)])
def test_the_printed_radii_of_gyration_are_those_of_discs_of_1_2_nm(gyration, radius):
    assert pn.disc_radius(gyration, 1.2) == pytest.approx(radius, abs=0.006)


@given(lengths, lengths, st.floats(0.01, 12.0))
def test_the_curve_is_the_average_over_all_directions(radius, thickness, q):
    def at(angle):
        across, along = q * radius * math.sin(angle), 0.5 * q * thickness * math.cos(angle)
        round_part = 2 * j1(across) / across if across > 0 else 1.0
        return (round_part * np.sinc(along / math.pi)) ** 2 * math.sin(angle)

    wanted, _ = quad(at, 0.0, 0.5 * math.pi, limit=500, epsabs=1e-13)
    found = pn.disc_scattering(np.array([q]), radius, thickness)
    assert found == pytest.approx([wanted], rel=1e-8, abs=1e-12)


@given(lengths, lengths)
def test_near_zero_the_curve_falls_as_guinier_says(radius, thickness):
    gyration = math.sqrt(radius**2 / 2 + thickness**2 / 12)
    q = np.linspace(0.01, 0.1, 10) / gyration
    near = pn.guinier_radius(q, 7.0 * pn.disc_scattering(q, radius, thickness))
    assert near == pytest.approx(gyration, rel=1e-3)
    assert pn.disc_radius(gyration, thickness) == pytest.approx(radius, rel=1e-9)


def test_guinier_leaves_out_what_lies_beyond_its_range():
    q = np.linspace(0.01, 8.0, 800)
    intensity = pn.disc_scattering(q, 1.2, 1.2)
    assert pn.guinier_radius(q, intensity) == pytest.approx(0.917, rel=0.02)


def test_a_very_thin_disc_and_a_needle_have_the_limits_of_the_books():
    q = np.array([30.0])
    thin = pn.disc_scattering(q, 2.0, 1e-6)  # 2/(qR)² (1 − J1(2qR)/(qR)), Kratky and Porod 1949
    wanted = 2 / (60.0**2) * (1 - j1(120.0) / 60.0)
    assert thin == pytest.approx([wanted], rel=1e-6)


def test_lengths_that_no_disc_has_are_refused():
    with pytest.raises(InputError, match=r"a disc of 4 nm has a radius of gyration above 0\.92 nm"):
        pn.disc_radius(0.92, 4.0)
    with pytest.raises(InputError, match="a radius of gyration of -1 nm"):
        pn.disc_radius(-1.0, 1.2)
    with pytest.raises(InputError, match="a thickness of 0 nm"):
        pn.disc_scattering(np.array([1.0]), 1.0, 0.0)
    with pytest.raises(InputError, match="does not fall"):
        pn.guinier_radius(np.array([0.1, 0.2, 0.3]), np.array([1.0, 1.1, 1.2]))
    with pytest.raises(InputError, match="fewer than 3 points"):
        pn.guinier_radius(np.array([5.0, 6.0]), np.array([1.0, 0.9]))


@pytest.mark.parametrize(
    ("q", "intensity", "said"),
    [
        ([0.1, 0.2, 0.3], [1.0, 0.9], "have the shapes"),
        ([0.0, 0.2, 0.3], [1.0, 0.9, 0.8], "does not ascend from above zero"),
        ([0.3, 0.2, 0.1], [0.8, 0.9, 1.0], "does not ascend from above zero"),
        ([0.1, 0.2, 0.3], [1.0, 0.9, 0.0], "not above zero"),
        ([0.1, 0.2, 0.3], [1.0, 0.9, np.nan], "not above zero"),
        ([0.1, 0.2, 0.3], [np.inf, 0.9, 0.8], "infinite"),
    ],
)
def test_curves_that_cannot_be_read_are_refused(q, intensity, said):
    with pytest.raises(InputError, match=said):
        pn.guinier_radius(np.array(q), np.array(intensity))
