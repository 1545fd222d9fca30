"""From measured spectra to first excitons, magic-size clusters and diameters, nothing guessed.

A diameter and the name of a cluster need a material. None is guessed from a spectrum: lines of
several materials lie together, so without one the analysis gives positions alone.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.errors import SpectrumError
from prenuc.facts.catalogue import get
from prenuc.observe.features import Feature, first_exciton, match_lines
from prenuc.observe.picks import judge_picks
from prenuc.observe.readers import read
from prenuc.observe.readers.data_file import printable
from prenuc.observe.readings import judge_readings
from prenuc.observe.sizing import TOLERANCE_NM, ClusterLine, Size, msc_lines, size
from prenuc.quantities import Quantity, dimension

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    from prenuc.arrays import Array
    from prenuc.facts.material import Material
    from prenuc.observe.series import SpectrumSeries

OF_CENTRES = "not every band has one, so diameters are those of centres, for CdSe some 6 % larger"
NO_MATERIAL = "no material given, so no diameter and no cluster"


@dataclass(frozen=True, kw_only=True)
class Found:
    """What one spectrum shows.

    Args:
        feature: Its first exciton.
        clusters: Catalogued MSC lines of the material that it matches in position and sharpness,
            closest first; empty without a material.
        sizes: What every sizing curve of the material says of the centre of the band; empty without
            a material.
        sizes_of_maximum: The same of the maximum of the spectrum; empty where it has none.
        on_maximum: Whether every band of the series has a maximum, so that curves that were made on
            maxima are asked there.
        diameter_ci95_nm: Diameters at both ends of the interval of the position, nm, by the
            curve that gave the diameter; None without one. The error of the curve comes on top.
        doubts: Why the pick may be no first exciton; empty where nothing speaks against it.
        warnings: Everything a reader should know before believing the numbers, doubts included.
    """

    feature: Feature
    clusters: tuple[ClusterLine, ...] = ()
    sizes: tuple[Size, ...] = ()
    sizes_of_maximum: tuple[Size, ...] = ()
    on_maximum: bool = False
    diameter_ci95_nm: tuple[float, float] | None = None
    doubts: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def size(self) -> Size | None:
        """The answer of the preferred curve that has one, asked where the curve was made."""
        asked = [
            top if self.on_maximum and centre.made_on == "maximum" else centre
            for centre, top in zip(self.sizes, self.sizes_of_maximum or self.sizes, strict=True)
        ]
        return next((one for one in asked if one.diameter_nm is not None), None)

    @property
    def size_of(self) -> str:
        """Which wavelength the diameter belongs to: "maximum" or "centre"."""
        one = self.size
        return "centre" if one is None or one in self.sizes else "maximum"

    @property
    def diameter_nm(self) -> float:
        """The diameter by the preferred curve that has one, nm; NaN when there is none."""
        one = self.size
        return float("nan") if one is None or one.diameter_nm is None else one.diameter_nm


@dataclass(frozen=True, kw_only=True)
class Analysis:
    """A series of m spectra and what each of them shows.

    Args:
        series: The spectra.
        found: One finding for each, m of them.
        material: Semiconductor, such as "CdSe"; None when it was not given.
        file: The file that the spectra came from, as named by the user; empty for none.
    """

    series: SpectrumSeries
    found: tuple[Found, ...]
    material: str | None = None
    file: str = ""

    @property
    def time_s(self) -> Array:
        """Time of each spectrum in s, shape (m,); NaN where it is not known."""
        unit = self.series.time_unit
        factor = Quantity(1.0, unit).to("s") if dimension(unit) == "[time]" else float("nan")
        return np.asarray(self.series.time * factor, dtype=np.float64)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Each warning once, with the number of spectra that it is about unless that is all."""
        many = len(self.found)
        said = Counter(line for found in self.found for line in found.warnings).items()
        return tuple(f"{x} ({n} of {many} spectra)" if n < many else x for x, n in said)

    def rows(self) -> list[dict[str, Any]]:
        """Return one row per spectrum as plain data; a number that is none is NaN or None."""
        return [
            self._row(i, time) | {"warnings": list(self.found[i].warnings)}
            for i, time in enumerate(self.time_s.tolist())
        ]

    def _row(self, i: int, time: float) -> dict[str, Any]:
        found = self.found[i]
        feature, one = found.feature, found.size
        return {
            "file": self.file,
            "label": self.series.labels[i],
            "time_s": time,
            "status": feature.status,
            "doubts": list(found.doubts),
            "first_exciton_nm": feature.position_nm,
            "ci95_nm": list(feature.ci95_nm),
            "hwhm_nm": feature.hwhm_nm,
            "maximum_nm": feature.maximum_nm,
            "doublet_nm": feature.doublet,
            "height": feature.height,
            "matches": [line.species for line in found.clusters],
            "material": self.material,
            "diameter_nm": found.diameter_nm,
            "diameter_ci95_nm": found.diameter_ci95_nm,
            "curve": None if one is None else one.curve,
            "diameter_of": found.size_of,
            "diameters_nm": {each.curve: each.diameter_nm for each in found.sizes},
            "diameters_of_maximum_nm": {x.curve: x.diameter_nm for x in found.sizes_of_maximum},
            "made_on": {each.curve: each.made_on for each in found.sizes},
        }


def read_spectra(path: str | os.PathLike[str], **known: Any) -> SpectrumSeries:
    """Read a file of absorption spectra.

    Args:
        path: The file, at most 50 MB.
        known: As for :func:`prenuc.observe.readers.read`.

    Raises:
        SpectrumError: The file cannot be read without guessing, or holds emission spectra.
    """
    series = read(path, **known)
    check_absorbance(series, printable(str(path)))
    return series


def check_absorbance(series: SpectrumSeries, where: str = "") -> None:
    """Refuse spectra that are no absorption spectra.

    Raises:
        SpectrumError: They are of another signal.
    """
    if series.signal != "absorbance":
        what = f"these are {series.signal} spectra, which have no excitonic absorption"
        mend = 'Give UV-vis spectra, or say signal "absorbance" if they are'
        raise SpectrumError(what, mend, where=where)


def analyze(
    series: SpectrumSeries,
    material: str | None = None,
    *,
    file: str = "",
    scale: float = 1.0,
    progress: Callable[[float], None] = lambda _: None,
) -> Analysis:
    """Find the first exciton of every spectrum, its cluster line and its diameter.

    Args:
        series: Absorption spectra against time, m of them; masked readings are left out.
        material: Semiconductor, such as "CdSe"; it is never guessed.
        file: Name of the file, for the rows of the result.
        scale: Factor on all smoothing widths and fit windows, to see whether they matter.
        progress: Called with the part that is done.

    Raises:
        InputError: The material is not in the catalogue.
        SpectrumError: The spectra are not absorption spectra.
    """
    semiconductor: Material | None = None if material is None else get("materials", material)
    check_absorbance(series)
    lines = msc_lines(material)
    given, judged = series.absorbance, judge_readings(series)
    series = judged.series
    features = []
    rows = zip(given, series.absorbance, judged.hidden, series.labels, strict=True)
    for i, (before, row, hidden, label) in enumerate(rows, 1):
        feature = first_exciton(series.wavelength, row, scale=scale, label=label, hidden=hidden)
        said = (*_masked(series.wavelength, before), *feature.warnings, judged.doubt)
        features.append(replace(feature, warnings=tuple(filter(None, said))))
        progress(i / len(series))
    clusters = [() if material is None else _clusters(feature, lines) for feature in features]
    doubts = judge_picks(
        series,
        features,
        hidden=judged.hidden,
        known=np.array([bool(one) for one in clusters]),
        material=semiconductor,
        lines=[line.positions[-1] for line in lines],
    )
    every = all(one.maximum_nm is not None for one in features if one.status != "unresolved")
    told = zip(features, clusters, doubts, strict=True)
    found = tuple(_found(one, material, known, doubt, every) for one, known, doubt in told)
    return Analysis(series=series, found=found, material=material, file=file)


def _masked(wavelength: Array, row: Array) -> list[str]:
    """Return a warning that a spectrum, shape (n,), was analysed without its masked readings."""
    lost = wavelength[~np.isfinite(row)]
    if not lost.size:
        return []
    if lost.size == 1:
        return [f"1 masked reading is left out, at {lost[0]:g} nm"]
    where = f"from {lost[0]:g} to {lost[-1]:g} nm"
    return [f"{lost.size} masked readings are left out, {where}"]


def _found(
    feature: Feature,
    material: str | None,
    clusters: tuple[ClusterLine, ...],
    doubts: tuple[str, ...],
    on_maximum: bool,
) -> Found:
    """Return what one feature means."""
    notes = [*feature.warnings, *(f"DOUBTED: {one}" for one in doubts)]
    if material is None or feature.status == "unresolved":
        notes += [NO_MATERIAL] if material is None else []
        return Found(feature=feature, doubts=doubts, warnings=tuple(notes))
    sizes, of_maximum = _sizes(feature, material)
    found = Found(
        feature=feature,
        clusters=() if doubts else clusters,
        sizes=sizes,
        sizes_of_maximum=of_maximum,
        on_maximum=on_maximum,
        doubts=doubts,
    )
    if found.size is None:
        notes += [one.reason for one in sizes] or [f"no sizing curve of {material} is published"]
    elif found.size.made_on == "maximum" and found.size_of == "centre":
        notes.append(f"{found.size.curve} was made on maxima; {OF_CENTRES}")
    return replace(
        found,
        diameter_ci95_nm=_interval(found, material),
        warnings=tuple(dict.fromkeys(notes)),
    )


def _sizes(feature: Feature, material: str) -> tuple[tuple[Size, ...], tuple[Size, ...]]:
    """Return what every curve says of the centre of a band, and of its maximum if it has one."""
    hwhm = feature.hwhm_nm if np.isfinite(feature.hwhm_nm) else None
    centre = tuple(size(material, feature.position_nm, hwhm_nm=hwhm))
    if feature.maximum_nm is None:
        return centre, ()
    dot = any(one.diameter_nm is not None for one in centre)
    return centre, tuple(size(material, feature.maximum_nm, hwhm_nm=hwhm, force=dot))


def _clusters(feature: Feature, lines: list[ClusterLine]) -> tuple[ClusterLine, ...]:
    """Return the cluster lines that a feature matches in position and sharpness."""
    sharp = {line.species: line for line in lines if line.as_sharp(feature.hwhm_nm)}
    positions = {name: line.positions for name, line in sharp.items()}
    return tuple(sharp[name] for name in match_lines(feature, positions, TOLERANCE_NM))


def _interval(found: Found, material: str) -> tuple[float, float] | None:
    """Return the diameters (nm) at both ends of the interval, where the curve holds there."""
    feature, one = found.feature, found.size
    if one is None:
        return None
    known: Material = get("materials", material)
    curve = next(curve for curve in known.curves if curve.id == one.curve)
    top = feature.maximum_nm if found.size_of == "maximum" else None
    low, high = np.array(feature.ci95_nm) + (0.0 if top is None else top - feature.position_nm)
    if not (curve.in_range(low) and curve.in_range(high)):
        return None
    return curve.diameter(low), curve.diameter(high)
