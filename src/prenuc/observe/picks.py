"""Whether a pick can be a first exciton: what its width, its series and its material say of it.

A fit finds a band wherever a spectrum is curved like one. What a lamp, a slit or a detector at its
end has left in a weak spectrum is curved like one, too. A pick is doubted where

1. it is **narrow**: narrower than any exciton at room temperature, than three steps of the
   spectrum, or than half of the bands of its series;
2. it is **cut off**: readings beside it were too dense to be measured, or its top is flat;
3. it lies **outside its material**: to the red of the bulk's band gap, or far to the blue of all
   that is known of it;
4. it **jumps** out of λ(t): it lies apart from what was seen before and after.

A doubt is no proof: a cluster among dots is narrow, and a fast growth jumps. A line that agrees
with one of a catalogued cluster in position and sharpness is therefore not doubted for its series,
unless it is seen in one spectrum alone, between others without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prenuc.facts.material import PHOTON_ENERGY_NM
from prenuc.observe.curvature import white_noise
from prenuc.quantities import percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prenuc.arrays import Array, Mask
    from prenuc.facts.material import Material
    from prenuc.observe.features import Feature
    from prenuc.observe.series import SpectrumSeries

# Full width at half maximum, eV, below which no exciton lies at room temperature (assumed): the
# narrowest known, those of CdSe platelets, have some 0.035 eV.
NARROWEST = 0.030
FEWEST_STEPS = 3.0  # of the wavelengths that the full width of a band spans
OF_USUAL = 0.5  # width over the median width of the series, below which a band is another's
BESIDE = 3.0  # half widths to the blue of a pick within which nothing may be hidden
FLAT = 0.8  # half widths over which no line and no shoulder is even
FLAT_WITHIN = 0.002  # of the height of the band, beside the noise
EVEN = 6.0  # standard deviations of the noise that even readings span
NOISE_OF_HEIGHT = 0.02  # the span over the height, above which flatness says nothing
FEWEST_FLAT = 6  # readings
JUMP = 25.0  # nm; neighbours further apart are no course
OFF_COURSE = 8.0  # nm outside what the neighbours span
FEWEST = 4  # picks from which a usual width is known
FAR_TO_THE_BLUE = 0.8  # of the shortest wavelength known of a material


def judge_picks(
    series: SpectrumSeries,
    features: Sequence[Feature],
    *,
    hidden: Mask,
    known: Mask,
    material: Material | None,
    lines: Sequence[float] = (),
) -> list[tuple[str, ...]]:
    """Return the doubts about the pick of each spectrum of a series; none where all is well.

    Args:
        series: Absorption spectra, m of them at n wavelengths.
        features: What was found in each, m of them.
        hidden: Which readings were too dense to be measured, shape (m, n).
        known: Which picks agree with the line of a catalogued cluster, shape (m,).
        material: The semiconductor; None where it was not given.
        lines: Positions of its catalogued clusters, nm.
    """
    seen = [i for i, one in enumerate(features) if one.status != "unresolved"]
    order = [i for i in np.argsort(series.time, kind="stable").tolist() if i in seen]
    known = _not_alone(order, known)
    doubts: list[list[str]] = [[] for _ in features]
    for i in seen:
        doubts[i] += _of_width(series.wavelength, features[i])
        doubts[i] += _of_hidden(series.wavelength, features[i], hidden[i])
        doubts[i] += _of_flatness(series.wavelength, series.absorbance[i], features[i])
        doubts[i] += [] if material is None else _of_material(features[i], material, lines)
    for judge in (_unusual, _off_course):
        believed = [i for i in order if not doubts[i]]
        for i, why in judge(believed, features):
            doubts[i] += [] if known[i] else [why]
    return [tuple(one) for one in doubts]


def _not_alone(order: Sequence[int], known: Mask) -> Mask:
    """Return which known lines (m,) are not alone between spectra without one, in order of time."""
    kept = known.copy()
    for before, here, after in zip(order, order[1:], order[2:], strict=False):
        kept[here] &= known[before] or known[after]
    return kept


def _widths(features: Sequence[Feature], which: Sequence[int]) -> Array:
    """Return full widths at half maximum in eV of some of the bands, by their red half."""
    some = [features[i] for i in which]
    red = np.array([one.position_nm + one.hwhm_nm for one in some])
    return 2.0 * PHOTON_ENERGY_NM * (1.0 / np.array([one.position_nm for one in some]) - 1.0 / red)


def _unusual(order: Sequence[int], features: Sequence[Feature]) -> list[tuple[int, str]]:
    """Return which picks have bands much narrower than the others, and how much."""
    if len(order) < FEWEST:
        return []
    width = _widths(features, order)
    part = width / np.median(width)
    why = "of the usual width of its series: another species, or no band of the sample"
    narrow = np.flatnonzero(part < OF_USUAL).tolist()
    return [(order[i], f"the band has only {percent(part[i])} {why}") for i in narrow]


def _of_width(wavelength: Array, feature: Feature) -> list[str]:
    """Return why a band is too narrow to be an exciton."""
    at = int(np.searchsorted(wavelength, feature.position_nm).clip(1, len(wavelength) - 1))
    step, full = float(wavelength[at] - wavelength[at - 1]), 2.0 * feature.hwhm_nm
    if full < FEWEST_STEPS * step:
        return [
            f"the line is as narrow as the slit ({full:.2g} nm, the spectrum has {step:.2g} nm)"
        ]
    least = NARROWEST * feature.position_nm**2 / PHOTON_ENERGY_NM
    if full < least:
        return [f"the line is {full:.2g} nm wide, no exciton here is narrower than {least:.2g} nm"]
    return []


def _of_hidden(wavelength: Array, feature: Feature, hidden: Mask) -> list[str]:
    """Return that a pick was made on the flank of what could not be measured."""
    low = feature.position_nm - BESIDE * feature.hwhm_nm
    near = wavelength[hidden & (wavelength > low) & (wavelength < feature.position_nm)]
    if not near.size:
        return []
    return [f"the band may be cut off: readings up to {near[-1]:g} nm were too dense"]


def _of_flatness(wavelength: Array, row: Array, feature: Feature) -> list[str]:
    """Return that the top of a band is flatter than that of any line with this noise."""
    half = feature.hwhm_nm
    reach = feature.position_nm + half * np.array([-3.0, 1.5])
    near = (wavelength > reach[0]) & (wavelength < reach[1])
    near &= np.isfinite(row)
    x, y = wavelength[near], row[near]
    if len(x) < FEWEST_FLAT:
        return []
    scatter = EVEN * white_noise(row[np.isfinite(row)])
    if scatter > NOISE_OF_HEIGHT * feature.height:
        return []
    even, first = scatter + FLAT_WITHIN * feature.height, 0
    for last in range(len(x)):
        while np.ptp(y[first : last + 1]) > even:
            first += 1
        wide = x[last] - x[first] > FLAT * half and last - first >= FEWEST_FLAT
        at_top = x[last] > feature.position_nm - half / 2  # no shoulder before a band, no valley
        if wide and at_top and y[last:].max() <= y[first : last + 1].max() + even:
            return [f"the band may be cut off: it is flat from {x[first]:g} to {x[last]:g} nm"]
    return []


def _of_material(feature: Feature, material: Material, lines: Sequence[float]) -> list[str]:
    """Return why a material does not absorb first at a pick."""
    gap = material.values["band_gap"]
    least = gap.quantity.to("eV") - (gap.uncertainty or 0.0)
    if PHOTON_ENERGY_NM / feature.position_nm < least:
        bulk = PHOTON_ENERGY_NM / gap.quantity.to("eV")
        return [f"{feature.position_nm:.0f} nm lies beyond bulk {material.id} ({bulk:.0f} nm)"]
    shortest = min([*lines, *(curve.low.quantity.to("nm") for curve in material.curves)], default=0)
    if feature.position_nm < FAR_TO_THE_BLUE * shortest:
        known = f"nothing known of {material.id} begins to absorb below {shortest:.0f} nm"
        return [f"{feature.position_nm:.0f} nm lies far to the blue: {known}"]
    return []


def _off_course(order: Sequence[int], features: Sequence[Feature]) -> list[tuple[int, str]]:
    """Return which picks, in their order in time, lie apart from the others, and how far."""
    position = np.array([features[i].position_nm for i in order])
    found = []
    left = np.arange(len(order))
    while len(left) > 2:
        here = position[left]
        around = np.array([here[:-2], here[2:]])
        inner = here[1:-1]
        beyond = np.maximum(around.min(axis=0) - inner, inner - around.max(axis=0))
        worst = int(np.argmax(beyond))
        if beyond[worst] <= OFF_COURSE:
            break
        where = f"{around[0, worst]:.0f} nm before it and {around[1, worst]:.0f} nm after it"
        found.append((order[left[worst + 1]], f"it lies outside the course, {where}"))
        left = np.delete(left, worst + 1)
    pieces = np.split(left, np.flatnonzero(np.abs(np.diff(position[left])) > JUMP) + 1)
    largest = max(pieces, key=len, default=left)
    for piece in pieces:
        if piece is not largest:
            edge = largest[0] if piece[-1] < largest[0] else largest[-1]
            near = piece[-1] if piece[-1] < largest[0] else piece[0]
            by = abs(position[near] - position[edge])
            why = f"it jumps by {by:.0f} nm from the course: fast growth, or another band"
            found += [(order[i], why) for i in piece]
    return found
