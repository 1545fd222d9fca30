"""The flask that a report holds: what was done, the mechanism, and constants that were changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prenuc.errors import InputError
from prenuc.present.files.extract import extract
from prenuc.present.files.protocols import protocol_text
from prenuc.scope.choice import mechanism_for
from prenuc.simulation.solution import Run

if TYPE_CHECKING:
    from pathlib import Path


def flask_of(path: Path) -> dict[str, Any]:
    """Return what ``flask.open`` takes, for the first run of a report.

    Args:
        path: A report.

    Raises:
        InputError: It is no report of ours, or holds no run.
    """
    held = extract(path)
    runs = [one for one in held.results if isinstance(one, Run)]
    if not runs:
        mend = f"Take out what is in it: prenuc report --extract {path.name}"
        raise InputError("this report holds no run of a flask", mend, where=path.name)
    run = runs[0]
    usual = mechanism_for(run.mechanism.name, run.protocol).constants
    return {
        "protocol": protocol_text(run.protocol, run.mechanism.name),
        "change": {
            name: value.quantity.number
            for name, value in run.mechanism.parameters.items()
            if name in usual and value.quantity != usual[name].quantity
        },
    }
