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


def forget_upload(session: Session, *, upload: str) -> dict[str, Any]:
    """Throw a file that was dropped away."""
    session.desk.uploads.forget(upload)
    return {"upload": upload}


def forget(session: Session, *, job: str) -> dict[str, Any]:
    """Throw the result of a job away."""
    session.desk.jobs.forget(job)
    return {"job": job}


ACTIONS: dict[str, Callable[..., Any]] = {
    "jobs.list": jobs,
    "jobs.cancel": cancel,
    "jobs.forget": forget,
    "uploads.forget": forget_upload,
    **flask.ACTIONS,
    **spectra.ACTIONS,
    **court.ACTIONS,
    **catalogue.ACTIONS,
    **next_.ACTIONS,
}
