"""The command line. Each command lives in a module of its own story; heavy imports wait inside.

Exit status: 0 done, 1 the answer is "no" or the integrator gave up, 2 the input is wrong.
"""

from __future__ import annotations

import io
import os
import sys

import click

from prenuc.errors import InputError, PrenucError
from prenuc.present.cli.analysis import analyze, size, view
from prenuc.present.cli.app import app
from prenuc.present.cli.calibration import calibrate, predict, reproduce, robustness
from prenuc.present.cli.catalogue import cite, find, list_, show
from prenuc.present.cli.checking import check
from prenuc.present.cli.comparing import compare
from prenuc.present.cli.correcting import correct
from prenuc.present.cli.court import ablate
from prenuc.present.cli.doctor import doctor
from prenuc.present.cli.dots import emission, growth
from prenuc.present.cli.files import convert, join, report
from prenuc.present.cli.kinetics import fit
from prenuc.present.cli.output import echo
from prenuc.present.cli.plotting import plot
from prenuc.present.cli.proposing import next_
from prenuc.present.cli.scoping import scope
from prenuc.present.cli.simulation import simulate
from prenuc.present.cli.sweeping import sweep
from prenuc.present.cli.weighing import batch, dilute

_EPILOG = """\b
Examples:
  prenuc list recipes
  prenuc check two-pathway/CdS
  prenuc scope cds-msc-311-in-toluene
  prenuc simulate cds-msc-311-in-toluene --out build
  prenuc plot base.yaml --vary "hold flask = 10, 20, 30 min"
  prenuc analyze run.csv --material CdSe --report report.html
  prenuc fit trace.csv "A -> B"

\b
Shell completion (bash; also zsh, fish):
  eval "$(_PRENUC_COMPLETE=bash_source prenuc)"
"""


@click.group(epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="prenuc")
def prenuc() -> None:
    """From prenucleation chemistry to magic-size clusters and quantum dots."""


_COMMANDS = (
    list_,
    find,
    show,
    cite,
    batch,
    dilute,
    check,
    scope,
    simulate,
    plot,
    sweep,
    reproduce,
    ablate,
    calibrate,
    predict,
    robustness,
    analyze,
    emission,
    growth,
    size,
    view,
    join,
    correct,
    fit,
    compare,
    next_,
    report,
    convert,
    app,
    doctor,
)
for command in _COMMANDS:
    prenuc.add_command(command)


def main() -> None:
    """Run the command line; a user's mistake gives clear lines, never a traceback.

    A sign that the console does not have is written as its number.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        prenuc(prog_name="prenuc")
    except InputError as error:
        for problem in error.problems:
            echo(f"prenuc: {problem}", err=True)
        sys.exit(2)
    except PrenucError as error:
        echo(f"prenuc: {error}", err=True)
        sys.exit(1)
    except OSError as error:
        reason = (error.strerror or "it cannot be read or written").lower()
        if error.filename is not None:
            echo(f"prenuc: {error.filename}: {reason}", err=True)
            sys.exit(2)
        echo(f"prenuc: standard output: {reason}", err=True)
        os._exit(1)  # what is left of it cannot be written either
