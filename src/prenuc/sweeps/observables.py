"""What a sweep keeps of a run: numbers of every measurement, each under one name.

=========================  ====================================================================
written                    number
=========================  ====================================================================
``share of PC``            of the chalcogen, by kind; an MSC by its name ("share of MSC-311")
``amount of MSC-311``      concentration in mmol/L of its basis
``absorbance at 311 nm``   of the spectrum
``diameter of dots``       nm, of a dot of mean volume; none where there are no dots
``spread of dots``         relative standard deviation of the diameter
``number of dots``         mmol/L
``spectra``                all absorbances from 285 to 700 nm in steps of 1 nm
=========================  ====================================================================
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import InputError, Problem, unknown_name
from prenuc.observe.absorption import LONGEST, SHORTEST, WAVELENGTHS
from prenuc.observe.dots import dot_sizes
from prenuc.quantities import parse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from prenuc.arrays import Array
    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.observe.flasks import Seen
    from prenuc.protocol.protocol import Protocol
    from prenuc.simulation.solution import Measurement, Run

SPECTRA = "spectra"
OF_DOTS = ("number of dots", "diameter of dots", "spread of dots")
EXAMPLES = ("share of PC", "amount of MSC-311", "absorbance at 311 nm", *OF_DOTS, SPECTRA)


@dataclass(frozen=True)
class Observable:
    """Something that is kept of every measurement.

    Args:
        name: As written.
        kind: "share", "amount", "absorbance", "dots" or "spectra".
        of: The component or kind that a share or an amount is of.
        nm: The wavelength of an absorbance.
    """

    name: str
    kind: str
    of: str = ""
    nm: float = math.nan

    @classmethod
    def read(cls, text: str, mechanism: Mechanism) -> Observable:
        """Return what a text means.

        Args:
            text: Such as "share of PC".
            mechanism: Whose components there are.

        Raises:
            InputError: It cannot be read, or the mechanism has no such component.
        """
        text = " ".join(text.split())
        if text == SPECTRA or text in OF_DOTS:
            if text in OF_DOTS and mechanism.dots is None:
                raise InputError(f"{mechanism.name} has no dots", f"Leave '{text}' out")
            return cls(text, SPECTRA if text == SPECTRA else "dots")
        kind, _, of = text.partition(" of ")
        if kind in {"share", "amount"} and of:
            known = _shared(mechanism) if kind == "share" else list(mechanism.components)
            if of not in known:
                raise InputError(unknown_name("component", of, known))
            return cls(text, kind, of)
        if found := re.fullmatch(r"absorbance at (.+)", text):
            nm = parse(found[1]).require("nm").to("nm")
            if not SHORTEST <= nm <= LONGEST:
                mend = f"Give {SHORTEST:g} to {LONGEST:g} nm"
                raise InputError(f"no absorbance is known at {nm:g} nm", mend)
            return cls(text, "absorbance", nm=nm)
        raise InputError(unknown_name("observable", text, EXAMPLES))

    @property
    def unit(self) -> str:
        """The unit of the number; 1 for a pure number."""
        if self.name == "diameter of dots":
            return "nm"
        return "mmol/L" if self.kind == "amount" or self.name == "number of dots" else "1"


def _shared(mechanism: Mechanism) -> list[str]:
    parts = [one for one in mechanism.components.values() if one.composition]
    return list(dict.fromkeys(one.name if one.kind == "MSC" else one.kind for one in parts))


def read_all(
    texts: Sequence[tuple[str, str]], mechanism: Mechanism, problems: list[Problem]
) -> tuple[Observable, ...]:
    """Return what texts mean, each given with its ``file:line``.

    Args:
        texts: Texts and places.
        mechanism: Whose components there are.
        problems: What cannot be read is added to these.
    """
    from prenuc.errors import noting

    found = []
    for text, where in texts:
        with noting(problems, where):
            found.append(Observable.read(text, mechanism))
    return tuple(found)


def looks(protocol: Protocol) -> list[str]:
    """Return a name for every measurement: its vessel, numbered where that is measured again."""
    seen = [
        operation.vessel for operation in protocol.plan for _ in getattr(operation, "looks", ())
    ]
    count: dict[str, int] = {}
    names = []
    for vessel in seen:
        count[vessel] = count.get(vessel, 0) + 1
        names.append(vessel if seen.count(vessel) == 1 else f"{vessel} {count[vessel]}")
    return names


def columns(keep: Sequence[Observable], protocol: Protocol) -> list[str]:
    """Return the names of the numbers that are kept of a run, without spectra.

    Args:
        keep: What is kept.
        protocol: What is measured.
    """
    single = [one for one in keep if one.kind != SPECTRA]
    return [f"{one.name} in {look}" for look in looks(protocol) for one in single]


def grid_of(keep: Sequence[Observable]) -> Array:
    """Return the wavelengths that are needed, ascending, in nm; none without spectra."""
    if any(one.kind == SPECTRA for one in keep):
        return WAVELENGTHS
    return np.unique([one.nm for one in keep if one.kind == "absorbance"])


def numbers(seen: Seen, keep: Sequence[Observable]) -> Array:
    """Return what is kept of a run: all measurements' numbers, then their spectra, shape (k,).

    Args:
        seen: A run and its spectra.
        keep: What is kept.
    """
    nm, kinds, found = grid_of(keep), {one.kind for one in keep}, []
    for look, spectrum in zip(seen.run.measurements, seen.absorbance, strict=True):
        shares = seen.run.fractions(look) if "share" in kinds else {}
        amounts = seen.run.amounts(look) if "amount" in kinds else {}
        dots = _dots(seen.run, look) if "dots" in kinds else {}
        by_kind: dict[str, Mapping[str, float]] = {"share": shares, "amount": amounts, "dots": dots}
        for one in keep:
            if one.kind == "absorbance":
                found.append(float(np.interp(one.nm, nm, spectrum)))
            elif one.kind in by_kind:
                found.append(by_kind[one.kind].get(one.of or one.name, 0.0))
    spectra = seen.absorbance.ravel() if SPECTRA in kinds else ()
    return np.concatenate((found, spectra))


def _dots(run: Run, look: Measurement) -> dict[str, float]:
    dots = run.mechanism.dots
    sizes = None if dots is None else dot_sizes(run, look, dots)
    return dict(zip(OF_DOTS, sizes or (0.0, math.nan, math.nan), strict=True))
