"""Parameter sets and ensembles as YAML, in the schema that the package reads."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from importlib import resources
from typing import TYPE_CHECKING, Any

from prenuc.infer.calibration.varied import Name, value_of
from prenuc.infer.studies.calibrated_constant import SOURCE
from prenuc.mechanism.shipped import known_set

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from prenuc.infer.selection.spectra_verdict import SpectraCalibration
    from prenuc.infer.studies.calibrate import Calibration
    from prenuc.infer.studies.random_starts import Found


_NOT_FIXED = "calibrated; these observations do not fix it"


def parameter_file(found: Calibration) -> str:
    """Return the parameter sets of a calibration as a file, in the package's own order.

    Constants that did not move stay as they are written, comments included.
    """
    from ruamel.yaml import YAML

    new = {one.free.key: one for one in found.estimates.values()}
    wanted = {owner for owner, _ in new}
    folder = resources.files("prenuc") / "data" / "parameters"
    entries: list[Any] = []
    for path in sorted(folder.iterdir(), key=lambda item: item.name):
        if path.name.endswith(".yaml"):
            entries += [
                entry
                for entry in YAML(typ="rt").load(path.read_text("utf-8"))
                if entry["id"] in wanted
            ]
    for entry in entries:
        for name, written in entry["values"].items():
            if (entry["id"], name) in new:
                one = new[entry["id"], name]
                value = one.value()
                written["value"] = value.quantity.number
                written["source"] = str(value.source)
                written["status"] = value.status
                written.pop("uncertainty", None)
                if value.uncertainty is not None:
                    written["uncertainty"] = value.uncertainty
                elif "note" not in written:
                    written["note"] = _NOT_FIXED
    return _dumped(entries)


def searched_file(found: Found) -> str:
    """Return the best end of a search as a parameter set like the one that it kept the rest of."""
    usual = known_set(found.search.mechanism)
    source, informed = f"prenuc @ search {found.search.id}", f"calibrated rows of {usual.material}"
    values = {
        name: _flow(
            value=float(f"{number:.5g}"),
            unit=usual.values[name].quantity.unit,
            source=source,
            status="fitted",
            informed_by=[informed],
        )
        for name, number in found.best.items()
    }
    start = found.starts[0]
    note = (
        f"The best of {len(found.starts)} random starts, seed {start.seed}, cost {start.cost:.1f}."
    )
    entry = {
        "id": f"{usual.model}/{found.search.id}",
        "name": f"{usual.name}, fitted to calibrated figures alone",
        "model": f"{usual.model}, calibrated",
        "material": usual.material,
        "like": usual.id,
        "fitted to": "calibrated rows",
        "values": values,
        "note": note,
    }
    return _dumped([entry])


def ensemble_file(material: str, sets: Sequence[Mapping[Name, float]]) -> str:
    """Return an ensemble as a file."""
    head = (
        f"# Sets of constants that explain the observations on {material} equally well; see\n"
        f"# infer/studies/ensemble.py. Written by: prenuc calibrate {material} --ensemble FILE\n\n"
    )
    entries = []
    for i, change in enumerate(sets, 1):
        values: dict[str, dict[str, Any]] = {}
        for (owner, name), number in change.items():
            values.setdefault(owner, {})[name] = _flow(
                value=float(f"{number:.4g}"),
                unit=value_of((owner, name)).quantity.unit,
                source=str(SOURCE),
                status="fitted",
            )
        entries.append({"id": f"{material}-{i}", "values": values})
    return head + _dumped(entries)


def changed_file(found: SpectraCalibration, base: str, to: Path) -> str:
    """Return a mechanism that was calibrated on spectra as a change of the one that it was.

    Args:
        found: The calibration.
        base: What it was: a mechanism of the package, or a file.
        to: Where the text will stand.
    """
    if base.endswith((".yaml", ".yml")):
        base = os.path.relpath(base, to.parent)
    change = {
        one.name: f"{one.value:.5g} {one.before.quantity.unit}".removesuffix(" 1")
        for one in found.estimates
    }
    return _dumped({"based_on": base, "change": change})


def _flow(**items: Any) -> Any:
    from ruamel.yaml.comments import CommentedMap

    found = CommentedMap(items)
    found.fa.set_flow_style()
    return found


def _dumped(entries: Sequence[Any] | Mapping[str, Any]) -> str:
    from ruamel.yaml import YAML

    yaml = YAML(typ="rt")
    yaml.width = 10_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    stream = io.StringIO()
    yaml.dump(entries, stream)
    if isinstance(entries, Mapping):
        return stream.getvalue()
    lines = stream.getvalue().splitlines()
    dedented = [line.removeprefix("  ") for line in lines]
    return "\n".join(dedented) + "\n"
