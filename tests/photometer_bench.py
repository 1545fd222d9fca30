"""What a spectrophotometer, and the chemistry in front of it, do to spectra of A -> B.

A kind of noise or fault is a function of a random generator and a :class:`Size`; ``KINDS`` gives
them their names, and their numbers, which seeds are made of (docs/decisions/0016). Spectra are
those of ``spectra_bench``: k = 0.015 1/min, a band at 350 nm that gives way to one at 420 nm, over
a static background. e is a standard normal deviate, new for every reading unless said otherwise.
White noise is that of the size, 2 or 1 mAU, and is there unless a kind is a noise of its own.

Groups: 1, the noise that has an exact bound; 2, noise that leaves k unbiased or nearly so, which
an interval must allow for; 3, faults that spoil k, which a fit must allow for or own up to.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from prenuc.observe.series import SpectrumSeries
from spectra_bench import MINUTES, NM, K, band, best_precision, first_order, growing, noise

MAU = 1e-3  # absorbance


@dataclass(frozen=True)
class Size:
    """Times in min, wavelengths in nm, and the standard deviation of white noise in absorbance."""

    minutes: np.ndarray
    nm: np.ndarray
    white: float

    @property
    def name(self):
        return f"{len(self.minutes)} × {len(self.nm)}"

    def bound(self, kind):
        """Return the Cramér-Rao bound on the standard deviation of k for a kind of group 1."""
        return best_precision(kind, self.minutes, self.nm, self.white)


SMALL = Size(np.linspace(0.0, 200.0, 30), np.linspace(300.0, 600.0, 80), 2 * MAU)
LARGE = Size(MINUTES, NM, 1 * MAU)
SIZES = (SMALL, LARGE)


@dataclass(frozen=True)
class Kind:
    """A kind of noise or fault: its name, group, generator and the true k in 1/min."""

    name: str
    group: int
    make: Callable[[np.random.Generator, Size], SpectrumSeries]
    truth: float = K


def true(size, top=None):
    """Absorbance without noise, shape (m, n), scaled so that its largest is ``top``."""
    found = first_order(time=size.minutes) @ growing(size.nm)
    return found if top is None else found * (top / found.max())


def seen(size, absorbance):
    return SpectrumSeries(size.nm, size.minutes, absorbance)


def with_white(rng, size, absorbance):
    return seen(size, absorbance + size.white * rng.normal(size=absorbance.shape))


def each(rng, size):
    """One e for every spectrum, shape (m, 1)."""
    return rng.normal(size=(len(size.minutes), 1))


def walk(rng, size):
    """A random walk from spectrum to spectrum, shape (m, 1); at the end its variance is 1."""
    return np.cumsum(each(rng, size), axis=0) / np.sqrt(len(size.minutes))


# Group 1


def additive(rng, size, *, kind):
    """White noise and an offset of each spectrum (2 mAU), noise correlated along wavelength (as
    large as the white, kernel of 20 nm), or a walk of the baseline (2 mAU at the end)."""
    return seen(size, true(size) + noise(kind, rng, size.minutes, size.nm, size.white))


# Group 2


def light(rng, size, *, sd, top, dark=None):
    """Noise of ``sd`` of full light in transmitted light: A' = -log10(10^-A + sd e), A <= top.

    Readings of no light (10^-A + sd e <= 0) are NaN; where ``dark`` is "ceiling", readings stop at
    4 in half of the draws and at 10 in the others, and those of no light stand there.
    """
    clean = true(size, top)
    through = 10.0**-clean + sd * rng.normal(size=clean.shape)
    ceiling = 4.0 if rng.random() < 0.5 else 10.0
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.where(through > 0, -np.log10(through), np.nan)
    if dark == "ceiling":
        found = np.minimum(np.where(through > 0, found, np.inf), ceiling)
    return seen(size, found)


def proportional(rng, size, *, share, constant=0.0):
    """A' = A (1 + share e) + constant e, the two e independent."""
    clean = true(size)
    relative, absolute = rng.normal(size=(2, *clean.shape))
    return seen(size, clean * (1.0 + share * relative) + constant * absolute)


def light_and_offsets(rng, size):
    """2e-4 of full light at A <= 2, 0.5 mAU of white noise, an offset of each spectrum, 2 mAU."""
    lit = light(rng, size, sd=2e-4, top=2.0).absorbance
    return seen(size, lit + 0.5 * MAU * rng.normal(size=lit.shape) + 2 * MAU * each(rng, size))


def rounded(rng, size, *, step, sd):
    """Noise of ``sd``, and readings printed to ``step``."""
    clean = true(size)
    return seen(size, step * np.round((clean + sd * rng.normal(size=clean.shape)) / step))


def heavy_tails(rng, size):
    """Student's t with 3 degrees of freedom, its standard deviation that of the white noise."""
    clean = true(size)
    return seen(size, clean + size.white * rng.standard_t(3, size=clean.shape) / np.sqrt(3.0))


def spikes(rng, size):
    """0.5 % of the readings are off by 50 to 200 mAU, up or down; white noise."""
    clean = true(size)
    struck = rng.random(clean.shape) < 0.005
    height = rng.uniform(50 * MAU, 200 * MAU, clean.shape) * rng.choice((-1.0, 1.0), clean.shape)
    return with_white(rng, size, clean + struck * height)


def lifted_spectra(rng, size):
    """Two spectra are lifted or sunk by 30 mAU at one end and 60 at the other; white noise."""
    clean = true(size)
    slope = 30 * MAU * (1.0 + np.linspace(0.0, 1.0, len(size.nm)))
    for one in rng.choice(len(clean), 2, replace=False):
        clean[one] += rng.choice((-1.0, 1.0)) * slope[:: rng.choice((-1, 1))]
    return with_white(rng, size, clean)


def air_bubbles(rng, size):
    """Two spectra were taken through a bubble: 5 % too much absorbance; white noise."""
    clean = true(size)
    clean[rng.choice(len(clean), 2, replace=False)] *= 1.05
    return with_white(rng, size, clean)


def factors(rng, size):
    """Every spectrum has a factor of its own, 1 + 0.01 e; white noise."""
    return with_white(rng, size, true(size) * (1.0 + 0.01 * each(rng, size)))


def jitter(rng, size, *, nm):
    """Every spectrum, background included, is shifted along wavelength by nm · e; white noise."""
    shares, shifts = first_order(time=size.minutes), nm * each(rng, size)
    moved = [share @ growing(size.nm - by) for share, by in zip(shares, shifts, strict=True)]
    return with_white(rng, size, np.array(moved))


# Group 3


def autoregressive(rng, size):
    """Each wavelength's noise lasts: AR(1) in time, ρ = 0.7, its sd that of the white noise."""
    e = size.white * rng.normal(size=(len(size.minutes), len(size.nm)))
    for i in range(1, len(e)):
        e[i] = 0.7 * e[i - 1] + np.sqrt(1.0 - 0.7**2) * e[i]
    return seen(size, true(size) + e)


def gain_step(rng, size):
    """From the middle spectrum on all absorbances are 1 % too large; white noise."""
    late = np.arange(len(size.minutes)) >= len(size.minutes) // 2
    return with_white(rng, size, true(size) * (1.0 + 0.01 * late[:, None]))


def gain_drift(rng, size, *, linear):
    """A factor drifts: by 2 % in a line, or as a random walk (sd 2 % at the end); white noise."""
    passed = np.linspace(0.0, 1.0, len(size.minutes))[:, None]
    return with_white(
        rng, size, true(size) * (1.0 + 0.02 * (passed if linear else walk(rng, size)))
    )


def changing_k(rng, size, *, change):
    """k changes in a line, by ``change`` of itself at the end; what is sought is the k that it
    starts with: k(t) = k (1 + change · t / t_end), integrated; white noise."""
    spent = size.minutes * (1.0 + 0.5 * change * size.minutes / size.minutes[-1])
    return with_white(rng, size, first_order(time=spent) @ growing(size.nm))


def scatter_drift(rng, size):
    """A scattering baseline walks: (λ / 300 nm)^-4, sd 3 mAU at 300 nm at the end; white noise."""
    course = 3 * MAU * walk(rng, size)
    return with_white(rng, size, true(size) + course * (size.nm / 300.0) ** -4)


def stray_light(rng, size, *, share, top):
    """A share of the full light goes round the cuvette: T' = (T + s) / (1 + s); white noise."""
    through = (10.0 ** -true(size, top) + share) / (1.0 + share)
    return with_white(rng, size, -np.log10(through))


def saturated(rng, size, *, cap, top):
    """No reading is above ``cap``, the largest true absorbance is ``top``; white noise."""
    found = with_white(rng, size, true(size, top))
    return seen(size, np.minimum(found.absorbance, cap))


def hidden_step(rng, size, *, ratio, signal=None):
    """A -> B -> C with k1 = k, k2 = ratio · k1, to be fitted with A -> B; white noise.

    C has a band of its own (480 nm, 0.45), or differs from B by a band of ``signal`` times B's.
    """
    a, t = first_order(time=size.minutes)[:, 0], size.minutes
    b = K * t * a if ratio == 1 else (a - np.exp(-ratio * K * t)) / (ratio - 1.0)
    start, middle = growing(size.nm)
    end = middle + band(size.nm, 420, 20, -0.55) + band(size.nm, 480, 25, 0.45)
    if signal is not None:
        end = middle + band(size.nm, 480, 25, signal * 0.55)
    return with_white(rng, size, np.column_stack((a, b, 1.0 - a - b)) @ (start, middle, end))


def in_light(sd, top, dark=None):
    ends = {None: "", "nan": ", no light is NaN", "ceiling": ", no light is the ceiling"}
    name = f"transmitted light {sd:.0e}, A ≤ {top:g}{ends[dark]}".replace("e-0", "e-")
    return Kind(name, 2, partial(light, sd=sd, top=top, dark=dark))


ADDITIVE = ("white", "white, offsets", "white, correlated", "white, drift")
SDS = (2e-4, 5e-4, 2e-3)
# The number of a kind is its place, from 1 on, and never changes: new kinds go to the end.
KINDS = (
    *(Kind(name, 1, partial(additive, kind=name)) for name in ADDITIVE),
    *(in_light(sd, top) for top in (1.3, 2.0) for sd in SDS),
    *(in_light(sd, 3.0, dark) for dark in ("nan", "ceiling") for sd in SDS),
    Kind("proportional 0.2 %", 2, partial(proportional, share=0.002)),
    Kind("proportional 0.5 %", 2, partial(proportional, share=0.005)),
    Kind("mixed: 0.2 % and 0.5 mAU", 2, partial(proportional, share=0.002, constant=0.5 * MAU)),
    Kind("mixed: light 2e-4, 0.5 mAU, offsets", 2, light_and_offsets),
    Kind("readings to 0.001", 2, partial(rounded, step=0.001, sd=0.2 * MAU)),
    Kind("readings to 0.01", 2, partial(rounded, step=0.01, sd=2 * MAU)),
    Kind("heavy tails", 2, heavy_tails),
    Kind("spikes", 2, spikes),
    Kind("outlier spectra, lifted", 2, lifted_spectra),
    Kind("outlier spectra, air bubbles", 2, air_bubbles),
    Kind("factors of 1 %", 2, factors),
    Kind("wavelength jitter 0.1 nm", 2, partial(jitter, nm=0.1)),
    Kind("wavelength jitter 0.3 nm", 2, partial(jitter, nm=0.3)),
    Kind("AR(1) in time", 3, autoregressive),
    Kind("gain step 1 %", 3, gain_step),
    Kind("gain drift 2 %, a walk", 3, partial(gain_drift, linear=False)),
    Kind("gain drift 2 %, a line", 3, partial(gain_drift, linear=True)),
    Kind("k falls by 10 %", 3, partial(changing_k, change=-0.1)),
    Kind("k rises by 10 %", 3, partial(changing_k, change=0.1)),
    Kind("λ⁻⁴ drift", 3, scatter_drift),
    Kind("stray light 0.1 %, A ≤ 3", 3, partial(stray_light, share=1e-3, top=3.0)),
    Kind("stray light 0.5 %, A ≤ 2.5", 3, partial(stray_light, share=5e-3, top=2.5)),
    Kind("saturation at 3, A ≤ 3.5", 3, partial(saturated, cap=3.0, top=3.5)),
    Kind("saturation at 2, A ≤ 2.5", 3, partial(saturated, cap=2.0, top=2.5)),
    Kind("hidden step, a tenth as fast", 3, partial(hidden_step, ratio=0.1)),
    Kind("hidden step, a third as fast", 3, partial(hidden_step, ratio=0.3)),
    Kind("hidden step, as fast", 3, partial(hidden_step, ratio=1.0)),
    Kind("hidden step, three times as fast", 3, partial(hidden_step, ratio=3.0)),
    Kind("hidden step of 5 % of the signal", 3, partial(hidden_step, ratio=0.3, signal=0.05)),
)
