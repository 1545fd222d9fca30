"""Ripening tends to the laws of Lifshitz, Slyozov and Wagner, as far as finite dots can.

The laws hold for infinitely large dots. Ours depart from them by w = (2Γ/3T)/l, the share by which
the Gibbs-Thomson law is not linear, and by T/(Γ l²), the share of the spread that comes from units
joining and leaving at random. The clock is ∫ (c/K) dt instead of t: the first correction in w. What
is left is a few parts in a hundred at l = 16 (4 000 units) and half that at l = 45 (90 000
units); the tolerances say so. From another start the shape is approached slowly, in the
logarithm of time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from known_values.ripening import LSW, WAGNER
from populations import attachment, detachment, population
from prenuc.mechanism.population import DiffusionLimited, SurfaceLimited
from prenuc.simulation.evolve import evolve
from prenuc.simulation.solvers import Rodas

TENSION = 3.0  # Γ/T
SOLUBILITY = 1e-4  # K in mol/m³, for 1 mol/m³ of units in dots
PROFILES = {LSW: DiffusionLimited(), WAGNER: SurfaceLimited()}
laws = pytest.mark.parametrize("law", [LSW, WAGNER], ids=["LSW", "Wagner"])


@dataclass(frozen=True)
class Ripened:
    """What the laws speak of, at six times equidistant in r_c^(m+2).

    Args:
        critical: l_c from the supersaturation.
        mean: Mean length over l_c.
        width: Standard deviation of the length over its mean.
        clock: ∫ (c/K) dt (B/3) (2Γ/3T), the κt of the law.
        apart: Largest distance of the distribution of u from the law's.
        beyond: Share of dots that are longer than 1.05 u_max.
        kept: Relative change of all units.
    """

    critical: np.ndarray
    mean: np.ndarray
    width: np.ndarray
    clock: np.ndarray
    apart: np.ndarray
    beyond: float
    kept: float


def ripen(law, first, last, *, narrow=False):
    """Let dots ripen from a critical length to another.

    They begin with the law's shape, or narrow.
    """
    slope = 2 * TENSION / 3
    sizes = (2, int((1.25 * law.largest * last) ** 3))
    length = np.cbrt(np.arange(2.0, sizes[1] + 1))
    density = np.exp(-0.5 * ((length / first - 1) / 0.1) ** 2)
    dots = (density if narrow else law.shape(length / first)) / length**2
    dots /= length**3 @ dots
    aims = np.linspace(first**law.exponent, last**law.exponent, 6)
    run = evolve(
        population(
            attachment(1 / SOLUBILITY),
            detachment(1.0),
            tension=TENSION,
            profile=PROFILES[law],
            sizes=sizes,
        ),
        (aims - aims[0]) / (law.slope * slope / 3),
        start={"M": SOLUBILITY * np.exp(slope / first)},
        dots=dots,
        solver=Rodas(rtol=1e-6, atol=1e-12),
    )
    return measured(law, run, length, slope)


def measured(law, run, length, slope):
    drive = run.of("M") / SOLUBILITY
    critical = slope / np.log(drive)
    mean = run.moment(1 / 3) / run.moment(0)
    steps = 0.5 * (drive[1:] + drive[:-1]) * np.diff(run.time) * slope / 3
    total = run.of("M") + run.moment(1)
    found = np.cumsum(run.dots, axis=1) / run.moment(0)[:, None]
    shapes = [law.shape(length / here) / length**2 for here in critical]
    wanted = np.array([np.cumsum(shape) / np.sum(shape) for shape in shapes])
    long = length > 1.05 * law.largest * critical[-1]
    return Ripened(
        critical=critical,
        mean=mean / critical,
        width=np.sqrt(run.moment(2 / 3) / run.moment(0) / mean**2 - 1),
        clock=np.concatenate(([0.0], np.cumsum(steps))),
        apart=np.max(np.abs(found - wanted), axis=1),
        beyond=run.dots[-1, long].sum() / run.moment(0)[-1],
        kept=float(np.max(np.abs(total / total[0] - 1))),
    )


def growth(law, seen):
    """Return the slope of l_c^(m+2) over the law's, and the exponent of l_c in time."""
    slopes = np.diff(seen.critical**law.exponent)[1:] / np.diff(seen.clock)[1:] / law.slope
    middle = np.log(0.5 * (seen.critical[1:-1] + seen.critical[2:]))
    bend = np.polyfit(middle, np.log(slopes), 1)[0]
    return slopes, 1 / (law.exponent - bend)


@laws
def test_the_shape_of_the_law_ripens_as_it_says(law):
    seen = ripen(law, 10.0, 16.0)
    slopes, exponent = growth(law, seen)
    np.testing.assert_allclose(slopes, 1.0, atol=0.05)
    assert exponent == pytest.approx(1 / law.exponent, abs=0.01)
    np.testing.assert_allclose(seen.mean[1:], law.mean, rtol=0.03)
    np.testing.assert_allclose(seen.width[1:], law.width, rtol=0.08)
    assert np.max(seen.apart) < 0.04
    assert seen.beyond < 1e-4
    assert seen.kept < 1e-12


@laws
def test_a_narrow_start_comes_towards_the_same_shape(law):
    seen = ripen(law, 10.0, 16.0, narrow=True)
    assert seen.apart[0] > 0.2
    assert seen.apart[-1] < seen.apart[0] / 3
    assert seen.width[-1] == pytest.approx(law.width, rel=0.08)
    assert seen.kept < 1e-12


@pytest.mark.study
@laws
def test_larger_dots_come_closer_to_the_law(law):
    seen, smaller = ripen(law, 20.0, 45.0), ripen(law, 10.0, 16.0)
    slopes, exponent = growth(law, seen)
    np.testing.assert_allclose(slopes, 1.0, atol=0.02)
    assert exponent == pytest.approx(1 / law.exponent, abs=0.004)
    np.testing.assert_allclose(seen.mean[1:], law.mean, rtol=0.012)
    np.testing.assert_allclose(seen.width[1:], law.width, rtol=0.04)
    assert seen.apart[-1] < smaller.apart[-1]
    assert seen.kept < 1e-12


@pytest.mark.study
@laws
def test_a_narrow_start_comes_to_the_same_shape_in_the_end(law):
    seen = ripen(law, 20.0, 45.0, narrow=True)
    assert seen.width[-1] == pytest.approx(law.width, rel=0.06)
    assert seen.apart[-1] < 0.04
