"""What is read off a simulated experiment to compare it with what was printed.

Each measure takes a :class:`Experiments` (which runs and remembers experiments), a recipe and
arguments as texts, and returns one number. ``vessel`` is a cuvette of the recipe, ``time`` a time
on its clock; without a time the first spectrum counts. Any measure takes ``vary``, which varies the
procedure first (:meth:`Protocol.varied`): ``"heat flask = 140 degC; hold flask = 2 h"``.

=================  =============================================================================
measure            arguments; result
=================  =============================================================================
absorbance         vessel, time, nm, [scale]; absorbance
contrast           vessel, time, nm, over; absorbance less that at another wavelength
exciton            vessel, time; position of the first exciton in nm, NaN when unresolved
exciton height     vessel, time; height of the first exciton, 0 when there is none
maximum            vessel, time, from, to; wavelength of the highest point of a window, nm
redshift           vessel, time, later, from, to; later maximum less the earlier one, nm
share              vessel, time, of; share of the chalcogen in components or kinds of them
share ratio        vessel, time, of, over; share of one over share of the other
steady rise        vessels or vessel and times, nm; smallest step between successive absorbances
change             vessel, time, later, nm; later absorbance less the earlier one
change of share    vessel, time, of, and later or to; later share less the earlier one
gain over          vessel, time, of, recipe, [other vessel]; share here over share there
gain by            vessel, time, of, by; share in the varied procedure over share in the written one
dots over          vessel, time, [recipe], other vessel; number of dots here over there
onset              vessel, time, nm, limit, at, temperatures; the first of the temperatures of the
                   step ``at`` above the limit, °C
mass ratio         of, over; molar mass of one component over that of the other
rate on dilution   product, factor; relaxation rate of a diluted last sample over the undiluted
rate constant      panel; fitted k of a kinetic panel, 1/min (also: plateau, lag)
=================  =============================================================================
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import InputError, unknown_name
from prenuc.facts.catalogue import get, moieties
from prenuc.infer.experiments.published import NOISE as PANEL_NOISE
from prenuc.infer.experiments.published import fit_panel
from prenuc.observe.absorption import uv_vis
from prenuc.observe.features import first_exciton
from prenuc.protocol.protocol import Protocol
from prenuc.quantities import parse
from prenuc.simulation.relaxation import relaxation_rate
from prenuc.simulation.run import simulate
from prenuc.simulation.solvers import AbstractSolver, Rodas

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from prenuc.facts.recipe import Recipe
    from prenuc.infer.fit.results import Fit
    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.observe.series import SpectrumSeries
    from prenuc.simulation.solution import Measurement, Run

    Choose = Callable[[Recipe], Mechanism]

VARIED = ", varied"  # ends the name of a protocol that is not done as written
NOISE, SEED = 2e-4, 1  # absorbance; enough for the exciton finder to judge what stands out


@dataclass
class Experiments:
    """Runs experiments and remembers them.

    Args:
        choose: Returns the mechanism for a recipe.
        assume: Assumptions that replace the proposals, by recipe.
        solver: The integrator; sharper than for one run, since positions of flat bands are read.
        alter: Changes every protocol before it is run, such as by an offset of its baths.
        along: Constants, by parameter set and name, in which runs are followed.
    """

    choose: Choose
    assume: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    solver: AbstractSolver = field(default_factory=Rodas)
    alter: Callable[[Protocol], Protocol] | None = None
    along: frozenset[tuple[str, str]] = frozenset()
    _runs: dict[str, tuple[Run, SpectrumSeries]] = field(default_factory=dict)
    _fits: dict[tuple[str, str, str], Fit] = field(default_factory=dict)

    def run(self, recipe_id: str, variation: str = "") -> tuple[Run, SpectrumSeries]:
        """Return the run of a recipe and its noise-free spectra.

        Args:
            recipe_id: A recipe of the catalogue.
            variation: What is done otherwise, "hold flask = 2 h"; see :meth:`Protocol.varied`.

        Raises:
            ProtocolError: The procedure cannot be varied so.
        """
        key = f"{recipe_id} with {variation}" if variation else recipe_id
        if key not in self._runs:
            recipe = get("recipes", recipe_id)
            protocol = Protocol.from_recipe(recipe, assume=self.assume.get(recipe_id))
            if variation:
                name = f"{protocol.name}{VARIED}"
                protocol = dataclasses.replace(protocol.varied(variation), name=name)
            if self.alter is not None:
                protocol = self.alter(protocol)
            mechanism = self.choose(recipe)
            names = [n for n in mechanism.constants if mechanism.origin(n) in self.along]
            run = simulate(mechanism, protocol, solver=self.solver, parameters=names)
            self._runs[key] = (run, uv_vis(run))
        return self._runs[key]

    def finished(self) -> list[tuple[Run, SpectrumSeries]]:
        """Return everything that was run so far."""
        return list(self._runs.values())

    def changed(self, change: Callable[[Run], Run]) -> Experiments:
        """Return what was run so far, changed; a run that is left as it is keeps its spectra."""
        runs = {}
        for key, (run, spectra) in self._runs.items():
            new = change(run)
            runs[key] = (run, spectra) if new is run else (new, uv_vis(new))
        return dataclasses.replace(self, _runs=runs, _fits={})

    def fit(self, panel: str, recipe_id: str, variation: str = "") -> Fit:
        """Return the fit of a kinetic panel to the spectra of a recipe, with noise.

        Args:
            panel: Such as "2a-b".
            recipe_id: A recipe of the catalogue.
            variation: What is done otherwise.
        """
        key = (panel, recipe_id, variation)
        if key not in self._fits:
            _, spectra = self.run(recipe_id, variation)
            noise = np.random.default_rng(SEED).normal(0.0, PANEL_NOISE, spectra.absorbance.shape)
            noisy = dataclasses.replace(spectra, absorbance=spectra.absorbance + noise)
            self._fits[key] = fit_panel(panel, noisy)
        return self._fits[key]

    def look(self, recipe_id: str, of: Mapping[str, str]) -> tuple[int, Measurement]:
        """Return index and measurement of a vessel at a time."""
        run, _ = self.run(recipe_id, of.get("vary", ""))
        vessels = list(dict.fromkeys(m.vessel for m in run.measurements))
        wanted = [(i, m) for i, m in enumerate(run.measurements) if m.vessel == of["vessel"]]
        if not wanted:
            raise InputError(unknown_name("measured vessel", of["vessel"], vessels, recipe_id))
        if "time" not in of:
            return wanted[0]
        time = parse(of["time"]).require("min").si
        return min(wanted, key=lambda pair: abs(pair[1].time - time))


def measure(runs: Experiments, name: str, recipe: str, of: Mapping[str, str]) -> float:
    """Return one number read off a simulated experiment.

    Args:
        runs: Runs experiments and remembers them.
        name: Which measure, a key of ``MEASURES``.
        recipe: Identifier of the recipe.
        of: Its arguments as texts, such as {"nm": "311", "vessel": "cuvette"}.

    Raises:
        InputError: There is no such measure, or an argument is missing.
    """
    if name not in MEASURES:
        raise InputError(unknown_name("measure", name, MEASURES))
    try:
        return MEASURES[name](runs, recipe, of)
    except KeyError as error:
        raise InputError(f"the measure '{name}' of {recipe} needs the argument {error}") from None


def _absorbance(runs: Experiments, recipe: str, of: Mapping[str, str]) -> float:
    index, _ = runs.look(recipe, of)
    _, spectra = runs.run(recipe, of.get("vary", ""))
    scale = float(of.get("scale", "1"))
    nm = parse(of["nm"]).number
    return scale * float(np.interp(nm, spectra.wavelength, spectra.absorbance[index]))


def _contrast(runs: Experiments, recipe: str, of: Mapping[str, str]) -> float:
    there = _absorbance(runs, recipe, {**of, "nm": of["over"]})
    return _absorbance(runs, recipe, of) - there


def _spectrum(
    runs: Experiments, recipe: str, of: Mapping[str, str]
) -> tuple[SpectrumSeries, np.ndarray]:
    index, _ = runs.look(recipe, of)
    _, spectra = runs.run(recipe, of.get("vary", ""))
    noise = np.random.default_rng(SEED).normal(0.0, NOISE, spectra.wavelength.size)
    return spectra, spectra.absorbance[index] + noise


def _exciton(runs: Experiments, recipe: str, of: Mapping[str, str]) -> float:
    spectra, signal = _spectrum(runs, recipe, of)
    return first_exciton(spectra.wavelength, signal).position_nm


def _exciton_height(runs: Experiments, recipe: str, of: Mapping[str, str]) -> float:
    spectra, signal = _spectrum(runs, recipe, of)
    feature = first_exciton(spectra.wavelength, signal)
    return 0.0 if feature.status == "unresolved" else float(feature.height)


def _maximum(runs: Experiments, recipe: str, of: Mapping[str, str]) -> float:
    index, _ = runs.look(recipe, of)
    _, spectra = runs.run(recipe, of.get("vary", ""))
    inside = (spectra.wavelength >= float(of["from"])) & (spectra.wavelength <= float(of["to"]))
    window = np.where(inside, spectra.absorbance[index], -np.inf)
    return float(spectra.wavelength[int(np.argmax(window))])


def _redshift(runs: Experiments, recipe: str, of: Mapping[str, str]) -> float:
    return _maximum(runs, recipe, {**of, "time": of["later"]}) - _maximum(runs, recipe, of)


def _share(runs: Experiments, recipe: str, of: Mapping[str, str]) -> float:
    """Return the share of the chalcogen that named components, or kinds of them, hold."""
    run, _ = runs.run(recipe, of.get("vary", ""))
    _, measurement = runs.look(recipe, of)
    elements = {get("materials", m).chalcogen for m in ("CdS", "CdSe", "CdTe")}
    wanted = {word.strip() for word in of["of"].split(",")}
    held = total = 0.0
    for name, amount in zip(run.names, measurement.concentration, strict=True):
        component = run.mechanism.components.get(name)
        if component is None or not component.composition:
            continue
        atoms = sum(n for part, n in component.composition.items() if part in elements) * amount
        total += atoms
        held += atoms if wanted & {name, component.kind, component.species} else 0.0
    return float(held / total)


def _ratio(one: float, other: float) -> float:
    """Return a ratio; infinite over nothing, but not a number where there is nothing at all."""
    if other > 0:
        return one / other
    return math.inf if one > 0 else math.nan


def _share_ratio(runs: Experiments, recipe: str, of: Mapping[str, str]) -> float:
    return _ratio(_share(runs, recipe, of), _share(runs, recipe, {**of, "of": of["over"]}))


def _steady_rise(runs: Experiments, recipe: str, of: Mapping[str, str]) -> float:
    places: list[dict[str, str]]
    if "vessels" in of:
        places = [{"vessel": vessel.strip()} for vessel in of["vessels"].split(",")]
    else:
        places = [{"vessel": of["vessel"], "time": t.strip()} for t in of["times"].split(",")]
    values = [_absorbance(runs, recipe, {"nm": of["nm"], **place}) for place in places]
    return float(np.min(np.diff(values)))


def _change(runs: Experiments, recipe: str, of: Mapping[str, str]) -> float:
    return _absorbance(runs, recipe, {**of, "time": of["later"]}) - _absorbance(runs, recipe, of)


def _change_of_share(runs: Experiments, recipe: str, of: Mapping[str, str]) -> float:
    later = {**of, "vessel": of.get("to", of["vessel"])}
    if "later" in of:
        later["time"] = of["later"]
    return _share(runs, recipe, later) - _share(runs, recipe, of)


def _other(of: Mapping[str, str]) -> dict[str, str]:
    return {**of, "vessel": of.get("other vessel", of["vessel"])}


def _gain_over(runs: Experiments, recipe: str, of: Mapping[str, str]) -> float:
    there = _share(runs, of.get("recipe", recipe), _other(of))
    return _ratio(_share(runs, recipe, of), there)


def _dots(runs: Experiments, recipe: str, of: Mapping[str, str]) -> float:
    run, _ = runs.run(recipe, of.get("vary", ""))
    _, measurement = runs.look(recipe, of)
    if run.mechanism.dots is None:
        return 0.0
    return float(measurement.concentration[run.names.index(run.mechanism.dots.number)])


def _dots_over(runs: Experiments, recipe: str, of: Mapping[str, str]) -> float:
    there = _dots(runs, of.get("recipe", recipe), _other(of))
    return _ratio(_dots(runs, recipe, of), there)


def _gain_by(runs: Experiments, recipe: str, of: Mapping[str, str]) -> float:
    varied = _share(runs, recipe, {**of, "vary": of["by"]})
    return _ratio(varied, _share(runs, recipe, of))


def _onset(runs: Experiments, recipe: str, of: Mapping[str, str]) -> float:
    """Return the first temperature at which a feature appears, interpolated between the tried."""
    before = (math.nan, 0.0)
    for word in of["temperatures"].split(","):
        temperature = float(word)
        place = {**of, "vary": f"{of['at']} = {temperature:g} degC"}
        signal = _absorbance(runs, recipe, place)
        if signal > float(of["limit"]):
            share = (float(of["limit"]) - before[1]) / (signal - before[1])
            return (
                temperature
                if math.isnan(before[0])
                else before[0] + share * (temperature - before[0])
            )
        before = (temperature, signal)
    return math.nan


def _mass_ratio(runs: Experiments, recipe: str, of: Mapping[str, str]) -> float:
    run, _ = runs.run(recipe)
    parts = moieties()

    def mass(name: str) -> float:
        component = run.mechanism.components.get(name)
        if component is None or not component.composition:
            return math.nan
        return math.fsum(n * parts[part][0] for part, n in component.composition.items())

    return mass(of["of"]) / mass(of["over"])


def _rate_on_dilution(runs: Experiments, recipe: str, of: Mapping[str, str]) -> float:
    run, _ = runs.run(recipe)
    last = run.measurements[-1]
    if of["product"] not in run.mechanism.components:
        return math.nan
    thin = dataclasses.replace(last, concentration=last.concentration / float(of["factor"]))
    rates = [relaxation_rate(run.mechanism, m, of["product"]) for m in (thin, last)]
    return _ratio(rates[0], rates[1])


def _of_panel(quantity: str) -> Callable[[Experiments, str, Mapping[str, str]], float]:
    def read(runs: Experiments, recipe: str, of: Mapping[str, str]) -> float:
        value = runs.fit(of["panel"], recipe, of.get("vary", "")).params[quantity].value
        return math.nan if value is None else float(value)

    return read


MEASURES: Mapping[str, Callable[[Experiments, str, Mapping[str, str]], float]] = {
    "absorbance": _absorbance,
    "contrast": _contrast,
    "exciton": _exciton,
    "exciton height": _exciton_height,
    "maximum": _maximum,
    "redshift": _redshift,
    "share": _share,
    "share ratio": _share_ratio,
    "steady rise": _steady_rise,
    "change": _change,
    "change of share": _change_of_share,
    "gain over": _gain_over,
    "dots over": _dots_over,
    "gain by": _gain_by,
    "onset": _onset,
    "mass ratio": _mass_ratio,
    "rate on dilution": _rate_on_dilution,
    "rate constant": _of_panel("k"),
    "plateau": _of_panel("A_inf"),
    "lag": _of_panel("lag"),
}
