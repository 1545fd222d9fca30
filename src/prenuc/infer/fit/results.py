"""What a fit says: of a trace, of spectra at all wavelengths, of many data sets."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from html import escape
from typing import TYPE_CHECKING, Any, Self

from prenuc.errors import counted
from prenuc.infer.fit.labelled import matrix_dataset, trace_dataset
from prenuc.infer.fit.parameter import Parameter, symbol, table
from prenuc.infer.fit.wording import meanings, numbers, report, that_matter
from prenuc.quantities import legible

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    import xarray as xr

    from prenuc.arrays import Array
    from prenuc.infer.fit.data_set import DataSet
    from prenuc.observe.series import SpectrumSeries
    from prenuc.observe.trace import Trace


@dataclass(frozen=True, kw_only=True)
class AbstractFit(ABC):
    """A fitted scheme.

    Args:
        scheme: The scheme as written.
        params: What was fitted; rate constants first.
        derived: Numbers that follow from the parameters.
        noise: What noise was found: ``sd``, ``model`` (what was used of it), ``from``.
        warnings: What a reader should know before believing the numbers.
        equivalent_schemes: Schemes that fit identically.
        reason: Why the intervals cannot be believed; empty where they can.
        steps: Which step each rate constant belongs to.
    """

    scheme: str
    params: Mapping[str, Parameter]
    derived: Mapping[str, Any] = field(default_factory=dict)
    noise: Mapping[str, Any]
    warnings: tuple[str, ...] = ()
    equivalent_schemes: tuple[str, ...] = ()
    reason: str = ""
    steps: Mapping[str, str] = field(default_factory=dict)

    @property
    def reliable(self) -> bool:
        """Whether the intervals are ones that we stand for."""
        return not self.reason

    @property
    def meanings(self) -> tuple[str, ...]:
        """A sentence for each number that means something by itself, the number first."""
        return tuple(
            meanings(
                self.params,
                scheme=self.scheme,
                steps=self.steps,
                derived=self.derived,
                signal=self.signal,
            )
        )

    @property
    def signal(self) -> str:
        """What was followed."""
        return "signal"

    def muted(self, reason: str) -> Self:
        """Return the fit without the intervals, which cannot be believed; as it is if they can.

        Args:
            reason: Why not, in a sentence; empty where they can.
        """
        if not reason:
            return self
        params = {name: one.muted(reason) for name, one in self.params.items()}
        return replace(self, params=params, reason=reason)

    @property
    @abstractmethod
    def history(self) -> tuple[str, ...]:
        """Every assumption and treatment of the data, oldest first."""

    @property
    @abstractmethod
    def size(self) -> str:
        """How many data were fitted, in words."""

    @abstractmethod
    def _numbers(self) -> list[str]:
        """Return the lines of derived numbers and noise."""

    def as_dict(self) -> dict[str, Any]:
        """Return the fit as plain data for JSON."""
        return {
            "scheme": self.scheme,
            "parameters": {name: p.as_dict() for name, p in self.params.items()},
            "reliable": self.reliable,
            "reason": self.reason or None,
            "derived": dict(self.derived),
            "noise": dict(self.noise),
            "equivalent_schemes": list(self.equivalent_schemes),
            "warnings": list(self.warnings),
            "history": list(self.history),
        }

    def fit_report(self, *, equivalents: bool = False) -> str:
        """Return a readable summary: the constants, then what they rest on.

        Args:
            equivalents: Whether all schemes that fit identically are listed; else only those
                that change what a number means.
        """
        title = f"{self.scheme}, {self.size}"
        named = {symbol(name): f"{one}{self.meaning(name)}" for name, one in self.params.items()}
        lines = [f"  {name:<6} {told}" for name, told in named.items()]
        same = self.equivalent_schemes if equivalents else that_matter(self.equivalent_schemes)
        lines += self._numbers()
        return report(title, lines, reason=self.reason, same=same, notes=self.warnings)

    def meaning(self, _name: str) -> str:
        """Return what a parameter stands for, where its name does not say so."""
        return ""

    def to_dataframe(self) -> pd.DataFrame:
        """Return a table with one row per parameter."""
        return table(self.params)

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self.fit_report())}</pre>"


@dataclass(frozen=True, kw_only=True)
class Fit(AbstractFit):
    """A fitted trace; late on A = A∞ − B · exp(−k t).

    Args:
        trace: The data.
        fitted: The fitted signal at the trace's times, shape (m,).
    """

    trace: Trace
    fitted: Array

    @property
    def residuals(self) -> Array:
        """Data minus fit, shape (m,)."""
        return self.trace.value - self.fitted

    @property
    def history(self) -> tuple[str, ...]:
        """Every assumption and treatment of the data, oldest first."""
        return self.trace.history

    @property
    def signal(self) -> str:
        """Name of the trace."""
        return self.trace.name

    @property
    def size(self) -> str:
        """Name of the signal and number of points."""
        return f"{self.trace.name}, {counted(len(self.trace.time), 'point')}"

    def as_dict(self) -> dict[str, Any]:
        """Return the fit as plain data for JSON."""
        found = super().as_dict()
        if "A_inf" in self.params:
            found["derived"] = {"A_inf": self.params["A_inf"].value, **found["derived"]}
        return found

    def meaning(self, name: str) -> str:
        """Return what B stands for."""
        return "  A = A∞ − B exp(−k t)" if name == "B" else ""

    def to_xarray(self) -> xr.Dataset:
        """Return signal, fit and residual against time, labelled."""
        return trace_dataset(self.trace, self.fitted, self.scheme)

    def _numbers(self) -> list[str]:
        noise = f"{self.noise['sd']:.3g} (standard deviation of the residuals)"
        return [*numbers(self.derived, self.trace.time_unit), f"  noise  {noise}"]


@dataclass(frozen=True, kw_only=True)
class GlobalFit(AbstractFit):
    """A fitted wavelength × time matrix.

    ``params`` hold ``k_obs`` (or ``k_obs1``, …), the relaxation rates, too where the scheme's own
    constants cannot be told apart; ``derived`` the half-lives.

    Args:
        series: The data.
        species: Names of the species.
        concentrations: Their shares C, shape (m, species).
        spectra: Their spectra S, shape (species, n); a static background is part of each.
    """

    series: SpectrumSeries
    species: tuple[str, ...]
    concentrations: Array
    spectra: Array

    @property
    def fitted(self) -> Array:
        """The fitted matrix C S, shape (m, n)."""
        found: Array = self.concentrations @ self.spectra
        return found

    @property
    def residuals(self) -> Array:
        """Data minus fit, offsets included, shape (m, n)."""
        return self.series.absorbance - self.fitted

    @property
    def history(self) -> tuple[str, ...]:
        """Every assumption and treatment of the data, oldest first."""
        return self.series.history

    @property
    def size(self) -> str:
        """How many spectra and wavelengths."""
        m, n = self.series.absorbance.shape
        return f"{m} spectra × {n} wavelengths"

    def as_dict(self) -> dict[str, Any]:
        """Return the fit as plain data for JSON."""
        return super().as_dict() | {"steps": dict(self.steps)}

    def meaning(self, name: str) -> str:
        """Return the step that a rate constant belongs to."""
        return f"  {self.steps[name]}" if name in self.steps else ""

    def to_xarray(self) -> xr.Dataset:
        """Return data, fit, residuals, shares and spectra of the species, labelled."""
        return matrix_dataset(
            self.series, self.species, self.concentrations, self.spectra, self.fitted
        )

    def _numbers(self) -> list[str]:
        noise = f"{1e3 * self.noise['sd']:.3g} mAU ({self.noise['from']})"
        return [*numbers(self.derived, self.series.time_unit), f"  noise  {noise}"]


@dataclass(frozen=True, kw_only=True)
class ManyFit(AbstractFit):
    """Many data sets fitted with one scheme; ``derived`` and ``noise`` stand by data set.

    Args:
        sets: The data sets.
        species: Columns of the concentrations; those of a shifting band are named so.
        concentrations: By data set, shape (m, species).
        spectra: By data set, shape (species, n).
        fitted: By data set, shape (m, n).
    """

    sets: tuple[DataSet, ...]
    species: tuple[str, ...]
    concentrations: Mapping[str, Array]
    spectra: Mapping[str, Array]
    fitted: Mapping[str, Array]

    @property
    def residuals(self) -> dict[str, Array]:
        """By data set, data minus fit, offsets included, shape (m, n)."""
        return {s.label: s.series.absorbance - self.fitted[s.label] for s in self.sets}

    @property
    def history(self) -> tuple[str, ...]:
        """Every assumption and treatment of the data, oldest first."""
        return tuple(f"{s.label}: {line}" for s in self.sets for line in s.data.history)

    @property
    def size(self) -> str:
        """How many data sets."""
        return counted(len(self.sets), "data set")

    def to_xarray(self) -> dict[str, xr.Dataset]:
        """Return concentrations, spectra, fit and residuals of each data set, labelled."""
        parts = (self.concentrations, self.spectra, self.fitted)
        return {
            s.label: matrix_dataset(s.series, self.species, *(part[s.label] for part in parts))
            for s in self.sets
        }

    def _numbers(self) -> list[str]:
        lines = []
        for label, values in self.derived.items():
            inner = ", ".join(f"{name} = {legible(value)}" for name, value in values.items())
            lines.append(f"  {label}: {inner}; noise {self.noise[label]['sd']:.3g}")
        return lines
