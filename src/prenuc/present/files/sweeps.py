"""Results of a sweep as files: a table, maps, and the best and the worst flask as protocols."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.errors import InputError
from prenuc.observe.absorption import WAVELENGTHS
from prenuc.present.files.exchange import refuse_marks
from prenuc.present.files.figures import save
from prenuc.present.files.protocols import protocol_text
from prenuc.present.files.sheets import POINT, Marks, write_csv, write_xlsx
from prenuc.present.tables.sheet import Column, Sheet, cell
from prenuc.sweeps.observables import SPECTRA, looks
from prenuc.sweeps.sweep import best_and_worst, plain_table
from prenuc.writing import whole, write_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from prenuc.arrays import Array
    from prenuc.sweeps.spec import Spec
    from prenuc.sweeps.sweep import Sweep
    from prenuc.sweeps.swept import Swept

NETCDF = np.dtype(">f8")  # how numbers stand in such a file
SUFFIX = {"csv": ".csv", "xlsx": ".xlsx", "netcdf": ".nc", "parquet": ".parquet"}


def write_table(sweep: Sweep, to: str, marks: Marks = POINT) -> Path:
    """Write the table of a sweep into its folder, whole or not at all.

    Args:
        sweep: What was done.
        to: "csv", "xlsx", "netcdf" (with spectra, where they are kept) or "parquet".
        marks: Decimal sign and separator of text.

    Raises:
        InputError: Nothing is done, a library is missing, or the file cannot be written.
    """
    writers: Mapping[str, Callable[[Sweep, Path], None]] = {
        "csv": lambda sweep, path: write_csv(_sheet(sweep), path, marks),
        "xlsx": lambda sweep, path: write_xlsx([_with_units(sweep)], path),
        "netcdf": _netcdf,
        "parquet": _parquet,
    }
    refuse_marks(to, marks)
    path = sweep.folder / f"results{SUFFIX[to]}"
    try:
        writers[to](sweep, path)
    except ImportError as error:
        extra = "parquet" if to == "parquet" else "data"
        what = f"{error.name or 'a library'} is not installed"
        mend = f"pip install 'prenuc[{extra}]', or write --to csv"
        raise InputError(what, mend) from None
    return path


def _sheet(sweep: Sweep) -> Sheet:
    """Return the table, a column for each factor and number; numbers in full."""
    table = plain_table(sweep).items()
    return Sheet("results", tuple(Column(name, "", [*map(cell, cells)]) for name, cells in table))


def _with_units(sweep: Sweep) -> Sheet:
    units = {one.name: one.unit for one in sweep.job.keep if one.unit != "1"}
    table = _sheet(sweep)
    columns = (
        replace(one, unit=units.get(one.name.rpartition(" in ")[0], "")) for one in table.columns
    )
    return replace(table, columns=tuple(columns))


def _frame(sweep: Sweep) -> Any:
    import pandas as pd

    columns = _sheet(sweep).columns
    return pd.DataFrame({one.name: one.cells for one in columns})


def _parquet(sweep: Sweep, path: Path) -> None:
    import pyarrow as pa  # noqa: F401

    with whole(path) as partial:
        _frame(sweep).to_parquet(partial, index=False, engine="pyarrow")


def _netcdf(sweep: Sweep, path: Path) -> None:
    """Write netCDF 3: factors, what was kept, reasons, and spectra where they are kept."""
    import xarray as xr

    job, names = sweep.job, looks(sweep.job.protocol)
    numbers, reasons = sweep.numbers()
    single = [one for one in job.keep if one.kind != SPECTRA]
    shaped = numbers.reshape(len(numbers), len(names), len(single))
    held: dict[str, Any] = {
        one.name: (("task", "measurement"), shaped[:, :, i], {"units": one.unit})
        for i, one in enumerate(single)
    }
    held["failed because"] = ("task", reasons)
    axes: dict[str, Any] = {"task": sweep.ids, "measurement": names}
    for factor in job.design.factors:
        held[factor.name] = ("task", [job.values(i)[factor.name] for i in range(len(job))])
    if len(single) < len(job.keep):
        axes["wavelength"] = ("wavelength", WAVELENGTHS, {"units": "nm"})
    about = {name: str(value) for name, value in job.about.items()}
    with whole(path) as partial:
        data = xr.Dataset(held, axes, {"about": json.dumps(about)})
        data.to_netcdf(partial, engine="scipy", format="NETCDF3_64BIT", unlimited_dims=["task"])
        if "wavelength" in axes:
            _add_spectra(sweep, partial, (len(job), len(names), len(WAVELENGTHS)))


def _add_spectra(sweep: Sweep, path: Path, shape: tuple[int, int, int]) -> None:
    """Add spectra to a file, task by task: all of them together may not fit into memory."""
    from scipy.io import netcdf_file, netcdf_variable

    axes = "task", "measurement", "wavelength"
    rows: Any = _Rows(sweep.spectra(), shape)
    with netcdf_file(path, "a") as file:
        added = netcdf_variable(rows, "d", 8, (None, *shape[1:]), axes, {"units": "1"})
        file.variables["absorbance"] = added


class _Rows:
    """What a writer of netCDF asks of an array along its records; they are read once, in order.

    Args:
        records: One after the other.
        shape: Of all together.
    """

    itemsize = NETCDF.itemsize

    def __init__(self, records: Iterator[Array], shape: tuple[int, ...]) -> None:
        self.records, self.shape = records, shape

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, _: int) -> Array:
        return np.empty(self.shape[1:])  # for its size

    def __iter__(self) -> Iterator[Array]:
        return (one.astype(NETCDF) for one in self.records)


def write_map(found: Swept, folder: Path, ending: str) -> Path | None:
    """Draw the map that a sweep was asked for into its folder; None where none was.

    Args:
        found: What it led to.
        folder: Of the sweep.
        ending: "svg", "pdf" or "png".

    Raises:
        InputError: The factors make no grid, or the figure cannot be written.
    """
    from prenuc.present.figures.maps import plot_swept
    from prenuc.present.figures.page_size import Layout

    if found.chart is None:
        return None
    title = f"{found.protocol.name} with {found.mechanism.name}"
    made = plot_swept(found, Layout(title=title))
    return save(made.figure, folder / f"map.{ending}", made.told)


def write_ends(sweep: Sweep, spec: Spec) -> list[Path]:
    """Write the best and the worst flask as protocols that run, where a file asks for that.

    Args:
        sweep: What was done.
        spec: What was asked for.

    Raises:
        InputError: Nothing is done, or a file cannot be written.
    """
    if not spec.rank:
        return []
    column = plain_table(sweep)[spec.rank]
    found = zip(("best", "worst"), best_and_worst(column), strict=True)
    return [
        write_text(
            sweep.folder / f"{name}.yaml", protocol_file(sweep, spec, task, float(column[task]))
        )
        for name, task in found
    ]


def protocol_file(sweep: Sweep, spec: Spec, task: int, number: float) -> str:
    """Return a task as a file that ``prenuc simulate`` runs.

    Args:
        sweep: What was done.
        spec: What was asked for.
        task: Which flask.
        number: By which it was chosen.
    """
    _, protocol = sweep.job.single(task)
    values = sweep.job.values(task)
    pairs = zip(sweep.job.roles, values.items(), strict=True)
    moved = [f"{name}: {value}" for role, (name, value) in pairs if role == "constants"]
    notes = [
        f"{spec.rank}: {number:.6g}, task {sweep.ids[task]}",
        *(f"{name}: {value}" for name, value in values.items()),
        *(f"a constant of the mechanism that was changed: {one}" for one in moved),
    ]
    return protocol_text(protocol, spec.mechanism, notes)
