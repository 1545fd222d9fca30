"""Everything that a page may ask for, by name: the table of all screens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prenuc.present.app.screens import catalogue, court, flask, spectra
from prenuc.present.app.screens import next as next_

if TYPE_CHECKING:
    from collections.abc import Callable

    from prenuc.present.app.session import Session


def jobs(session: Session) -> list[dict[str, Any]]:
    """Return all jobs, also those of before the page was loaded anew."""
    return session.desk.jobs.told()


def cancel(session: Session, *, job: str) -> dict[str, Any]:
    """End a job."""
    session.desk.jobs.cancel(job)
    return {"job": job}


def forget(session: Session, *, uploads: list[str]) -> dict[str, Any]:
    """Throw files away that were dropped."""
    for one in uploads:
        session.desk.uploads.forget(one)
    return {"uploads": uploads}


def screens(session: Session, *, uploads: list[str]) -> dict[str, Any]:
    """Return which of files that were dropped together is shown, and which screens can.

    Args:
        session: The page.
        uploads: The files; mechanisms may lie beside the one that is shown.

    Raises:
        InputError: None can be shown, or several cannot at once.
    """
    first, found = session.desk.uploads.leading(uploads)
    return {"first": first, "screens": found}


ACTIONS: dict[str, Callable[..., Any]] = {
    "jobs.list": jobs,
    "jobs.cancel": cancel,
    "uploads.forget": forget,
    "uploads.screens": screens,
    **flask.ACTIONS,
    **spectra.ACTIONS,
    **court.ACTIONS,
    **catalogue.ACTIONS,
    **next_.ACTIONS,
}
