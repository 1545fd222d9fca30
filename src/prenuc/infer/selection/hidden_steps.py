"""A mechanism that misses spectra, and what it would describe them without.

A rate constant that moves within its prior is never nothing. So a mechanism with a step that does
not happen may miss data of which it has everything else, and what it leaves of them is no noise: if
it describes them without the step, the noise is found there, and everything is searched again.

Two such steps hide each other. Where the lack of none is enough, they are taken out one after the
other, each time the one whose lack helps most, until the data are described.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from prenuc.infer.calibration.parallel import work
from prenuc.infer.selection.compare_mechanisms import with_offsets
from prenuc.infer.selection.evidence import INADEQUATE
from prenuc.infer.selection.without_steps import (
    Ended,
    Whole,
    dispersion_of,
    ended_without,
    ended_without_all,
    trial_without,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from prenuc.infer.calibration.ablations import AbstractAblation
    from prenuc.infer.selection.condensed import Condensed

MOST = 3  # steps that are taken out together


def each_without(
    whole: Whole, workers: int = 1, progress: Callable[[float], None] | None = None
) -> tuple[Whole, list[Ended]]:
    """Return where a mechanism ends with every step, and without each.

    Args:
        whole: The mechanism; what its trial knows of the noise may be mended.
        workers: Processes to work with.
        progress: Called with the finished share.
    """
    ends = work(partial(ended_without, whole), whole.steps, workers=workers, progress=progress)
    if _describes(whole):
        return whole, ends
    step, lowest = _lowest(whole.steps, ends)
    data = None if step is None else _described(whole, (step,), lowest)
    if data is None or data.offset_sd == whole.trial.data.offset_sd:
        return whole, ends
    whole.trial.data = data
    whole = replace(whole, end=whole.trial.search(whole.end.u) or whole.end)
    return whole, work(partial(ended_without, whole), whole.steps, workers=workers)


def hidden_steps(whole: Whole, ends: Sequence[Ended], workers: int = 1) -> tuple[str, ...]:
    """Return steps without all of which a mechanism describes the data; none where it need not.

    Args:
        whole: The mechanism.
        ends: Where it ended without each step.
        workers: Processes to work with.
    """
    if _describes(whole):
        return ()
    gone: tuple[AbstractAblation, ...] = ()
    while len(gone) < MOST:
        left = [step for step in whole.steps if step not in gone]
        if gone:
            several = [(*gone, step) for step in left]
            ends = work(partial(ended_without_all, whole), several, workers=workers)
        step, lowest = _lowest(left, ends)
        if step is None:
            break
        gone = (*gone, step)
        if _described(whole, gone, lowest) is not None:
            return tuple(one.step for one in gone)
    return ()


def _describes(whole: Whole) -> bool:
    return dispersion_of(whole.trial, whole.end) <= INADEQUATE


def _lowest(
    steps: Sequence[AbstractAblation], ends: Sequence[Ended]
) -> tuple[AbstractAblation | None, Ended]:
    """Return the step without which χ² is lowest; none where nothing can be run."""
    pairs = [
        (one.end.cost, step, one)
        for step, one in zip(steps, ends, strict=True)
        if one.end is not None
    ]
    return min(pairs, key=lambda pair: pair[0])[1:] if pairs else (None, Ended(None))


def _described(whole: Whole, gone: Sequence[AbstractAblation], ended: Ended) -> Condensed | None:
    """Return the data with the noise that is found without some steps; None where it is none."""
    trial = trial_without(whole.trial, gone)
    if ended.end is None or len(ended.end.u) != len(trial.constants):
        return None  # more steps are gone than these
    trial.data, _ = with_offsets(trial.data, ended.end)
    end = trial.search(ended.end.u)
    described = end is not None and dispersion_of(trial, end) <= INADEQUATE
    return trial.data if described else None
