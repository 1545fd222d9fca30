"""Published experiments, performed once with some mechanism and remembered."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import InputError, SimulationError, unknown_name
from prenuc.facts.catalogue import get
from prenuc.infer.experiments.published import NOISE as PANEL_NOISE
from prenuc.infer.experiments.published import fit_panel
from prenuc.observe.absorption import uv_vis
from prenuc.protocol.protocol import Protocol
from prenuc.quantities import parse
from prenuc.scope.verdict import unknown
from prenuc.simulation.run import simulate
from prenuc.simulation.solvers import AbstractSolver, Rodas

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from prenuc.arrays import Array
    from prenuc.facts.recipe import Recipe
    from prenuc.infer.fit.results import Fit
    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.observe.series import SpectrumSeries
    from prenuc.simulation.solution import Measurement, Run

    Choose = Callable[[Recipe], Mechanism]

VARIED = ", varied"  # ends the name of a protocol that is not done as written
SEED = 1  # of the noise on kinetic panels


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
    _given_up: dict[str, SimulationError] = field(default_factory=dict)

    def run(self, recipe_id: str, variation: str = "") -> tuple[Run, SpectrumSeries]:
        """Return the run of a recipe and its noise-free spectra.

        Args:
            recipe_id: A recipe of the catalogue.
            variation: What is done otherwise, "hold flask = 2 h"; see :meth:`Protocol.varied`.

        Raises:
            ProtocolError: The procedure cannot be varied so.
            SimulationError: The integrator gave up, now or when it was asked before.
        """
        key = f"{recipe_id} with {variation}" if variation else recipe_id
        if key in self._given_up:
            raise self._given_up[key].with_traceback(None)
        if key not in self._runs:
            assumed = tuple(sorted(self.assume.get(recipe_id, {}).items()))
            protocol = _done(recipe_id, variation, assumed, self.alter)
            try:
                run = self._simulated(self.choose(get("recipes", recipe_id)), protocol)
            except SimulationError as error:
                self._given_up[key] = error
                raise
            self._runs[key] = (run, uv_vis(run))
        return self._runs[key]

    def _simulated(self, mechanism: Mechanism, protocol: Protocol) -> Run:
        return simulate(
            mechanism,
            protocol,
            solver=self.solver,
            parameters=[n for n in mechanism.constants if mechanism.origin(n) in self.along],
            inert=unknown(mechanism, protocol),  # a row asks any mechanism what it asks
            extrapolate=True,
        )

    def by(self, choose: Choose) -> Experiments:
        """Return the same experiments with other mechanisms; nothing is run yet."""
        return dataclasses.replace(self, choose=choose, _runs={}, _fits={}, _given_up={})

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


@lru_cache(maxsize=512)  # thousands of sets of constants ask for the same few
def _done(
    recipe_id: str,
    variation: str,
    assumed: tuple[tuple[str, str], ...],
    alter: Callable[[Protocol], Protocol] | None,
) -> Protocol:
    """Return what is done."""
    protocol = Protocol.from_recipe(get("recipes", recipe_id), assume=dict(assumed))
    if variation:
        name = f"{protocol.name}{VARIED}"
        protocol = dataclasses.replace(protocol.varied(variation), name=name)
    return protocol if alter is None else alter(protocol)


class MissingArgumentError(KeyError):
    """A measure asks for an argument that a question does not have."""


@dataclass(frozen=True)
class Question:
    """What is asked of published experiments: where to look, and what for.

    Args:
        runs: Runs experiments and remembers them.
        recipe: Identifier of the recipe.
        of: Arguments of a measure as texts, such as {"nm": "311 nm", "vessel": "cuvette"}.
    """

    runs: Experiments
    recipe: str
    of: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        if name not in self.of:
            raise MissingArgumentError(name)
        return self.of[name]

    def but(self, recipe: str = "", **of: str) -> Question:
        """Return the same question of another recipe, or with other arguments."""
        return Question(self.runs, recipe or self.recipe, {**self.of, **of})

    def there(self) -> Question:
        """Return the question of the other recipe, vessel and time that it names, if it does."""
        named = {key: self.of.get(f"other {key}") for key in ("vessel", "time")}
        other = {key: word for key, word in named.items() if word is not None}
        return self.but(self.of.get("recipe", ""), **other)

    @property
    def run(self) -> Run:
        """The run that answers it."""
        return self.runs.run(self.recipe, self.of.get("vary", ""))[0]

    @property
    def spectra(self) -> SpectrumSeries:
        """The noise-free spectra of that run."""
        return self.runs.run(self.recipe, self.of.get("vary", ""))[1]

    @property
    def signal(self) -> Array:
        """The spectrum that was measured where it looks, shape (wavelengths,)."""
        seen: Array = self.spectra.absorbance[self.place]
        return seen

    @property
    def place(self) -> int:
        """Index of the measurement where it looks."""
        return self._looked[0]

    @property
    def measurement(self) -> Measurement:
        """What was measured where it looks."""
        return self._looked[1]

    @property
    def _looked(self) -> tuple[int, Measurement]:
        return self.runs.look(self.recipe, {**self.of, "vessel": self["vessel"]})

    @property
    def fit(self) -> Fit:
        """The fit of the kinetic panel that it names."""
        return self.runs.fit(self["panel"], self.recipe, self.of.get("vary", ""))
