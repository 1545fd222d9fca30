"""What a fit of many data sets at once says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.infer.equivalence import equivalents
from prenuc.infer.intervals import Intervals
from prenuc.infer.parameter import Parameter, table
from prenuc.infer.verdicts import advice, trend

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd
    import xarray as xr
    from numpy.typing import NDArray

    from prenuc.infer.joint import Joint
    from prenuc.infer.many import DataSet
    from prenuc.infer.noise import Noise
    from prenuc.infer.profiles import AbstractKinetics

    Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class ManyFit:
    """Many data sets fitted with one scheme.

    Args:
        scheme: The scheme as written.
        params: What was fitted: rate constants, Ea, powers of doses, lags.
        derived: By data set, the parameters of the scheme in it.
        noise: By data set, what noise was found.
        sets: The data sets.
        species: Columns of the concentrations; those of a shifting band are named so.
        concentrations: By data set, shape (m, species).
        spectra: By data set, shape (species, n).
        fitted: By data set, shape (m, n).
        warnings: What a reader should know before believing the numbers.
        equivalent_schemes: What fits these data identically.
    """

    scheme: str
    params: Mapping[str, Parameter]
    derived: Mapping[str, Mapping[str, float]]
    noise: Mapping[str, Mapping[str, Any]]
    sets: tuple[DataSet, ...]
    species: tuple[str, ...]
    concentrations: Mapping[str, Array]
    spectra: Mapping[str, Array]
    fitted: Mapping[str, Array]
    warnings: tuple[str, ...] = ()
    equivalent_schemes: tuple[str, ...] = ()

    @property
    def residuals(self) -> dict[str, Array]:
        """By data set, data minus fit, offsets included, shape (m, n)."""
        return {s.label: s.series.absorbance - self.fitted[s.label] for s in self.sets}

    @property
    def history(self) -> tuple[str, ...]:
        """Every assumption and treatment of the data, oldest first."""
        return tuple(f"{s.label}: {line}" for s in self.sets for line in s.data.history)

    def as_dict(self) -> dict[str, Any]:
        """Return the fit as plain data for JSON."""
        return {
            "scheme": self.scheme,
            "parameters": {name: p.as_dict() for name, p in self.params.items()},
            "derived": {label: dict(values) for label, values in self.derived.items()},
            "noise": {label: dict(noise) for label, noise in self.noise.items()},
            "equivalent_schemes": list(self.equivalent_schemes),
            "warnings": list(self.warnings),
            "history": list(self.history),
        }

    def fit_report(self) -> str:
        """Return a readable summary."""
        lines = [f"{self.scheme}, {len(self.sets)} data sets"]
        lines += [f"  {name:<6} {one}" for name, one in self.params.items()]
        for label, values in self.derived.items():
            inner = ", ".join(f"{name} = {value:.5g}" for name, value in values.items())
            lines.append(f"  {label}: {inner}; noise {self.noise[label]['sd']:.3g}")
        lines += [f"  same   {scheme}" for scheme in self.equivalent_schemes]
        lines += [f"  note   {warning}" for warning in self.warnings]
        return "\n".join(lines)

    def to_dataframe(self) -> pd.DataFrame:
        """Return a table with one row per parameter."""
        return table(self.params)

    def to_xarray(self) -> dict[str, xr.Dataset]:
        """Return concentrations, spectra, fit and residuals of each data set, labelled."""
        return {one.label: _labelled(self, one) for one in self.sets}

    def _repr_html_(self) -> str:
        from html import escape

        return f"<pre>{escape(self.fit_report())}</pre>"


def _labelled(fit: ManyFit, one: DataSet) -> xr.Dataset:
    from prenuc.infer.labelled import matrix_dataset

    label = one.label
    return matrix_dataset(
        one.series, fit.species, fit.concentrations[label], fit.spectra[label], fit.fitted[label]
    )


def answer(joint: Joint, kinetics: AbstractKinetics, sets: Sequence[DataSet]) -> ManyFit:
    """Return what a joint fit says.

    Args:
        joint: The fit.
        kinetics: The scheme.
        sets: The data sets, labelled.
    """
    known = Intervals(joint.objective, joint.best, joint.noise)
    params = known.parameters()
    stack, labels = joint.stack, [one.label for one in sets]
    parameters = [member.parameters(joint.best.u)[0] for member in stack.members]
    shares, spectra, fitted = _parts(joint, sets)
    return ManyFit(
        scheme=kinetics.scheme,
        params=params,
        derived={
            label: {name: float(x) for name, x in zip(kinetics.names, values, strict=True)}
            for label, values in zip(labels, parameters, strict=True)
        },
        noise={label: one.as_dict() for label, one in zip(labels, joint.noises, strict=True)},
        sets=tuple(sets),
        species=stack.species,
        concentrations=dict(zip(labels, shares, strict=True)),
        spectra=dict(zip(labels, spectra, strict=True)),
        fitted=dict(zip(labels, fitted, strict=True)),
        warnings=tuple(_remarks(joint, known, params, labels)),
        equivalent_schemes=tuple(str(one) for one in equivalents(kinetics)),
    )


def _parts(joint: Joint, sets: Sequence[DataSet]) -> tuple[list[Array], list[Array], list[Array]]:
    """Return concentrations, spectra and fit of each data set."""
    stack = joint.stack
    values = stack.decode(joint.best.u)[0]
    whole, _ = stack.concentrations(np.zeros(0), values)
    data = [one.series.absorbance for one in sets]
    if stack.shared:
        rows = stack.rows[-1].stop
        stacked = np.vstack(data) / stack.scale[:rows, None]
        spectra = np.linalg.pinv(whole[:rows], rcond=1e-10) @ stacked
        every = [spectra] * len(sets)
    else:
        every = [
            np.linalg.pinv(whole[rows], rcond=1e-10) @ (y / stack.scale[rows, None])
            for rows, y in zip(stack.rows, data, strict=True)
        ]
    columns = [whole[rows] * stack.scale[rows, None] for rows in stack.rows]
    places = [stack.place(index) for index in range(len(sets))]
    return (
        [c[:, at] for c, at in zip(columns, places, strict=True)],
        [s[at] for s, at in zip(every, places, strict=True)],
        [c @ s for c, s in zip(columns, every, strict=True)],
    )


def _remarks(
    joint: Joint, known: Intervals, params: Mapping[str, Parameter], labels: Sequence[str]
) -> Iterator[str]:
    if known.seen < known.rank:
        yield "no change with time rises above the noise"
    for label, noise in zip(labels, joint.noises, strict=True):
        yield from _of_noise(label, noise)
    if trend(joint.objective, joint.best):
        yield (
            "the residuals keep a slow course in time: the scheme misses a step, or a band moves "
            "(shift=2), or spectra differ between the data sets (shared_spectra=False)"
        )
    lost = [name for name, one in params.items() if not one.identifiable]
    if lost:
        yield f"not identifiable: {', '.join(lost)}"
        yield from advice(params, known.traded)


def _of_noise(label: str, noise: Noise) -> Iterator[str]:
    if noise.offset_sd > 0:
        yield f"{label}: each spectrum has an offset of its own, {1e3 * noise.offset_sd:.2g} mAU"
    if len(noise.drift):
        yield f"{label}: the baseline drifts by about {1e3 * noise.drift_sd:.2g} mAU"
    if noise.correlated:
        yield f"{label}: residuals of neighbouring wavelengths are correlated"
