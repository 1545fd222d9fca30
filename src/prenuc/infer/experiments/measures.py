"""What is read off a simulated experiment to compare it with what was printed.

Each measure takes a :class:`~prenuc.infer.experiments.performed.Question`, which holds a recipe and
arguments as texts, and returns one number. ``vessel`` is a cuvette of the recipe, ``time`` a time
on its clock; without a time the first spectrum counts. Any measure takes ``vary``, which varies the
procedure first (:meth:`Protocol.varied`): ``"heat flask = 140 degC; hold flask = 2 h"``. A number
that is not there (no peak, a ratio of nothing to nothing) is NaN, which no range lets pass.

======================  ========================================================================
measure                 arguments; result
======================  ========================================================================
absorbance              vessel, time, nm, [scale]; absorbance
contrast                vessel, time, nm, over; absorbance less that at another wavelength
exciton                 vessel, time; position of the first exciton in nm; none below a height
                        of 0.01
exciton height          vessel, time; height of the first exciton, 0 when there is none
maximum                 vessel, time, from, to; wavelength of the highest true maximum within a
                        window, nm
steady redshift         vessel, times, from, to; last less first maximum, nm; none where one is
                        missing or steps back
steady growth           vessels; last less first position of the exciton, nm; none where one is
                        missing or steps back
width over              vessel, [time], [recipe], other vessel; half width of the first exciton here
                        over that there
steady rise             vessels or vessel and times, nm; smallest step between absorbances
change                  vessel, time, later, nm; later absorbance less the earlier one
ratio in time           vessel, time, later, nm; later absorbance over the earlier one
ratio of changes        vessel, time, later, over ("200 min to 300 min"), nm; change of the
                        absorbance in one stretch over that in the other
share                   vessel, time, of; share of the chalcogen in components or kinds of them;
                        dots of fewer than 20 units are pieces and not dots
share ratio             vessel, time, of, over; share of one over share of the other
change of share         vessel, time, of, and later or to; later share less the earlier one
change of share ratio   vessel, of, over, to; share ratio in another vessel over that in the first
gain over               vessel, time, of, [recipe], [other vessel], [other time]; share here over
                        share there
gain by                 vessel, time, of, by; share in the varied procedure over that in the
                        written one
dots over               vessel, time, [recipe], other vessel; number of dots here over there
emission maximum        vessel, time, [excitation]; where most is emitted, nm; none in the dark
emission ratio          vessel, time, nm, over, [excitation]; emission at nm over that at another
time of most            vessels, taken at, of; when the sample with the largest share was taken
onset                   vessel, time, nm, limit, at, temperatures; the first of the temperatures
                        of the step ``at`` above the limit, °C
mass                    of; molar mass of a component in Da
core mass               of; the same of the semiconductor, without ligands
mass ratio              of, over; molar mass of one component over that of the other
rate on dilution        product, factor; relaxation rate of a diluted last sample over that of the
                        undiluted one
rate constant           panel; fitted k of a kinetic panel, 1/min (also: plateau, lag)
prefactor over plateau  panel, vessel; B/A of A − B exp(−k t), t from the first spectrum
======================  ========================================================================
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from prenuc.errors import InputError, unknown_name
from prenuc.infer.experiments import emitted, shares, spectra
from prenuc.infer.experiments.performed import MissingArgumentError, Question

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from prenuc.infer.experiments.performed import Experiments

POSITIONS = frozenset(
    {"emission maximum", "exciton", "maximum"}
)  # in nm: what a band's own position may give
MEASURES: Mapping[str, Callable[[Question], float]] = {
    "absorbance": spectra.absorbance,
    "contrast": spectra.contrast,
    "exciton": spectra.exciton,
    "exciton height": spectra.exciton_height,
    "maximum": spectra.maximum,
    "steady redshift": spectra.steady_redshift,
    "steady growth": spectra.steady_growth,
    "width over": spectra.width_over,
    "steady rise": spectra.steady_rise,
    "change": spectra.change,
    "ratio in time": spectra.ratio_in_time,
    "ratio of changes": spectra.ratio_of_changes,
    "share": shares.share,
    "share ratio": shares.share_ratio,
    "change of share": shares.change_of_share,
    "change of share ratio": shares.change_of_ratio,
    "gain over": shares.gain_over,
    "gain by": shares.gain_by,
    "dots over": shares.dots_over,
    "emission maximum": emitted.emission_maximum,
    "emission ratio": emitted.emission_ratio,
    "time of most": shares.time_of_most,
    "onset": spectra.onset,
    "mass": shares.mass,
    "core mass": shares.core_mass,
    "mass ratio": shares.mass_ratio,
    "rate on dilution": shares.rate_on_dilution,
    "rate constant": spectra.of_panel("k"),
    "plateau": spectra.of_panel("A_inf"),
    "lag": spectra.of_panel("lag"),
    "prefactor over plateau": spectra.prefactor,
}


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
        return MEASURES[name](Question(runs, recipe, of))
    except MissingArgumentError as error:
        raise InputError(f"the measure '{name}' of {recipe} needs the argument {error}") from None
