"""The screen Next: which experiment would say most, as a plan for the bench."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prenuc.errors import FactsError, InputError, unknown_name
from prenuc.mechanism.two_pathway import MODEL
from prenuc.present.app.commands import command
from prenuc.present.files.named import QUESTION, RECIPES, models_named, protocol_and_material
from prenuc.present.tables.plain import plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from prenuc.present.app.session import Session

WORKERS = 2


def begin(session: Session) -> dict[str, Any]:  # noqa: ARG001  an action like all others
    """Return what can be asked of each material: models, steps, constants, axes."""
    return {
        "materials": {name: _askable(name) for name in RECIPES},
        "usual": list(QUESTION),
    }


def _askable(material: str) -> dict[str, Any]:
    from prenuc.infer.calibration.ablations import ablations_of
    from prenuc.infer.calibration.candidate import Candidate
    from prenuc.infer.calibration.other_units import units_of
    from prenuc.infer.selection.plans import axes
    from prenuc.mechanism.named import MODELS, mechanism_named
    from prenuc.mechanism.shipped import set_named

    mechanism = mechanism_named(f"{MODEL}/{material}")
    protocol, _ = protocol_and_material(RECIPES[material])
    free, there = Candidate.of(mechanism).free, set_named(mechanism.name)
    return {
        "recipe": RECIPES[material],
        "models": [MODEL, *(name for name in MODELS if name != MODEL)],
        "steps": [one.step for one in ablations_of(mechanism)],
        "units": None if there is None else units_of(there),
        "constants": [one.name for one in free],
        "axes": list(axes(protocol)),
    }


def ask(
    session: Session,
    *,
    material: str,
    question: str,
    about: str = "",
    models: list[str] | None = None,
    vary: list[str] | None = None,
    seed: int = 0,
) -> dict[str, Any]:
    """Begin to look for the experiment that would say most.

    Args:
        session: The page.
        material: Such as "CdS".
        question: "models", which of them it is; "step", whether it is needed; "units", how many a
            PC holds; "constant", to narrow it.
        about: The step, the constant or the number of units.
        models: Kinds of mechanisms that are left.
        vary: Only these axes.
        seed: Of every draw.

    Raises:
        InputError: The question is none, or too many jobs are waiting.
    """
    if material not in RECIPES:
        raise FactsError(unknown_name("material with a usual recipe", material, RECIPES))
    known = {"models": "Which model is it?", "step": f"Is it needed: {about}?"}
    known |= {"constant": f"What is {about}?", "units": f"Does a PC hold {about} units?"}
    if question not in known:
        raise InputError(unknown_name("question", question, known))
    if question in {"step", "units"}:
        either = {"step": about} if question == "step" else {"units": _whole(about)}
        return session.jobs.start(known[question], where_it_shows, material=material, **either)
    if question == "models" and models == []:
        raise InputError("no model is left", "Tick at least one")
    if vary == []:
        raise InputError("nothing may be varied", "Tick what can be done on the bench")
    asked = {
        "models": ",".join(models or []) or None,
        "vary": vary or [],
        "sharpen": about if question == "constant" else None,
        "seed": seed,
    }
    return session.jobs.start(known[question], proposals, material=material, **asked)


def _whole(text: str) -> int:
    if not text.strip().isdecimal():
        raise InputError(f"'{text}' is no number of units", "Give a whole number, such as 20")
    return int(text)


def proposals(
    report: Callable[[float], None],
    *,
    material: str,
    models: str | None,
    vary: list[str],
    sharpen: str | None,
    seed: int,
) -> dict[str, Any]:
    """Rank the experiments by what they say about the models, or about one constant.

    Args:
        report: Told the finished share.
        material: Such as "CdS".
        models: Names of mechanisms; the usual ones when None.
        vary: Only these axes.
        sharpen: A constant.
        seed: Of every draw.

    Raises:
        InputError: There is no such model, constant or axis.
    """
    from prenuc.infer.selection.next_experiment import next_experiment

    protocol, _ = protocol_and_material(RECIPES[material])
    found = next_experiment(
        models_named(models, material, QUESTION),
        protocol,
        sharpen=sharpen,
        only=vary,
        seed=seed,
        workers=WORKERS,
        progress=report,
    )
    options = {"models": models, "vary": ",".join(vary), "sharpen": sharpen, "seed": seed or None}
    return {
        "proposals": [{**plain(one), "protocol": str(one.protocol)} for one in found],
        "mechanism": f"{MODEL}/{material}",
        "command": command("next", material, **options),
    }


def where_it_shows(
    report: Callable[[float], None],
    *,
    material: str,
    step: str | None = None,
    units: int | None = None,
) -> dict[str, Any]:
    """Look where a mechanism and the same without a step, or of other clusters, are far apart.

    Args:
        report: Told the finished share.
        material: Such as "CdS".
        step: The step, or the beginning of its name.
        units: Or how many units a PC of the other one holds.

    Raises:
        InputError: There is no such step, or clusters hold as many units.
    """
    from prenuc.infer.calibration.candidate import with_and_without
    from prenuc.infer.calibration.other_units import with_other_units
    from prenuc.infer.selection.disagreement import disagreement
    from prenuc.infer.selection.predictive import NOISE
    from prenuc.infer.selection.rehearsal import rehearsed
    from prenuc.mechanism.named import mechanism_named
    from prenuc.present.figures.kinds import draw
    from prenuc.present.figures.style import svg

    protocol, _ = protocol_and_material(RECIPES[material])
    whole = mechanism_named(f"{MODEL}/{material}")
    both = with_other_units(whole, units) if units else with_and_without(whole, step or "")
    found = disagreement(*both, protocol, workers=WORKERS, progress=report)
    tried = rehearsed(*both, protocol, found, noise=NOISE)
    made = draw("map", found)
    return {
        **plain(tried),
        "words": [*(plan.words for plan in tried.plans), tried.verdict],
        "protocols": [str(plan.protocol) for plan in tried.plans],
        "figure": svg(made.figure, made.told),
        "mechanism": whole.name,
        "command": command("next", material, step=step, units=units),
    }


ACTIONS: dict[str, Callable[..., Any]] = {"next.begin": begin, "next.ask": ask}
