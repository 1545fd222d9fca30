"""Measured data that a user gives, read, and the part of them that is asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from prenuc.errors import (
    FitError,
    InputError,
    Problem,
    listed,
    nearest_names,
    noting,
)
from prenuc.quantities import parse_range

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from prenuc.observe.series import SpectrumSeries
    from prenuc.observe.trace import Trace

Data = TypeVar("Data", bound="SpectrumSeries | Trace")


def read_input(
    files: Path | Sequence[Path],
    *,
    read: Callable[..., Data] | None = None,
    at: str | None = None,
    subtract: str | None = None,
    window: str | None = None,
    times: str | None = None,
    mask: Sequence[str] = (),
    **known: Any,
) -> Data:
    """Return the part of a trace or of spectra that is asked for.

    Args:
        files: The file; or several files with a spectrum each, or a folder of them, which are one
            series.
        read: What reads one file; :func:`trace_or_spectra` when None, and no spectrum alone.
        at: As the option ``--at``, which a trace cannot have.
        subtract: Label of a spectrum to be subtracted from all, before any is left out.
        window: As the option ``--window``.
        times: As the option ``--times``.
        mask: As the option ``--mask``.
        known: ``decimal``, ``time_unit``, ``signal`` and ``sheet``, where the user says so.

    Raises:
        InputError: A file cannot be read, a range cannot be read or holds nothing, all at
            once; or a trace is asked for what only spectra have.
    """
    from prenuc.observe.readers.data_file import is_folder
    from prenuc.observe.readers.joined import read_joined
    from prenuc.observe.trace import Trace

    if known.get("column") is None:
        known.pop("column", None)
    given = [files] if isinstance(files, Path) else list(files)
    data: Any
    if len(given) > 1 or is_folder(given[0]):
        known.pop("column", None)
        data = read_joined(given, **known)
    else:
        data = (read or _in_time)(given[0], **known)
    name = name_of(given)
    if isinstance(data, Trace):
        _refuse_for_trace(name, {"--at": at, "--subtract": subtract, "--window": window})
    found: Data = part(data, name, subtract=subtract, window=window, times=times, mask=mask)
    return found


def part(
    data: Any,
    name: str,
    *,
    subtract: str | None = None,
    window: str | None = None,
    times: str | None = None,
    mask: Sequence[str] = (),
) -> Any:
    """Return the part of a measurement that is asked for.

    Args:
        data: A trace or spectra.
        name: Of the file, for messages.
        subtract: As for :func:`read_input`.
        window: As for :func:`read_input`.
        times: As for :func:`read_input`.
        mask: As for :func:`read_input`.

    Raises:
        InputError: A range cannot be read or holds nothing, all at once; or a trace is asked for
            what only spectra have.
    """
    from prenuc.observe.series import SpectrumSeries

    if not isinstance(data, SpectrumSeries):
        _refuse_for_trace(name, {"--subtract": subtract, "--window": window})
    elif subtract is not None:
        data = _subtract(data, subtract, name)
    return _cut(data, name, window, times, mask)


def every_series(
    files: Sequence[Path],
    *,
    read: Callable[..., SpectrumSeries],
    window: str | None = None,
    times: str | None = None,
    mask: Sequence[str] = (),
    **known: Any,
) -> list[tuple[tuple[Path, ...], SpectrumSeries]]:
    """Return every series of some files, with the files that it came from, in their order.

    Several files with a spectrum each on the same wavelengths are one series, and so is a folder.

    Args:
        files: The files.
        read: What reads one file.
        window: As the option ``--window``.
        times: As the option ``--times``.
        mask: As the option ``--mask``.
        known: ``decimal``, ``time_unit`` and ``signal``, where the user says so.

    Raises:
        InputError: Everything that is wrong with any of the files.
    """
    from prenuc.observe.readers.data_file import is_folder
    from prenuc.observe.readers.joined import join, read_joined

    problems: list[Problem] = []
    groups: dict[object, list[tuple[Path, SpectrumSeries]]] = {}
    for place, file in enumerate(files):
        with noting(problems):
            series = read_joined([file], **known) if is_folder(file) else read(file, **known)
            one = len(series) == 1 and file.suffix.lower() != ".json" and not is_folder(file)
            alike = (series.signal, series.wavelength.tobytes()) if one else place
            groups.setdefault(alike, []).append((file, series))
    found = []
    for group in groups.values():
        together, parts = zip(*group, strict=True)
        with noting(problems):
            unit = known.get("time_unit")
            series = parts[0] if len(parts) == 1 else join(together, parts, time_unit=unit)
            found.append((together, _cut(series, name_of(together), window, times, mask)))
    if problems:
        raise InputError(problems)
    return found


def name_of(files: Sequence[Path]) -> str:
    """Return the name of one file, or of several, for messages and tables."""
    return listed([str(file) for file in files])


def trace_or_spectra(file: Path, **known: Any) -> SpectrumSeries | Trace:
    """Read a file: two columns are a trace unless the first holds wavelengths.

    Args:
        file: A text file, a spectrometer's file, or an answer that prenuc simulate saved.
        known: As for :func:`read_input`.

    Raises:
        SpectrumError: The file cannot be read without guessing.
    """
    from prenuc.observe.readers.trace import is_trace, read_trace

    column = known.pop("column", None)
    if file.suffix.lower() == ".json":
        return spectra_or_saved(file, **known)
    if is_trace(file, decimal=known.get("decimal"), sheet=known.get("sheet")):
        return read_trace(file, column=column, **known)
    if column is not None:
        what = f"these are spectra, which have no trace '{column}' to choose"
        raise InputError(what, "Leave out --column; --at names a wavelength", where=str(file))
    from prenuc.observe.readers import read

    return read(file, **known)


def _in_time(file: Path, **known: Any) -> SpectrumSeries | Trace:
    """Read a file as :func:`trace_or_spectra`; a spectrum alone is refused."""
    from prenuc.observe.series import SpectrumSeries

    found = trace_or_spectra(file, **known)
    if isinstance(found, SpectrumSeries) and len(found) == 1:
        mend = "Give a series of spectra, or a trace with time first"
        raise InputError("this is one spectrum, not a trace", mend, where=str(file))
    return found


def spectra_or_saved(file: Path, **known: Any) -> SpectrumSeries:
    """Read a spectrometer's file, or the spectra of an answer that prenuc simulate saved.

    Args:
        file: The file; an answer ends in .json.
        known: As for :func:`read_input`.

    Raises:
        InputError: The file cannot be read, or the answer holds no spectra.
    """
    from prenuc.observe.readers import read
    from prenuc.present.files.saved import read_stored

    if file.suffix.lower() != ".json":
        return read(file, **known)
    series = read_stored(file).series
    if series is None:
        what = "this answer holds no spectra"
        raise InputError(what, "Convert what prenuc simulate saved", where=str(file))
    return series


def _refuse_for_trace(file: str, given: Mapping[str, str | None]) -> None:

    wrong = {name: value for name, value in given.items() if value is not None}
    if wrong:
        shown = ", ".join(f'{name} "{value}"' for name, value in wrong.items())
        what = f"a trace has neither wavelengths nor spectra to choose ({shown})"
        raise InputError(what, f"Leave out {' and '.join(wrong)}", where=file)


def _cut(data: Any, file: str, window: str | None, times: str | None, mask: Sequence[str]) -> Any:
    """Return what a window, times and masks leave of a measurement."""
    problems: list[Problem] = []
    if window is not None:
        with noting(problems, f"{file}: --window"):
            data = data.window(*parse_range(window, "nm", of="wavelengths"))
    if times is not None:
        with noting(problems, f"{file}: --times"):
            data = data.between_times(*_times(data, times))
    for text in mask:
        with noting(problems, f"{file}: --mask"):
            data = _masked(data, text)
    if problems:
        raise InputError(problems)
    return data


def _masked(data: Any, text: str) -> Any:
    """Return a measurement without a range: of wavelengths where it is in nm, else of times."""
    if not text.rstrip().endswith("nm"):
        return data.without_times(*_times(data, text))
    if not hasattr(data, "masked"):
        raise InputError(f"a trace has no wavelengths to mask ({text})", "Mask times")
    return data.masked(*parse_range(text, "nm", of="wavelengths"))


def _times(data: Any, text: str) -> tuple[float, float]:

    if data.time_unit == "1" and any(map(str.isalpha, text.replace("to", " "))):
        mend = "Say it with --time-unit, or leave the unit out"
        raise InputError("the file names no unit of time", mend)
    return parse_range(text, data.time_unit, of="times")


def _subtract(series: SpectrumSeries, label: str, file: str) -> SpectrumSeries:

    if label not in series.labels:
        some = f"Labels: {', '.join(series.labels[:3])}, …"
        near = nearest_names(label, series.labels)
        raise FitError(Problem(f"no spectrum '{label}'", some, near, file))
    return series.subtract(series.labels.index(label))
