r"""Dots that all grow alike, α = 1: sizes are a Poisson distribution.

A dot that was a nucleus of n* at time s has n* + j units at time t with probability
:math:`e^{-θ} θ^j/j!`, θ = ∫ₛᵗ A. Nuclei made at rate J(s) = k p₀ e^{−ks} and grown at a constant
rate A have the moments

.. math:: \sum_j f = p_0 x, \quad \sum_j j f = A \int_0^t J(s)(t-s)\, ds
   = A p_0 \Big(t - \frac{x}{k}\Big), \quad x = 1 - e^{-kt}

and :math:`\sum_j j (j-1) f = A^2 \int_0^t J(s)(t-s)^2 ds = A^2 p_0 (t^2 - 2t/k + 2x/k^2)`.
Growth that uses up its monomer, A = a c and c' = −a c F with F dots, stops at θ = (c₀/F)(1 −
e^{−aFt}).

Kingman 1993, Poisson Processes, ch. 1-2; moments of nucleation and size-independent growth as in
Randolph and Larson 1988, Theory of Particulate Processes, 2nd ed., ch. 3.
"""

from __future__ import annotations

import numpy as np
from scipy.special import gammaln


def poisson(extra, mean):
    """Return the probabilities of numbers of added units."""
    return np.exp(extra * np.log(mean) - mean - gammaln(extra + 1))


def uptake(times, attach, dots, monomer):
    """Return θ when growth uses up its monomer."""
    return monomer / dots * -np.expm1(-attach * dots * times)


def factorial_moments(times, rate, start, growth):
    """Return Σf, Σ j f, Σ j(j−1) f of nuclei made in first order and grown at a constant rate."""
    x = -np.expm1(-rate * times)
    return (
        start * x,
        growth * start * (times - x / rate),
        growth**2 * start * (times**2 - 2 * times / rate + 2 * x / rate**2),
    )
