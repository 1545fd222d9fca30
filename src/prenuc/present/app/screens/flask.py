"""The screen Flask: a recipe or a protocol is opened, moved, reset, and taken home."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prenuc.errors import InputError
from prenuc.facts.catalogue import entries, get
from prenuc.observe.live.experiment import Live
from prenuc.present.app.flask_session import FlaskSession
from prenuc.present.app.frames import packed
from prenuc.present.app.messages import checked
from prenuc.present.app.screens.flask_export import export
from prenuc.present.app.screens.flask_overlay import interval, overlay
from prenuc.present.files.named import mechanism_of
from prenuc.present.files.protocols import protocol_text
from prenuc.present.files.written import is_text, mechanism_from, protocol_from
from prenuc.protocol.protocol import Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.present.app.session import Session


def recipes(session: Session) -> list[dict[str, Any]]:  # noqa: ARG001  an action like all others
    """Return the published recipes to choose from."""
    known = entries("recipes").values()
    return [
        {"id": one.id, "name": one.name, "material": one.material, "panel": one.panel}
        for one in known
    ]


def mechanisms(session: Session) -> list[dict[str, Any]]:  # noqa: ARG001  as above
    """Return the mechanisms to choose from."""
    known = entries("parameters").values()
    return [{"id": one.id, "model": one.model, "material": one.material} for one in known]


def open_(
    session: Session,
    *,
    recipe: str | None = None,
    protocol: str | None = None,
    mechanism: str | None = None,
    change: dict[str, float] | None = None,
    moved: dict[str, float] | None = None,
    upload: str | None = None,
) -> dict[str, Any]:
    """Open a flask: a published recipe, or a protocol as text.

    Args:
        session: The page.
        recipe: Its name in the catalogue.
        protocol: Or laboratory sentences, one a line; or a protocol file.
        mechanism: A mechanism of the package, or the text of a file; the usual one when left out.
        change: Constants that are moved at once, each in its own unit.
        moved: Handles likewise.
        upload: Or a file with all of that: a report, a saved answer, a state, a protocol; or with a
            mechanism. What a file leaves open is taken from the arguments beside it.

    Returns:
        What the page draws beside frames, and ``source``: what opens the same, without the file.

    Raises:
        InputError: Nothing or more than one thing is to be opened, or it cannot be read.
    """
    if upload is not None:
        found = session.desk.uploads.opening(upload)
        if not {"recipe", "protocol"} & found.keys():
            found |= {"recipe": recipe, "protocol": protocol}
        found["mechanism"] = found.get("mechanism") or mechanism
        _, given = checked({"flask.open": open_}, "flask.open", found)
        return open_(session, **given)
    if (recipe is None) == (protocol is None):
        raise InputError("nothing to open", "Name a recipe, or give a protocol")
    if recipe is not None:
        done, stated = Protocol.from_recipe(get("recipes", recipe)), None
    else:
        done, stated = protocol_from(protocol or "")
    named = _named(session, mechanism or stated)
    live = Live(_mechanism(named, recipe or "your protocol", done), done)
    live.move({**(change or {}), **(moved or {})})
    flask = FlaskSession(live, done.name, recipe or "", named or "")
    drawn = list(flask.frames(exact=True))  # what cannot be run leaves open what was
    session.flask = flask
    session.frames += drawn
    return {**flask.told(), "source": _source(flask)}


def _source(flask: FlaskSession) -> dict[str, str]:
    """Return what opens a flask again, as it was before anything was moved."""
    given = {"protocol": protocol_text(flask.live.protocol, "")}
    given = {"recipe": flask.recipe} if flask.recipe else given
    return {**given, "mechanism": flask.named} if flask.named else given


def _named(session: Session, named: str | None) -> str | None:
    """Return a mechanism as it is named; the text of its file in the place of the file's name."""
    if named is None or is_text(named) or not named.strip().endswith((".yaml", ".yml")):
        return named
    return session.desk.uploads.mechanism_called(named.strip())


def _mechanism(named: str | None, what: str, protocol: Protocol) -> Mechanism:
    if named is not None and is_text(named):
        return mechanism_from(named, protocol)
    return mechanism_of(named, what, protocol)


def set_(session: Session, *, set: dict[str, float]) -> dict[str, Any]:  # noqa: A002
    """Move handles and constants, all at once, and look exactly.

    Args:
        session: The page.
        set: Numbers by the names of handles and constants, each in its unit.
    """
    flask = session.opened
    flask.live.move(set)
    session.frames += flask.frames(exact=True)
    return {"set": set}


def beside(session: Session, *, set: dict[str, float]) -> dict[str, Any]:  # noqa: A002
    """Look at what is open with other numbers, to compare, and leave it as it is.

    Args:
        session: The page.
        set: Numbers by the names of handles and constants; what is not named is as opened.
    """
    live = Live(session.opened.live.mechanism, session.opened.live.protocol)
    live.move(set)
    run = live.run()
    series, course = live.spectra(run), live.course(run)
    words = {"labels": list(series.labels), "names": list(course.names)}
    arrays = {
        "time_min": series.time,
        "wavelength_nm": series.wavelength,
        "absorbance": series.absorbance,
        "course_min": course.time,
        "species": course.concentration.T,
    }
    session.frames.append(packed({"of": "beside", "exact": True, "words": words}, arrays))
    return {"set": set}


def state(session: Session) -> dict[str, Any] | None:
    """Return what is open, so that ``flask.open`` makes it again; None where nothing is."""
    if session.flask is None:
        return None
    flask, live = session.flask, session.flask.live
    return {
        "mechanism": live.mechanism.name,
        **_source(flask),
        "change": {name: one.number for name, one in live.change.items()},
        "moved": {name: one.number for name, one in live.moved.items()},
    }


def matters(session: Session) -> dict[str, float]:
    """Return how far each constant moves the spectra of what is open, largest first."""
    from prenuc.infer.calibration.influence import influences

    live = session.opened.live
    return influences(live.mechanism_now, live.protocol_now)


ACTIONS: dict[str, Callable[..., Any]] = {
    "flask.recipes": recipes,
    "flask.mechanisms": mechanisms,
    "flask.open": open_,
    "flask.set": set_,
    "flask.beside": beside,
    "flask.state": state,
    "flask.matters": matters,
    "flask.export": export,
    "flask.overlay": overlay,
    "flask.interval": interval,
}
