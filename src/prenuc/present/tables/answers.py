"""Answers as sheets of numbers: an interval has columns of its own, every number its unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prenuc.present.tables.sheet import Column, Sheet, cell

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from prenuc.present.tables.sheet import Cell

SAMPLE = {  # columns of a sample, by key of a measurement
    "label": "spectrum",
    "reaction_time_min": "reaction time / min",
    "time_min": "time in vessel / min",
    "dilution": "dilution",
    "temperature_K": "temperature / K",
}
DOTS = {
    "number_mmol_per_L": "number of dots / (mmol/L)",
    "diameter_nm": "mean diameter of dots / nm",
    "spread": "relative spread of diameters",
}
ENDS = ("lower end of the 95 % interval", "upper end of the 95 % interval")


def samples_sheet(measurements: Sequence[Mapping[str, Any]]) -> Sheet:
    """Return a row for each sample of a simulation: times, yields, concentrations, dots.

    The yield in a product is its share of the chalcogen. Concentrations are those of the sample as
    it was measured; times its dilution, they are those of the flask.

    Args:
        measurements: Of a simulation, as plain data.
    """
    columns = [_of(measurements, key, heading) for key, heading in SAMPLE.items()]
    columns += [
        Column(f"yield in {name}", "", [one["shares"].get(name, 0.0) for one in measurements])
        for name in _keys(measurements, "shares")
    ]
    columns += [
        Column(name, "mmol/L", [one["amounts"].get(name, 0.0) for one in measurements])
        for name in _keys(measurements, "amounts")
    ]
    columns += [
        Column.of(heading, [(one.get("dots") or {}).get(key) for one in measurements])
        for key, heading in DOTS.items()
        if any(one.get("dots") for one in measurements)
    ]
    return Sheet("samples", tuple(columns))


def _of(rows: Sequence[Mapping[str, Any]], key: str, heading: str) -> Column:
    return Column.of(heading, [row.get(key) for row in rows])


def _keys(rows: Sequence[Mapping[str, Any]], of: str) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row.get(of) or ()))


def parameters_sheet(document: Mapping[str, Any]) -> Sheet:
    """Return the parameters of a fit and what follows from them, a row for each.

    Args:
        document: The fit as plain data.
    """
    rows: list[list[Cell]] = []
    for name, one in document["parameters"].items():
        low, high = one.get("ci95") or (None, None)
        known = one.get("identifiable", True)
        numbers = [one["value"] if known else None, one.get("stderr"), low, high]
        rows.append([name, *map(cell, numbers), str(one.get("unit", "")), "fitted"])
    for name, value in document["derived"].items():
        for inner, number in value.items() if isinstance(value, dict) else [("", value)]:
            told = f"{inner}, {name}" if inner else name
            rows.append([told, cell(number), None, None, None, "", "derived"])
    heads = ("parameter", "value", "standard error", *ENDS, "unit", "how")
    return _sheet("parameters", heads, rows)


def excitons_sheet(rows: Sequence[Mapping[str, Any]]) -> Sheet:
    """Return what was found in each spectrum, with a column for each sizing curve.

    Args:
        rows: As :meth:`~prenuc.observe.analysis.Analysis.rows` returns them.
    """
    curves = _keys(rows, "diameters_nm")
    heads = (
        *("spectrum", "time / s", "what", "first exciton / nm"),
        *(f"{end} / nm" for end in ENDS),
        *("maximum / nm", "half width at half maximum / nm", "cluster"),
        *(f"diameter by {curve} / nm" for curve in curves),
        *(f"diameter of the maximum by {curve} / nm" for curve in curves),
        *("doubts", "warnings"),
    )
    told = [
        [
            *(row["label"], cell(row.get("time_s")), row["status"]),
            *map(cell, (row["first_exciton_nm"], *(row["ci95_nm"] or (None, None)))),
            *(cell(row.get("maximum_nm")), cell(row["hwhm_nm"]), ", ".join(row.get("matches", ()))),
            *(cell(row["diameters_nm"].get(curve)) for curve in curves),
            *(cell(row.get("diameters_of_maximum_nm", {}).get(curve)) for curve in curves),
            *("; ".join(row.get(words, ())) for words in ("doubts", "warnings")),
        ]
        for row in rows
    ]
    return _sheet("excitons", heads, told)


def emission_sheet(rows: Sequence[Mapping[str, Any]]) -> Sheet:
    """Return what was seen in each emission spectrum.

    Args:
        rows: As :meth:`~prenuc.observe.luminescence.measured.Emission.as_dict` returns them.
    """
    numbers = {
        "maximum_nm": "maximum / nm",
        "fwhm_nm": "full width at half maximum / nm",
        "trap_share": "share of traps",
        "stokes_mev": "Stokes shift / meV",
    }
    columns: dict[str, list[Any]] = {"spectrum": [row["label"] for row in rows]}
    for key, heading in numbers.items():
        quantity, slash, unit = heading.partition(" / ")
        columns[heading] = [row[key] for row in rows]
        ends = [row[_interval(key)] or (None, None) for row in rows]
        for place, end in enumerate(ENDS):
            columns[f"{quantity}, {end}{slash}{unit}"] = [one[place] for one in ends]
    columns["first exciton / nm"] = [row["exciton_nm"] for row in rows]
    columns["warnings"] = ["; ".join(row["warnings"]) for row in rows]
    return Sheet.of("emission", columns)


def _interval(key: str) -> str:
    name, _, unit = key.rpartition("_")
    return f"{name}_ci95_{unit}" if unit in {"nm", "mev"} else f"{key}_ci95"


def growth_sheet(series: Sequence[Mapping[str, Any]]) -> Sheet:
    """Return the laws of growth of each series with their rates.

    Args:
        series: As ``prenuc growth --json`` answers.
    """
    heads = ("series", "law", "rate", *ENDS, "unit", "diameter at 0 / nm", "rms / nm", "weight")
    told = [
        [
            *(one["file"], law["law"], cell(law["rate"]), *map(cell, law["ci95"] or (None, None))),
            *(law["unit"], cell(law["first_nm"]), cell(law["rms_nm"]), cell(ranked["weight"])),
        ]
        for one in series
        for ranked in one["comparison"]["ranking"]
        for law in (one["laws"][ranked["model"]],)
    ]
    return _sheet("growth", heads, told)


def _sheet(name: str, heads: Sequence[str], rows: Sequence[Sequence[Cell]]) -> Sheet:
    columns = zip(*rows, strict=True) if rows else [[] for _ in heads]
    return Sheet.of(name, dict(zip(heads, columns, strict=True)))
