"""Measured spectra over those of the flask, with χ² and what it is if the mechanism is right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prenuc.errors import InputError
from prenuc.observe.series import SpectrumSeries
from prenuc.present.app import frames
from prenuc.present.app.flask_data import FlaskData
from prenuc.quantities import Quantity

if TYPE_CHECKING:
    from prenuc.present.app.session import Session


def overlay(session: Session, *, upload: str | None) -> dict[str, Any]:
    """Lay the spectra of a file over those of the flask; None takes them off.

    Args:
        session: The page.
        upload: The file's name of chance.

    Raises:
        InputError: No flask is open, or the file holds no spectra.
    """
    flask = session.opened
    if upload is None:
        flask.data = None
        return {}
    given = session.read([upload])
    series = given.data
    if not isinstance(series, SpectrumSeries):
        raise InputError(f"{given.name} holds a trace, and no spectra", "Open it in Spectra")
    flask.data = FlaskData.of(given.name, series, flask.live)
    session.frames += [_drawn(series), *flask.frames(exact=True)]
    return {"name": given.name, "spectra": len(series), "assumed": list(series.history)}


def _drawn(series: SpectrumSeries) -> bytes:
    minutes = series.time * Quantity(1.0, series.time_unit).to("min")
    header = {"of": "data", "words": {"labels": list(series.labels)}}
    arrays = {
        "time_min": minutes,
        "wavelength_nm": series.wavelength,
        "absorbance": series.absorbance,
    }
    return frames.packed(header, arrays)
