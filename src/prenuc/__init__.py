"""prenuc: from prenucleation chemistry to magic-size clusters and quantum dots.

Contents, in story order. Each name is imported from its module when it is first used, so that
``import prenuc`` costs next to nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from prenuc.conditions import Conditions
    from prenuc.errors import InputError, PrenucError
    from prenuc.facts.catalogue import cite, recipe
    from prenuc.infer.experiments.published import kinetic_panel
    from prenuc.infer.fit.data_set import DataSet, Dilution
    from prenuc.infer.fit.fit import Fit, fit
    from prenuc.infer.fit.laws import ArrheniusLaw
    from prenuc.infer.fit.results import GlobalFit
    from prenuc.infer.modelfree.views import view
    from prenuc.infer.selection.compare_mechanisms import compare_mechanisms, rivals
    from prenuc.infer.selection.compare_schemes import compare_schemes
    from prenuc.infer.selection.evidence import Comparison
    from prenuc.infer.selection.growth_laws import growth_laws
    from prenuc.infer.selection.next_experiment import next_experiment
    from prenuc.infer.studies.calibrate import calibrate
    from prenuc.infer.studies.refitting import ablate
    from prenuc.mechanism.dots import Moments
    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.mechanism.network_file import read_mechanism
    from prenuc.mechanism.two_pathway import two_pathway
    from prenuc.observe.absorption import uv_vis
    from prenuc.observe.analysis import analyze
    from prenuc.observe.corrections.steps import correct
    from prenuc.observe.course import Course, course
    from prenuc.observe.emission import emission
    from prenuc.observe.flasks import Flasks
    from prenuc.observe.luminescence.measured import analyze_emission
    from prenuc.observe.many import simulate_many
    from prenuc.observe.readers import read
    from prenuc.observe.scattering import disc_radius, disc_scattering, guinier_radius
    from prenuc.observe.series import SpectrumSeries
    from prenuc.observe.sizing import size
    from prenuc.observe.trace import Trace
    from prenuc.present.files.exchange import convert
    from prenuc.present.files.figures import figure
    from prenuc.present.files.report import report
    from prenuc.protocol.protocol import Protocol
    from prenuc.quantities import Quantity
    from prenuc.scope.choice import mechanism_for
    from prenuc.scope.verdict import Scope, scope_of
    from prenuc.simulation.doubt import amounts_within
    from prenuc.simulation.ensemble import ensemble
    from prenuc.simulation.evolve import evolve
    from prenuc.simulation.run import simulate
    from prenuc.simulation.solution import Run
    from prenuc.simulation.solvers import Cvode, Rodas, ScipyBdf, ScipyRadau
    from prenuc.thermodynamics.check import Check, check

_CONTENTS = {
    # what goes wrong, and numbers with units
    "PrenucError": "errors",
    "InputError": "errors",
    "Quantity": "quantities",
    # facts: what is known, and who says so
    "recipe": "facts.catalogue",
    "cite": "facts.catalogue",
    # mechanism: what could happen
    "Mechanism": "mechanism.mechanism",
    "two_pathway": "mechanism.two_pathway",
    "Moments": "mechanism.dots",
    "read_mechanism": "mechanism.network_file",
    # thermodynamics: may it happen
    "Conditions": "conditions",
    "check": "thermodynamics.check",
    "Check": "thermodynamics.check",
    # protocol: what was done
    "Protocol": "protocol.protocol",
    # scope: may the mechanism speak about it
    "mechanism_for": "scope.choice",
    "scope_of": "scope.verdict",
    "Scope": "scope.verdict",
    # simulate: let it happen
    "simulate": "simulation.run",
    "amounts_within": "simulation.doubt",
    "evolve": "simulation.evolve",
    "ensemble": "simulation.ensemble",
    "Run": "simulation.solution",
    "Rodas": "simulation.solvers",
    "Cvode": "simulation.solvers",
    "ScipyBdf": "simulation.solvers",
    "ScipyRadau": "simulation.solvers",
    # observe: what an instrument shows
    "SpectrumSeries": "observe.series",
    "Trace": "observe.trace",
    "uv_vis": "observe.absorption",
    "course": "observe.course",
    "Course": "observe.course",
    "emission": "observe.emission",
    "disc_scattering": "observe.scattering",
    "disc_radius": "observe.scattering",
    "guinier_radius": "observe.scattering",
    "simulate_many": "observe.many",
    "Flasks": "observe.flasks",
    "read": "observe.readers",
    "correct": "observe.corrections.steps",
    "analyze": "observe.analysis",
    "analyze_emission": "observe.luminescence.measured",
    "size": "observe.sizing",
    # infer: what the data allow one to say
    "view": "infer.modelfree.views",
    "fit": "infer.fit.fit",
    "Fit": "infer.fit.fit",
    "GlobalFit": "infer.fit.results",
    "DataSet": "infer.fit.data_set",
    "Dilution": "infer.fit.data_set",
    "ArrheniusLaw": "infer.fit.laws",
    "rivals": "infer.selection.compare_mechanisms",
    "compare_schemes": "infer.selection.compare_schemes",
    "compare_mechanisms": "infer.selection.compare_mechanisms",
    "Comparison": "infer.selection.evidence",
    "growth_laws": "infer.selection.growth_laws",
    "next_experiment": "infer.selection.next_experiment",
    "kinetic_panel": "infer.experiments.published",
    "calibrate": "infer.studies.calibrate",
    "ablate": "infer.studies.refitting",
    # present: tell someone
    "figure": "present.files.figures",
    "report": "present.files.report",
    "convert": "present.files.exchange",
}

_FORMER = {
    "compare": "compare_schemes(data, schemes) asks which kinetic scheme the data support, "
    "compare_mechanisms(spectra, protocol, models=…) which mechanism",
}

__all__ = [
    "ArrheniusLaw",
    "Check",
    "Comparison",
    "Conditions",
    "Course",
    "Cvode",
    "DataSet",
    "Dilution",
    "Fit",
    "Flasks",
    "GlobalFit",
    "InputError",
    "Mechanism",
    "Moments",
    "PrenucError",
    "Protocol",
    "Quantity",
    "Rodas",
    "Run",
    "ScipyBdf",
    "ScipyRadau",
    "Scope",
    "SpectrumSeries",
    "Trace",
    "ablate",
    "amounts_within",
    "analyze",
    "analyze_emission",
    "calibrate",
    "check",
    "cite",
    "compare_mechanisms",
    "compare_schemes",
    "convert",
    "correct",
    "course",
    "disc_radius",
    "disc_scattering",
    "emission",
    "ensemble",
    "evolve",
    "figure",
    "fit",
    "growth_laws",
    "guinier_radius",
    "kinetic_panel",
    "mechanism_for",
    "next_experiment",
    "read",
    "read_mechanism",
    "recipe",
    "report",
    "rivals",
    "scope_of",
    "simulate",
    "simulate_many",
    "size",
    "two_pathway",
    "uv_vis",
    "view",
]


def __getattr__(name: str) -> Any:
    if name in _FORMER:
        raise AttributeError(f"prenuc.{name} is no more: {_FORMER[name]}")
    if name not in _CONTENTS:
        raise AttributeError(f"module 'prenuc' has no attribute '{name}'")
    return getattr(importlib.import_module(f"prenuc.{_CONTENTS[name]}"), name)


def __dir__() -> list[str]:
    return __all__
