"""Many files with a spectrum each become one series in time.

The time of a spectrum stands in the name of its file, in its header, or, where it was written as
it was measured, in the date of the file.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from prenuc.errors import Problem, SpectrumError, counted, listed_names, noting
from prenuc.observe.readers import read
from prenuc.observe.readers.clocks import clock_times, has_date, unit_for
from prenuc.observe.readers.data_file import Options, is_folder, printable
from prenuc.observe.readers.durations import TIME_UNITS, has_duration
from prenuc.observe.readers.times import Times, read_times, stated_unit
from prenuc.observe.readers.workbooks import open_file
from prenuc.observe.series import SpectrumSeries

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

TimeFrom = Literal["name", "header", "modified"]
_MOST_HEAD = 200  # lines of a file in which a date is looked for
_OF_SCAN = r"^\W*(?:acqui\w+ |measure\w+ |collection )?"
_DATE = re.compile(_OF_SCAN + r"dat(?:e|um)\W+(?P<told>.*\d.*)", re.IGNORECASE)
# Not the time of a scan, of an exposure or of integration.
_NAMES_TIME = re.compile(
    r"((reaction|elapsed|aliquot|sample|heating|growth)[ _]?)?time([ _]?[\[(/,].*)?|t",
    re.IGNORECASE,
)
_TIME = re.compile(_OF_SCAN + r"(?:time|zeit)\W+(?P<told>\d.*:.*)", re.IGNORECASE)


def files_in(paths: Sequence[Path]) -> list[Path]:
    """Return files, with those of a folder in its place, in the order of their names.

    Raises:
        SpectrumError: A folder holds no file.
    """
    found: list[Path] = []
    for path in paths:
        inside = [path]
        if is_folder(path):
            inside = [one for one in path.iterdir() if one.is_file() and one.name[0] != "."]
            if not inside:
                what = "this folder holds no files"
                raise SpectrumError(what, "Name another", where=printable(str(path)))
        found += sorted(inside, key=_in_order)
    return found


def _in_order(path: Path) -> list[tuple[bool, int, str]]:
    """Return a key by which s2 stands before s10."""
    parts = re.split(r"([0-9]+)", path.name)
    return [
        (bool(place % 2), int(part) if place % 2 else 0, part) for place, part in enumerate(parts)
    ]


def read_joined(
    paths: Sequence[Path], *, time_from: TimeFrom | None = None, **known: Any
) -> SpectrumSeries:
    """Read files of one spectrum each, and folders of such files, as one series.

    Args:
        paths: The files, in any order.
        time_from: Where the time stands: in the "name" of the file, in the "header" (of the column,
            or its date), or in the date when the file was "modified"; None for the first of name
            and header that tells all times.
        known: As for :func:`prenuc.observe.readers.read`.

    Returns:
        The spectra in the order of their times, if these are known.

    Raises:
        SpectrumError: Files cannot be read, hold several spectra, or do not fit together; or
            their times are not where they should be.
    """
    if time_from is not None and time_from not in get_args(TimeFrom):
        raise SpectrumError(f"'{time_from}' is no place of times", "Use name, header or modified")
    files = files_in(paths)
    problems: list[Problem] = []
    read_in: list[SpectrumSeries] = []
    for file in files:
        with noting(problems):
            read_in.append(read(file, **known))
    if problems:
        raise SpectrumError(problems)
    return join(files, read_in, time_from=time_from, time_unit=known.get("time_unit"))


def join(
    files: Sequence[Path],
    read_in: Sequence[SpectrumSeries],
    *,
    time_from: TimeFrom | None = None,
    time_unit: str | None = None,
) -> SpectrumSeries:
    """Return what was read from files with a spectrum each as one series.

    Args:
        files: The files.
        read_in: What was read from each.
        time_from: As for :func:`read_joined`.
        time_unit: Unit of times without one, and of the result.

    Raises:
        SpectrumError: They do not fit together, or their times are not where they should be.
    """
    _refuse_unlike(files, read_in)
    times = _times(files, read_in, time_from, Options(time_unit=time_unit))
    return _series(files, read_in, times)


def _refuse_unlike(files: Sequence[Path], read_in: Sequence[SpectrumSeries]) -> None:
    """Refuse files that hold several spectra, another signal, or another axis than the first."""
    first, problems = read_in[0], []
    for file, one in zip(files, read_in, strict=True):
        what = ""
        if len(one) > 1:
            what = f"this file holds {len(one)} spectra, joined are files of one"
        elif one.signal != first.signal:
            what = f"this is {one.signal}, {files[0].name} is {first.signal}"
        elif not np.array_equal(one.wavelength, first.wavelength):
            what = f"its wavelengths are not those of {files[0].name}"
        if what:
            where = printable(str(file))
            problems.append(Problem(what, "Leave it out, or export all alike", where=where))
    if problems:
        raise SpectrumError(problems)


@dataclass(frozen=True)
class _Found:
    """Times, and where they were found."""

    times: Times
    place: str


def _times(
    files: Sequence[Path],
    read_in: Sequence[SpectrumSeries],
    time_from: TimeFrom | None,
    options: Options,
) -> _Found:
    ways = {"name": _from_names, "header": _from_headers, "modified": _from_dates_of_files}
    asked = [time_from] if time_from else ["name", "header"]
    tried = []
    for place in asked:
        times = ways[place](files, read_in, options)
        if not np.isnan(times.time).any():
            return _Found(times, place)
        tried.append(times)
    if time_from is None:
        return _Found(replace(tried[0], time=np.full(len(files), np.nan)), "")
    wrong = [file for file, time in zip(files, tried[0].time, strict=True) if np.isnan(time)]
    problems = [
        Problem(f"no single time in its {time_from}", _mend(time_from), where=printable(str(file)))
        for file in wrong
    ]
    raise SpectrumError(problems)


def _mend(time_from: str) -> str:
    other = "header" if time_from == "name" else "name"
    return f"Name files as run_5min.csv, or take --time-from {other} or modified"


def _from_names(files: Sequence[Path], _: Sequence[SpectrumSeries], options: Options) -> Times:
    stems = [file.stem for file in files]
    if clock_times(stems) is None:  # "cds_t30s": the letter belongs to the time
        stems = [re.sub(r"(?<![A-Za-z])[tT]=?(?=\d)", "", stem) for stem in stems]
    times = read_times([], stems, ".", options)
    if options.time_unit and np.isnan(times.time).all():
        return read_times([], _changing_numbers(stems), ".", options)
    return times


def _changing_numbers(stems: list[str]) -> list[str]:
    """Return the one number of each name that changes from name to name, "" where there is none."""
    numbers = [re.findall(r"(?<![\d.])\d+(?:\.\d+)?(?![\d.])", stem) for stem in stems]
    if len({len(one) for one in numbers}) > 1:
        return [""] * len(stems)
    changing = [column for column in zip(*numbers, strict=True) if len(set(column)) > 1]
    return list(changing[0]) if len(changing) == 1 else [""] * len(stems)


def _from_headers(
    files: Sequence[Path], read_in: Sequence[SpectrumSeries], options: Options
) -> Times:
    own = np.array([one.time[0] * TIME_UNITS.get(one.time_unit, np.nan) for one in read_in])
    if not np.isnan(own).any():
        units = {one.time_unit for one in read_in}
        unit = options.time_unit or (units.pop() if len(units) == 1 else "s")
        return Times(own / TIME_UNITS[unit], unit, "", [])
    dated = [
        one.metadata.get("measured") or _date_of(file)
        for file, one in zip(files, read_in, strict=True)
    ]
    stated = [_stated_time(one) for one in read_in]
    return read_times([], dated if all(dated) or not all(stated) else stated, ".", options)


def _stated_time(one: SpectrumSeries) -> str:
    """Return the time that a line such as "Time: 5 min" states, "" for none or several."""
    told = {
        value if has_duration(value) else f"{value} {stated_unit(key)}"
        for key, value in one.metadata.items()
        if _NAMES_TIME.fullmatch(key.strip()) and (has_duration(value) or stated_unit(key))
    }
    return told.pop() if len(told) == 1 else ""


def _date_of(file: Path) -> str:
    """Return the date and time of day in the first lines of a file, "" where there are several."""
    lines: list[str] = []
    with suppress(SpectrumError):  # a binary file, whose reader says when it was measured
        lines = open_file(file).text()[0].split("\n")[:_MOST_HEAD]
    dated = dict.fromkeys(line.strip() for line in lines if has_date(line))
    if dated:
        return next(iter(dated)) if len(dated) == 1 else ""
    told = [
        dict.fromkeys(match["told"].strip() for line in lines if (match := pattern.match(line)))
        for pattern in (_DATE, _TIME)
    ]
    return " ".join(next(iter(one)) for one in told) if all(len(one) == 1 for one in told) else ""


def _from_dates_of_files(
    files: Sequence[Path], _: Sequence[SpectrumSeries], options: Options
) -> Times:
    seconds = np.array([file.stat().st_mtime for file in files])
    seconds -= seconds.min()
    unit = options.time_unit or unit_for(seconds)
    note = "the files may have been changed or copied after they were measured"
    return Times(seconds / TIME_UNITS[unit], unit, "", [note])


def _series(
    files: Sequence[Path], read_in: Sequence[SpectrumSeries], found: _Found
) -> SpectrumSeries:
    times, first = found.times, read_in[0]
    order = np.argsort(times.time, kind="stable")
    labels = [printable(file.stem, 200) for file in files]
    if found.place:
        labels = [f"{time:.12g} {times.unit}" for time in times.time]
    names = [printable(files[place].name, 60) for place in order]
    where = {"modified": "the dates of the files", "": "no place"}.get(found.place)
    joined = f"{counted(len(files), 'file')} {'is' if len(files) == 1 else 'are'} joined"
    history = (
        f"{joined}: {listed_names(names)}",
        f"times in {times.unit} from {where or f'the {found.place} of each file'}"
        if found.place
        else "time not known, neither names nor headers tell all times",
        *times.notes,
        *_common(read_in),
    )
    return SpectrumSeries(
        wavelength=first.wavelength,
        time=times.time[order],
        absorbance=np.vstack([read_in[place].absorbance for place in order]),
        labels=tuple(labels[place] for place in order),
        time_unit=times.unit,
        signal=first.signal,
        metadata={"files": ", ".join(names)[:2000]},
        history=history,
    )


def _common(read_in: Sequence[SpectrumSeries]) -> list[str]:
    """Return what was assumed on reading, each once, without what is said of single times."""
    said = dict.fromkeys(line for one in read_in for line in one.history)
    return [line for line in said if not line.startswith("time not known")]
