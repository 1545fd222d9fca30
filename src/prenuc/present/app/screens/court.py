"""The screen Court: models against rows, what each step is for, the figure of a row, reports."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from prenuc.mechanism.two_pathway import MODEL
from prenuc.present.app.commands import command
from prenuc.present.tables.plain import plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from prenuc.infer.experiments.performed import Experiments
    from prenuc.infer.studies.ablation import Ablations
    from prenuc.infer.studies.models import Standing
    from prenuc.present.app.session import Session

WORKERS = 2


@cache
def _standings() -> tuple[Standing, ...]:
    """How models stand does not change while the application runs."""
    from prenuc.infer.studies.models import standings

    return tuple(standings())


def models(session: Session) -> dict[str, Any]:  # noqa: ARG001  an action like all others
    """Return what every model answers to every row, and how it stands."""
    from prenuc.infer.studies.rows_by_model import rows_by_model

    found = _standings()
    return {
        "models": plain(found),
        "rows": plain(rows_by_model(found)),
        "command": command("compare", refitted=True),
    }


def mechanisms(session: Session) -> dict[str, Any]:  # noqa: ARG001  as above
    """Return the mechanisms of which steps can be taken out, and what the words mean."""
    from prenuc.facts.catalogue import entries
    from prenuc.infer.studies.ablation import MEANING

    asked = {one.mechanism for one in entries("refits").values() if one.step}
    listed = [name for name in entries("parameters") if name in asked or MODEL in name]
    return {"mechanisms": sorted(listed, key=lambda name: name not in asked), "words": MEANING}


def ablations(session: Session, *, mechanism: str) -> dict[str, Any]:  # noqa: ARG001  as above
    """Return what each step of a mechanism is for, by the refit that is shipped.

    Args:
        session: The page.
        mechanism: Such as "two-pathway/CdS".

    Raises:
        InputError: There is none, or no row asks anything of it.
    """
    import prenuc as pn

    return _told(pn.ablate(mechanism), command("ablate", mechanism))


def refit(session: Session, *, mechanism: str) -> dict[str, Any]:
    """Begin to fit the rest again with and without each step; minutes.

    Args:
        session: The page.
        mechanism: As for :func:`ablations`.

    Raises:
        InputError: Too many jobs are waiting.
    """
    return session.jobs.start(f"Refit of {mechanism}", refitted, mechanism=mechanism)


def refitted(report: Callable[[float], None], *, mechanism: str) -> dict[str, Any]:
    """Do the job of :func:`refit`.

    Args:
        report: Told the finished share.
        mechanism: Which.

    Raises:
        InputError: There is none, or no row asks anything of it.
    """
    import prenuc as pn

    found = pn.ablate(mechanism, refit=True, workers=WORKERS, progress=report)
    return _told(found, command("ablate", mechanism, refit=True))


def _told(found: Ablations, line: str) -> dict[str, Any]:
    from prenuc.present.app.verdicts import shown

    return {**shown(found), "command": line}


def report(session: Session, *, upload: str) -> dict[str, Any]:
    """Return what a report or a saved answer that was dropped says of models and of steps.

    Args:
        session: The page.
        upload: The file.

    Raises:
        InputError: It says nothing of them, or cannot be read.
    """
    uploads = session.desk.uploads
    return {"name": uploads.upload(upload).name, "verdicts": uploads.verdicts(upload)}


def row(session: Session, *, row: str, model: str = MODEL) -> dict[str, Any]:
    """Return the figure of the experiment that a row asks about, as a model simulates it.

    Args:
        session: The page.
        row: The row.
        model: Kind of the mechanism, such as "droplets".

    Raises:
        FactsError: There is no such row.
    """
    from prenuc.facts.catalogue import get
    from prenuc.infer.experiments.reproduce import experiments_for, reproduce
    from prenuc.present.figures.panels import plot_panels
    from prenuc.present.figures.style import svg

    check = get("checks", row)
    runs: Experiments = session.kept.setdefault(f"court {model}", experiments_for(model))
    answered = reproduce([check.panel], runs=runs)
    drawn = dict(plot_panels([one for one in answered if one.check.recipe == check.recipe], runs))
    made = drawn.get(check.recipe)
    return {
        "figure": None if made is None else svg(made.figure, made.told),
        "row": next(one.as_dict() for one in answered if one.check.id == row),
        "command": command("reproduce", check.panel, mechanism=_named(model)),
    }


def _named(model: str) -> str | None:
    return None if model == MODEL else model


ACTIONS: dict[str, Callable[..., Any]] = {
    "court.models": models,
    "court.mechanisms": mechanisms,
    "court.ablations": ablations,
    "court.refit": refit,
    "court.row": row,
    "court.report": report,
}
