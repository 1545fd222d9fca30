"""What commands that read measured data share: one set of options, one way to read with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from prenuc.errors import Problem
    from prenuc.observe.series import SpectrumSeries
    from prenuc.observe.trace import Trace

SIGNALS = ("absorbance", "photoluminescence", "%T", "T")

_OPTIONS = (
    click.option("--decimal", type=click.Choice([".", ","]), help="Decimal sign of the file."),
    click.option("--time-unit", type=click.Choice(["s", "min", "h", "day"]), help="Unit of times."),
    click.option("--signal", type=click.Choice(SIGNALS), help="What the columns hold."),
    click.option("--times", metavar="RANGE", help='Only these times: "0 60 min".'),
    click.option("--window", metavar="RANGE", help='Only these wavelengths: "290 400 nm".'),
)


def reading_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add what a user may know about a file that the file does not say, and which part to use.

    The command hands them on by name to :func:`read_data` or :func:`read_series`.
    """
    for option in _OPTIONS:
        command = option(command)
    return command


def read_data(
    file: Path, *, subtract: str | None = None, window: str | None = None, **asked: Any
) -> SpectrumSeries | Trace:
    """Return the part of a trace or of spectra that is asked for.

    Args:
        file: The file; two columns are a trace unless the first holds wavelengths.
        subtract: Label of a spectrum to be subtracted from all, before any is left out.
        window: As the option ``--window``.
        asked: The other options, by name.

    Raises:
        InputError: The file cannot be read, or the part is none of it.
    """
    from prenuc.errors import InputError, Problem
    from prenuc.observe.readers.trace import is_trace, read_trace

    if not is_trace(file, decimal=asked.get("decimal")):
        return read_series(file, subtract=subtract, window=window, **asked)
    given = {"--subtract": subtract, "--window": window}
    wrong = {name: value for name, value in given.items() if value is not None}
    if wrong:
        shown = ", ".join(f'{name} "{value}"' for name, value in wrong.items())
        what = f"a trace has neither wavelengths nor spectra to choose ({shown})"
        raise InputError(Problem(what, f"Leave out {' and '.join(wrong)}", where=str(file)))
    times = asked.pop("times", None)
    part: Trace = _cut(read_trace(file, **asked), file, {"--times": (times, _timed)})
    return part


def read_series(
    file: Path,
    *,
    subtract: str | None = None,
    window: str | None = None,
    times: str | None = None,
    read: Callable[..., SpectrumSeries] | None = None,
    **known: Any,
) -> SpectrumSeries:
    """Return the part of the spectra of a file that is asked for.

    Args:
        file: A spectrometer's file.
        subtract: As for :func:`read_data`.
        window: As the option ``--window``.
        times: As the option ``--times``.
        read: What reads it, when not :func:`prenuc.observe.readers.read`.
        known: ``decimal``, ``time_unit`` and ``signal``, where the user says so.

    Raises:
        InputError: The file cannot be read, or the part is none of it.
    """
    from prenuc.observe import readers

    series = (read or readers.read)(file, **known)
    if subtract is not None:
        series = _subtract(series, subtract, file)
    return part_of(series, file, window=window, times=times)


def part_of(
    series: SpectrumSeries, file: Path, *, window: str | None = None, times: str | None = None
) -> SpectrumSeries:
    """Return the part of a series between two wavelengths and two times, given as text.

    Raises:
        InputError: A range cannot be read, or nothing lies in it; all at once.
    """
    cuts = {"--window": (window, _windowed), "--times": (times, _timed)}
    part: SpectrumSeries = _cut(series, file, cuts)
    return part


def _cut(data: Any, file: Path, cuts: Mapping[str, tuple[str | None, Callable[..., Any]]]) -> Any:
    from prenuc.errors import InputError

    problems: list[Problem] = []
    for name, (text, cut) in cuts.items():
        if text is not None:
            try:
                data = cut(data, text)
            except InputError as error:
                problems += [problem.at(f"{file}: {name}") for problem in error.problems]
    if problems:
        raise InputError(problems)
    return data


def _windowed(series: SpectrumSeries, text: str) -> SpectrumSeries:
    from prenuc.quantities import parse_range

    return series.window(*parse_range(text, "nm", of="wavelengths"))


def _timed(data: Any, text: str) -> Any:
    from prenuc.errors import InputError, Problem
    from prenuc.quantities import parse_range

    if data.time_unit == "1" and any(map(str.isalpha, text.replace("to", " "))):
        mend = "Say it with --time-unit, or leave the unit out"
        raise InputError(Problem("the file names no unit of time", mend))
    return data.between_times(*parse_range(text, data.time_unit, of="times"))


def _subtract(series: SpectrumSeries, label: str, file: Path) -> SpectrumSeries:
    from prenuc.errors import FitError, Problem, nearest_names

    if label not in series.labels:
        some = f"Labels: {', '.join(series.labels[:3])}, …"
        near = nearest_names(label, series.labels)
        raise FitError(Problem(f"no spectrum '{label}'", some, near, str(file)))
    return series.subtract(series.labels.index(label))
