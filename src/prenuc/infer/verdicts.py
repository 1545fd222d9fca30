"""What a global fit should say besides its numbers: equivalent schemes, and doubts."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from prenuc.infer.kinetics import Network
    from prenuc.infer.noise import Noise
    from prenuc.infer.parameter import Parameter
    from prenuc.infer.projection import Objective, Point

# Schemes with the same number of relaxation rates: with free spectra they span the same curves.
ALIKE = {
    1: ("A -> B", "A <-> B", "A -> B; A -> C"),
    2: ("A -> B -> C", "A <-> B -> C", "A -> B <-> C", "A -> B; A -> C; B -> C"),
}
POWER_STEPS = 30
BACKGROUND = (
    "background against product: a static background, of any shape, can be moved between the "
    "spectra of all species and an inert one; subtract a blank to tell them apart"
)


def equivalents(network: Network) -> tuple[str, ...]:
    """Return what fits any spectra exactly as well as this scheme does.

    Args:
        network: The scheme.
    """
    found = []
    if network.is_plain_chain and len(network.names) > 1:
        names = " and ".join(network.names)
        found.append(
            f"slow-fast ambiguity: {network.scheme} with {names} exchanged (only the spectra of "
            "the species on the way differ); reported with the fastest first"
        )
    if all(step.count == 1 for step in network.steps):
        own = _shape(network)
        rates = np.sqrt(np.arange(2.0, 2.0 + len(network.names)))
        count = len(np.unique(np.round(network.relaxation_rates(rates), 9)))
        found += [scheme for scheme in ALIKE.get(count, ()) if scheme.replace(" ", "") != own]
    return (*found, BACKGROUND)


def _shape(network: Network) -> str:
    """Return the scheme with its species renamed A, B, C in order, without blanks."""
    letters = {name: "ABCDEFGH"[i] for i, name in enumerate(network.species)}
    text, last = "", ""
    pairs = [(letters[s.start], letters[s.end]) for s in network.steps]
    for start, end in pairs:
        if (end, start) in pairs and start > end:
            continue
        arrow = "<->" if (end, start) in pairs else "->"
        joint = "" if start == last else f"{';' if text else ''}{start}"
        text, last = f"{text}{joint}{arrow}{end}", end
    return text


def remarks(
    objective: Objective,
    best: Point,
    noise: Noise,
    params: Mapping[str, Parameter],
    steps: tuple[int, int],
) -> Iterator[str]:
    """Yield what a reader should know before believing the numbers.

    Args:
        objective: The weighted objective.
        best: Its minimum.
        noise: The noise found.
        params: The parameters reported.
        steps: Number of relaxation rates above the noise, and in the scheme.
    """
    seen, rank = steps
    if seen < rank:
        what = f"only {seen} of {rank} steps rise" if seen else "no change with time rises"
        yield f"{what} above the noise: fit a scheme with fewer steps, or measure longer"
    if noise.offset_sd > 0:
        yield (
            f"each spectrum carries an offset of its own, standard deviation "
            f"{1e3 * noise.offset_sd:.2g} mAU; it is a random effect in the intervals"
        )
    if len(noise.drift):
        yield (
            f"the residuals keep a slow course: the baseline drifts (its mean by about "
            f"{1e3 * noise.drift_sd:.2g} mAU), or the scheme misses a step; the intervals allow "
            "for a baseline only"
        )
    if noise.correlated:
        yield (
            "residuals of neighbouring wavelengths are correlated; the intervals rest on the "
            "scatter of the residuals along the fit's own filter"
        )
    if not len(noise.drift) and _trend(objective, best):
        yield (
            "the residuals keep a slow course in time: the scheme misses a step, or the baseline "
            "changes shape; the intervals are then too narrow"
        )
    fastest = float(np.exp(best.u.max()))
    slowest = float(objective.network.relaxation_rates(np.exp(best.u))[-1])
    if seen and slowest * float(objective.time[-1] - objective.time[0]) < 1.0:
        yield "the series ends before the slowest step has run for one time constant"
    if seen and fastest * float(np.diff(objective.time).min()) > 3.0:
        yield "the fastest step is over between two spectra"
    lost = [name for name, one in params.items() if not one.identifiable]
    if lost:
        yield f"not identifiable: {', '.join(lost)}"


def _trend(objective: Objective, best: Point) -> bool:
    """Return whether the largest course left in the residuals is both strong and smooth.

    Its strength is compared with the largest singular value of pure noise, √n + √(m − r)
    (Marchenko and Pastur 1967, Math. USSR Sb. 1, 457).
    """
    block, part = objective.blocks[0], objective.splits(best.u)[0]
    m, r = part.span.shape
    rest = block.gram - part.span @ (part.span.T @ block.gram)
    rest -= (rest @ part.span) @ part.span.T
    n = float(np.trace(rest)) / (m - r)
    course = np.linspace(-1.0, 1.0, m) ** 3 + 0.5
    for _ in range(POWER_STEPS):
        course = rest @ course
        course /= max(float(np.linalg.norm(course)), 1e-300)
    strength = float(course @ rest @ course)
    strong = strength > 1.1 * (math.sqrt(max(n, 0.0)) + math.sqrt(m - r)) ** 2
    return strong and _smoothness(course) > 3.0 / math.sqrt(m)


def _smoothness(course: NDArray[np.float64]) -> float:
    """Return the correlation of neighbours."""
    return float(np.sum(course[1:] * course[:-1]) / np.sum(course**2))
