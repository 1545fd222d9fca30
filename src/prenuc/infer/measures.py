"""What is read off a simulated experiment to compare it with what was printed.

Each measure takes a :class:`Bench` (which runs and remembers experiments), a recipe and arguments
as texts, and returns one number. ``vessel`` is a cuvette of the recipe, ``time`` a time on its
clock; without a time the first spectrum counts.

======================  ========================================================================
measure                 arguments; result
======================  ========================================================================
absorbance              vessel, time, nm, [scale]; absorbance
exciton                 vessel, time; position of the first exciton in nm, NaN when unresolved
exciton height          vessel, time; height of the first exciton, 0 when there is none
maximum                 vessel, time, from, to; wavelength of the highest point of a window, nm
share                   vessel, time, of; share of the chalcogen in components or kinds
share ratio             vessel, time, of, over; share of one over share of the other
steady rise             vessels or times, nm; smallest step between successive absorbances
change                  vessel, time, later, nm; later absorbance less the earlier one
change of share         vessel, time, of, and later or to; later share less the earlier one
gain over               vessel, time, of, recipe, [other vessel]; share here over share there
dots over               vessel, time, recipe, [other vessel]; number of dots here over there
induction period        vessels, minutes, of, limit; last time (min) at which the share is below
rate constant           panel; fitted k of a kinetic panel, 1/min (also: plateau, lag)
======================  ========================================================================
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import InputError, unknown_name
from prenuc.facts.catalogue import get
from prenuc.infer.published import kinetic_panel
from prenuc.observe.absorption import uv_vis
from prenuc.observe.features import first_exciton
from prenuc.protocol.protocol import Protocol
from prenuc.quantities import parse
from prenuc.simulate.run import simulate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from prenuc.facts.recipe import Recipe
    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.observe.series import SpectrumSeries
    from prenuc.simulate.solution import Measurement, Run

    Choose = Callable[[Recipe], Mechanism]

NOISE, SEED = 2e-4, 1  # absorbance; enough for the exciton finder to judge what stands out


@dataclass
class Bench:
    """Runs experiments and remembers them.

    Args:
        choose: Returns the mechanism for a recipe.
        assume: Assumptions that replace the proposals, by recipe.
    """

    choose: Choose
    assume: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    _runs: dict[str, tuple[Run, SpectrumSeries]] = field(default_factory=dict)

    def run(self, recipe_id: str) -> tuple[Run, SpectrumSeries]:
        """Return the run of a recipe and its noise-free spectra."""
        if recipe_id not in self._runs:
            recipe = get("recipes", recipe_id)
            protocol = Protocol.from_recipe(recipe, assume=self.assume.get(recipe_id))
            run = simulate(self.choose(recipe), protocol)
            self._runs[recipe_id] = (run, uv_vis(run))
        return self._runs[recipe_id]

    def look(self, recipe_id: str, of: Mapping[str, str]) -> tuple[int, Measurement]:
        """Return index and measurement of a vessel at a time."""
        run, _ = self.run(recipe_id)
        vessels = list(dict.fromkeys(m.vessel for m in run.measurements))
        wanted = [(i, m) for i, m in enumerate(run.measurements) if m.vessel == of["vessel"]]
        if not wanted:
            raise InputError(unknown_name("measured vessel", of["vessel"], vessels, recipe_id))
        if "time" not in of:
            return wanted[0]
        time = parse(of["time"]).require("min").si
        return min(wanted, key=lambda pair: abs(pair[1].time - time))


def measure(bench: Bench, name: str, recipe: str, of: Mapping[str, str]) -> float:
    """Return one number read off a simulated experiment.

    Raises:
        InputError: There is no such measure, or an argument is missing.
    """
    if name not in MEASURES:
        raise InputError(unknown_name("measure", name, MEASURES))
    try:
        return MEASURES[name](bench, recipe, of)
    except KeyError as error:
        raise InputError(f"the measure '{name}' of {recipe} needs the argument {error}") from None


def _absorbance(bench: Bench, recipe: str, of: Mapping[str, str]) -> float:
    index, _ = bench.look(recipe, of)
    _, spectra = bench.run(recipe)
    scale = float(of.get("scale", "1"))
    nm = parse(of["nm"]).number
    return scale * float(np.interp(nm, spectra.wavelength, spectra.absorbance[index]))


def _spectrum(
    bench: Bench, recipe: str, of: Mapping[str, str]
) -> tuple[SpectrumSeries, np.ndarray]:
    index, _ = bench.look(recipe, of)
    _, spectra = bench.run(recipe)
    noise = np.random.default_rng(SEED).normal(0.0, NOISE, spectra.wavelength.size)
    return spectra, spectra.absorbance[index] + noise


def _exciton(bench: Bench, recipe: str, of: Mapping[str, str]) -> float:
    spectra, signal = _spectrum(bench, recipe, of)
    return first_exciton(spectra.wavelength, signal).position_nm


def _exciton_height(bench: Bench, recipe: str, of: Mapping[str, str]) -> float:
    spectra, signal = _spectrum(bench, recipe, of)
    feature = first_exciton(spectra.wavelength, signal)
    return 0.0 if feature.status == "unresolved" else float(feature.height)


def _maximum(bench: Bench, recipe: str, of: Mapping[str, str]) -> float:
    index, _ = bench.look(recipe, of)
    _, spectra = bench.run(recipe)
    inside = (spectra.wavelength >= float(of["from"])) & (spectra.wavelength <= float(of["to"]))
    window = np.where(inside, spectra.absorbance[index], -np.inf)
    return float(spectra.wavelength[int(np.argmax(window))])


def _share(bench: Bench, recipe: str, of: Mapping[str, str]) -> float:
    """Return the share of the chalcogen that named components, or kinds of them, hold."""
    run, _ = bench.run(recipe)
    _, measurement = bench.look(recipe, of)
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


def _share_ratio(bench: Bench, recipe: str, of: Mapping[str, str]) -> float:
    over = _share(bench, recipe, {**of, "of": of["over"]})
    return _share(bench, recipe, of) / over if over else math.inf


def _steady_rise(bench: Bench, recipe: str, of: Mapping[str, str]) -> float:
    places: list[dict[str, str]]
    if "vessels" in of:
        places = [{"vessel": vessel.strip()} for vessel in of["vessels"].split(",")]
    else:
        places = [{"vessel": of["vessel"], "time": t.strip()} for t in of["times"].split(",")]
    values = [_absorbance(bench, recipe, {"nm": of["nm"], **place}) for place in places]
    return float(np.min(np.diff(values)))


def _change(bench: Bench, recipe: str, of: Mapping[str, str]) -> float:
    return _absorbance(bench, recipe, {**of, "time": of["later"]}) - _absorbance(bench, recipe, of)


def _change_of_share(bench: Bench, recipe: str, of: Mapping[str, str]) -> float:
    later = {**of, "vessel": of.get("to", of["vessel"])}
    if "later" in of:
        later["time"] = of["later"]
    return _share(bench, recipe, later) - _share(bench, recipe, of)


def _other(of: Mapping[str, str]) -> dict[str, str]:
    return {**of, "vessel": of.get("other vessel", of["vessel"])}


def _gain_over(bench: Bench, recipe: str, of: Mapping[str, str]) -> float:
    there = _share(bench, of.get("recipe", recipe), _other(of))
    return _share(bench, recipe, of) / there if there else math.inf


def _dots(bench: Bench, recipe: str, of: Mapping[str, str]) -> float:
    run, _ = bench.run(recipe)
    _, measurement = bench.look(recipe, of)
    if run.mechanism.dots is None:
        return 0.0
    return float(measurement.concentration[run.names.index(run.mechanism.dots.number)])


def _dots_over(bench: Bench, recipe: str, of: Mapping[str, str]) -> float:
    there = _dots(bench, of.get("recipe", recipe), _other(of))
    return _dots(bench, recipe, of) / there if there > 0 else math.inf


def _induction_period(bench: Bench, recipe: str, of: Mapping[str, str]) -> float:
    vessels = [vessel.strip() for vessel in of["vessels"].split(",")]
    minutes = [float(word) for word in of["minutes"].split(",")]
    below = [
        time
        for vessel, time in zip(vessels, minutes, strict=True)
        if _share(bench, recipe, {"vessel": vessel, "of": of["of"]}) <= float(of["limit"])
    ]
    return max(below, default=0.0)


def _of_panel(quantity: str) -> Callable[[Bench, str, Mapping[str, str]], float]:
    def read(bench: Bench, recipe: str, of: Mapping[str, str]) -> float:
        run, _ = bench.run(recipe)
        fit = kinetic_panel(of["panel"], run=run).fit
        value = fit.params[quantity].value
        return math.nan if value is None else float(value)

    return read


MEASURES: Mapping[str, Callable[[Bench, str, Mapping[str, str]], float]] = {
    "absorbance": _absorbance,
    "exciton": _exciton,
    "exciton height": _exciton_height,
    "maximum": _maximum,
    "share": _share,
    "share ratio": _share_ratio,
    "steady rise": _steady_rise,
    "change": _change,
    "change of share": _change_of_share,
    "gain over": _gain_over,
    "dots over": _dots_over,
    "induction period": _induction_period,
    "rate constant": _of_panel("k"),
    "plateau": _of_panel("A_inf"),
    "lag": _of_panel("lag"),
}
