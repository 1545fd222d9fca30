"""What makes a run again: its protocol, its mechanism, and the constants that were moved in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from prenuc.errors import InputError, MechanismError
from prenuc.present.files.written import mechanism_from
from prenuc.quantities import Quantity
from prenuc.scope.choice import mechanism_for

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.protocol.protocol import Protocol


@dataclass(frozen=True)
class Again:
    """What makes a run again.

    Args:
        protocol: What was done.
        mechanism: What could happen: one of the package by its name, or the text of a file.
        change: Constants in which the mechanism of the run is another, in their usual units.
    """

    protocol: Protocol
    mechanism: str
    change: Mapping[str, Quantity]


def made_again(mechanism: Mechanism, protocol: Protocol, where: str = "") -> Again:
    """Return what makes a run again.

    Args:
        mechanism: Of the run.
        protocol: Of the run.
        where: The file that holds it, for messages.

    Raises:
        InputError: The mechanism is none of the package, and the text of its file is not known.
    """
    if mechanism.text:
        usual = mechanism_from(mechanism.text, protocol)
    else:
        try:
            usual = mechanism_for(mechanism.name, protocol)
        except MechanismError:
            what = f"the mechanism '{mechanism.name}' was made elsewhere, and its file is not here"
            mend = "'prenuc report --extract' has the protocol: give it a mechanism file"
            raise InputError(what, mend, where=where) from None
    change = {}
    for name, value in mechanism.parameters.items():
        before = usual.constants.get(name)
        if before is not None and value.quantity != before.quantity:
            unit = before.quantity.unit
            change[name] = Quantity(value.quantity.to(unit), unit)
    return Again(protocol, mechanism.text or mechanism.name, change)


def changed_mechanism(base: str, change: Mapping[str, Quantity]) -> str:
    """Return the file of a mechanism that is another with some constants moved.

    Args:
        base: The other, by its name or its file.
        change: The constants.
    """
    lines = [f"based_on: {base}", "change:" if change else "change: {}"]
    return "\n".join([*lines, *(f"  {name}: {one}" for name, one in change.items()), ""])
