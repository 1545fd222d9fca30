"""Results as one text, in a saved answer or inside a report, and back to the last bit.

Results are written class by class and field by field, arrays once each as their bytes, all of it
compressed. A hash tells whether the text was changed. Nothing is executed on the way back: only
the classes named below are made, and a later version that has other classes says so.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import platform
import zlib
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.circumstances import circumstances
from prenuc.errors import InputError
from prenuc.infer.experiments.published import PanelResult
from prenuc.simulation.archive import from_plain, known_class, to_plain
from prenuc.simulation.solution import Run
from prenuc.simulation.stops import Stops

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from prenuc.arrays import Array

PACKAGES = "prenuc", "numpy", "scipy", "scikit-sundae"
MOST = 400_000_000  # bytes of unpacked results; a text that holds more is none of ours
LINE = 4096  # letters of a line of packed results
NUMERIC = "fiub"


@dataclass(frozen=True)
class Kept:
    """Results, and with which versions they were made.

    Args:
        results: Of any kinds that have a section in a report.
        versions: By name: Python, packages, and a mark of all facts and code.
    """

    results: tuple[Any, ...]
    versions: Mapping[str, str]


def versions() -> dict[str, str]:
    """Return the versions that results of today are made with."""
    packages = {name: version(name) for name in PACKAGES}
    mark = circumstances()["facts and code"]
    return {"Python": platform.python_version(), **packages, "facts and code": mark}


def keep(results: Sequence[Any], made_with: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return results as plain data for JSON: ``versions``, ``sha256`` and ``packed``.

    Args:
        results: What was found.
        made_with: The versions that they were made with; today's when None.

    Raises:
        InputError: One holds something of the user's own, which a file cannot bring back.
    """
    arrays: dict[tuple[str, tuple[int, ...], bytes], int] = {}

    def place(array: Array) -> int:
        plain = np.ascontiguousarray(array)
        plain = plain.astype(plain.dtype.newbyteorder("<"), copy=False)
        return arrays.setdefault((plain.dtype.str, array.shape, plain.tobytes()), len(arrays))

    parts = [to_plain(_lasting(one), _known, place) for one in results]
    told = dict(versions() if made_with is None else made_with)
    head = {
        "versions": told,
        "results": parts,
        "arrays": [(kind, shape) for kind, shape, _ in arrays],
    }
    text = json.dumps(head, ensure_ascii=True, separators=(",", ":")).encode()
    content = b"".join([len(text).to_bytes(8, "little"), text, *(part for *_, part in arrays)])
    packed = base64.b64encode(zlib.compress(content, 9)).decode()
    lines = [packed[i : i + LINE] for i in range(0, len(packed), LINE)]
    return {
        "versions": told,
        "sha256": hashlib.sha256(content).hexdigest(),
        "packed": lines,
    }


def answer(found: Any, *beside: Any) -> dict[str, Any]:
    """Return an answer as plain data for JSON, with the results that a report can be made of.

    Args:
        found: What was found; it has an ``as_dict()``.
        beside: Further results that belong to it.

    Raises:
        InputError: As of :func:`keep`.
    """
    return {**found.as_dict(), "results": keep([found, *beside])}


def give_back(document: Any, where: str = "") -> Kept:
    """Return what :func:`keep` was given.

    Args:
        document: What it returned.
        where: The file, for messages.

    Raises:
        InputError: It was changed, or another version wrote it that had other classes.
    """
    try:
        content = _unpacked("".join(document["packed"]))
        same = hashlib.sha256(content).hexdigest() == document["sha256"]
    except (LookupError, TypeError, ValueError, AttributeError, binascii.Error, zlib.error):
        same = False
    if not same:
        what = "the results in this file are not what was saved: the text was changed"
        raise InputError(what, "Take the file as it was written", where=where)
    by = "another version"
    try:
        end = 8 + int.from_bytes(content[:8], "little")
        head = json.loads(content[8:end])
        by = head["versions"]["prenuc"]
        arrays = _arrays(head["arrays"], content[end:])
        found = tuple(from_plain(one, _known, arrays.__getitem__) for one in head["results"])
        return Kept(found, head["versions"])
    except InputError as error:  # such as a reagent of the user's own that is not known here
        raise InputError([problem.at(where) for problem in error.problems]) from None
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError):
        what = f"prenuc {by} wrote these results, and this version reads other classes"
        raise InputError(what, f"Read them with prenuc {by}", where=where) from None


def _arrays(told: Sequence[tuple[str, Sequence[int]]], content: bytes) -> list[Array]:
    """Return arrays of which the kinds and shapes are told.

    Raises:
        TypeError: One holds no numbers.
    """
    found, begin = [], 0
    for kind, shape in told:
        dtype = np.dtype(kind)
        if dtype.kind not in NUMERIC:
            raise TypeError(kind)
        size = int(np.prod(shape, dtype=np.int64))
        one = np.frombuffer(content, dtype, size, begin).reshape(shape)
        found.append(one.astype(dtype.newbyteorder("=")))
        begin += one.nbytes
    return found


def _unpacked(text: str) -> bytes:
    """Return the bytes of a packed text.

    Raises:
        ValueError: They are more than results can be.
    """
    opened = zlib.decompressobj()
    content = opened.decompress(base64.b64decode(text, validate=True), MOST)
    if not opened.eof:
        raise ValueError("it does not end")
    return content


@cache
def _classes() -> dict[str, type]:
    """Return the classes of results, besides those of mechanisms and protocols."""
    from prenuc.infer.experiments.published import KineticPanel
    from prenuc.infer.fit.data_set import DataSet, Dilution
    from prenuc.infer.fit.parameter import Parameter
    from prenuc.infer.fit.results import Fit, GlobalFit, ManyFit
    from prenuc.infer.selection.evidence import Comparison, Curves, Ranked
    from prenuc.infer.selection.growth_laws import FittedLaw, Growth
    from prenuc.infer.selection.profiled import Estimate
    from prenuc.infer.selection.spectra_verdict import SpectraCalibration, StepVerdict
    from prenuc.infer.studies.ablation import Ablated, Ablations
    from prenuc.observe.analysis import Analysis, Found
    from prenuc.observe.course import Course
    from prenuc.observe.features import Feature
    from prenuc.observe.luminescence.measured import Emission, EmissionAnalysis
    from prenuc.observe.series import SpectrumSeries
    from prenuc.observe.sizing import ClusterLine, Size
    from prenuc.observe.trace import Trace
    from prenuc.simulation.solution import Measurement
    from prenuc.sweeps.spec import Chart
    from prenuc.sweeps.swept import Swept

    seen = (Run, Measurement, Stops, Course, SpectrumSeries, Trace)
    analysed = (Analysis, Found, Feature, ClusterLine, Size, EmissionAnalysis, Emission)
    fitted = (Fit, GlobalFit, ManyFit, Parameter, DataSet, Dilution, KineticPanel, PanelResult)
    judged = (Comparison, Curves, Ranked, Growth, FittedLaw, Ablations, Ablated, Swept, Chart)
    calibrated = (SpectraCalibration, Estimate, StepVerdict)
    every = (*seen, *analysed, *fitted, *judged, *calibrated)
    return {one.__name__: one for one in every}


def _known(name: str) -> type | None:
    """Return a class that results can consist of."""
    return _classes().get(name) or known_class(name)


def _lasting(result: Any) -> Any:
    """Return a result without what is of this process alone, and of the time that it took."""
    if isinstance(result, PanelResult):
        return replace(result, run=_lasting(result.run))
    if not isinstance(result, Run):
        return result
    stats = {name: one for name, one in result.stats.items() if name != "cpu_s"}
    return replace(result, stats=stats, stops=Stops())
