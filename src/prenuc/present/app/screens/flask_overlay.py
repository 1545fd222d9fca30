"""Measured spectra laid over the flask: how far off it is, and what they say of a constant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prenuc.errors import InputError
from prenuc.observe.trace import Trace

if TYPE_CHECKING:
    from prenuc.present.app.session import Session


def overlay(
    session: Session, *, uploads: list[str] | None = None, time_unit: str | None = None
) -> dict[str, Any] | None:
    """Lay the spectra of files over the flask; take them off when no file is named.

    Args:
        session: The page.
        uploads: The files; several with a spectrum each are one series.
        time_unit: Of its times, where it names none.

    Raises:
        InputError: It holds no spectra, or not those that the protocol measures.
    """
    flask = session.opened
    if not uploads:
        flask.lay_over(None)
        return None
    given = session.read(uploads, **({} if time_unit is None else {"time_unit": time_unit}))
    if isinstance(given.data, Trace):
        raise InputError("this is a trace, and no spectra", "Fit it on the screen Spectra")
    flask.lay_over(given.data)
    session.frames += flask.frames(exact=True)
    over = flask.over
    assert over is not None  # noqa: S101  it was laid over
    moved = next(reversed(flask.live.change), None)
    return {
        "name": given.name,
        "labels": list(given.data.labels),
        "chi2": flask.chi2,
        "readings": over.readings,
        "sd": over.sd,
        "interval": None if moved is None else interval(session, name=moved)["text"],
        "notes": [*given.data.history, "nothing is scaled, shifted or subtracted"],
    }


def interval(session: Session, *, name: str) -> dict[str, Any]:
    """Return what the spectra that are laid over say of one constant, all else as it is.

    Args:
        session: The page.
        name: The constant.

    Raises:
        InputError: Nothing is laid over, or there is no such constant.
    """
    flask = session.opened
    if flask.over is None:
        raise InputError("no spectra are laid over the flask", "Lay some over")
    found = flask.over.local(flask.live.mechanism_now, flask.live.protocol_now, name)
    if found is None:
        return {"name": name, "text": "", "best": None, "low": None, "high": None}
    numbers = {"best": found.best, "low": found.low, "high": found.high, "unit": found.unit}
    return {"name": name, "text": f"{found}, all else as it is", **numbers}
